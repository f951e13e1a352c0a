//! Legal holds, and deadlines that move earlier.

use super::*;
use crate::vault::tables::{DEAD, MARKS};
use crate::vault::{Event, Released, RestrictionAct, Tightened, Whose};

const DUE: u64 = START + 2 * HOUR;

async fn keys(house: &House, kind: &str) -> Vec<String> {
    let rows = house.stores.keys.select(Select::from(&KEYS)).await.unwrap();
    let alive = rows.iter().filter(|row| !row.bytes("wrapped").unwrap().is_empty());
    let ids = alive.map(|row| row.text("id").unwrap().to_owned());
    ids.filter(|id| id.starts_with(kind)).collect()
}

async fn hold(house: &House, owner: &str) -> u64 {
    let whose = Whose { realm: &apac(), owner, until: None };
    let event = Event::Restriction { act: RestrictionAct::HoldPlaced, basis: "legal_claim" };
    let with = house.vault.event(&whose, &event).unwrap();
    house.vault.hold(&apac(), owner, with).await.unwrap()
}

async fn held(house: &House, owner: &str, name: &str) -> Option<Vec<u8>> {
    let read = house.vault.read_held(&by(), &apac(), owner, name).await.unwrap();
    read.map(|bytes| bytes.to_vec())
}

#[tokio::test]
async fn o25_what_is_under_a_hold_survives_its_hour_and_nothing_else_does() {
    let house = House::new().await;
    house.keep(&apac(), "ver_1", "front", DUE, &large(1)).await;
    house.keep(&apac(), "ver_1", "page", DUE, b"small").await;
    house.keep(&apac(), "ver_2", "front", DUE, &large(2)).await;
    assert_eq!(hold(&house, "ver_1").await, 2);
    assert_eq!(hold(&house, "ver_1").await, 0);
    assert_eq!(house.read(&apac(), "ver_1", "page").await, Some(b"small".to_vec()));
    // Long after the deadline, with the key of the hour gone.
    house.at(DUE + 100 * 24 * HOUR);
    house.vault.reap(100).await.unwrap();
    assert_eq!(keys(&house, "hour/").await, Vec::<String>::new());
    assert_eq!((house.rows().await, house.objects().await.len()), (2, 1));
    let fresh = house.again(house.root()).await.unwrap();
    assert_eq!(held(&house, "ver_1", "front").await, Some(large(1)));
    assert!(fresh.read_held(&by(), &apac(), "ver_1", "page").await.unwrap().is_some());
    // The ordinary way it is as gone as it would be without the hold.
    assert_eq!(house.read(&apac(), "ver_1", "front").await, None);
    assert_eq!(house.vault.list(&apac(), "ver_1").await, Ok(Vec::new()));
    let listed = house.vault.list_held(&apac(), "ver_1").await.unwrap();
    assert!(listed.iter().all(|facts| facts.expires == Timestamp(DUE)), "{listed:?}");
    assert_eq!(listed.len(), 2);
    assert_eq!(held(&house, "ver_2", "front").await, None);

    // Neither erasing nor replacing goes past it.
    let erased = house.vault.erase(&apac(), "ver_1", None).await.unwrap();
    assert_eq!(erased, Erased { items: 0, pending: 0, held: 2 });
    let apac = apac();
    let other = item(&apac, "ver_1", "front", house.now() + HOUR);
    let replaced = house.vault.prepare(&other, b"another").await.map(|_| ());
    assert_eq!(replaced, Err(VaultError::Held));

    // It ends: what is past its deadline goes at once, with key, bytes and receipt.
    let released = house.vault.release(&apac, "ver_1", Vec::new()).await.unwrap();
    assert_eq!(released, Released { items: 0, destroyed: 2 });
    assert_eq!(held(&house, "ver_1", "front").await, None);
    assert_eq!(keys(&house, "hold/").await, Vec::<String>::new());
    house.vault.reap(100).await.unwrap();
    assert_eq!((house.rows().await, house.objects().await.len()), (0, 0));
    assert_eq!(house.vault.deletion_receipts(&apac, "ver_1").await.unwrap().len(), 1);
}

#[tokio::test]
async fn o25_a_hold_that_ends_in_time_leaves_the_deadline_as_it_was() {
    let house = House::new().await;
    house.keep(&apac(), "ver_1", "front", DUE, b"x").await;
    for _ in 0..2 {
        assert_eq!(hold(&house, "ver_1").await, 1);
        let released = house.vault.release(&apac(), "ver_1", Vec::new()).await.unwrap();
        assert_eq!(released, Released { items: 1, destroyed: 0 });
    }
    let left = house.stores.records.select(Select::from(&MARKS)).await.unwrap();
    assert!(left.iter().all(|row| !row.text("name").unwrap().starts_with("ended")));
    for (at, readable) in [(DUE - 1, true), (DUE, false)] {
        house.at(at);
        assert_eq!(house.read(&apac(), "ver_1", "front").await.is_some(), readable);
        assert_eq!(held(&house, "ver_1", "front").await, None);
    }
    assert_eq!(house.vault.reap(10).await.unwrap().items, 1);
}

#[tokio::test]
async fn o25_a_row_that_says_it_is_held_does_not_open() {
    let house = House::new().await;
    house.keep(&apac(), "ver_1", "front", DUE, b"x").await;
    hold(&house, "ver_2").await;
    house.tamper("sealed", DUE).await;
    house.tamper("held", START).await;
    house.tamper("due", DUE + HOUR).await;
    house.at(DUE);
    assert_eq!(house.read(&apac(), "ver_1", "front").await, None);
    let read = house.vault.read_held(&by(), &apac(), "ver_1", "front").await;
    assert_eq!(read, Err(VaultError::KeyMissing));
}

#[tokio::test]
async fn o25_a_restriction_moves_no_deadline() {
    let house = House::new().await;
    house.keep(&apac(), "ver_1", "front", DUE, b"x").await;
    let whose = Whose { realm: &apac(), owner: "ver_1", until: None };
    let event = Event::Restriction { act: RestrictionAct::Restricted, basis: "request" };
    let changes = house.vault.event(&whose, &event).unwrap();
    house.stores.records.commit(changes).await.unwrap();
    house.at(DUE);
    assert_eq!(house.read(&apac(), "ver_1", "front").await, None);
    assert_eq!(house.vault.reap(10).await.unwrap().items, 1);
    assert_eq!(house.rows().await, 0);
}

/// Everything for so long from its owner's first item.
async fn tighten(house: &House, ms: u64) -> Tightened {
    let policy = Under { policy: "tighter", version: 2 };
    let rule = move |_: &str, _: &ItemFacts, first: Timestamp| Some(Timestamp(first.0 + ms));
    house.vault.tighten(&apac(), policy, rule).await.unwrap()
}

#[tokio::test]
async fn r11_a_tighter_policy_moves_deadlines_earlier_and_never_later() {
    let house = House::new().await;
    let elsewhere = realm("apac/sandbox/1300000001");
    house.keep(&apac(), "ver_1", "front", START + 5 * HOUR, &large(1)).await;
    house.keep(&apac(), "ver_2", "front", START + HOUR, b"short").await;
    house.keep(&elsewhere, "ver_1", "front", START + 5 * HOUR, b"other realm").await;
    house.at(START + HOUR / 2);
    // Made from the front: it goes with it.
    house.keep(&apac(), "ver_1", "crop", START + 5 * HOUR, b"crop").await;

    assert_eq!(tighten(&house, 9 * HOUR).await, Tightened { items: 3, earlier: 0 });
    assert_eq!(tighten(&house, 2 * HOUR).await, Tightened { items: 3, earlier: 2 });
    // A laxer one afterwards changes nothing.
    assert_eq!(tighten(&house, 9 * HOUR).await, Tightened { items: 3, earlier: 0 });
    let listed = house.vault.list(&apac(), "ver_1").await.unwrap();
    assert!(listed.iter().all(|facts| facts.expires == Timestamp(DUE)), "{listed:?}");
    house.at(START + HOUR);
    assert_eq!(house.vault.reap(10).await.unwrap().items, 1);
    for (at, readable) in [(DUE - 1_000, true), (DUE - 1, true), (DUE, false), (DUE + 1_000, false)]
    {
        house.at(at);
        for name in ["front", "crop"] {
            assert_eq!(house.read(&apac(), "ver_1", name).await.is_some(), readable, "{at}");
        }
    }
    assert_eq!(house.vault.reap(10).await.unwrap().items, 2);
    assert!(house.read(&elsewhere, "ver_1", "front").await.is_some());
    let told = house.vault.deletion_receipts(&apac(), "ver_1").await.unwrap();
    let under = &told[0].deletion.policy;
    assert_eq!((under.name.as_str(), under.version), ("tighter", 2));
}

#[tokio::test]
async fn r11_a_row_cannot_be_made_to_last_longer_than_it_was_sealed_for() {
    let house = House::new().await;
    house.keep(&apac(), "ver_1", "front", DUE, b"x").await;
    house.tamper("sealed", DUE).await;
    house.tamper("expires", DUE + 100 * HOUR).await;
    house.at(DUE - 1);
    assert!(house.read(&apac(), "ver_1", "front").await.is_some());
    house.at(DUE);
    assert_eq!(house.read(&apac(), "ver_1", "front").await, None);
    assert_eq!(house.vault.list(&apac(), "ver_1").await, Ok(Vec::new()));
}

#[tokio::test]
async fn c5_an_older_copy_of_a_row_does_not_undo_an_earlier_deadline() {
    let house = House::new().await;
    house.keep(&apac(), "ver_1", "front", START + 5 * HOUR, b"x").await;
    let old = house.stores.records.select(Select::from(&ITEMS)).await.unwrap();
    tighten(&house, 2 * HOUR).await;
    let all = Change::Delete { table: &ITEMS, conditions: Vec::new(), expect: Expect::Any };
    let back = std::iter::once(all).chain(old.into_iter().map(Change::Insert)).collect();
    house.stores.records.commit(back).await.unwrap();
    assert_eq!(house.stores.keys.count(&DEAD, Vec::new()).await, Ok(1));
    for (at, readable) in [(DUE - 1, true), (DUE, false)] {
        house.at(at);
        assert_eq!(house.read(&apac(), "ver_1", "front").await.is_some(), readable, "{at}");
    }
}

#[tokio::test]
async fn o25_a_tighter_policy_holds_after_a_hold() {
    let house = House::new().await;
    house.keep(&apac(), "ver_1", "front", START + 5 * HOUR, b"x").await;
    hold(&house, "ver_1").await;
    assert_eq!(tighten(&house, 2 * HOUR).await.earlier, 1);
    assert_eq!(tighten(&house, 2 * HOUR).await.earlier, 0);
    house.at(DUE);
    assert_eq!(house.read(&apac(), "ver_1", "front").await, None);
    assert_eq!(held(&house, "ver_1", "front").await, Some(b"x".to_vec()));
    let released = house.vault.release(&apac(), "ver_1", Vec::new()).await.unwrap();
    assert_eq!(released.destroyed, 1);
}
