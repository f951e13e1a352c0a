//! Decoding in processes of their own: what a stranger's file can do to a
//! decoder stays in a process without network, without files, with bounded
//! memory and time.
//!
//! [`WorkerPool`] is a [`Decoder`](crate::Decoder). It starts the running
//! binary again with a hidden subcommand, which `main` hands over to
//! [`run_if_asked`] before anything else. Such a worker confines itself
//! ([`Isolation`] says how far the kernel let it), then answers one request at
//! a time over its standard input and output. The pool believes nothing that
//! it says: see [`frame`].
//!
//! A worker that has decoded a video is replaced too: nothing that a video left in
//! its memory meets the next file.
//!
//! A crash, a time-out or a broken answer costs that one call; the worker is
//! killed and replaced.

mod confine;
#[doc(hidden)]
pub mod film;
#[doc(hidden)]
pub mod frame;
mod isolation;
mod pool;
mod process;
mod serve;

pub use isolation::Isolation;
pub use pool::{WorkerError, WorkerPool, WorkerSettings, WorkerStats};
pub use serve::{run_if_asked, run_if_asked_with};
