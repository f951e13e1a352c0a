//! The question that follows a breach: whose data, of which kinds, between when
//! (articles 33 and 34 GDPR).

use std::collections::{BTreeMap, HashSet};

use bonafide_accounts::Actor;
use bonafide_context::{Realm, TenantId, Timestamp};
use bonafide_ledger::{ApplicationId, Call, Facts};
use bonafide_policy::Category;
use bonafide_vault::records::{Condition, Direction, Operator, RecordsError, Row, Select, Value};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::kinds::{ItemsOf, SubjectKind};
use super::life::answering;
use super::whose::SubjectId;
use crate::answer::Moment;
use crate::verification::{HOLDINGS, Refusal};
use crate::{App, Done, UseCaseError};

/// Which period, and where to go on.
#[derive(Clone, Debug)]
pub struct BreachQuery {
    /// From this moment.
    pub from: Timestamp,
    /// Until this moment, not included.
    pub until: Timestamp,
    /// Data of this kind only.
    pub category: Option<Category>,
    /// Of everybody whose data rests on this server, and not of the caller's realm
    /// only: for the operator.
    pub everywhere: bool,
    /// Behind this one: the last one of the page before.
    pub after: Option<BreachPlace>,
    /// At most so many, 1 to 1000.
    pub limit: u32,
}

/// Where a page ended: when keeping began, whose it is called, which kind.
pub type BreachPlace = (Timestamp, String, Category);

/// What was kept at any moment of a period.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct BreachedData {
    /// The data of so many persons who can be named.
    pub subjects: u64,
    /// Verifications of whom it is not known any more, or never was, whom they were
    /// about.
    pub unknown: u64,
    /// All verifications.
    pub verifications: u64,
    /// By kind of data.
    pub categories: BTreeMap<String, BreachedCategory>,
}

/// How much data of a kind was kept at any moment of a period.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct BreachedCategory {
    /// Of so many verifications, copies and consents.
    pub verifications: u64,
    /// The earliest moment within the period at which any of it was kept.
    pub from: Moment,
    /// The latest.
    pub until: Moment,
}

/// Data of one kind of one verification, of a copy of it, or of one consent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct BreachEntry {
    /// `sub_…`: whose; `null` if that is not known.
    pub subject: Option<String>,
    /// What it belongs to.
    pub kind: SubjectKind,
    /// Of which verification; `null` if of none.
    pub verification: Option<String>,
    /// Of which consent; `null` if of none.
    pub consent: Option<String>,
    /// Of which liveness challenge that belongs to no verification; `null` if of none.
    pub challenge: Option<String>,
    /// Of which tenant, by its AppID.
    pub app_id: u64,
    /// In which world.
    pub environment: String,
    /// In which region.
    pub region: String,
    /// Of which application.
    #[schema(value_type = String)]
    pub application: ApplicationId,
    /// Data of which kind.
    pub category: String,
    /// Since when it was kept.
    pub from: Moment,
    /// Until when: its deadline, or when it was deleted before.
    pub until: Moment,
}

/// The answer to the question of a breach.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BreachPage {
    /// The whole of it; on the first page only.
    pub data: Option<BreachedData>,
    /// One by one, in the order in which keeping began.
    pub entries: Vec<BreachEntry>,
    /// Where the page ends, if there is more.
    pub next: Option<BreachPlace>,
}

/// Rows looked at by one question to the store.
const BATCH: u32 = 5_000;

/// What data of the caller's realm, or of everybody's, was kept at any moment of a
/// period.
pub async fn breached_data(
    app: &App,
    call: &mut Call,
    query: BreachQuery,
) -> Result<Done<BreachPage>, UseCaseError> {
    breached(app, call, query).await.inspect_err(|error| error.trace(call))
}

async fn breached(
    app: &App,
    call: &mut Call,
    query: BreachQuery,
) -> Result<Done<BreachPage>, UseCaseError> {
    if call.caller().bound_to.is_some() {
        return Err(Refusal::NeedsKey.into());
    }
    if query.from >= query.until {
        let reason = "begins before it ends".to_owned();
        return Err(UseCaseError::Invalid { member: "from", reason });
    }
    let realm = match query.everywhere {
        // Whoever runs the server answers for all of it.
        true if Actor::caller(call.caller()).is_operator() => None,
        true => return Err(Refusal::NotOperator.into()),
        false => {
            let realm = call.caller().realm();
            answering(app.accounts().policy_of(realm.tenant).await?.as_ref())?;
            Some(realm)
        }
    };
    let limit = query.limit.clamp(1, 1_000) as usize;
    let mut sums = query.after.is_none().then(Sums::default);
    // The whole of it is added up for the first page; the others are only looked at.
    let batch = if sums.is_some() { BATCH } else { query.limit.clamp(1, 1_000) + 1 };
    let mut page = BreachPage { data: None, entries: Vec::new(), next: None };
    let (mut place, mut more) = (query.after.clone(), false);
    while !(more && sums.is_none()) {
        let select = asked(realm.as_ref(), &query, place.as_ref()).limit(batch);
        let rows = app.records().select(select).await?;
        let last = rows.len() < batch as usize;
        for row in &rows {
            let holding = Holding::read(row)?;
            place = Some((holding.begins, holding.of.owner.clone(), holding.category));
            if let Some(sums) = &mut sums {
                sums.add(&holding, &query);
            }
            if page.entries.len() < limit {
                page.entries.push(holding.entry());
                page.next.clone_from(&place);
            } else {
                more = true;
            }
        }
        if last {
            break;
        }
    }
    page.next = page.next.filter(|_| more);
    page.data = sums.map(Sums::told);
    call.step("breach.read", "ok", Facts::new().size("entries", page.entries.len()));
    Ok(Done::new(page))
}

/// What was kept at any moment of the period, in the order in which keeping began.
fn asked(realm: Option<&Realm>, query: &BreachQuery, after: Option<&BreachPlace>) -> Select {
    let mut select = Select::from(&HOLDINGS)
        .and(Condition::less("begins", query.until))
        .and(Condition::Compare("ends", Operator::Greater, query.from.into()));
    if let Some(realm) = realm {
        select = select
            .and(Condition::is("tenant", realm.tenant.0))
            .and(Condition::is("environment", realm.environment.as_str()))
            .and(Condition::is("region", realm.region.as_str()));
    }
    if let Some(category) = query.category {
        select = select.and(Condition::is("category", category.as_str()));
    }
    if let Some((begins, owner, category)) = after {
        // The first column bounds the way through the index, the others place it.
        select = select.and(Condition::at_least("begins", *begins)).and(Condition::After(vec![
            ("begins", (*begins).into()),
            ("verification", owner.as_str().into()),
            ("category", Value::from(category.as_str())),
        ]));
    }
    select
        .order("begins", Direction::Ascending)
        .order("verification", Direction::Ascending)
        .order("category", Direction::Ascending)
}

/// A row of what was kept.
struct Holding {
    reference: Option<String>,
    of: ItemsOf,
    realm: Realm,
    application: ApplicationId,
    category: Category,
    begins: Timestamp,
    ends: Timestamp,
}

impl Holding {
    fn read(row: &Row) -> Result<Self, RecordsError> {
        Ok(Self {
            reference: row.optional_text("reference")?.map(str::to_owned),
            of: ItemsOf::named(row.text("verification")?),
            realm: Realm {
                tenant: TenantId(row.moment("tenant")?.0),
                environment: row.parsed("environment")?,
                region: row.parsed("region")?,
            },
            application: row.parsed("application")?,
            category: row.parsed("category")?,
            begins: row.moment("begins")?,
            ends: row.moment("ends")?,
        })
    }

    fn entry(self) -> BreachEntry {
        BreachEntry {
            subject: self.reference.map(|hash| SubjectId::of_hash(&hash).to_string()),
            kind: self.of.kind,
            consent: self.of.own(SubjectKind::Consent),
            challenge: self.of.own(SubjectKind::Challenge),
            verification: self.of.verification,
            app_id: self.realm.tenant.0,
            environment: self.realm.environment.to_string(),
            region: self.realm.region.to_string(),
            application: self.application,
            category: self.category.as_str().to_owned(),
            from: self.begins.into(),
            until: self.ends.into(),
        }
    }
}

/// What is added up over every row.
#[derive(Default)]
struct Sums {
    /// Hashes as they are, not as text: a million of them is looked at.
    subjects: HashSet<[u8; 32]>,
    verifications: HashSet<u128>,
    unknown: HashSet<u128>,
    categories: BTreeMap<Category, (u64, Timestamp, Timestamp)>,
}

impl Sums {
    fn add(&mut self, holding: &Holding, query: &BreachQuery) {
        let id = holding.of.verification.as_deref().map(folded);
        self.verifications.extend(id);
        match holding.reference.as_deref().and_then(unhex) {
            Some(hash) => {
                self.subjects.insert(hash);
            }
            None => self.unknown.extend(id),
        }
        let from = holding.begins.max(query.from);
        let until = holding.ends.min(query.until);
        let sum = self.categories.entry(holding.category).or_insert((0, from, until));
        *sum = (sum.0 + 1, sum.1.min(from), sum.2.max(until));
    }

    fn told(self) -> BreachedData {
        let category = |(category, (verifications, from, until)): (Category, _)| {
            let (from, until): (Timestamp, Timestamp) = (from, until);
            let told = BreachedCategory { verifications, from: from.into(), until: until.into() };
            (category.as_str().to_owned(), told)
        };
        BreachedData {
            subjects: self.subjects.len() as u64,
            unknown: self.unknown.len() as u64,
            verifications: self.verifications.len() as u64,
            categories: self.categories.into_iter().map(category).collect(),
        }
    }
}

/// The random bits of an id: 26 digits of base 32, of which 128 bits are enough to
/// tell ids apart.
fn folded(id: &str) -> u128 {
    let digits = id.rsplit('_').next().unwrap_or_default().bytes();
    digits.fold(0, |folded, digit| {
        let value = match digit {
            b'a'..=b'z' => digit - b'a',
            _ => digit.wrapping_sub(b'2').wrapping_add(26),
        };
        folded.wrapping_shl(5) | u128::from(value & 31)
    })
}

fn unhex(text: &str) -> Option<[u8; 32]> {
    let mut bytes = [0; 32];
    if text.len() != 64 {
        return None;
    }
    for (byte, pair) in bytes.iter_mut().zip(text.as_bytes().chunks_exact(2)) {
        *byte = u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()?;
    }
    Some(bytes)
}
