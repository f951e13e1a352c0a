//! Why a caller was not made out.

use bonafide_vault::VaultError;
use bonafide_vault::records::RecordsError;

use crate::Elsewhere;
use crate::limits::Limited;

/// Why a caller was not made out. The reasons are for the operator's log; what
/// a stranger is told is [`AuthError::told`], which is the same for all that
/// would say whether a key exists.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AuthError {
    /// The token is not of the form of one.
    #[error("the token is malformed")]
    Malformed,
    /// There is no such key, or the secret or signature is not its.
    #[error("there is no such key, or the secret is not its")]
    Unknown,
    /// The token's time has passed.
    #[error("the key has expired")]
    Expired,
    /// The key was revoked.
    #[error("the key was revoked")]
    Revoked,
    /// The key may not be used from this address.
    #[error("the key may not be used from this address")]
    Network,
    /// The key cannot verify signatures.
    #[error("the key was made without `signing`")]
    NotSigning,
    /// The key is of a region that is not kept here.
    #[error(transparent)]
    Elsewhere(#[from] Elsewhere),
    /// Too many failures from this address.
    #[error(transparent)]
    Limited(Limited),
    /// A store does not answer.
    #[error("a store does not answer ({reason}): try again, and look at the store")]
    Unavailable {
        /// What the driver said, without values.
        reason: String,
    },
}

impl AuthError {
    /// What a stranger is told.
    pub fn told(&self) -> &'static str {
        match self {
            Self::Limited(_) => "too many requests",
            Self::Unavailable { .. } => "try again later",
            Self::Elsewhere(_) => "not of this region",
            _ => "unauthorised",
        }
    }

    /// The reason as a code of a closed list, for logs and metrics.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Malformed => "malformed",
            Self::Unknown => "unknown",
            Self::Expired => "expired",
            Self::Revoked => "revoked",
            Self::Network => "network",
            Self::NotSigning => "not_signing",
            Self::Elsewhere(_) => "elsewhere",
            Self::Limited(_) => "limited",
            Self::Unavailable { .. } => "unavailable",
        }
    }
}

impl From<RecordsError> for AuthError {
    fn from(error: RecordsError) -> Self {
        match error {
            RecordsError::Unavailable { reason } => Self::Unavailable { reason },
            other => Self::Unavailable { reason: other.to_string() },
        }
    }
}

impl From<VaultError> for AuthError {
    fn from(error: VaultError) -> Self {
        match error {
            VaultError::Unavailable { reason, .. } => Self::Unavailable { reason },
            other => Self::Unavailable { reason: other.to_string() },
        }
    }
}
