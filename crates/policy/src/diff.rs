//! What changed between two versions of a policy, and what follows from it.

use std::collections::{BTreeMap, BTreeSet};

use bonafide_context::Date;
use toml::{Table, Value};

use crate::file::{CellPath, flatten};
use crate::{Category, ConsentRule, Effective, Family, Keep, Purpose};

/// A cell that two policies have different things to say about.
#[derive(Clone, Debug, PartialEq)]
pub struct Difference {
    /// Which.
    pub cell: CellPath,
    /// What the first says, if anything.
    pub before: Option<Value>,
    /// What the second says, if anything.
    pub after: Option<Value>,
    /// Whether persons have to be told before it holds (row O17).
    pub material: bool,
    /// Whether it goes beyond what persons consented to, so that they have to be
    /// asked again.
    pub asks_consent: bool,
}

/// Everything that differs between `a` and the later `b`, in the order of cells.
pub fn diff(a: &Effective, b: &Effective) -> Vec<Difference> {
    let (before, after) = (cells(a), cells(b));
    let paths: BTreeSet<&CellPath> = before.keys().chain(after.keys()).collect();
    paths
        .into_iter()
        .filter(|path| before.get(path) != after.get(path))
        .map(|path| {
            let (before, after) = (before.get(path), after.get(path));
            let material = is_material(path);
            Difference {
                cell: path.clone(),
                before: before.cloned(),
                after: after.cloned(),
                material,
                asks_consent: material && widens(a, b, path, before, after),
            }
        })
        .collect()
}

fn cells(policy: &Effective) -> BTreeMap<CellPath, Value> {
    toml::from_str::<Table>(policy.to_toml()).map(|table| flatten(&table)).unwrap_or_default()
}

/// Whatever says what happens to data is material; names, dates, contacts and
/// references are not. What is not known here counts as material.
fn is_material(path: &CellPath) -> bool {
    let first = path.0.first().map_or("", String::as_str);
    let operator =
        path.starts_with(&["contact", "operator"]) || path.starts_with(&["contact", "customer"]);
    let words = matches!(
        first,
        "name" | "title" | "version" | "effective_from" | "founding" | "languages" | "contact"
    );
    // A profile that nobody chose does nothing.
    let idle = first == "profiles" || matches!(path.last(), "rows" | "source");
    operator || !(words || idle)
}

/// Whether more may be done with data after than before.
fn widens(
    a: &Effective,
    b: &Effective,
    path: &CellPath,
    before: Option<&Value>,
    after: Option<&Value>,
) -> bool {
    let rule = |value: &Value| value.as_str().and_then(|text| text.parse::<ConsentRule>().ok());
    let of_cell = path.starts_with(&["categories"]);
    if let ([_, category, _, purpose, key, ..], true) = (path.0.as_slice(), of_cell)
        && let (Ok(category), Ok(purpose)) = (category.parse(), purpose.parse())
    {
        if b.cell(category, purpose).is_none() {
            return false; // it is not done any more
        }
        if matches!(key.as_str(), "keep" | "keep_by") {
            return lasts_longer(a, b, category, purpose);
        }
    }
    match (path.last(), before, after) {
        ("keep", before, Some(after)) => {
            let keep = |value: &Value| value.as_str().and_then(|text| text.parse::<Keep>().ok());
            before
                .and_then(keep)
                .zip(keep(after))
                .is_none_or(|(before, after)| !after.within(before))
        }
        ("consent", Some(before), Some(after)) if of_cell => {
            rule(before).zip(rule(after)).is_none_or(|(before, after)| after < before)
        }
        ("readers" | "readers_after" | "risk_signals", before, Some(after)) => {
            let listed = |value: &Value| value.as_array().cloned().unwrap_or_default();
            let known = before.map(listed).unwrap_or_default();
            listed(after).iter().any(|role| !known.contains(role))
        }
        ("categories" | "subprocessors" | "bases", before, Some(after)) => before != Some(after),
        ("basis" | "condition", ..) if of_cell => true,
        ("region", _, Some(after)) if of_cell => after.as_str() != Some("stays"),
        ("training", _, Some(after)) => after.as_str() == Some("consented"),
        ("enabled" | "warranty" | "legal_hold", _, Some(after)) => after.as_bool() == Some(true),
        _ => path.starts_with(&["roles"]),
    }
}

/// Whether any family's period grew, by what holds and not by how it is written.
fn lasts_longer(a: &Effective, b: &Effective, category: Category, purpose: Purpose) -> bool {
    let Some(after) = b.cell(category, purpose) else { return false };
    let Some(before) = a.cell(category, purpose) else { return true };
    Family::ALL.iter().any(|family| !after.keep(*family).within(before.keep(*family)))
}

/// The day from which `next` may hold if it is announced on a day: after the
/// time that the version before it promised, where the change is material, and
/// never before its own date (row O17).
pub fn earliest_start(before: &Effective, next: &Effective, announced: Date) -> Date {
    let material = diff(before, next).iter().any(|one| one.material);
    let days = if material { i32::try_from(before.announce_days()).unwrap_or(i32::MAX) } else { 0 };
    Date::from_days(announced.days().saturating_add(days)).max(next.effective_from())
}

/// The version that holds on a day: of those that began, the one that began
/// last, and of these the highest.
pub fn in_force(versions: &[Effective], today: Date) -> Option<&Effective> {
    let began = versions.iter().filter(|version| version.effective_from() <= today);
    began.max_by_key(|version| (version.effective_from(), version.version()))
}

#[cfg(test)]
mod tests;
