//! From the journal to the search index.

use std::collections::BTreeMap;
use std::time::Duration;

use bonafide_context::Keeper;
use bonafide_vault::records::lease::{self, Lease};
use bonafide_vault::records::{
    Change, Condition, Direction, Expect, RecordsError, Row, Select, Value,
};

use crate::tables::JOURNAL;
use crate::{Ledger, ReadError, facts, journal};

/// What one round of shipping did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Shipped {
    /// Calls whose steps are now in the index and no longer in the journal.
    pub calls: u64,
    /// Calls put aside, because the index will never take them.
    pub put_aside: u64,
    /// Whether more may wait: ship again at once.
    pub more: bool,
    /// Whether another node is at it.
    pub elsewhere: bool,
}

/// How far the index is behind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Lag {
    /// Calls whose steps wait in the journal.
    pub calls: u64,
    /// Calls put aside; somebody has to look at the index.
    pub put_aside: u64,
    /// How long the oldest of those that wait has waited.
    pub oldest: Duration,
}

/// Calls that a search ships first.
const FRESHEN: u32 = 500;

/// For how long a node that ships keeps the others from it.
const LEASE: Duration = Duration::from_secs(30);
const HALF_LEASE_MS: u64 = 15_000;

impl Ledger {
    /// Moves the steps of at most `limit` calls, the oldest first. An index
    /// that is down is an error here and nowhere else: the journal keeps them.
    /// To be called every few seconds, by every node; a lease sees to it that
    /// one of them works. Idle, it costs one look at the journal.
    pub async fn ship(&self, limit: u32) -> Result<Shipped, ReadError> {
        let mut lease = self.shared.shipping.lock().await;
        self.ship_with(&mut lease, limit).await
    }

    /// Ships one round so that a search finds what was just answered, unless
    /// shipping is under way already: an index that hangs must not hold up a
    /// search twice.
    pub(crate) async fn freshen(&self) {
        let Ok(mut lease) = self.shared.shipping.try_lock() else { return };
        if let Err(error) = self.ship_with(&mut lease, FRESHEN).await {
            tracing::debug!(%error, "a search goes on with what is in the index");
        }
    }

    async fn ship_with(&self, lease: &mut Option<Lease>, limit: u32) -> Result<Shipped, ReadError> {
        let limit = limit.max(1);
        let waiting = Select::from(&JOURNAL)
            .and(Condition::Null("refused"))
            .order("call_id", Direction::Ascending)
            .limit(limit);
        let rows = self.shared.records.select(waiting).await?;
        if rows.is_empty() {
            return Ok(Shipped::default());
        }
        if !self.hold_lease(lease).await? {
            return Ok(Shipped { elsewhere: true, ..Shipped::default() });
        }
        let more = rows.len() >= usize::try_from(limit).unwrap_or(usize::MAX);
        let batch = Batch::of(&rows)?;
        let entries = if Keeper::Shipping.works() { &batch.entries[..] } else { &[] };
        let refused = self.shared.index.put(entries).await?;
        let reasons = batch.reasons(refused.iter().map(|one| (one.place, one.reason.as_str())));
        let mut done = Vec::with_capacity(rows.len());
        let mut changes = Vec::new();
        for id in batch.calls {
            match reasons.get(&id) {
                None => done.push(Value::from(id)),
                Some(reason) => changes.push(Change::Update {
                    table: &JOURNAL,
                    set: vec![("refused", reason.as_str().into())],
                    conditions: vec![Condition::is("call_id", id)],
                    expect: Expect::Any,
                }),
            }
        }
        let shipped = Shipped {
            calls: done.len() as u64,
            put_aside: changes.len() as u64,
            more,
            elsewhere: false,
        };
        if shipped.put_aside > 0 {
            tracing::error!(calls = shipped.put_aside, "the index refuses log entries");
        }
        changes.push(Change::Delete {
            table: &JOURNAL,
            conditions: vec![Condition::In("call_id", done)],
            expect: Expect::Any,
        });
        self.shared.records.commit(changes).await?;
        Ok(shipped)
    }

    /// Lets the index try once more what it refused, after somebody has mended
    /// it; gives how many calls wait again.
    pub async fn retry_refused(&self) -> Result<u64, ReadError> {
        let refused = vec![Condition::NotNull("refused")];
        let waiting = self.shared.records.count(&JOURNAL, refused.clone()).await?;
        let again = Change::Update {
            table: &JOURNAL,
            set: vec![("refused", Value::Null)],
            conditions: refused,
            expect: Expect::Any,
        };
        self.shared.records.commit(vec![again]).await?;
        Ok(waiting)
    }

    /// How far the index is behind.
    pub async fn lag(&self) -> Result<Lag, ReadError> {
        let records = &self.shared.records;
        let oldest = Select::from(&JOURNAL)
            .and(Condition::Null("refused"))
            .order("call_id", Direction::Ascending)
            .limit(1);
        let oldest = match records.select(oldest).await?.first() {
            Some(row) => self.shared.clock.now().0.saturating_sub(row.moment("started_at")?.0),
            None => 0,
        };
        Ok(Lag {
            calls: records.count(&JOURNAL, vec![Condition::Null("refused")]).await?,
            put_aside: records.count(&JOURNAL, vec![Condition::NotNull("refused")]).await?,
            oldest: Duration::from_millis(oldest),
        })
    }

    /// Whether this node may ship, for at least half a lease from now.
    async fn hold_lease(&self, held: &mut Option<Lease>) -> Result<bool, ReadError> {
        let now = self.shared.clock.now();
        let records = self.shared.records.as_ref();
        if held.as_ref().is_some_and(|held| held.ends.0 > now.0.saturating_add(HALF_LEASE_MS)) {
            return Ok(true);
        }
        *held = match held.take() {
            Some(old) => lease::renew(records, &old, LEASE, now).await?,
            None => None,
        };
        if held.is_none() {
            *held = lease::acquire(records, "ledger.ship", &self.shared.node, LEASE, now).await?;
        }
        Ok(held.is_some())
    }
}

/// Journal rows on their way, with the place where each call's entries begin.
struct Batch {
    calls: Vec<String>,
    begins: Vec<usize>,
    entries: Vec<crate::LogEntry>,
    /// Calls whose row cannot be read, whatever the index says.
    unreadable: Vec<String>,
}

impl Batch {
    fn of(rows: &[Row]) -> Result<Self, RecordsError> {
        let mut batch = Self {
            calls: Vec::with_capacity(rows.len()),
            begins: Vec::with_capacity(rows.len()),
            entries: Vec::new(),
            unreadable: Vec::new(),
        };
        for row in rows {
            let id = row.text("call_id")?.to_owned();
            batch.begins.push(batch.entries.len());
            match journal::entries(row) {
                Ok(entries) => batch.entries.extend(entries),
                Err(_) => batch.unreadable.push(id.clone()),
            }
            batch.calls.push(id);
        }
        Ok(batch)
    }

    /// Why calls are put aside, by call id.
    fn reasons<'a>(
        &self,
        refused: impl Iterator<Item = (usize, &'a str)>,
    ) -> BTreeMap<String, String> {
        let unreadable = self.unreadable.iter().map(|id| (id.clone(), "unreadable".to_owned()));
        let mut reasons: BTreeMap<_, _> = unreadable.collect();
        for (place, reason) in refused {
            let at = self.begins.partition_point(|begin| *begin <= place).saturating_sub(1);
            let reason = if facts::is_code(reason) { reason } else { "refused" };
            if let Some(id) = self.calls.get(at) {
                reasons.entry(id.clone()).or_insert_with(|| reason.to_owned());
            }
        }
        reasons
    }
}
