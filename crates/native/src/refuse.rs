//! How the errors of the rooms below are told.

use std::time::Duration;

use bonafide_accounts::{AccountsError, AdmitError, AuthError, Elsewhere, LimitKind, Limited};
use bonafide_ledger::{LedgerError, Outcome, ReadError};
use bonafide_media::DecodeError;
use bonafide_media::video::VideoError;
use bonafide_vault::VaultError;
use bonafide_vault::records::RecordsError;
use bonafide_verify::UseCaseError;
use bonafide_verify::liveness::ChallengeRefusal;
use bonafide_verify::verification::Refusal;
use bonafide_verify::webhooks::WebhookError;

use crate::problem::{Code, Problem};

fn unavailable(error: &dyn std::error::Error) -> Problem {
    Problem::new(Code::StoreUnavailable, "nothing was changed: try again in a moment")
        .because(error)
}

fn conflict() -> Problem {
    Problem::new(
        Code::WrongState,
        "another request changed this first: read it again and repeat what still makes sense",
    )
}

impl From<VaultError> for Problem {
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

impl From<RecordsError> for Problem {
    fn from(error: RecordsError) -> Self {
        match error {
            RecordsError::Conflict => conflict(),
            RecordsError::Unavailable { .. } | RecordsError::Unknown => unavailable(&error),
            _ => Self::internal().because(&error),
        }
    }
}

impl From<LedgerError> for Problem {
    fn from(error: LedgerError) -> Self {
        match error {
            LedgerError::Conflict(_) => conflict(),
            LedgerError::Unavailable => unavailable(&error),
            LedgerError::Refused(..) => Self::internal().because(&error),
        }
    }
}

impl From<ReadError> for Problem {
    fn from(error: ReadError) -> Self {
        match error {
            ReadError::Unavailable | ReadError::Index(_) => unavailable(&error),
            ReadError::Cursor => Self::new(
                Code::InvalidCursor,
                "take the cursor from the page before as it is, with the same key and filters",
            ),
        }
    }
}

impl From<AccountsError> for Problem {
    fn from(error: AccountsError) -> Self {
        let said = error.to_string();
        match error {
            AccountsError::NotFound(_) => Self::not_found(),
            AccountsError::Denied | AccountsError::OwnGrant => Self::new(Code::ScopeMissing, said),
            AccountsError::Invalid { .. } | AccountsError::Settings(_) => {
                Self::new(Code::InvalidRequest, said)
            }
            AccountsError::Loosens { .. } => Self::new(Code::NotPossible, said),
            AccountsError::Taken(_) | AccountsError::Closed(_) => Self::new(Code::WrongState, said),
            AccountsError::Conflict => conflict(),
            AccountsError::Busy { retry_after_seconds } => {
                Self::new(Code::Busy, said).retry_after(Duration::from_secs(retry_after_seconds))
            }
            AccountsError::Unavailable { .. } => unavailable(&error),
            AccountsError::Elsewhere(elsewhere) => elsewhere.into(),
            AccountsError::NoPolicy | AccountsError::Damaged => Self::internal().because(&error),
        }
    }
}

impl From<AuthError> for Problem {
    /// What a stranger is told is the same whether the key exists or not; only
    /// who proved that he has the key learns that it may not be used from here.
    fn from(error: AuthError) -> Self {
        match error {
            AuthError::Network => Self::new(
                Code::NetworkRefused,
                "use the key from one of its networks, or ask for a key that has this one",
            ),
            AuthError::Elsewhere(elsewhere) => elsewhere.into(),
            AuthError::Limited(limited) => limited.into(),
            AuthError::Unavailable { .. } => unavailable(&error),
            _ => Self::new(
                Code::KeyNotValid,
                "the key is unknown, expired or revoked: send `Authorization: Bearer` with a token \
                 as it was shown when the key was made",
            ),
        }
    }
}

impl From<Elsewhere> for Problem {
    fn from(elsewhere: Elsewhere) -> Self {
        Self::new(Code::WrongRegion, elsewhere.to_string())
    }
}

impl From<Limited> for Problem {
    fn from(limited: Limited) -> Self {
        let (code, detail) = match limited.kind {
            LimitKind::Day => (Code::QuotaExceeded, "the quota of this day is used up"),
            LimitKind::Address | LimitKind::Failures | LimitKind::Login => {
                (Code::RateLimited, "too many requests from this address: send fewer a second")
            }
            LimitKind::Key => {
                (Code::RateLimited, "too many requests with this key: send fewer a second")
            }
            LimitKind::Rate => {
                (Code::RateLimited, "too many calls of this interface: send fewer a second")
            }
        };
        Self::new(code, detail)
            .retry_after(Duration::from_secs(limited.retry_after_seconds))
            .outcome(Outcome::limited(code.as_str()))
    }
}

impl From<AdmitError> for Problem {
    fn from(error: AdmitError) -> Self {
        match error {
            AdmitError::Limited(limited) => limited.into(),
            AdmitError::Unavailable { .. } => unavailable(&error),
        }
    }
}

impl From<UseCaseError> for Problem {
    fn from(error: UseCaseError) -> Self {
        let outcome = error.outcome();
        let said = error.to_string();
        let problem = match &error {
            UseCaseError::Picture { error: DecodeError::TooManyBytes { .. }, .. }
            | UseCaseError::Video { error: VideoError::TooManyBytes { .. }, .. } => {
                Self::new(Code::TooLarge, said)
            }
            // No decoder could be had: nothing is wrong with the picture.
            UseCaseError::Picture { error, .. } if error.is_ours() => Self::new(Code::Busy, said),
            UseCaseError::Video { error, .. } if error.is_ours() => Self::new(Code::Busy, said),
            UseCaseError::Picture { .. } | UseCaseError::Video { .. } => {
                Self::new(Code::PictureUnreadable, said)
            }
            UseCaseError::Invalid { .. } => Self::new(Code::InvalidRequest, said),
            UseCaseError::Loosens { .. } => Self::new(Code::NotPossible, said),
            UseCaseError::Busy(busy) => Self::new(Code::Busy, said).retry_after(busy.retry_after),
            UseCaseError::ShuttingDown => Self::new(Code::Busy, said),
            UseCaseError::Refused(refusal) => refused(*refusal),
            UseCaseError::Challenge(refusal) => challenge(*refusal),
            UseCaseError::Conflict => conflict(),
            UseCaseError::Unavailable(_) => unavailable(&error),
            _ => Self::internal().because(&error),
        };
        problem.outcome(outcome)
    }
}

fn challenge(refusal: ChallengeRefusal) -> Problem {
    let code = match refusal {
        ChallengeRefusal::NotFound => return Problem::not_found(),
        ChallengeRefusal::MethodOff | ChallengeRefusal::VideoOff => Code::NotPossible,
        ChallengeRefusal::TooMany | ChallengeRefusal::TooManyPositions => Code::RateLimited,
        ChallengeRefusal::Late | ChallengeRefusal::Expired => Code::Gone,
        ChallengeRefusal::Judging => Code::InProgress,
        ChallengeRefusal::FrameTooLarge
        | ChallengeRefusal::Video(_)
        | ChallengeRefusal::Package(_) => Code::RecordingRefused,
        _ => Code::WrongState,
    };
    let problem = Problem::new(code, refusal.to_string()).reason(refusal.code());
    match code {
        Code::RateLimited => problem.retry_after(Duration::from_secs(60)),
        _ => problem,
    }
}

fn refused(refusal: Refusal) -> Problem {
    let code = match refusal {
        Refusal::NotFound | Refusal::NoSuchMedia | Refusal::NoSuchConsent => {
            return Problem::not_found();
        }
        Refusal::NeedsKey => Code::TokenRefused,
        Refusal::NotOperator => Code::ScopeMissing,
        Refusal::PolicyForbids | Refusal::ReadForbidden => Code::PolicyForbids,
        Refusal::ConsentWanted => Code::ConsentWanted,
        Refusal::NotAssisted => Code::NotPossible,
        Refusal::ConsentWithdrawn => Code::ConsentWithdrawn,
        Refusal::StatementWanted => Code::StatementWanted,
        Refusal::Jurisdiction => Code::JurisdictionNotAllowed,
        Refusal::UnderAge => Code::UnderAge,
        Refusal::ReasonMismatch | Refusal::NotOfSubject => Code::InvalidRequest,
        Refusal::HoldForbidden => Code::NotPossible,
        Refusal::Expired => Code::Gone,
        _ => Code::WrongState,
    };
    Problem::new(code, refusal.to_string())
}

impl From<WebhookError> for Problem {
    fn from(error: WebhookError) -> Self {
        let said = error.to_string();
        match error {
            WebhookError::Url(_) | WebhookError::UrlForm | WebhookError::NoEvents => {
                Self::new(Code::InvalidRequest, said)
            }
            WebhookError::TooMany | WebhookError::Pending => Self::new(Code::WrongState, said),
            WebhookError::NotFound => Self::not_found(),
            WebhookError::Cursor => Self::new(Code::InvalidCursor, said),
            WebhookError::Records(error) => error.into(),
            WebhookError::Vault(error) => error.into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_decoder_that_is_not_there_is_our_fault_and_a_broken_picture_the_callers() {
        let told = |error| {
            let problem = Problem::from(UseCaseError::Picture { part: "image", error });
            (problem.code(), problem.as_outcome().code)
        };
        assert_eq!(told(DecodeError::WorkerUnavailable), (Code::Busy, "worker_unavailable"));
        assert_eq!(told(DecodeError::Corrupt), (Code::PictureUnreadable, "corrupt"));
        assert_eq!(told(DecodeError::WorkerCrashed).0, Code::PictureUnreadable);
    }
}
