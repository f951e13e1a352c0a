//! What is removed, when, and what stays.

use super::super::tables::{ITEMS, KEYS};
use super::items::walk;
use super::*;

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
async fn r6_o11_erasing_takes_the_key_at_once_and_the_bytes_when_the_store_lets_it() {
    let house = House::new().await;
    let expires = START + 9 * HOUR;
    house.keep(&apac(), "ver_1", "front", expires, &large(1)).await;
    house.keep(&apac(), "ver_1", "page", expires, b"small").await;
    house.keep(&apac(), "ver_2", "front", expires, &large(2)).await;
    let results = house.vault.erase(&apac(), "ver_1", Some(&[Category::Results])).await;
    assert_eq!(results, Ok(Erased::default()));

    house.shutter.closed.store(true, Ordering::SeqCst);
    let erased = house.vault.erase(&apac(), "ver_1", Some(&[Category::FaceMedia])).await;
    assert_eq!(erased, Ok(Erased { items: 2, pending: 1, held: 0 }));
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

/// Neither the database nor the journal beside it, which remembers what was
/// written last, holds a key longer than what it opens may be read.
#[tokio::test]
async fn r6_no_file_holds_a_key_that_was_destroyed() {
    let house = House::new().await;
    for (owner, name, bytes) in [
        ("ver_1", "front", large(1)),
        ("ver_1", "page", b"small".to_vec()),
        ("ver_2", "page", b"other".to_vec()),
    ] {
        house.keep(&apac(), owner, name, START + HOUR / 2, &bytes).await;
    }
    let bytes = |row: &crate::records::Row, column: &str| row.bytes(column).unwrap().to_vec();
    let items = Select::from(&ITEMS).and(Condition::is("owner", "ver_1"));
    let erased: Vec<Vec<u8>> = house
        .stores
        .records
        .select(items)
        .await
        .unwrap()
        .iter()
        .map(|row| bytes(row, "data_key"))
        .collect();
    let hours = Select::from(&KEYS).and(Condition::NotNull("ends"));
    let hours: Vec<Vec<u8>> = house
        .stores
        .keys
        .select(hours)
        .await
        .unwrap()
        .iter()
        .map(|row| bytes(row, "wrapped"))
        .collect();
    assert_eq!((erased.len(), hours.len()), (2, 1));
    let holds = |key: &Vec<u8>| {
        walk(house.folder.path())
            .into_iter()
            .any(|file| std::fs::read(file).unwrap().windows(key.len()).any(|part| part == key))
    };
    assert!(erased.iter().chain(&hours).all(holds), "what is looked for can be found");

    house.vault.erase(&apac(), "ver_1", None).await.unwrap();
    assert!(!erased.iter().any(holds));
    assert_eq!(house.read(&apac(), "ver_2", "page").await, Some(b"other".to_vec()));
    house.at(START + 2 * HOUR);
    house.vault.reap(100).await.unwrap();
    assert!(!hours.iter().any(holds));
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
    assert_eq!(vault.read(&by(), &apac, "ver_1", "front").await.map(|_| ()), behind);
    assert_eq!(vault.read(&by(), &apac, "ver_1", "back").await.map(|_| ()), behind);
    assert_eq!(vault.list(&apac, "ver_1").await.map(|_| ()), behind);
    let late = item(&apac, "ver_1", "new", START + 9 * HOUR);
    assert_eq!(vault.prepare(&late, b"z").await.map(|_| ()), behind);
    // What is due by the mark goes all the same.
    assert_eq!(vault.reap(100).await.unwrap().items, 1);
    // Within the difference that clocks of nodes have, deadlines count from the
    // mark.
    house.keep_by(&vault, START + 2 * HOUR, "edge", START + 2 * HOUR + 1_000).await;
    house.at(START + 2 * HOUR + 1_000);
    assert_eq!(vault.read(&by(), &apac, "ver_1", "edge").await, Ok(None));
    house.at(START + 2 * HOUR);
    assert_eq!(vault.read(&by(), &apac, "ver_1", "edge").await, Ok(None));
    assert!(vault.read(&by(), &apac, "ver_1", "back").await.unwrap().is_some());
}

impl House {
    async fn keep_by(&self, vault: &Vault, at: u64, name: &str, expires: u64) {
        self.at(at);
        let changes = vault.prepare(&item(&apac(), "ver_1", name, expires), b"x").await.unwrap();
        self.stores.records.commit(changes).await.unwrap();
    }
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
        let read = vault.read(&by(), &apac(), "ver_1", &format!("n{n}")).await.unwrap();
        assert_eq!(read.as_deref(), Some(&large(n)));
    }
}

#[tokio::test]
async fn c3_an_upload_is_taken_once_by_its_own_realm_or_swept() {
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
