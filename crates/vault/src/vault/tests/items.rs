//! Items: kept, read, moved, altered.

use super::*;

#[tokio::test]
async fn c4_what_is_kept_is_read_small_and_large_and_never_rests_in_clear() {
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

pub(super) fn walk(folder: &std::path::Path) -> Vec<std::path::PathBuf> {
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
    let changes = house
        .vault
        .prepare_value(&apac(), "ver_1", "result", expires, Under::default(), &outcome)
        .await;
    house.stores.records.commit(changes.unwrap()).await.unwrap();
    let read = house.vault.read_value::<Outcome>(&by(), &apac(), "ver_1", "result").await;
    assert_eq!(read, Ok(Some(outcome)));
    let other = house.vault.read_value::<Gadget>(&by(), &apac(), "ver_1", "result").await;
    assert_eq!(other.map(|g| g.map(|g| g.score)), Err(VaultError::Damaged));
    let facts = house.vault.list(&apac(), "ver_1").await.unwrap();
    assert_eq!(facts[0].category, Category::Results);
}

#[tokio::test]
async fn m4_o15_realms_never_read_each_others_items() {
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
            let read = house.vault.read(&by(), other, "ver_1", name).await;
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
            let read = house.vault.read(&by(), &apac(), owner, name).await;
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
        house.vault.read(&by(), &apac(), "ver_1", "front").await,
        house.vault.read(&by(), &apac(), "ver_1", "back").await,
    ];
    assert_eq!(read.iter().filter(|r| **r == Err(VaultError::Damaged)).count(), 1);
    // Cut short, gone, or with a bit flipped: never half a picture.
    for bad in [first.slice(..100), Bytes::new()] {
        house.shutter.directory.put(&keys[0], bad).await.unwrap();
        house.shutter.directory.delete(&keys[1]).await.unwrap();
        for name in ["front", "back"] {
            let read = house.vault.read(&by(), &apac(), "ver_1", name).await;
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
async fn a_store_that_is_down_is_said_so_and_comes_back() {
    let house = House::new().await;
    house.keep(&apac(), "ver_1", "front", START + HOUR, &large(1)).await;
    house.shutter.closed.store(true, Ordering::SeqCst);
    let down = |answer: Result<(), VaultError>| {
        assert!(matches!(answer, Err(VaultError::Unavailable { .. })), "{answer:?}");
    };
    down(house.vault.check().await);
    down(house.vault.read(&by(), &apac(), "ver_1", "front").await.map(|_| ()));
    let apac = apac();
    let prepared = item(&apac, "ver_1", "back", START + HOUR);
    down(house.vault.prepare(&prepared, &large(2)).await.map(|_| ()));
    house.shutter.closed.store(false, Ordering::SeqCst);
    assert_eq!(house.vault.check().await, Ok(()));
    assert_eq!(house.read(&apac, "ver_1", "front").await, Some(large(1)));
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
