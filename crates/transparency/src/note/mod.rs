//! Signed notes (C2SP signed-note): text, a blank line, signature lines.
//!
//! ```text
//! This is an example message.
//!
//! — example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1E…
//! ```
//!
//! Signatures of unknown keys are carried along and ignored: that is how keys
//! are rotated and witnesses added. A signature of a known key that does not
//! hold refuses the whole note.

mod key;
mod signer;

pub use key::{Algorithm, KeyError, KeyId, KeyName, Keyring, VerifierKey};
pub use signer::SigningKey;

use std::fmt::Write;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// The most bytes of a note.
pub const MAX_NOTE_BYTES: usize = 1_000_000;

/// The most signatures of a note; the specification asks for 16 or more.
pub const MAX_SIGNATURES: usize = 100;

/// The most bytes of one signature without its key id. Those of algorithms to
/// come (ML-DSA-44: 2420) are carried along.
pub const MAX_SIGNATURE_BYTES: usize = 8_192;

/// A note. What its text says counts for nothing until [`Note::verify`] has
/// said who signed it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    text: String,
    signatures: Vec<Signature>,
}

/// A signature line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signature {
    /// Who is said to have signed.
    pub key: KeyName,
    /// By which of their keys.
    pub id: KeyId,
    /// What the key made of the text, 1 to [`MAX_SIGNATURE_BYTES`] bytes.
    pub bytes: Vec<u8>,
}

/// A signature that holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified {
    /// Whose.
    pub key: VerifierKey,
    /// When a cosignature was made, in seconds since 1970; `None` for a plain
    /// signature.
    pub time: Option<u64>,
}

/// Why a note is not one, or is not to be believed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoteError {
    /// Larger than [`MAX_NOTE_BYTES`].
    #[error("a note has at most {MAX_NOTE_BYTES} bytes")]
    TooLarge,
    /// Not UTF-8, or control characters.
    #[error("a note is UTF-8 without control characters other than newlines")]
    Characters,
    /// No text that ends in a newline, no blank line, or no signature.
    #[error("a note is text, a blank line and signature lines, each ended by a newline")]
    Form,
    /// A signature line that is none.
    #[error("signature line {0} is not `— name base64`")]
    SignatureLine(usize),
    /// More than [`MAX_SIGNATURES`].
    #[error("a note has at most {MAX_SIGNATURES} signatures")]
    TooManySignatures,
    /// A trusted key is named, but it has not signed this text.
    #[error("the signature of {0} does not hold: the text or the signature was changed")]
    BadSignature(KeyName),
    /// No trusted key has signed.
    #[error("no trusted key has signed this")]
    Unsigned,
    /// The text cannot be signed as it is.
    #[error("the text of a note ends in a newline and has no control characters")]
    Text,
}

impl Note {
    /// A note without signatures.
    pub fn new(text: impl Into<String>) -> Result<Self, NoteError> {
        let text = text.into();
        if text.len() > MAX_NOTE_BYTES {
            return Err(NoteError::TooLarge);
        }
        if !text.ends_with('\n') || has_control(&text) {
            return Err(NoteError::Text);
        }
        Ok(Self { text, signatures: Vec::new() })
    }

    /// Reads a note, and believes nothing of it.
    pub fn parse(bytes: &[u8]) -> Result<Self, NoteError> {
        if bytes.len() > MAX_NOTE_BYTES {
            return Err(NoteError::TooLarge);
        }
        let whole = std::str::from_utf8(bytes).map_err(|_| NoteError::Characters)?;
        if has_control(whole) {
            return Err(NoteError::Characters);
        }
        // The last blank line: the text may have others.
        let split = whole.rfind("\n\n").ok_or(NoteError::Form)? + 1;
        let (text, rest) = whole.split_at_checked(split).ok_or(NoteError::Form)?;
        let lines = rest.strip_prefix('\n').ok_or(NoteError::Form)?;
        let signatures = Signature::parse_lines(lines)?;
        if signatures.is_empty() {
            return Err(NoteError::Form);
        }
        Ok(Self { text: text.to_owned(), signatures })
    }

    /// The text, with its last newline.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The signatures, believed or not.
    pub fn signatures(&self) -> &[Signature] {
        &self.signatures
    }

    /// Adds a signature; one of the same key takes the place of the older.
    pub fn add(&mut self, signature: Signature) -> Result<(), NoteError> {
        let same = |other: &Signature| other.key == signature.key && other.id == signature.id;
        if let Some(place) = self.signatures.iter().position(same) {
            self.signatures.remove(place);
        }
        if self.signatures.len() >= MAX_SIGNATURES {
            return Err(NoteError::TooManySignatures);
        }
        self.signatures.push(signature);
        Ok(())
    }

    /// Who of the trusted has signed: at least one, each named once.
    pub fn verify(&self, trusted: &Keyring) -> Result<Vec<Verified>, NoteError> {
        let mut verified: Vec<Verified> = Vec::new();
        for signature in &self.signatures {
            let Some(key) = trusted.find(&signature.key, signature.id) else { continue };
            let time = key
                .verify(&self.text, &signature.bytes)
                .ok_or_else(|| NoteError::BadSignature(key.name().clone()))?;
            if !verified.iter().any(|known| known.key == *key) {
                verified.push(Verified { key: key.clone(), time });
            }
        }
        if verified.is_empty() { Err(NoteError::Unsigned) } else { Ok(verified) }
    }

    /// The note as it is written.
    pub fn to_text(&self) -> String {
        let mut whole = format!("{}\n", self.text);
        for signature in &self.signatures {
            whole.push_str(&signature.to_line());
        }
        whole
    }
}

impl Signature {
    /// Reads signature lines as they stand below a note, or as a witness answers
    /// them.
    pub fn parse_lines(text: &str) -> Result<Vec<Self>, NoteError> {
        if text.is_empty() {
            return Ok(Vec::new());
        }
        let lines = text.strip_suffix('\n').ok_or(NoteError::Form)?;
        let mut signatures = Vec::new();
        for (at, line) in lines.split('\n').enumerate() {
            if at >= MAX_SIGNATURES {
                return Err(NoteError::TooManySignatures);
            }
            signatures.push(Self::parse_line(line).ok_or(NoteError::SignatureLine(at + 1))?);
        }
        Ok(signatures)
    }

    fn parse_line(line: &str) -> Option<Self> {
        let (name, encoded) = line.strip_prefix("— ")?.split_once(' ')?;
        if encoded.len() > (MAX_SIGNATURE_BYTES + 4).div_ceil(3) * 4 {
            return None;
        }
        let decoded = STANDARD.decode(encoded).ok()?;
        let (id, bytes) = decoded.split_first_chunk::<4>()?;
        let fits = (1..=MAX_SIGNATURE_BYTES).contains(&bytes.len());
        let key = name.parse().ok()?;
        fits.then(|| Self { key, id: KeyId(*id), bytes: bytes.to_vec() })
    }

    /// The line, with its newline.
    pub fn to_line(&self) -> String {
        let blob = [self.id.0.as_slice(), &self.bytes].concat();
        let mut line = String::new();
        // A `String` takes all that is written to it.
        let _ = writeln!(line, "— {} {}", self.key, STANDARD.encode(blob));
        line
    }
}

fn has_control(text: &str) -> bool {
    text.bytes().any(|byte| byte < 0x20 && byte != b'\n')
}

#[cfg(test)]
mod tests;
