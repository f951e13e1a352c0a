//! Promises of the founding texts that the vault keeps for every category and
//! every policy, not for an item that was chosen.

use std::collections::BTreeSet;

use bonafide_policy::{Family, Library, Period};

use super::*;
use crate::vault::tables::MARKS;

/// Every cell of the retention table of every policy that something may rest
/// under: its name, category and period in milliseconds.
fn cells() -> Vec<(String, Category, u64)> {
    let library = Library::bundled().unwrap();
    let mut cells = Vec::new();
    for name in library.names() {
        let policy = library.effective(name).unwrap();
        for &family in Family::ALL {
            for &category in Category::ALL {
                let period = policy.at_rest(family, category);
                if let Period::For(period) = period
                    && period.as_millis() > 0
                {
                    let ms = u64::try_from(period.as_millis()).unwrap();
                    cells.push((format!("{name} {family} {category}"), category, ms));
                }
            }
        }
    }
    cells
}

#[tokio::test]
async fn r11_what_any_cell_of_any_policy_keeps_is_unreadable_at_its_second() {
    let house = House::new().await;
    let (apac, cells) = (apac(), cells());
    assert!(cells.len() > 500, "{}", cells.len());
    for (name, category, period) in &cells {
        let item = Item { category: *category, ..item(&apac, "ver_1", name, START + period) };
        let changes = house.vault.prepare(&item, b"x").await.unwrap();
        house.stores.records.commit(changes).await.unwrap();
    }
    let periods: BTreeSet<u64> = cells.iter().map(|(.., period)| *period).collect();
    assert!(periods.len() > 3, "{periods:?}");
    for period in periods {
        let due: Vec<&str> =
            cells.iter().filter(|cell| cell.2 == period).map(|cell| cell.0.as_str()).collect();
        house.at(START + period - 1_000);
        assert_eq!(house.vault.reap(10_000).await.unwrap().items, 0, "before {period}");
        for name in &due {
            assert!(house.read(&apac, "ver_1", name).await.is_some(), "{name}: too early");
        }
        house.at(START + period);
        for name in &due {
            // No reaper has come yet.
            assert!(house.read(&apac, "ver_1", name).await.is_none(), "{name}: too late");
        }
        house.at(START + period + 1_000);
        assert_eq!(house.vault.reap(10_000).await.unwrap().items, due.len() as u64);
    }
    assert_eq!(house.rows().await, 0);
}

#[tokio::test]
async fn d17_r8_what_lives_for_a_call_is_not_kept_under_any_period() {
    let house = House::new().await;
    let apac = apac();
    for &category in Category::ALL {
        let item = Item { category, ..item(&apac, "ver_1", "it", START + HOUR) };
        let prepared = house.vault.prepare(&item, b"x").await;
        let refused = matches!(prepared, Err(VaultError::Refused { .. }));
        let lives = [Category::FaceFeatures, Category::Identifiers].contains(&category);
        assert_eq!(refused, lives, "{category}");
    }
    assert_eq!(house.rows().await, 0);
}

/// The keys of hours, as the key store has them.
async fn keys_of_hours(house: &House) -> Vec<String> {
    let rows = house.stores.keys.select(Select::from(&KEYS)).await.unwrap();
    let ids = rows.iter().map(|row| row.text("id").unwrap().to_owned());
    ids.filter(|id| id.starts_with("hour/")).collect()
}

#[tokio::test]
async fn c4_m2_without_the_key_of_its_hour_nothing_opens() {
    let house = House::new().await;
    house.keep(&apac(), "ver_1", "front", START + HOUR, &large(1)).await;
    house.keep(&apac(), "ver_1", "page", START + HOUR, b"small").await;
    let keys = keys_of_hours(&house).await;
    assert_eq!(keys.len(), 1);
    let conditions = vec![Condition::is("id", keys[0].as_str())];
    let gone = Change::Delete { table: &KEYS, conditions, expect: Expect::One };
    house.stores.keys.commit(vec![gone]).await.unwrap();
    // All that rests is there, and a node that has not seen the key has no way
    // to it.
    let fresh = house.again(house.root()).await.unwrap();
    for name in ["front", "page"] {
        let read = fresh.read(&apac(), "ver_1", name).await;
        assert_eq!(read, Err(VaultError::KeyMissing), "{name}");
    }
    assert_eq!((house.rows().await, house.objects().await.len()), (2, 1));
}

#[tokio::test]
async fn c5_c1_an_old_copy_does_not_open_once_its_hour_has_passed() {
    let house = House::new().await;
    let expires = START + 2 * HOUR;
    house.keep(&apac(), "ver_1", "front", expires, &large(1)).await;
    house.keep(&apac(), "ver_1", "page", expires, b"small").await;
    let rows = house.stores.records.select(Select::from(&ITEMS)).await.unwrap();
    let mut objects = Vec::new();
    for key in house.objects().await {
        objects.push((key.clone(), house.shutter.directory.get(&key, 1 << 20).await.unwrap()));
    }
    house.at(expires + HOUR);
    assert_eq!(house.vault.reap(100).await.unwrap().keys, 1);
    assert_eq!((house.rows().await, house.objects().await.len()), (0, 0));

    // Rows and bytes come back, the clock is set back to when they could be
    // read, and what remembers that it was later is taken away.
    let mut back: Vec<Change> = rows.into_iter().map(Change::Insert).collect();
    let conditions = vec![Condition::is("name", "clock")];
    back.push(Change::Delete { table: &MARKS, conditions, expect: Expect::One });
    house.stores.records.commit(back).await.unwrap();
    for (key, bytes) in objects {
        house.shutter.directory.put(&key, bytes).await.unwrap();
    }
    house.at(START);
    let restored = house.again(house.root()).await.unwrap();
    for name in ["front", "page"] {
        let read = restored.read(&apac(), "ver_1", name).await;
        assert_eq!(read, Err(VaultError::KeyMissing), "{name}");
    }
    assert_eq!(keys_of_hours(&house).await, Vec::<String>::new());
}
