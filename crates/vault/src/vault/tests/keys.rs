//! Keys: of hours, of the root, of secrets.

use super::*;

#[tokio::test]
async fn the_key_of_an_hour_is_destroyed_when_it_has_passed() {
    let house = House::new().await;
    let keys = async || house.stores.keys.count(&KEYS, Vec::new()).await.unwrap();
    // By which the log calls keys: made with the first that it is told of.
    house.vault.service_key("any").await.unwrap();
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
        let read = fresh.read(&by(), &apac, "ver_1", name).await.unwrap();
        assert_eq!(read.as_deref().map(Vec::as_slice), Some(name.as_bytes()));
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
    assert!(vault.read(&by(), &apac(), "ver_1", "front").await.unwrap().is_some());
}

#[tokio::test]
async fn c5_records_open_only_with_their_own_key_store() {
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
    assert!(vault.read(&by(), &apac(), "ver_1", "front").await.unwrap().is_some());
    assert_eq!(vault.rotate_root(2).await, Ok(2));
    while vault.rotate_root(2).await.unwrap() > 0 {}
    // The old one alone opens nothing any more, the new one alone everything.
    assert_eq!(house.again(house.root()).await.map(|_| ()), Err(VaultError::RootKeyWrong));
    let vault = house.again(new(5)).await.unwrap();
    assert!(vault.read(&by(), &apac(), "ver_1", "front").await.unwrap().is_some());
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
async fn r1_what_a_backup_took_along_opens_until_its_hour_and_no_longer() {
    let house = House::new().await;
    let (category, ends) = (Category::Monitoring, Timestamp(START + 2 * HOUR));
    let sealed = house.vault.seal_for_backup(category, ends, b"rows").await.unwrap();
    assert!(!sealed.windows(4).any(|window| window == b"rows"));
    let open = async |vault: &Vault, ends| {
        let opened = vault.open_from_backup(category, ends, &sealed).await.unwrap();
        opened.map(|rows| rows.to_vec())
    };
    house.at(START + 2 * HOUR - 1);
    assert_eq!(open(&house.vault, ends).await, Some(b"rows".to_vec()));
    assert_eq!(house.vault.reap(100).await.unwrap().keys, 0);
    // From its second on nobody opens it, be its key there still or again …
    house.at(START + 2 * HOUR);
    assert_eq!(open(&house.vault, ends).await, None);
    // … and then it is not.
    assert_eq!(house.vault.reap(100).await.unwrap().keys, 1);
    let fresh = house.again(house.root()).await.unwrap();
    assert_eq!(open(&fresh, ends).await, None);
    // Another hour has another key.
    let other = fresh.open_from_backup(category, Timestamp(START + 3 * HOUR), &sealed).await;
    assert_eq!(other, Ok(None));
}
