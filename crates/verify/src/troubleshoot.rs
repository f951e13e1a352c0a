//! Looking at a person's data from the console: as a reviewer at what waits for a
//! decision, otherwise under a live grant only (rows P7 and P12).
//!
//! A grant is asked for by one person and given by another, opens one
//! verification, subject or call for a time, and is told to the tenant's endpoints
//! (`grant.given`). Every look is a row, and a leaf of the transparency log.

use bonafide_accounts::{
    Action, Actor, Grant, GrantId, GrantOf, NewGrant, Page, Planned, Role as UserRole, Session,
};
use bonafide_context::{CallId, Realm, Sensitive};
use bonafide_ledger::{Trace, View};
use bonafide_policy::{Access, Category, Purpose, Role};
use bonafide_vault::records::{Change, Condition, Direction, Select};
use bonafide_vault::{Event, Whose};
use bytes::Bytes;

use crate::reading::{Reader, is_restricted};
use crate::subject::{Subject, reached};
use crate::verification::{
    ManualDecision, Media, MediaName, Record, Refusal, State, VERIFICATIONS, Verification,
    VerificationId, held, moved,
};
use crate::webhooks::{Event as Told, Owner};
use crate::{App, UseCaseError};

/// More verifications than this are not listed for review at once.
const MOST: u32 = 200;

/// Asks for a grant.
pub async fn request_grant(
    app: &App,
    session: &Session,
    mut new: NewGrant,
) -> Result<Grant, UseCaseError> {
    let realm = new.realm.clone();
    match &new.of {
        GrantOf::Verification(id) => {
            let record = find(app, id).await?;
            record.filter(|record| record.realm == realm).ok_or(Refusal::NotFound)?;
        }
        // By the hash, whatever was written: a reference rests in no row (row M9).
        GrantOf::Subject(whom) => {
            let realm = reached(app, session, realm).await?;
            let subject = Subject::within(app, &realm, Sensitive::new(whom.clone())).await?;
            new.of = GrantOf::Subject(subject.hash().to_owned());
        }
        GrantOf::Call(_) => {}
    }
    let planned = app.accounts().request_grant(session, new).await?;
    commit(app, planned, Vec::new()).await
}

/// Gives a grant that another person asked for, and tells the tenant.
pub async fn give_grant(app: &App, session: &Session, id: &GrantId) -> Result<Grant, UseCaseError> {
    let planned = app.accounts().give_grant(session, id).await?;
    let told = told(app, &planned.made).await?;
    commit(app, planned, told).await
}

/// Refuses a grant.
pub async fn refuse_grant(
    app: &App,
    session: &Session,
    id: &GrantId,
) -> Result<Grant, UseCaseError> {
    let planned = app.accounts().refuse_grant(session, id).await?;
    commit(app, planned, Vec::new()).await
}

/// Ends a grant before its time.
pub async fn end_grant(app: &App, session: &Session, id: &GrantId) -> Result<Grant, UseCaseError> {
    let planned = app.accounts().end_grant(session, id).await?;
    commit(app, planned, Vec::new()).await
}

/// The verifications that wait for a person to decide, the oldest first: without
/// results and pictures, which are looked at one by one. For reviewers and owners
/// with a second factor, of their tenant.
pub async fn review_queue(app: &App, session: &Session) -> Result<Vec<Verification>, UseCaseError> {
    if !reviews(session) {
        return Err(Refusal::NeedsKey.into());
    }
    let mut select = Select::from(&VERIFICATIONS)
        .and(Condition::is("state", State::Review.name()))
        .order("due", Direction::Ascending)
        .limit(MOST);
    if let Some(tenant) = session.tenant {
        select = select.and(Condition::is("tenant", tenant.0));
    }
    let now = app.clock().now();
    let mut queue = Vec::new();
    for row in app.records().select(select).await? {
        let record = Record::read(&row)?.seen_at(now);
        if record.progress.state == State::Review {
            queue.push(Verification::of(&record, None, Vec::new()));
        }
    }
    Ok(queue)
}

/// A verification with its result, for whoever may look at it now.
pub async fn look_at_verification(
    app: &App,
    session: &Session,
    id: &VerificationId,
) -> Result<Verification, UseCaseError> {
    let (record, reader) = looking(app, session, id).await?;
    app.may_read(&record, &reader, Category::Results).await?;
    let kept = held::result(app, &reader.by, &record).await?.unwrap_or_default();
    let media = held::media(app, &record).await?;
    noted(app, &record, &reader, Category::Results).await?;
    Ok(Verification::of(&record, kept.told(&record), media))
}

/// A picture of a verification, for whoever may look at it now.
pub async fn look_at_media(
    app: &App,
    session: &Session,
    id: &VerificationId,
    name: MediaName,
) -> Result<Media, UseCaseError> {
    let (record, reader) = looking(app, session, id).await?;
    app.may_read(&record, &reader, name.category()).await?;
    if held::is_over(app, &record) {
        return Err(Refusal::NoSuchMedia.into());
    }
    let found = app
        .vault()
        .read_with_facts(&reader.by, &record.realm, record.id.as_str(), name.name())
        .await?;
    let (facts, bytes) = found.ok_or(Refusal::NoSuchMedia)?;
    noted(app, &record, &reader, name.category()).await?;
    let bytes = Sensitive::new(Bytes::copy_from_slice(&bytes));
    Ok(Media { media_type: facts.media_type, bytes })
}

/// The trace of a call, under a grant of that call.
pub async fn look_at_call(
    app: &App,
    session: &Session,
    realm: &Realm,
    id: CallId,
) -> Result<Trace, UseCaseError> {
    let grant = app.accounts().live_grant(session, realm, &[GrantOf::Call(id)]).await?;
    let reader = Reader::under_grant(session, &grant.ok_or(Refusal::NoGrant)?);
    let policy = app.accounts().policy_of(realm.tenant).await?;
    let access = policy.may_read(Role::Support, Purpose::Troubleshooting, Category::OperationLog);
    if access == Access::Denied {
        return Err(Refusal::ReadForbidden.into());
    }
    let view = View { tenant: realm.tenant, environment: realm.environment, application: None };
    let trace = app.ledger().trace(&view, id).await;
    let trace = trace.map_err(|error| UseCaseError::Unavailable(Some(Box::new(error))))?;
    let trace = trace.filter(|trace| trace.call.region == realm.region);
    let trace = trace.ok_or(Refusal::NotFound)?;
    // Written down before it is shown: in the log, and in the audit of the console.
    let steps = trace.steps.as_ref().map_or(0, Vec::len) as u64;
    let owner = id.to_string();
    let whose = Whose { realm, owner: &owner, until: None };
    let read = Event::Read {
        role: reader.role,
        reader: &reader.who,
        category: Category::OperationLog,
        purpose: reader.purpose,
        items: steps,
    };
    let mut changes = app.vault().event(&whose, &read)?;
    changes.push(app.accounts().done_at_console(session, Action::CallRead, &owner, realm));
    app.records().commit(changes).await?;
    Ok(trace)
}

/// A reviewer decides a verification that is for review; who did stands in the
/// audit log.
pub async fn decide_in_review(
    app: &App,
    session: &Session,
    id: &VerificationId,
    decision: ManualDecision,
) -> Result<Verification, UseCaseError> {
    let record = in_review(app, session, id).await?.ok_or(Refusal::NotFound)?;
    let progress = record.progress.decided(decision)?;
    let next = Record { progress, ..record };
    let mut changes = moved(app, &next).await?;
    let action = Action::VerificationDecided;
    changes.push(app.accounts().done_at_console(session, action, id.as_str(), &next.realm));
    app.records().commit(changes).await?;
    Ok(Verification::of(&next, None, Vec::new()))
}

/// The verification, and as whom this person may look at it now.
async fn looking(
    app: &App,
    session: &Session,
    id: &VerificationId,
) -> Result<(Record, Reader), UseCaseError> {
    if let Some(record) = in_review(app, session, id).await? {
        let reader = Reader::reviewer(session, format!("review {id}"));
        return Ok((record, reader));
    }
    let record = within_reach(app, session, id).await?;
    let mut of = vec![GrantOf::Verification(id.to_string())];
    of.extend(record.reference.clone().map(GrantOf::Subject));
    let grant = app.accounts().live_grant(session, &record.realm, &of).await?;
    let reader = Reader::under_grant(session, &grant.ok_or(Refusal::NoGrant)?);
    Ok((record, reader))
}

/// The verification, if it waits for this person's decision.
async fn in_review(
    app: &App,
    session: &Session,
    id: &VerificationId,
) -> Result<Option<Record>, UseCaseError> {
    if !reviews(session) {
        return Ok(None);
    }
    let record = within_reach(app, session, id).await?;
    Ok((record.progress.state == State::Review).then_some(record))
}

fn reviews(session: &Session) -> bool {
    session.second_factor && matches!(session.role, UserRole::Reviewer | UserRole::Owner)
}

/// The verification as it stands now, if this person has anything to do with its
/// tenant.
async fn within_reach(
    app: &App,
    session: &Session,
    id: &VerificationId,
) -> Result<Record, UseCaseError> {
    let record = find(app, id.as_str()).await?;
    let own = |record: &Record| session.tenant.is_none_or(|own| own == record.realm.tenant);
    let record = record.filter(own).ok_or(Refusal::NotFound)?;
    if is_restricted(app, &record.realm, record.reference.as_deref()).await? {
        return Err(Refusal::Restricted.into());
    }
    Ok(record)
}

async fn find(app: &App, id: &str) -> Result<Option<Record>, UseCaseError> {
    let select = Select::from(&VERIFICATIONS).and(Condition::is("id", id)).limit(1);
    let rows = app.records().select(select).await?;
    let now = app.clock().now();
    let record = rows.first().map(Record::read).transpose()?;
    Ok(record.filter(|record| now < record.remove).map(|record| record.seen_at(now)))
}

/// Writes down a look before it is shown.
async fn noted(
    app: &App,
    record: &Record,
    reader: &Reader,
    category: Category,
) -> Result<(), UseCaseError> {
    Ok(app.records().commit(app.noted(record, reader, &[(category, 1)])?).await?)
}

/// The changes that tell the tenant of a grant: every application in the realm.
async fn told(app: &App, grant: &Grant) -> Result<Vec<Change>, UseCaseError> {
    let Some(webhooks) = app.webhooks() else { return Ok(Vec::new()) };
    let event = Told::GrantGiven {
        grant: grant.id.clone(),
        verification: match &grant.of {
            GrantOf::Verification(id) => id.parse().ok(),
            _ => None,
        },
    };
    let mut changes = Vec::new();
    let mut page = Page { after: None, limit: Some(Page::MAX) };
    loop {
        let tenant = grant.realm.tenant;
        let part = app.accounts().applications(&Actor::cli(), tenant, &page).await?;
        let Some(last) = part.last() else { return Ok(changes) };
        page.after = Some(last.id.to_string());
        for application in part.iter().filter(|application| application.realm() == grant.realm) {
            let owner = Owner { tenant, application: application.id.clone() };
            changes.extend(webhooks.emit(&owner, &event).await?);
        }
    }
}

async fn commit(
    app: &App,
    planned: Planned<Grant>,
    more: Vec<Change>,
) -> Result<Grant, UseCaseError> {
    let Planned { made, mut changes, .. } = planned;
    changes.extend(more);
    app.records().commit(changes).await?;
    Ok(made)
}
