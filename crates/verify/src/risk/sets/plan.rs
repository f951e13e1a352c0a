//! Loading and dropping sets: what is to be committed for it.

use bonafide_context::{Realm, Timestamp};
use bonafide_policy::{Category, Effective};
use bonafide_risk::set::{IdentifierSet, SetError, SetKey};
use bonafide_risk::{Kind, Meaning, NoSourceName, Source};
use bonafide_vault::records::{Change, Expect, Records, RecordsError};
use bonafide_vault::{Item, Under, Vault, VaultError};

use super::row::{SETS, SetFacts, all, one};

/// Sets that one tenant has loaded at most, in one environment and region.
const MOST: usize = 32;
/// What the file of a set is called among what its owner has in the vault.
pub(super) const FILE: &str = "file";

/// A set that is to be loaded, in place of one of its name.
#[derive(Clone, Copy, Debug)]
pub struct NewSet<'a> {
    /// As answers will name it, behind `tenant:`.
    pub name: &'a str,
    /// What its identifiers are.
    pub kind: Kind,
    /// What it means that it knows one.
    pub meaning: Meaning,
}

/// Why a set cannot be loaded or dropped. No message names an identifier.
#[derive(Debug, thiserror::Error)]
pub enum SetsError {
    /// The name is none.
    #[error(transparent)]
    Name(#[from] NoSourceName),
    /// The file is none, or not of this tenant and environment.
    #[error(transparent)]
    File(#[from] SetError),
    /// There are as many as there may be.
    #[error("there are {MOST} sets already: drop one, or load it under the name of one")]
    TooMany,
    /// There is none of this name.
    #[error("there is no set of this name")]
    NotFound,
    /// The vault did not take it.
    #[error(transparent)]
    Vault(#[from] VaultError),
    /// The records did not answer.
    #[error(transparent)]
    Records(#[from] RecordsError),
}

/// The key of a realm's sets. It is the tenant's in one environment, and never leaves
/// the installation.
pub async fn set_key(vault: &Vault, realm: &Realm) -> Result<SetKey, VaultError> {
    let label = format!("risk sets {} {}", realm.tenant, realm.environment.as_str());
    Ok(SetKey::derive(&*vault.service_key(&label).await?, realm))
}

/// What loading a set changes; nothing is loaded until that is committed. The file is
/// read as a whole before: one that is cut short, without a key or another tenant's is
/// refused.
pub async fn plan_load(
    vault: &Vault,
    records: &dyn Records,
    realm: &Realm,
    policy: &Effective,
    set: NewSet<'_>,
    file: &[u8],
) -> Result<(SetFacts, Vec<Change>), SetsError> {
    let source = Source::tenant(set.name)?;
    let key = set_key(vault, realm).await?;
    let read = IdentifierSet::load(file, &key, set.kind)?;
    let loaded = vault.ready()?;
    let facts = SetFacts {
        source,
        kind: set.kind,
        meaning: set.meaning,
        identifiers: read.len() as u64,
        built: read.built(),
        loaded,
        seal: file.iter().rev().take(8).map(|byte| format!("{byte:02x}")).collect(),
    };
    let there = all(records, realm).await?;
    if there.len() >= MOST && !there.iter().any(|other| other.source == facts.source) {
        return Err(SetsError::TooMany);
    }
    let owner = SetFacts::owner(set.name);
    let item = Item {
        realm,
        owner: &owner,
        name: FILE,
        category: Category::Configuration,
        // Until the contract ends, or it is dropped.
        expires: Timestamp(u64::MAX),
        media_type: "application/octet-stream",
        policy: Under::from(policy),
    };
    let mut changes = vault.prepare(&item, file).await?;
    changes.push(remove(realm, set.name, Expect::Any));
    changes.push(Change::Insert(facts.row(realm)));
    Ok((facts, changes))
}

/// Erases the file of a set at once; what is left to be committed is that it is not
/// listed any more.
pub async fn plan_drop(
    vault: &Vault,
    records: &dyn Records,
    realm: &Realm,
    name: &str,
) -> Result<Vec<Change>, SetsError> {
    let there = all(records, realm).await?;
    if !there.iter().any(|set| set.name() == name) {
        return Err(SetsError::NotFound);
    }
    vault.erase(realm, &SetFacts::owner(name), None).await?;
    Ok(vec![remove(realm, name, Expect::Any)])
}

/// The sets of a realm, by name.
pub async fn list_sets(records: &dyn Records, realm: &Realm) -> Result<Vec<SetFacts>, SetsError> {
    Ok(all(records, realm).await?)
}

fn remove(realm: &Realm, name: &str, expect: Expect) -> Change {
    Change::Delete { table: &SETS, conditions: one(realm, name), expect }
}
