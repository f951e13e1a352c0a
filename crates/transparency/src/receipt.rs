//! Receipts: that something is in the log, for whoever asks, offline.
//!
//! The text is C2SP's tlog-proof. The leaf itself stands in the `extra` line, so
//! that a receipt needs nothing beside it but the keys its reader trusts:
//!
//! ```text
//! c2sp.org/tlog-proof@v1
//! extra <the leaf, base64>
//! index 73894
//! <hash, base64>
//! …
//!
//! log.example/eu
//! 109482
//! sFodV/vSp5O8n9a8QpW6PRY97tfOSW5bsc2Xl/EQi08=
//!
//! — log.example/eu hI2DJw…
//! — witness.example mJirIklj…
//! ```

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::Hash;
use crate::checkpoint::{CheckpointError, Head, Origin, SignedCheckpoint};
use crate::hash::decimal;
use crate::leaf::{Leaf, LeafError};
use crate::note::{KeyName, NoteError, Verified};
use crate::policy::Policy;
use crate::tile::MAX_ENTRY_BYTES;
use crate::tree::{ProofError, verify_inclusion};

const HEADER: &str = "c2sp.org/tlog-proof@v1";

/// The most hashes of a proof: one for each level of the largest tree.
const MAX_PROOF: usize = 63;

/// The most bytes of a receipt.
pub const MAX_RECEIPT_BYTES: usize = crate::note::MAX_NOTE_BYTES + 100_000;

/// A receipt. What it says counts for nothing until [`Receipt::verify`] has
/// checked it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    leaf: Vec<u8>,
    index: u64,
    proof: Vec<Hash>,
    checkpoint: SignedCheckpoint,
}

/// What a receipt proves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proven {
    /// The leaf, byte for byte as the log has it.
    pub entry: Vec<u8>,
    /// Its index in the log.
    pub index: u64,
    /// Of which log.
    pub origin: Origin,
    /// Up to which head it was proved.
    pub head: Head,
    /// The witnesses that have cosigned that head, and when.
    pub witnesses: Vec<Verified>,
}

impl Proven {
    /// What the leaf says. That it is in the log is proved even if this program
    /// cannot read it ([`LeafError::Unknown`]).
    pub fn leaf(&self) -> Result<Leaf, LeafError> {
        Leaf::decode(&self.entry)
    }
}

impl Receipt {
    /// A receipt of these parts.
    pub fn new(leaf: Vec<u8>, index: u64, proof: Vec<Hash>, checkpoint: SignedCheckpoint) -> Self {
        Self { leaf, index, proof, checkpoint }
    }

    /// Reads a receipt, and believes nothing of it.
    pub fn parse(bytes: &[u8]) -> Result<Self, ReceiptError> {
        if bytes.len() > MAX_RECEIPT_BYTES {
            return Err(ReceiptError::TooLarge);
        }
        let text = std::str::from_utf8(bytes).map_err(|_| ReceiptError::Header)?;
        let rest = text.strip_prefix(HEADER).and_then(|rest| rest.strip_prefix('\n'));
        let (line, rest) = cut(rest.ok_or(ReceiptError::Header)?).ok_or(ReceiptError::Leaf)?;
        let leaf = line
            .strip_prefix("extra ")
            .and_then(|encoded| STANDARD.decode(encoded).ok())
            .filter(|leaf| leaf.len() <= MAX_ENTRY_BYTES)
            .ok_or(ReceiptError::Leaf)?;
        let (line, mut rest) = cut(rest).ok_or(ReceiptError::Index)?;
        let index = line.strip_prefix("index ").and_then(decimal).ok_or(ReceiptError::Index)?;
        let mut proof = Vec::new();
        loop {
            let place = proof.len() + 1;
            let (line, after) = cut(rest).ok_or(ReceiptError::ProofLine(place))?;
            rest = after;
            if line.is_empty() {
                break;
            }
            let hash = Hash::from_base64(line).filter(|_| place <= MAX_PROOF);
            proof.push(hash.ok_or(ReceiptError::ProofLine(place))?);
        }
        let checkpoint =
            SignedCheckpoint::parse(rest.as_bytes()).map_err(ReceiptError::Checkpoint)?;
        Ok(Self { leaf, index, proof, checkpoint })
    }

    /// The receipt as text, for a file named `….tlog-proof`.
    pub fn to_text(&self) -> String {
        let mut text =
            format!("{HEADER}\nextra {}\nindex {}\n", STANDARD.encode(&self.leaf), self.index);
        for hash in &self.proof {
            text.push_str(&format!("{hash}\n"));
        }
        text.push('\n');
        text.push_str(&self.checkpoint.to_text());
        text
    }

    /// Whether a log that the reader trusts has this leaf, and whether enough
    /// of the witnesses that the reader trusts have seen so. Needs no network
    /// and no store.
    pub fn verify(&self, policy: &Policy) -> Result<Proven, ReceiptError> {
        let checkpoint = self.checkpoint.checkpoint();
        let keys = policy.log_keys(&checkpoint.origin).ok_or(ReceiptError::UnknownLog)?;
        self.checkpoint.note().verify(&keys).map_err(|error| match error {
            NoteError::BadSignature(_) => ReceiptError::LogSignature,
            NoteError::Unsigned => ReceiptError::NotSignedByLog,
            error => ReceiptError::Checkpoint(error.into()),
        })?;
        let witnesses = match self.checkpoint.note().verify(policy.witnesses()) {
            Ok(witnesses) => witnesses,
            Err(NoteError::Unsigned) => Vec::new(),
            Err(NoteError::BadSignature(name)) => return Err(ReceiptError::Cosignature(name)),
            Err(error) => return Err(ReceiptError::Checkpoint(error.into())),
        };
        if !policy.is_satisfied_by(&witnesses) {
            return Err(ReceiptError::TooFewWitnesses { have: witnesses.len() });
        }
        let Head { size, root } = checkpoint.head;
        let leaf = Hash::leaf(&self.leaf);
        verify_inclusion(leaf, self.index, size, root, &self.proof)
            .map_err(ReceiptError::NotIncluded)?;
        Ok(Proven {
            entry: self.leaf.clone(),
            index: self.index,
            origin: checkpoint.origin.clone(),
            head: checkpoint.head,
            witnesses,
        })
    }
}

fn cut(text: &str) -> Option<(&str, &str)> {
    text.split_once('\n')
}

/// Why a receipt is not one, or proves nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReceiptError {
    /// Larger than [`MAX_RECEIPT_BYTES`].
    #[error("a receipt has at most {MAX_RECEIPT_BYTES} bytes")]
    TooLarge,
    /// Not a receipt, or of a version that this program does not know.
    #[error("not a receipt: the first line is `{HEADER}`")]
    Header,
    /// The leaf is missing or unreadable.
    #[error("the second line of a receipt is `extra ` and the leaf in base64")]
    Leaf,
    /// The index is missing or unreadable.
    #[error("the third line of a receipt is `index ` and a whole number")]
    Index,
    /// A hash of the proof is unreadable, or there are too many.
    #[error("hash {0} of the receipt's proof is not 32 bytes in base64")]
    ProofLine(usize),
    /// The checkpoint is unreadable.
    #[error("the receipt's checkpoint cannot be read: {0}")]
    Checkpoint(CheckpointError),
    /// The checkpoint is of a log that the reader does not trust.
    #[error("the receipt is of a log that is not among the trusted ones")]
    UnknownLog,
    /// The log's signature does not hold.
    #[error("the log's signature does not hold: the checkpoint or the signature was changed")]
    LogSignature,
    /// No trusted key of the log has signed.
    #[error("no trusted key of the log has signed the receipt's checkpoint")]
    NotSignedByLog,
    /// A witness's signature does not hold.
    #[error("the cosignature of {0} does not hold: it was changed, or is of another checkpoint")]
    Cosignature(KeyName),
    /// The quorum of witnesses is not reached.
    #[error("too few trusted witnesses have cosigned the checkpoint: {have} have")]
    TooFewWitnesses {
        /// Trusted witnesses that have.
        have: usize,
    },
    /// The log does not have this leaf there.
    #[error(
        "the log does not have this leaf at this index: leaf, index or proof was changed ({0})"
    )]
    NotIncluded(ProofError),
}
