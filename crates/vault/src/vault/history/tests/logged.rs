//! What the log says of a destruction, and what it does not.

use std::sync::Arc;

use bonafide_context::Timestamp;
use bonafide_transparency::leaf::{Amount, Leaf, SubjectHash};
use bonafide_transparency::policy::Policy;
use bonafide_transparency::{Head, Receipt, audit};

use super::super::super::tables::{EVENTS, LOG, LOG_KEYS};
use super::super::super::tests::{HOUR, House, START, apac, large, realm};
use super::super::*;
use super::told::leaves;
use crate::records::{Change, Expect, Row, Select};
use crate::seal::OVERHEAD;
use crate::vault::{Cause, Logged, Vault};

/// Appends all that waits.
pub(super) async fn log_all(vault: &Vault) -> u64 {
    let mut events = 0;
    loop {
        let logged = vault.log_events(500).await.unwrap();
        events += logged.events;
        if !logged.more && logged.events == 0 {
            return events;
        }
    }
}

pub(super) async fn trusted(vault: &Vault) -> Policy {
    Policy::new([vault.log_verifier().await.unwrap()], [], 0).unwrap()
}

/// The log as everybody can see it, which is whole.
pub(super) async fn head(vault: &Vault) -> Head {
    let (reader, _) = vault.log_reader().await.unwrap();
    let storage = LogStorage::new(vault.stores().records.clone());
    let report = audit(&storage, reader.head()).await.unwrap();
    assert_eq!((report.damage, report.leaves), (None, reader.head().size));
    reader.head()
}

#[tokio::test]
async fn r6_a_deletion_on_request_leaves_a_receipt_without_a_person() {
    let house = House::new().await;
    let vault = &house.vault;
    let owner = "ver_0123456789abcdef";
    house.keep(&apac(), owner, "front", START + HOUR, &large(1)).await;
    house.keep(&apac(), owner, "back", START + HOUR, b"small").await;
    house.at(START + 1_999);
    vault.erase(&apac(), owner, None).await.unwrap();
    vault.erase(&apac(), owner, None).await.unwrap();

    // Known at once, proved when the log has it.
    let before = vault.deletion_receipts(&apac(), owner).await.unwrap();
    assert_eq!((before.len(), before[0].receipt.is_some()), (1, false));
    assert_eq!(vault.unlogged().await.unwrap(), (1, Some(Timestamp(START + 1_999))));
    assert_eq!(vault.log_events(10).await.unwrap().events, 1);
    assert_eq!(vault.log_events(10).await.unwrap(), Logged::default());
    assert_eq!(vault.unlogged().await.unwrap(), (0, None));

    let told = vault.deletion_receipts(&apac(), owner).await.unwrap();
    let [told] = told.as_slice() else { panic!("{} receipts", told.len()) };
    let text = told.receipt.as_ref().unwrap().to_text();
    let proven = Receipt::parse(text.as_bytes()).unwrap().verify(&trusted(vault).await).unwrap();
    let leaf = proven.leaf().unwrap();
    assert_eq!(leaf.when(), START / 1000 + 1);
    let entry = String::from_utf8(proven.entry).unwrap();
    for personal in [owner, "1300000001", "apac", "front", "image/jpeg"] {
        assert!(!entry.contains(personal), "{entry}");
    }
    let Leaf::Deletion(deletion) = leaf else { panic!("{entry}") };
    assert_eq!((deletion.cause, &deletion), (Cause::Request, &told.deletion));
    let bytes = (large(1).len() + b"small".len() + 2 * OVERHEAD) as u64;
    let what = [("face_media".parse().unwrap(), Amount { items: 2, bytes })];
    assert_eq!(deletion.what, what.into());
    // Whose it was, its holder can show, and nobody of another.
    assert!(told.opening.opens(&deletion.commitment));
    assert_eq!(told.opening.subject(), &SubjectHash::of_owner(owner));
    assert_ne!(told.opening.subject(), &SubjectHash::of_owner("ver_1"));
    let elsewhere = realm("apac/sandbox/1300000001");
    assert!(vault.deletion_receipts(&elsewhere, owner).await.unwrap().is_empty());
}

#[tokio::test]
async fn r3_what_expires_leaves_a_receipt_of_its_second() {
    let house = House::new().await;
    let vault = &house.vault;
    let due = START + 2 * HOUR;
    house.keep(&apac(), "ver_1", "selfie", due, &large(1)).await;
    house.keep(&apac(), "ver_2", "selfie", due + 60_000, &large(2)).await;
    for (at, receipts) in [(due - 1_000, 0), (due, 1), (due + 1_000, 1)] {
        house.at(at);
        vault.reap(100).await.unwrap();
        log_all(vault).await;
        let told = vault.deletion_receipts(&apac(), "ver_1").await.unwrap();
        assert_eq!(told.len(), receipts, "{at}");
    }
    let told = vault.deletion_receipts(&apac(), "ver_1").await.unwrap().remove(0);
    assert_eq!((told.deletion.cause, told.deletion.when), (Cause::Expiry, due / 1000));
    let proven = told.receipt.unwrap().verify(&trusted(vault).await).unwrap();
    assert!(proven.index < proven.head.size);
    assert!(vault.deletion_receipts(&apac(), "ver_2").await.unwrap().is_empty());
}

#[tokio::test]
async fn no_destruction_without_its_event_nor_an_event_without_destruction() {
    let house = House::new().await;
    let second = house.again(house.root()).await.unwrap();
    for n in 0..60u64 {
        let owner = format!("ver_{}", n % 7);
        house.keep(&apac(), &owner, &format!("due{n}"), START + HOUR, &[1; 9]).await;
    }
    house.at(START + HOUR);
    let reaps = (0..6).map(|n| if n % 2 == 0 { house.vault.reap(25) } else { second.reap(40) });
    for reaped in futures_util::future::join_all(reaps).await {
        reaped.unwrap();
    }
    house.vault.reap(1000).await.unwrap();
    let logs =
        (0..6).map(|n| if n % 2 == 0 { house.vault.log_events(2) } else { second.log_events(3) });
    for logged in futures_util::future::join_all(logs).await {
        // Of nodes at once one may come too late, and tries again.
        assert!(matches!(logged, Ok(_) | Err(VaultError::Conflict)), "{logged:?}");
    }
    log_all(&second).await;
    let (mut items, mut places) = (0, Vec::new());
    for owner in 0..7 {
        let told = second.deletion_receipts(&apac(), &format!("ver_{owner}")).await.unwrap();
        for told in told {
            items += told.deletion.what.values().map(|amount| amount.items).sum::<u64>();
            places.push(told.receipt.unwrap().verify(&trusted(&second).await).unwrap().index);
        }
    }
    places.sort_unstable();
    assert_eq!(items, 60);
    let leaves = leaves(&second).await;
    assert_eq!(head(&second).await.size, leaves.len() as u64);
    let told = (0..).zip(leaves).filter(|(_, leaf)| matches!(leaf, Leaf::Deletion(_)));
    assert_eq!(places, told.map(|(at, _)| at).collect::<Vec<_>>());
}

#[tokio::test]
async fn whose_it_was_is_forgotten_and_the_log_stays() {
    let house = House::new().await;
    let month = 30 * 24 * HOUR;
    house.keep(&apac(), "ver_1", "front", START + HOUR, b"x").await;
    house.vault.erase(&apac(), "ver_1", None).await.unwrap();
    // Not before the log has it.
    house.at(START + month);
    house.vault.reap(10).await.unwrap();
    log_all(&house.vault).await;
    assert_eq!(house.vault.deletion_receipts(&apac(), "ver_1").await.unwrap().len(), 1);
    house.vault.reap(10).await.unwrap();
    assert!(house.vault.deletion_receipts(&apac(), "ver_1").await.unwrap().is_empty());
    let left = house.stores.records.select(Select::from(&EVENTS)).await.unwrap();
    assert!(left.iter().all(|row| row.bytes("opening").unwrap().is_empty()));
    let leaves = leaves(&house.vault).await;
    assert_eq!(leaves.iter().filter(|leaf| matches!(leaf, Leaf::Deletion(_))).count(), 1);
}

/// Rows of the log, to be put back.
async fn kept(house: &House) -> Vec<Row> {
    house.stores.records.select(Select::from(&LOG)).await.unwrap()
}

async fn put_back(house: &House, rows: Vec<Row>) {
    let all = Change::Delete { table: &LOG, conditions: Vec::new(), expect: Expect::Any };
    let rows = rows.into_iter().map(Change::Insert);
    house.stores.records.commit(std::iter::once(all).chain(rows).collect()).await.unwrap();
}

#[tokio::test]
async fn c5_a_log_that_was_lost_or_put_back_is_not_begun_again_in_silence() {
    let house = House::new().await;
    let deleted = async |owner: &str| {
        house.keep(&apac(), owner, "front", START + HOUR, b"x").await;
        house.vault.erase(&apac(), owner, None).await.unwrap();
    };
    deleted("ver_1").await;
    log_all(&house.vault).await;
    let early = kept(&house).await;
    deleted("ver_2").await;
    log_all(&house.vault).await;
    let late = kept(&house).await;
    deleted("ver_3").await;
    for (rows, says) in [(Vec::new(), "no log"), (early, "rolled back")] {
        put_back(&house, rows).await;
        let refused = house.vault.log_events(10).await.unwrap_err();
        assert!(refused.to_string().contains(says), "{refused}");
        assert!(house.vault.deletion_receipts(&apac(), "ver_2").await.is_err());
    }
    // What waits has waited, and goes on where the log was.
    put_back(&house, late).await;
    assert_eq!(log_all(&house.vault).await, 1);
    assert_eq!(head(&house.vault).await.size, 3);
}

#[tokio::test]
async fn the_key_is_made_once_and_rests_sealed() {
    let house = House::new().await;
    let second = house.again(house.root()).await.unwrap();
    let (one, two) = tokio::join!(house.vault.log_verifier(), second.log_verifier());
    assert_eq!(one, two);
    let rows = house.stores.records.select(Select::from(&LOG_KEYS)).await.unwrap();
    let [row] = rows.as_slice() else { panic!("{} keys", rows.len()) };
    let sealed = row.bytes("sealed").unwrap();
    assert!(!sealed.windows(11).any(|part| part == b"PRIVATE+KEY"));
}

#[tokio::test]
async fn records_are_a_log_store() {
    let house = House::new().await;
    let storage: Arc<dyn bonafide_transparency::Storage> =
        Arc::new(LogStorage::new(house.stores.records.clone()));
    assert_eq!(bonafide_transparency::storage::conformance(&*storage).await, Ok(()));
}
