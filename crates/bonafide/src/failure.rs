//! How a command fails: the caller's fault (exit 2) or ours (exit 1), each with
//! a code that scripts can match and a sentence that says what to do.

use bonafide_inference::InferenceError;
use bonafide_inference::fetch::FetchError;
use serde::Serialize;

/// A failed command.
#[derive(Debug, Serialize)]
pub(crate) struct Failure {
    /// Stable, snake_case.
    pub(crate) code: &'static str,
    /// For a person; never carries personal data.
    pub(crate) message: String,
    #[serde(skip)]
    pub(crate) fault: Fault,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// Wrong usage or unusable input: exit 2.
    Caller,
    /// Ours: exit 1.
    Ours,
}

impl Failure {
    pub(crate) fn caller(code: &'static str, message: impl std::fmt::Display) -> Self {
        Self { code, message: message.to_string(), fault: Fault::Caller }
    }

    pub(crate) fn ours(code: &'static str, message: impl std::fmt::Display) -> Self {
        Self { code, message: message.to_string(), fault: Fault::Ours }
    }
}

impl From<InferenceError> for Failure {
    fn from(error: InferenceError) -> Self {
        let code = match error {
            InferenceError::Missing { .. } => "models_missing",
            InferenceError::WrongHash { .. } => "models_wrong_hash",
            _ => "inference_failed",
        };
        Self::ours(code, error)
    }
}

impl From<FetchError> for Failure {
    fn from(error: FetchError) -> Self {
        let code = match error {
            FetchError::NoClient { .. } => "client_missing",
            FetchError::Client { .. } => "fetch_failed",
            FetchError::WrongHash { .. } => "wrong_hash",
            _ => "models_unusable",
        };
        Self::ours(code, error)
    }
}
