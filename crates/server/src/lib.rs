//! The sockets: TLS, HTTP, admission, health, metrics, logs and traces.
//!
//! This room knows no endpoint. It is given a router, and stands between it and
//! clients that may be slow, many or hostile. Its own threads speak with the
//! clients; requests are worked on elsewhere, so that `/health` answers
//! whatever the rest does, and a call whose client has left is still finished
//! and recorded.

mod address;
mod body;
mod connection;
mod door;
mod dress;
mod error;
mod handle;
mod health;
mod listen;
mod logs;
mod metrics;
mod notify;
mod operations;
mod peers;
mod problem;
mod rest;
mod server;
mod settings;
mod stream;
mod tls;
mod traces;
mod wiped;

pub use error::ServerError;
pub use handle::{ServerHandle, Signals};
pub use health::{Component, Health, State};
pub use logs::{LogFormat, LogLevel, LogSettings, Logs};
pub use metrics::{Figure, Figures, Kind};
pub use problem::problem_codes;
pub use server::{Drained, Parts, Server, open_listener};
pub use settings::{Limits, MetricsSettings, Seconds, Settings, Shutdown, TlsSettings};
pub use traces::{TraceError, TraceSettings, Traces};
