//! What belongs to the whole process: the log, traces, signals.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    dead_code,
    reason = "a test fails by panicking, in its helpers too; some of these it does not use"
)]

mod observed;
mod signals;
#[path = "../http/support.rs"]
mod support;
