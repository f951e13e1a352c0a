//! What binds a part to its challenge: key, nonce and digests.

use std::fmt;

use aws_lc_rs::{constant_time, digest, hmac};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use zeroize::Zeroizing;

/// The HMAC key of one challenge. Is wiped when dropped, and never shown.
#[derive(Clone)]
pub struct Key(Zeroizing<[u8; 32]>);

impl Key {
    /// A key of these bytes.
    pub fn new(bytes: [u8; 32]) -> Key {
        Key(Zeroizing::new(bytes))
    }

    /// The HMAC-SHA-256 of `bytes`.
    pub(super) fn seal(&self, bytes: &[u8]) -> Digest {
        let key = hmac::Key::new(hmac::HMAC_SHA256, self.0.as_slice());
        Digest::from_slice(hmac::sign(&key, bytes).as_ref())
    }

    /// Whether `mac` is the HMAC of `bytes`, in constant time.
    pub(super) fn verifies(&self, bytes: &[u8], mac: &Digest) -> bool {
        constant_time::verify_slices_are_equal(&self.seal(bytes).0, &mac.0).is_ok()
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key(…)")
    }
}

/// What makes a challenge unlike any other: 16 random bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Nonce([u8; 16]);

/// A SHA-256 or an HMAC-SHA-256.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Digest([u8; 32]);

impl Digest {
    /// The SHA-256 of `bytes`.
    pub fn of(bytes: &[u8]) -> Digest {
        Digest::from_slice(digest::digest(&digest::SHA256, bytes).as_ref())
    }

    fn from_slice(bytes: &[u8]) -> Digest {
        let mut digest = [0; 32];
        // Both algorithms give 32 bytes.
        digest.iter_mut().zip(bytes).for_each(|(to, from)| *to = *from);
        Digest(digest)
    }
}

/// Bytes that are written as base64url without padding.
macro_rules! base64url {
    ($name:ident, $bytes:literal, $expected:literal) => {
        impl $name {
            /// Of these bytes.
            pub fn from_bytes(bytes: [u8; $bytes]) -> $name {
                $name(bytes)
            }

            /// The bytes.
            pub fn as_bytes(&self) -> &[u8; $bytes] {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&URL_SAFE_NO_PAD.encode(self.0))
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<$name, D::Error> {
                let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
                URL_SAFE_NO_PAD
                    .decode(text.as_bytes())
                    .ok()
                    .and_then(|bytes| bytes.try_into().ok())
                    .map($name)
                    .ok_or_else(|| de::Error::custom($expected))
            }
        }
    };
}

base64url!(Nonce, 16, "expected 16 bytes in base64url without padding");
base64url!(Digest, 32, "expected 32 bytes in base64url without padding");
