//! Checkpoints (C2SP tlog-checkpoint): what a log has committed to.

use std::fmt;
use std::str::FromStr;

use bonafide_context::Timestamp;

use crate::hash::decimal;
use crate::note::{KeyName, Keyring, Note, NoteError, Signature, SigningKey, Verified};
use crate::{Hash, MAX_SIZE};

/// The most bytes of a log's name: what newer cosignature types can carry.
pub const MAX_ORIGIN_BYTES: usize = 255;

/// The most extension lines that are read.
const MAX_EXTENSIONS: usize = 16;

/// The name of a log, which no other log has: one line of 1 to 255 bytes
/// without control characters. Ours is also the name of its key.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Origin(String);

impl Origin {
    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for Origin {
    type Err = CheckpointError;

    fn from_str(text: &str) -> Result<Self, CheckpointError> {
        let fits = (1..=MAX_ORIGIN_BYTES).contains(&text.len()) && !text.contains(char::is_control);
        fits.then(|| Self(text.to_owned())).ok_or(CheckpointError::Origin)
    }
}

impl From<&KeyName> for Origin {
    fn from(name: &KeyName) -> Self {
        Self(name.as_str().to_owned())
    }
}

/// How large a tree is and what it hashes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Head {
    /// Leaves.
    pub size: u64,
    /// The root of the tree (RFC 6962).
    pub root: Hash,
}

impl Head {
    /// The tree without leaves.
    pub fn empty() -> Self {
        Self { size: 0, root: Hash::empty_tree() }
    }
}

/// The head of a named log. Its text is the body of a signed note.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// Of which log.
    pub origin: Origin,
    /// Its head.
    pub head: Head,
    /// Lines that mean something to others; ours has none.
    extensions: Vec<String>,
}

impl Checkpoint {
    /// A checkpoint without extensions.
    pub fn new(origin: Origin, head: Head) -> Self {
        Self { origin, head, extensions: Vec::new() }
    }

    /// The body: origin, size and root, a line each.
    pub fn to_text(&self) -> String {
        let mut text = format!("{}\n{}\n{}\n", self.origin, self.head.size, self.head.root);
        for line in &self.extensions {
            text.push_str(line);
            text.push('\n');
        }
        text
    }
}

impl FromStr for Checkpoint {
    type Err = CheckpointError;

    fn from_str(text: &str) -> Result<Self, CheckpointError> {
        let lines = text.strip_suffix('\n').ok_or(CheckpointError::Lines)?;
        let mut lines = lines.split('\n');
        let mut next = || lines.next().ok_or(CheckpointError::Lines);
        let origin = next()?.parse()?;
        let size = decimal(next()?).ok_or(CheckpointError::Size)?;
        let root = Hash::from_base64(next()?).ok_or(CheckpointError::Root)?;
        let extensions: Vec<String> = lines.map(str::to_owned).collect();
        if extensions.iter().any(String::is_empty) || extensions.len() > MAX_EXTENSIONS {
            return Err(CheckpointError::Lines);
        }
        if size == 0 && root != Hash::empty_tree() {
            return Err(CheckpointError::Root);
        }
        Ok(Self { origin, head: Head { size, root }, extensions })
    }
}

/// A checkpoint with its signatures. What it says counts for nothing until
/// [`SignedCheckpoint::verify`] has said who signed it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedCheckpoint {
    checkpoint: Checkpoint,
    note: Note,
}

impl SignedCheckpoint {
    /// Reads a checkpoint, and believes nothing of it.
    pub fn parse(bytes: &[u8]) -> Result<Self, CheckpointError> {
        let note = Note::parse(bytes)?;
        Ok(Self { checkpoint: note.text().parse()?, note })
    }

    /// A checkpoint signed by its log.
    pub fn sign(
        checkpoint: Checkpoint,
        key: &SigningKey,
        now: Timestamp,
    ) -> Result<Self, CheckpointError> {
        if checkpoint.head.size > MAX_SIZE {
            return Err(CheckpointError::Size);
        }
        let note = key.note(checkpoint.to_text(), now)?;
        Ok(Self { checkpoint, note })
    }

    /// What it says.
    pub fn checkpoint(&self) -> &Checkpoint {
        &self.checkpoint
    }

    /// The head it names.
    pub fn head(&self) -> Head {
        self.checkpoint.head
    }

    /// The note it stands in.
    pub fn note(&self) -> &Note {
        &self.note
    }

    /// Adds a cosignature.
    pub fn add(&mut self, signature: Signature) -> Result<(), CheckpointError> {
        Ok(self.note.add(signature)?)
    }

    /// Whether it is this log's, and one of the log's keys has signed it.
    pub fn verify(
        &self,
        origin: &Origin,
        keys: &Keyring,
    ) -> Result<Vec<Verified>, CheckpointError> {
        if self.checkpoint.origin != *origin {
            return Err(CheckpointError::OtherLog);
        }
        Ok(self.note.verify(keys)?)
    }

    /// As it is written and published.
    pub fn to_text(&self) -> String {
        self.note.to_text()
    }
}

/// Why a checkpoint is not one, or is not to be believed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CheckpointError {
    /// No name of a log.
    #[error("the name of a log is one line of 1 to {MAX_ORIGIN_BYTES} bytes")]
    Origin,
    /// Fewer than three lines, or an empty one.
    #[error("a checkpoint is three lines or more: the log's name, its size, its root")]
    Lines,
    /// No size.
    #[error("the second line of a checkpoint is a whole number without leading zeros")]
    Size,
    /// No root, or not the one of the empty tree.
    #[error("the third line of a checkpoint is 32 bytes in base64, the root of the tree")]
    Root,
    /// Of another log.
    #[error("the checkpoint is of another log")]
    OtherLog,
    /// The note around it.
    #[error(transparent)]
    Note(#[from] NoteError),
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::note::Algorithm;
    use proptest::prelude::*;

    const EXAMPLE: &str =
        "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n";

    fn key() -> SigningKey {
        let name = "log.example/eu".parse().unwrap();
        SigningKey::from_seed(name, Algorithm::Ed25519, &[3; 32]).unwrap()
    }

    #[test]
    fn the_example_of_the_specification_is_read() {
        let checkpoint: Checkpoint = EXAMPLE.parse().unwrap();
        assert_eq!(checkpoint.origin.as_str(), "example.com/behind-the-sofa");
        assert_eq!(checkpoint.head.size, 20_852_163);
        assert_eq!(checkpoint.to_text(), EXAMPLE);
        let extended = format!("{EXAMPLE}one more\n");
        assert_eq!(extended.parse::<Checkpoint>().unwrap().to_text(), extended);
    }

    #[test]
    fn what_is_not_quite_a_checkpoint_is_refused() {
        let root = Hash::sha256(b"x");
        for (bad, why) in [
            (String::new(), CheckpointError::Lines),
            ("a\n1\n".to_owned(), CheckpointError::Lines),
            (EXAMPLE.trim_end().to_owned(), CheckpointError::Lines),
            (format!("{EXAMPLE}\n"), CheckpointError::Lines),
            (format!("\n1\n{root}\n"), CheckpointError::Origin),
            (format!("{}\n1\n{root}\n", "a".repeat(256)), CheckpointError::Origin),
            (format!("a\n01\n{root}\n"), CheckpointError::Size),
            (format!("a\n-1\n{root}\n"), CheckpointError::Size),
            (format!("a\n9223372036854775808\n{root}\n"), CheckpointError::Size),
            (format!("a\n1\n{}\n", root.to_hex()), CheckpointError::Root),
            (format!("a\n0\n{root}\n"), CheckpointError::Root),
            (format!("{EXAMPLE}{}", "x\n".repeat(17)), CheckpointError::Lines),
        ] {
            assert_eq!(bad.parse::<Checkpoint>(), Err(why), "{bad:?}");
        }
    }

    #[test]
    fn a_checkpoint_is_its_logs_only() {
        let key = key();
        let origin = Origin::from(key.verifier().name());
        let checkpoint = Checkpoint::new(origin.clone(), Head::empty());
        let signed = SignedCheckpoint::sign(checkpoint, &key, Timestamp(0)).unwrap();
        let keys = Keyring::of(key.verifier().clone());
        assert_eq!(signed.verify(&origin, &keys).unwrap().len(), 1);
        let other: Origin = "log.example/us".parse().unwrap();
        assert_eq!(signed.verify(&other, &keys), Err(CheckpointError::OtherLog));
        let read = SignedCheckpoint::parse(signed.to_text().as_bytes()).unwrap();
        assert_eq!(read, signed);
    }

    proptest! {
        #[test]
        fn what_is_read_is_written_the_same(text in "[a-z ]{0,3}\n[0-9]{0,4}\n[A-Za-z0-9+/]{43}=\n([a-z]{0,2}\n){0,2}") {
            if let Ok(checkpoint) = text.parse::<Checkpoint>() {
                prop_assert_eq!(checkpoint.to_text(), text);
            }
        }
    }
}
