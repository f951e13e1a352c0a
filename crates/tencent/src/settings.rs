//! What an operator may set.

use std::time::Duration;

/// Limits of the dialect.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// A body may have so many bytes: pictures travel in it as base64.
    pub body_bytes: usize,
    /// One picture may have so many bytes.
    pub picture_bytes: usize,
    /// A body must have come whole within this time.
    pub body_time: Duration,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            body_bytes: 16 * 1024 * 1024,
            picture_bytes: 12 * 1024 * 1024,
            body_time: Duration::from_secs(30),
        }
    }
}
