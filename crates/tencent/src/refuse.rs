//! How the errors of the rooms below are told in the codes of this interface.

use bonafide_accounts::{AccountsError, AdmitError, AuthError, Elsewhere, LimitKind, Limited};
use bonafide_ledger::{LedgerError, Outcome};
use bonafide_media::DecodeError;
use bonafide_vault::VaultError;
use bonafide_vault::records::RecordsError;
use bonafide_verify::UseCaseError;
use bonafide_verify::verification::Refusal;

use crate::code::Code;
use crate::fault::Fault;

fn unavailable(error: &dyn std::error::Error) -> Fault {
    Fault::new(Code::ServiceUnavailable, "a store does not answer: try again in a moment")
        .because(error)
}

fn conflict() -> Fault {
    Fault::new(Code::FailedOperation, "another request changed this first: try again")
}

impl From<VaultError> for Fault {
    fn from(error: VaultError) -> Self {
        match error {
            VaultError::Conflict => conflict(),
            VaultError::Unavailable { .. }
            | VaultError::ClockBehind { .. }
            | VaultError::RestoreUnchecked => unavailable(&error),
            _ => Self::internal().because(&error),
        }
    }
}

impl From<RecordsError> for Fault {
    fn from(error: RecordsError) -> Self {
        match error {
            RecordsError::Conflict => conflict(),
            RecordsError::Unavailable { .. } | RecordsError::Unknown => unavailable(&error),
            _ => Self::internal().because(&error),
        }
    }
}

impl From<LedgerError> for Fault {
    fn from(error: LedgerError) -> Self {
        match error {
            LedgerError::Conflict(_) => conflict(),
            LedgerError::Unavailable => unavailable(&error),
            LedgerError::Refused(..) => Self::internal().because(&error),
        }
    }
}

impl From<AccountsError> for Fault {
    fn from(error: AccountsError) -> Self {
        let said = error.to_string();
        match error {
            AccountsError::NotFound(_) => Self::new(Code::ResourceNotFound, said),
            AccountsError::Denied | AccountsError::OwnGrant => Self::new(Code::Unauthorized, said),
            AccountsError::Invalid { .. } | AccountsError::Settings(_) => {
                Self::new(Code::InvalidParameterValue, said)
            }
            AccountsError::Busy { .. } => Self::new(Code::RequestLimitExceeded, said),
            AccountsError::Unavailable { .. } => unavailable(&error),
            AccountsError::Elsewhere(elsewhere) => elsewhere.into(),
            AccountsError::Conflict => conflict(),
            AccountsError::NoPolicy | AccountsError::Damaged => Self::internal().because(&error),
            _ => Self::new(Code::FailedOperation, said),
        }
    }
}

impl From<AuthError> for Fault {
    /// Whether a key exists is told here, as it is by the original: its name is 128
    /// random bits, which nobody finds by trying, and what is tried counts against the
    /// address.
    fn from(error: AuthError) -> Self {
        match error {
            AuthError::Network => Self::new(
                Code::IpNotInWhitelist,
                "use the key from one of its networks, or ask for a key that has this one",
            ),
            AuthError::NotSigning => {
                Self::new(Code::InvalidSecretId, "use a key that was made for signing")
            }
            AuthError::Elsewhere(elsewhere) => elsewhere.into(),
            AuthError::Limited(limited) => limited.into(),
            AuthError::Unavailable { .. } => unavailable(&error),
            _ => Self::new(
                Code::SecretIdNotFound,
                "the SecretId is unknown, expired or revoked: use the id of a key and its secret \
                 as they were shown when the key was made",
            ),
        }
    }
}

impl From<Elsewhere> for Fault {
    fn from(elsewhere: Elsewhere) -> Self {
        Self::new(Code::UnsupportedRegion, elsewhere.to_string())
    }
}

impl From<Limited> for Fault {
    fn from(limited: Limited) -> Self {
        let (code, said) = match limited.kind {
            LimitKind::Day => (Code::LimitExceeded, "the quota of this day is used up"),
            LimitKind::Address | LimitKind::Failures | LimitKind::Login => {
                (Code::IpLimitExceeded, "too many requests from this address")
            }
            LimitKind::Key => (Code::UinLimitExceeded, "too many requests with this key"),
            LimitKind::Rate => (Code::RequestLimitExceeded, "too many calls of this action"),
        };
        let seconds = limited.retry_after_seconds.max(1);
        Self::new(code, format!("{said}: try again in {seconds} s"))
            .outcome(Outcome::limited(code.as_str()))
    }
}

impl From<AdmitError> for Fault {
    fn from(error: AdmitError) -> Self {
        match error {
            AdmitError::Limited(limited) => limited.into(),
            AdmitError::Unavailable { .. } => unavailable(&error),
        }
    }
}

impl From<UseCaseError> for Fault {
    fn from(error: UseCaseError) -> Self {
        let outcome = error.outcome();
        let said = error.to_string();
        let fault = match &error {
            UseCaseError::Picture { error: DecodeError::TooManyBytes { .. }, .. } => {
                Self::new(Code::ImageSizeTooLarge, said)
            }
            // No decoder could be had: nothing is wrong with the picture.
            UseCaseError::Picture { error, .. } if error.is_ours() => {
                Self::new(Code::RequestLimitExceeded, said)
            }
            UseCaseError::Video { error, .. } if error.is_ours() => {
                Self::new(Code::RequestLimitExceeded, said)
            }
            UseCaseError::Picture { .. } | UseCaseError::Video { .. } => {
                Self::new(Code::ImageDecodeFailed, said)
            }
            UseCaseError::Invalid { .. } => Self::new(Code::InvalidParameterValue, said),
            UseCaseError::Busy(_) | UseCaseError::ShuttingDown => {
                Self::new(Code::RequestLimitExceeded, said)
            }
            UseCaseError::Refused(refusal) => refused(*refusal),
            UseCaseError::Challenge(_) | UseCaseError::Loosens { .. } => {
                Self::new(Code::FailedOperation, said)
            }
            UseCaseError::Conflict => conflict(),
            UseCaseError::Unavailable(_) => unavailable(&error),
            _ => Self::internal().because(&error),
        };
        fault.outcome(outcome)
    }
}

fn refused(refusal: Refusal) -> Fault {
    let code = match refusal {
        Refusal::NotFound | Refusal::NoSuchMedia | Refusal::NoSuchConsent | Refusal::Expired => {
            Code::ResourceNotFound
        }
        Refusal::NeedsKey | Refusal::NotOperator => Code::Unauthorized,
        Refusal::PolicyForbids
        | Refusal::ReadForbidden
        | Refusal::ConsentWanted
        | Refusal::ConsentWithdrawn
        | Refusal::StatementWanted
        | Refusal::Jurisdiction
        | Refusal::UnderAge => Code::OperationDenied,
        _ => Code::FailedOperation,
    };
    Fault::new(code, refusal.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(error: impl Into<Fault>) -> &'static str {
        error.into().code.as_str()
    }

    #[test]
    fn errors_of_the_house_have_the_codes_of_the_interface() {
        let picture = |error| told(UseCaseError::Picture { part: "image", error });
        assert_eq!(picture(DecodeError::WorkerUnavailable), "RequestLimitExceeded");
        assert_eq!(picture(DecodeError::Corrupt), "FailedOperation.ImageDecodeFailed");
        assert_eq!(told(UseCaseError::from(Refusal::ConsentWanted)), "OperationDenied");
        assert_eq!(told(UseCaseError::from(Refusal::NotFound)), "ResourceNotFound");
        assert_eq!(told(UseCaseError::Unavailable(None)), "ServiceUnavailable");
        assert_eq!(told(UseCaseError::ShuttingDown), "RequestLimitExceeded");
        assert_eq!(told(AuthError::Network), "IpNotInWhitelist");
        assert_eq!(told(AuthError::NotSigning), "AuthFailure.InvalidSecretId");
        for error in [AuthError::Unknown, AuthError::Expired, AuthError::Revoked] {
            assert_eq!(told(error), "AuthFailure.SecretIdNotFound");
        }
        let limited = |kind| told(Limited { kind, retry_after_seconds: 3 });
        assert_eq!(limited(LimitKind::Day), "LimitExceeded");
        assert_eq!(limited(LimitKind::Rate), "RequestLimitExceeded");
        assert_eq!(limited(LimitKind::Failures), "RequestLimitExceeded.IPLimitExceeded");
        assert_eq!(limited(LimitKind::Key), "RequestLimitExceeded.UinLimitExceeded");
    }
}
