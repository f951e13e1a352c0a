//! Consent: given, shown, withdrawn, and asked for before anything is looked at.
//!
//! A receipt is of a subject of one application: of all that is done about a
//! reference, or of one verification. Withdrawing it takes one call: it and every
//! other receipt that covers the same is withdrawn in one commit, from which on
//! nothing new begins; then what rests on it is ended and destroyed. Should the
//! process die in between, [`tick`] finishes the rest.

mod give;
mod log;
mod proof;
mod read;
mod standing;
mod tick;
mod view;
mod withdraw;

pub use bonafide_ledger::consent::{
    ConsentId, ConsentPurpose, ConsentReceipt, ConsentWay, Guardian, GuardianRelation, Notice,
};
pub use give::{GiveConsent, Whose, give_consent};
pub(crate) use log::refused;
pub use log::{Statement, log_owner};
pub use proof::{ConsentEvent, ConsentEventKind, ConsentProof, prove_consent};
pub use read::{
    ConsentPage, GivenConsents, ListConsents, list_consents, read_consent, read_consents_of,
};
pub(crate) use standing::Standing;
pub use tick::tick;
pub use view::{Consent, ConsentState};
pub use withdraw::{Withdrawal, Withdrawn, withdraw_consent};

use bonafide_context::Timestamp;
use bonafide_ledger::ApplicationId;
use bonafide_ledger::consent::{CONSENTS, ConsentRow};
use bonafide_vault::records::{Condition, Select};

use crate::verification::Refusal;
use crate::{App, UseCaseError};

/// The receipt of this id, if it is the application's and still rests.
pub(crate) async fn find(
    app: &App,
    application: &ApplicationId,
    id: &ConsentId,
) -> Result<ConsentRow, UseCaseError> {
    let select = Select::from(&CONSENTS)
        .and(Condition::is("id", id.as_str()))
        .and(Condition::is("application", application.as_str()));
    let rows = app.records().select(select).await?;
    let row = rows.first().map(ConsentRow::read).transpose()?;
    let now = app.clock().now();
    Ok(row.filter(|row| now < row.remove).ok_or(Refusal::NoSuchConsent)?)
}

/// The receipts of a subject that still rest; of one verification those that are
/// bound to another are left out.
pub(crate) async fn of_subject(
    app: &App,
    application: &ApplicationId,
    subject: &str,
    now: Timestamp,
) -> Result<Vec<ConsentRow>, UseCaseError> {
    let select = Select::from(&CONSENTS)
        .and(Condition::is("application", application.as_str()))
        .and(Condition::is("subject", subject));
    let mut found = Vec::new();
    for row in app.records().select(select).await? {
        let row = ConsentRow::read(&row)?;
        if now < row.remove {
            found.push(row);
        }
    }
    Ok(found)
}
