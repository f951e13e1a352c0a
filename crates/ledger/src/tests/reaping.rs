use std::time::Duration;

use bonafide_policy::Period;

use super::*;
use crate::tables::{JOURNAL, USAGE};
use crate::{CallQuery, LogQuery, Outcome, Reaped, Rests, UsageQuery, set_clocks};

const TWO_YEARS: Duration = Duration::from_secs(730 * 86_400);

/// What can be read of a call: trace, listing, search, usage.
async fn readable(house: &House, who: &Caller, id: bonafide_context::CallId) -> [bool; 3] {
    let ledger = &house.ledger;
    let trace = ledger.trace(&view(who), id).await.unwrap();
    let calls = ledger.calls(&view(who), &CallQuery::default()).await.unwrap();
    let steps = ledger.search(&view(who), &LogQuery::default()).await.unwrap();
    [trace.is_some(), !calls.items.is_empty(), !steps.items.is_empty()]
}

#[tokio::test]
async fn r1_monitoring_and_log_are_unreadable_from_their_second_two_years_later() {
    for shipped in [false, true] {
        let house = House::new().await;
        let who = caller(1);
        let call = house.open(&who, &READ);
        let id = call.id();
        house.ledger.close(call, Outcome::OK, vec![]).await.unwrap();
        if shipped {
            house.ledger.ship(10).await.unwrap();
        }
        house.clock.advance(TWO_YEARS - Duration::from_secs(1));
        assert_eq!(readable(&house, &who, id).await, [true; 3]);
        assert_eq!(house.ledger.reap(10).await.unwrap(), Reaped::default(), "nothing is due");
        house.clock.advance(Duration::from_secs(1));
        // No reaper has come, and still nobody can read it.
        assert_eq!(readable(&house, &who, id).await, [false; 3]);
        house.clock.advance(Duration::from_secs(1));
        assert_eq!(readable(&house, &who, id).await, [false; 3]);
    }
}

#[tokio::test]
async fn r1_what_is_due_is_removed_from_every_store() {
    let house = House::new().await;
    let who = caller(1);
    for _ in 0..3 {
        let call = house.open(&who, &READ);
        house.ledger.close(call, Outcome::OK, vec![]).await.unwrap();
    }
    house.ledger.ship(2).await.unwrap();
    house.clock.advance(Duration::from_secs(86_400));
    let next_day = house.open(&who, &READ);
    let kept = next_day.id();
    house.ledger.close(next_day, Outcome::OK, vec![]).await.unwrap();
    house.index.down(true);

    house.clock.advance(TWO_YEARS - Duration::from_secs(86_400));
    assert!(house.ledger.reap(2).await.is_err(), "an index that is down is told");
    assert_eq!(house.count(&CALLS, vec![]).await, 2, "but the rows went, two at a time");
    house.index.down(false);
    let reaped = house.ledger.reap(2).await.unwrap();
    assert_eq!((reaped.calls, reaped.more), (1, false));
    assert_eq!(house.count(&CALLS, vec![]).await, 1);
    assert_eq!(house.count(&JOURNAL, vec![]).await, 1);
    assert_eq!(reaped.partitions, 0, "a partition goes when its last entry is due");
    assert_eq!(house.index.partitions().await.unwrap(), [today()]);

    // Midnight after the first day, two years later.
    house.clock.advance(Duration::from_secs(12 * 3_600 - 1));
    assert_eq!(house.ledger.reap(2).await.unwrap().partitions, 0);
    house.clock.advance(Duration::from_secs(1));
    let reaped = house.ledger.reap(2).await.unwrap();
    assert_eq!(reaped.partitions, 1);
    assert!((1..=3).contains(&reaped.counters), "one day's, over at most three shards");
    assert_eq!(house.index.partitions().await.unwrap(), []);
    let usage = house.rows(&USAGE).await;
    assert_eq!(usage.len(), 1, "the next day is still counted");
    assert!(house.ledger.trace(&view(&who), kept).await.unwrap().is_some());
}

#[tokio::test]
async fn r1_usage_of_a_day_is_gone_when_its_last_call_is() {
    let house = House::new().await;
    let who = caller(1);
    let call = house.open(&who, &READ);
    house.ledger.close(call, Outcome::OK, vec![]).await.unwrap();
    let query = UsageQuery {
        from: Date::from_days(0),
        to: Date::from_days(40_000),
        application: None,
        interface: None,
    };
    let half_a_day = Duration::from_secs(12 * 3_600);
    house.clock.advance(TWO_YEARS + half_a_day - Duration::from_secs(1));
    assert_eq!(house.ledger.usage(&view(&who), &query).await.unwrap().calls, 1);
    house.clock.advance(Duration::from_secs(1));
    assert_eq!(house.ledger.usage(&view(&who), &query).await.unwrap().calls, 0);
}

const RISK: Interface = Interface::new("risk.phone", "risk", Some(Scope::Document));

#[tokio::test]
async fn r9_what_calls_about_risk_left_goes_from_every_store_and_nothing_else_does() {
    let house = House::new().await;
    let who = caller(1);
    let period = |days: u64| Period::For(Duration::from_secs(days * 86_400));
    let rests = Rests { monitoring: period(730), operation_log: period(730), risk: period(90) };
    house.records.commit(set_clocks(who.tenant, Timestamp(0), rests)).await.unwrap();
    for interface in [&RISK, &READ] {
        let call = house.open(&who, interface);
        house.ledger.close(call, Outcome::OK, vec![]).await.unwrap();
    }
    house.ledger.ship(10).await.unwrap();
    let all = IndexQuery::of(who.tenant, who.environment);
    let logged = async || {
        // The newest first.
        let found = house.index.inner.search(&all).await.unwrap();
        found.into_iter().map(|entry| entry.interface).collect::<Vec<_>>()
    };
    let counted = async |interface: &str| {
        house.count(&USAGE, vec![Condition::is("interface", interface)]).await
    };
    house.clock.advance(Duration::from_secs(90 * 86_400 - 1));
    assert_eq!(house.ledger.reap(10).await.unwrap().calls, 0, "nothing is due");
    house.clock.advance(Duration::from_secs(86_400));
    house.index.down(true);
    assert!(house.ledger.reap(10).await.is_err(), "an index that is down is told");
    assert_eq!(counted("risk.phone").await, 1, "what says where to look stays until it was done");
    house.index.down(false);
    assert_eq!(logged().await, ["documents.read", "risk.phone"]);
    assert_eq!(house.ledger.reap(10).await.unwrap().counters, 1);
    assert_eq!(logged().await, ["documents.read"]);
    assert_eq!((counted("risk.phone").await, counted("documents.read").await), (0, 1));
    assert_eq!(house.count(&CALLS, vec![]).await, 1);
}
