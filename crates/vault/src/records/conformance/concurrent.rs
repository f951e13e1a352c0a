//! Many tasks at once.

use std::sync::Arc;

use super::{COUNTERS, Change, Condition, Expect, NOW, Records, RecordsError, Row, Select, THINGS};
use super::{MIGRATIONS, clear, set_n, thing};

const TASKS: i64 = 8;

pub(super) async fn suite(store: &Arc<dyn Records>) {
    one_wins_each_round(store).await;
    one_inserts(store).await;
    nothing_is_counted_twice(store).await;
    a_failure_disturbs_no_other(store).await;
    in_each_others_way(store).await;
    a_caller_that_goes_away(store).await;
    several_migrate(store).await;
}

/// Runs one task for each number and gives their results.
async fn each<F, T>(
    store: &Arc<dyn Records>,
    tasks: i64,
    work: impl Fn(Arc<dyn Records>, i64) -> F,
) -> Vec<T>
where
    F: Future<Output = T> + Send + 'static,
    T: Send + 'static,
{
    let tasks: Vec<_> = (0..tasks).map(|n| tokio::spawn(work(Arc::clone(store), n))).collect();
    let mut results = Vec::new();
    for task in tasks {
        results.push(task.await.unwrap());
    }
    results
}

async fn one_wins_each_round(store: &Arc<dyn Records>) {
    clear(store.as_ref()).await;
    store.commit(vec![Change::Insert(thing("a", 0))]).await.unwrap();
    for round in 0..10_i64 {
        let won = each(store, TASKS, move |store, task| async move {
            let take = Change::Update {
                table: &THINGS,
                set: vec![("n", (round + 1).into()), ("maybe_n", task.into())],
                conditions: vec![Condition::is("id", "a"), Condition::is("n", round)],
                expect: Expect::One,
            };
            let trace = Change::Insert(thing(&format!("{round}-{task}"), -1));
            store.commit(vec![trace, take]).await
        })
        .await;
        let winners: Vec<usize> = (0..won.len()).filter(|at| won[*at].is_ok()).collect();
        assert_eq!(winners.len(), 1, "{won:?}");
        assert!(
            won.iter().flat_map(|won| won.as_ref().err()).all(|e| *e == RecordsError::Conflict)
        );
        let rows = store.select(Select::from(&THINGS).and(Condition::is("id", "a"))).await.unwrap();
        assert_eq!(rows[0].integer("maybe_n"), Ok(winners[0] as i64));
    }
    assert_eq!(store.count(&THINGS, vec![Condition::is("n", -1_i64)]).await, Ok(10));
}

async fn one_inserts(store: &Arc<dyn Records>) {
    clear(store.as_ref()).await;
    let results = each(store, TASKS, |store, task| async move {
        let other = Change::Insert(thing(&format!("of {task}"), task));
        store.commit(vec![other, Change::Insert(thing("same", task))]).await
    })
    .await;
    assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 1, "{results:?}");
    assert_eq!(store.count(&THINGS, Vec::new()).await, Ok(2));
}

async fn nothing_is_counted_twice(store: &Arc<dyn Records>) {
    clear(store.as_ref()).await;
    let results = each(store, TASKS, |store, task| async move {
        for n in 0..10_i64 {
            let count = |key: i64| Change::Add {
                row: Row::new(&COUNTERS)
                    .with("group", "g")
                    .with("key", key)
                    .with("index", 0_i64)
                    .with("limit", 0_i64),
                by: vec![("index", 1), ("limit", n)],
            };
            store.commit(vec![count(n % 3), count(100 + task)]).await?;
        }
        Ok::<(), RecordsError>(())
    })
    .await;
    assert!(results.iter().all(Result::is_ok), "{results:?}");
    let rows = store.select(Select::from(&COUNTERS)).await.unwrap();
    let sum: i64 = rows.iter().map(|row| row.integer("index").unwrap()).sum();
    assert_eq!(sum, 2 * TASKS * 10);
    assert_eq!(rows.len() as i64, 3 + TASKS);
}

async fn a_failure_disturbs_no_other(store: &Arc<dyn Records>) {
    clear(store.as_ref()).await;
    store.commit(vec![Change::Insert(thing("taken", 0))]).await.unwrap();
    let results = each(store, 40, |store, task| async move {
        let mut changes = vec![Change::Insert(thing(&format!("{task}"), task))];
        match task % 4 {
            0 => changes.push(Change::Insert(thing("taken", task))),
            1 => changes.push(set_n("nobody", task, Expect::One)),
            _ => {}
        }
        (task, store.commit(changes).await)
    })
    .await;
    for (task, result) in results {
        let there = store.count(&THINGS, vec![Condition::is("id", task.to_string())]).await;
        if task % 4 < 2 {
            assert_eq!((result, there), (Err(RecordsError::Conflict), Ok(0)), "{task}");
        } else {
            assert_eq!((result, there), (Ok(()), Ok(1)), "{task}");
        }
    }
}

/// Two rows, taken in both orders: a server finds deadlocks, the caller none.
async fn in_each_others_way(store: &Arc<dyn Records>) {
    clear(store.as_ref()).await;
    let rows = ["a", "b"].map(|id| Change::Insert(thing(id, 0)));
    store.commit(rows.to_vec()).await.unwrap();
    let results = each(store, TASKS, |store, task| async move {
        for n in 0..10 {
            let mut changes = vec![set_n("a", n, Expect::One), set_n("b", n, Expect::One)];
            if task % 2 == 0 {
                changes.reverse();
            }
            store.commit(changes).await?;
        }
        Ok::<(), RecordsError>(())
    })
    .await;
    assert!(results.iter().all(Result::is_ok), "{results:?}");
}

/// A commit that was handed in happens as a whole or not at all, and its
/// connection serves the next.
async fn a_caller_that_goes_away(store: &Arc<dyn Records>) {
    clear(store.as_ref()).await;
    for n in 0..30_i64 {
        let changes = (0..5).map(|part| Change::Insert(thing(&format!("{n}/{part}"), n)));
        let commit = store.commit(changes.collect());
        let at_once = std::future::ready(());
        // Polled once, then dropped.
        futures_util::future::select(commit, at_once).await;
    }
    let last = (0..5).map(|part| Change::Insert(thing(&format!("last/{part}"), 1_000)));
    store.commit(last.collect()).await.unwrap();
    for n in (0..30_i64).chain([1_000]) {
        let there = store.count(&THINGS, vec![Condition::is("n", n)]).await.unwrap();
        assert!(there == 0 || there == 5, "{n}: {there}");
    }
}

async fn several_migrate(store: &Arc<dyn Records>) {
    let results =
        each(store, 4, |store, _| async move { store.migrate(MIGRATIONS, NOW).await }).await;
    assert!(results.iter().all(Result::is_ok), "{results:?}");
}
