//! The end of monitoring rows and of the operation log.

use crate::{Ledger, ReadError};

/// What one round of reaping removed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Reaped {
    /// Monitoring rows.
    pub calls: u64,
    /// Journal rows that never got to the index.
    pub journalled: u64,
    /// Partitions of the operation log.
    pub partitions: u64,
    /// Whether more is due: reap again at once.
    pub more: bool,
}

impl Ledger {
    /// Removes what is due, at most `limit` rows of each kind. To be called
    /// every second or so; what is due is unreadable even before.
    pub async fn reap(&self, _limit: u32) -> Result<Reaped, ReadError> {
        todo!()
    }
}
