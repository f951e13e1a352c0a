//! A clock that does not go back.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use bonafide_context::{Clock, Timestamp};

use super::tables::MARKS;
use crate::records::{Change, Condition, Expect, Row, Select};
use crate::{Records, VaultError};

/// By how much the clocks of nodes may differ, in milliseconds. Within it
/// deadlines count from the latest moment seen; beyond it nothing is opened.
const TOLERANCE: u64 = 5_000;
/// How much time passes at least between two writes of the mark, in
/// milliseconds.
const WRITE_EVERY: u64 = 5_000;
/// The mark's row.
const NAME: &str = "clock";

/// The latest moment that this node has seen itself or read from the records,
/// to which every node writes it: what has expired once stays expired, even if
/// a clock is set back.
pub(super) struct HighWater {
    clock: Arc<dyn Clock>,
    mark: AtomicU64,
    written: AtomicU64,
}

impl HighWater {
    pub(super) fn new(clock: Arc<dyn Clock>) -> Self {
        Self { clock, mark: AtomicU64::new(0), written: AtomicU64::new(0) }
    }

    /// The clock itself, for what has no deadline.
    pub(super) fn source(&self) -> Arc<dyn Clock> {
        Arc::clone(&self.clock)
    }

    /// The moment from which deadlines count: that of the clock or, while it is
    /// behind, of the mark.
    pub(super) fn moment(&self) -> Timestamp {
        let now = self.clock.now().0;
        Timestamp(self.mark.fetch_max(now, Ordering::SeqCst).max(now))
    }

    /// The same, where personal data is to be opened or kept: an error while the
    /// clock is behind.
    pub(super) fn now(&self) -> Result<Timestamp, VaultError> {
        let mark = self.moment();
        let behind_ms = mark.0.saturating_sub(self.clock.now().0);
        if behind_ms > TOLERANCE {
            return Err(VaultError::ClockBehind { behind_ms });
        }
        Ok(mark)
    }

    /// Learns the mark of other nodes, and writes this one's.
    pub(super) async fn share(&self, records: &dyn Records) -> Result<(), VaultError> {
        let name = || Condition::is("name", NAME);
        let rows = records.select(Select::from(&MARKS).and(name())).await?;
        match rows.first() {
            Some(row) => {
                let at = row.moment("at")?.0;
                self.mark.fetch_max(at, Ordering::SeqCst);
                self.written.fetch_max(at, Ordering::SeqCst);
            }
            None => {
                let row = Row::new(&MARKS).with("name", NAME).with("at", Timestamp(0));
                records.commit(vec![Change::InsertIfAbsent(row)]).await?;
            }
        }
        let mark = self.moment();
        if mark.0 < self.written.load(Ordering::SeqCst).saturating_add(WRITE_EVERY) {
            return Ok(());
        }
        let change = Change::Update {
            table: &MARKS,
            set: vec![("at", mark.into())],
            // Another node may have written a later one.
            conditions: vec![name(), Condition::less("at", mark)],
            expect: Expect::Any,
        };
        records.commit(vec![change]).await?;
        self.written.fetch_max(mark.0, Ordering::SeqCst);
        Ok(())
    }
}

#[cfg(test)]
impl HighWater {
    /// As if nothing had been seen yet.
    pub(super) fn forget(&self) {
        self.mark.store(0, Ordering::SeqCst);
    }
}
