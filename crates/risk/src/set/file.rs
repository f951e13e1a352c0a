//! The file of a set.
//!
//! ```text
//! 0   8  "BFRISKS1"
//! 8   1  kind of identifier: 1 phone, 2 e-mail, 3 device
//! 9   3  zero
//! 12  4  day that it was built, days since 1970-01-01, big endian
//! 16  8  number of hashes, big endian
//! 24  32 mark: HMAC of the header with the tenant's key
//! 56  8n hashes, ascending, none twice, big endian
//! .   32 HMAC of everything before it with the tenant's key
//! ```

use bonafide_context::Date;

use crate::registered::Kind;

/// Bytes of the header without its mark.
pub(super) const HEADER: usize = 24;
/// What a file begins with; the last sign is the version.
const MAGIC: &[u8; 8] = b"BFRISKS1";
/// More hashes than this are not loaded: 400 MB.
pub const MOST: u64 = 50_000_000;
/// How likely it is that a set of ten million says yes to an identifier that is not in
/// it: as many of 2^64 hashes are taken.
pub const FALSE_POSITIVES: f64 = 1e7 / 18_446_744_073_709_551_616.0;

/// Why a set cannot be loaded or built. No message names an identifier.
#[derive(Debug, thiserror::Error)]
pub enum SetError {
    /// Not a file of a set, or of a later version.
    #[error(
        "this is no file of a risk set that this version reads: build it with `bonafide risk set build`"
    )]
    NotASet,
    /// Made with another key: of another tenant or environment, or with none.
    #[error("this set was made with another key: build it for this tenant and environment")]
    Foreign,
    /// A set of other identifiers.
    #[error("this is a set of {found} identifiers, not of {wanted}")]
    OtherKind {
        /// What it holds.
        found: Kind,
        /// What was asked for.
        wanted: Kind,
    },
    /// Cut short, longer than it says, or changed.
    #[error("the file of this set is cut short or changed: copy or build it anew")]
    Broken,
    /// More than [`MOST`].
    #[error("a set holds at most {MOST} identifiers: divide it")]
    TooMany,
    /// It cannot be read or written.
    #[error("cannot read or write the set: {0}")]
    Io(#[from] std::io::Error),
}

/// What stands at the beginning of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Header {
    pub(super) kind: Kind,
    pub(super) built: Date,
    pub(super) count: u64,
}

impl Header {
    pub(super) fn bytes(&self) -> [u8; HEADER] {
        let mut bytes = [0; HEADER];
        let (magic, rest) = bytes.split_at_mut(8);
        magic.copy_from_slice(MAGIC);
        let (kind, rest) = rest.split_at_mut(4);
        kind.copy_from_slice(&[number(self.kind), 0, 0, 0]);
        let (day, count) = rest.split_at_mut(4);
        day.copy_from_slice(&self.built.days().to_be_bytes());
        count.copy_from_slice(&self.count.to_be_bytes());
        bytes
    }

    pub(super) fn parse(bytes: &[u8; HEADER]) -> Result<Self, SetError> {
        let rest = bytes.strip_prefix(MAGIC).ok_or(SetError::NotASet)?;
        let (kind, rest) = rest.split_first_chunk::<4>().ok_or(SetError::NotASet)?;
        let (day, rest) = rest.split_first_chunk::<4>().ok_or(SetError::NotASet)?;
        let count = rest.first_chunk::<8>().ok_or(SetError::NotASet)?;
        let kind = Kind::ALL.iter().find(|of| [number(**of), 0, 0, 0] == *kind);
        let header = Self {
            kind: *kind.ok_or(SetError::NotASet)?,
            built: Date::from_days(i32::from_be_bytes(*day)),
            count: u64::from_be_bytes(*count),
        };
        if header.bytes() != *bytes {
            return Err(SetError::NotASet);
        }
        if header.count > MOST {
            return Err(SetError::TooMany);
        }
        Ok(header)
    }
}

const fn number(kind: Kind) -> u8 {
    match kind {
        Kind::Phone => 1,
        Kind::Email => 2,
        Kind::Device => 3,
    }
}
