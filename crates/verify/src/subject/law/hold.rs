//! A legal hold of what is held of one person.

use bonafide_context::{Realm, Sensitive, Timestamp};
use bonafide_ledger::{Call, Facts};
use bonafide_policy::{Category, Effective};
use bonafide_vault::records::{Change, Condition, Expect, Row, Select};
use bonafide_vault::{Cause, Item, RestrictionAct};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::HOLDS;
use crate::answer::Moment;
use crate::reading::logged;
use crate::subject::life::answering;
use crate::subject::request::codes;
use crate::subject::whose::Subject;
use crate::verification::{HOLDINGS, Record, Refusal, State, VERIFICATIONS};
use crate::{App, Done, UseCaseError};

codes! {
    /// On which ground data is held: a closed list, so that no note about a person
    /// finds its way into rows and logs.
    HoldBasis {
        /// A claim is made or defended.
        LegalClaim = "legal_claim",
        /// An authority ordered it.
        AuthorityOrder = "authority_order",
        /// A law obliges the customer to keep evidence.
        LegalObligation = "legal_obligation",
    }
}

/// A hold in force.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct HoldView {
    /// On which ground.
    pub basis: HoldBasis,
    /// Since when.
    pub since: Moment,
    /// When it ends by itself.
    pub until: Moment,
    /// How many items are held beyond their own deadline.
    pub items: u64,
}

/// How a person's data stands after a hold was placed or lifted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct HeldSubject {
    /// `sub_…`.
    pub subject: String,
    /// The hold in force; `null` if there is none.
    pub hold: Option<HoldView>,
}

/// The longest that a hold lasts before somebody has to place it again: ten years.
const LONGEST: u64 = 3_650 * 86_400_000;

/// What is held, with the deadlines that it had.
#[derive(Serialize, Deserialize)]
struct Kept {
    verification: String,
    /// When the verification's row had to go.
    remove: u64,
    /// Name, category and deadline of its items.
    items: Vec<(String, Category, u64)>,
}

/// Places a hold on what is held of a person now: it outlives its deadline, no
/// request deletes it, and from its own deadline on it is read for the person's
/// rights only. The tenant's policy has to allow holds; media are not held unless
/// its purpose `kyc-record` names them.
pub async fn hold_subject(
    app: &App,
    call: &mut Call,
    whom: Sensitive<String>,
    basis: HoldBasis,
    until: Timestamp,
) -> Result<Done<HeldSubject>, UseCaseError> {
    hold(app, call, whom, basis, until).await.inspect_err(|error| error.trace(call))
}

async fn hold(
    app: &App,
    call: &mut Call,
    whom: Sensitive<String>,
    basis: HoldBasis,
    until: Timestamp,
) -> Result<Done<HeldSubject>, UseCaseError> {
    let subject = Subject::named(app, call.caller(), whom).await?;
    let policy = app.accounts().policy_of(subject.realm.tenant).await?;
    answering(&policy)?;
    if !policy.allows_legal_hold() {
        return Err(Refusal::HoldForbidden.into());
    }
    let now = app.clock().now();
    if until <= now || until.0 - now.0 > LONGEST {
        let reason = "is a moment within the next ten years".to_owned();
        return Err(UseCaseError::Invalid { member: "until", reason });
    }
    if hold_of(app, &subject.realm, subject.hash()).await?.is_some() {
        return Err(Refusal::Held.into());
    }
    let (mut kept, mut changes) = (Vec::new(), Vec::new());
    for record in subject.verifications(app).await? {
        let (one, more) = beyond(app, &policy, &record, until).await?;
        kept.push(one);
        changes.extend(more);
    }
    let view = HoldView {
        basis,
        since: now.into(),
        until: until.into(),
        items: kept.iter().map(|kept| kept.items.len() as u64).sum(),
    };
    let items = serde_json::to_string(&kept)
        .map_err(|error| UseCaseError::internal("row_unwritable", error))?;
    changes.push(Change::Insert(
        Row::new(&HOLDS)
            .with("realm", subject.realm.to_string())
            .with("reference", subject.hash())
            .with("basis", basis.name())
            .with("since", now)
            .with("remove", until)
            .with("items", items),
    ));
    let act = RestrictionAct::HoldPlaced;
    changes.extend(logged(app, &subject.realm, subject.hash(), act, basis.name())?);
    call.step("subject.hold", "ok", Facts::new().count("items", view.items));
    let answer = HeldSubject { subject: subject.id.to_string(), hold: Some(view) };
    Ok(Done { answer, changes })
}

/// Lifts a hold: what is past its own deadline goes at once, the rest at its own.
pub async fn release_subject(
    app: &App,
    call: &mut Call,
    whom: Sensitive<String>,
) -> Result<Done<HeldSubject>, UseCaseError> {
    release(app, call, whom).await.inspect_err(|error| error.trace(call))
}

async fn release(
    app: &App,
    call: &mut Call,
    whom: Sensitive<String>,
) -> Result<Done<HeldSubject>, UseCaseError> {
    let subject = Subject::named(app, call.caller(), whom).await?;
    answering(app.accounts().policy_of(subject.realm.tenant).await?.as_ref())?;
    let answer = HeldSubject { subject: subject.id.to_string(), hold: None };
    let Some((view, kept)) = find(app, &subject.realm, subject.hash()).await? else {
        return Ok(Done::new(answer));
    };
    let now = app.clock().now();
    let mut changes = vec![Change::Delete {
        table: &HOLDS,
        conditions: of(&subject.realm, subject.hash()),
        expect: Expect::One,
    }];
    for one in kept {
        for (name, category, deadline) in &one.items {
            let (owner, deadline) = (one.verification.as_str(), Timestamp(*deadline));
            if deadline <= now {
                // Nothing of its kind has any time left.
                let (realm, only) = (&subject.realm, Some(std::slice::from_ref(category)));
                app.vault().erase_because(Cause::Expiry, realm, owner, only).await?;
            } else {
                changes.extend(resealed(app, &subject.realm, owner, name, deadline).await?);
            }
            changes.push(holding_until(owner, *category, deadline.max(now)));
        }
        changes.extend(row_until(&one.verification, Timestamp(one.remove)));
    }
    let act = RestrictionAct::HoldLifted;
    let basis = view.basis.name();
    changes.extend(logged(app, &subject.realm, subject.hash(), act, basis)?);
    call.step("subject.release", "ok", Facts::new().count("items", view.items));
    Ok(Done { answer, changes })
}

/// The changes that let what is held of a verification outlive its deadline.
async fn beyond(
    app: &App,
    policy: &Effective,
    record: &Record,
    until: Timestamp,
) -> Result<(Kept, Vec<Change>), UseCaseError> {
    let id = record.id.as_str();
    let (mut items, mut changes) = (Vec::new(), Vec::new());
    for item in app.vault().list(&record.realm, id).await? {
        let media = matches!(item.category, Category::FaceMedia | Category::DocumentMedia);
        let named = policy.wants_kyc_record(item.category).is_some();
        // Copies of answers are no evidence: they go as they have to.
        let copy = item.name.starts_with("answer-");
        if (media && !named) || copy || item.expires >= until {
            continue;
        }
        changes.extend(resealed(app, &record.realm, id, &item.name, until).await?);
        changes.push(holding_until(id, item.category, until));
        items.push((item.name, item.category, item.expires.0));
    }
    changes.extend(row_until(id, record.remove.max(until)));
    Ok((Kept { verification: id.to_owned(), remove: record.remove.0, items }, changes))
}

/// The changes that seal an item anew, under the key of another hour.
async fn resealed(
    app: &App,
    realm: &Realm,
    owner: &str,
    name: &str,
    expires: Timestamp,
) -> Result<Vec<Change>, UseCaseError> {
    let found = app.vault().read_with_facts(realm, owner, name).await?;
    let Some((facts, bytes)) = found else { return Ok(Vec::new()) };
    let policy = app.accounts().policy_of(realm.tenant).await?;
    let item = Item {
        realm,
        owner,
        name,
        category: facts.category,
        expires,
        media_type: &facts.media_type,
        policy: policy.as_ref().into(),
    };
    Ok(app.vault().prepare(&item, &bytes).await?)
}

fn holding_until(verification: &str, category: Category, until: Timestamp) -> Change {
    Change::Update {
        table: &HOLDINGS,
        set: vec![("ends", until.into())],
        conditions: vec![
            Condition::is("verification", verification),
            Condition::is("category", category.as_str()),
        ],
        expect: Expect::Any,
    }
}

/// The row that says of whom it was goes with the last of it.
fn row_until(verification: &str, until: Timestamp) -> Vec<Change> {
    let ended = State::ALL.into_iter().filter(|state| state.is_terminal());
    let ended = Condition::In("state", ended.map(|state| state.name().into()).collect());
    let update = |set, conditions| Change::Update {
        table: &VERIFICATIONS,
        set,
        conditions,
        expect: Expect::Any,
    };
    let is_it = || Condition::is("id", verification);
    vec![
        update(vec![("remove", until.into())], vec![is_it()]),
        // What has not ended has something else due first.
        update(vec![("due", until.into())], vec![is_it(), ended]),
    ]
}

/// The hold in force for a person, if there is one.
pub(crate) async fn hold_of(
    app: &App,
    realm: &Realm,
    reference: &str,
) -> Result<Option<HoldView>, UseCaseError> {
    Ok(find(app, realm, reference).await?.map(|(view, _)| view))
}

/// Refuses to delete what is held.
pub(crate) async fn held_back(app: &App, record: &Record) -> Result<(), UseCaseError> {
    match record.reference.as_deref() {
        Some(reference) if is_held(app, &record.realm, reference).await? => {
            Err(Refusal::Held.into())
        }
        _ => Ok(()),
    }
}

/// Whether a hold is in force for a person.
async fn is_held(app: &App, realm: &Realm, reference: &str) -> Result<bool, UseCaseError> {
    Ok(find(app, realm, reference).await?.is_some())
}

async fn find(
    app: &App,
    realm: &Realm,
    reference: &str,
) -> Result<Option<(HoldView, Vec<Kept>)>, UseCaseError> {
    let select = Select { conditions: of(realm, reference), ..Select::from(&HOLDS) };
    let rows = app.records().select(select).await?;
    let Some(row) = rows.first() else { return Ok(None) };
    let until = row.moment("remove")?;
    if until <= app.clock().now() {
        return Ok(None);
    }
    let shape = || bonafide_vault::records::RecordsError::Shape { table: HOLDS.name };
    let kept: Vec<Kept> = serde_json::from_str(row.text("items")?).map_err(|_| shape())?;
    let view = HoldView {
        basis: HoldBasis::read(row.text("basis")?).ok_or_else(shape)?,
        since: row.moment("since")?.into(),
        until: until.into(),
        items: kept.iter().map(|kept| kept.items.len() as u64).sum(),
    };
    Ok(Some((view, kept)))
}

fn of(realm: &Realm, reference: &str) -> Vec<Condition> {
    vec![Condition::is("realm", realm.to_string()), Condition::is("reference", reference)]
}
