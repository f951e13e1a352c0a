//! One read, written down.

use bonafide_context::{Realm, Timestamp};
use bonafide_policy::Category;
use bonafide_vault::records::{Change, Condition, Direction, Expect, Row, Select};
use bonafide_vault::{Event, Whose};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{READS, Reader};
use crate::answer::Moment;
use crate::verification::Record;
use crate::{App, UseCaseError};

/// Somebody read data of a person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ReadEntry {
    /// When.
    pub at: Moment,
    /// Of which verification.
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

/// More reads of one person than this are not told at once: the newest are.
const MOST: u32 = 500;

/// Who read data of a person, the newest first.
pub(crate) async fn reads_of(
    app: &App,
    realm: &Realm,
    reference: &str,
) -> Result<Vec<ReadEntry>, UseCaseError> {
    let select = Select::from(&READS)
        .and(Condition::is("realm", realm.to_string()))
        .and(Condition::is("reference", reference))
        .order("at", Direction::Descending)
        .limit(MOST);
    let rows = app.records().select(select).await?;
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
    rows.iter().map(read).collect()
}

/// The row of a read.
pub(super) fn read_row(
    app: &App,
    record: &Record,
    reader: &Reader,
    (category, items): (Category, u64),
    at: Timestamp,
) -> Change {
    Change::Insert(
        Row::new(&READS)
            .with("id", app.draw(|random| bonafide_ledger::id_text("", random)))
            .with("realm", record.realm.to_string())
            .with("verification", record.id.as_str())
            .with("reference", record.reference.clone())
            .with("at", at)
            .with("role", reader.role.as_str())
            .with("reader", reader.who.as_str())
            .with("purpose", reader.purpose.as_str())
            .with("category", category.as_str())
            .with("items", items)
            .with("under", reader.under.as_str()),
    )
}

/// The event that the transparency log takes of a read.
pub(super) fn leaf(
    app: &App,
    record: &Record,
    reader: &Reader,
    (category, items): (Category, u64),
) -> Result<Vec<Change>, UseCaseError> {
    let (realm, owner) = (&record.realm, record.id.as_str());
    let whose = Whose { realm, owner, until: Some(record.remove) };
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
