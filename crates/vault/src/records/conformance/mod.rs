//! What every engine must do alike: one suite, run against each.

mod tables;

use bonafide_context::Timestamp;

use super::{Change, Condition, Direction, Expect, Records, RecordsError, Row, Select, Value};
use tables::{MIGRATIONS, THINGS};

const NOW: Timestamp = Timestamp(1_800_000_000_000);

fn thing(id: &str, n: i64) -> Row {
    Row::new(&THINGS).with("space", "s").with("id", id).with("n", n)
}

/// The whole suite, on an empty store.
pub(super) async fn suite(store: &dyn Records) {
    store.migrate(MIGRATIONS, NOW).await.unwrap();
    store.migrate(MIGRATIONS, NOW).await.unwrap();
    store.check().await.unwrap();
    atomicity(store).await;
}

async fn ids(store: &dyn Records, select: Select) -> Vec<String> {
    let rows = store.select(select).await.unwrap();
    rows.iter().map(|row| row.text("id").unwrap().to_owned()).collect()
}

async fn clear(store: &dyn Records) {
    let all = Change::Delete { table: &THINGS, conditions: Vec::new(), expect: Expect::Any };
    store.commit(vec![all]).await.unwrap();
}

async fn atomicity(store: &dyn Records) {
    clear(store).await;
    store.commit(vec![Change::Insert(thing("a", 1)), Change::Insert(thing("b", 2))]).await.unwrap();
    let twice = vec![Change::Insert(thing("c", 3)), Change::Insert(thing("a", 4))];
    assert_eq!(store.commit(twice).await, Err(RecordsError::Conflict));
    let unmet = Change::Update {
        table: &THINGS,
        set: vec![("n", 9_i64.into())],
        conditions: vec![Condition::is("id", "nobody")],
        expect: Expect::One,
    };
    let both = vec![Change::Insert(thing("d", 5)), unmet];
    assert_eq!(store.commit(both).await, Err(RecordsError::Conflict));
    let all = Select::from(&THINGS).order("id", Direction::Ascending);
    assert_eq!(ids(store, all).await, ["a", "b"]);
    let of = vec![Condition::is("n", 2_i64)];
    assert_eq!(store.count(&THINGS, of).await, Ok(1));
    let wrong = Change::Insert(thing("e", 1).with("n", Value::from("text")));
    assert_eq!(store.commit(vec![wrong]).await, Err(RecordsError::Shape { table: "things" }));
}

mod engines {
    use super::super::Sqlite;

    #[tokio::test]
    async fn sqlite_conforms() {
        let folder = tempfile::tempdir().unwrap();
        let store = Sqlite::open(folder.path().join("records.db")).await.unwrap();
        super::suite(&store).await;
    }
}
