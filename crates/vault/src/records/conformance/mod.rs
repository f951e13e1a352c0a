//! What every engine must do alike: one suite, run against each.

mod concurrent;
mod dumps;
pub(crate) mod engines;
mod leases;
mod measure;
mod migrations;
mod model;
mod outage;
mod random;
mod snapshots;
mod tables;
mod values;

use bonafide_context::Timestamp;

use super::{Change, Condition, Direction, Expect, Records, RecordsError, Row, Select, Value};
use tables::{COUNTERS, MIGRATIONS, THINGS};

const NOW: Timestamp = Timestamp(1_800_000_000_000);

/// The whole suite, on an empty store.
async fn suite(store: std::sync::Arc<dyn Records>) {
    let shared = std::sync::Arc::clone(&store);
    let store = store.as_ref();
    migrations::once_and_in_order(store).await;
    store.check().await.unwrap();
    atomicity(store).await;
    expectations(store).await;
    absent_and_counted(store).await;
    values::every_kind(store).await;
    values::names_are_bytes(store).await;
    values::refused_before_it_is_sent(store).await;
    values::lists(store).await;
    values::pages(store).await;
    leases::suite(store).await;
    concurrent::suite(&shared).await;
    dumps::suite(&shared).await;
    random::histories(store, 48).await;
}

fn thing(id: &str, n: i64) -> Row {
    Row::new(&THINGS).with("space", "s").with("id", id).with("n", n)
}

async fn clear(store: &dyn Records) {
    let all = |table| Change::Delete { table, conditions: Vec::new(), expect: Expect::Any };
    store.commit(vec![all(&THINGS), all(&COUNTERS)]).await.unwrap();
}

async fn everything(store: &dyn Records) -> Vec<Row> {
    let all = Select::from(&THINGS)
        .order("space", Direction::Ascending)
        .order("id", Direction::Ascending);
    store.select(all).await.unwrap()
}

async fn ids(store: &dyn Records, select: Select) -> Vec<String> {
    let rows = store.select(select).await.unwrap();
    rows.iter().map(|row| row.text("id").unwrap().to_owned()).collect()
}

async fn all_ids(store: &dyn Records) -> Vec<String> {
    ids(store, Select::from(&THINGS).order("id", Direction::Ascending)).await
}

fn set_n(id: &str, n: i64, expect: Expect) -> Change {
    let conditions = vec![Condition::is("id", id)];
    Change::Update { table: &THINGS, set: vec![("n", n.into())], conditions, expect }
}

async fn atomicity(store: &dyn Records) {
    clear(store).await;
    store.commit(Vec::new()).await.unwrap();
    store.commit(vec![Change::Insert(thing("a", 1)), Change::Insert(thing("b", 2))]).await.unwrap();
    let taken = vec![Change::Insert(thing("c", 3)), Change::Insert(thing("a", 4))];
    assert_eq!(store.commit(taken).await, Err(RecordsError::Conflict));
    let unmet = vec![Change::Insert(thing("d", 5)), set_n("nobody", 9, Expect::One)];
    assert_eq!(store.commit(unmet).await, Err(RecordsError::Conflict));
    let within = vec![
        Change::Insert(thing("e", 6)),
        Change::Delete { table: &THINGS, conditions: Vec::new(), expect: Expect::Any },
        Change::Insert(thing("e", 7)),
        Change::Insert(thing("e", 8)),
    ];
    assert_eq!(store.commit(within).await, Err(RecordsError::Conflict));
    assert_eq!(all_ids(store).await, ["a", "b"]);
    // After a failure the next works, on the same connection too.
    for n in 0..20 {
        store.commit(vec![set_n("a", n, Expect::One)]).await.unwrap();
        assert_eq!(
            store.count(&THINGS, vec![Condition::is("n", n)]).await,
            Ok(1 + u64::from(n == 2))
        );
    }
}

async fn expectations(store: &dyn Records) {
    clear(store).await;
    let rows = ["a", "b"].map(|id| Change::Insert(thing(id, 1)));
    store.commit(rows.to_vec()).await.unwrap();
    // What is as it should be already counts as met.
    store.commit(vec![set_n("a", 1, Expect::One)]).await.unwrap();
    store.commit(vec![set_n("nobody", 1, Expect::Any)]).await.unwrap();
    let both = |expect| {
        let conditions = vec![Condition::is("n", 1_i64)];
        vec![Change::Delete { table: &THINGS, conditions, expect }]
    };
    assert_eq!(store.commit(both(Expect::One)).await, Err(RecordsError::Conflict));
    assert_eq!(all_ids(store).await, ["a", "b"]);
    store.commit(both(Expect::Any)).await.unwrap();
    assert_eq!(store.commit(both(Expect::One)).await, Err(RecordsError::Conflict));
    // A later change sees what an earlier one did.
    store.commit(vec![Change::Insert(thing("c", 1)), set_n("c", 2, Expect::One)]).await.unwrap();
    assert_eq!(store.count(&THINGS, vec![Condition::is("n", 2_i64)]).await, Ok(1));
}

async fn absent_and_counted(store: &dyn Records) {
    clear(store).await;
    let absent = vec![
        Change::InsertIfAbsent(thing("a", 1)),
        Change::InsertIfAbsent(thing("a", 2)),
        Change::InsertIfAbsent(thing("b", 3)),
    ];
    store.commit(absent).await.unwrap();
    store.commit(vec![Change::InsertIfAbsent(thing("a", 4))]).await.unwrap();
    let rows = everything(store).await;
    let numbers: Vec<i64> = rows.iter().map(|row| row.integer("n").unwrap()).collect();
    assert_eq!(numbers, [1, 3]);
    let count = |index: i64, limit: i64| Change::Add {
        row: Row::new(&COUNTERS).with("group", "g").with("key", 1_i64).with("index", 10_i64),
        by: vec![("index", index), ("limit", limit)],
    };
    store.commit(vec![count(1, 1)]).await.unwrap();
    store.commit(vec![count(2, 1), count(-5, 1)]).await.unwrap();
    let rows = store.select(Select::from(&COUNTERS)).await.unwrap();
    let row = rows.first().unwrap();
    assert_eq!((rows.len(), row.integer("index")), (1, Ok(8)));
    assert_eq!(row.optional_integer("limit"), Ok(None), "nothing to count from");
    // A count that does not fit changes nothing.
    let beyond = vec![Change::Insert(thing("c", 1)), count(i64::MAX, 1)];
    assert_eq!(store.commit(beyond).await, Err(RecordsError::Shape { table: "order" }));
    assert_eq!(all_ids(store).await, ["a", "b"]);
}
