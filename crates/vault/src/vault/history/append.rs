//! From the events' rows into the log.

use std::sync::Arc;
use std::time::Duration;

use bonafide_context::Timestamp;
use bonafide_transparency::note::Signature;
use bonafide_transparency::storage::Cell;
use bonafide_transparency::{AppendError, Log, LogKeys, OpenError, SignedCheckpoint, Storage as _};

use super::super::Vault;
use super::super::tables::EVENTS;
use super::{LogStorage, unusable};
use crate::VaultError;
use crate::records::lease::{self, Lease};
use crate::records::{Change, Condition, Direction, Expect, Operator, Row, Select, Value};

/// For how long a node that appends keeps the others from it.
const LEASE: Duration = Duration::from_secs(30);
/// The lease's name.
const NAME: &str = "transparency log";
/// Events appended by one round at most: their leaves, with the tiles they
/// make, stay far below what a row can hold.
const MOST: u32 = 500;

/// What one round of [`Vault::log_events`] did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Logged {
    /// Events that are now in the log.
    pub events: u64,
    /// Whether more may wait: call again at once.
    pub more: bool,
    /// Whether another node is at it.
    pub elsewhere: bool,
}

impl Vault {
    /// Appends events that wait to the log, at most `limit`, the oldest first.
    /// To be called every few seconds, by every node; a lease sees to it that one
    /// of them works. Idle, it costs two looks at the rows. Whatever fails, and
    /// whenever the process is killed, the next round goes on: no event is lost,
    /// none is in the log twice.
    pub async fn log_events(&self, limit: u32) -> Result<Logged, VaultError> {
        let limit = limit.clamp(1, MOST);
        if self.placed().await?.is_empty() && self.waiting(1).await?.is_empty() {
            return Ok(Logged::default());
        }
        let records = self.stores.records.as_ref();
        let now = self.clock.moment();
        let taken = lease::acquire(records, NAME, &self.history.node, LEASE, now).await?;
        let Some(lease) = taken else {
            return Ok(Logged { elsewhere: true, ..Logged::default() });
        };
        let logged = self.log_with(&lease, limit, now).await;
        // A lease that is not given back ends by itself.
        lease::release(records, &lease).await.ok();
        logged
    }

    /// How many events wait to be in the log, and since when the oldest does.
    pub async fn unlogged(&self) -> Result<(u64, Option<Timestamp>), VaultError> {
        let conditions = vec![Condition::Null("logged")];
        let count = self.stores.records.count(&EVENTS, conditions).await?;
        let select = Select::from(&EVENTS).and(Condition::Null("logged"));
        let select = select.order("at", Direction::Ascending).limit(1);
        let rows = self.stores.records.select(select).await?;
        Ok((count, rows.first().map(|row| row.moment("at")).transpose()?))
    }

    /// Removes rows of events whose time is over and which the log has: whose
    /// they were is known to nobody from now on.
    pub(in super::super) async fn forget_events(
        &self,
        now: Timestamp,
        limit: u32,
    ) -> Result<(), VaultError> {
        let over = Select::from(&EVENTS)
            .and(Condition::Compare("forget", Operator::AtMost, now.into()))
            .and(Condition::NotNull("logged"))
            .order("forget", Direction::Ascending)
            .limit(limit.min(MOST));
        let rows = self.stores.records.select(over).await?;
        if rows.is_empty() {
            return Ok(());
        }
        let conditions = vec![Condition::In("id", ids(&rows)?)];
        let change = Change::Delete { table: &EVENTS, conditions, expect: Expect::Any };
        Ok(self.stores.records.commit(vec![change]).await?)
    }

    async fn log_with(
        &self,
        lease: &Lease,
        limit: u32,
        now: Timestamp,
    ) -> Result<Logged, VaultError> {
        // What the log is about to say of deletions, the journal says first.
        self.mend_journal().await?;
        let mut log = self.open_log().await?;
        // What the holder before us had given places to goes first, to where
        // it was to go: perhaps it is there already.
        let mut rows = self.placed().await?;
        if rows.is_empty() {
            rows = self.waiting(limit).await?;
            self.place(&rows, log.head().size, lease).await?;
            rows = self.placed().await?;
        }
        let Some(first) = rows.first() else { return Ok(Logged::default()) };
        let first = position(first)?;
        self.carry_over().await?;
        let mut leaves = Vec::with_capacity(rows.len());
        for (row, at) in rows.iter().zip(first..) {
            if position(row)? != at {
                return Err(unusable("events have places with gaps between them"));
            }
            leaves.push(row.bytes("leaf")?.to_vec());
        }
        match log.append_at(first, &leaves).await {
            Ok(appended) => self.journal_reaches(&appended.checkpoint).await?,
            // Something else came there first, so none of these is in the log:
            // a batch is in it whole or not at all.
            Err(AppendError::Taken { .. }) => {
                self.mark(&rows, ("position", Value::Null), lease).await?;
                return Ok(Logged { more: true, ..Logged::default() });
            }
            Err(error) => return Err(error.into()),
        }
        self.history.has_seen(log.head());
        self.mark(&rows, ("logged", now.into()), lease).await?;
        let events = rows.len() as u64;
        Ok(Logged { events, more: events >= u64::from(limit), elsewhere: false })
    }

    /// How many leaves the published checkpoint speaks for; 0 before the log is
    /// begun.
    pub(in super::super) async fn log_size(&self) -> Result<u64, VaultError> {
        Ok(self.checkpoint().await?.map_or(0, |checkpoint| checkpoint.head().size))
    }

    /// The newest checkpoint of the log, as it is published: for the operator to
    /// keep where the records are not. `None` before the log is begun.
    pub async fn checkpoint(&self) -> Result<Option<SignedCheckpoint>, VaultError> {
        let storage = LogStorage::new(Arc::clone(&self.stores.records));
        match storage.read(Cell::Checkpoint).await? {
            Some(bytes) => SignedCheckpoint::parse(&bytes).map(Some).map_err(unusable),
            None => Ok(None),
        }
    }

    /// Puts cosignatures of witnesses, which the caller has verified, onto the
    /// published checkpoint. `false` if another one is published by now, or another
    /// node is at the log: the witness is asked again.
    pub async fn add_cosignatures(
        &self,
        checkpoint: &SignedCheckpoint,
        cosignatures: Vec<Signature>,
    ) -> Result<bool, VaultError> {
        let records = self.stores.records.as_ref();
        let now = self.clock.moment();
        let taken = lease::acquire(records, NAME, &self.history.node, LEASE, now).await?;
        let Some(lease) = taken else { return Ok(false) };
        let added = self.cosigned(checkpoint, cosignatures).await;
        lease::release(records, &lease).await.ok();
        added
    }

    async fn cosigned(
        &self,
        checkpoint: &SignedCheckpoint,
        cosignatures: Vec<Signature>,
    ) -> Result<bool, VaultError> {
        let mut log = self.open_log().await?;
        if log.checkpoint().await?.note().text() != checkpoint.note().text() {
            return Ok(false);
        }
        log.publish(cosignatures).await?;
        Ok(true)
    }

    /// The log, begun if it never was. One that was begun and is not there is
    /// lost, and that is an error.
    async fn open_log(&self) -> Result<Log, VaultError> {
        let key = self.log_key().await?;
        let (begun, keys) = (key.begun, || LogKeys::new(key.signing));
        let storage = Arc::new(LogStorage::new(Arc::clone(&self.stores.records)));
        let clock = self.clock.source();
        let log = if begun {
            // The key store knows how long it was: it may have a better memory.
            let journal = self.journal().await?.map(|journal| journal.head());
            let known: Vec<_> = journal.into_iter().chain([self.history.seen()]).collect();
            Log::open(storage, keys(), clock, &known).await?
        } else {
            let log = match Log::create(storage.clone(), keys(), clock.clone()).await {
                // Whoever began it died before he wrote that down.
                Err(OpenError::AlreadyThere) => {
                    let key = self.log_key().await?;
                    Log::open(storage, LogKeys::new(key.signing), clock, &[]).await?
                }
                log => log?,
            };
            self.log_begun().await?;
            log
        };
        Ok(log)
    }

    /// Events with a place in the log that it may have taken or not, in order.
    async fn placed(&self) -> Result<Vec<Row>, VaultError> {
        let select = Select::from(&EVENTS)
            .and(Condition::Null("logged"))
            .and(Condition::NotNull("position"))
            .order("position", Direction::Ascending);
        Ok(self.stores.records.select(select).await?)
    }

    /// Events without a place, the oldest first.
    async fn waiting(&self, limit: u32) -> Result<Vec<Row>, VaultError> {
        let select = Select::from(&EVENTS)
            .and(Condition::Null("logged"))
            .and(Condition::Null("position"))
            .order("at", Direction::Ascending)
            .order("id", Direction::Ascending)
            .limit(limit);
        Ok(self.stores.records.select(select).await?)
    }

    /// Writes down which places these will have, from `first` on.
    async fn place(&self, rows: &[Row], first: u64, lease: &Lease) -> Result<(), VaultError> {
        let mut changes = vec![lease.guard()];
        for (row, at) in rows.iter().zip(first..) {
            changes.push(Change::Update {
                table: &EVENTS,
                set: vec![("position", at.into())],
                conditions: vec![Condition::is("id", row.text("id")?), Condition::Null("position")],
                expect: Expect::One,
            });
        }
        Ok(self.stores.records.commit(changes).await?)
    }

    async fn mark(
        &self,
        rows: &[Row],
        set: (&'static str, Value),
        lease: &Lease,
    ) -> Result<(), VaultError> {
        let change = Change::Update {
            table: &EVENTS,
            set: vec![set],
            conditions: vec![Condition::In("id", ids(rows)?), Condition::Null("logged")],
            expect: Expect::Any,
        };
        Ok(self.stores.records.commit(vec![lease.guard(), change]).await?)
    }
}

fn ids(rows: &[Row]) -> Result<Vec<Value>, VaultError> {
    rows.iter().map(|row| Ok(row.text("id")?.into())).collect()
}

pub(super) fn position(row: &Row) -> Result<u64, VaultError> {
    u64::try_from(row.integer("position")?).map_err(|_| VaultError::Damaged)
}
