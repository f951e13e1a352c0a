//! What is known of a set without opening it.

use bonafide_context::{Date, Realm, Timestamp};
use bonafide_policy::Category;
use bonafide_risk::{Kind, Meaning, Source};
use bonafide_vault::records::{
    self, Column, Condition, Direction, Migration, Records, RecordsError, Row, Select, Step, Table,
};
use serde::Serialize;
use utoipa::ToSchema;

/// How the table came to be.
pub const MIGRATIONS: &[Migration] =
    &[Migration { room: "risk", version: 1, steps: &[Step::Create(&SETS)] }];

/// For backup and the data inventory.
pub const TABLES: &[&Table] = &[&SETS];

/// One row for each set that a tenant has loaded.
pub(super) static SETS: Table = Table {
    name: "risk_sets",
    category: Category::Configuration,
    columns: &[
        Column::new("realm", records::Kind::Name),
        Column::new("name", records::Kind::Name),
        Column::new("kind", records::Kind::Name),
        Column::new("meaning", records::Kind::Name),
        Column::new("identifiers", records::Kind::Integer),
        // Days since 1970.
        Column::new("built", records::Kind::Integer),
        Column::new("loaded", records::Kind::Integer),
        // What the file ends with, to tell it from another one of its name.
        Column::new("seal", records::Kind::Name),
    ],
    key: &["realm", "name"],
    indexes: &[],
};

/// What is known of a set.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = RiskSet)]
pub struct SetFacts {
    /// As answers name it.
    #[schema(value_type = String, pattern = "^tenant:[a-z0-9_-]{1,40}$")]
    pub source: Source,
    /// What its identifiers are.
    pub kind: Kind,
    /// What it means that it knows one.
    pub meaning: Meaning,
    /// How many it holds.
    pub identifiers: u64,
    /// The day that it was built.
    #[schema(value_type = String, format = Date)]
    #[serde(serialize_with = "day")]
    pub built: Date,
    /// When it was loaded.
    #[schema(value_type = u64)]
    #[serde(skip)]
    pub loaded: Timestamp,
    /// What the file ends with.
    #[serde(skip)]
    pub(super) seal: String,
}

fn day<S: serde::Serializer>(day: &Date, to: S) -> Result<S::Ok, S::Error> {
    to.collect_str(day)
}

impl SetFacts {
    /// Under which name of an owner the vault has the file.
    pub(super) fn owner(name: &str) -> String {
        format!("risk-set-{name}")
    }

    /// The tenant's name for it.
    pub(super) fn name(&self) -> &str {
        self.source.as_str().trim_start_matches("tenant:")
    }

    pub(super) fn row(&self, realm: &Realm) -> Row {
        Row::new(&SETS)
            .with("realm", realm.to_string())
            .with("name", self.name())
            .with("kind", self.kind.as_str())
            .with("meaning", self.meaning.as_str())
            .with("identifiers", self.identifiers)
            .with("built", i64::from(self.built.days()))
            .with("loaded", self.loaded)
            .with("seal", self.seal.as_str())
    }

    fn read(row: &Row) -> Result<Self, RecordsError> {
        let damaged = || RecordsError::Shape { table: SETS.name };
        let kind = row.text("kind")?;
        let meaning = row.text("meaning")?;
        Ok(Self {
            source: Source::tenant(row.text("name")?).map_err(|_| damaged())?,
            kind: *Kind::ALL.iter().find(|of| of.as_str() == kind).ok_or_else(damaged)?,
            meaning: *Meaning::ALL.iter().find(|of| of.as_str() == meaning).ok_or_else(damaged)?,
            identifiers: u64::try_from(row.integer("identifiers")?).map_err(|_| damaged())?,
            built: Date::from_days(i32::try_from(row.integer("built")?).map_err(|_| damaged())?),
            loaded: row.moment("loaded")?,
            seal: row.text("seal")?.to_owned(),
        })
    }
}

/// Conditions that a set's row meets.
pub(super) fn one(realm: &Realm, name: &str) -> Vec<Condition> {
    vec![Condition::is("realm", realm.to_string()), Condition::is("name", name)]
}

/// The sets of a realm, by name.
pub(super) async fn all(
    records: &dyn Records,
    realm: &Realm,
) -> Result<Vec<SetFacts>, RecordsError> {
    let select = Select::from(&SETS)
        .and(Condition::is("realm", realm.to_string()))
        .order("name", Direction::Ascending);
    records.select(select).await?.iter().map(SetFacts::read).collect()
}
