//! The end of monitoring rows and of the operation log.

use bonafide_context::{Date, Environment, Keeper, TenantId, Timestamp};
use bonafide_policy::Category;
use bonafide_vault::records::{Change, Condition, Direction, Expect, Operator, Select, Table};

use crate::clocks::{Clocks, of_risk};
use crate::index::IndexQuery;
use crate::ledger::lock;
use crate::tables::{CALLS, JOURNAL, USAGE};
use crate::when::{DAY_MS, earliest, floor};
use crate::{Ledger, ReadError};

/// What one round of reaping removed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Reaped {
    /// Monitoring rows.
    pub calls: u64,
    /// Journal rows that never got to the index.
    pub journalled: u64,
    /// Usage counters, of whole days.
    pub counters: u64,
    /// Partitions of the operation log.
    pub partitions: u64,
    /// Whether more may be due: reap again at once.
    pub more: bool,
}

impl Ledger {
    /// Removes what is due, at most `limit` rows of each kind and all
    /// partitions. To be called every second or so; what is due is unreadable
    /// even before. An index that is down is an error after the rows are done.
    pub async fn reap(&self, limit: u32) -> Result<Reaped, ReadError> {
        let now = self.shared.clock.now();
        if !Keeper::Reaper.works() {
            return Ok(Reaped::default());
        }
        let due = |category| floor(earliest(category, now));
        let mut reaped = Reaped {
            calls: self.reap_rows(&CALLS, &due(Category::Monitoring), limit).await?,
            journalled: self.reap_rows(&JOURNAL, &due(Category::OperationLog), limit).await?,
            ..Reaped::default()
        };
        // Days of which no call can be read any more.
        let day = |category| earliest(category, now).0 / DAY_MS;
        let first_day = i64::try_from(day(Category::Monitoring)).unwrap_or(i64::MAX);
        let counters = vec![Condition::less("day", first_day)];
        reaped.counters = self.shared.records.count(&USAGE, counters.clone()).await?;
        if reaped.counters > 0 {
            self.delete(&USAGE, counters).await?;
        }
        let clocks = Clocks::read(self.shared.records.as_ref(), None).await?;
        for tenant in clocks.tenants() {
            let tenants = self.reap_tenant(&clocks, tenant, now, limit).await?;
            let risk = self.reap_risk(&clocks, tenant, now, limit).await?;
            reaped.calls += tenants.calls + risk.calls;
            reaped.counters += risk.counters;
            reaped.journalled += tenants.journalled;
            reaped.counters += tenants.counters;
        }
        reaped.more = reaped.calls.max(reaped.journalled) >= u64::from(limit);
        let first_kept = Date::from_days(i32::try_from(day(Category::OperationLog)).unwrap_or(0));
        // Partitions fall due at midnight: there is no need to ask for them
        // every second.
        let kept = |tenant| clocks.earliest(tenant, Category::OperationLog, now).date();
        let tenants: Vec<_> = clocks.tenants().into_iter().map(|one| (one, kept(one))).collect();
        for (tenant, first) in tenants {
            let known = lock(&self.shared.tenants_reaped).get(&tenant).copied();
            if first > first_kept && known != Some(first) {
                self.forget(tenant, first).await?;
                lock(&self.shared.tenants_reaped).insert(tenant, first);
            }
        }
        if *lock(&self.shared.partitions_reaped) == Some(first_kept) {
            return Ok(reaped);
        }
        for partition in self.shared.index.partitions().await? {
            if partition < first_kept {
                self.shared.index.drop_partition(partition).await?;
                reaped.partitions += 1;
            }
        }
        *lock(&self.shared.partitions_reaped) = Some(first_kept);
        Ok(reaped)
    }

    /// Removes what is due of a tenant that has clocks of its own, where they are
    /// shorter than everybody's.
    async fn reap_tenant(
        &self,
        clocks: &Clocks,
        tenant: TenantId,
        now: Timestamp,
        limit: u32,
    ) -> Result<Reaped, ReadError> {
        let mut reaped = Reaped::default();
        let first = |category| clocks.earliest(tenant, category, now);
        let of = || vec![Condition::is("app_id", tenant.0)];
        if first(Category::Monitoring) > earliest(Category::Monitoring, now) {
            for environment in [Environment::Sandbox, Environment::Live] {
                // As the index has it.
                let own = [of(), vec![Condition::is("environment", environment.as_str())]].concat();
                let due = floor(first(Category::Monitoring));
                reaped.calls += self.reap_where(&CALLS, own.clone(), &due, limit).await?;
                let day = first(Category::Monitoring).0 / DAY_MS;
                let day = i64::try_from(day).unwrap_or(i64::MAX);
                let counters = [own, vec![Condition::less("day", day)]].concat();
                let gone = self.shared.records.count(&USAGE, counters.clone()).await?;
                if gone > 0 {
                    self.delete(&USAGE, counters).await?;
                }
                reaped.counters += gone;
            }
        }
        if first(Category::OperationLog) > earliest(Category::OperationLog, now) {
            let due = floor(first(Category::OperationLog));
            reaped.journalled += self.reap_where(&JOURNAL, of(), &due, limit).await?;
        }
        Ok(reaped)
    }

    /// Removes what is due of a tenant's calls about risk, which rest by a clock of
    /// their own (row R9). The counters say on which days the operation log has steps of
    /// such calls, and go when those are gone.
    async fn reap_risk(
        &self,
        clocks: &Clocks,
        tenant: TenantId,
        now: Timestamp,
        limit: u32,
    ) -> Result<Reaped, ReadError> {
        let mut reaped = Reaped::default();
        let first = clocks.earliest_of(tenant, Category::Monitoring, "risk.", now);
        let day = i64::try_from(first.0 / DAY_MS).unwrap_or(i64::MAX);
        for environment in [Environment::Sandbox, Environment::Live] {
            // As the index has it.
            let mut own = vec![
                Condition::is("app_id", tenant.0),
                Condition::is("environment", environment.as_str()),
            ];
            own.extend(of_risk());
            reaped.calls += self.reap_where(&CALLS, own.clone(), &floor(first), limit).await?;
            own.push(Condition::less("day", day));
            let due = Select { conditions: own.clone(), ..Select::from(&USAGE) };
            let rows = self.shared.records.select(due).await?;
            let mut days = std::collections::BTreeSet::new();
            for row in &rows {
                days.insert((row.integer("day")?, row.text("interface")?.to_owned()));
            }
            for (day, interface) in days {
                let day = Date::from_days(i32::try_from(day).unwrap_or(0));
                self.shared.index.forget(day, tenant, Some(&interface)).await?;
            }
            if !rows.is_empty() {
                self.delete(&USAGE, own).await?;
                reaped.counters += rows.len() as u64;
            }
        }
        Ok(reaped)
    }

    /// Takes a tenant's entries out of the partitions before a day; one that holds
    /// nothing else goes as a whole, when it is due.
    async fn forget(&self, tenant: TenantId, first: Date) -> Result<(), ReadError> {
        let midnight = u64::try_from(first.days()).unwrap_or(0).saturating_mul(DAY_MS);
        for environment in [Environment::Sandbox, Environment::Live] {
            loop {
                let oldest = IndexQuery {
                    until: Some(Timestamp(midnight)),
                    limit: 1,
                    ..IndexQuery::of(tenant, environment)
                };
                let found = self.shared.index.search(&oldest).await?;
                let Some(entry) = found.first() else { break };
                self.shared.index.forget(entry.day(), tenant, None).await?;
            }
        }
        Ok(())
    }

    /// Removes the oldest rows with ids below `due`, at most `limit`.
    async fn reap_rows(
        &self,
        table: &'static Table,
        due: &str,
        limit: u32,
    ) -> Result<u64, ReadError> {
        self.reap_where(table, Vec::new(), due, limit).await
    }

    /// The same of those that meet conditions.
    async fn reap_where(
        &self,
        table: &'static Table,
        of: Vec<Condition>,
        due: &str,
        limit: u32,
    ) -> Result<u64, ReadError> {
        let oldest = Select { conditions: of.clone(), ..Select::from(table) }
            .and(Condition::less("call_id", due))
            .order("call_id", Direction::Ascending)
            .limit(limit.max(1));
        let rows = self.shared.records.select(oldest).await?;
        let Some(last) = rows.last() else { return Ok(0) };
        let up_to = Condition::Compare("call_id", Operator::AtMost, last.text("call_id")?.into());
        self.delete(table, [of, vec![up_to]].concat()).await?;
        Ok(rows.len() as u64)
    }

    async fn delete(
        &self,
        table: &'static Table,
        conditions: Vec<Condition>,
    ) -> Result<(), ReadError> {
        let delete = Change::Delete { table, conditions, expect: Expect::Any };
        Ok(self.shared.records.commit(vec![delete]).await?)
    }
}
