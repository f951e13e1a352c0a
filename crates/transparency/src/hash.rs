//! SHA-256 as RFC 6962 uses it, and the strict text forms around it.

use std::fmt;

use aws_lc_rs::digest;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A SHA-256 hash: of a leaf, of a node, or of a whole tree. Written as padded
/// standard base64, as the C2SP formats do.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Hash(pub [u8; 32]);

impl Hash {
    /// SHA-256 of `bytes`, without any prefix.
    pub fn sha256(bytes: &[u8]) -> Self {
        Self::from(&digest::digest(&digest::SHA256, bytes))
    }

    /// The root of the tree without leaves (RFC 6962 section 2.1).
    pub fn empty_tree() -> Self {
        Self::sha256(&[])
    }

    /// The hash of a leaf: `SHA-256(0x00 ‖ entry)`. The prefix keeps a leaf from
    /// being passed off as a node.
    pub fn leaf(entry: &[u8]) -> Self {
        let mut context = digest::Context::new(&digest::SHA256);
        context.update(&[0]);
        context.update(entry);
        Self::from(&context.finish())
    }

    /// The hash over two subtrees: `SHA-256(0x01 ‖ left ‖ right)`.
    pub fn node(left: Self, right: Self) -> Self {
        let mut bytes = [0; 65];
        let (prefix, rest) = bytes.split_at_mut(1);
        prefix.copy_from_slice(&[1]);
        let (l, r) = rest.split_at_mut(32);
        l.copy_from_slice(&left.0);
        r.copy_from_slice(&right.0);
        Self::sha256(&bytes)
    }

    /// Reads 44 characters of padded standard base64; anything else is `None`.
    pub fn from_base64(text: &str) -> Option<Self> {
        if text.len() != 44 {
            return None;
        }
        STANDARD.decode(text).ok()?.try_into().ok().map(Self)
    }

    /// Lower-case hexadecimal, for names of files.
    pub fn to_hex(self) -> String {
        hex(&self.0)
    }

    /// Reads 64 lower-case hexadecimal digits.
    pub fn from_hex(text: &str) -> Option<Self> {
        unhex(text)?.try_into().ok().map(Self)
    }
}

impl From<&digest::Digest> for Hash {
    fn from(digest: &digest::Digest) -> Self {
        let mut bytes = [0; 32];
        bytes.copy_from_slice(digest.as_ref());
        Self(bytes)
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&STANDARD.encode(self.0))
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for Hash {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Hash {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::from_base64(&text)
            .ok_or_else(|| serde::de::Error::custom("a hash is 32 bytes in padded base64"))
    }
}

/// Lower-case hexadecimal digits of bytes.
pub(crate) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // A `String` takes all that is written to it.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Bytes of lower-case hexadecimal digits.
pub(crate) fn unhex(text: &str) -> Option<Vec<u8>> {
    let digit = |byte: u8| match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        _ => None,
    };
    let pairs = text.as_bytes().chunks(2);
    pairs
        .map(|pair| match *pair {
            [high, low] => Some(digit(high)? << 4 | digit(low)?),
            _ => None,
        })
        .collect()
}

/// A whole number as the C2SP formats write it: ASCII digits without a sign and
/// without leading zeros, at most [`crate::MAX_SIZE`].
pub(crate) fn decimal(text: &str) -> Option<u64> {
    let strict = !text.is_empty()
        && text.bytes().all(|b| b.is_ascii_digit())
        && (text == "0" || !text.starts_with('0'));
    strict.then(|| text.parse().ok()).flatten().filter(|n| *n <= crate::MAX_SIZE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_empty_tree_is_the_hash_of_nothing() {
        assert_eq!(
            Hash::empty_tree().to_hex(),
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
        );
        assert_eq!(
            Hash::leaf(b"").to_hex(),
            "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"
        );
    }

    #[test]
    fn base64_is_strict() {
        let good = Hash::empty_tree().to_string();
        assert_eq!(Hash::from_base64(&good), Some(Hash::empty_tree()));
        // The last character carries two unused bits: they must be zero.
        let trailing = format!("{}V=", &good[..42]);
        assert_ne!(trailing, good);
        for bad in [&good[..43], &trailing, &format!("{good}\n"), &good.replace('/', "_"), ""] {
            assert_eq!(Hash::from_base64(bad), None, "{bad:?}");
        }
    }

    #[test]
    fn decimals_are_strict() {
        assert_eq!(decimal("0"), Some(0));
        assert_eq!(decimal("9223372036854775807"), Some(crate::MAX_SIZE));
        for bad in ["", "00", "01", "+1", "-1", " 1", "1 ", "9223372036854775808", "٣"] {
            assert_eq!(decimal(bad), None, "{bad:?}");
        }
    }

    #[test]
    fn hexadecimal_round_trips() {
        assert_eq!(Hash::from_hex(&Hash::empty_tree().to_hex()), Some(Hash::empty_tree()));
        assert_eq!(Hash::from_hex("E3"), None);
        assert_eq!(unhex("abc"), None);
    }
}
