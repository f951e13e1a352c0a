//! The name of an object.

use std::fmt;
use std::str::FromStr;

/// Where an object lies: segments of `a-z`, `0-9`, `.`, `_` and `-`, parted by
/// `/`; no segment is empty or begins with a dot. Safe as a path, in a URL and
/// in a log: nothing personal stands in a key.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ObjectKey(String);

impl ObjectKey {
    /// The key as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Not a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an object's key is segments of a-z, 0-9, `.`, `_` and `-`, parted by `/`")]
pub struct KeyError;

impl FromStr for ObjectKey {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, KeyError> {
        let segment = |s: &str| {
            !s.is_empty()
                && !s.starts_with('.')
                && s.bytes().all(|b| {
                    b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'.' | b'_' | b'-')
                })
        };
        if text.len() <= 512 && text.split('/').all(segment) {
            Ok(Self(text.to_owned()))
        } else {
            Err(KeyError)
        }
    }
}

impl fmt::Display for ObjectKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_cannot_leave_its_folder() {
        assert!("apac/live/1300000001/ver-1/front.jpg".parse::<ObjectKey>().is_ok());
        for bad in ["", "/a", "a/", "a//b", "../a", "a/../b", ".a", "A", "a b", "a\\b", "a\0b"] {
            assert_eq!(bad.parse::<ObjectKey>(), Err(KeyError), "{bad:?}");
        }
    }
}
