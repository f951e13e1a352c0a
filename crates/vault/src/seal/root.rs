//! The key above all keys.

use std::path::PathBuf;

use zeroize::Zeroizing;

/// The key under which the key store's keys are wrapped: every node of an
/// installation is given the same one. It is read (or made, on the very first
/// use) when the vault is opened.
pub struct RootKey {
    source: Source,
    others: Vec<RootKey>,
}

enum Source {
    File(PathBuf),
    Given(Zeroizing<[u8; 32]>),
}

impl RootKey {
    /// In this file, as 64 hexadecimal digits; it is made, readable by its owner
    /// only, if it is not there and the key store is empty.
    pub fn in_file(path: impl Into<PathBuf>) -> Self {
        Self { source: Source::File(path.into()), others: Vec::new() }
    }

    /// These 32 bytes.
    pub fn given(bytes: [u8; 32]) -> Self {
        Self { source: Source::Given(Zeroizing::new(bytes)), others: Vec::new() }
    }

    /// A second key that opens what was wrapped under it, and wraps nothing:
    /// the older one during a rotation, or the coming one before it.
    #[must_use]
    pub fn and(mut self, other: RootKey) -> Self {
        self.others.push(other);
        self
    }
}

impl std::fmt::Debug for RootKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("RootKey")
    }
}
