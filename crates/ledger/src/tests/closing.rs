use std::time::Duration;

use super::*;
use crate::tables::{JOURNAL, USAGE};
use crate::{Closed, Facts, Figures, LedgerError, Outcome};

fn things(name: &str) -> Vec<Condition> {
    vec![Condition::is("name", name)]
}

#[tokio::test]
async fn d1_one_row_a_call_with_these_columns_and_nothing_else() {
    let house = House::new().await;
    let who = caller(1);
    let mut call = house.open(&who, &READ);
    house.clock.advance(Duration::from_millis(40));
    call.step("mrz.read", "ok", Facts::new().code("format", "TD3"));
    let id = call.id();
    let closed = house.ledger.close(call, Outcome::OK, vec![thing("a")]).await.unwrap();
    assert_eq!(closed, Closed { call_id: id, ended: Timestamp(NOON + 40), fee: 30_000 });

    let names: Vec<_> = CALLS.columns.iter().map(|column| column.name).collect();
    let promised = [
        "app_id",
        "application",
        "environment",
        "interface",
        "result",
        "call_id",
        "started_at",
        "ended_at",
        "region",
        "fee",
    ];
    assert_eq!(names, promised);
    let rows = house.rows(&CALLS).await;
    let expected = Row::new(&CALLS)
        .with("app_id", who.tenant.0)
        .with("application", who.application.as_str())
        .with("environment", "sandbox")
        .with("interface", "documents.read")
        .with("result", "ok")
        .with("call_id", id.to_string())
        .with("started_at", NOON)
        .with("ended_at", NOON + 40)
        .with("region", "apac")
        .with("fee", 30_000_u64);
    assert_eq!(rows, [expected]);
    assert_eq!(house.count(&JOURNAL, vec![]).await, 1);
    assert_eq!(house.count(&THINGS, things("a")).await, 1);
    house.counter_equals_rows().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn d1_the_counter_equals_the_rows_when_many_call_at_once() {
    let house = Arc::new(House::new().await);
    let mut tasks = Vec::new();
    for task in 0..16_u64 {
        let house = house.clone();
        tasks.push(tokio::spawn(async move {
            let who = caller(task % 3);
            for round in 0..25 {
                let interface = if round % 2 == 0 { &READ } else { &COMPARE };
                let outcome = match round % 5 {
                    0 => Outcome::caller("unreadable"),
                    1 => Outcome::ours("internal"),
                    _ => Outcome::OK,
                };
                let call = house.open(&who, interface);
                house.ledger.close(call, outcome, vec![]).await.unwrap();
            }
        }));
    }
    for task in tasks {
        task.await.unwrap();
    }
    assert_eq!(house.count(&CALLS, vec![]).await, 400);
    house.counter_equals_rows().await;
    let free = house.count(&CALLS, vec![Condition::is("result", "internal")]).await;
    assert_eq!(free, 80);
    let paid = vec![Condition::is("result", "internal"), Condition::at_least("fee", 1_i64)];
    assert_eq!(house.count(&CALLS, paid).await, 0, "what is our fault is free");
}

#[tokio::test]
async fn a_store_that_is_down_fails_the_call_and_the_trace_comes_later() {
    let house = House::new().await;
    house.records.next(&[Fault::Down]);
    let call = house.open(&caller(1), &READ);
    let failed = house.ledger.close(call, Outcome::OK, vec![thing("a")]).await;
    assert_eq!(failed, Err(LedgerError::Unavailable));
    assert_eq!(house.count(&THINGS, vec![]).await, 0);
    assert_eq!(house.results().await, Vec::<String>::new());
    assert_eq!(house.ledger.figures(), Figures { abandoned: 0, late: 1, lost: 0 });

    house.records.next(&[Fault::Down]);
    assert_eq!(house.ledger.settle().await, Err(LedgerError::Unavailable));
    assert_eq!(house.ledger.figures().late, 1, "nothing is lost while the store is down");
    assert_eq!(house.ledger.settle().await, Ok(1));
    assert_eq!(house.results().await, ["ledger_unavailable"]);
    assert_eq!(house.count(&CALLS, vec![Condition::is("fee", 0_i64)]).await, 1);
    house.counter_equals_rows().await;
}

#[tokio::test]
async fn a_commit_of_which_nobody_knows_is_looked_up() {
    for (faults, results, found) in [
        (&[Fault::UnknownDone][..], &["ok"][..], Ok(())),
        (&[Fault::UnknownLost], &["ok"], Ok(())),
        (&[Fault::UnknownLost, Fault::UnknownDone], &["ok"], Ok(())),
        (&[Fault::UnknownLost, Fault::UnknownLost], &[], Err(LedgerError::Unavailable)),
        (&[Fault::UnknownLost, Fault::Down], &[], Err(LedgerError::Unavailable)),
    ] {
        let house = House::new().await;
        house.records.next(faults);
        let call = house.open(&caller(1), &READ);
        let closed = house.ledger.close(call, Outcome::OK, vec![thing("a")]).await;
        assert_eq!(closed.map(drop), found, "{faults:?}");
        assert_eq!(house.results().await, results, "{faults:?}");
        assert_eq!(house.count(&THINGS, vec![]).await, results.len() as u64, "{faults:?}");
        house.counter_equals_rows().await;
    }
}

#[tokio::test]
async fn a_commit_that_happened_after_all_is_not_written_twice() {
    let house = House::new().await;
    let call = house.open(&caller(1), &READ);
    let trace = call.trace.clone();
    house.ledger.close(call, Outcome::OK, vec![]).await.unwrap();
    // The same trace, as if it had been given up as late.
    let mut ghost = house.open(&caller(1), &READ);
    ghost.trace = trace;
    drop(ghost);
    assert_eq!(house.ledger.settle().await, Ok(1));
    assert_eq!(house.results().await, ["ok"]);
    house.counter_equals_rows().await;
}

#[tokio::test]
async fn changes_that_meet_another_state_are_told_apart_and_traced() {
    let house = House::new().await;
    let first = house.open(&caller(1), &READ);
    house.ledger.close(first, Outcome::OK, vec![thing("a")]).await.unwrap();
    let second = house.open(&caller(1), &READ);
    let id = second.id();
    let failed = house.ledger.close(second, Outcome::OK, vec![thing("b"), thing("a")]).await;
    let closed = Closed { call_id: id, ended: Timestamp(NOON), fee: 0 };
    assert_eq!(failed, Err(LedgerError::Conflict(closed)));
    assert_eq!(house.count(&THINGS, things("b")).await, 0, "all or nothing");
    assert_eq!(house.results().await, ["conflict", "ok"]);
    house.counter_equals_rows().await;
}

#[tokio::test]
async fn changes_that_cannot_be_stored_are_our_fault_and_traced() {
    let house = House::new().await;
    let call = house.open(&caller(1), &COMPARE);
    let failed = house.ledger.close(call, Outcome::OK, vec![malformed_thing()]).await;
    assert!(matches!(failed, Err(LedgerError::Refused(Closed { fee: 0, .. }, _))), "{failed:?}");
    assert_eq!(house.results().await, ["internal"]);
    house.counter_equals_rows().await;
}

#[tokio::test]
async fn a_call_that_is_dropped_is_noticed_and_written_down() {
    let house = House::new().await;
    let mut call = house.open(&caller(1), &COMPARE);
    call.step("decode", "ok", Facts::new());
    drop(call);
    assert_eq!(house.ledger.figures(), Figures { abandoned: 1, late: 1, lost: 0 });
    assert_eq!(house.ledger.settle().await, Ok(1));
    assert_eq!(house.results().await, ["abandoned"]);
    assert_eq!(house.count(&CALLS, vec![Condition::is("fee", 0_i64)]).await, 1);
    house.counter_equals_rows().await;
}

#[tokio::test]
async fn a_call_whose_client_leaves_while_it_is_closed_is_written_once() {
    let house = House::new().await;
    house.records.next(&[Fault::Hangs]);
    let call = house.open(&caller(1), &READ);
    let mut closing = Box::pin(house.ledger.close(call, Outcome::OK, vec![]));
    let gone = poll_once(closing.as_mut());
    assert!(gone.is_pending());
    drop(closing);
    assert_eq!(house.ledger.settle().await, Ok(1));
    assert_eq!(house.results().await, ["abandoned"]);
    house.counter_equals_rows().await;
}

/// Polls once.
fn poll_once<F: Future + Unpin>(future: F) -> std::task::Poll<F::Output> {
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    let mut future = future;
    std::pin::Pin::new(&mut future).poll(&mut context)
}

#[tokio::test]
async fn steps_are_bounded_and_what_is_left_out_is_counted() {
    let house = House::new().await;
    let who = caller(1);
    let mut call = house.open(&who, &READ);
    for _ in 0..100 {
        call.step("line.read", "ok", Facts::new());
    }
    let id = call.id();
    house.ledger.close(call, Outcome::OK, vec![]).await.unwrap();
    let steps = house.ledger.trace(&view(&who), id).await.unwrap().unwrap().steps.unwrap();
    assert_eq!(steps.len(), 65);
    assert_eq!(steps[64].facts["steps_left_out"], 36);
}

#[tokio::test]
async fn new_prices_hold_from_now_on() {
    let house = House::new().await;
    house.ledger.set_prices(Prices::free());
    let call = house.open(&caller(1), &READ);
    assert_eq!(house.ledger.close(call, Outcome::OK, vec![]).await.unwrap().fee, 0);
    assert_eq!(house.count(&USAGE, vec![Condition::is("fees", 0_i64)]).await, 1);
}
