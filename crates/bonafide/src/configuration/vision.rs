//! How pictures are looked at.

use std::path::PathBuf;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How pictures are looked at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Vision {
    /// Folder of the model weights [default: BONAFIDE_MODELS, else `models` in
    /// the data directory, else `bonafide/models` in the user's cache folder].
    pub(crate) models: Option<PathBuf>,
    /// Threads that look at pictures; 0 for one a core.
    pub(crate) threads: usize,
    /// Requests that may wait for each thread; what comes on top is refused at
    /// once with `Retry-After`.
    pub(crate) waiting_per_thread: usize,
    /// Processes that decode pictures, apart from the server; 0 for one a
    /// thread.
    pub(crate) decoders: usize,
    /// Bytes of a picture that are let in.
    pub(crate) max_picture_bytes: usize,
    /// Pixels of a picture that are let in.
    pub(crate) max_pixels: u64,
    /// Seconds that decoding a picture may take.
    pub(crate) decode_seconds: u64,
}

impl Default for Vision {
    fn default() -> Self {
        Self {
            models: None,
            threads: 0,
            waiting_per_thread: 2,
            decoders: 0,
            max_picture_bytes: 12 << 20,
            max_pixels: 50_000_000,
            decode_seconds: 10,
        }
    }
}
