//! A legal hold of what is held of one person: the vault keeps the items beyond their
//! deadlines, under a key of the hold; a row says whose and until when.

use bonafide_context::{Realm, Sensitive, Timestamp};
use bonafide_ledger::{Call, Facts};
use bonafide_policy::{Category, Effective, Family};
use bonafide_vault::records::{Change, Condition, Expect, Operator, RecordsError, Row, Select};
use bonafide_vault::{ItemFacts, RestrictionAct};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::HOLDS;
use crate::answer::Moment;
use crate::reading::logged;
use crate::subject::kinds::{SubjectKind, items_of};
use crate::subject::life::answering;
use crate::subject::request::codes;
use crate::subject::whose::Subject;
use crate::verification::holding::kept_until;
use crate::verification::{Record, Refusal, State, VERIFICATIONS};
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
/// Holds lifted by one round at most.
const MOST: u32 = 20;

/// What is held of one owner of items.
#[derive(Clone, Serialize, Deserialize)]
struct Kept {
    /// As the vault calls it.
    owner: String,
    /// Of a verification: when its row had to go.
    remove: Option<u64>,
    /// How many items.
    items: u64,
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
    let records = subject.verifications(app).await?;
    let (mut kept, mut changes) = (Vec::new(), Vec::new());
    for of in items_of(app, &subject, &records).await? {
        let record = records.iter().find(|record| record.id.as_str() == of.owner);
        let wanted = |item: &ItemFacts| is_evidence(&policy, of.kind, item, until);
        let held = app.vault().plan_hold(&subject.realm, &of.owner, wanted).await?;
        for item in app.vault().list(&subject.realm, &of.owner).await? {
            if wanted(&item) {
                changes.push(kept_until(&of.owner, item.category, until));
            }
        }
        changes.extend(held.changes);
        changes.extend(record.map_or_else(Vec::new, |record| {
            row_until(record.id.as_str(), record.remove.max(until))
        }));
        let remove = record.map(|record| record.remove.0);
        if held.what > 0 || remove.is_some() {
            kept.push(Kept { owner: of.owner, remove, items: held.what });
        }
    }
    let view = HoldView {
        basis,
        since: now.into(),
        until: until.into(),
        items: kept.iter().map(|kept| kept.items).sum(),
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

/// Whether an item is what a hold keeps. Copies of answers repeat what stands
/// elsewhere, and copies to improve models are no evidence: they go as they have to.
fn is_evidence(policy: &Effective, kind: SubjectKind, item: &ItemFacts, until: Timestamp) -> bool {
    let media = item.category.is_media();
    let named = policy.wants_kyc_record(item.category).is_some();
    let copy = kind == SubjectKind::Improvement || item.name.starts_with("answer-");
    (!media || named) && !copy && item.expires < until
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
    let changes = lifted(app, &subject.realm, subject.hash(), &view, &kept).await?;
    call.step("subject.release", "ok", Facts::new().count("items", view.items));
    Ok(Done { answer, changes })
}

/// Lifts holds whose time is over. A job of the policy.
pub(crate) async fn end_holds(app: &App) -> Result<(), UseCaseError> {
    let over = Select::from(&HOLDS)
        .and(Condition::Compare("remove", Operator::AtMost, app.clock().now().into()))
        .limit(MOST);
    for row in app.records().select(over).await? {
        let (realm, reference) = (row.parsed::<Realm>("realm")?, row.text("reference")?);
        let (view, kept) = read(&row)?;
        match app.records().commit(lifted(app, &realm, reference, &view, &kept).await?).await {
            // Another node was faster, or somebody lifted it at this moment.
            Ok(()) | Err(RecordsError::Conflict) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

/// Everything that the end of a hold is, to be committed at once.
async fn lifted(
    app: &App,
    realm: &Realm,
    reference: &str,
    view: &HoldView,
    kept: &[Kept],
) -> Result<Vec<Change>, UseCaseError> {
    let now = app.clock().now();
    let clocks = app.clocks(realm.tenant, Family::Verification).await?;
    let mut changes = vec![Change::Delete {
        table: &HOLDS,
        conditions: of(realm, reference),
        expect: Expect::One,
    }];
    for one in kept {
        for item in app.vault().list_held(realm, &one.owner).await? {
            changes.push(kept_until(&one.owner, item.category, item.expires.max(now)));
        }
        changes.extend(app.vault().plan_release(realm, &one.owner).await?.changes);
        if let Some(remove) = one.remove {
            let found = Select::from(&VERIFICATIONS).and(Condition::is("id", one.owner.as_str()));
            let rows = app.records().select(found).await?;
            let record = rows.first().map(Record::read).transpose()?;
            // Its tenant may have come under a tighter policy meanwhile.
            let own = record
                .and_then(|record| clocks.deadline(Category::SubjectReference, record.created));
            let until = own.map_or(Timestamp(remove), |own| own.min(Timestamp(remove)));
            changes.extend(row_until(&one.owner, until));
        }
    }
    let act = RestrictionAct::HoldLifted;
    changes.extend(logged(app, realm, reference, act, view.basis.name())?);
    Ok(changes)
}

/// Items under a hold: the owners that have any, as the vault calls them.
pub(in crate::subject) async fn held_owners(
    app: &App,
    realm: &Realm,
    reference: &str,
) -> Result<Vec<String>, UseCaseError> {
    let found = find(app, realm, reference).await?;
    Ok(found.map_or_else(Vec::new, |(_, kept)| kept.into_iter().map(|one| one.owner).collect()))
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
pub(crate) async fn is_held(
    app: &App,
    realm: &Realm,
    reference: &str,
) -> Result<bool, UseCaseError> {
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
    if row.moment("remove")? <= app.clock().now() {
        return Ok(None);
    }
    Ok(Some(read(row)?))
}

fn read(row: &Row) -> Result<(HoldView, Vec<Kept>), RecordsError> {
    let shape = || RecordsError::Shape { table: HOLDS.name };
    let kept: Vec<Kept> = serde_json::from_str(row.text("items")?).map_err(|_| shape())?;
    let view = HoldView {
        basis: HoldBasis::read(row.text("basis")?).ok_or_else(shape)?,
        since: row.moment("since")?.into(),
        until: row.moment("remove")?.into(),
        items: kept.iter().map(|kept| kept.items).sum(),
    };
    Ok((view, kept))
}

fn of(realm: &Realm, reference: &str) -> Vec<Condition> {
    vec![Condition::is("realm", realm.to_string()), Condition::is("reference", reference)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn o25_a_hold_keeps_no_picture_and_no_recording_of_a_face() {
        let policies = bonafide_policy::Policies::bundled().unwrap();
        let policy = policies.get(None, Timestamp(0)).unwrap();
        for category in Category::ALL.iter().copied().filter(|one| one.is_of_end_user()) {
            let item = ItemFacts {
                name: "any".to_owned(),
                category,
                media_type: "application/json".to_owned(),
                size: 1,
                created: Timestamp(0),
                expires: Timestamp(1),
            };
            let kept = is_evidence(&policy, SubjectKind::Verification, &item, Timestamp(2));
            let media = matches!(
                category,
                Category::FaceMedia | Category::DocumentMedia | Category::LivenessRecording
            );
            assert_eq!(kept, !media, "{category}");
        }
    }
}
