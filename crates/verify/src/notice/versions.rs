//! Which versions there are, and which holds.

use std::sync::Arc;

use bonafide_context::{Keeper, Timestamp};
use bonafide_policy::{Dated, Effective, Library, Policies, Source, diff};
use bonafide_vault::records::{
    Change, Condition, Direction, Expect, Operator, Records, RecordsError, Row, Select, Value,
};

use super::tables::VERSIONS;

/// A version of a policy, as it is written down.
#[derive(Clone, Debug)]
pub struct NoticeVersion {
    /// What it says.
    pub policy: Arc<Effective>,
    /// When it was announced; `None` while it waits for that.
    pub announced: Option<Timestamp>,
    /// From when on it holds.
    pub holds: Option<Timestamp>,
    /// Whether it changes what happens to data.
    pub material: bool,
    /// Whether persons who consented before have to be asked again.
    pub asks_consent: bool,
}

/// What became of a policy's file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Written {
    /// It is what is written down.
    Known,
    /// It is the first of its name, and holds.
    First,
    /// It is a new version, and waits to be announced.
    Waits {
        /// Which.
        version: u32,
    },
    /// It says something else than the version of its number did: that one goes
    /// on, and this is not put in force.
    NoNewVersion {
        /// Which.
        version: u32,
        /// The first of what differs.
        cell: String,
    },
}

/// Writes down what a library's policies say, and gives what became of each.
pub async fn write_down(
    records: &dyn Records,
    library: &Library,
    now: Timestamp,
) -> Result<Vec<(String, Written)>, RecordsError> {
    let mut done = Vec::new();
    for name in library.names() {
        // What cannot be put together was refused before this.
        let Ok(policy) = library.effective(name) else { continue };
        done.push((name.to_owned(), one(records, &policy, now).await?));
    }
    Ok(done)
}

async fn one(
    records: &dyn Records,
    policy: &Effective,
    now: Timestamp,
) -> Result<Written, RecordsError> {
    let rows = rows(records, policy.name()).await?;
    let Some(newest) = rows.last() else {
        insert(records, policy, now, true).await?;
        return Ok(Written::First);
    };
    if newest.text("id")? == policy.id().as_str() {
        return Ok(Written::Known);
    }
    let version = policy.version();
    if i64::from(version) > newest.integer("version")? {
        insert(records, policy, now, false).await?;
        return Ok(Written::Waits { version });
    }
    let same = rows.iter().find(|row| row.integer("version") == Ok(i64::from(version)));
    let Some(same) = same else {
        return Ok(Written::NoNewVersion { version, cell: String::new() });
    };
    if same.text("id")? == policy.id().as_str() {
        // The file went back to a version that was in force before the newest.
        return Ok(Written::NoNewVersion { version, cell: "version".to_owned() });
    }
    match read(same) {
        Some(before) => {
            let found = diff(&before, policy).into_iter().find(|one| one.material);
            if let Some(found) = found {
                return Ok(Written::NoNewVersion { version, cell: found.cell.to_string() });
            }
        }
        // Nobody can say what a text said that this program cannot read.
        None => tracing::warn!(policy = policy.name(), "its earlier text cannot be read"),
    }
    let change = Change::Update {
        table: &VERSIONS,
        set: vec![("id", policy.id().as_str().into()), ("text", policy.to_toml().into())],
        conditions: vec![
            Condition::is("policy", policy.name()),
            Condition::is("version", i64::from(version)),
        ],
        expect: Expect::Any,
    };
    records.commit(vec![change]).await?;
    Ok(Written::Known)
}

async fn insert(
    records: &dyn Records,
    policy: &Effective,
    now: Timestamp,
    first: bool,
) -> Result<(), RecordsError> {
    // The first version has nobody before it who could have relied on another.
    let holds = if first { Value::from(Timestamp(0)) } else { Value::Null };
    let row = Row::new(&VERSIONS)
        .with("policy", policy.name())
        .with("version", i64::from(policy.version()))
        .with("id", policy.id().as_str())
        .with("text", policy.to_toml())
        .with("written", now)
        .with("announced", first.then_some(now))
        .with("holds", holds)
        .with("material", false)
        .with("asks_consent", false);
    // Nodes that start together write the same.
    records.commit(vec![Change::InsertIfAbsent(row)]).await
}

/// Tells `policies` what holds from when on.
pub async fn refresh(records: &dyn Records, policies: &Policies) -> Result<(), RecordsError> {
    for name in policies.names() {
        let versions = history(records, &name).await?;
        let dated =
            |one: &NoticeVersion| one.holds.map(|from| Dated { from, policy: one.policy.clone() });
        let dated: Vec<Dated> = versions.iter().filter_map(dated).collect();
        if !dated.is_empty() {
            policies.set(&name, dated);
        }
    }
    Ok(())
}

/// Every version of a policy that this program can read, the oldest first.
pub async fn history(
    records: &dyn Records,
    policy: &str,
) -> Result<Vec<NoticeVersion>, RecordsError> {
    let mut found = Vec::new();
    for row in rows(records, policy).await? {
        found.extend(NoticeVersion::read(&row)?);
    }
    Ok(found)
}

/// Whether a version of a policy was announced, so that it can have been shown.
pub(crate) async fn announced(
    records: &dyn Records,
    policy: &str,
    version: u32,
    now: Timestamp,
) -> Result<bool, RecordsError> {
    let told = vec![
        Condition::is("policy", policy),
        Condition::is("version", i64::from(version)),
        Condition::Compare("announced", Operator::AtMost, now.into()),
    ];
    Ok(records.count(&VERSIONS, told).await? > 0)
}

/// Since when a policy asks persons again who consented before, and from which
/// version on their consent counts; `None` where it never asked again. One look at
/// the rows, and no text is read: every gate asks this.
pub(crate) async fn asks_again_since(
    records: &dyn Records,
    policy: &str,
    now: Timestamp,
) -> Result<Option<(u32, Timestamp)>, RecordsError> {
    if !Keeper::AskingAgain.works() {
        return Ok(None);
    }
    let select = Select::from(&VERSIONS)
        .and(Condition::is("policy", policy))
        .and(Condition::is("asks_consent", true))
        .and(Condition::NotNull("holds"))
        .order("version", Direction::Descending);
    for row in records.select(select).await? {
        let holds = row.moment("holds")?;
        if holds <= now {
            let shape = || RecordsError::Shape { table: VERSIONS.name };
            let version = u32::try_from(row.integer("version")?).map_err(|_| shape())?;
            return Ok(Some((version, holds)));
        }
    }
    Ok(None)
}

/// From which version on a consent to a policy's notice still counts: the newest
/// of those in force that asks for consent again.
pub fn consent_counts_from(versions: &[NoticeVersion], now: Timestamp) -> u32 {
    let asking = versions
        .iter()
        .filter(|one| one.asks_consent && one.holds.is_some_and(|holds| holds <= now));
    asking.map(|one| one.policy.version()).max().unwrap_or(0)
}

async fn rows(records: &dyn Records, policy: &str) -> Result<Vec<Row>, RecordsError> {
    let select = Select::from(&VERSIONS)
        .and(Condition::is("policy", policy))
        .order("version", Direction::Ascending);
    records.select(select).await
}

impl NoticeVersion {
    /// `None` for a text that this program cannot read.
    pub(super) fn read(row: &Row) -> Result<Option<Self>, RecordsError> {
        let moment = |column: &str| match row.optional_integer(column)? {
            Some(_) => row.moment(column).map(Some),
            None => Ok(None),
        };
        let Some(policy) = read(row) else { return Ok(None) };
        Ok(Some(Self {
            policy: Arc::new(policy),
            announced: moment("announced")?,
            holds: moment("holds")?,
            material: row.integer("material")? != 0,
            asks_consent: row.integer("asks_consent")? != 0,
        }))
    }
}

/// The policy that a row holds the text of.
fn read(row: &Row) -> Option<Effective> {
    let (name, text) = (row.text("policy").ok()?, row.text("text").ok()?);
    let source = Source { path: name.to_owned(), text: text.to_owned() };
    Library::read(&[source]).ok()?.effective(name).ok()
}
