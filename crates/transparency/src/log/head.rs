//! What the head cell holds: the log's commitment, and where the tiles of its
//! last batch are to be found until they are published.

use crate::Hash;
use crate::checkpoint::{CheckpointError, SignedCheckpoint};

const FORMAT: &str = "bonafide-log-head/v1";

/// ```text
/// bonafide-log-head/v1
/// staged <64 hexadecimal digits, or none>
/// <signed checkpoint>
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct HeadCell {
    pub(super) staged: Option<Hash>,
    pub(super) checkpoint: SignedCheckpoint,
}

impl HeadCell {
    pub(super) fn encode(&self) -> Vec<u8> {
        let staged = self.staged.map_or_else(|| "none".to_owned(), Hash::to_hex);
        format!("{FORMAT}\nstaged {staged}\n{}", self.checkpoint.to_text()).into_bytes()
    }

    pub(super) fn decode(bytes: &[u8]) -> Result<Self, CheckpointError> {
        let mut parts = bytes.splitn(3, |byte| *byte == b'\n');
        let mut next = || parts.next().ok_or(CheckpointError::Lines);
        if next()? != FORMAT.as_bytes() {
            return Err(CheckpointError::Lines);
        }
        let staged =
            std::str::from_utf8(next()?).ok().and_then(|line| line.strip_prefix("staged "));
        let staged = match staged.ok_or(CheckpointError::Lines)? {
            "none" => None,
            name => Some(Hash::from_hex(name).ok_or(CheckpointError::Lines)?),
        };
        Ok(Self { staged, checkpoint: SignedCheckpoint::parse(next()?)? })
    }
}
