//! One read, written down.

use bonafide_context::{Realm, Timestamp};
use bonafide_policy::Category;
use bonafide_vault::records::{Change, Condition, Expect, Row, Select};
use bonafide_vault::{Event, Whose};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{READS, Reader};
use crate::answer::Moment;
use crate::subject::{SubjectId, every_row};
use crate::verification::Record;
use crate::{App, UseCaseError};

/// Somebody read data of a person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ReadEntry {
    /// When.
    pub at: Moment,
    /// Of which verification, of which consent, or of the person: `sub_…`.
    pub verification: String,
    /// In which role, as the policy names it: `caller`, `reviewer`, `support` …
    pub role: String,
    /// Id of the key or of the user of the console.
    pub reader: String,
    /// What for, as the policy names it: `service`, `rights`, `troubleshooting` …
    pub purpose: String,
    /// Data of which kind.
    pub category: String,
    /// How many items.
    pub items: u64,
    /// The call or the grant under which it was read.
    pub under: String,
}

impl ReadEntry {
    /// As a read is told that happens now.
    pub(crate) fn of(
        owner: &str,
        reader: &Reader,
        (category, items): (Category, u64),
        at: Timestamp,
    ) -> Self {
        Self {
            at: at.into(),
            verification: owner.to_owned(),
            role: reader.role.as_str().to_owned(),
            reader: reader.who.clone(),
            purpose: reader.purpose.as_str().to_owned(),
            category: category.as_str().to_owned(),
            items,
            under: reader.by.to_string(),
        }
    }
}

/// Who read data of a person, the newest first.
pub(crate) async fn reads_of(
    app: &App,
    realm: &Realm,
    reference: &str,
) -> Result<Vec<ReadEntry>, UseCaseError> {
    let of = || {
        Select::from(&READS)
            .and(Condition::is("realm", realm.to_string()))
            .and(Condition::is("reference", reference))
    };
    let read = |row: &Row| {
        Ok(ReadEntry {
            at: row.moment("at")?.into(),
            verification: row.text("verification")?.to_owned(),
            role: row.text("role")?.to_owned(),
            reader: row.text("reader")?.to_owned(),
            purpose: row.text("purpose")?.to_owned(),
            category: row.text("category")?.to_owned(),
            items: u64::try_from(row.integer("items")?).unwrap_or(0),
            under: row.text("under")?.to_owned(),
        })
    };
    every_row(app, of, "at").await?.iter().map(read).collect()
}

/// Whose data is read.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ReadOf<'a> {
    pub(crate) realm: &'a Realm,
    /// The verification, the consent, or the person: `sub_…`.
    pub(crate) owner: &'a str,
    /// The keyed hash of the person's reference.
    pub(crate) reference: Option<&'a str>,
    /// Until when it is known whose it was.
    pub(crate) until: Timestamp,
}

impl<'a> From<&'a Record> for ReadOf<'a> {
    fn from(record: &'a Record) -> Self {
        Self {
            realm: &record.realm,
            owner: record.id.as_str(),
            reference: record.reference.as_deref(),
            until: record.remove,
        }
    }
}

/// The row of a read.
pub(super) fn read_row(
    app: &App,
    of: ReadOf<'_>,
    reader: &Reader,
    (category, items): (Category, u64),
    at: Timestamp,
) -> Change {
    // With a person goes nothing that would take it along.
    let remove = of.owner.parse::<SubjectId>().ok().map(|_| of.until);
    Change::Insert(
        Row::new(&READS)
            .with("id", app.draw(|random| bonafide_ledger::id_text("", random)))
            .with("realm", of.realm.to_string())
            .with("verification", of.owner)
            .with("reference", of.reference)
            .with("at", at)
            .with("role", reader.role.as_str())
            .with("reader", reader.who.as_str())
            .with("purpose", reader.purpose.as_str())
            .with("category", category.as_str())
            .with("items", items)
            .with("under", reader.by.to_string())
            .with("remove", remove),
    )
}

/// The event that the transparency log takes of a read.
pub(super) fn leaf(
    app: &App,
    of: ReadOf<'_>,
    reader: &Reader,
    (category, items): (Category, u64),
) -> Result<Vec<Change>, UseCaseError> {
    let whose = Whose { realm: of.realm, owner: of.owner, until: Some(of.until) };
    let read = Event::Read {
        role: reader.role,
        reader: &reader.who,
        category,
        purpose: reader.purpose,
        items,
    };
    Ok(app.vault().event(&whose, &read)?)
}

/// The change that takes the reads of a verification away with it.
pub(crate) fn removed_reads(verification: &str) -> Change {
    Change::Delete {
        table: &READS,
        conditions: vec![Condition::is("verification", verification)],
        expect: Expect::Any,
    }
}

/// The change after which nobody knows of whom a verification's reads were.
pub(crate) fn unlinked_reads(verification: &str) -> Change {
    Change::Update {
        table: &READS,
        set: vec![("reference", bonafide_vault::records::Value::Null)],
        conditions: vec![Condition::is("verification", verification)],
        expect: Expect::Any,
    }
}
