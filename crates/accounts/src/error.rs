//! What can go wrong with accounts.

use bonafide_vault::VaultError;
use bonafide_vault::records::RecordsError;

use crate::Elsewhere;
use crate::templates::SettingsError;

/// Why accounts could not be read or changed. Carries no value that someone
/// gave, only which one it was.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AccountsError {
    /// There is no such thing, or it belongs to someone else: the two are told
    /// apart by nobody.
    #[error("there is no such {0}")]
    NotFound(&'static str),
    /// It is within reach, but this key or user may not do that.
    #[error("this key may not do that: it takes a key with the scope `admin`, or the operator")]
    Denied,
    /// Nobody gives a grant to himself.
    #[error("a grant is given by another person than the one who asked for it")]
    OwnGrant,
    /// A value cannot be accepted.
    #[error("`{member}`: {problem}")]
    Invalid {
        /// Which member of the request.
        member: &'static str,
        /// What is wrong with it and what would be right.
        problem: &'static str,
    },
    /// The policy promises less than the one that holds.
    #[error("{problem}")]
    Loosens {
        /// In which cell: `categories.results.purposes.service.keep`.
        cell: String,
        /// What is wrong with it.
        problem: String,
    },
    /// It would rest in a region that is not kept here.
    #[error(transparent)]
    Elsewhere(#[from] Elsewhere),
    /// The settings of a flow cannot be accepted.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// The name is taken.
    #[error("a {0} of this name is there already")]
    Taken(&'static str),
    /// It was closed or revoked, and is not changed any more.
    #[error("the {0} is closed")]
    Closed(&'static str),
    /// Another change came first.
    #[error("another change came first: read again and repeat")]
    Conflict,
    /// Too much of this kind of work at once.
    #[error("the server is busy with passwords: try again in {retry_after_seconds} s")]
    Busy {
        /// When to try again.
        retry_after_seconds: u64,
    },
    /// A store does not answer.
    #[error("a store does not answer ({reason}): try again, and look at the store")]
    Unavailable {
        /// What the driver said, without values.
        reason: String,
    },
    /// The tenant is under a policy that this installation does not have (any
    /// more): what may be done with its data is not known.
    #[error("the tenant's policy is not among those of this installation: put its file back")]
    NoPolicy,
    /// What is stored cannot be read as what it should be.
    #[error("a row of the accounts cannot be read: restore it from a backup")]
    Damaged,
}

impl From<RecordsError> for AccountsError {
    fn from(error: RecordsError) -> Self {
        match error {
            RecordsError::Conflict => Self::Conflict,
            RecordsError::Unavailable { reason } => Self::Unavailable { reason },
            RecordsError::Unknown => Self::Unavailable { reason: error.to_string() },
            RecordsError::Shape { .. } => Self::Damaged,
            other => Self::Unavailable { reason: other.to_string() },
        }
    }
}

impl From<VaultError> for AccountsError {
    fn from(error: VaultError) -> Self {
        match error {
            VaultError::Conflict => Self::Conflict,
            VaultError::Damaged | VaultError::KeyMissing => Self::Damaged,
            other => Self::Unavailable { reason: other.to_string() },
        }
    }
}
