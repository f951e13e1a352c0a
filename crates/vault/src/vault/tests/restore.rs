//! Older copies put back: whatever is old and whatever is new, nothing that was
//! deleted is opened again, and nothing else is lost.

use std::io::Cursor;

use bonafide_transparency::SignedCheckpoint;

use super::super::tables::{DEAD, DEATHS};
use super::*;
use crate::records::{Records, Table, dump};

/// What lies in a backup.
#[derive(Clone)]
struct Copy {
    records: Vec<u8>,
    keys: Vec<u8>,
    log: Vec<u8>,
    objects: Vec<(ObjectKey, Bytes)>,
    checkpoint: SignedCheckpoint,
}

async fn dumped(records: &dyn Records, tables: &[&'static Table]) -> Vec<u8> {
    let mut sink = Vec::new();
    dump::dump(records, tables, &mut sink).await.unwrap();
    sink
}

async fn loaded(records: &dyn Records, tables: &[&'static Table], bytes: &[u8]) {
    dump::load(records, tables, &mut Cursor::new(bytes.to_vec())).await.unwrap();
}

fn tables() -> Vec<&'static Table> {
    TABLES.to_vec()
}

async fn log(vault: &Vault) {
    vault.reap(100).await.unwrap();
    while vault.log_events(500).await.unwrap().more {}
}

async fn copy(house: &House) -> Copy {
    log(&house.vault).await;
    let mut objects = Vec::new();
    for key in house.objects().await {
        objects.push((key.clone(), house.shutter.directory.get(&key, 1 << 20).await.unwrap()));
    }
    let checkpoint = house.vault.journal().await.unwrap().unwrap();
    assert_eq!(Some(&checkpoint), house.vault.checkpoint().await.unwrap().as_ref());
    Copy {
        records: dumped(house.stores.records.as_ref(), &tables()).await,
        keys: dumped(house.stores.keys.as_ref(), KEY_TABLES).await,
        log: dumped(house.stores.records.as_ref(), LOG_TABLES).await,
        objects,
        checkpoint,
    }
}

/// An empty machine into which copies are put.
struct Machine {
    /// Kept until the end.
    _folder: tempfile::TempDir,
    stores: Stores,
    vault: Vault,
}

impl Machine {
    async fn of(house: &House, records: &Copy, keys: &Copy, objects: &Copy) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let stores = stores(folder.path()).await.0;
        let now = Timestamp(house.now());
        for migrations in [crate::records::MIGRATIONS, MIGRATIONS] {
            stores.records.migrate(migrations, now).await.unwrap();
        }
        for migrations in [crate::records::MIGRATIONS, KEY_MIGRATIONS] {
            stores.keys.migrate(migrations, now).await.unwrap();
        }
        begin_restore(stores.records.as_ref()).await.unwrap();
        loaded(stores.keys.as_ref(), KEY_TABLES, &keys.keys).await;
        loaded(stores.records.as_ref(), &tables(), &records.records).await;
        for (key, bytes) in &objects.objects {
            stores.objects.put(key, bytes.clone()).await.unwrap();
        }
        let (clock, random) = (house.clock.clone(), Box::new(OsRandom));
        let vault = Vault::open(stores.clone(), house.root(), clock, random).await.unwrap();
        // The log goes with the keys.
        if vault.checkpoint().await.unwrap().unwrap().head().size < keys.checkpoint.head().size {
            vault.clear_log().await.unwrap();
            loaded(stores.records.as_ref(), LOG_TABLES, &keys.log).await;
        }
        Self { _folder: folder, stores, vault }
    }

    async fn reads(&self, owner: &str, name: &str) -> Result<bool, VaultError> {
        self.vault.read(&by(), &apac(), owner, name).await.map(|bytes| bytes.is_some())
    }
}

/// Two things of one owner and one of another, a copy; the first owner is erased,
/// another copy.
async fn before_and_after(house: &House) -> (Copy, Copy) {
    let expires = START + 5 * HOUR;
    house.keep(&apac(), "ver_gone", "front", expires, &large(1)).await;
    house.keep(&apac(), "ver_gone", "page", expires, b"small").await;
    house.keep(&apac(), "ver_stays", "front", expires, &large(2)).await;
    // One that is in the first copy only under its name, and was replaced since.
    let old = copy(house).await;
    house.at(START + 60_000);
    house.keep(&apac(), "ver_gone", "page", expires, b"another").await;
    assert_eq!(house.vault.erase(&apac(), "ver_gone", None).await.unwrap().items, 2);
    (old, copy(house).await)
}

#[tokio::test]
async fn c5_no_mix_of_old_and_new_copies_brings_back_what_was_deleted() {
    let house = House::new().await;
    let (old, new) = before_and_after(&house).await;
    let copies = [("old", &old), ("new", &new)];
    for (records_are, records) in copies {
        for (keys_are, keys) in copies {
            for (objects_are, objects) in copies {
                let mix = format!("records {records_are}, keys {keys_are}, objects {objects_are}");
                let machine = Machine::of(&house, records, keys, objects).await;
                // Not before it is checked.
                for name in ["front", "page"] {
                    for owner in ["ver_gone", "ver_stays"] {
                        let read = machine.reads(owner, name).await;
                        assert_eq!(read, Err(VaultError::RestoreUnchecked), "{mix}");
                    }
                }
                let apac = apac();
                let kept = item(&apac, "ver_new", "front", START + 9 * HOUR);
                let kept = machine.vault.prepare(&kept, b"x").await.map(|_| ());
                assert_eq!(kept, Err(VaultError::RestoreUnchecked), "{mix}");
                let none = machine.vault.accept_restore(&[]).await;
                assert_eq!(none, Err(VaultError::RestoreUnchecked), "{mix}");

                let accepted =
                    machine.vault.accept_restore(std::slice::from_ref(&new.checkpoint)).await;
                if (records_are, keys_are) == ("old", "old") {
                    // Neither knows of the deletion.
                    let refused = matches!(accepted, Err(VaultError::JournalTooOld { .. }));
                    assert!(refused, "{mix}: {accepted:?}");
                    let read = machine.reads("ver_gone", "front").await;
                    assert_eq!(read, Err(VaultError::RestoreUnchecked), "{mix}");
                    continue;
                }
                let accepted = accepted.unwrap();
                let again = if records_are == "old" { 2 } else { 0 };
                assert_eq!(accepted.removed, again, "{mix}");
                for name in ["front", "page"] {
                    assert_eq!(machine.reads("ver_gone", name).await, Ok(false), "{mix}");
                }
                assert_eq!(machine.vault.list(&apac, "ver_gone").await, Ok(Vec::new()));
                assert_eq!(machine.reads("ver_stays", "front").await, Ok(true), "{mix}");
                // The log goes on where it was, and says nothing twice.
                log(&machine.vault).await;
                let receipts = machine.vault.deletion_receipts(&apac, "ver_stays").await.unwrap();
                assert!(receipts.is_empty());
                let size = machine.vault.checkpoint().await.unwrap().unwrap().head().size;
                assert!(size >= new.checkpoint.head().size, "{mix}");
                let (reader, _) = machine.vault.log_reader().await.unwrap();
                let head = new.checkpoint.head();
                assert_eq!(reader.head_at(head.size).await.unwrap(), head, "{mix}");
                // Bytes that nothing names any more go.
                house.at(START + 2 * HOUR);
                machine.vault.reap(100).await.unwrap();
                let objects = machine.stores.objects.list("items").await.unwrap();
                assert_eq!(objects.len(), 1, "{mix}");
                house.at(START + 60_000);
                machine.vault.clock.forget();
            }
        }
    }
}

#[tokio::test]
async fn c5_older_records_under_newer_keys_are_noticed_by_themselves() {
    let house = House::new().await;
    let (old, new) = before_and_after(&house).await;
    // Put back by other means: nobody said that it is a restore.
    let machine = Machine::of(&house, &old, &old, &old).await;
    machine.vault.accept_restore(std::slice::from_ref(&old.checkpoint)).await.unwrap();
    assert_eq!(machine.reads("ver_gone", "page").await, Ok(true));
    let again = async |keys: &Copy| {
        let folder = tempfile::tempdir().unwrap();
        let mut mixed = stores(folder.path()).await.0;
        mixed.keys.migrate(crate::records::MIGRATIONS, Timestamp(START)).await.unwrap();
        mixed.keys.migrate(KEY_MIGRATIONS, Timestamp(START)).await.unwrap();
        loaded(mixed.keys.as_ref(), KEY_TABLES, &keys.keys).await;
        mixed.records = machine.stores.records.clone();
        mixed.objects = machine.stores.objects.clone();
        let (clock, random) = (house.clock.clone(), Box::new(OsRandom));
        let vault = Vault::open(mixed, house.root(), clock, random).await.unwrap();
        (vault, folder)
    };
    let (vault, _folder) = again(&new).await;
    assert!(vault.is_unchecked());
    let read = vault.read(&by(), &apac(), "ver_gone", "page").await;
    assert_eq!(read, Err(VaultError::RestoreUnchecked));
    // A node that runs already hears of it with its next round.
    assert!(!machine.vault.is_unchecked());
    machine.vault.reap(1).await.unwrap();
    assert!(machine.vault.is_unchecked());
    // The newer part of the log is not there, and is asked for.
    let refused = vault.accept_restore(std::slice::from_ref(&new.checkpoint)).await.unwrap_err();
    assert!(refused.to_string().contains("newer part of the log"), "{refused}");
    vault.clear_log().await.unwrap();
    loaded(machine.stores.records.as_ref(), LOG_TABLES, &new.log).await;
    assert_eq!(
        vault.accept_restore(std::slice::from_ref(&new.checkpoint)).await.unwrap().removed,
        2
    );
    assert_eq!(vault.read(&by(), &apac(), "ver_gone", "page").await, Ok(None));
    assert!(vault.read(&by(), &apac(), "ver_stays", "front").await.unwrap().is_some());
}

#[tokio::test]
async fn c5_both_old_are_noticed_by_a_checkpoint_that_somebody_kept() {
    let house = House::new().await;
    let (old, new) = before_and_after(&house).await;
    let machine = Machine::of(&house, &old, &old, &old).await;
    machine.vault.accept_restore(std::slice::from_ref(&old.checkpoint)).await.unwrap();
    assert_eq!(machine.vault.hold_against(std::slice::from_ref(&old.checkpoint)).await, Ok(false));
    assert_eq!(machine.reads("ver_stays", "front").await, Ok(true));
    assert_eq!(machine.vault.hold_against(std::slice::from_ref(&new.checkpoint)).await, Ok(true));
    assert_eq!(machine.reads("ver_stays", "front").await, Err(VaultError::RestoreUnchecked));
    let refused = machine.vault.accept_restore(&[new.checkpoint, old.checkpoint]).await;
    assert!(matches!(refused, Err(VaultError::JournalTooOld { .. })), "{refused:?}");
}

#[tokio::test]
async fn c5_a_checkpoint_of_another_log_accepts_nothing() {
    let house = House::new().await;
    let (old, _) = before_and_after(&house).await;
    let elsewhere = House::new().await;
    let (other, _) = before_and_after(&elsewhere).await;
    let machine = Machine::of(&house, &old, &old, &old).await;
    let refused = machine.vault.accept_restore(&[other.checkpoint]).await;
    assert!(matches!(refused, Err(VaultError::History { .. })), "{refused:?}");
    assert!(machine.vault.is_unchecked());
}

#[tokio::test]
async fn c5_an_older_key_store_under_the_records_learns_every_line_again() {
    let house = House::new().await;
    let (old, new) = before_and_after(&house).await;
    let machine = Machine::of(&house, &new, &old, &new).await;
    assert_eq!(machine.stores.keys.count(&DEAD, Vec::new()).await, Ok(0));
    machine.vault.accept_restore(&[new.checkpoint]).await.unwrap();
    machine.vault.erase(&apac(), "ver_stays", None).await.unwrap();
    log(&machine.vault).await;
    assert_eq!(machine.stores.keys.count(&DEAD, Vec::new()).await, Ok(3));
}

#[tokio::test]
async fn c5_a_line_is_written_before_the_answer_and_kept_until_its_key_is_gone() {
    let house = House::new().await;
    let expires = START + 5 * HOUR;
    house.keep(&apac(), "ver_1", "front", expires, &large(1)).await;
    house.keep(&apac(), "ver_1", "page", expires, b"small").await;
    let lines = async || {
        let keys = house.stores.keys.count(&DEAD, Vec::new()).await.unwrap();
        (house.stores.records.count(&DEATHS, Vec::new()).await.unwrap(), keys)
    };
    house.vault.erase(&apac(), "ver_1", None).await.unwrap();
    assert_eq!(lines().await, (2, 2));
    // What expires by itself needs none: every copy of its row knows its deadline.
    house.keep(&apac(), "ver_2", "front", START + HOUR, b"x").await;
    house.at(START + HOUR);
    house.vault.reap(10).await.unwrap();
    assert_eq!(lines().await, (2, 2));
    let end = expires / HOUR * HOUR + HOUR;
    for (at, left) in [(end - 1, (2, 2)), (end, (0, 0))] {
        house.at(at);
        house.vault.reap(10).await.unwrap();
        assert_eq!(lines().await, left, "{at}");
    }
}

#[tokio::test]
async fn c5_a_name_that_was_erased_can_be_used_again() {
    let house = House::new().await;
    let expires = START + 5 * HOUR;
    for bytes in [b"first", b"other", b"third"] {
        house.keep(&apac(), "ver_1", "front", expires, bytes).await;
        assert_eq!(house.read(&apac(), "ver_1", "front").await, Some(bytes.to_vec()));
        house.vault.erase(&apac(), "ver_1", None).await.unwrap();
        assert_eq!(house.read(&apac(), "ver_1", "front").await, None);
    }
}
