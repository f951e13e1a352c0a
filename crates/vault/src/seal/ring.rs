//! The keys that wrap data keys.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use bonafide_context::{Keeper, Realm, Timestamp};
use bonafide_policy::{Category, Purpose};

use super::root::{Roots, hex};
use super::{Binding, Key, RootKey, SharedRandom};
use crate::records::{Change, Condition, Expect, Operator, Row, Select, Value};
use crate::vault::KEYS;
use crate::{Records, VaultError};

/// An hour, in milliseconds.
const HOUR: u64 = 3_600_000;
/// Keys held in memory at most: then all are let go, and read again when needed.
const HELD: usize = 20_000;

/// Which key of the ring.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct KeyName {
    id: String,
    ends: Option<u64>,
}

impl KeyName {
    /// Of what expires at `expires`: one key for a realm, a category and an
    /// hour. It ends when that hour has passed.
    pub(crate) fn expiring(realm: &Realm, category: Category, expires: Timestamp) -> Self {
        let hour = expires.0 / HOUR;
        Self {
            id: format!("hour/{realm}/{category}/{hour}"),
            ends: Some(Self::end_of_hour(expires)),
        }
    }

    /// Of what a backup takes along of rows that rest in clear and end at `ends`, on
    /// the hour: it ends then, and not with the hour.
    pub(crate) fn backup(category: Category, ends: Timestamp) -> Self {
        let hour = ends.0 / HOUR;
        Self { id: format!("hour/backup/{category}/{hour}"), ends: Some(hour.saturating_mul(HOUR)) }
    }

    /// Whether what it wraps has ended.
    pub(crate) fn is_over(&self, now: Timestamp) -> bool {
        self.ends.is_some_and(|ends| ends <= now.0) && Keeper::KeyDestruction.works()
    }

    /// One of a legal hold: it stays until the hold ends.
    pub(crate) fn hold(whose: &str) -> Self {
        Self { id: format!("hold/{whose}"), ends: None }
    }

    /// The name in the key store.
    pub(crate) fn id(&self) -> &str {
        &self.id
    }

    /// When the key of what expires at `expires` ends.
    pub(crate) fn end_of_hour(expires: Timestamp) -> u64 {
        (expires.0 / HOUR + 1).saturating_mul(HOUR)
    }

    /// The same of a copy that is kept for a purpose of its own: no key of the
    /// service opens it, and its key nothing of the service.
    pub(crate) fn expiring_copy(
        realm: &Realm,
        purpose: Purpose,
        category: Category,
        expires: Timestamp,
    ) -> Self {
        let hour = expires.0 / HOUR;
        Self {
            id: format!("hour/{realm}/{purpose}/{category}/{hour}"),
            ends: Some((hour + 1).saturating_mul(HOUR)),
        }
    }

    /// One that stays.
    pub(crate) fn standing(label: &str) -> Self {
        Self { id: format!("standing/{label}"), ends: None }
    }

    fn binding(&self) -> Binding {
        Binding::new("wrapping key").part(&self.id).number(self.ends.unwrap_or(0))
    }
}

/// What the log is told of a key.
#[derive(Clone, Debug)]
pub(crate) struct KeyFacts {
    /// Its name in the key store.
    pub(crate) id: String,
    /// When it was made.
    pub(crate) created: Timestamp,
    /// When it was destroyed.
    pub(crate) destroyed: Option<Timestamp>,
}

impl KeyFacts {
    /// Of data of which category it is, or what else it is.
    pub(crate) fn category(&self) -> &str {
        self.of_hour().map_or_else(|| self.kind(), |(category, _)| category)
    }

    /// The hour in which what it wraps expires, counted from 1970; 0 for one that
    /// stays.
    pub(crate) fn hour(&self) -> u64 {
        self.of_hour().map_or(0, |(_, hour)| hour)
    }

    fn kind(&self) -> &str {
        self.id.split('/').next().unwrap_or_default()
    }

    fn of_hour(&self) -> Option<(&str, u64)> {
        let (rest, hour) = self.id.strip_prefix("hour/")?.rsplit_once('/')?;
        Some((rest.rsplit('/').next()?, hour.parse().ok()?))
    }

    fn read(row: &Row) -> Result<Self, VaultError> {
        let destroyed = row.optional_integer("destroyed")?.and_then(|at| u64::try_from(at).ok());
        Ok(Self {
            id: row.text("id")?.to_owned(),
            created: row.moment("created")?,
            destroyed: destroyed.map(Timestamp),
        })
    }
}

/// The keys of the key store, opened under the root key and held in memory while
/// they are needed.
pub(crate) struct KeyRing {
    store: Arc<dyn Records>,
    roots: Roots,
    held: Mutex<HashMap<String, Held>>,
}

struct Held {
    key: Arc<Key>,
    ends: Option<u64>,
}

impl KeyRing {
    /// Opens a key store, or begins one if it is empty.
    pub(crate) async fn open(
        store: Arc<dyn Records>,
        root: RootKey,
        now: Timestamp,
        random: &SharedRandom,
    ) -> Result<Self, VaultError> {
        let fresh = store.count(&KEYS, Vec::new()).await.map_err(VaultError::of_keys)? == 0;
        let roots = root.load(fresh, random).await?;
        let ring = Self { store, roots, held: Mutex::default() };
        // A key that is there from the first day: whoever has another root key
        // fails here, before anything is sealed.
        match ring.find(&Self::identity()).await {
            Ok(Some(_)) => Ok(ring),
            Ok(None) if fresh => {
                ring.get_or_make(&Self::identity(), now, random).await.map(|_| ring)
            }
            Ok(None) => Err(VaultError::KeyStoreWrong),
            Err(error) => Err(error),
        }
    }

    fn identity() -> KeyName {
        KeyName::standing("identity")
    }

    /// A name by which records know the key store they belong to.
    pub(crate) async fn name(&self) -> Result<String, VaultError> {
        let key = self.find(&Self::identity()).await?.ok_or(VaultError::KeyStoreWrong)?;
        Ok(hex(&key.hash(&Binding::new("name of a key store"), &[])[..16]))
    }

    /// A key, made if it is not there. Nodes that make it at the same time agree
    /// on the one that came first.
    pub(crate) async fn get_or_make(
        &self,
        name: &KeyName,
        now: Timestamp,
        random: &SharedRandom,
    ) -> Result<Arc<Key>, VaultError> {
        if let Some(key) = self.find(name).await? {
            return Ok(key);
        }
        let wrapped = random.with(|random| {
            let key = Key::random(random);
            self.roots.first.key.wrap(&name.binding(), &key, random)
        })?;
        let row = Row::new(&KEYS)
            .with("id", name.id.as_str())
            .with("root", self.roots.first.name.as_str())
            .with("wrapped", wrapped)
            .with("created", now)
            .with("ends", name.ends);
        self.store.commit(vec![Change::InsertIfAbsent(row)]).await.map_err(VaultError::of_keys)?;
        self.find(name).await?.ok_or(VaultError::KeyMissing)
    }

    /// A key, if it is there.
    pub(crate) async fn find(&self, name: &KeyName) -> Result<Option<Arc<Key>>, VaultError> {
        if let Some(held) = self.held().get(&name.id) {
            return Ok(Some(Arc::clone(&held.key)));
        }
        let select = Select::from(&KEYS).and(Condition::is("id", name.id.as_str()));
        let rows = self.store.select(select).await.map_err(VaultError::of_keys)?;
        let Some(row) = rows.first() else { return Ok(None) };
        if row.optional_integer("destroyed")?.is_some() {
            return Ok(None);
        }
        let root = self.roots.named(row.text("root")?).ok_or(VaultError::RootKeyWrong)?;
        let key = Arc::new(root.unwrap(&name.binding(), row.bytes("wrapped")?)?);
        let mut held = self.held();
        if held.len() >= HELD {
            held.clear();
        }
        held.insert(name.id.clone(), Held { key: Arc::clone(&key), ends: name.ends });
        Ok(Some(key))
    }

    /// Destroys the keys of hours that have passed; returns how many this call
    /// destroyed (another node may have been at it, too). Their rows stay without
    /// them until [`KeyRing::forget`].
    pub(crate) async fn destroy_past(&self, now: Timestamp) -> Result<u64, VaultError> {
        if !Keeper::KeyDestruction.works() {
            return Ok(0);
        }
        self.held().retain(|_, held| held.ends.is_none_or(|ends| ends > now.0));
        let past = || {
            let over = Condition::Compare("ends", Operator::AtMost, now.into());
            vec![over, Condition::Null("destroyed")]
        };
        let count = self.store.count(&KEYS, past()).await.map_err(VaultError::of_keys)?;
        if count > 0 {
            let change = Change::Update {
                table: &KEYS,
                set: vec![("wrapped", Value::Bytes(Vec::new())), ("destroyed", now.into())],
                conditions: past(),
                expect: Expect::Any,
            };
            self.store.commit(vec![change]).await.map_err(VaultError::of_keys)?;
        }
        Ok(count)
    }

    /// Destroys a key before its time.
    pub(crate) async fn destroy(&self, id: &str, now: Timestamp) -> Result<(), VaultError> {
        self.held().remove(id);
        let change = Change::Update {
            table: &KEYS,
            set: vec![("wrapped", Value::Bytes(Vec::new())), ("destroyed", now.into())],
            conditions: vec![Condition::is("id", id), Condition::Null("destroyed")],
            expect: Expect::Any,
        };
        self.store.commit(vec![change]).await.map_err(VaultError::of_keys)
    }

    /// Keys of whose making nothing is told yet.
    pub(crate) async fn untold(&self, limit: u32) -> Result<Vec<KeyFacts>, VaultError> {
        self.facts(Select::from(&KEYS).and(Condition::Null("noted")).limit(limit)).await
    }

    /// Destroyed keys whose rows are still there, and whose making is told.
    pub(crate) async fn destroyed(&self, limit: u32) -> Result<Vec<KeyFacts>, VaultError> {
        let gone = Select::from(&KEYS).and(Condition::NotNull("destroyed"));
        self.facts(gone.and(Condition::NotNull("noted")).limit(limit)).await
    }

    async fn facts(&self, select: Select) -> Result<Vec<KeyFacts>, VaultError> {
        let rows = self.store.select(select).await.map_err(VaultError::of_keys)?;
        rows.iter().map(KeyFacts::read).collect()
    }

    /// Writes down that the making of these keys is told.
    pub(crate) async fn told(&self, keys: &[KeyFacts], now: Timestamp) -> Result<(), VaultError> {
        let change = Change::Update {
            table: &KEYS,
            set: vec![("noted", now.into())],
            conditions: vec![named(keys), Condition::Null("noted")],
            expect: Expect::Any,
        };
        self.store.commit(vec![change]).await.map_err(VaultError::of_keys)
    }

    /// Takes out the rows of destroyed keys.
    pub(crate) async fn forget(&self, keys: &[KeyFacts]) -> Result<(), VaultError> {
        let conditions = vec![named(keys), Condition::NotNull("destroyed")];
        let change = Change::Delete { table: &KEYS, conditions, expect: Expect::Any };
        self.store.commit(vec![change]).await.map_err(VaultError::of_keys)
    }

    /// The name of the root key that wraps.
    pub(crate) fn root_name(&self) -> &str {
        &self.roots.first.name
    }

    /// The names of the root keys that keys are under, the first of this node first,
    /// and how many keys there are under each.
    pub(crate) async fn roots(&self) -> Result<Vec<(String, u64)>, VaultError> {
        let mut names = vec![self.roots.first.name.clone()];
        loop {
            // One row of a root key that is not known yet, until there is none.
            let mut select = Select::from(&KEYS).and(Condition::Null("destroyed")).limit(1);
            for name in &names {
                let other = Condition::Compare("root", Operator::NotEqual, name.as_str().into());
                select = select.and(other);
            }
            let rows = self.store.select(select).await.map_err(VaultError::of_keys)?;
            let Some(row) = rows.first() else { break };
            names.push(row.text("root")?.to_owned());
        }
        let mut counted = Vec::with_capacity(names.len());
        for name in names {
            let under = vec![Condition::is("root", name.as_str()), Condition::Null("destroyed")];
            let count = self.store.count(&KEYS, under).await.map_err(VaultError::of_keys)?;
            counted.push((name, count));
        }
        Ok(counted)
    }

    /// Wraps keys that are under another root key again, under the first; returns
    /// how many. When it returns 0 on every node, the other one is not needed
    /// any more.
    pub(crate) async fn rewrap(
        &self,
        limit: u32,
        random: &SharedRandom,
    ) -> Result<u64, VaultError> {
        let first = &self.roots.first;
        let other = Condition::Compare("root", Operator::NotEqual, first.name.as_str().into());
        let rows = self
            .store
            .select(Select::from(&KEYS).and(other).and(Condition::Null("destroyed")).limit(limit))
            .await
            .map_err(VaultError::of_keys)?;
        let mut changes = Vec::with_capacity(rows.len());
        for row in &rows {
            let ends = row.optional_integer("ends")?.and_then(|ends| u64::try_from(ends).ok());
            let name = KeyName { id: row.text("id")?.to_owned(), ends };
            let was = row.text("root")?;
            let root = self.roots.named(was).ok_or(VaultError::RootKeyWrong)?;
            let key = root.unwrap(&name.binding(), row.bytes("wrapped")?)?;
            let wrapped = random.with(|random| first.key.wrap(&name.binding(), &key, random))?;
            changes.push(Change::Update {
                table: &KEYS,
                set: vec![("root", first.name.as_str().into()), ("wrapped", Value::Bytes(wrapped))],
                // Another node may have done it, or the key may be gone.
                conditions: vec![Condition::is("id", name.id), Condition::is("root", was)],
                expect: Expect::Any,
            });
        }
        let count = changes.len() as u64;
        if count > 0 {
            self.store.commit(changes).await.map_err(VaultError::of_keys)?;
        }
        Ok(count)
    }

    fn held(&self) -> std::sync::MutexGuard<'_, HashMap<String, Held>> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn named(keys: &[KeyFacts]) -> Condition {
    Condition::In("id", keys.iter().map(|key| key.id.as_str().into()).collect())
}
