//! Promises of the founding texts that the vault keeps for every category and
//! every policy, not for an item that was chosen.

use std::collections::BTreeSet;

use bonafide_policy::{Effective, Family, Library, Period, Source};

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

/// A category that lives for a call is kept under no period, whoever asks.
async fn is_never_kept(category: Category) {
    let house = House::new().await;
    let apac = apac();
    for expires in [START + 1, START + HOUR, u64::MAX] {
        let item = Item { category, ..item(&apac, "ver_1", "it", expires) };
        let prepared = house.vault.prepare(&item, b"x").await.map(|_| ());
        assert!(matches!(prepared, Err(VaultError::Refused { .. })), "{category}");
    }
    assert_eq!((house.rows().await, house.objects().await.len()), (0, 0));
    assert_eq!(keys_of_hours(&house).await, Vec::<String>::new());
}

#[tokio::test]
async fn d17_features_of_a_face_are_kept_under_no_period() {
    is_never_kept(Category::FaceFeatures).await;
}

#[tokio::test]
async fn r8_identifiers_asked_about_are_kept_under_no_period() {
    is_never_kept(Category::Identifiers).await;
    // Those two and no other.
    let lives = Category::ALL.iter().filter(|category| category.never_rests());
    assert_eq!(lives.count(), 2);
}

#[tokio::test]
async fn m2_no_category_rests_in_clear() {
    let house = House::new().await;
    let apac = apac();
    let marker = b"ERIKSSON<<ANNA<MARIA";
    for (n, category) in (0..).zip(Category::ALL.iter().filter(|c| !c.never_rests())) {
        for (name, size) in [("small", 40), ("large", SMALL + 40)] {
            let bytes: Vec<u8> = marker.iter().copied().cycle().take(size).collect();
            let owner = format!("ver_{n}");
            let item = Item { category: *category, ..item(&apac, &owner, name, START + HOUR) };
            let changes = house.vault.prepare(&item, &bytes).await.unwrap();
            house.stores.records.commit(changes).await.unwrap();
            assert_eq!(house.read(&apac, &owner, name).await, Some(bytes), "{category}");
        }
    }
    let mut seen = 0;
    for file in super::items::walk(house.folder.path()) {
        let bytes = std::fs::read(&file).unwrap();
        seen += bytes.len();
        assert!(!bytes.windows(8).any(|part| part == &marker[..8]), "{}", file.display());
    }
    assert!(seen > Category::ALL.len() * SMALL);
}

/// What of a policy's family and category is read when, before and after its
/// deadline, with a reaper that is late, early or not there at all.
async fn walk(effective: &Effective, family: Family, category: Category, period: u64) {
    let policy = effective.name();
    let told = effective.at_rest(family, category);
    assert_eq!(told, Period::For(Duration::from_millis(period)), "{policy} {family} {category}");
    for reaper in ["none", "late", "early"] {
        let house = House::new().await;
        let (apac, due) = (apac(), START + period);
        for (name, bytes) in [("small", vec![1]), ("large", large(1))] {
            let policy = Under::from(effective);
            let item = Item { category, policy, ..item(&apac, "ver_1", name, due) };
            let changes = house.vault.prepare(&item, &bytes).await.unwrap();
            house.stores.records.commit(changes).await.unwrap();
        }
        for (at, readable) in
            [(due - 1_000, true), (due - 1, true), (due, false), (due + 1_000, false)]
        {
            house.at(at);
            if reaper == "early" {
                house.vault.reap(10).await.unwrap();
            }
            for name in ["small", "large"] {
                let read = house.read(&apac, "ver_1", name).await;
                assert_eq!(read.is_some(), readable, "{policy} {category} {reaper} at {at}");
            }
            let listed = house.vault.list(&apac, "ver_1").await.unwrap().len();
            assert_eq!(listed > 0, readable, "{policy} {category} {reaper} at {at}");
        }
        if reaper != "none" {
            house.vault.reap(10).await.unwrap();
            assert_eq!((house.rows().await, house.objects().await.len()), (0, 0));
            let told = house.vault.deletion_receipts(&apac, "ver_1").await.unwrap();
            assert_eq!(told[0].deletion.policy.name.as_str(), policy);
            assert_eq!(told[0].deletion.policy.version, effective.version());
        }
        // Nothing is kept that is past its time already.
        let late = Item { category, ..item(&apac, "ver_1", "late", due) };
        let prepared = house.vault.prepare(&late, b"x").await.map(|_| ());
        assert_eq!(prepared, Err(VaultError::Expired));
    }
}

fn bundled(policy: &str) -> Effective {
    Library::bundled().unwrap().effective(policy).unwrap()
}

const TWO_HOURS: u64 = 2 * HOUR;
const THIRTY_DAYS: u64 = 30 * 24 * HOUR;

#[tokio::test]
async fn r3_pictures_of_faces_are_unreadable_from_their_second_whatever_the_reaper_does() {
    for policy in ["strict", "tencent-ekyc"] {
        walk(&bundled(policy), Family::Verification, Category::FaceMedia, TWO_HOURS).await;
    }
}

#[tokio::test]
async fn r4_pictures_of_documents_are_unreadable_from_their_second_whatever_the_reaper_does() {
    for policy in ["strict", "tencent-ekyc"] {
        walk(&bundled(policy), Family::Verification, Category::DocumentMedia, TWO_HOURS).await;
    }
}

#[tokio::test]
async fn r5_thirty_days_of_id_verification_end_in_their_second() {
    for category in [Category::FaceMedia, Category::DocumentMedia, Category::Results] {
        let policy = bundled("alibaba-id-verification");
        walk(&policy, Family::IdVerification, category, THIRTY_DAYS).await;
    }
}

#[tokio::test]
async fn r10_results_of_the_default_and_of_a_longer_profile_end_in_their_second() {
    walk(&bundled("strict"), Family::Selfie, Category::Results, TWO_HOURS).await;
    walk(&bundled("tencent-ekyc"), Family::Selfie, Category::Results, TWO_HOURS).await;
    let text = "name = \"own\"\nversion = 1\neffective_from = \"2026-12-01\"\n\
                kind = \"overlay\"\nextends = [\"tencent-ekyc\"]\nprofile = \"sdk-texts\"\n";
    let own = Source { path: "own.toml".to_owned(), text: text.to_owned() };
    let longer = Library::bundled_with(&[own]).unwrap().effective("own").unwrap();
    walk(&longer, Family::Selfie, Category::Results, 72 * HOUR).await;
    // The pictures do not come along.
    walk(&longer, Family::Selfie, Category::FaceMedia, TWO_HOURS).await;
}

/// The keys of hours, as the key store has them.
async fn keys_of_hours(house: &House) -> Vec<String> {
    let rows = house.stores.keys.select(Select::from(&KEYS)).await.unwrap();
    let ids = rows.iter().map(|row| row.text("id").unwrap().to_owned());
    ids.filter(|id| id.starts_with("hour/")).collect()
}

#[tokio::test]
async fn c4_without_the_key_of_its_hour_nothing_opens() {
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
        let read = fresh.read(&by(), &apac(), "ver_1", name).await;
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
        let read = restored.read(&by(), &apac(), "ver_1", name).await;
        assert_eq!(read, Err(VaultError::KeyMissing), "{name}");
    }
    assert_eq!(keys_of_hours(&house).await, Vec::<String>::new());
}
