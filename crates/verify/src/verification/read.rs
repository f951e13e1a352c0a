//! How a verification stands.

use bonafide_context::{Sensitive, Timestamp};
use bonafide_ledger::{Call, Facts};
use bonafide_vault::records::{Condition, Direction, Select};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::create::hashed;
use super::hand_in::look_at_consent;
use super::held;
use super::record::{Access, Record, load};
use super::tables::VERIFICATIONS;
use super::{Refusal, State, Verification, VerificationField, VerificationId};
use crate::consent::ConsentState;
use crate::{App, Done, Selection, UseCaseError, device};

/// Reads a verification and its result; `fields` narrows what was asked for
/// when it was created.
pub async fn read_verification(
    app: &App,
    call: &mut Call,
    id: &VerificationId,
    fields: &Selection<VerificationField>,
) -> Result<Done<Verification>, UseCaseError> {
    read(app, call, id, fields).await.inspect_err(|error| error.trace(call))
}

async fn read(
    app: &App,
    call: &mut Call,
    id: &VerificationId,
    fields: &Selection<VerificationField>,
) -> Result<Done<Verification>, UseCaseError> {
    let mut record = load(app, call.caller(), id, Access::Anyone).await?;
    if record.progress.state.is_open() && record.progress.consent == ConsentState::Wanted {
        // Withdrawn again meanwhile is as good as not given.
        match look_at_consent(app, call, &mut record).await {
            Ok(_) | Err(UseCaseError::Refused(_)) => {}
            Err(error) => return Err(error),
        }
    }
    let mut changes = Vec::new();
    let answer = if call.caller().bound_to.is_some() {
        // The person learns how it stands; what was found out is the customer's.
        Verification::of(&record, None, Vec::new())
    } else {
        let (told, noted) = held::told(app, call, &record, fields).await?;
        changes = noted;
        let (device_risk, noted) = device::told(app, call, &record).await?;
        changes.extend(noted);
        let media = held::media(app, &record).await?;
        Verification { device_risk, ..Verification::of(&record, told, media) }
    };
    call.step("verification.read", "ok", Facts::new().code("state", answer.state.name()));
    Ok(Done { answer, changes })
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

/// More than this is not listed at once.
const MOST: u32 = 200;

/// Lists verifications.
pub async fn list_verifications(
    app: &App,
    call: &mut Call,
    request: ListVerifications,
) -> Result<Done<VerificationPage>, UseCaseError> {
    let caller = call.caller().clone();
    if caller.bound_to.is_some() {
        return Err(Refusal::NeedsKey.into());
    }
    let realm = caller.realm();
    let limit = request.limit.clamp(1, MOST);
    let mut select = Select::from(&VERIFICATIONS)
        .and(Condition::is("application", caller.application.as_str()))
        .and(Condition::is("tenant", realm.tenant.0))
        .and(Condition::is("environment", realm.environment.as_str()))
        .and(Condition::is("region", realm.region.as_str()));
    if let Some(reference) = &request.reference {
        let hash = hashed(app, &realm, reference).await?;
        select = select.and(Condition::is("reference", hash));
    }
    if let Some(state) = request.state {
        select = select.and(Condition::is("state", state.name()));
    }
    if let Some((created, id)) = &request.after {
        let last = vec![("created", (*created).into()), ("id", id.as_str().into())];
        select = select.and(Condition::Before(last));
    }
    let select = select
        .order("created", Direction::Descending)
        .order("id", Direction::Descending)
        .limit(limit + 1);
    let now = app.clock().now();
    let mut records = Vec::new();
    for row in app.records().select(select).await? {
        records.push(Record::read(&row)?.seen_at(now));
    }
    let more = records.len() > limit as usize;
    records.truncate(limit as usize);
    let told = records.iter().map(|record| Verification::of(record, None, Vec::new()));
    call.step("verifications.list", "ok", Facts::new().size("rows", records.len()));
    Ok(Done::new(VerificationPage { verifications: told.collect(), more }))
}
