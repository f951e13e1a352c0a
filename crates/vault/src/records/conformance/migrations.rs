//! Migrations: each once, in order, and none that is not understood.

use bonafide_policy::Category;

use super::{Change, Condition, Expect, MIGRATIONS, NOW, Records, RecordsError, Row, Select};
use crate::records::migrate::SCHEMA_MIGRATIONS;
use crate::records::{self, Column, Kind, Migration, Step, Table};

const OLD: Table = Table {
    name: "growing",
    category: Category::Configuration,
    columns: &[Column::new("id", Kind::Name), Column::optional("old", Kind::Integer)],
    key: &["id"],
    indexes: &[&["old"]],
};

const NEW: Table = Table {
    columns: &[Column::new("id", Kind::Name), Column::optional("new", Kind::Name)],
    indexes: &[&["new"]],
    ..OLD
};

const FIRST: Migration = Migration { room: "grows", version: 1, steps: &[Step::Create(&OLD)] };
const SECOND: Migration = Migration {
    room: "grows",
    version: 2,
    steps: &[
        Step::AddColumn("growing", Column::optional("new", Kind::Name)),
        Step::AddIndex("growing", &["new"]),
    ],
};
const THIRD: Migration =
    Migration { room: "grows", version: 3, steps: &[Step::DropColumn("growing", "old")] };
const LAST: Migration =
    Migration { room: "grows", version: 4, steps: &[Step::DropTable("growing")] };

pub(super) async fn once_and_in_order(store: &dyn Records) {
    store.migrate(records::MIGRATIONS, NOW).await.unwrap();
    store.migrate(MIGRATIONS, NOW).await.unwrap();
    store.migrate(MIGRATIONS, NOW).await.unwrap();

    store.migrate(&[FIRST], NOW).await.unwrap();
    let old = Row::new(&OLD).with("id", "a").with("old", 1_i64);
    store.commit(vec![Change::Insert(old.clone())]).await.unwrap();
    store.migrate(&[FIRST, SECOND], NOW).await.unwrap();
    // The old binary still works beside the new one.
    store.commit(vec![Change::Insert(old.with("id", "b"))]).await.unwrap();
    let new = Row::new(&NEW).with("id", "c").with("new", "n");
    store.commit(vec![Change::Insert(new)]).await.unwrap();
    assert_eq!(store.count(&NEW, vec![Condition::Null("new")]).await, Ok(2));

    let too_new = RecordsError::TooNew { room: "grows".to_owned(), found: 2, known: 1 };
    assert_eq!(store.migrate(&[FIRST], NOW).await, Err(too_new));

    store.migrate(&[FIRST, SECOND, THIRD], NOW).await.unwrap();
    assert_eq!(store.select(Select::from(&NEW)).await.unwrap().len(), 3);
    store.migrate(&[FIRST, SECOND, THIRD, LAST], NOW).await.unwrap();
    let gone = store.select(Select::from(&NEW)).await;
    assert!(matches!(gone, Err(RecordsError::Unavailable { .. })), "{gone:?}");

    let gap = store.migrate(&[FIRST, THIRD], NOW).await;
    assert!(matches!(gap, Err(RecordsError::Migration { version: 3, .. })), "{gap:?}");
    unusable_tables_are_refused(store).await;
}

/// MySQL commits each statement of DDL by itself: a node that was killed left
/// steps that no version tells of. They are found, and not done again. (The
/// others take such steps back.)
pub(super) async fn killed_between_two_steps(store: &dyn Records) {
    const ALL: [Migration; 4] = [FIRST, SECOND, THIRD, LAST];
    store.migrate(records::MIGRATIONS, NOW).await.unwrap();
    for upto in 1..=ALL.len() {
        store.migrate(&ALL[..upto], NOW).await.unwrap();
        let forget = Change::Delete {
            table: &SCHEMA_MIGRATIONS,
            conditions: vec![Condition::is("room", "grows"), Condition::is("version", upto as i64)],
            expect: Expect::One,
        };
        store.commit(vec![forget]).await.unwrap();
        store.migrate(&ALL[..upto], NOW).await.unwrap();
    }
    let again = Change::Delete {
        table: &SCHEMA_MIGRATIONS,
        conditions: vec![Condition::is("room", "grows")],
        expect: Expect::Any,
    };
    store.commit(vec![again]).await.unwrap();
}

/// Also by an engine that could make them: another could not.
async fn unusable_tables_are_refused(store: &dyn Records) {
    const NO_KEY: Table = Table { name: "no_key", key: &[], ..OLD };
    const OPTIONAL_KEY: Table = Table { name: "optional_key", key: &["old"], ..OLD };
    const CAPITALS: Table = Table { name: "Capitals", ..OLD };
    const LONG_INDEX: Table = Table {
        name: "long_index",
        columns: &[
            Column::new("id", Kind::Name),
            Column::new("b", Kind::Name),
            Column::new("c", Kind::Name),
            Column::new("d", Kind::Name),
            Column::new("e", Kind::Name),
        ],
        indexes: &[&["id", "b", "c", "d", "e"]],
        ..OLD
    };
    const TEXT_INDEX: Table = Table {
        name: "text_index",
        columns: &[Column::new("id", Kind::Name), Column::new("t", Kind::Text)],
        indexes: &[&["t"]],
        ..OLD
    };
    const STEPS: [&[Step]; 5] = [
        &[Step::Create(&NO_KEY)],
        &[Step::Create(&OPTIONAL_KEY)],
        &[Step::Create(&CAPITALS)],
        &[Step::Create(&LONG_INDEX)],
        &[Step::Create(&TEXT_INDEX)],
    ];
    for steps in STEPS {
        let wrong = Migration { room: "wrong", version: 1, steps };
        let result = store.migrate(&[wrong], NOW).await;
        assert!(matches!(result, Err(RecordsError::Shape { .. })), "{result:?}");
    }
}
