//! What the vault says of its own past: each destruction of personal data, each
//! consent, restriction, reading, key and policy, as a leaf of an append-only log
//! that nobody can edit or cut unseen (`bonafide_transparency`).
//!
//! 1. The event's row is committed together with what happened ([`event`],
//!    [`destruction`]): no destruction without its event, no event without its
//!    destruction. Keys rest in another store; what happened to them is written
//!    down there first, and stays until the event's row stands ([`keys`]).
//! 2. One node at a time, under a lease, gives waiting events their places in
//!    the log, writes the places down, appends, and marks what is appended
//!    ([`append`]). Killed anywhere, the next round goes on from what is written
//!    down: each event stands in the log once.
//! 3. While the row is kept, whoever may ask gets a receipt ([`receipt`]); when
//!    the row goes, what tied the leaf to its owner is gone with it.

mod append;
mod destruction;
mod event;
mod key;
mod keys;
mod receipt;
mod statement;
mod storage;
#[cfg(test)]
mod tests;

pub use append::Logged;
pub use event::{Event, Whose};
pub use receipt::{DeletionReceipt, Told};
pub use storage::LogStorage;

pub(super) use destruction::deletions;

use std::sync::atomic::AtomicBool;
use std::sync::{Mutex, PoisonError};

use bonafide_transparency::{AppendError, Head, OpenError, ReadError, StorageError};

use crate::{StoreName, VaultError};

/// What a node knows of the log.
pub(super) struct History {
    /// By which name it takes the lease.
    node: String,
    /// The largest head it has seen: the log never goes back behind it.
    seen: Mutex<Head>,
    /// Whether it is written down which root key this is.
    root_told: AtomicBool,
}

impl History {
    pub(super) fn new(node: String) -> Self {
        Self { node, seen: Mutex::new(Head::empty()), root_told: AtomicBool::new(false) }
    }

    fn seen(&self) -> Head {
        *self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn has_seen(&self, head: Head) {
        *self.seen.lock().unwrap_or_else(PoisonError::into_inner) = head;
    }
}

/// The place in the log that an event's row was given.
pub(super) fn position_of(row: &crate::records::Row) -> Option<u64> {
    append::position(row).ok()
}

/// The log is not as it has to be, or cannot be read by this program.
pub(super) fn unusable(error: impl std::fmt::Display) -> VaultError {
    VaultError::History { reason: error.to_string() }
}

impl From<StorageError> for VaultError {
    fn from(error: StorageError) -> Self {
        match error {
            StorageError::Unavailable { reason } => {
                Self::Unavailable { store: StoreName::Records, reason }
            }
            error => unusable(error),
        }
    }
}

impl From<ReadError> for VaultError {
    fn from(error: ReadError) -> Self {
        match error {
            ReadError::Storage(error) => error.into(),
            error => unusable(error),
        }
    }
}

impl From<OpenError> for VaultError {
    fn from(error: OpenError) -> Self {
        match error {
            OpenError::Storage(error) => error.into(),
            OpenError::OtherWriter => Self::Conflict,
            error => unusable(error),
        }
    }
}

impl From<AppendError> for VaultError {
    fn from(error: AppendError) -> Self {
        match error {
            AppendError::Storage(error) => error.into(),
            AppendError::Read(error) => error.into(),
            AppendError::Open(error) => (*error).into(),
            AppendError::OtherWriter => Self::Conflict,
            error => unusable(error),
        }
    }
}
