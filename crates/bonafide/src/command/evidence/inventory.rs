//! What rests, under which keys, and how far behind deletion is: counts and
//! hours, nothing else.

use std::collections::BTreeMap;

use bonafide_policy::{Effective, inventory, inventory_markdown};
use bonafide_vault::records::{Condition, Operator, Records, Select, Table};
use bonafide_vault::{KEY_TABLES, TABLES};
use serde_json::{Value, json};

use super::Pack;
use crate::failure::Failure;
use crate::house::{House, stored, tables};

/// Rows read at a time.
const PAGE: u32 = 1_000;
const HOUR_MS: u64 = 3_600_000;

/// Every field that rests, with category, purposes, period and basis as the
/// policy has them, and how many rows there are.
pub(super) async fn write(
    house: &House,
    policy: Option<&Effective>,
    pack: &mut Pack,
) -> Result<Value, Failure> {
    let Some(policy) = policy else { return Ok(Value::Null) };
    pack.add("inventory.md", inventory_markdown(&inventory(&stored(), policy)).as_bytes())?;
    let mut rows = BTreeMap::new();
    for table in tables() {
        let count = house.stores.records.count(table, Vec::new()).await;
        rows.insert(table.name, count.map_err(failed)?);
    }
    pack.json("rows.json", &rows)?;
    Ok(json!({ "policy": policy.name(), "tables": rows.len(), "rows": rows.values().sum::<u64>() }))
}

/// Keys by what they wrap and by the hour at which they are destroyed. A key's
/// name says the tenant too; here it does not stand.
pub(super) async fn keys(house: &House, pack: &mut Pack) -> Result<Value, Failure> {
    let Some(table) = KEY_TABLES.first() else { return Ok(Value::Null) };
    let mut counts: BTreeMap<(String, Option<u64>), u64> = BTreeMap::new();
    let mut after: Option<String> = None;
    loop {
        let mut select = Select::from(table)
            .order("id", bonafide_vault::records::Direction::Ascending)
            .limit(PAGE);
        if let Some(after) = &after {
            select = select.and(Condition::After(vec![("id", after.as_str().into())]));
        }
        let page = house.stores.keys.select(select).await.map_err(failed)?;
        let Some(last) = page.last() else { break };
        after = Some(last.text("id").map_err(failed)?.to_owned());
        for row in &page {
            let id = row.text("id").map_err(failed)?;
            let ends = row.optional_integer("ends").map_err(failed)?;
            let hour = ends.and_then(|ends| u64::try_from(ends).ok());
            *counts.entry((wraps(id), hour.map(|ends| ends / HOUR_MS))).or_default() += 1;
        }
    }
    let lines: Vec<Value> = counts
        .iter()
        .map(|((wraps, hour), count)| {
            let destroyed = hour.map(|hour| {
                bonafide_verify::Moment(bonafide_context::Timestamp(hour * HOUR_MS)).to_string()
            });
            json!({ "wraps": wraps, "destroyed_at": destroyed, "keys": count })
        })
        .collect();
    pack.json("keys.json", &lines)?;
    let roots = house.vault.roots().await?;
    let under: Vec<Value> =
        roots.iter().map(|(name, keys)| json!({ "name": name, "keys": keys })).collect();
    let root = json!({ "kept": house.root_kept(), "under": under });
    pack.json("root_key.json", &root)?;
    Ok(json!({
        "keys": counts.values().sum::<u64>(),
        "kinds": counts.len(),
        "root_key": root,
    }))
}

/// What a key's name says of what it wraps, and nothing of whose it is:
/// `hour/REALM/CATEGORY/HOUR` gives the category, `standing/LABEL/…` the label.
fn wraps(id: &str) -> String {
    let parts: Vec<&str> = id.split('/').collect();
    match parts.as_slice() {
        ["hour", .., category, _] => (*category).to_owned(),
        ["standing", label, ..] => format!("standing: {label}"),
        _ => "other".to_owned(),
    }
}

/// What rests in the vault by category, and what is overdue: how far deletion is
/// behind at this moment.
pub(super) async fn rest(house: &House, pack: &mut Pack) -> Result<Value, Failure> {
    let records = &*house.stores.records;
    let now = house.clock.now();
    let named = |name: &str| TABLES.iter().find(|table| table.name == name).copied();
    let (Some(items), Some(removals)) = (named("vault_items"), named("vault_removals")) else {
        return Ok(Value::Null);
    };
    let mut live = BTreeMap::new();
    for category in bonafide_policy::Category::ALL {
        let of = vec![Condition::is("category", category.as_str())];
        let count = records.count(items, of).await.map_err(failed)?;
        if count > 0 {
            live.insert(category.as_str(), count);
        }
    }
    let due = Condition::Compare("expires", Operator::AtMost, now.into());
    let oldest = oldest(records, items, due.clone()).await?;
    let facts = json!({
        "items": live,
        "overdue": records.count(items, vec![due]).await.map_err(failed)?,
        "longest_overdue_ms": oldest.map_or(0, |at| now.0.saturating_sub(at)),
        "bytes_to_remove": records.count(removals, Vec::new()).await.map_err(failed)?,
    });
    pack.json("at_rest.json", &facts)?;
    Ok(facts)
}

async fn oldest(
    records: &dyn Records,
    items: &'static Table,
    due: Condition,
) -> Result<Option<u64>, Failure> {
    let select = Select::from(items)
        .and(due)
        .order("expires", bonafide_vault::records::Direction::Ascending)
        .limit(1);
    let rows = records.select(select).await.map_err(failed)?;
    rows.first().map(|row| row.moment("expires").map(|at| at.0)).transpose().map_err(failed)
}

fn failed(error: impl std::fmt::Display) -> Failure {
    Failure::ours("records_failed", error)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_keys_name_gives_its_category_and_nothing_of_a_tenant() {
        assert_eq!(wraps("hour/1234567890/live/apac/face_media/495210"), "face_media");
        assert_eq!(wraps("standing/hash/1234567890/live/apac"), "standing: hash");
        assert_eq!(wraps("standing/secrets"), "standing: secrets");
        assert_eq!(wraps("x"), "other");
    }
}
