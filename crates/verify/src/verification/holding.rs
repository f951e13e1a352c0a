//! Since when and until when data of which kind was kept of somebody: what answers the
//! question of a breach, also once the data itself is gone.

use bonafide_context::{Realm, Timestamp};
use bonafide_ledger::ApplicationId;
use bonafide_policy::Category;
use bonafide_vault::records::{Change, Condition, Expect, Operator, Row};

use super::record::Record;
use super::tables::HOLDINGS;
use super::{VerificationId, improvement_owner};
use crate::device::removed_key;

/// Whose data is kept.
#[derive(Clone, Copy, Debug)]
pub(crate) struct KeptOf<'a> {
    pub(crate) realm: &'a Realm,
    /// As the vault calls the owner: a verification, a copy of it, a consent.
    pub(crate) owner: &'a str,
    pub(crate) application: &'a ApplicationId,
    /// The keyed hash of the person's reference.
    pub(crate) reference: Option<&'a str>,
}

impl<'a> KeptOf<'a> {
    /// The same of what is kept of a verification under another name.
    pub(crate) fn copy(record: &'a Record, owner: &'a str) -> Self {
        Self { owner, ..Self::from(record) }
    }
}

impl<'a> From<&'a Record> for KeptOf<'a> {
    fn from(record: &'a Record) -> Self {
        Self {
            realm: &record.realm,
            owner: record.id.as_str(),
            application: &record.application,
            reference: record.reference.as_deref(),
        }
    }
}

/// The change that writes down that data of a category is kept from `begins`, as
/// long as its deadline.
pub(crate) fn begun<'a>(
    of: impl Into<KeptOf<'a>>,
    category: Category,
    begins: Timestamp,
    ends: Timestamp,
) -> Change {
    let of = of.into();
    Change::InsertIfAbsent(
        Row::new(&HOLDINGS)
            .with("verification", of.owner)
            .with("category", category.as_str())
            .with("tenant", of.realm.tenant.0)
            .with("environment", of.realm.environment.as_str())
            .with("region", of.realm.region.as_str())
            .with("application", of.application.as_str())
            .with("reference", of.reference)
            .with("begins", begins)
            .with("ends", ends.min(Timestamp(i64::MAX.unsigned_abs()))),
    )
}

/// The changes that write down that data of these categories, or of all, was
/// deleted at `at`, before its deadline: of a verification with its copies.
pub(crate) fn ended(record: &Record, only: Option<&[Category]>, at: Timestamp) -> Vec<Change> {
    ended_of(owners(&record.id), only, at)
}

/// The same of what is called otherwise.
pub(crate) fn ended_of(
    owners: Vec<String>,
    only: Option<&[Category]>,
    at: Timestamp,
) -> Vec<Change> {
    let unmet = only.is_none_or(|only| only.contains(&Category::DeviceKey));
    let unmet = unmet.then(|| removed_key(owners.clone()));
    let mut conditions =
        vec![whose(owners), Condition::Compare("ends", Operator::Greater, at.into())];
    if let Some(only) = only {
        let names = only.iter().map(|category| category.as_str().into()).collect();
        conditions.push(Condition::In("category", names));
    }
    let ended = Change::Update {
        table: &HOLDINGS,
        set: vec![("ends", at.into())],
        conditions,
        expect: Expect::Any,
    };
    unmet.into_iter().chain([ended]).collect()
}

/// The change that moves the end of what is kept of an owner.
pub(crate) fn kept_until(owner: &str, category: Category, until: Timestamp) -> Change {
    Change::Update {
        table: &HOLDINGS,
        set: vec![("ends", until.into())],
        conditions: vec![
            Condition::is("verification", owner),
            Condition::is("category", category.as_str()),
        ],
        expect: Expect::Any,
    }
}

/// The change after which nobody knows of whom this was.
pub(crate) fn unlinked(record: &Record) -> Change {
    Change::Update {
        table: &HOLDINGS,
        set: vec![("reference", bonafide_vault::records::Value::Null)],
        conditions: vec![whose(owners(&record.id))],
        expect: Expect::Any,
    }
}

/// The change that takes it away with the verification's row.
pub(crate) fn removed(record: &Record) -> Change {
    removed_of(owners(&record.id))
}

/// The same of what is called otherwise.
pub(crate) fn removed_of(owners: Vec<String>) -> Change {
    Change::Delete { table: &HOLDINGS, conditions: vec![whose(owners)], expect: Expect::Any }
}

/// What goes with a verification: it, and its copies to improve models.
fn owners(id: &VerificationId) -> Vec<String> {
    vec![id.to_string(), improvement_owner(id)]
}

fn whose(owners: Vec<String>) -> Condition {
    Condition::In("verification", owners.into_iter().map(Into::into).collect())
}
