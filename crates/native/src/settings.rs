//! What an operator may set.

use std::time::Duration;

/// Limits of the native API.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// One picture may have so many bytes.
    pub picture_bytes: usize,
    /// One part of a recording may have so many bytes.
    pub part_bytes: usize,
    /// A body must have come whole within this time.
    pub body_time: Duration,
    /// A request with an idempotency key that has not ended after this time is
    /// taken for dead, and may be repeated.
    pub lease: Duration,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            picture_bytes: 12 * 1024 * 1024,
            part_bytes: 24 * 1024 * 1024 + 512 * 1024,
            body_time: Duration::from_secs(30),
            lease: Duration::from_secs(120),
        }
    }
}
