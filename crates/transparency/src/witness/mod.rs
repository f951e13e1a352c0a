//! Witnesses (C2SP tlog-witness): others who have seen a log's checkpoints and
//! say so, each only in one line of history.
//!
//! A log that shows two histories needs two sets of cosignatures; a witness that
//! has cosigned one refuses the other. [`Client`] is the log's side, [`Witness`]
//! the other: an organisation that runs this server can witness for another.
//! Neither opens a socket; the caller carries bodies and status codes.

mod client;
mod request;
mod server;

pub use client::{Client, ClientError, Outcome};
pub use request::{AddCheckpoint, RequestError};
pub use server::{Answer, MemoryWitness, Witness, WitnessStorage, conformance};

/// The path below a witness's prefix that checkpoints are posted to.
pub const ADD_CHECKPOINT: &str = "add-checkpoint";
