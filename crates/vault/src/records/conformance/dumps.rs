//! Backup and restore, from any engine into any other.

use std::io::Cursor;
use std::sync::Arc;

use proptest::strategy::{Strategy as _, ValueTree as _};
use proptest::test_runner::TestRunner;

use super::{
    COUNTERS, Change, Condition, Expect, MIGRATIONS, NOW, Records, Row, Select, THINGS, clear,
    everything, random, set_n, thing,
};
use crate::records::dump::{DumpError, dump, load, unfinished, verify};
use crate::records::{self, Sqlite, Table};

const TABLES: &[&Table] = &[&THINGS, &COUNTERS];

pub(super) async fn suite(store: &Arc<dyn Records>) {
    round_trip(store.as_ref()).await;
    one_moment(store).await;
}

async fn other() -> (tempfile::TempDir, Sqlite) {
    let folder = tempfile::tempdir().unwrap();
    let store = Sqlite::open(folder.path().join("other.db")).await.unwrap();
    store.migrate(records::MIGRATIONS, NOW).await.unwrap();
    store.migrate(MIGRATIONS, NOW).await.unwrap();
    (folder, store)
}

async fn dumped(store: &dyn Records) -> Vec<u8> {
    let mut file = Vec::new();
    let summary = dump(store, TABLES, &mut file).await.unwrap();
    assert_eq!(verify(TABLES, &mut Cursor::new(&file)).await.unwrap(), summary);
    file
}

/// This store → file → another → the same file → this store.
async fn round_trip(store: &dyn Records) {
    let mut runner = TestRunner::deterministic();
    for size in [0, 1, 40, 500] {
        clear(store).await;
        let rows = proptest::collection::vec(random::row(), size);
        let rows = rows.new_tree(&mut runner).unwrap().current();
        let mut changes: Vec<Change> = rows.into_iter().map(Change::InsertIfAbsent).collect();
        for n in 0..size as i64 {
            let row = Row::new(&COUNTERS).with("group", "g").with("key", n).with("index", -n);
            changes.push(Change::Insert(row));
            // Enough for several pieces, and for keys that end in none of them.
            changes.push(Change::Insert(thing(&format!("more/{n}"), n)));
        }
        changes.push(Change::Insert(thing("big", 1).with("body", vec![7_u8; 3 << 20])));
        store.commit(changes).await.unwrap();
        let before = everything(store).await;
        let file = dumped(store).await;

        let (_folder, second) = other().await;
        load(&second, TABLES, &mut Cursor::new(&file)).await.unwrap();
        assert!(everything(&second).await == before);
        assert!(dumped(&second).await == file, "the same rows, the same file");
        let full = load(store, TABLES, &mut Cursor::new(&file)).await;
        assert!(matches!(full, Err(DumpError::NotEmpty("things"))), "{full:?}");

        clear(store).await;
        load(store, TABLES, &mut Cursor::new(&file)).await.unwrap();
        assert!(everything(store).await == before);
        assert_eq!(unfinished(store).await, Ok(false));
    }
}

/// While two tables are always changed together, every dump finds them alike.
async fn one_moment(store: &Arc<dyn Records>) {
    clear(store.as_ref()).await;
    let counter = Row::new(&COUNTERS).with("group", "g").with("key", 0_i64).with("index", 0_i64);
    store.commit(vec![Change::Insert(thing("a", 0)), Change::Insert(counter)]).await.unwrap();
    let writer = Arc::clone(store);
    let writes = async move {
        for n in 1..200_i64 {
            let index = Change::Update {
                table: &COUNTERS,
                set: vec![("index", n.into())],
                conditions: Vec::new(),
                expect: Expect::One,
            };
            writer.commit(vec![set_n("a", n, Expect::One), index]).await.unwrap();
        }
    };
    let writes = tokio::spawn(writes);
    let (mut seen, mut ended) = (0, false);
    while !ended {
        ended = writes.is_finished();
        let file = dumped(store.as_ref()).await;
        let (_folder, copy) = other().await;
        load(&copy, TABLES, &mut Cursor::new(&file)).await.unwrap();
        let n = everything(&copy).await[0].integer("n").unwrap();
        let counters = copy.select(Select::from(&COUNTERS)).await.unwrap();
        assert_eq!(counters[0].integer("index"), Ok(n));
        assert!(n >= seen, "went back from {seen} to {n}");
        seen = n;
    }
    writes.await.unwrap();
    assert_eq!(seen, 199);
}

/// Every way to cut or alter a dump is refused, and nothing was written.
#[tokio::test]
async fn a_damaged_dump_changes_nothing() {
    let (_folder, first) = other().await;
    first.commit(vec![Change::Insert(thing("a", 1).with("note", "x"))]).await.unwrap();
    let file = dumped(&first).await;
    let (_folder, second) = other().await;
    let refused = async |file: Vec<u8>, what: String| {
        let result = load(&second, TABLES, &mut Cursor::new(file)).await;
        let refused = matches!(result, Err(DumpError::Damaged(_) | DumpError::Foreign(_)));
        assert!(refused, "{what}: {result:?}");
    };
    for at in 0..file.len() {
        refused(file[..at].to_vec(), format!("cut at {at}")).await;
        let mut altered = file.clone();
        altered[at] ^= 1 << (at % 8);
        refused(altered, format!("altered at {at}")).await;
    }
    refused([file.as_slice(), b"x"].concat(), "longer".to_owned()).await;
    assert_eq!(second.count(&THINGS, Vec::new()).await, Ok(0));
    assert_eq!(unfinished(&second).await, Ok(false));
    load(&second, TABLES, &mut Cursor::new(file)).await.unwrap();
}

/// A load that was cut off is seen, and taken up by the same dump only.
#[tokio::test]
async fn an_interrupted_load_is_taken_up() {
    let (_folder, first) = other().await;
    let rows = (0..9).map(|n| Change::Insert(thing(&format!("{n}"), n)));
    first.commit(rows.collect()).await.unwrap();
    let file = dumped(&first).await;
    first.commit(vec![Change::Insert(thing("later", 1))]).await.unwrap();
    let later = dumped(&first).await;

    let (_folder, second) = other().await;
    load(&second, TABLES, &mut Cursor::new(&file)).await.unwrap();
    // As it is in the middle: the mark is there and rows are missing.
    let summary = verify(TABLES, &mut Cursor::new(&file)).await.unwrap();
    let mark =
        Row::new(&records::dump::RESTORES).with("id", "restore").with("sha256", summary.sha256);
    let cut = Change::Delete {
        table: &THINGS,
        conditions: vec![Condition::at_least("n", 4_i64)],
        expect: Expect::Any,
    };
    second.commit(vec![Change::Insert(mark), cut]).await.unwrap();
    assert_eq!(unfinished(&second).await, Ok(true));
    let wrong = load(&second, TABLES, &mut Cursor::new(&later)).await;
    assert!(matches!(wrong, Err(DumpError::OtherRestore)), "{wrong:?}");
    load(&second, TABLES, &mut Cursor::new(&file)).await.unwrap();
    assert_eq!(unfinished(&second).await, Ok(false));
    assert_eq!(second.count(&THINGS, Vec::new()).await, Ok(9));
}
