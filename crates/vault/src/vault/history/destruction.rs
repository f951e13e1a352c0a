//! The events of destructions.

use std::collections::BTreeMap;

use bonafide_context::{Random, Timestamp};
use bonafide_transparency::leaf::{Amount, Cause, Code, Deletion, Leaf, PolicyRef};
use bonafide_transparency::seconds;

use super::event::{DELETION, Entry, known_until};
use super::unusable;
use crate::VaultError;
use crate::records::{Change, Row};
use crate::seal::OVERHEAD;
use crate::vault::Under;

/// The events of a destruction of these rows, one for each owner and policy: how
/// much of what, and whose as a salted commitment.
///
/// Names are taken as they stand in the rows: one that this version does not
/// know must not keep what is due from going.
pub(in super::super) fn deletions(
    rows: &[Row],
    cause: Cause,
    now: Timestamp,
    random: &mut dyn Random,
) -> Result<Vec<Change>, VaultError> {
    type Whose<'r> = (&'r str, &'r str, Option<&'r str>);
    let mut owners: BTreeMap<Whose<'_>, BTreeMap<Code, Amount>> = BTreeMap::new();
    for row in rows {
        let whose = (row.text("realm")?, row.text("owner")?, row.optional_text("policy")?);
        let what = owners.entry(whose).or_default();
        let category = row.text("category")?.parse().or_else(|_| "unknown".parse());
        let amount = what.entry(category.map_err(unusable)?);
        let amount = amount.or_insert(Amount { items: 0, bytes: 0 });
        let size = u64::try_from(row.integer("size")?).unwrap_or(0);
        amount.items += 1;
        amount.bytes = amount.bytes.saturating_add(size.saturating_add(OVERHEAD as u64));
    }
    let mut changes = Vec::with_capacity(owners.len());
    for ((realm, owner, policy), what) in owners {
        let mut entry = Entry::of(realm, owner, now, known_until(now), random);
        let commitment = entry.commit(random);
        let policy = version_of(policy)?;
        let leaf = Deletion { when: seconds(now), cause, policy, what, commitment };
        changes.push(entry.change(DELETION, &Leaf::Deletion(leaf))?);
    }
    Ok(changes)
}

/// The policy that an item's row names. Rows of the first versions name none:
/// there was one policy then.
fn version_of(text: Option<&str>) -> Result<PolicyRef, VaultError> {
    let first = || Under::default();
    let (name, version) = match text.and_then(|text| text.rsplit_once('@')) {
        Some((name, version)) => (name, version.parse().unwrap_or(0)),
        None => (first().policy, first().version),
    };
    let name = name.parse().or_else(|_| "unknown".parse()).map_err(unusable)?;
    Ok(PolicyRef { name, version })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_of_the_first_versions_was_under_the_default() {
        let told = |text| version_of(text).map(|of| (of.name.to_string(), of.version)).unwrap();
        assert_eq!(told(None), ("strict".to_owned(), 1));
        assert_eq!(told(Some("tencent-ekyc@3")), ("tencent-ekyc".to_owned(), 3));
        assert_eq!(told(Some("Not A Name@7")), ("unknown".to_owned(), 7));
        let library = bonafide_policy::Library::bundled().unwrap();
        let policy = library.effective(Under::default().policy).unwrap();
        assert!(policy.version() >= Under::default().version);
    }
}
