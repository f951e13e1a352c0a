//! The events of keys and policies, which concern nobody.
//!
//! Keys rest in a store of their own, so that what happens to one is not
//! committed together with its event. Instead the key's row says what happened
//! first, and goes on saying it until the event stands: whoever dies in between,
//! the next round finds the row.

use std::sync::atomic::Ordering;

use aws_lc_rs::hmac;
use bonafide_context::Timestamp;
use bonafide_policy::Effective;
use bonafide_transparency::leaf::{KeyAct, KeyEvent, Leaf, PolicyRef, PolicyVersion};
use bonafide_transparency::{Hash, seconds};

use super::super::tables::MARKS;
use super::super::{Vault, mark};
use super::event::Entry;
use super::unusable;
use crate::records::{Change, Condition, Expect, RecordsError, Row};
use crate::seal::KeyFacts;
use crate::{VaultError, seal};

/// The mark by which records know under which root key the key store was last.
const ROOT: &str = "root key";
/// Keys told by one round at most.
const MOST: u32 = 500;
/// For how long the rows of events that concern nobody are kept, in
/// milliseconds: so that a second attempt finds that the first has succeeded.
const KEPT: u64 = 24 * 3_600_000;
/// A day, in milliseconds.
const DAY: u64 = 24 * 3_600_000;

impl Vault {
    /// Writes down which policies are in force and were not before: to be called
    /// with those of the installation, at every start. Returns how many are new.
    pub async fn policies_in_force<'p>(
        &self,
        policies: impl IntoIterator<Item = &'p Effective>,
    ) -> Result<u64, VaultError> {
        let mut new = 0;
        for policy in policies {
            let (known, of, digest) = named(policy)?;
            if mark(self.stores.records.as_ref(), &known).await?.is_some() {
                continue;
            }
            let days = u64::try_from(policy.effective_from().days()).unwrap_or(0);
            let effective = Timestamp(days.saturating_mul(DAY));
            let mut changes = self.policy_event(of, effective, digest)?;
            let known = Row::new(&MARKS).with("name", known).with("value", policy.id().as_str());
            changes.push(Change::Insert(known));
            new += u64::from(self.first(changes).await?);
        }
        Ok(new)
    }

    /// The changes that put a version of a policy into the log that is announced
    /// to hold from a moment on. It is not said again when it does.
    pub fn policy_announced(
        &self,
        policy: &Effective,
        effective: Timestamp,
    ) -> Result<Vec<Change>, VaultError> {
        let (known, of, digest) = named(policy)?;
        let mut changes = self.policy_event(of, effective, digest)?;
        let known = Row::new(&MARKS).with("name", known).with("value", policy.id().as_str());
        changes.push(Change::InsertIfAbsent(known));
        Ok(changes)
    }

    /// The changes that put a version of a policy into the log, from its
    /// announcement on; `digest` is SHA-256 of its text.
    pub fn policy_event(
        &self,
        policy: PolicyRef,
        effective: Timestamp,
        digest: Hash,
    ) -> Result<Vec<Change>, VaultError> {
        let now = self.clock.moment();
        let (when, effective) = (seconds(now), seconds(effective));
        let leaf = Leaf::PolicyVersion(PolicyVersion { when, policy, effective, digest });
        let id = self.random.with(|random| {
            let mut id = [0; 16];
            random.fill(&mut id);
            seal::hex(&id)
        });
        Ok(vec![Entry::of_nobody(id, now, kept(now)).change("policy-version", &leaf)?])
    }

    /// Tells the log what happened to keys, and takes the rows of destroyed ones
    /// out of the key store once it is told.
    pub(in super::super) async fn tell_keys(&self, now: Timestamp) -> Result<(), VaultError> {
        self.tell_root(now).await?;
        let made = self.ring.untold(MOST).await?;
        if !made.is_empty() {
            self.tell(&made, KeyAct::Created, now).await?;
            self.ring.told(&made, now).await?;
        }
        let gone = self.ring.destroyed(MOST).await?;
        if !gone.is_empty() {
            self.tell(&gone, KeyAct::Destroyed, now).await?;
            self.ring.forget(&gone).await?;
        }
        Ok(())
    }

    /// How the log calls keys.
    pub(super) async fn key_names(&self) -> Result<KeyNames, VaultError> {
        let secret = self.service_key("names of keys in the log").await?;
        Ok(KeyNames(hmac::Key::new(hmac::HMAC_SHA256, secret.as_slice())))
    }

    async fn tell(&self, keys: &[KeyFacts], act: KeyAct, now: Timestamp) -> Result<(), VaultError> {
        let names = self.key_names().await?;
        let mut changes = Vec::with_capacity(keys.len());
        for key in keys {
            let at = match act {
                KeyAct::Destroyed => key.destroyed.unwrap_or(now),
                KeyAct::Created | KeyAct::Rotated => key.created,
            };
            let leaf = leaf(act, key.category(), key.hour(), names.of(&key.id), at)?;
            let entry = Entry::of_nobody(event_id(act, &key.id), now, kept(now));
            changes.push(Change::InsertIfAbsent(entry.row("key", &leaf)?));
        }
        Ok(self.stores.records.commit(changes).await?)
    }

    /// That another root key than before stands above all keys.
    async fn tell_root(&self, now: Timestamp) -> Result<(), VaultError> {
        if self.history.root_told.load(Ordering::SeqCst) {
            return Ok(());
        }
        let name = self.ring.root_name();
        let before = mark(self.stores.records.as_ref(), ROOT).await?;
        if before.as_deref() != Some(name) {
            let act = if before.is_some() { KeyAct::Rotated } else { KeyAct::Created };
            let of = self.key_names().await?.of(&format!("root/{name}"));
            let leaf = leaf(act, "root", 0, of, now)?;
            // A root key may come back: an event of its own each time.
            let id = format!("{}-{}", event_id(act, name), now.0);
            let event = Entry::of_nobody(id, now, kept(now)).change("key", &leaf)?;
            let known = match before {
                None => Change::Insert(Row::new(&MARKS).with("name", ROOT).with("value", name)),
                Some(before) => Change::Update {
                    table: &MARKS,
                    set: vec![("value", name.into())],
                    conditions: vec![Condition::is("name", ROOT), Condition::is("value", before)],
                    expect: Expect::One,
                },
            };
            self.first(vec![known, event]).await?;
        }
        self.history.root_told.store(true, Ordering::SeqCst);
        Ok(())
    }

    /// Commits what another node may have committed already; whether it was us.
    async fn first(&self, changes: Vec<Change>) -> Result<bool, VaultError> {
        match self.stores.records.commit(changes).await {
            Ok(()) => Ok(true),
            Err(RecordsError::Conflict) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }
}

/// The log is published, and a key's name says the tenant, in digits that can be
/// tried one by one: what stands there is the HMAC of the name under a secret of
/// the installation, the same for a key from its making to its destruction.
pub(super) struct KeyNames(hmac::Key);

impl KeyNames {
    pub(super) fn of(&self, name: &str) -> Hash {
        let mut hash = [0; 32];
        hash.copy_from_slice(hmac::sign(&self.0, name.as_bytes()).as_ref());
        Hash(hash)
    }
}

/// The mark by which records know that the log was told of a policy, its name in
/// the log, and its digest.
fn named(policy: &Effective) -> Result<(String, PolicyRef, Hash), VaultError> {
    let (name, version, id) = (policy.name(), policy.version(), policy.id());
    let known = format!("policy {name}@{version} {}", id.short());
    let of = PolicyRef { name: name.parse().map_err(unusable)?, version };
    let digest = Hash::from_hex(id.as_str());
    let digest = digest.ok_or_else(|| unusable("a policy's fingerprint is no SHA-256"))?;
    Ok((known, of, digest))
}

fn leaf(
    act: KeyAct,
    category: &str,
    hour: u64,
    key: Hash,
    at: Timestamp,
) -> Result<Leaf, VaultError> {
    let category = category.parse().or_else(|_| "unknown".parse()).map_err(unusable)?;
    Ok(Leaf::Key(KeyEvent { when: seconds(at), act, category, hour, key }))
}

/// The id that every attempt to tell this gives its event.
fn event_id(act: KeyAct, name: &str) -> String {
    let what = match act {
        KeyAct::Created => "made",
        KeyAct::Rotated => "rotated",
        KeyAct::Destroyed => "destroyed",
    };
    format!("key-{what}-{}", Hash::sha256(name.as_bytes()).to_hex())
}

fn kept(now: Timestamp) -> Timestamp {
    Timestamp(now.0.saturating_add(KEPT))
}
