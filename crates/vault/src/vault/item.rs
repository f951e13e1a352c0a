//! What is kept, and what is said of it.

use bonafide_context::{Realm, Timestamp};
use bonafide_policy::{Category, Effective};

/// What to keep, where and until when.
#[derive(Clone, Copy, Debug)]
pub struct Item<'a> {
    /// Within which walls.
    pub realm: &'a Realm,
    /// Whose: the id of a verification, a call, a template. Nothing personal.
    pub owner: &'a str,
    /// Which of the owner's: `front`, `selfie`, `result`. Nothing personal.
    pub name: &'a str,
    /// What kind of data it is.
    pub category: Category,
    /// From this moment on it cannot be read. What was made from other items
    /// has the earliest expiry of them.
    pub expires: Timestamp,
    /// Of the bytes, as in `Content-Type`.
    pub media_type: &'a str,
    /// The policy that `expires` is of: what a receipt of its deletion names.
    pub policy: Under<'a>,
}

/// A version of a policy that a deadline was set under.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Under<'a> {
    /// The policy's name.
    pub policy: &'a str,
    /// Its version.
    pub version: u32,
}

impl Default for Under<'_> {
    /// Where no tenant chose one: the default policy as it came first.
    fn default() -> Self {
        Self { policy: bonafide_policy::DEFAULT_POLICY, version: 1 }
    }
}

impl<'a> From<&'a Effective> for Under<'a> {
    fn from(policy: &'a Effective) -> Self {
        Self { policy: policy.name(), version: policy.version() }
    }
}

/// What is known of an item without opening it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ItemFacts {
    /// Which of the owner's.
    pub name: String,
    /// What kind of data it is.
    pub category: Category,
    /// Of the bytes.
    pub media_type: String,
    /// Bytes, before sealing.
    pub size: u64,
    /// When it was kept.
    pub created: Timestamp,
    /// From when on it cannot be read.
    pub expires: Timestamp,
}

/// What [`crate::Vault::erase`] did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Erased {
    /// Items whose data keys and rows are gone.
    pub items: u64,
    /// Of these, objects whose bytes could not be removed yet; they stand in
    /// the journal.
    pub pending: u64,
    /// Items of the owner that are still there, because of a legal hold.
    pub held: u64,
}

/// What [`crate::Vault::reap`] did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Reaped {
    /// Items removed because they were due.
    pub items: u64,
    /// Objects removed.
    pub objects: u64,
    /// Objects that could not be removed yet.
    pub pending: u64,
    /// Keys of passed hours destroyed.
    pub keys: u64,
    /// Objects swept that no row named.
    pub orphans: u64,
    /// How long ago the item that was overdue longest became due, in
    /// milliseconds; 0 if none was.
    pub lag_ms: u64,
    /// More is due than the limit allowed: call again at once.
    pub more: bool,
}

/// How far behind its deadlines the vault is. What is overdue is unreadable all
/// the same.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Overdue {
    /// Items that are due and not removed yet.
    pub items: u64,
    /// How long ago the first of them became due, in milliseconds.
    pub lag_ms: u64,
    /// Objects whose rows are gone and whose bytes are not.
    pub pending: u64,
}

impl Overdue {
    /// A lag from which on somebody should look, in milliseconds: five times what
    /// the busiest minute may cost.
    pub const ALARM_MS: u64 = 10_000;

    /// Whether somebody should look.
    pub fn is_alarming(&self) -> bool {
        self.lag_ms >= Self::ALARM_MS
    }
}
