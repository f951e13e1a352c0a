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

const START: u64 = 1_800_000_000_000;
const HOUR: u64 = 3_600_000;

/// A clock that can be set back.
struct Hands(AtomicU64);

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

struct House {
    folder: tempfile::TempDir,
    stores: Stores,
    shutter: Arc<Shutter>,
    clock: Arc<Hands>,
    vault: Vault,
}

impl House {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (stores, shutter) = stores(folder.path()).await;
        let clock = Arc::new(Hands(AtomicU64::new(START)));
        let root = RootKey::in_file(folder.path().join("root.key"));
        let vault =
            Vault::open(stores.clone(), root, clock.clone(), Box::new(OsRandom)).await.unwrap();
        Self { folder, stores, shutter, clock, vault }
    }

    /// Another node, or the same one after a restart.
    async fn again(&self, root: RootKey) -> Result<Vault, VaultError> {
        Vault::open(self.stores.clone(), root, self.clock.clone(), Box::new(OsRandom)).await
    }

    fn root(&self) -> RootKey {
        RootKey::in_file(self.folder.path().join("root.key"))
    }

    fn at(&self, ms: u64) {
        self.clock.0.store(ms, Ordering::SeqCst);
    }

    async fn keep(&self, realm: &Realm, owner: &str, name: &str, expires: u64, bytes: &[u8]) {
        let changes = self.vault.prepare(&item(realm, owner, name, expires), bytes).await.unwrap();
        self.stores.records.commit(changes).await.unwrap();
    }

    async fn read(&self, realm: &Realm, owner: &str, name: &str) -> Option<Vec<u8>> {
        self.vault.read(realm, owner, name).await.unwrap().map(|bytes| bytes.to_vec())
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

    async fn rows(&self) -> u64 {
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

fn realm(text: &str) -> Realm {
    let parts: Vec<&str> = text.split('/').collect();
    Realm {
        region: parts[0].parse().unwrap(),
        environment: parts[1].parse().unwrap(),
        tenant: parts[2].parse().unwrap(),
    }
}

fn apac() -> Realm {
    realm("apac/live/1300000001")
}

fn item<'a>(realm: &'a Realm, owner: &'a str, name: &'a str, expires: u64) -> Item<'a> {
    let (category, expires) = (Category::FaceMedia, Timestamp(expires));
    Item { realm, owner, name, category, expires, media_type: "image/jpeg" }
}

fn large(seed: u64) -> Vec<u8> {
    let mut bytes = vec![0; SMALL + 1000];
    Seeded::new(seed).fill(&mut bytes);
    bytes
}

#[tokio::test]
async fn what_is_kept_is_read_small_and_large_and_never_rests_in_clear() {
    let house = House::new().await;
    let (small, large) = (b"ERIKSSON ANNA".repeat(9), large(1));
    house.keep(&apac(), "ver_1", "page", START + HOUR, &small).await;
    house.keep(&apac(), "ver_1", "front", START + 2 * HOUR, &large).await;
    house.keep(&apac(), "ver_1", "empty", START + HOUR, b"").await;
    assert_eq!(house.read(&apac(), "ver_1", "page").await, Some(small));
    assert_eq!(house.read(&apac(), "ver_1", "front").await, Some(large.clone()));
    assert_eq!(house.read(&apac(), "ver_1", "empty").await, Some(Vec::new()));
    assert_eq!(house.read(&apac(), "ver_1", "back").await, None);
    assert_eq!(house.read(&apac(), "ver_2", "front").await, None);

    let objects = house.objects().await;
    assert_eq!(objects.len(), 1);
    assert!(objects[0].as_str().starts_with("items/apac/live/1300000001/"));
    let mut seen = 0;
    for entry in walk(house.folder.path()) {
        let bytes = std::fs::read(&entry).unwrap();
        seen += bytes.len();
        assert!(!bytes.windows(8).any(|w| w == b"ERIKSSON" || w == &large[..8]), "{entry:?}");
    }
    assert!(seen > 20_000);

    let facts = house.vault.list(&apac(), "ver_1").await.unwrap();
    assert_eq!(
        facts.iter().map(|f| f.name.as_str()).collect::<Vec<_>>(),
        ["empty", "front", "page"]
    );
    let front = ItemFacts {
        name: "front".to_owned(),
        category: Category::FaceMedia,
        media_type: "image/jpeg".to_owned(),
        size: large.len() as u64,
        created: Timestamp(START),
        expires: Timestamp(START + 2 * HOUR),
    };
    assert_eq!(facts[1], front);
}

fn walk(folder: &std::path::Path) -> Vec<std::path::PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { walk(&path) } else { vec![path] }).collect()
}

#[derive(Debug, PartialEq, serde::Serialize, serde::Deserialize)]
struct Outcome {
    score: u32,
}

impl Held for Outcome {
    const CATEGORY: Category = Category::Results;
}

#[derive(Debug, serde::Serialize, serde::Deserialize)]
struct Gadget {
    score: u32,
}

impl Held for Gadget {
    const CATEGORY: Category = Category::Device;
}

#[tokio::test]
async fn a_value_is_read_as_its_own_type_only() {
    let house = House::new().await;
    let expires = Timestamp(START + HOUR);
    let outcome = Outcome { score: 7 };
    let changes = house.vault.prepare_value(&apac(), "ver_1", "result", expires, &outcome).await;
    house.stores.records.commit(changes.unwrap()).await.unwrap();
    let read = house.vault.read_value::<Outcome>(&apac(), "ver_1", "result").await;
    assert_eq!(read, Ok(Some(outcome)));
    let other = house.vault.read_value::<Gadget>(&apac(), "ver_1", "result").await;
    assert_eq!(other.map(|g| g.map(|g| g.score)), Err(VaultError::Damaged));
    let facts = house.vault.list(&apac(), "ver_1").await.unwrap();
    assert_eq!(facts[0].category, Category::Results);
}

#[tokio::test]
async fn an_item_that_was_never_committed_is_not_there() {
    let house = House::new().await;
    let apac = apac();
    let prepared = item(&apac, "ver_1", "front", START + HOUR);
    house.vault.prepare(&prepared, &large(1)).await.unwrap();
    assert_eq!(house.read(&apac, "ver_1", "front").await, None);
    assert_eq!(house.objects().await.len(), 1);
    // The first sweep is too early for it, as its call may be under way.
    assert_eq!(house.vault.reap(100).await.unwrap().orphans, 0);
    house.keep(&apac, "ver_1", "back", START + 5 * HOUR, &large(2)).await;
    house.at(START + HOUR);
    assert_eq!(house.vault.reap(100).await.unwrap().orphans, 1);
    assert_eq!(house.objects().await.len(), 1);
    assert_eq!(house.read(&apac, "ver_1", "back").await, Some(large(2)));
}

#[tokio::test]
async fn expired_is_unreadable_from_its_very_second_whatever_the_reaper_does() {
    let house = House::new().await;
    for (name, bytes) in [("small", vec![1]), ("large", large(1))] {
        let expires = START + 2 * HOUR;
        house.keep(&apac(), "ver_1", name, expires, &bytes).await;
        house.at(expires - 1);
        assert_eq!(house.read(&apac(), "ver_1", name).await, Some(bytes));
        assert_eq!(house.vault.list(&apac(), "ver_1").await.unwrap().len(), 1);
        house.at(expires);
        assert_eq!(house.read(&apac(), "ver_1", name).await, None);
        assert_eq!(house.vault.list(&apac(), "ver_1").await, Ok(Vec::new()));
        house.at(START + HOUR);
        house.vault.erase(&apac(), "ver_1", None).await.unwrap();
        // Time starts over for the second round: another house's clock.
        house.vault.clock.forget();
        house.at(START);
    }
    house.at(START);
    let expired = house.vault.prepare(&item(&apac(), "v", "n", START), b"x").await;
    assert_eq!(expired.map(|_| ()), Err(VaultError::Expired));
}

#[tokio::test]
async fn realms_never_read_each_others_items() {
    let house = House::new().await;
    let others = [
        realm("apac/sandbox/1300000001"),
        realm("eu/live/1300000001"),
        realm("apac/live/1300000002"),
    ];
    house.keep(&apac(), "ver_1", "front", START + HOUR, &large(1)).await;
    house.keep(&apac(), "ver_1", "page", START + HOUR, b"small").await;
    for other in &others {
        assert_eq!(house.read(other, "ver_1", "front").await, None);
        assert_eq!(house.vault.list(other, "ver_1").await, Ok(Vec::new()));
        assert_eq!(house.vault.erase(other, "ver_1", None).await, Ok(Erased::default()));
        assert_ne!(
            house.vault.keyed_hash(&apac(), "subject", b"C-1").await,
            house.vault.keyed_hash(other, "subject", b"C-1").await,
        );
    }
    assert_eq!(house.read(&apac(), "ver_1", "page").await, Some(b"small".to_vec()));
    // A row carried over to another realm does not open there, even when that
    // realm has a key for the same hour.
    for other in &others {
        house.keep(other, "ver_9", "own", START + HOUR, b"own").await;
        assert_eq!(house.read(other, "ver_9", "own").await, Some(b"own".to_vec()));
        house.vault.erase(other, "ver_9", None).await.unwrap();
        house.tamper("realm", other.to_string()).await;
        for name in ["front", "page"] {
            let read = house.vault.read(other, "ver_1", name).await;
            assert_eq!(read, Err(VaultError::Damaged), "{other}");
        }
        house.tamper("realm", apac().to_string()).await;
    }
    assert_eq!(house.read(&apac(), "ver_1", "front").await, Some(large(1)));
}

#[tokio::test]
async fn a_row_that_was_altered_does_not_open() {
    let house = House::new().await;
    for bytes in [b"small".to_vec(), large(1)] {
        house.keep(&apac(), "ver_1", "front", START + HOUR + 5, &bytes).await;
        let real = house.vault.find(&apac(), "ver_1", "front").await.unwrap().unwrap();
        let later = START + HOUR + 6;
        let alterations: [(&'static str, Value, Value); 7] = [
            ("owner", "ver_2".into(), "ver_1".into()),
            ("name", "back".into(), "front".into()),
            ("category", "results".into(), "face_media".into()),
            ("media_type", "text/html".into(), "image/jpeg".into()),
            ("expires", later.into(), (START + HOUR + 5).into()),
            ("expires", (later + HOUR).into(), (START + HOUR + 5).into()),
            ("size", 4u64.into(), real.facts.size.into()),
        ];
        for (column, altered, restored) in alterations {
            house.tamper(column, altered).await;
            let owner = if column == "owner" { "ver_2" } else { "ver_1" };
            let name = if column == "name" { "back" } else { "front" };
            let read = house.vault.read(&apac(), owner, name).await;
            assert!(
                matches!(read, Err(VaultError::Damaged | VaultError::KeyMissing)),
                "{column}: {read:?}"
            );
            house.tamper(column, restored).await;
        }
        assert_eq!(house.read(&apac(), "ver_1", "front").await, Some(bytes));
    }
}

#[tokio::test]
async fn bytes_of_one_item_do_not_open_as_those_of_another() {
    let house = House::new().await;
    house.keep(&apac(), "ver_1", "front", START + HOUR, &large(1)).await;
    house.keep(&apac(), "ver_1", "back", START + HOUR, &large(2)).await;
    let keys = house.objects().await;
    let first = house.shutter.directory.get(&keys[0], 1 << 20).await.unwrap();
    house.shutter.directory.put(&keys[1], first.clone()).await.unwrap();
    let read = [
        house.vault.read(&apac(), "ver_1", "front").await,
        house.vault.read(&apac(), "ver_1", "back").await,
    ];
    assert_eq!(read.iter().filter(|r| **r == Err(VaultError::Damaged)).count(), 1);
    // Cut short, gone, or with a bit flipped: never half a picture.
    for bad in [first.slice(..100), Bytes::new()] {
        house.shutter.directory.put(&keys[0], bad).await.unwrap();
        house.shutter.directory.delete(&keys[1]).await.unwrap();
        for name in ["front", "back"] {
            let read = house.vault.read(&apac(), "ver_1", name).await;
            assert_eq!(read, Err(VaultError::Damaged));
        }
    }
}

#[tokio::test]
async fn an_item_takes_the_place_of_one_of_its_name() {
    let house = House::new().await;
    house.keep(&apac(), "ver_1", "front", START + HOUR, &large(1)).await;
    house.keep(&apac(), "ver_1", "front", START + HOUR, &large(2)).await;
    assert_eq!(house.read(&apac(), "ver_1", "front").await, Some(large(2)));
    assert_eq!(house.vault.reap(100).await.unwrap().objects, 1);
    assert_eq!(house.objects().await.len(), 1);
    assert_eq!(house.read(&apac(), "ver_1", "front").await, Some(large(2)));

    // Of two at once the later commit conflicts and changes nothing.
    let one = house.vault.prepare(&item(&apac(), "ver_2", "front", START + HOUR), b"1").await;
    let two = house.vault.prepare(&item(&apac(), "ver_2", "front", START + HOUR), b"2").await;
    house.stores.records.commit(two.unwrap()).await.unwrap();
    let late = house.stores.records.commit(one.unwrap()).await.map_err(VaultError::from);
    assert_eq!(late, Err(VaultError::Conflict));
    assert_eq!(house.read(&apac(), "ver_2", "front").await, Some(b"2".to_vec()));
}

#[tokio::test]
async fn erasing_takes_the_key_at_once_and_the_bytes_when_the_store_lets_it() {
    let house = House::new().await;
    let expires = START + 9 * HOUR;
    house.keep(&apac(), "ver_1", "front", expires, &large(1)).await;
    house.keep(&apac(), "ver_1", "page", expires, b"small").await;
    house.keep(&apac(), "ver_2", "front", expires, &large(2)).await;
    let results = house.vault.erase(&apac(), "ver_1", Some(&[Category::Results])).await;
    assert_eq!(results, Ok(Erased::default()));

    house.shutter.closed.store(true, Ordering::SeqCst);
    let erased = house.vault.erase(&apac(), "ver_1", Some(&[Category::FaceMedia])).await;
    assert_eq!(erased, Ok(Erased { items: 2, pending: 1 }));
    assert_eq!(house.read(&apac(), "ver_1", "front").await, None);
    assert_eq!(house.rows().await, 1);
    assert_eq!(house.objects().await.len(), 2);

    // Tried again, less and less often, and visibly.
    for (at, pending) in [(0, 1), (1_999, 1), (2_000, 1)] {
        house.at(START + at);
        let reaped = house.vault.reap(100).await.unwrap();
        assert_eq!((reaped.pending, reaped.objects), (pending, 0));
    }
    let rows = house.stores.records.select(Select::from(&REMOVALS)).await.unwrap();
    assert_eq!(rows[0].integer("attempts"), Ok(2));
    assert_eq!(rows[0].moment("due"), Ok(Timestamp(START + 2_000 + 4_000)));

    house.shutter.closed.store(false, Ordering::SeqCst);
    house.at(START + 10_000);
    let reaped = house.vault.reap(100).await.unwrap();
    assert_eq!((reaped.pending, reaped.objects), (0, 1));
    assert_eq!(house.objects().await.len(), 1);
    assert_eq!(house.read(&apac(), "ver_2", "front").await, Some(large(2)));
}

#[tokio::test]
async fn the_reaper_takes_what_is_due_and_nothing_else() {
    let house = House::new().await;
    for n in 0..20u64 {
        let bytes = if n % 2 == 0 { vec![1] } else { large(n) };
        house.keep(&apac(), "ver_1", &format!("i{n:02}"), START + HOUR + n, &bytes).await;
    }
    assert_eq!(house.vault.reap(100).await.unwrap().items, 0);
    house.at(START + HOUR + 9);
    let reaped = house.vault.reap(4).await.unwrap();
    assert_eq!((reaped.items, reaped.objects, reaped.more, reaped.lag_ms), (4, 2, true, 9));
    let reaped = house.vault.reap(100).await.unwrap();
    assert_eq!((reaped.items, reaped.objects, reaped.more), (6, 3, false));
    assert_eq!((house.rows().await, house.objects().await.len()), (10, 5));
    assert_eq!(house.vault.reap(100).await.unwrap(), Reaped::default());
    house.at(START + HOUR + 10);
    assert_eq!(house.read(&apac(), "ver_1", "i11").await, Some(large(11)));
}

#[tokio::test]
async fn reapers_at_once_leave_nothing_and_take_nothing_else() {
    let house = House::new().await;
    let second = house.again(house.root()).await.unwrap();
    for n in 0..60u64 {
        let bytes = if n % 3 == 0 { large(n) } else { vec![1] };
        house.keep(&apac(), "ver_1", &format!("due{n}"), START + HOUR, &bytes).await;
    }
    house.keep(&apac(), "ver_1", "stays", START + 3 * HOUR, &large(99)).await;
    house.at(START + HOUR);
    let reaps = (0..6).map(|n| if n % 2 == 0 { house.vault.reap(25) } else { second.reap(25) });
    for reaped in futures_util::future::join_all(reaps).await {
        reaped.unwrap();
    }
    house.vault.reap(1000).await.unwrap();
    assert_eq!((house.rows().await, house.objects().await.len()), (1, 1));
    assert_eq!(house.read(&apac(), "ver_1", "stays").await, Some(large(99)));
}

#[tokio::test]
async fn the_key_of_an_hour_is_destroyed_when_it_has_passed() {
    let house = House::new().await;
    let keys = async || house.stores.keys.count(&KEYS, Vec::new()).await.unwrap();
    let before = keys().await;
    house.keep(&apac(), "ver_1", "front", START + HOUR + 1, b"x").await;
    house.keep(&apac(), "ver_1", "back", START + HOUR + 2, b"x").await;
    assert_eq!(keys().await, before + 1);
    house.keep(&apac(), "ver_1", "result", START + 2 * HOUR + 1, b"x").await;
    assert_eq!(keys().await, before + 2);
    let end = (START + HOUR) / HOUR * HOUR + HOUR;
    house.at(end - 1);
    assert_eq!(house.vault.reap(100).await.unwrap().keys, 0);
    house.at(end);
    assert_eq!(house.vault.reap(100).await.unwrap().keys, 1);
    assert_eq!(keys().await, before + 1);
    assert_eq!(house.read(&apac(), "ver_1", "result").await, Some(b"x".to_vec()));
}

#[tokio::test]
async fn nodes_that_make_the_key_of_an_hour_at_once_agree_on_it() {
    let house = House::new().await;
    let mut nodes = Vec::new();
    for _ in 0..4 {
        nodes.push(house.again(house.root()).await.unwrap());
    }
    let apac = apac();
    let names: Vec<String> = (0..nodes.len()).map(|n| format!("from-{n}")).collect();
    let prepared = nodes.iter().zip(&names).map(async |(node, name)| {
        node.prepare(&item(&apac, "ver_1", name, START + HOUR), name.as_bytes()).await.unwrap()
    });
    for changes in futures_util::future::join_all(prepared).await {
        house.stores.records.commit(changes).await.unwrap();
    }
    let fresh = house.again(house.root()).await.unwrap();
    for name in &names {
        let read = fresh.read(&apac, "ver_1", name).await.unwrap();
        assert_eq!(read.as_deref().map(Vec::as_slice), Some(name.as_bytes()));
    }
}

#[tokio::test]
async fn a_clock_that_was_set_back_opens_nothing_until_it_is_right() {
    let house = House::new().await;
    let apac = apac();
    house.keep(&apac, "ver_1", "front", START + HOUR, b"x").await;
    house.keep(&apac, "ver_1", "back", START + 10 * HOUR, b"y").await;
    house.at(START + 2 * HOUR);
    house.vault.reap(0).await.unwrap();
    // A new process, which has seen nothing itself.
    house.at(START);
    let vault = house.again(house.root()).await.unwrap();
    let behind = Err(VaultError::ClockBehind { behind_ms: 2 * HOUR });
    assert_eq!(vault.read(&apac, "ver_1", "front").await.map(|_| ()), behind);
    assert_eq!(vault.read(&apac, "ver_1", "back").await.map(|_| ()), behind);
    assert_eq!(vault.list(&apac, "ver_1").await.map(|_| ()), behind);
    let late = item(&apac, "ver_1", "new", START + 9 * HOUR);
    assert_eq!(vault.prepare(&late, b"z").await.map(|_| ()), behind);
    // What is due by the mark goes all the same.
    assert_eq!(vault.reap(100).await.unwrap().items, 1);
    // Within the difference that clocks of nodes have, deadlines count from the
    // mark.
    house.keep_by(&vault, START + 2 * HOUR, "edge", START + 2 * HOUR + 1_000).await;
    house.at(START + 2 * HOUR + 1_000);
    assert_eq!(vault.read(&apac, "ver_1", "edge").await, Ok(None));
    house.at(START + 2 * HOUR);
    assert_eq!(vault.read(&apac, "ver_1", "edge").await, Ok(None));
    assert!(vault.read(&apac, "ver_1", "back").await.unwrap().is_some());
}

impl House {
    async fn keep_by(&self, vault: &Vault, at: u64, name: &str, expires: u64) {
        self.at(at);
        let changes = vault.prepare(&item(&apac(), "ver_1", name, expires), b"x").await.unwrap();
        self.stores.records.commit(changes).await.unwrap();
    }
}

#[tokio::test]
async fn a_missing_or_another_root_key_is_an_error_and_makes_no_new_one() {
    let house = House::new().await;
    house.keep(&apac(), "ver_1", "front", START + HOUR, b"x").await;
    let (path, aside) = (house.folder.path().join("root.key"), house.folder.path().join("aside"));
    std::fs::rename(&path, &aside).unwrap();
    let missing = house.again(house.root()).await.map(|_| ());
    assert!(matches!(missing, Err(VaultError::RootKeyMissing { .. })));
    assert!(!path.exists());
    let other = || RootKey::given(Key::random(&mut Seeded::new(1)));
    assert_eq!(house.again(other()).await.map(|_| ()), Err(VaultError::RootKeyWrong));
    std::fs::write(&path, "not a key").unwrap();
    let bad = house.again(house.root()).await.map(|_| ());
    assert!(matches!(bad, Err(VaultError::RootKeyFile { .. })));
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "not a key");
    std::fs::rename(&aside, &path).unwrap();
    let vault = house.again(house.root()).await.unwrap();
    assert!(vault.read(&apac(), "ver_1", "front").await.unwrap().is_some());
}

#[tokio::test]
async fn records_open_only_with_their_own_key_store() {
    let house = House::new().await;
    house.keep(&apac(), "ver_1", "front", START + HOUR, b"x").await;
    let elsewhere = tempfile::tempdir().unwrap();
    let mut mixed = house.stores.clone();
    mixed.keys = stores(elsewhere.path()).await.0.keys;
    let open = async |root| {
        let opened =
            Vault::open(mixed.clone(), root, house.clock.clone(), Box::new(OsRandom)).await;
        opened.map(|_| ())
    };
    // Empty, and then that of another installation under the same root key.
    assert_eq!(open(house.root()).await, Err(VaultError::KeyStoreWrong));
    let key = std::fs::read_to_string(house.folder.path().join("root.key")).unwrap();
    std::fs::write(elsewhere.path().join("root.key"), key).unwrap();
    let copy = RootKey::in_file(elsewhere.path().join("root.key"));
    let fresh = stores(elsewhere.path()).await.0;
    Vault::open(fresh, copy, house.clock.clone(), Box::new(OsRandom)).await.unwrap();
    assert_eq!(open(house.root()).await, Err(VaultError::KeyStoreWrong));
}

#[tokio::test]
async fn the_root_key_is_rotated_without_losing_anything() {
    let house = House::new().await;
    house.keep(&apac(), "ver_1", "front", START + HOUR, b"x").await;
    let sealed = house.vault.seal_secret("key bfk_1", b"hmac").await.unwrap();
    let new = |seed| RootKey::given(Key::random(&mut Seeded::new(seed)));
    let vault = house.again(new(5).and(house.root())).await.unwrap();
    assert!(vault.read(&apac(), "ver_1", "front").await.unwrap().is_some());
    assert_eq!(vault.rotate_root(2).await, Ok(2));
    while vault.rotate_root(2).await.unwrap() > 0 {}
    // The old one alone opens nothing any more, the new one alone everything.
    assert_eq!(house.again(house.root()).await.map(|_| ()), Err(VaultError::RootKeyWrong));
    let vault = house.again(new(5)).await.unwrap();
    assert!(vault.read(&apac(), "ver_1", "front").await.unwrap().is_some());
    assert_eq!(&**vault.open_secret("key bfk_1", &sealed).await.unwrap(), b"hmac");
}

#[tokio::test]
async fn secrets_open_only_as_what_they_were_sealed() {
    let house = House::new().await;
    let none = house.vault.open_secret("key bfk_1", b"").await;
    assert_eq!(none, Err(VaultError::KeyMissing));
    let sealed = house.vault.seal_secret("key bfk_1", b"hmac").await.unwrap();
    assert_eq!(&**house.vault.open_secret("key bfk_1", &sealed).await.unwrap(), b"hmac");
    for (context, bytes) in [("key bfk_2", &sealed[..]), ("key bfk_1", &sealed[1..]), ("", b"")] {
        let opened = house.vault.open_secret(context, bytes).await;
        assert_eq!(opened, Err(VaultError::Damaged));
    }
    let hash = house.vault.keyed_hash(&apac(), "subject", b"C-1").await.unwrap();
    assert_eq!(hash.len(), 64);
    let second = house.again(house.root()).await.unwrap();
    assert_eq!(second.keyed_hash(&apac(), "subject", b"C-1").await.unwrap(), hash);
    assert_ne!(second.keyed_hash(&apac(), "address", b"C-1").await.unwrap(), hash);
    assert_ne!(second.keyed_hash(&apac(), "subject", b"C-2").await.unwrap(), hash);
    assert_eq!(
        second.service_key("object urls").await.unwrap(),
        house.vault.service_key("object urls").await.unwrap()
    );
    assert_ne!(
        second.service_key("object urls").await.unwrap(),
        second.service_key("cursors").await.unwrap()
    );
}

#[tokio::test]
async fn a_store_that_is_down_is_said_so_and_comes_back() {
    let house = House::new().await;
    house.keep(&apac(), "ver_1", "front", START + HOUR, &large(1)).await;
    house.shutter.closed.store(true, Ordering::SeqCst);
    let down = |answer: Result<(), VaultError>| {
        assert!(matches!(answer, Err(VaultError::Unavailable { .. })), "{answer:?}");
    };
    down(house.vault.check().await);
    down(house.vault.read(&apac(), "ver_1", "front").await.map(|_| ()));
    let apac = apac();
    let prepared = item(&apac, "ver_1", "back", START + HOUR);
    down(house.vault.prepare(&prepared, &large(2)).await.map(|_| ()));
    house.shutter.closed.store(false, Ordering::SeqCst);
    assert_eq!(house.vault.check().await, Ok(()));
    assert_eq!(house.read(&apac, "ver_1", "front").await, Some(large(1)));
}

#[tokio::test]
async fn a_copy_holds_what_rows_name_and_opens_with_their_keys() {
    let house = House::new().await;
    let expires = START + 9 * HOUR;
    for n in 0..3 {
        house.keep(&apac(), "ver_1", &format!("n{n}"), expires, &large(n)).await;
    }
    house.keep(&apac(), "ver_2", "front", expires, &large(9)).await;
    let elsewhere = tempfile::tempdir().unwrap();
    let target = Arc::new(Directory::open(elsewhere.path()).unwrap());
    let copied = house.vault.copy_objects(target.as_ref()).await.unwrap();
    assert_eq!((copied.objects, copied.bytes), (4, 4 * (SMALL + 1000 + OVERHEAD) as u64));

    // The second time only what is new is copied, and what was erased goes.
    house.vault.erase(&apac(), "ver_2", None).await.unwrap();
    house.keep(&apac(), "ver_1", "n3", expires, &large(3)).await;
    let copied = house.vault.copy_objects(target.as_ref()).await.unwrap();
    let (bytes, gone) = ((SMALL + 1000 + OVERHEAD) as u64, 0);
    assert_eq!(copied, Copied { objects: 1, bytes, kept: 3, gone, removed: 1 });

    let mut stores = house.stores.clone();
    stores.objects = target;
    let vault =
        Vault::open(stores, house.root(), house.clock.clone(), Box::new(OsRandom)).await.unwrap();
    for n in 0..4 {
        let read = vault.read(&apac(), "ver_1", &format!("n{n}")).await.unwrap();
        assert_eq!(read.as_deref(), Some(&large(n)));
    }
}

#[tokio::test]
async fn an_upload_is_taken_once_by_its_own_realm_or_swept() {
    let house = House::new().await;
    house.shutter.directory.serve_at("https://kyc.example", &[7; 32]);
    let minute = Duration::from_secs(60);
    let slot = house.vault.upload_slot(&apac(), 10, minute).await.unwrap();
    let path = slot.url.strip_prefix("https://kyc.example/objects/").unwrap();
    let (key, query) = path.split_once('?').unwrap();
    let directory = &house.shutter.directory;
    let grant = directory.verify("PUT", key, query, Timestamp(START)).unwrap();
    assert_eq!((grant.what, &grant.key), (Presigned::Upload { limit: 10 }, &slot.key));

    assert_eq!(house.vault.take_upload(&apac(), &slot.key, 10).await, Ok(None));
    directory.put(&slot.key, Bytes::from_static(b"a picture")).await.unwrap();
    let other = realm("apac/sandbox/1300000001");
    assert_eq!(house.vault.take_upload(&other, &slot.key, 10).await, Ok(None));
    let taken = house.vault.take_upload(&apac(), &slot.key, 10).await.unwrap().unwrap();
    assert_eq!(&**taken, b"a picture");
    assert_eq!(house.vault.take_upload(&apac(), &slot.key, 10).await, Ok(None));

    directory.put(&slot.key, Bytes::from_static(b"far too large")).await.unwrap();
    let taken = house.vault.take_upload(&apac(), &slot.key, 10).await;
    assert!(matches!(taken, Err(VaultError::Refused { .. })));
    assert_eq!(house.objects().await, []);

    directory.put(&slot.key, Bytes::from_static(b"forgotten")).await.unwrap();
    house.vault.reap(1).await.unwrap();
    assert_eq!(house.objects().await.len(), 1);
    house.at(START + HOUR);
    assert_eq!(house.vault.reap(1).await.unwrap().orphans, 1);
    assert_eq!(house.objects().await, []);
}

#[tokio::test]
async fn names_that_no_row_can_hold_are_refused() {
    let house = House::new().await;
    for (owner, name) in [("", "front"), ("ver_1", ""), ("ver_1", "n".repeat(191).as_str())] {
        let prepared = house.vault.prepare(&item(&apac(), owner, name, START + HOUR), b"x").await;
        assert!(matches!(prepared, Err(VaultError::Refused { .. })));
    }
    house.keep(&apac(), &"o".repeat(190), &"n".repeat(190), u64::MAX, b"x").await;
    let read = house.read(&apac(), &"o".repeat(190), &"n".repeat(190)).await;
    assert_eq!(read, Some(b"x".to_vec()));
}

/// One step of a day in the vault.
#[derive(Clone, Debug)]
enum Deed {
    Keep { name: u8, hours: u64, large: bool },
    Erase,
    Pass { minutes: u64 },
    Reap,
}

fn deed() -> impl Strategy<Value = Deed> {
    prop_oneof![
        4 => (0..5u8, 1..4u64, any::<bool>())
            .prop_map(|(name, hours, large)| Deed::Keep { name, hours, large }),
        1 => Just(Deed::Erase),
        3 => (1..90u64).prop_map(|minutes| Deed::Pass { minutes }),
        2 => Just(Deed::Reap),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Whatever happens in whatever order: what is alive is read as it was
    /// written, and nothing else is.
    #[test]
    fn the_vault_agrees_with_a_plain_map(deeds in proptest::collection::vec(deed(), 1..25)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let house = House::new().await;
            let mut now = START;
            let mut model = std::collections::BTreeMap::new();
            for (seed, deed) in deeds.into_iter().enumerate() {
                match deed {
                    Deed::Keep { name, hours, large: big } => {
                        let bytes = if big { large(seed as u64) } else { vec![name; seed] };
                        let name = format!("n{name}");
                        house.keep(&apac(), "o", &name, now + hours * HOUR, &bytes).await;
                        model.insert(name, (now + hours * HOUR, bytes));
                    }
                    Deed::Erase => {
                        house.vault.erase(&apac(), "o", None).await.unwrap();
                        model.clear();
                    }
                    Deed::Pass { minutes } => {
                        now += minutes * 60_000;
                        house.at(now);
                    }
                    Deed::Reap => {
                        house.vault.reap(1000).await.unwrap();
                        model.retain(|_, (expires, _)| *expires > now);
                        prop_assert_eq!(house.rows().await, model.len() as u64);
                    }
                }
                for name in (0..5).map(|n| format!("n{n}")) {
                    let alive = model.get(&name).filter(|(expires, _)| *expires > now);
                    let read = house.read(&apac(), "o", &name).await;
                    prop_assert_eq!(read.as_ref(), alive.map(|(_, bytes)| bytes));
                }
            }
            house.at(now + 9 * HOUR);
            house.vault.reap(1000).await.unwrap();
            let left: HashSet<_> = house.objects().await.into_iter().collect();
            prop_assert!(left.is_empty(), "{:?}", left);
            Ok(())
        })?;
    }
}
