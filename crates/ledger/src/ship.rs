//! From the journal to the search index.

use std::time::Duration;

use crate::{Ledger, ReadError};

/// What one round of shipping did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Shipped {
    /// Calls whose steps are now in the index and no longer in the journal.
    pub calls: u64,
    /// Calls put aside, because the index will never take them.
    pub put_aside: u64,
    /// Whether more wait: ship again at once.
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

impl Ledger {
    /// Moves the steps of at most `limit` calls, the oldest first. An index
    /// that is down is an error here and nowhere else: the journal keeps them.
    /// To be called every second or two, by every node; a lease sees to it that
    /// one of them works.
    pub async fn ship(&self, _limit: u32) -> Result<Shipped, ReadError> {
        todo!()
    }

    /// How far the index is behind.
    pub async fn lag(&self) -> Result<Lag, ReadError> {
        todo!()
    }
}
