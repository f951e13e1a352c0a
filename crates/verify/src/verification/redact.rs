//! Deletion on request.

use bonafide_ledger::Call;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Verification, VerificationId};
use crate::{App, Done, UseCaseError};

/// What is to be deleted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RedactScope {
    /// Pictures of document and face.
    Media,
    /// These, the result, the hashed reference and the timeline.
    All,
}

/// What was deleted.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Redacted {
    /// Items whose keys are destroyed: unreadable from now on.
    pub items: u64,
    /// Items of them whose bytes could not be removed yet; it is tried again
    /// until they are.
    pub pending: u64,
    /// The verification as it stands now.
    pub verification: Verification,
}

/// Deletes media, or all that is personal, of a verification.
pub async fn redact_verification(
    app: &App,
    call: &mut Call,
    id: &VerificationId,
    scope: RedactScope,
) -> Result<Done<Redacted>, UseCaseError> {
    let _ = (app, call, id, scope);
    todo!()
}
