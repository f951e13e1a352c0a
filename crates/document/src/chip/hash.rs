//! The hash functions that documents use.

use asn1_rs::{Oid, oid};
use sha2::Digest;

use super::asn1::{Malformed, Walk};

/// A hash function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Hash {
    Sha1,
    Sha224,
    Sha256,
    Sha384,
    Sha512,
}

impl Hash {
    /// By its object identifier; `None` for one that is not known here.
    pub(super) fn of(oid: &Oid<'_>) -> Option<Self> {
        KNOWN.iter().find(|(known, _)| known == oid).map(|(_, hash)| *hash)
    }

    /// From an `AlgorithmIdentifier`.
    pub(super) fn read(algorithm: &mut Walk<'_>) -> Result<Option<Self>, Malformed> {
        Ok(Self::of(&algorithm.sequence()?.oid()?))
    }

    pub(super) fn digest(self, bytes: &[u8]) -> Vec<u8> {
        match self {
            Self::Sha1 => sha1::Sha1::digest(bytes).to_vec(),
            Self::Sha224 => sha2::Sha224::digest(bytes).to_vec(),
            Self::Sha256 => sha2::Sha256::digest(bytes).to_vec(),
            Self::Sha384 => sha2::Sha384::digest(bytes).to_vec(),
            Self::Sha512 => sha2::Sha512::digest(bytes).to_vec(),
        }
    }

    /// Bytes of a digest.
    pub(super) const fn len(self) -> u32 {
        match self {
            Self::Sha1 => 20,
            Self::Sha224 => 28,
            Self::Sha256 => 32,
            Self::Sha384 => 48,
            Self::Sha512 => 64,
        }
    }
}

const KNOWN: &[(Oid<'static>, Hash)] = &[
    (oid!(1.3.14.3.2.26), Hash::Sha1),
    (oid!(2.16.840.1.101.3.4.2.4), Hash::Sha224),
    (oid!(2.16.840.1.101.3.4.2.1), Hash::Sha256),
    (oid!(2.16.840.1.101.3.4.2.2), Hash::Sha384),
    (oid!(2.16.840.1.101.3.4.2.3), Hash::Sha512),
];
