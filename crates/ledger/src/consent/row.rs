//! What a gate asks of a receipt, as a row.

use std::collections::BTreeSet;

use bonafide_context::{Environment, Realm, Region, TenantId, Timestamp};
use bonafide_policy::Category;
use bonafide_vault::records::{
    Change, Column, Condition, Expect, Kind, RecordsError, Row, Table, Value,
};

use super::{ConsentId, ConsentPurpose};
use crate::ApplicationId;

/// Receipts by id: whose they are as a hash, what for as codes, and when.
pub const CONSENTS: Table = Table {
    name: "ledger_consents",
    category: Category::Consent,
    columns: &[
        Column::new("id", Kind::Name),
        Column::new("tenant", Kind::Integer),
        Column::new("environment", Kind::Name),
        Column::new("region", Kind::Name),
        Column::new("application", Kind::Name),
        // Keyed hash.
        Column::new("subject", Kind::Name),
        // The one verification it is good for.
        Column::optional("verification", Kind::Name),
        // Codes with commas between them.
        Column::new("purposes", Kind::Name),
        Column::new("guardian", Kind::Integer),
        Column::new("given", Kind::Integer),
        Column::optional("withdrawn", Kind::Integer),
        // When everything that rested on it was found gone.
        Column::optional("settled", Kind::Integer),
        // When this row has to go.
        Column::new("remove", Kind::Integer),
    ],
    key: &["id"],
    indexes: &[
        &["application", "subject"],
        &["application", "given", "id"],
        &["remove"],
        &["settled", "withdrawn"],
        BY_SUBJECT,
    ],
};

/// The index by which the receipts of a person are found, whichever application asked
/// for them.
pub(crate) const BY_SUBJECT: &[&str] = &["subject"];

/// Receipts as they were at first.
pub(crate) const CONSENTS_1: Table = Table {
    indexes: &[
        &["application", "subject"],
        &["application", "given", "id"],
        &["remove"],
        &["settled", "withdrawn"],
    ],
    ..CONSENTS
};

/// A receipt's row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConsentRow {
    /// Which receipt.
    pub id: ConsentId,
    /// Within which walls.
    pub realm: Realm,
    /// Of whose customers.
    pub application: ApplicationId,
    /// Whose, as a keyed hash.
    pub subject: String,
    /// The one verification it is good for.
    pub verification: Option<String>,
    /// To what the person agreed.
    pub purposes: BTreeSet<ConsentPurpose>,
    /// Whether a guardian agreed for the person.
    pub guardian: bool,
    /// When.
    pub given: Timestamp,
    /// When it was withdrawn.
    pub withdrawn: Option<Timestamp>,
    /// When it has to go.
    pub remove: Timestamp,
}

impl ConsentRow {
    /// Whether it holds at `now`, for a purpose.
    pub fn holds(&self, purpose: ConsentPurpose, now: Timestamp) -> bool {
        self.withdrawn.is_none() && now < self.remove && self.purposes.contains(&purpose)
    }

    /// The change that writes it.
    pub fn inserted(&self) -> Change {
        let purposes: Vec<_> = self.purposes.iter().map(|purpose| purpose.as_str()).collect();
        Change::Insert(
            Row::new(&CONSENTS)
                .with("id", self.id.as_str())
                .with("tenant", self.realm.tenant.0)
                .with("environment", self.realm.environment.as_str())
                .with("region", self.realm.region.as_str())
                .with("application", self.application.as_str())
                .with("subject", self.subject.as_str())
                .with("verification", self.verification.as_deref())
                .with("purposes", purposes.join(","))
                .with("guardian", self.guardian)
                .with("given", self.given)
                .with("withdrawn", self.withdrawn)
                .with("settled", Value::Null)
                .with("remove", self.remove),
        )
    }

    /// A change that goes through only while it is not withdrawn: committed with
    /// whatever rests on it.
    pub fn still_holding(&self) -> Change {
        self.set("withdrawn", Value::Null, vec![Condition::Null("withdrawn")], Expect::One)
    }

    /// The change that withdraws it.
    pub fn withdrawn_at(&self, now: Timestamp) -> Change {
        self.set("withdrawn", now.into(), vec![Condition::Null("withdrawn")], Expect::One)
    }

    /// The change that writes down that nothing rests on it any more.
    pub fn settled_at(&self, now: Timestamp) -> Change {
        self.set("settled", now.into(), vec![Condition::NotNull("withdrawn")], Expect::Any)
    }

    /// The change that removes it.
    pub fn removed(&self) -> Change {
        Change::Delete {
            table: &CONSENTS,
            conditions: vec![Condition::is("id", self.id.as_str())],
            expect: Expect::Any,
        }
    }

    fn set(
        &self,
        column: &'static str,
        value: Value,
        mut conditions: Vec<Condition>,
        expect: Expect,
    ) -> Change {
        conditions.push(Condition::is("id", self.id.as_str()));
        Change::Update { table: &CONSENTS, set: vec![(column, value)], conditions, expect }
    }

    /// Reads a row.
    pub fn read(row: &Row) -> Result<Self, RecordsError> {
        let shape = || RecordsError::Shape { table: CONSENTS.name };
        let tenant = u64::try_from(row.integer("tenant")?).map_err(|_| shape())?;
        let purposes = row.text("purposes")?.split(',').map(str::parse);
        let withdrawn = match row.optional_integer("withdrawn")? {
            Some(_) => Some(row.moment("withdrawn")?),
            None => None,
        };
        Ok(Self {
            id: row.parsed("id")?,
            realm: Realm {
                tenant: TenantId(tenant),
                environment: row.parsed::<Environment>("environment")?,
                region: row.parsed::<Region>("region")?,
            },
            application: row.parsed("application")?,
            subject: row.text("subject")?.to_owned(),
            verification: row.optional_text("verification")?.map(str::to_owned),
            purposes: purposes.collect::<Result<_, _>>().map_err(|_| shape())?,
            guardian: row.integer("guardian")? != 0,
            given: row.moment("given")?,
            withdrawn,
            remove: row.moment("remove")?,
        })
    }
}
