//! Names and public keys of those who sign.

use std::fmt;
use std::str::FromStr;

use aws_lc_rs::signature::{ED25519, UnparsedPublicKey};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bonafide_context::Keeper;

use crate::Hash;

/// The most bytes of a name: what newer cosignature types can carry.
pub(crate) const MAX_NAME_BYTES: usize = 255;

/// The name of a key: 1 to 255 bytes without spaces, `+` or control characters.
/// An URL without its scheme is recommended: `example.com/log`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyName(String);

impl KeyName {
    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for KeyName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for KeyName {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, KeyError> {
        let bad = |c: char| c.is_whitespace() || c.is_control() || c == '+';
        if text.is_empty() || text.len() > MAX_NAME_BYTES || text.contains(bad) {
            return Err(KeyError::Name);
        }
        Ok(Self(text.to_owned()))
    }
}

/// The short name of a key: the first four bytes of
/// `SHA-256(name ‖ 0x0A ‖ type ‖ public key)`. It tells keys apart and proves
/// nothing.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyId(pub [u8; 4]);

impl KeyId {
    fn of(name: &KeyName, algorithm: Algorithm, public: &[u8; 32]) -> Self {
        let text = [name.as_str().as_bytes(), &[b'\n', algorithm.byte()], public].concat();
        let [a, b, c, d, ..] = Hash::sha256(&text).0;
        Self([a, b, c, d])
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&crate::hash::hex(&self.0))
    }
}

impl fmt::Debug for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// What a signature says and how it is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Algorithm {
    /// Ed25519 over the text: type 0x01, how a log signs.
    Ed25519,
    /// `cosignature/v1`: type 0x04, how a witness says that it has seen this
    /// checkpoint, when, and no other of the kind.
    Cosignature,
}

impl Algorithm {
    /// The signature type of C2SP signed-note.
    pub const fn byte(self) -> u8 {
        match self {
            Self::Ed25519 => 0x01,
            Self::Cosignature => 0x04,
        }
    }

    const fn of(byte: u8) -> Option<Self> {
        match byte {
            0x01 => Some(Self::Ed25519),
            0x04 => Some(Self::Cosignature),
            _ => None,
        }
    }

    /// What is signed: the text itself, or the text with the time before it.
    pub(super) fn message(self, text: &str, time: u64) -> Vec<u8> {
        match self {
            Self::Ed25519 => text.as_bytes().to_vec(),
            Self::Cosignature => format!("cosignature/v1\ntime {time}\n{text}").into_bytes(),
        }
    }
}

/// A public key with its name. Its text is a verifier key (vkey):
/// `name+<id in hex>+<base64 of type and key>`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct VerifierKey {
    name: KeyName,
    id: KeyId,
    algorithm: Algorithm,
    public: [u8; 32],
}

impl VerifierKey {
    /// The key of that name.
    pub fn new(name: KeyName, algorithm: Algorithm, public: [u8; 32]) -> Self {
        let id = KeyId::of(&name, algorithm, &public);
        Self { name, id, algorithm, public }
    }

    /// Its name.
    pub fn name(&self) -> &KeyName {
        &self.name
    }

    /// Its short name.
    pub fn id(&self) -> KeyId {
        self.id
    }

    /// What its signatures say.
    pub fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// The public key, as RFC 8032 encodes it.
    pub fn public(&self) -> &[u8; 32] {
        &self.public
    }

    /// `Some` if the signature holds, with its time if it has one.
    pub(super) fn verify(&self, text: &str, signature: &[u8]) -> Option<Option<u64>> {
        let (time, signature) = match self.algorithm {
            Algorithm::Ed25519 => (None, signature),
            Algorithm::Cosignature => {
                let (time, signature) = signature.split_first_chunk::<8>()?;
                let time = u64::from_be_bytes(*time);
                if time > crate::MAX_SIZE {
                    return None;
                }
                (Some(time), signature)
            }
        };
        let message = self.algorithm.message(text, time.unwrap_or(0));
        let key = UnparsedPublicKey::new(&ED25519, self.public.as_slice());
        if Keeper::NoteSignatures.works() {
            key.verify(&message, signature).ok()?;
        }
        Some(time)
    }
}

impl fmt::Display for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let typed = [&[self.algorithm.byte()], self.public.as_slice()].concat();
        write!(f, "{}+{}+{}", self.name, self.id, STANDARD.encode(typed))
    }
}

impl fmt::Debug for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for VerifierKey {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, KeyError> {
        // The base64 may have a `+` itself.
        let mut parts = text.splitn(3, '+');
        let mut next = || parts.next().ok_or(KeyError::Form);
        let (name, id, encoded) = (next()?, next()?, next()?);
        let name: KeyName = name.parse()?;
        let typed: [u8; 33] = STANDARD
            .decode(encoded)
            .ok()
            .and_then(|bytes| bytes.try_into().ok())
            .ok_or(KeyError::Form)?;
        let (algorithm, public) = typed.split_first().ok_or(KeyError::Form)?;
        let algorithm = Algorithm::of(*algorithm).ok_or(KeyError::Algorithm(*algorithm))?;
        let public = public.try_into().map_err(|_| KeyError::Form)?;
        let key = Self::new(name, algorithm, public);
        if key.id.to_string() == id { Ok(key) } else { Err(KeyError::Id) }
    }
}

/// The keys that somebody trusts, no two of the same name and id.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Keyring(Vec<VerifierKey>);

impl Keyring {
    /// These keys; the same key twice counts once.
    pub fn new(keys: impl IntoIterator<Item = VerifierKey>) -> Result<Self, KeyError> {
        let mut ring = Self::default();
        for key in keys {
            match ring.find(&key.name, key.id) {
                Some(known) if *known != key => return Err(KeyError::Ambiguous),
                Some(_) => {}
                None => ring.0.push(key),
            }
        }
        Ok(ring)
    }

    /// One key.
    pub fn of(key: VerifierKey) -> Self {
        Self(vec![key])
    }

    /// All of them.
    pub fn keys(&self) -> &[VerifierKey] {
        &self.0
    }

    pub(super) fn find(&self, name: &KeyName, id: KeyId) -> Option<&VerifierKey> {
        self.0.iter().find(|key| key.id == id && key.name == *name)
    }
}

/// Why a key or its name could not be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// A name that cannot be one.
    #[error("the name of a key is 1 to 255 bytes without spaces, `+` or control characters")]
    Name,
    /// Not the text of a key.
    #[error("a key is `name+<8 hexadecimal digits>+<base64>`")]
    Form,
    /// A type that this program does not know.
    #[error("keys of type {0:#04x} are not known here: use Ed25519 (0x01) or cosignatures (0x04)")]
    Algorithm(u8),
    /// The id is not that of this name and key.
    #[error("the key id does not belong to this name and key: copy the whole line")]
    Id,
    /// Two keys that cannot be told apart.
    #[error("two trusted keys have the same name and id")]
    Ambiguous,
}
