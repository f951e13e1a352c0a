//! How a verification stands.

use bonafide_context::{Sensitive, Timestamp};
use bonafide_ledger::Call;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{State, Verification, VerificationField, VerificationId};
use crate::{App, Done, Selection, UseCaseError};

/// Reads a verification and its result; `fields` narrows what was asked for
/// when it was created.
pub async fn read_verification(
    app: &App,
    call: &mut Call,
    id: &VerificationId,
    fields: &Selection<VerificationField>,
) -> Result<Done<Verification>, UseCaseError> {
    let _ = (app, call, id, fields);
    todo!()
}

/// Which verifications are wanted.
#[derive(Clone, Debug, Default)]
pub struct ListVerifications {
    /// In this state only.
    pub state: Option<State>,
    /// About this person only, as the customer calls him.
    pub reference: Option<Sensitive<String>>,
    /// Behind this one: creation and id of the last one of the page before.
    pub after: Option<(Timestamp, VerificationId)>,
    /// At most so many, 1 to 200.
    pub limit: u32,
}

/// Verifications of the caller's application, the newest first, without their
/// results.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
pub struct VerificationPage {
    /// The verifications.
    pub verifications: Vec<Verification>,
    /// Whether there are more.
    #[serde(skip)]
    pub more: bool,
}

/// Lists verifications.
pub async fn list_verifications(
    app: &App,
    call: &mut Call,
    request: ListVerifications,
) -> Result<Done<VerificationPage>, UseCaseError> {
    let _ = (app, call, request);
    todo!()
}
