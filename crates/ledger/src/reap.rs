//! The end of monitoring rows and of the operation log.

use bonafide_context::{Date, Keeper};
use bonafide_policy::Category;
use bonafide_vault::records::{Change, Condition, Direction, Expect, Operator, Select, Table};

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
        reaped.more = reaped.calls.max(reaped.journalled) >= u64::from(limit);
        let first_kept = Date::from_days(i32::try_from(day(Category::OperationLog)).unwrap_or(0));
        // Partitions fall due at midnight: there is no need to ask for them
        // every second.
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

    /// Removes the oldest rows with ids below `due`, at most `limit`.
    async fn reap_rows(
        &self,
        table: &'static Table,
        due: &str,
        limit: u32,
    ) -> Result<u64, ReadError> {
        let oldest = Select::from(table)
            .and(Condition::less("call_id", due))
            .order("call_id", Direction::Ascending)
            .limit(limit.max(1));
        let rows = self.shared.records.select(oldest).await?;
        let Some(last) = rows.last() else { return Ok(0) };
        let up_to = Condition::Compare("call_id", Operator::AtMost, last.text("call_id")?.into());
        self.delete(table, vec![up_to]).await?;
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
