//! What is written is what is read, compared and ordered, to the byte.

use super::{Change, Condition, Direction, Expect, Records, RecordsError, Row, Select, Value};
use super::{THINGS, all_ids, clear, everything, ids, thing};

pub(super) async fn every_kind(store: &dyn Records) {
    clear(store).await;
    let big: Vec<u8> = (0..3_000_000_u32).map(|n| (n * 7 % 251) as u8).collect();
    let long = "Zażółć gęślą jaźń 🦀 \\ ' \" ` ; -- \r\n\t".repeat(2_000);
    let rows = [
        thing("nothing", i64::MIN),
        thing("empty", 0).with("alias", "").with("note", "").with("body", Vec::new()),
        thing("full", i64::MAX)
            .with("maybe_n", -1_i64)
            .with("alias", "𝔫".repeat(190))
            .with("note", long)
            .with("body", big),
    ];
    store.commit(rows.iter().cloned().map(Change::Insert).collect()).await.unwrap();
    let mut expected = rows.to_vec();
    expected.sort_by_key(|row| row.text("id").unwrap().to_owned());
    assert!(everything(store).await == expected);
    // Empty and nothing are two things.
    let empty = Select::from(&THINGS).and(Condition::is("note", ""));
    assert_eq!(ids(store, empty).await, ["empty"]);
    let nothing = Select::from(&THINGS).and(Condition::Null("body"));
    assert_eq!(ids(store, nothing).await, ["nothing"]);
    let some =
        Select::from(&THINGS).and(Condition::NotNull("body")).order("n", Direction::Descending);
    assert_eq!(ids(store, some).await, ["full", "empty"]);
    // A comparison with nothing is met by none, and does not fail.
    let none = Condition::is("alias", None::<String>);
    assert_eq!(store.count(&THINGS, vec![none]).await, Ok(0));
    let take_away = Change::Update {
        table: &THINGS,
        set: vec![("note", Value::Null), ("body", Value::Null), ("maybe_n", Value::Null)],
        conditions: vec![Condition::is("id", "full")],
        expect: Expect::One,
    };
    store.commit(vec![take_away]).await.unwrap();
    assert_eq!(store.count(&THINGS, vec![Condition::Null("body")]).await, Ok(2));
}

pub(super) async fn names_are_bytes(store: &dyn Records) {
    clear(store).await;
    // In the order of their UTF-8; all of them different.
    let names = ["", " ", "A", "B", "a", "a ", "aa", "b", "ss", "ß", "á", "\u{ffff}", "\u{10000}"];
    let mut rows: Vec<Change> = names.iter().map(|name| Change::Insert(thing(name, 1))).collect();
    rows.reverse();
    store.commit(rows).await.unwrap();
    assert_eq!(all_ids(store).await, names);
    for name in names {
        let is = Select::from(&THINGS).and(Condition::is("id", name));
        assert_eq!(ids(store, is).await, [name]);
        let taken = vec![Change::Insert(thing(name, 2))];
        assert_eq!(store.commit(taken).await, Err(RecordsError::Conflict));
    }
    let between = Select::from(&THINGS)
        .and(Condition::at_least("id", "a"))
        .and(Condition::less("id", "b"))
        .order("id", Direction::Ascending);
    assert_eq!(ids(store, between).await, ["a", "a ", "aa"]);
    // Asking for what no store can hold finds nothing, and does not fail.
    let strange = Select::from(&THINGS).and(Condition::is("id", "a\0"));
    assert!(ids(store, strange).await.is_empty());
    let strange = Select::from(&THINGS).and(Condition::is("id", "x".repeat(5_000)));
    assert!(ids(store, strange).await.is_empty());
}

pub(super) async fn refused_before_it_is_sent(store: &dyn Records) {
    clear(store).await;
    let shape = Err(RecordsError::Shape { table: "things" });
    let good = || thing("a", 1);
    let wrong = [
        good().with("n", "text"),
        good().with("n", Value::Null),
        good().with("id", Value::Null),
        good().with("note", 1_i64),
        good().with("body", "text"),
        good().with("no_such_column", 1_i64),
        good().with("id", "x".repeat(191)),
        good().with("id", "a\0b"),
        good().with("note", "a\0b"),
        good().with("body", vec![0; (8 << 20) + 1]),
        Row::new(&THINGS),
        Row::from_values(&THINGS, vec!["s".into()]),
    ];
    for row in wrong {
        for change in [Change::Insert(row.clone()), Change::InsertIfAbsent(row)] {
            assert_eq!(store.commit(vec![Change::Insert(good()), change]).await, shape);
        }
    }
    let update = |set: Vec<(&'static str, Value)>, conditions| Change::Update {
        table: &THINGS,
        set,
        conditions,
        expect: Expect::Any,
    };
    let wrong = [
        update(vec![], vec![]),
        update(vec![("id", "b".into())], vec![]),
        update(vec![("n", 1_i64.into()), ("n", 2_i64.into())], vec![]),
        update(vec![("n", "text".into())], vec![]),
        update(vec![("no_such_column", 1_i64.into())], vec![]),
        update(vec![("n", 1_i64.into())], vec![Condition::is("no_such_column", 1_i64)]),
        update(vec![("n", 1_i64.into())], vec![Condition::is("id", 1_i64)]),
        update(vec![("n", 1_i64.into())], vec![Condition::After(vec![])]),
        Change::Add { row: good(), by: vec![("note", 1)] },
        Change::Add { row: good(), by: vec![("space", 1)] },
        Change::Add { row: good(), by: vec![] },
        Change::Add { row: thing("a", i64::MAX), by: vec![("n", 1)] },
    ];
    for change in wrong {
        let shown = format!("{change:?}");
        assert_eq!(store.commit(vec![Change::Insert(good()), change]).await, shape, "{shown}");
    }
    let select = Select::from(&THINGS).order("no_such_column", Direction::Ascending);
    assert_eq!(store.select(select).await.map(|_| ()), shape);
    assert!(all_ids(store).await.is_empty());
}

pub(super) async fn lists(store: &dyn Records) {
    clear(store).await;
    let rows =
        (0..30_i64).map(|n| Change::Insert(thing(&format!("ä{n:02}"), n).with("maybe_n", n)));
    store.commit(rows.collect()).await.unwrap();
    let names = |numbers: std::ops::Range<i64>| -> Vec<Value> {
        numbers.map(|n| Value::from(format!("ä{n:02}"))).collect()
    };
    let count = async |condition| store.count(&THINGS, vec![condition]).await.unwrap();
    assert_eq!(count(Condition::In("id", vec![])).await, 0);
    assert_eq!(count(Condition::In("id", vec![Value::Null])).await, 0);
    assert_eq!(count(Condition::In("id", names(3..6))).await, 3);
    assert_eq!(count(Condition::In("id", names(20..5_020))).await, 10);
    assert_eq!(count(Condition::In("n", (28..5_028_i64).map(Value::from).collect())).await, 2);
    let twice = names(0..20).into_iter().chain(names(10..25)).chain([Value::Null, "\0".into()]);
    assert_eq!(count(Condition::In("id", twice.collect())).await, 25);
    let texts = (0..100).map(|n| Value::from(format!("\"'\\{n}"))).collect();
    assert_eq!(count(Condition::In("note", texts)).await, 0);
    let bytes = (0..100_u8).map(|n| Value::from(vec![n])).collect();
    assert_eq!(count(Condition::In("body", bytes)).await, 0);
    let gone = Change::Delete {
        table: &THINGS,
        conditions: vec![Condition::In("id", names(5..5_005))],
        expect: Expect::Any,
    };
    store.commit(vec![gone]).await.unwrap();
    assert_eq!(all_ids(store).await.len(), 5);
}

pub(super) async fn pages(store: &dyn Records) {
    clear(store).await;
    // Many rows with one number: the id decides among them.
    let rows = (0..97_i64).map(|n| Change::Insert(thing(&format!("{:02}", n * 89 % 97), n % 5)));
    store.commit(rows.collect()).await.unwrap();
    for direction in [Direction::Ascending, Direction::Descending] {
        let select = || {
            let select = Select::from(&THINGS).and(Condition::is("space", "s"));
            select.order("n", direction).order("id", direction)
        };
        let whole = ids(store, select()).await;
        assert_eq!(whole.len(), 97);
        let mut paged = Vec::new();
        let mut last: Option<Row> = None;
        loop {
            let mut page = select().limit(10);
            if let Some(last) = &last {
                let of = ["n", "id"].map(|name| (name, last.value(name).unwrap().clone()));
                page = page.and(match direction {
                    Direction::Ascending => Condition::After(of.to_vec()),
                    Direction::Descending => Condition::Before(of.to_vec()),
                });
            }
            let rows = store.select(page).await.unwrap();
            assert!(rows.len() <= 10);
            let Some(end) = rows.last() else { break };
            last = Some(end.clone());
            paged.extend(rows.iter().map(|row| row.text("id").unwrap().to_owned()));
        }
        assert_eq!(paged, whole);
    }
    assert_eq!(ids(store, Select::from(&THINGS).limit(0)).await.len(), 0);
}
