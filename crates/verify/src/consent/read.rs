//! Receipts are shown.

use bonafide_context::{Sensitive, Timestamp};
use bonafide_ledger::consent::{CONSENTS, ConsentId, ConsentReceipt, ConsentRow, RECEIPT};
use bonafide_ledger::{Call, Facts};
use bonafide_vault::records::{Condition, Direction, Operator, Select};
use bonafide_vault::{Opener, VaultError};
use serde::Serialize;
use utoipa::ToSchema;

use super::{Consent, find, of_subject};
use crate::verification::{Access, Refusal, VerificationId, hashed, load};
use crate::{App, Done, UseCaseError};

/// Reads a receipt.
pub async fn read_consent(
    app: &App,
    call: &mut Call,
    id: &ConsentId,
) -> Result<Done<Consent>, UseCaseError> {
    read(app, call, id).await.inspect_err(|error| error.trace(call))
}

async fn read(app: &App, call: &mut Call, id: &ConsentId) -> Result<Done<Consent>, UseCaseError> {
    let row = find(app, &call.caller().application, id).await?;
    let answer = shown(app, call.opener(), &row).await?;
    call.step("consent.read", "ok", Facts::new());
    Ok(Done::new(answer))
}

/// Whose receipts are wanted.
#[derive(Clone, Debug)]
pub struct ListConsents {
    /// Of this person only, as the customer calls him.
    pub reference: Option<Sensitive<String>>,
    /// Behind this one: when it was given, and its id.
    pub after: Option<(Timestamp, ConsentId)>,
    /// At most so many, 1 to 100.
    pub limit: u32,
}

/// Receipts, the newest first.
#[derive(Clone, Debug, Default, Serialize, ToSchema)]
pub struct ConsentPage {
    /// The receipts.
    pub consents: Vec<Consent>,
    /// Whether there are more.
    #[serde(skip)]
    pub more: bool,
}

/// More than this is not listed at once.
const MOST: u32 = 100;

/// Lists the receipts of the application or of a person, withdrawn ones too.
pub async fn list_consents(
    app: &App,
    call: &mut Call,
    request: ListConsents,
) -> Result<Done<ConsentPage>, UseCaseError> {
    list(app, call, request).await.inspect_err(|error| error.trace(call))
}

async fn list(
    app: &App,
    call: &mut Call,
    request: ListConsents,
) -> Result<Done<ConsentPage>, UseCaseError> {
    let caller = call.caller().clone();
    if caller.bound_to.is_some() {
        return Err(Refusal::NeedsKey.into());
    }
    let limit = request.limit.clamp(1, MOST);
    let mut select = Select::from(&CONSENTS)
        .and(Condition::is("application", caller.application.as_str()))
        .and(Condition::Compare("remove", Operator::Greater, app.clock().now().into()));
    if let Some(reference) = &request.reference {
        let subject = hashed(app, &caller.realm(), reference).await?;
        select = select.and(Condition::is("subject", subject));
    }
    if let Some((given, id)) = &request.after {
        let last = vec![("given", (*given).into()), ("id", id.as_str().into())];
        select = select.and(Condition::Before(last));
    }
    let select = select
        .order("given", Direction::Descending)
        .order("id", Direction::Descending)
        .limit(limit + 1);
    let rows = app.records().select(select).await?;
    let more = rows.len() > limit as usize;
    let mut consents = Vec::with_capacity(rows.len());
    for row in rows.iter().take(limit as usize) {
        consents.push(shown(app, call.opener(), &ConsentRow::read(row)?).await?);
    }
    call.step("consents.list", "ok", Facts::new().size("rows", consents.len()));
    Ok(Done::new(ConsentPage { consents, more }))
}

/// What was agreed to for one verification.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct GivenConsents {
    /// The receipts, the newest first.
    pub consents: Vec<Consent>,
}

/// Shows what was agreed to for one verification, withdrawn receipts too: to the
/// customer, and to the person in his browser.
pub async fn read_consents_of(
    app: &App,
    call: &mut Call,
    id: &VerificationId,
) -> Result<Done<GivenConsents>, UseCaseError> {
    of_verification(app, call, id).await.inspect_err(|error| error.trace(call))
}

async fn of_verification(
    app: &App,
    call: &mut Call,
    id: &VerificationId,
) -> Result<Done<GivenConsents>, UseCaseError> {
    let record = load(app, call.caller(), id, Access::Anyone).await?;
    let (subject, now) = (record.subject(app).await?, app.clock().now());
    let mut rows = of_subject(app, &record.application, &subject, now).await?;
    rows.retain(|row| row.verification.as_deref() == Some(record.id.as_str()));
    rows.sort_by(|a, b| (b.given, &b.id).cmp(&(a.given, &a.id)));
    rows.truncate(MOST as usize);
    let mut consents = Vec::with_capacity(rows.len());
    for row in &rows {
        consents.push(shown(app, call.opener(), row).await?);
    }
    call.step("consent.read", "ok", Facts::new().size("rows", consents.len()));
    Ok(Done::new(GivenConsents { consents }))
}

/// A receipt, opened.
pub(super) async fn shown(
    app: &App,
    by: &Opener,
    row: &ConsentRow,
) -> Result<Consent, UseCaseError> {
    Ok(Consent::of(row, receipt(app, by, row).await?))
}

/// What a row's receipt says. A row without its receipt is damage: both have one
/// deadline.
pub(super) async fn receipt(
    app: &App,
    by: &Opener,
    row: &ConsentRow,
) -> Result<ConsentReceipt, UseCaseError> {
    let held = app.vault().read_value(by, &row.realm, row.id.as_str(), RECEIPT).await?;
    Ok(held.ok_or(VaultError::Damaged)?)
}
