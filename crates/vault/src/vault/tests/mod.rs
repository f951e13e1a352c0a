//! What every test of the vault stands on.

mod bad;
mod history;
mod holds;
mod items;
mod keys;
mod obligations;
mod removal;
mod restore;
mod servers;
mod service;

use std::collections::HashSet;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use bonafide_context::{OsRandom, Seeded};
use bonafide_policy::Category;
use bytes::Bytes;
use proptest::prelude::*;

use super::tables::REMOVALS;
use super::*;
use crate::objects::{Directory, ObjectFacts, ObjectKey, Presigned};
use crate::records::{Sqlite, Value};

pub(super) const START: u64 = 1_800_000_000_000;
pub(super) const HOUR: u64 = 3_600_000;

/// A clock that can be set back.
pub(super) struct Hands(AtomicU64);

impl Clock for Hands {
    fn now(&self) -> Timestamp {
        Timestamp(self.0.load(Ordering::SeqCst))
    }

    fn elapsed(&self) -> Duration {
        Duration::ZERO
    }
}

/// A directory that can be told to refuse.
struct Shutter {
    directory: Directory,
    closed: AtomicBool,
}

impl Shutter {
    fn open(&self) -> Result<&Directory, ObjectsError> {
        let closed = || ObjectsError::Unavailable { reason: "closed".to_owned() };
        (!self.closed.load(Ordering::SeqCst)).then_some(&self.directory).ok_or_else(closed)
    }
}

#[async_trait]
impl Objects for Shutter {
    async fn put(&self, key: &ObjectKey, bytes: Bytes) -> Result<(), ObjectsError> {
        self.open()?.put(key, bytes).await
    }

    async fn get(&self, key: &ObjectKey, limit: u64) -> Result<Bytes, ObjectsError> {
        self.open()?.get(key, limit).await
    }

    async fn delete(&self, key: &ObjectKey) -> Result<(), ObjectsError> {
        self.open()?.delete(key).await
    }

    async fn list(&self, prefix: &str) -> Result<Vec<ObjectFacts>, ObjectsError> {
        self.open()?.list(prefix).await
    }

    async fn presign(
        &self,
        what: Presigned,
        key: &ObjectKey,
        now: Timestamp,
        valid: Duration,
    ) -> Result<String, ObjectsError> {
        self.open()?.presign(what, key, now, valid).await
    }

    async fn check(&self) -> Result<(), ObjectsError> {
        self.open()?.check().await
    }
}

pub(super) struct House {
    folder: tempfile::TempDir,
    pub(super) stores: Stores,
    shutter: Arc<Shutter>,
    pub(super) clock: Arc<Hands>,
    pub(super) vault: Vault,
}

impl House {
    pub(super) async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (stores, shutter) = stores(folder.path()).await;
        let clock = Arc::new(Hands(AtomicU64::new(START)));
        let root = RootKey::in_file(folder.path().join("root.key"));
        let vault =
            Vault::open(stores.clone(), root, clock.clone(), Box::new(OsRandom)).await.unwrap();
        Self { folder, stores, shutter, clock, vault }
    }

    /// Another node, or the same one after a restart.
    pub(super) async fn again(&self, root: RootKey) -> Result<Vault, VaultError> {
        Vault::open(self.stores.clone(), root, self.clock.clone(), Box::new(OsRandom)).await
    }

    pub(super) fn root(&self) -> RootKey {
        RootKey::in_file(self.folder.path().join("root.key"))
    }

    pub(super) fn now(&self) -> u64 {
        self.clock.0.load(Ordering::SeqCst)
    }

    pub(super) fn at(&self, ms: u64) {
        self.clock.0.store(ms, Ordering::SeqCst);
    }

    pub(super) async fn keep(
        &self,
        realm: &Realm,
        owner: &str,
        name: &str,
        expires: u64,
        bytes: &[u8],
    ) {
        let changes = self.vault.prepare(&item(realm, owner, name, expires), bytes).await.unwrap();
        self.stores.records.commit(changes).await.unwrap();
    }

    async fn read(&self, realm: &Realm, owner: &str, name: &str) -> Option<Vec<u8>> {
        self.vault.read(&by(), realm, owner, name).await.unwrap().map(|bytes| bytes.to_vec())
    }

    /// Changes a column of every item, as someone with the file might.
    async fn tamper(&self, column: &str, value: impl Into<Value>) {
        let value = value.into();
        let rows = self.stores.records.select(Select::from(&ITEMS)).await.unwrap();
        let all = Change::Delete { table: &ITEMS, conditions: Vec::new(), expect: Expect::Any };
        let altered = rows.into_iter().map(|row| Change::Insert(row.with(column, value.clone())));
        self.stores.records.commit(std::iter::once(all).chain(altered).collect()).await.unwrap();
    }

    async fn objects(&self) -> Vec<ObjectKey> {
        let listed = self.shutter.directory.list("").await.unwrap();
        listed.into_iter().map(|facts| facts.key).collect()
    }

    pub(super) async fn rows(&self) -> u64 {
        self.stores.records.count(&ITEMS, Vec::new()).await.unwrap()
    }
}

async fn stores(folder: &std::path::Path) -> (Stores, Arc<Shutter>) {
    let directory = Directory::open(folder.join("objects")).unwrap();
    let shutter = Arc::new(Shutter { directory, closed: AtomicBool::new(false) });
    let stores = Stores {
        records: Arc::new(Sqlite::open(folder.join("records.sqlite")).await.unwrap()),
        objects: shutter.clone(),
        keys: Arc::new(Sqlite::open(folder.join("keys.sqlite")).await.unwrap()),
    };
    (stores, shutter)
}

pub(super) fn realm(text: &str) -> Realm {
    let parts: Vec<&str> = text.split('/').collect();
    Realm {
        region: parts[0].parse().unwrap(),
        environment: parts[1].parse().unwrap(),
        tenant: parts[2].parse().unwrap(),
    }
}

pub(super) fn apac() -> Realm {
    realm("apac/live/1300000001")
}

pub(super) fn item<'a>(realm: &'a Realm, owner: &'a str, name: &'a str, expires: u64) -> Item<'a> {
    let (category, expires) = (Category::FaceMedia, Timestamp(expires));
    let policy = Under::default();
    Item { realm, owner, name, category, expires, media_type: "image/jpeg", policy }
}

pub(super) fn large(seed: u64) -> Vec<u8> {
    let mut bytes = vec![0; SMALL + 1000];
    Seeded::new(seed).fill(&mut bytes);
    bytes
}

/// Whoever opens something in a test.
fn by() -> Opener {
    Opener::desk("a test")
}
