//! Private keys.

use std::fmt;
use std::str::FromStr;

use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bonafide_context::{Random, Sensitive, Timestamp};
use zeroize::Zeroizing;

use super::{Algorithm, KeyError, KeyName, Note, NoteError, Signature, VerifierKey};
use crate::seconds;

/// A private key with its name. Neither `Debug` nor an error shows it.
pub struct SigningKey {
    pair: Ed25519KeyPair,
    seed: Zeroizing<[u8; 32]>,
    public: VerifierKey,
}

impl SigningKey {
    /// A new key.
    pub fn generate(
        name: KeyName,
        algorithm: Algorithm,
        random: &mut dyn Random,
    ) -> Result<Self, KeyError> {
        let mut seed = Zeroizing::new([0; 32]);
        random.fill(seed.as_mut_slice());
        Self::from_seed(name, algorithm, &seed)
    }

    /// The key of these 32 random bytes (RFC 8032's private key).
    pub fn from_seed(
        name: KeyName,
        algorithm: Algorithm,
        seed: &[u8; 32],
    ) -> Result<Self, KeyError> {
        let pair = Ed25519KeyPair::from_seed_unchecked(seed).map_err(|_| KeyError::Form)?;
        let public = pair.public_key().as_ref().try_into().map_err(|_| KeyError::Form)?;
        let public = VerifierKey::new(name, algorithm, public);
        Ok(Self { pair, seed: Zeroizing::new(*seed), public })
    }

    /// The key that verifies what this one signs.
    pub fn verifier(&self) -> &VerifierKey {
        &self.public
    }

    /// Signs a text. `now` counts for cosignatures only.
    pub fn sign(&self, text: &str, now: Timestamp) -> Signature {
        let time = seconds(now).min(crate::MAX_SIZE);
        let algorithm = self.public.algorithm();
        let signed = self.pair.sign(&algorithm.message(text, time));
        let bytes = match algorithm {
            Algorithm::Ed25519 => signed.as_ref().to_vec(),
            Algorithm::Cosignature => [&time.to_be_bytes(), signed.as_ref()].concat(),
        };
        Signature { key: self.public.name().clone(), id: self.public.id(), bytes }
    }

    /// A text as a note with this signature.
    pub fn note(&self, text: impl Into<String>, now: Timestamp) -> Result<Note, NoteError> {
        let mut note = Note::new(text)?;
        note.add(self.sign(note.text(), now))?;
        Ok(note)
    }

    /// The private key as text, as Go's `sumdb/note` writes it:
    /// `PRIVATE+KEY+name+<id>+<base64 of type and seed>`.
    pub fn to_text(&self) -> Sensitive<String> {
        let typed =
            Zeroizing::new([&[self.public.algorithm().byte()], self.seed.as_slice()].concat());
        let encoded = Zeroizing::new(STANDARD.encode(typed.as_slice()));
        let (name, id) = (self.public.name(), self.public.id());
        Sensitive::new(format!("PRIVATE+KEY+{name}+{id}+{}", encoded.as_str()))
    }
}

impl FromStr for SigningKey {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, KeyError> {
        let mut parts = text.strip_prefix("PRIVATE+KEY+").ok_or(KeyError::Form)?.splitn(3, '+');
        let mut next = || parts.next().ok_or(KeyError::Form);
        let (name, id, encoded) = (next()?, next()?, next()?);
        let typed = Zeroizing::new(STANDARD.decode(encoded).map_err(|_| KeyError::Form)?);
        let (algorithm, seed) = typed.split_first().ok_or(KeyError::Form)?;
        let algorithm = match *algorithm {
            0x01 => Algorithm::Ed25519,
            0x04 => Algorithm::Cosignature,
            other => return Err(KeyError::Algorithm(other)),
        };
        let seed = <&[u8; 32]>::try_from(seed).map_err(|_| KeyError::Form)?;
        let key = Self::from_seed(name.parse()?, algorithm, seed)?;
        if key.public.id().to_string() == id { Ok(key) } else { Err(KeyError::Id) }
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SigningKey({})", self.public)
    }
}
