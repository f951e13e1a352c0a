//! The body of `POST …/add-checkpoint`.

use crate::Hash;
use crate::checkpoint::{CheckpointError, SignedCheckpoint};
use crate::hash::decimal;

/// The most hashes of a consistency proof.
const MAX_PROOF: usize = 63;

/// The most bytes of a body: a checkpoint, and a proof before it.
pub(crate) const MAX_BODY_BYTES: usize = crate::note::MAX_NOTE_BYTES + 4_096;

/// A checkpoint, and the proof that the tree of `old` leaves is its beginning.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AddCheckpoint {
    /// The size that the witness is believed to have cosigned last; 0 for none.
    pub old: u64,
    /// From there to the checkpoint's.
    pub proof: Vec<Hash>,
    /// The checkpoint, signed by its log.
    pub checkpoint: SignedCheckpoint,
}

impl AddCheckpoint {
    /// The body.
    pub fn to_text(&self) -> String {
        let mut text = format!("old {}\n", self.old);
        for hash in &self.proof {
            text.push_str(&format!("{hash}\n"));
        }
        text.push('\n');
        text.push_str(&self.checkpoint.to_text());
        text
    }

    /// Reads a body, and believes nothing of it.
    pub fn parse(body: &[u8]) -> Result<Self, RequestError> {
        if body.len() > MAX_BODY_BYTES {
            return Err(RequestError::TooLarge);
        }
        let text = std::str::from_utf8(body).map_err(|_| RequestError::Form)?;
        let (before, checkpoint) = text.split_once("\n\n").ok_or(RequestError::Form)?;
        let mut lines = before.split('\n');
        let old = lines.next().and_then(|line| line.strip_prefix("old ")).and_then(decimal);
        let old = old.ok_or(RequestError::OldSize)?;
        let proof = lines.map(|line| Hash::from_base64(line).ok_or(RequestError::Proof));
        let proof = proof.take(MAX_PROOF + 1).collect::<Result<Vec<_>, _>>()?;
        if proof.len() > MAX_PROOF {
            return Err(RequestError::Proof);
        }
        Ok(Self { old, proof, checkpoint: SignedCheckpoint::parse(checkpoint.as_bytes())? })
    }
}

/// Why a body is not one.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RequestError {
    /// Too large.
    #[error("a request has at most {MAX_BODY_BYTES} bytes")]
    TooLarge,
    /// No blank line.
    #[error("a request is `old <size>`, hashes, a blank line and a checkpoint")]
    Form,
    /// No size.
    #[error("the first line is `old ` and a whole number")]
    OldSize,
    /// A hash that is none, or too many.
    #[error("a consistency proof is at most {MAX_PROOF} lines of 32 bytes in base64")]
    Proof,
    /// The checkpoint.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
}
