//! An append-only log of events that nobody can edit, cut or roll back unseen:
//! a Merkle tree (RFC 6962) in the tiles, checkpoints, cosignatures and proofs
//! of C2SP, so that verifiers which know nothing of this program can read it.
//!
//! | module | specification |
//! |---|---|
//! | [`tree`] | RFC 6962 section 2.1; verification as in RFC 9162 |
//! | [`tile`], [`storage`] | C2SP tlog-tiles |
//! | [`note`] | C2SP signed-note, tlog-cosignature (`cosignature/v1`, Ed25519) |
//! | [`checkpoint`] | C2SP tlog-checkpoint |
//! | [`witness`] | C2SP tlog-witness |
//! | [`receipt`], [`policy`] | C2SP tlog-proof, tlog-policy |
//! | [`leaf`] | ours: events in the life of personal data, without a person |
//!
//! No sockets, no files, no runtime: a [`Storage`] is handed in, and witnesses
//! are asked by whoever has the network.
//!
//! ```
//! # use std::sync::Arc;
//! # use bonafide_context::{OsRandom, SystemClock};
//! use bonafide_transparency::note::{Algorithm, SigningKey};
//! use bonafide_transparency::policy::Policy;
//! use bonafide_transparency::{Log, LogKeys, Receipt, storage::Memory};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let key = SigningKey::generate("log.example".parse()?, Algorithm::Ed25519, &mut OsRandom)?;
//! let trusted = Policy::new([key.verifier().clone()], [], 0)?;
//! let clock = Arc::new(SystemClock::start());
//! let mut log = Log::create(Arc::new(Memory::new()), LogKeys::new(key), clock).await?;
//!
//! let appended = log.append(&[b"an event".to_vec()]).await?;
//! let text = log.receipt(appended.first).await?.to_text();
//!
//! // Elsewhere, years later, without a network:
//! let proven = Receipt::parse(text.as_bytes())?.verify(&trusted)?;
//! assert_eq!(proven.entry, b"an event");
//! # Ok(())
//! # }
//! ```
//!
//! # What it protects against
//!
//! The one to protect against is the operator himself, or whoever has taken over
//! his machines, and who would like history to have been another: a deletion
//! that did not happen, a read that did, a consent that was given earlier.
//!
//! | he | is noticed by |
//! |---|---|
//! | edits an entry or a tile | every reader of that entry ([`Reader`] believes the checkpoint only), [`audit()`] for all |
//! | cuts the log and leaves the checkpoint | [`Log::open`], every reader |
//! | puts an older store back | [`Log::open`] with any later head that somebody kept; a witness |
//! | rewrites entries, tiles and checkpoint with the log's own key | whoever has an older checkpoint or receipt; a witness |
//! | shows one history here and another there | a witness that both ask for: it cosigns one |
//! | changes a receipt | [`Receipt::verify`], offline, each change by an error of its own |
//! | dies, or is killed, at any moment of an append | nobody needs to: [`Log::open`] finishes or forgets the append, and no history is shown that does not go on |
//!
//! # What it does not
//!
//! * **What was never logged is not missed.** The log proves what it holds. That
//!   each deletion is logged is for the caller to hold (same commit, outbox) and
//!   for tests to show.
//! * **Without a witness, or somebody who keeps checkpoints, the holder of the
//!   log's key can begin again** with a whole new history. A reader's
//!   [`policy::Policy`] says how many witnesses must agree; with none, a split view
//!   goes unnoticed.
//! * **Witnesses that collude with the operator** can cosign two histories. Choose
//!   those with other interests.
//! * **Times are claims** of the log and of each witness; order is proved, the
//!   clock is not.
//! * **Commitments hide whom, not that.** When, why, how much and under which
//!   policy are for all readers of the log to see; who publishes it publishes
//!   that. Equal amounts at equal seconds may be put together by a reader who
//!   knows more.
//! * **Entries stay.** They hold nothing personal ([`leaf`]); what ties one to a
//!   person is its [`leaf::Opening`], which rests elsewhere and can be erased.

pub mod checkpoint;
pub mod leaf;
pub mod log;
pub mod note;
pub mod policy;
pub mod receipt;
pub mod storage;
pub mod tile;
pub mod tree;
pub mod witness;

mod audit;
mod edge;
mod hash;
mod read;

pub use audit::{Report, audit};
pub use checkpoint::{Checkpoint, CheckpointError, Head, Origin, SignedCheckpoint};
pub use hash::Hash;
pub use log::{AppendError, Appended, Log, LogKeys, OpenError};
pub use read::{Damage, Entries, ReadError, Reader};
pub use receipt::{Proven, Receipt, ReceiptError};
pub use storage::{Storage, StorageError};
pub use tile::Tile;

/// A moment as leaves and cosignatures write it: whole seconds since 1970.
pub fn seconds(at: bonafide_context::Timestamp) -> u64 {
    at.0 / 1000
}

/// The most leaves of a log, and the largest number that the text forms carry:
/// other implementations count in signed 64-bit numbers.
pub const MAX_SIZE: u64 = i64::MAX as u64;
