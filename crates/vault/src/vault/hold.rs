//! Legal holds: what has to be kept although its time is over.
//!
//! The key of an item's hour is destroyed when the hour has passed, so a hold
//! wraps the item's data key anew, under a key of the hold. The item can then no
//! more be read than without it: after its deadline by [`Vault::read_held`] only.
//! A restriction of processing moves no deadline and has nothing to do here.

use std::collections::BTreeMap;

use bonafide_context::{Keeper, Realm, Timestamp};
use bonafide_transparency::Hash;
use zeroize::Zeroizing;

use super::remove::journal_entry;
use super::stored::{Content, Stored};
use super::tables::{ITEMS, MARKS};
use super::{Cause, ItemFacts, Opener, Vault, history};
use crate::VaultError;
use crate::records::{Change, Condition, Direction, Expect, Operator, Row, Select};
use crate::seal::KeyName;

/// What an item under a hold expires at: beyond all time, so that no reaper of
/// any version takes it.
const NEVER: u64 = i64::MAX.unsigned_abs();
/// How the marks of keys begin that are to be destroyed, and the first text after
/// all of them.
const ENDED: [&str; 2] = ["ended hold/", "ended hold0"];

/// What [`Vault::release`] did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Released {
    /// Items that are back under the deadline they had.
    pub items: u64,
    /// Items whose deadline had passed, and which are destroyed.
    pub destroyed: u64,
}

/// What comes under a hold, or back from it, once the changes are committed.
#[derive(Debug)]
#[must_use = "nothing is held or released until the changes are committed"]
pub struct Planned<T> {
    /// How much.
    pub what: T,
    /// To be committed together with whose hold it is and the event for the log
    /// ([`super::Event::Restriction`]). The commit conflicts if any of the items
    /// went meanwhile.
    pub changes: Vec<Change>,
}

impl Vault {
    /// Places a hold on what is kept of an owner now; `with` is committed
    /// together with it: as [`Vault::plan_hold`], of everything.
    pub async fn hold(
        &self,
        realm: &Realm,
        owner: &str,
        with: Vec<Change>,
    ) -> Result<u64, VaultError> {
        let Planned { what, changes } = self.plan_hold(realm, owner, |_| true).await?;
        self.stores.records.commit([with, changes].concat()).await?;
        Ok(what)
    }

    /// The changes that place a hold on those items of an owner that are there now
    /// and that `which` names. What is under a hold is neither erased nor replaced
    /// nor reaped. Gives how many items come under it: what comes later does not,
    /// until this is called again.
    pub async fn plan_hold(
        &self,
        realm: &Realm,
        owner: &str,
        which: impl Fn(&ItemFacts) -> bool + Send + Sync,
    ) -> Result<Planned<u64>, VaultError> {
        let now = self.ready()?;
        let mut wanted = Vec::new();
        for stored in self.all_of(realm, owner).await? {
            if stored.held.is_none() && stored.deadline() > now && which(&stored.facts) {
                wanted.push(stored);
            }
        }
        let dead: Vec<String> = {
            let dead = self.dead_among(&wanted, now).await?;
            dead.into_iter().map(|stored| stored.id.clone()).collect()
        };
        wanted.retain(|stored| !dead.contains(&stored.id));
        let mut changes = Vec::new();
        if !wanted.is_empty() {
            let name = hold_key(realm, owner, now);
            let hold = match self.ring.get_or_make(&name, now, &self.random).await {
                // A hold of the same moment has ended: its key's row is still there.
                Err(VaultError::KeyMissing) => {
                    self.tell_keys(now).await?;
                    self.ring.get_or_make(&name, now, &self.random).await?
                }
                made => made?,
            };
            for stored in &wanted {
                let hour = self.ring.find(&stored.key_name(realm)).await?;
                let hour = hour.ok_or(VaultError::KeyMissing)?;
                let data_key = hour.unwrap(&stored.binding("data key"), &stored.data_key)?;
                let binding = stored.binding("held data key");
                let wrapped = self.random.with(|random| hold.wrap(&binding, &data_key, random))?;
                let expires = if Keeper::Holds.works() { NEVER } else { stored.deadline().0 };
                changes.push(Change::Update {
                    table: &ITEMS,
                    set: vec![
                        ("data_key", wrapped.into()),
                        ("expires", expires.into()),
                        ("sealed", stored.sealed_until().into()),
                        ("due", stored.deadline().into()),
                        ("held", now.into()),
                    ],
                    conditions: vec![
                        Condition::is("id", stored.id.as_str()),
                        Condition::Null("held"),
                    ],
                    expect: Expect::One,
                });
            }
        }
        Ok(Planned { what: wanted.len() as u64, changes })
    }

    /// Ends the hold on an owner's items; `with` is committed together with it: as
    /// [`Vault::plan_release`], with the key of the hold destroyed at once.
    pub async fn release(
        &self,
        realm: &Realm,
        owner: &str,
        with: Vec<Change>,
    ) -> Result<Released, VaultError> {
        let Planned { what, changes } = self.plan_release(realm, owner).await?;
        self.stores.records.commit([with, changes].concat()).await?;
        self.destroy_ended_holds(self.clock.moment()).await?;
        Ok(what)
    }

    /// The changes that end the hold on an owner's items. An item whose deadline
    /// has passed meanwhile is destroyed with them, the others are due when they
    /// were; the key of the hold is destroyed by the next round of
    /// [`Vault::reap`].
    pub async fn plan_release(
        &self,
        realm: &Realm,
        owner: &str,
    ) -> Result<Planned<Released>, VaultError> {
        let now = self.clock.moment();
        let (mut changes, mut released) = (Vec::new(), Released::default());
        let (mut over, mut names) = (Vec::new(), BTreeMap::new());
        for stored in self.all_of(realm, owner).await? {
            let Some(since) = stored.held else { continue };
            let name = names.entry(since).or_insert_with(|| hold_key(realm, owner, since));
            let conditions =
                vec![Condition::is("id", stored.id.as_str()), Condition::NotNull("held")];
            if stored.deadline() <= now {
                changes.push(Change::Delete { table: &ITEMS, conditions, expect: Expect::One });
                if let Content::Object(key) = &stored.content {
                    changes.push(journal_entry(key.as_str(), now));
                }
                over.push(stored.row());
                released.destroyed += 1;
                continue;
            }
            let hold = self.ring.find(name).await?.ok_or(VaultError::KeyMissing)?;
            let data_key = hold.unwrap(&stored.binding("held data key"), &stored.data_key)?;
            let hour = self.ring.get_or_make(&stored.key_name(realm), now, &self.random).await?;
            let binding = stored.binding("data key");
            let wrapped = self.random.with(|random| hour.wrap(&binding, &data_key, random))?;
            changes.push(Change::Update {
                table: &ITEMS,
                set: vec![
                    ("data_key", wrapped.into()),
                    ("expires", stored.deadline().into()),
                    ("due", crate::records::Value::Null),
                    ("held", crate::records::Value::Null),
                ],
                conditions,
                expect: Expect::One,
            });
            released.items += 1;
        }
        let events =
            self.random.with(|random| history::deletions(&over, Cause::Expiry, now, random))?;
        changes.extend(events);
        let mark =
            |name: &KeyName| Row::new(&MARKS).with("name", ended(name)).with("value", name.id());
        changes.extend(names.values().map(|name| Change::InsertIfAbsent(mark(name))));
        Ok(Planned { what: released, changes })
    }

    /// The bytes of an item under a hold, past its deadline too: for whoever the
    /// hold is for. The caller says so in the log ([`super::Event::Read`]).
    pub async fn read_held(
        &self,
        by: &Opener,
        realm: &Realm,
        owner: &str,
        name: &str,
    ) -> Result<Option<Zeroizing<Vec<u8>>>, VaultError> {
        self.ready()?;
        match self.find(realm, owner, name).await? {
            Some(stored) if stored.held.is_some() => {
                self.open_content(by, realm, &stored).await.map(Some)
            }
            _ => Ok(None),
        }
    }

    /// What is under a hold of an owner, by name, each with the deadline that it
    /// has without the hold.
    pub async fn list_held(
        &self,
        realm: &Realm,
        owner: &str,
    ) -> Result<Vec<ItemFacts>, VaultError> {
        self.ready()?;
        let items = self.all_of(realm, owner).await?.into_iter();
        Ok(items.filter(|item| item.held.is_some()).map(Stored::into_facts).collect())
    }

    /// Destroys keys of holds that have ended.
    pub(super) async fn destroy_ended_holds(&self, now: Timestamp) -> Result<(), VaultError> {
        let [from, to] = ENDED;
        let select = Select::from(&MARKS)
            .and(Condition::Compare("name", Operator::Greater, from.into()))
            .and(Condition::less("name", to));
        for row in self.stores.records.select(select).await? {
            let Some(key) = row.optional_text("value")? else { continue };
            self.ring.destroy(key, now).await?;
            let change = Change::Delete {
                table: &MARKS,
                conditions: vec![Condition::is("name", row.text("name")?)],
                expect: Expect::Any,
            };
            self.stores.records.commit(vec![change]).await?;
        }
        Ok(())
    }

    /// The key that wraps an item's data key now.
    pub(super) fn wrapping_name(realm: &Realm, stored: &Stored) -> (KeyName, &'static str) {
        match stored.held {
            Some(since) => (hold_key(realm, &stored.owner, since), "held data key"),
            None => (stored.key_name(realm), "data key"),
        }
    }

    pub(super) async fn all_of(
        &self,
        realm: &Realm,
        owner: &str,
    ) -> Result<Vec<Stored>, VaultError> {
        let select = Select::from(&ITEMS)
            .and(Condition::is("realm", realm.to_string()))
            .and(Condition::is("owner", owner))
            .order("name", Direction::Ascending);
        let rows = self.stores.records.select(select).await?;
        rows.iter().map(Stored::read).collect()
    }
}

/// The key of what came under a hold at one moment: a hold that follows has another,
/// so that the end of the first never destroys it.
fn hold_key(realm: &Realm, owner: &str, since: Timestamp) -> KeyName {
    let owner = Hash::sha256(owner.as_bytes()).to_hex();
    KeyName::hold(&format!("{realm}/{owner}/{}", since.0))
}

fn ended(name: &KeyName) -> String {
    format!("ended {}", name.id())
}
