//! The rows beside the items: what they say of a deadline moves with it.

use std::collections::{BTreeMap, BTreeSet};

use bonafide_context::{TenantId, Timestamp};
use bonafide_ledger::consent::{CONSENTS, ConsentRow, RECEIPT};
use bonafide_policy::{Category, Effective, Family};
use bonafide_vault::records::{
    Change, Condition, Direction, Expect, Operator, Row, Select, Table, Value,
};

use super::Rooms;
use super::clocks::{Rule, is_data};
use crate::UseCaseError;
use crate::device::DEVICE_KEYS;
use crate::liveness::{CHALLENGES, SEEN};
use crate::mail::MAIL;
use crate::reading::{READS, RESTRICTIONS};
use crate::requests::REQUESTS as LETTERS;
use crate::subject::{RECORDS, REQUESTS};
use crate::verification::{HOLDINGS, Record, VERIFICATIONS, improvement_owner};

/// Rows looked at at a time.
const PAGE: u32 = 200;

/// Moves what the rows of a tenant say of deadlines to where a policy has them.
pub(super) async fn tighten(
    rooms: Rooms<'_>,
    tenant: TenantId,
    policy: &Effective,
    rule: &Rule<'_>,
) -> Result<(), UseCaseError> {
    verifications(rooms, tenant, policy, rule).await?;
    records_by_law(rooms, tenant, policy, rule).await?;
    consents(rooms, tenant, rule).await?;
    letters(rooms, tenant, rule).await?;
    challenges(rooms, tenant, rule).await?;
    persons(rooms, tenant, rule).await?;
    mails(rooms, tenant, rule).await?;
    crate::webhooks::tighten(rooms.records, tenant, |from| {
        rule.at_rest(Family::Management, Category::Deliveries, from)
    })
    .await?;
    Ok(())
}

/// Liveness challenges: when what was said of their recordings has to go.
async fn challenges(
    rooms: Rooms<'_>,
    tenant: TenantId,
    rule: &Rule<'_>,
) -> Result<(), UseCaseError> {
    let mut after = String::new();
    loop {
        let rows = page(rooms, &CHALLENGES, tenant, &after).await?;
        let Some(last) = rows.last() else { return Ok(()) };
        last.text("id")?.clone_into(&mut after);
        let ids = rows.iter().map(|row| row.text("id").map(str::to_owned));
        let begun = begun(rooms, ids.collect::<Result<_, _>>()?).await?;
        for (owner, begun) in &begun {
            shorter(rooms, owner, begun, rule).await?;
        }
        let mut changes = Vec::new();
        for row in &rows {
            let created = row.moment("created")?;
            let wanted = rule.at_rest(Family::Liveness, Category::LivenessAudit, created);
            let wanted = wanted.unwrap_or(rooms.now);
            if wanted < row.moment("remove")? {
                changes.push(Change::Update {
                    table: &CHALLENGES,
                    set: vec![("remove", wanted.into())],
                    conditions: vec![Condition::is("id", row.text("id")?)],
                    expect: Expect::Any,
                });
                changes.push(earlier(&SEEN, Condition::is("challenge", row.text("id")?), wanted));
            }
        }
        if !changes.is_empty() {
            rooms.records.commit(changes).await?;
        }
    }
}

/// Verifications: when their data and they themselves have to go, and what the answer
/// to a breach says of it.
async fn verifications(
    rooms: Rooms<'_>,
    tenant: TenantId,
    policy: &Effective,
    rule: &Rule<'_>,
) -> Result<(), UseCaseError> {
    let held = super::held_in(rooms, tenant).await?;
    let mut after = String::new();
    loop {
        let rows = page(rooms, &VERIFICATIONS, tenant, &after).await?;
        let Some(last) = rows.last() else { return Ok(()) };
        last.text("id")?.clone_into(&mut after);
        let records: Vec<Record> = rows.iter().map(Record::read).collect::<Result<_, _>>()?;
        let copies = records.iter().map(|record| improvement_owner(&record.id));
        let ids = records.iter().map(|record| record.id.to_string());
        let mut begun = begun(rooms, ids.chain(copies).collect()).await?;
        for record in records {
            let copy = begun.remove(&improvement_owner(&record.id)).unwrap_or_default();
            shorter(rooms, &improvement_owner(&record.id), &copy, rule).await?;
            let begun = begun.remove(record.id.as_str()).unwrap_or_default();
            one(rooms, &record, &begun, &held, (policy, rule)).await?;
        }
    }
}

async fn one(
    rooms: Rooms<'_>,
    record: &Record,
    begun: &[(Category, Timestamp)],
    held: &BTreeSet<String>,
    (policy, rule): (&Effective, &Rule<'_>),
) -> Result<(), UseCaseError> {
    let id = record.id.as_str();
    let mut changes = Vec::new();
    let mut next = record.clone();
    if let Some(until) = record.data_until {
        // With its first byte; what was kept before that was written down cannot be
        // older than the verification.
        let data = begun.iter().filter(|(category, _)| is_data(*category));
        let first = data.map(|(_, at)| *at).min().unwrap_or(record.created);
        let wanted = rule.verification(Category::Results, first).unwrap_or(rooms.now);
        if wanted < until {
            next.data_until = Some(wanted);
            // To the millisecond of its first byte, which the vault may not have any
            // more.
            let data = |facts: &bonafide_vault::ItemFacts| {
                let own = rule.deadline(id, facts, first);
                own.map(|own| own.min(facts.expires))
            };
            rooms.vault.tighten_owner(&record.realm, id, policy.into(), data).await?;
        }
    }
    // The row of somebody under a legal hold stays as long as the hold.
    let held = record.reference.as_ref().is_some_and(|one| held.contains(one));
    if !held {
        let known = rule.verification(Category::SubjectReference, record.created);
        next.remove = record.remove.min(known.unwrap_or(rooms.now));
    }
    if (next.data_until, next.remove) != (record.data_until, record.remove) {
        changes.push(Change::Update {
            table: &VERIFICATIONS,
            set: vec![
                ("data_until", next.data_until.into()),
                ("remove", next.remove.into()),
                ("due", next.due().into()),
            ],
            // Whoever changes it at this moment is followed by another round.
            conditions: vec![Condition::is("id", id), Condition::is("version", record.version)],
            expect: Expect::Any,
        });
    }
    if !changes.is_empty() {
        rooms.records.commit(changes).await?;
    }
    // What is under a hold is kept: the breach question is answered so.
    if !held {
        shorter(rooms, id, begun, rule).await?;
        if let Some((category, at)) = begun.iter().find(|(one, _)| *one == Category::DeviceKey) {
            let until = rule.verification(*category, *at).unwrap_or(rooms.now);
            let own = vec![
                Condition::is("verification", id),
                Condition::Compare("remove", Operator::Greater, until.into()),
            ];
            rooms.records.commit(vec![sooner(&DEVICE_KEYS, own, until)]).await?;
        }
    }
    Ok(())
}

/// Since when data of which kind was kept.
type Begun = Vec<(Category, Timestamp)>;

/// Since when data of these owners was kept, by owner.
async fn begun(
    rooms: Rooms<'_>,
    owners: Vec<String>,
) -> Result<BTreeMap<String, Begun>, UseCaseError> {
    let owners = owners.into_iter().map(Into::into).collect();
    let kept = Select::from(&HOLDINGS).and(Condition::In("verification", owners));
    let mut begun: BTreeMap<String, Begun> = BTreeMap::new();
    for row in rooms.records.select(kept).await? {
        let one = (row.parsed("category")?, row.moment("begins")?);
        begun.entry(row.text("verification")?.to_owned()).or_default().push(one);
    }
    Ok(begun)
}

/// Moves the ends that the answer to a breach tells of an owner.
async fn shorter(
    rooms: Rooms<'_>,
    owner: &str,
    begun: &[(Category, Timestamp)],
    rule: &Rule<'_>,
) -> Result<(), UseCaseError> {
    let mut changes = Vec::with_capacity(begun.len());
    for (category, begins) in begun {
        let ends = rule.until(owner, *category, *begins).unwrap_or(rooms.now);
        let ends = ends.min(Timestamp(i64::MAX.unsigned_abs()));
        changes.push(Change::Update {
            table: &HOLDINGS,
            set: vec![("ends", ends.into())],
            conditions: vec![
                Condition::is("verification", owner),
                Condition::is("category", category.as_str()),
                Condition::Compare("ends", Operator::Greater, ends.into()),
            ],
            expect: Expect::Any,
        });
    }
    if !changes.is_empty() {
        rooms.records.commit(changes).await?;
    }
    Ok(())
}

/// Records that a law wants: from when the verification was decided.
async fn records_by_law(
    rooms: Rooms<'_>,
    tenant: TenantId,
    policy: &Effective,
    rule: &Rule<'_>,
) -> Result<(), UseCaseError> {
    for realm in rooms.accounts.realms_of(tenant).await? {
        let select = Select::from(&RECORDS).and(Condition::is("realm", realm.to_string()));
        for row in rooms.records.select(select).await? {
            let (id, decided) = (row.text("verification")?, row.moment("decided")?);
            let owner = crate::subject::record_owner(id);
            let until = |category| rule.until(&owner, category, decided);
            let moving = |facts: &bonafide_vault::ItemFacts| until(facts.category);
            rooms.vault.tighten_owner(&realm, &owner, policy.into(), moving).await?;
            let kept = begun(rooms, vec![owner.clone()]).await?;
            let kept = kept.get(&owner).cloned().unwrap_or_default();
            shorter(rooms, &owner, &kept, rule).await?;
            let latest = Category::ALL.iter().filter_map(|category| until(*category)).max();
            let latest = latest.unwrap_or(rooms.now);
            if latest < row.moment("remove")? {
                let whose = Condition::is("verification", id);
                rooms.records.commit(vec![earlier(&RECORDS, whose, latest)]).await?;
            }
        }
    }
    Ok(())
}

/// Consents: a row goes with its receipt.
async fn consents(rooms: Rooms<'_>, tenant: TenantId, rule: &Rule<'_>) -> Result<(), UseCaseError> {
    let mut after = String::new();
    loop {
        let rows = page(rooms, &CONSENTS, tenant, &after).await?;
        let Some(last) = rows.last() else { return Ok(()) };
        last.text("id")?.clone_into(&mut after);
        let mut changes = Vec::new();
        for row in &rows {
            let row = ConsentRow::read(row)?;
            let kept = begun(rooms, vec![row.id.to_string()]).await?;
            for begun in kept.values() {
                shorter(rooms, row.id.as_str(), begun, rule).await?;
            }
            let kept = rooms.vault.list(&row.realm, row.id.as_str()).await?;
            let receipt = kept.iter().find(|item| item.name == RECEIPT);
            let until = receipt.map_or(rooms.now, |receipt| receipt.expires);
            if until < row.remove {
                changes.push(earlier(&CONSENTS, Condition::is("id", row.id.as_str()), until));
            }
        }
        if !changes.is_empty() {
            rooms.records.commit(changes).await?;
        }
    }
}

/// Letters: so long after they came.
async fn letters(rooms: Rooms<'_>, tenant: TenantId, rule: &Rule<'_>) -> Result<(), UseCaseError> {
    let mut after = String::new();
    loop {
        let rows = page(rooms, &LETTERS, tenant, &after).await?;
        let Some(last) = rows.last() else { return Ok(()) };
        last.text("id")?.clone_into(&mut after);
        let mut changes = Vec::new();
        for row in &rows {
            let received = row.moment("received")?;
            let until = rule.at_rest(Family::Management, Category::Contact, received);
            let until = until.unwrap_or(rooms.now);
            if until < row.moment("remove")? {
                changes.push(earlier(&LETTERS, Condition::is("id", row.text("id")?), until));
            }
        }
        if !changes.is_empty() {
            rooms.records.commit(changes).await?;
        }
    }
}

/// What is known of persons beside their verifications: what they asked for, that they
/// are restricted, who looked. It goes with the last of their verifications, which has
/// moved already, or when that of today would.
async fn persons(rooms: Rooms<'_>, tenant: TenantId, rule: &Rule<'_>) -> Result<(), UseCaseError> {
    let held = super::held_in(rooms, tenant).await?;
    for realm in rooms.accounts.realms_of(tenant).await? {
        for (table, began, name) in [
            (&REQUESTS, "received", "id"),
            (&RESTRICTIONS, "since", "reference"),
            (&READS, "at", "id"),
        ] {
            let mut after = String::new();
            loop {
                let select = Select::from(table)
                    .and(Condition::is("realm", realm.to_string()))
                    .and(Condition::NotNull("remove"))
                    .and(Condition::After(vec![(name, after.as_str().into())]))
                    .order(name, Direction::Ascending)
                    .limit(PAGE);
                let rows = rooms.records.select(select).await?;
                let Some(last) = rows.last() else { break };
                last.text(name)?.clone_into(&mut after);
                let mut changes = Vec::new();
                for row in &rows {
                    let Some(whom) = row.optional_text("reference")? else { continue };
                    // What is under a hold is known as long as that.
                    if held.contains(whom) {
                        continue;
                    }
                    let category = Category::SubjectReference;
                    let own = rule.verification(category, row.moment(began)?);
                    let mut until = own.unwrap_or(rooms.now).max(known_of(rooms, whom).await?);
                    if table.name == REQUESTS.name {
                        until = until.max(row.moment("answer_by")?);
                    }
                    if until < row.moment("remove")? {
                        let own = vec![
                            Condition::is("realm", realm.to_string()),
                            Condition::is(name, row.text(name)?),
                        ];
                        changes.push(sooner(table, own, until));
                    }
                }
                if !changes.is_empty() {
                    rooms.records.commit(changes).await?;
                }
            }
        }
    }
    Ok(())
}

/// Until when the last verification of a person is known; a hash is of one realm.
async fn known_of(rooms: Rooms<'_>, whom: &str) -> Result<Timestamp, UseCaseError> {
    let select = Select::from(&VERIFICATIONS).and(Condition::is("reference", whom));
    let mut last = Timestamp(0);
    for row in rooms.records.select(select).await? {
        last = last.max(row.moment("remove")?);
    }
    Ok(last)
}

/// What became of mail: so long after it was written.
async fn mails(rooms: Rooms<'_>, tenant: TenantId, rule: &Rule<'_>) -> Result<(), UseCaseError> {
    let mut after = String::new();
    loop {
        let rows = page(rooms, &MAIL, tenant, &after).await?;
        let Some(last) = rows.last() else { return Ok(()) };
        last.text("id")?.clone_into(&mut after);
        let mut changes = Vec::new();
        for row in &rows {
            let created = row.moment("created")?;
            let until = rule.at_rest(Family::Management, Category::Deliveries, created);
            let until = until.unwrap_or(rooms.now);
            let known = row.optional_integer("remove")?.is_some();
            if !known || until < row.moment("remove")? {
                changes.push(earlier(&MAIL, Condition::is("id", row.text("id")?), until));
            }
        }
        if !changes.is_empty() {
            rooms.records.commit(changes).await?;
        }
    }
}

fn earlier(table: &'static Table, whose: Condition, until: Timestamp) -> Change {
    sooner(table, vec![whose], until)
}

fn sooner(table: &'static Table, conditions: Vec<Condition>, until: Timestamp) -> Change {
    let set: Vec<(&'static str, Value)> = vec![("remove", until.into())];
    Change::Update { table, set, conditions, expect: Expect::Any }
}

/// A page of a tenant's rows, by id.
async fn page(
    rooms: Rooms<'_>,
    table: &'static Table,
    tenant: TenantId,
    after: &str,
) -> Result<Vec<Row>, UseCaseError> {
    let select = Select::from(table)
        .and(Condition::is("tenant", tenant.0))
        .and(Condition::After(vec![("id", after.into())]))
        .order("id", Direction::Ascending)
        .limit(PAGE);
    Ok(rooms.records.select(select).await?)
}
