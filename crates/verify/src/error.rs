//! Why a use case gave no answer.

use std::time::Duration;

use bonafide_accounts::AccountsError;
use bonafide_document::DocumentError;
use bonafide_face::FaceError;
use bonafide_inference::InferenceError;
use bonafide_ledger::{Call, Facts, Fault, LedgerError, Outcome};
use bonafide_media::DecodeError;
use bonafide_media::video::VideoError;
use bonafide_vault::records::RecordsError;
use bonafide_vault::{StoreName, VaultError};

use crate::liveness::ChallengeRefusal;
use crate::verification::Refusal;
use crate::{Busy, JobError};

/// Why a use case gave no answer. The text is for people, [`UseCaseError::code`]
/// for programs; neither carries anything personal.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum UseCaseError {
    /// A picture could not be decoded.
    #[error("{part}: {error}")]
    Picture {
        /// Which of the request's pictures.
        part: &'static str,
        /// What is wrong with it.
        error: DecodeError,
    },
    /// A video could not be decoded.
    #[error("{part}: {error}")]
    Video {
        /// Which of the request's files.
        part: &'static str,
        /// What is wrong with it.
        error: VideoError,
    },
    /// A member of the request is not as it has to be.
    #[error("`{member}`: {reason}")]
    Invalid {
        /// Which member.
        member: &'static str,
        /// What it has to be.
        reason: String,
    },
    /// Every place is taken: nothing was done.
    #[error(transparent)]
    Busy(#[from] Busy),
    /// The verification does not take this now.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The challenge is not issued, or does not take or tell this.
    #[error(transparent)]
    Challenge(#[from] ChallengeRefusal),
    /// The policy promises less than the one that a tenant is under.
    #[error("{problem}")]
    Loosens {
        /// In which cell: `categories.results.purposes.service.keep`.
        cell: String,
        /// What is wrong with it.
        problem: String,
    },
    /// Another change came first: nothing was changed.
    #[error("another request changed this first: read it again and repeat what still makes sense")]
    Conflict,
    /// A store or the ledger does not answer: nothing was changed.
    #[error("a store does not answer: try again in a moment")]
    Unavailable(#[source] Option<Box<dyn std::error::Error + Send + Sync>>),
    /// The server is shutting down.
    #[error("the server is shutting down: try again in a moment")]
    ShuttingDown,
    /// A network is missing or failed, or the program has a fault.
    #[error(
        "the server could not do this: its operator finds the reason in the log, by the call id"
    )]
    Internal {
        /// What failed.
        code: &'static str,
        /// Why.
        #[source]
        source: Option<Box<dyn std::error::Error + Send + Sync>>,
    },
}

impl UseCaseError {
    /// A stable name for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Picture { error, .. } => error.code(),
            Self::Video { error, .. } => error.code(),
            Self::Invalid { .. } => "invalid",
            Self::Loosens { .. } => "loosens",
            Self::Busy(_) => "busy",
            Self::Refused(refusal) => refusal.code(),
            Self::Challenge(refusal) => refusal.code(),
            Self::Conflict => "conflict",
            Self::Unavailable(_) => "unavailable",
            Self::ShuttingDown => "shutting_down",
            Self::Internal { code, .. } => code,
        }
    }

    /// Who can mend it.
    pub fn fault(&self) -> Fault {
        match self {
            // What brings a worker down is the file, as far as anyone can tell.
            Self::Picture { error, .. } if error.is_ours() => Fault::Ours,
            Self::Video { error, .. } if error.is_ours() => Fault::Ours,
            Self::Picture { .. }
            | Self::Video { .. }
            | Self::Invalid { .. }
            | Self::Loosens { .. }
            | Self::Refused(_)
            | Self::Challenge(_)
            | Self::Conflict => Fault::Caller,
            Self::Busy(_) | Self::Unavailable(_) | Self::ShuttingDown | Self::Internal { .. } => {
                Fault::Ours
            }
        }
    }

    /// For the ledger.
    pub fn outcome(&self) -> Outcome {
        Outcome::new(self.code(), self.fault())
    }

    /// Writes down which store it was, where it was one: the caller only learns
    /// that one does not answer, and the operator has several.
    pub(crate) fn trace(&self, call: &mut Call) {
        let (Self::Unavailable(Some(source)) | Self::Internal { source: Some(source), .. }) = self
        else {
            return;
        };
        let code = match source.downcast_ref() {
            Some(VaultError::Unavailable { store, .. }) => store.unavailable(),
            Some(VaultError::ClockBehind { .. }) => "clock_behind",
            Some(VaultError::RestoreUnchecked) => "restore_unchecked",
            Some(VaultError::KeyMissing) => "key_missing",
            Some(VaultError::Damaged) => "data_damaged",
            Some(_) => "vault_failed",
            None => match source.downcast_ref() {
                Some(RecordsError::Unavailable { .. } | RecordsError::Unknown) => {
                    StoreName::Records.unavailable()
                }
                Some(_) => "records_failed",
                None => return,
            },
        };
        call.step("store", code, Facts::new());
    }

    /// When to try again, where that helps.
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Busy(busy) => Some(busy.retry_after),
            Self::Picture { error, .. } if error.is_ours() => Some(Duration::from_secs(1)),
            Self::Video { error, .. } if error.is_ours() => Some(Duration::from_secs(1)),
            Self::Unavailable(_) | Self::ShuttingDown => Some(Duration::from_secs(1)),
            _ => None,
        }
    }

    /// A fault of ours that is to be found in the log.
    pub(crate) fn internal(
        code: &'static str,
        source: impl std::error::Error + Send + Sync + 'static,
    ) -> Self {
        Self::Internal { code, source: Some(Box::new(source)) }
    }
}

impl From<JobError> for UseCaseError {
    fn from(error: JobError) -> Self {
        match error {
            JobError::Panicked => Self::internal("panicked", error),
            JobError::Closed => Self::ShuttingDown,
        }
    }
}

impl From<RecordsError> for UseCaseError {
    fn from(error: RecordsError) -> Self {
        match error {
            RecordsError::Conflict => Self::Conflict,
            RecordsError::Unavailable { .. } | RecordsError::Unknown => {
                Self::Unavailable(Some(Box::new(error)))
            }
            _ => Self::internal("records_failed", error),
        }
    }
}

impl From<VaultError> for UseCaseError {
    fn from(error: VaultError) -> Self {
        match error {
            VaultError::Conflict => Self::Conflict,
            VaultError::Held => Self::Refused(Refusal::Held),
            VaultError::Unavailable { .. }
            | VaultError::ClockBehind { .. }
            | VaultError::RestoreUnchecked => Self::Unavailable(Some(Box::new(error))),
            _ => Self::internal("vault_failed", error),
        }
    }
}

impl From<AccountsError> for UseCaseError {
    fn from(error: AccountsError) -> Self {
        match error {
            AccountsError::NotFound(_) => Self::Refused(Refusal::NotFound),
            AccountsError::Denied => Self::Refused(Refusal::NeedsKey),
            AccountsError::OwnGrant => Self::Refused(Refusal::OwnGrant),
            AccountsError::Invalid { member, problem } => {
                Self::Invalid { member, reason: problem.to_owned() }
            }
            AccountsError::Loosens { cell, problem } => Self::Loosens { cell, problem },
            AccountsError::Settings(error) => {
                Self::Invalid { member: error.member, reason: error.problem.to_owned() }
            }
            AccountsError::Taken(_) | AccountsError::Closed(_) | AccountsError::Conflict => {
                Self::Conflict
            }
            AccountsError::Busy { .. } | AccountsError::Unavailable { .. } => {
                Self::Unavailable(Some(Box::new(error)))
            }
            AccountsError::Elsewhere(_) => Self::internal("region_elsewhere", error),
            AccountsError::NoPolicy => Self::internal("policy_missing", error),
            AccountsError::Damaged => Self::internal("accounts_failed", error),
        }
    }
}

impl From<LedgerError> for UseCaseError {
    fn from(error: LedgerError) -> Self {
        match error {
            LedgerError::Conflict(_) => Self::Conflict,
            LedgerError::Unavailable => Self::Unavailable(Some(Box::new(error))),
            LedgerError::Refused(..) => Self::internal("records_failed", error),
        }
    }
}

impl From<InferenceError> for UseCaseError {
    fn from(error: InferenceError) -> Self {
        match error {
            InferenceError::Missing { .. } => Self::internal("models_missing", error),
            _ => Self::internal("inference_failed", error),
        }
    }
}

impl From<DocumentError> for UseCaseError {
    fn from(error: DocumentError) -> Self {
        match error {
            DocumentError::Inference(error) => error.into(),
            other => Self::internal("document_failed", other),
        }
    }
}

impl From<FaceError> for UseCaseError {
    fn from(error: FaceError) -> Self {
        match error {
            FaceError::Inference(error) => error.into(),
            other => Self::internal("face_failed", other),
        }
    }
}
