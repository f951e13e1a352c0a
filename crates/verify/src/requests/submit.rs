//! A request comes in.

use std::time::Duration;

use bonafide_context::{Environment, Realm, Region, TenantId, Timestamp};
use bonafide_policy::{Category, DataRole, Family, Purpose};
use bonafide_vault::records::{Change, Condition, Operator, Row};

use super::tables::REQUESTS;
use super::{Letter, RequestId, Topic};
use crate::app::later;
use crate::webhooks::Event;
use crate::{App, Moment, UseCaseError};

/// More than this in a day are not taken: the form is open to everybody, and
/// nobody shall fill the store with it.
const MOST_A_DAY: u64 = 1_000;
const DAY: Duration = Duration::from_secs(86_400);

/// The name of the letter among what the vault has of a request.
pub(super) const LETTER: &str = "letter";

/// What somebody sends.
#[derive(Clone, Debug)]
pub struct Submission {
    /// Whose notice the person read: [`bonafide_accounts::OPERATOR_TENANT`] for
    /// that of whoever runs the server.
    pub tenant: TenantId,
    /// Where the letter rests.
    pub region: Region,
    /// What it is about.
    pub topic: Topic,
    /// What is written, checked ([`Letter::checked`]).
    pub letter: Letter,
}

/// What the person is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Received {
    /// By which name to ask about it.
    pub id: RequestId,
    /// Until when it is answered.
    pub answer_by: Moment,
    /// Whether the request was passed on to the customer, who answers it.
    pub forwarded: bool,
}

/// Takes a request in: the letter sealed, its row, and for the customer whose
/// matter it is the news of it, in one commit.
///
/// # Errors
/// [`UseCaseError::Busy`] has no part in this: [`UseCaseError::Unavailable`]
/// where a store does not answer or the day's number is reached.
pub async fn submit_request(app: &App, submission: Submission) -> Result<Received, UseCaseError> {
    let Submission { tenant, region, topic, letter } = submission;
    let now = app.clock().now();
    let since = Timestamp(now.0.saturating_sub(DAY.as_millis() as u64));
    let today = vec![Condition::Compare("received", Operator::Greater, since.into())];
    if app.records().count(&REQUESTS, today).await? >= MOST_A_DAY {
        return Err(UseCaseError::Unavailable(None));
    }
    let clocks = app.clocks(tenant, Family::Management).await?;
    // Row R7: the letter's clock begins with it.
    let remove = clocks
        .deadline(Category::Contact, now)
        .ok_or(crate::verification::Refusal::PolicyForbids)?;
    let role = clocks.policy().role(Purpose::Service);
    let days = Duration::from_secs(u64::from(clocks.policy().answer_days()) * 86_400);
    let answer_by = later(now, days);
    let id = app.draw(RequestId::new);
    let realm = realm(tenant, region.clone());
    let under = clocks.policy().into();
    let mut changes =
        app.vault().prepare_value(&realm, id.as_str(), LETTER, remove, under, &letter).await?;
    let row = Row::new(&REQUESTS)
        .with("id", id.as_str())
        .with("tenant", tenant.0)
        .with("region", region.as_str())
        .with("topic", topic.as_str())
        .with("role", role.as_str())
        .with("received", now)
        .with("answer_by", answer_by)
        .with("remove", remove);
    changes.push(Change::Insert(row));
    // Row O7: a processor passes it on and answers nothing itself.
    let forwarded = role == DataRole::Processor;
    if let (true, Some(webhooks)) = (forwarded, app.webhooks()) {
        changes.extend(webhooks.emit_to_tenant(tenant, &Event::Request { id: id.clone() }).await?);
    }
    if let Some(mails) = app.mails() {
        let told = mails.request(app, tenant, clocks.policy(), id.as_str(), answer_by).await?;
        changes.extend(told.0);
    }
    app.records().commit(changes).await?;
    Ok(Received { id, answer_by: answer_by.into(), forwarded })
}

/// The walls around a letter: it is nobody's test.
pub(super) fn realm(tenant: TenantId, region: Region) -> Realm {
    Realm { tenant, environment: Environment::Live, region }
}
