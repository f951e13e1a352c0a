//! The log as those see it who write it, read it and distrust it.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]

mod log;
mod m5;
mod receipt;
mod support;
mod witness;
