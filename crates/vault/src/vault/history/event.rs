//! Events that the log is to take, committed together with what happened.

use std::collections::BTreeMap;

use bonafide_context::{Random, Timestamp};
use bonafide_policy::{Category, Period, Retention};
use bonafide_transparency::leaf::{
    Amount, Cause, Code, Deletion, Leaf, Opening, PolicyRef, SubjectHash,
};
use bonafide_transparency::seconds;

use super::super::tables::EVENTS;
use super::unusable;
use crate::records::{Change, Row};
use crate::seal::OVERHEAD;
use crate::{VaultError, seal};

/// The policy that the vault's clocks are of, until items say their own.
pub(super) const POLICY: (&str, u32) = (bonafide_policy::DEFAULT_POLICY, 1);

/// The events of a destruction of these rows, one for each owner: how much of
/// what, and whose as a salted commitment.
///
/// Names are taken as they stand in the rows: one that this version does not
/// know must not keep what is due from going.
pub(in super::super) fn deletions(
    rows: &[Row],
    cause: Cause,
    now: Timestamp,
    random: &mut dyn Random,
) -> Result<Vec<Change>, VaultError> {
    let mut owners: BTreeMap<(&str, &str), BTreeMap<Code, Amount>> = BTreeMap::new();
    for row in rows {
        let what = owners.entry((row.text("realm")?, row.text("owner")?)).or_default();
        let category = row.text("category")?.parse().or_else(|_| "unknown".parse());
        let amount = what.entry(category.map_err(unusable)?);
        let amount = amount.or_insert(Amount { items: 0, bytes: 0 });
        let size = u64::try_from(row.integer("size")?).unwrap_or(0);
        amount.items += 1;
        amount.bytes = amount.bytes.saturating_add(size.saturating_add(OVERHEAD as u64));
    }
    let mut changes = Vec::with_capacity(owners.len());
    for ((realm, owner), what) in owners {
        let (commitment, opening) = Opening::commit(SubjectHash::of_owner(owner), random);
        let leaf = Leaf::Deletion(Deletion {
            when: seconds(now),
            cause,
            policy: PolicyRef { name: POLICY.0.parse().map_err(unusable)?, version: POLICY.1 },
            what,
            commitment,
        });
        let mut id = [0; 16];
        random.fill(&mut id);
        let row = Row::new(&EVENTS)
            .with("id", seal::hex(&id))
            .with("realm", realm)
            .with("owner", owner)
            .with("at", now)
            .with("forget", forget(now))
            .with("leaf", leaf.encode().map_err(unusable)?)
            .with("opening", opening.to_bytes().to_vec());
        changes.push(Change::Insert(row));
    }
    Ok(changes)
}

/// Until when it is known whose an event was: as long as it is known of whom a
/// verification was.
fn forget(now: Timestamp) -> Timestamp {
    match Retention.period(Category::SubjectReference) {
        Period::For(period) => {
            let ms = u64::try_from(period.as_millis()).unwrap_or(u64::MAX);
            Timestamp(now.0.saturating_add(ms))
        }
        Period::UntilClosed => now,
    }
}
