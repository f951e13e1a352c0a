//! A verification is given up.

use bonafide_ledger::{Call, Facts};

use super::event::moved;
use super::record::{Access, Record, load};
use super::{Ending, Verification, VerificationId};
use crate::{App, Done, UseCaseError};

/// Cancels a verification that has not ended.
pub async fn cancel_verification(
    app: &App,
    call: &mut Call,
    id: &VerificationId,
) -> Result<Done<Verification>, UseCaseError> {
    cancel(app, call, id).await.inspect_err(|error| error.trace(call))
}

async fn cancel(
    app: &App,
    call: &mut Call,
    id: &VerificationId,
) -> Result<Done<Verification>, UseCaseError> {
    let record = load(app, call.caller(), id, Access::Anyone).await?;
    let by = match call.caller().bound_to {
        Some(_) => Ending::Person,
        None => Ending::Customer,
    };
    let progress = record.progress.cancelled(by)?;
    let next = Record { progress, ..record };
    call.step("verification.cancel", "ok", Facts::new());
    Ok(Done {
        changes: moved(app, &next).await?,
        answer: Verification::of(&next, None, Vec::new()),
    })
}
