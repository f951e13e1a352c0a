//! The vault: what personal data passes on its way to rest.

mod away;
mod backup;
mod clock;
mod copy;
mod history;
mod hold;
mod item;
mod journal;
mod opener;
mod remove;
mod restored;
mod secrets;
mod stored;
mod tables;
#[cfg(test)]
mod tests;
mod tighten;
mod upload;

pub use bonafide_transparency::leaf::Cause;
pub use bonafide_transparency::leaf::{ConsentAct, Leaf, RestrictionAct};
pub use copy::Copied;
pub use history::{DeletionReceipt, Event, LogStorage, Logged, Told, Whose};
pub use hold::{Planned as PlannedHold, Released};
pub use item::{Erased, Item, ItemFacts, Overdue, Reaped, Under};
pub use opener::{Job, Opener};
pub use restored::{Accepted, begin_restore};
pub(crate) use tables::KEYS;
pub use tables::{KEY_MIGRATIONS, KEY_TABLES, LOG_TABLES, MIGRATIONS, TABLES};
pub use tighten::Tightened;
pub use upload::UploadSlot;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use bonafide_context::{Clock, Keeper, Random, Realm, Timestamp};
use bonafide_policy::Held;
use serde::Serialize;
use serde::de::DeserializeOwned;
use zeroize::Zeroizing;

use crate::objects::ObjectsError;
use crate::records::{Change, Condition, Direction, Expect, Operator, Row, Select};
use crate::seal::{Key, KeyRing, OVERHEAD, SharedRandom};
use crate::{Objects, Records, RootKey, VaultError};
use clock::HighWater;
use history::History;
use stored::{Content, Stored};
use tables::{ITEMS, MARKS};

/// Content up to so many bytes stays in the row.
const SMALL: usize = 8 * 1024;

/// Where a vault keeps things.
#[derive(Clone)]
pub struct Stores {
    /// Rows.
    pub records: Arc<dyn Records>,
    /// Bytes.
    pub objects: Arc<dyn Objects>,
    /// Keys: a store of its own, with a backup of its own.
    pub keys: Arc<dyn Records>,
}

/// The only door to personal data at rest.
///
/// Each item is sealed under a data key of its own; the data key rests in the
/// item's row, wrapped under a key of realm, category and hour of expiry, which
/// rests in the key store under the root key. Realms never read each other's
/// items, and an item is unreadable from its very second of expiry.
pub struct Vault {
    stores: Stores,
    clock: HighWater,
    random: SharedRandom,
    ring: KeyRing,
    swept: AtomicU64,
    /// Whether journals of the stores may still hold keys that are removed: at the
    /// start they may, from before a kill.
    unscrubbed: AtomicBool,
    history: History,
    opened: AtomicU64,
    /// Whether what was restored waits to be checked.
    unchecked: AtomicBool,
}

impl Vault {
    /// Brings the tables up to date and opens the key store.
    ///
    /// On the first use of an empty key store the root key's file is made. A
    /// missing or another root key, or another key store than the one that the
    /// records belong to, is an error: never are new keys put over existing data.
    pub async fn open(
        stores: Stores,
        root: RootKey,
        clock: Arc<dyn Clock>,
        random: Box<dyn Random>,
    ) -> Result<Self, VaultError> {
        let clock = HighWater::new(clock);
        let random = SharedRandom::new(random);
        let now = clock.moment();
        // Nodes take turns by leases.
        stores.records.migrate(crate::records::MIGRATIONS, now).await?;
        stores.records.migrate(MIGRATIONS, now).await?;
        stores.keys.migrate(KEY_MIGRATIONS, now).await?;
        let belongs = mark(stores.records.as_ref(), KEY_STORE).await?;
        if belongs.is_some() && stores.keys.count(&KEYS, Vec::new()).await? == 0 {
            return Err(VaultError::KeyStoreWrong);
        }
        let ring = KeyRing::open(Arc::clone(&stores.keys), root, now, &random).await?;
        let name = ring.name().await?;
        if belongs.is_none() {
            let row = Row::new(&MARKS).with("name", KEY_STORE).with("value", name.as_str());
            stores.records.commit(vec![Change::InsertIfAbsent(row)]).await?;
        }
        if mark(stores.records.as_ref(), KEY_STORE).await?.as_ref() != Some(&name) {
            return Err(VaultError::KeyStoreWrong);
        }
        clock.share(stores.records.as_ref()).await?;
        let node = random.with(|random| {
            let mut id = [0; 16];
            random.fill(&mut id);
            crate::seal::hex(&id)
        });
        let (swept, history) = (AtomicU64::new(0), History::new(node));
        let unscrubbed = AtomicBool::new(true);
        let (opened, unchecked) = (AtomicU64::new(0), AtomicBool::new(false));
        let vault =
            Self { stores, clock, random, ring, swept, unscrubbed, history, opened, unchecked };
        vault.notice_older_records().await?;
        Ok(vault)
    }

    /// Seals bytes. Large ones are written to the object store now, small ones
    /// stay in the row; the item exists when the changes are committed to the
    /// records, and takes the place of one of the same realm, owner and name.
    /// If they never are, the bytes are swept away later. Of two calls that
    /// prepare the same name at once, the later commit conflicts.
    pub async fn prepare(&self, item: &Item<'_>, bytes: &[u8]) -> Result<Vec<Change>, VaultError> {
        let now = self.ready()?;
        if item.expires <= now {
            return Err(VaultError::Expired);
        }
        // Whatever period a caller may have come by.
        if item.category.never_rests() && Keeper::NeverRests.works() {
            return Err(VaultError::Refused { reason: "data of its category lives for a call" });
        }
        let (id, data_key) = self.random.with(|random| {
            let mut id = [0; 16];
            random.fill(&mut id);
            (id, Key::random(random))
        });
        let mut stored = Stored::new(item, bytes.len() as u64, now, &id)?;
        let mut changes = self.displace(item.realm, item.owner, item.name, now).await?;
        let wrapping =
            self.ring.get_or_make(&stored.key_name(item.realm), now, &self.random).await?;
        let (wrapped, envelope) = self.random.with(|random| {
            Ok::<_, VaultError>((
                wrapping.wrap(&stored.binding("data key"), &data_key, random)?,
                data_key.seal(&stored.binding("content"), bytes, random)?,
            ))
        })?;
        stored.data_key = wrapped;
        stored.content = if bytes.len() <= SMALL {
            Content::Row(envelope)
        } else {
            let key = stored.object_key()?;
            self.stores.objects.put(&key, envelope.into()).await?;
            Content::Object(key)
        };
        changes.push(Change::Insert(stored.row()));
        Ok(changes)
    }

    /// Seals a value, which its type gives the category of.
    pub async fn prepare_value<T: Held + Serialize + Sync>(
        &self,
        realm: &Realm,
        owner: &str,
        name: &str,
        expires: Timestamp,
        policy: Under<'_>,
        value: &T,
    ) -> Result<Vec<Change>, VaultError> {
        let json = serde_json::to_vec(value)
            .map_err(|_| VaultError::Refused { reason: "it cannot be written as JSON" })?;
        let json = Zeroizing::new(json);
        let category = T::CATEGORY;
        let media_type = "application/json";
        let item = Item { realm, owner, name, category, expires, media_type, policy };
        self.prepare(&item, &json).await
    }

    /// The bytes of an item, opened in somebody's name; `None` when it is not there,
    /// has expired (from its very second on) or was erased.
    pub async fn read(
        &self,
        by: &Opener,
        realm: &Realm,
        owner: &str,
        name: &str,
    ) -> Result<Option<Zeroizing<Vec<u8>>>, VaultError> {
        Ok(self.read_with_facts(by, realm, owner, name).await?.map(|(_, bytes)| bytes))
    }

    /// As [`Vault::read`], with what is said of the item.
    pub async fn read_with_facts(
        &self,
        by: &Opener,
        realm: &Realm,
        owner: &str,
        name: &str,
    ) -> Result<Option<(ItemFacts, Zeroizing<Vec<u8>>)>, VaultError> {
        let mut before: Option<String> = None;
        loop {
            let now = self.ready()?;
            let over = |stored: &Stored, now| stored.deadline() <= now && Keeper::Deadline.works();
            let stored = match self.find(realm, owner, name).await? {
                Some(stored) if !over(&stored, now) => stored,
                _ => return Ok(None),
            };
            if self.is_dead(&stored, now).await? {
                return Ok(None);
            }
            let plain = match self.open_content(by, realm, &stored).await {
                // Its bytes went while they were looked for: erased, or replaced
                // by another item. The same row with no bytes is damage.
                Err(VaultError::Damaged) if before.as_ref() != Some(&stored.id) => {
                    before = Some(stored.id);
                    continue;
                }
                opened => opened?,
            };
            // An object store may take its time.
            let late = over(&stored, self.ready()?);
            return Ok((!late).then(|| (stored.into_facts(), plain)));
        }
    }

    /// The value of an item, as [`Vault::read`]; one of another category is
    /// [`VaultError::Damaged`].
    pub async fn read_value<T: Held + DeserializeOwned>(
        &self,
        by: &Opener,
        realm: &Realm,
        owner: &str,
        name: &str,
    ) -> Result<Option<T>, VaultError> {
        let Some((facts, json)) = self.read_with_facts(by, realm, owner, name).await? else {
            return Ok(None);
        };
        if facts.category != T::CATEGORY {
            return Err(VaultError::Damaged);
        }
        serde_json::from_slice(&json).map(Some).map_err(|_| VaultError::Damaged)
    }

    /// What is kept of an owner and can be read now, by name.
    pub async fn list(&self, realm: &Realm, owner: &str) -> Result<Vec<ItemFacts>, VaultError> {
        let now = self.ready()?;
        let select = Select::from(&ITEMS)
            .and(Condition::is("realm", realm.to_string()))
            .and(Condition::is("owner", owner))
            .and(Condition::Compare("expires", Operator::Greater, now.into()))
            .order("name", Direction::Ascending);
        let rows = self.stores.records.select(select).await?;
        let items = rows.iter().map(Stored::read).collect::<Result<Vec<_>, _>>()?;
        let due = |stored: &Stored| stored.deadline() <= now;
        Ok(items.into_iter().filter(|item| !due(item)).map(Stored::into_facts).collect())
    }

    /// Whether all three stores answer.
    pub async fn check(&self) -> Result<(), VaultError> {
        self.stores.records.check().await?;
        self.stores.keys.check().await.map_err(VaultError::of_keys)?;
        Ok(self.stores.objects.check().await?)
    }

    /// How many items this vault has opened since it began. Items are opened for a
    /// call or a job only: while there is none, this does not move.
    pub fn opened(&self) -> u64 {
        self.opened.load(Ordering::Relaxed)
    }

    /// The stores that this vault works with.
    pub fn stores(&self) -> &Stores {
        &self.stores
    }

    async fn find(
        &self,
        realm: &Realm,
        owner: &str,
        name: &str,
    ) -> Result<Option<Stored>, VaultError> {
        let select = Select::from(&ITEMS)
            .and(Condition::is("realm", realm.to_string()))
            .and(Condition::is("owner", owner))
            .and(Condition::is("name", name));
        let rows = self.stores.records.select(select).await?;
        rows.first().map(Stored::read).transpose()
    }

    /// Changes that take an item of this name out of the way, if there is one.
    async fn displace(
        &self,
        realm: &Realm,
        owner: &str,
        name: &str,
        now: Timestamp,
    ) -> Result<Vec<Change>, VaultError> {
        let Some(stored) = self.find(realm, owner, name).await? else { return Ok(Vec::new()) };
        if stored.held.is_some() {
            return Err(VaultError::Held);
        }
        let mut changes = vec![Change::Delete {
            table: &ITEMS,
            conditions: vec![Condition::is("id", stored.id.as_str())],
            // If the reaper was here first, the name is free all the same.
            expect: Expect::Any,
        }];
        changes.extend(remove::journal(&stored.content, now));
        Ok(changes)
    }

    async fn open_content(
        &self,
        by: &Opener,
        realm: &Realm,
        stored: &Stored,
    ) -> Result<Zeroizing<Vec<u8>>, VaultError> {
        self.opened.fetch_add(1, Ordering::Relaxed);
        by.opens(stored.facts.category);
        let (name, kind) = Self::wrapping_name(realm, stored);
        let wrapping = self.ring.find(&name).await?.ok_or(VaultError::KeyMissing)?;
        let data_key = wrapping.unwrap(&stored.binding(kind), &stored.data_key)?;
        match &stored.content {
            Content::Row(envelope) => data_key.open(&stored.binding("content"), envelope),
            Content::Object(key) => {
                let limit = stored.facts.size.saturating_add(OVERHEAD as u64);
                let envelope = self.stores.objects.get(key, limit).await.map_err(lost)?;
                data_key.open(&stored.binding("content"), &envelope)
            }
        }
    }
}

/// The mark by which records know their key store.
const KEY_STORE: &str = "key store";

async fn mark(records: &dyn Records, name: &str) -> Result<Option<String>, VaultError> {
    let select = Select::from(&MARKS).and(Condition::is("name", name));
    let rows = records.select(select).await?;
    Ok(rows.first().map(|row| row.text("value").map(str::to_owned)).transpose()?)
}

/// An object that a row names and that is not there, or is longer than it was.
fn lost(error: ObjectsError) -> VaultError {
    match error {
        ObjectsError::Missing | ObjectsError::TooLarge { .. } => VaultError::Damaged,
        error => error.into(),
    }
}
