//! The record of a verification that a law obliges a customer to keep: made once it
//! is decided, sealed apart, with the clock of the purpose `kyc-record`.

use bonafide_context::{Realm, Timestamp};
use bonafide_policy::{Category, Effective, Period, Purpose};
use bonafide_vault::records::{Change, Condition, Direction, Expect, Operator, Row, Select};
use bonafide_vault::{Item, Job, Opener};

use super::RECORDS;
use crate::app::later;
use crate::reading::{is_restricted, removed_reads};
use crate::subject::whose::Subject;
use crate::verification::holding::{KeptOf, begun, removed_of};
use crate::verification::{MediaName, Record, State, VERIFICATIONS, held};
use crate::{App, UseCaseError};

/// Records made by one round at most.
const MOST: u32 = 200;

/// Under whose name the vault keeps the copy: no deletion of the verification
/// reaches it, and its keys are those of the purpose.
pub(crate) fn copy_owner(verification: &str) -> String {
    format!("{}/{verification}", Purpose::KycRecord)
}

/// The change that writes down that a law wants a record of a verification that was
/// decided now; `None` where the tenant's policy knows of no such law.
pub(crate) fn owed(policy: &Effective, record: &Record, now: Timestamp) -> Option<Change> {
    if !matches!(record.progress.state, State::Approved | State::Declined) {
        return None;
    }
    let until = wanted(policy).map(|(_, period)| until(now, period)).max()?;
    Some(Change::InsertIfAbsent(
        Row::new(&RECORDS)
            .with("verification", record.id.as_str())
            .with("realm", record.realm.to_string())
            .with("reference", record.reference.clone())
            .with("decided", now)
            .with("remove", until),
    ))
}

/// Makes the records that are owed. A job of the policy: it opens nothing where no
/// law wants anything, and what was deleted before stays deleted.
pub(crate) async fn copied(app: &App) -> Result<(), UseCaseError> {
    let select = Select::from(&RECORDS)
        .and(Condition::Null("made"))
        .order("decided", Direction::Ascending)
        .limit(MOST);
    for row in app.records().select(select).await? {
        let id = row.text("verification")?;
        let found = Select::from(&VERIFICATIONS).and(Condition::is("id", id));
        let found = app.records().select(found).await?;
        let record = found.first().map(Record::read).transpose()?;
        let mut changes = Vec::new();
        if let Some(record) = record {
            // What is frozen is not processed: it stays owed.
            if is_restricted(app, &record.realm, record.reference.as_deref()).await? {
                continue;
            }
            changes = copy(app, &record, row.moment("decided")?).await?;
        }
        changes.push(Change::Update {
            table: &RECORDS,
            set: vec![("made", app.clock().now().into())],
            conditions: vec![Condition::is("verification", id), Condition::Null("made")],
            expect: Expect::One,
        });
        match app.records().commit(changes).await {
            // Another node was faster.
            Ok(()) | Err(bonafide_vault::records::RecordsError::Conflict) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

/// The changes that keep a copy of what the law names.
async fn copy(app: &App, record: &Record, decided: Timestamp) -> Result<Vec<Change>, UseCaseError> {
    let policy = app.accounts().policy_of(record.realm.tenant).await?;
    let owner = copy_owner(record.id.as_str());
    let by = Opener::job(Job::KycRecord);
    let mut changes = Vec::new();
    for (category, period) in wanted(&policy) {
        for item in app.vault().list(&record.realm, record.id.as_str()).await? {
            let own = item.name == held::RESULT
                || MediaName::ALL.iter().any(|media| media.name() == item.name);
            if item.category != category || !own {
                continue;
            }
            let (realm, from) = (&record.realm, record.id.as_str());
            let Some(bytes) = app.vault().read(&by, realm, from, &item.name).await? else {
                continue;
            };
            let copy = Item {
                realm,
                owner: &owner,
                name: &item.name,
                category,
                expires: until(decided, period),
                media_type: &item.media_type,
                policy: policy.as_ref().into(),
            };
            changes.extend(app.vault().prepare(&copy, &bytes).await?);
            let kept = KeptOf::copy(record, &owner);
            changes.push(begun(kept, category, app.clock().now(), copy.expires));
        }
    }
    Ok(changes)
}

/// Removes rows of records whose time is over, and what was known of them.
pub(crate) async fn removed(app: &App) -> Result<(), UseCaseError> {
    let over = Select::from(&RECORDS)
        .and(Condition::Compare("remove", Operator::AtMost, app.clock().now().into()))
        .limit(500);
    let mut changes = Vec::new();
    for row in app.records().select(over).await? {
        let id = row.text("verification")?;
        changes.push(Change::Delete {
            table: &RECORDS,
            conditions: vec![Condition::is("verification", id)],
            expect: Expect::Any,
        });
        changes.push(removed_of(vec![copy_owner(id)]));
        changes.push(removed_reads(&copy_owner(id)));
    }
    if !changes.is_empty() {
        app.records().commit(changes).await?;
    }
    Ok(())
}

/// A record that a law wants of a person.
pub(crate) struct Copy {
    /// Of which verification.
    pub(crate) verification: String,
}

/// Those of a person; also of verifications that he had deleted.
pub(crate) async fn copies_of(app: &App, subject: &Subject) -> Result<Vec<Copy>, UseCaseError> {
    let rows = rows(app, &subject.realm, subject.hash()).await?;
    let copy = |row: &Row| Ok(Copy { verification: row.text("verification")?.to_owned() });
    rows.iter().map(copy).collect()
}

async fn rows(app: &App, realm: &Realm, reference: &str) -> Result<Vec<Row>, UseCaseError> {
    let select = Select::from(&RECORDS)
        .and(Condition::is("realm", realm.to_string()))
        .and(Condition::is("reference", reference));
    Ok(app.records().select(select).await?)
}

/// What a law wants, and for how long.
fn wanted(policy: &Effective) -> impl Iterator<Item = (Category, Period)> {
    Category::ALL
        .iter()
        .filter_map(|category| Some((*category, policy.wants_kyc_record(*category)?)))
}

fn until(from: Timestamp, period: Period) -> Timestamp {
    match period {
        Period::For(period) => later(from, period),
        // Such a policy fails lint: a duty to keep has an end.
        Period::UntilClosed => from,
    }
}
