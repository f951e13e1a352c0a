//! The server against clients of every kind.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking, in its helpers too"
)]

mod door;
mod end;
mod http2;
mod slow_and_many;
mod support;
mod tls;
