//! Since when and until when data of which kind was kept of a verification: what
//! answers the question of a breach, also once the data itself is gone.

use bonafide_context::Timestamp;
use bonafide_policy::Category;
use bonafide_vault::records::{Change, Condition, Expect, Operator, Row};

use super::record::Record;
use super::tables::HOLDINGS;

/// The change that writes down that data of a category is kept from `begins`, as
/// long as its deadline.
pub(crate) fn begun(
    record: &Record,
    category: Category,
    begins: Timestamp,
    ends: Timestamp,
) -> Change {
    Change::InsertIfAbsent(
        Row::new(&HOLDINGS)
            .with("verification", record.id.as_str())
            .with("category", category.as_str())
            .with("tenant", record.realm.tenant.0)
            .with("environment", record.realm.environment.as_str())
            .with("region", record.realm.region.as_str())
            .with("application", record.application.as_str())
            .with("reference", record.reference.clone())
            .with("begins", begins)
            .with("ends", ends),
    )
}

/// The change that writes down that data of these categories, or of all, was
/// deleted at `at`, before its deadline.
pub(crate) fn ended(record: &Record, only: Option<&[Category]>, at: Timestamp) -> Change {
    let mut conditions = vec![
        Condition::is("verification", record.id.as_str()),
        Condition::Compare("ends", Operator::Greater, at.into()),
    ];
    if let Some(only) = only {
        let names = only.iter().map(|category| category.as_str().into()).collect();
        conditions.push(Condition::In("category", names));
    }
    Change::Update {
        table: &HOLDINGS,
        set: vec![("ends", at.into())],
        conditions,
        expect: Expect::Any,
    }
}

/// The change after which nobody knows of whom this was.
pub(crate) fn unlinked(record: &Record) -> Change {
    Change::Update {
        table: &HOLDINGS,
        set: vec![("reference", bonafide_vault::records::Value::Null)],
        conditions: vec![Condition::is("verification", record.id.as_str())],
        expect: Expect::Any,
    }
}

/// The change that takes it away with the verification's row.
pub(crate) fn removed(record: &Record) -> Change {
    Change::Delete {
        table: &HOLDINGS,
        conditions: vec![Condition::is("verification", record.id.as_str())],
        expect: Expect::Any,
    }
}
