//! Random batches of changes: an engine and the model end up the same.

use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::{Config, TestRunner};

use super::model::Memory;
use super::tables::THINGS;
use super::{clear, everything};
use crate::records::{Change, Condition, Direction, Expect, Operator, Records, Row, Select, Value};

/// Names that a lenient comparison would take for each other.
fn name() -> impl Strategy<Value = Value> {
    let names =
        ["a", "A", "a ", "á", "a\u{301}", "b", "aa", "", "\u{10ffff}", "\u{ffff}", "ß", "ss"];
    prop::sample::select(names.to_vec()).prop_map(Value::from)
}

fn number() -> impl Strategy<Value = Value> {
    prop_oneof![(-3..4_i64), Just(i64::MAX / 4), Just(i64::MIN / 4)].prop_map(Value::from)
}

fn maybe(of: impl Strategy<Value = Value>) -> impl Strategy<Value = Value> {
    prop::option::weighted(0.7, of).prop_map(|value| value.unwrap_or(Value::Null))
}

fn bytes() -> impl Strategy<Value = Value> {
    prop::collection::vec(any::<u8>(), 0..6).prop_map(Value::from)
}

pub(super) fn row() -> impl Strategy<Value = Row> {
    let note = "[a-c'\"\\\\%_;🦀\n]{0,6}".prop_map(Value::from);
    let values =
        (name(), name(), number(), maybe(number()), maybe(name()), maybe(note), maybe(bytes()));
    values.prop_map(|(space, id, n, maybe_n, alias, note, body)| {
        Row::from_values(&THINGS, vec![space, id, n, maybe_n, alias, note, body])
    })
}

fn condition() -> impl Strategy<Value = Condition> {
    use Operator::{AtLeast, AtMost, Equal, Greater, Less, NotEqual};
    let operator = prop::sample::select(vec![Equal, NotEqual, Less, AtMost, Greater, AtLeast]);
    let nul = name().prop_map(|name| match name {
        Value::Text(text) => Value::Text(format!("{text}\0x")),
        other => other,
    });
    let column = prop_oneof![
        (Just("space"), name().boxed()),
        (Just("id"), prop_oneof![9 => name(), 1 => nul].boxed()),
        (Just("n"), number().boxed()),
        (Just("maybe_n"), maybe(number()).boxed()),
        (Just("alias"), maybe(name()).boxed()),
        (Just("body"), bytes().boxed()),
    ];
    let many = prop::collection::vec(maybe(name()), 0..20);
    let numbers = prop::collection::vec(maybe(number()), 0..40);
    let tuple = || {
        (name(), number(), maybe(name()))
            .prop_map(|(space, n, alias)| vec![("space", space), ("n", n), ("alias", alias)])
    };
    prop_oneof![
        4 => (column, operator).prop_map(|((name, value), op)| Condition::Compare(name, op, value)),
        1 => many.prop_map(|values| Condition::In("id", values)),
        1 => numbers.prop_map(|values| Condition::In("maybe_n", values)),
        1 => Just(Condition::Null("alias")),
        1 => Just(Condition::NotNull("note")),
        1 => tuple().prop_map(Condition::After),
        1 => tuple().prop_map(Condition::Before),
    ]
}

fn conditions() -> impl Strategy<Value = Vec<Condition>> {
    prop::collection::vec(condition(), 0..3)
}

fn expect() -> impl Strategy<Value = Expect> {
    prop_oneof![3 => Just(Expect::Any), 1 => Just(Expect::One)]
}

fn change() -> impl Strategy<Value = Change> {
    let set = (number(), maybe(name())).prop_map(|(n, alias)| vec![("n", n), ("alias", alias)]);
    prop_oneof![
        3 => row().prop_map(Change::Insert),
        3 => row().prop_map(Change::InsertIfAbsent),
        2 => (set, conditions(), expect()).prop_map(|(set, conditions, expect)| {
            Change::Update { table: &THINGS, set, conditions, expect }
        }),
        1 => (conditions(), expect()).prop_map(|(conditions, expect)| {
            Change::Delete { table: &THINGS, conditions, expect }
        }),
        2 => (row(), -9..9_i64, 1..9_i64).prop_map(|(row, n, maybe_n)| {
            Change::Add { row, by: vec![("n", n), ("maybe_n", maybe_n)] }
        }),
    ]
}

fn select() -> impl Strategy<Value = Select> {
    let direction = || prop::sample::select(vec![Direction::Ascending, Direction::Descending]);
    let columns = ["n", "maybe_n", "alias"];
    (conditions(), prop::sample::select(columns.to_vec()), direction(), prop::option::of(0..9_u32))
        .prop_map(|(conditions, column, direction, limit)| Select {
            table: &THINGS,
            conditions,
            // To the end of the key, so that there is one order only.
            order: vec![(column, direction), ("space", direction), ("id", direction)],
            limit,
        })
}

/// Runs `cases` histories against the store and the model.
pub(super) async fn histories(store: &dyn Records, cases: u32) {
    let mut runner = TestRunner::new_with_rng(
        Config::default(),
        proptest::test_runner::TestRng::deterministic_rng(
            proptest::test_runner::RngAlgorithm::ChaCha,
        ),
    );
    let history = prop::collection::vec((prop::collection::vec(change(), 1..6), select()), 1..12);
    for case in 0..cases {
        let history = history.new_tree(&mut runner).unwrap().current();
        clear(store).await;
        let model = Memory::default();
        for (at, (changes, select)) in history.into_iter().enumerate() {
            let shown = format!("case {case}, step {at}: {changes:#?}\n{select:#?}");
            let expected = model.commit(changes.clone()).await;
            assert_eq!(store.commit(changes).await, expected, "{shown}");
            let (found, expected) = (everything(store).await, everything(&model).await);
            assert!(found == expected, "other rows: {shown}");
            let count = store.count(&THINGS, select.conditions.clone()).await;
            assert_eq!(count, model.count(&THINGS, select.conditions.clone()).await, "{shown}");
            let found = store.select(select.clone()).await.unwrap();
            assert!(found == model.select(select).await.unwrap(), "other answer: {shown}");
        }
    }
}
