//! A refusal, as this interface tells it.

use std::borrow::Cow;
use std::sync::Arc;

use bonafide_ledger::{Fault as Whose, Outcome};

use crate::code::Code;

/// A refusal. Its text is made of words of this server, names of the interface and
/// numbers, never of what was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    pub(crate) code: Code,
    pub(crate) message: Cow<'static, str>,
    /// For the operator's log, not for the answer.
    pub(crate) cause: Option<Arc<str>>,
    outcome: Option<Outcome>,
}

impl Fault {
    /// A refusal with what to do about it.
    pub(crate) fn new(code: Code, message: impl Into<Cow<'static, str>>) -> Self {
        Self { code, message: message.into(), cause: None, outcome: None }
    }

    /// Our fault; nothing more is said.
    pub(crate) fn internal() -> Self {
        Self::new(
            Code::InternalError,
            "try again; if it stays, tell the operator the RequestId, the log knows more",
        )
    }

    /// What the operator's log says beside the code: an error of a room below, which
    /// carries nothing of a person.
    #[must_use]
    pub(crate) fn because(mut self, error: &dyn std::error::Error) -> Self {
        let chain = std::iter::successors(Some(error), |error| error.source());
        self.cause = Some(chain.map(ToString::to_string).collect::<Vec<_>>().join(": ").into());
        self
    }

    /// How the ledger names it, where a use case says so: every dialect writes the same.
    #[must_use]
    pub(crate) fn outcome(mut self, outcome: Outcome) -> Self {
        self.outcome = Some(outcome);
        self
    }

    /// Whether it is ours to mend.
    pub(crate) fn is_ours(&self) -> bool {
        matches!(self.code, Code::InternalError | Code::ServiceUnavailable)
    }

    /// For the ledger.
    pub(crate) fn as_outcome(&self) -> Outcome {
        self.outcome.unwrap_or_else(|| {
            let whose = if self.is_ours() { Whose::Ours } else { Whose::Caller };
            Outcome::new(self.code.as_str(), whose)
        })
    }
}
