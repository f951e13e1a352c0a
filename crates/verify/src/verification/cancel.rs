//! A verification is given up.

use bonafide_ledger::Call;

use super::{Verification, VerificationId};
use crate::{App, Done, UseCaseError};

/// Cancels a verification that has not ended.
pub async fn cancel_verification(
    app: &App,
    call: &mut Call,
    id: &VerificationId,
) -> Result<Done<Verification>, UseCaseError> {
    let _ = (app, call, id);
    todo!()
}
