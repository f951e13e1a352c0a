//! A new verification.

use bonafide_accounts::{TemplateId, VerificationSettings};
use bonafide_context::Sensitive;
use bonafide_ledger::Call;
use serde::Serialize;
use utoipa::ToSchema;

use super::{Verification, VerificationField};
use crate::answer::Moment;
use crate::{App, Done, Selection, UseCaseError};

/// What is wanted of a new verification.
#[derive(Clone, Debug, Default)]
pub struct CreateVerification {
    /// The template it begins with; `None` for the standard.
    pub template: Option<TemplateId>,
    /// Of which version; `None` for the newest.
    pub template_version: Option<u32>,
    /// What it does otherwise than the template.
    pub settings: VerificationSettings,
    /// Whom it is about, as the customer calls him: kept as a keyed hash only.
    pub reference: Option<Sensitive<String>>,
    /// What of the result is wanted: nothing else is kept.
    pub fields: Selection<VerificationField>,
}

/// A new verification, and the way to it for the person's browser.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CreatedVerification {
    /// The verification.
    #[serde(flatten)]
    pub verification: Verification,
    /// Good for this verification only: for the person's browser. Shown once.
    pub token: String,
    /// When the token stops to work.
    pub token_expires_at: Moment,
    /// Where to send the person's browser. The token stands behind the `#`, so
    /// that it reaches no server's log.
    pub url: String,
}

/// Creates a verification.
pub async fn create_verification(
    app: &App,
    call: &mut Call,
    request: CreateVerification,
) -> Result<Done<CreatedVerification>, UseCaseError> {
    let _ = (app, call, request);
    todo!()
}
