//! From settings, which may leave out, to a flow, which says everything.

use bonafide_document::{DocumentType, Warning};
use serde::{Deserialize, Serialize};

use super::settings::{FlowStep, Mode, SecurityLevel, Theme, VerificationSettings};

/// What one verification does: every member said. Kept with the verification,
/// so that it goes on as it began whatever happens to the template.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Flow {
    /// What it finds out and tells.
    pub mode: Mode,
    /// The steps in their order.
    pub steps: Vec<FlowStep>,
    /// Kinds of documents let in.
    pub document_types: Vec<DocumentType>,
    /// Whose documents are let in, ISO 3166-1 alpha-2; `None` for anyone's.
    pub jurisdictions: Option<Vec<String>>,
    /// Youngest age let in.
    pub minimum_age: Option<u32>,
    /// How sure is sure enough.
    pub security_level: SecurityLevel,
    /// Pictures of the document that may be handed in.
    pub document_tries: u32,
    /// Selfies that may be handed in.
    pub liveness_tries: u32,
    /// Seconds from creation until it expires unfinished.
    pub time_limit_seconds: u32,
    /// Warnings that keep it from being approved.
    pub warnings: Vec<Warning>,
    /// Languages of the pages, the preferred first.
    pub languages: Vec<String>,
    /// How the pages look.
    pub theme: Theme,
    /// Where the browser goes afterwards.
    pub redirect_url: Option<String>,
}

/// Which member of the settings cannot be accepted, and why.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{member}`: {problem}")]
pub struct SettingsError {
    /// The member, as a path: `retries.document`.
    pub member: &'static str,
    /// What is wrong with it and what would be right.
    pub problem: &'static str,
}

impl VerificationSettings {
    /// Checks every member, and that they fit together as far as they are said.
    pub fn check(&self) -> Result<(), SettingsError> {
        todo!()
    }

    /// These settings with what `inline` says instead, member by member
    /// (`retries` and `theme` theirs too). `redirect_origins` stays the
    /// template's.
    #[must_use]
    pub fn merge(&self, inline: &Self) -> Self {
        let _ = inline;
        todo!()
    }

    /// The flow of a verification: `inline` over `template` over the standard,
    /// checked as a whole.
    pub fn flow(template: Option<&Self>, inline: &Self) -> Result<Flow, SettingsError> {
        let _ = (template, inline);
        todo!()
    }
}
