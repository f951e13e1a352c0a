use std::time::Duration;

use super::*;
use crate::tables::JOURNAL;
use crate::{LogQuery, Outcome, ReadError, Shipped};

async fn calls(house: &House, who: &Caller, number: u64) {
    for _ in 0..number {
        let call = house.open(who, &READ);
        house.ledger.close(call, Outcome::OK, vec![]).await.unwrap();
        house.clock.advance(Duration::from_millis(1));
    }
}

async fn indexed(house: &House, who: &Caller) -> usize {
    let query = LogQuery { limit: 1_000, ..LogQuery::default() };
    house.ledger.search(&view(who), &query).await.unwrap().items.len()
}

#[tokio::test]
async fn an_index_that_is_down_fails_no_call_and_loses_nothing() {
    let house = House::new().await;
    let who = caller(1);
    house.index.down(true);
    calls(&house, &who, 3).await;
    house.clock.advance(Duration::from_secs(60));
    assert!(matches!(house.ledger.ship(10).await, Err(ReadError::Index(_))));
    let lag = house.ledger.lag().await.unwrap();
    assert_eq!((lag.calls, lag.put_aside), (3, 0));
    assert_eq!(lag.oldest, Duration::from_millis(60_003));
    house.index.down(false);
    assert_eq!(house.ledger.ship(2).await.unwrap(), Shipped { calls: 2, more: true, ..none() });
    assert_eq!(house.ledger.ship(2).await.unwrap(), Shipped { calls: 1, ..none() });
    assert_eq!(house.ledger.ship(2).await.unwrap(), none());
    assert_eq!(house.ledger.lag().await.unwrap().calls, 0);
    assert_eq!(indexed(&house, &who).await, 3);
}

fn none() -> Shipped {
    Shipped::default()
}

#[tokio::test]
async fn what_was_shipped_but_not_taken_from_the_journal_is_there_once() {
    let house = House::new().await;
    let who = caller(1);
    calls(&house, &who, 3).await;
    // The lease is taken; then the store goes away before the journal is cut.
    house.records.next(&[Fault::None, Fault::Down]);
    let mut failed = 0;
    while house.count(&JOURNAL, vec![]).await > 0 {
        failed += u32::from(house.ledger.ship(2).await.is_err());
    }
    assert_eq!(failed, 1);
    assert_eq!(indexed(&house, &who).await, 3);
}

#[tokio::test]
async fn of_two_nodes_one_ships_until_it_is_gone() {
    let house = House::new().await;
    let who = caller(1);
    let second = house.second_node();
    calls(&house, &who, 2).await;
    assert_eq!(house.ledger.ship(1).await.unwrap().calls, 1);
    assert_eq!(second.ship(1).await.unwrap(), Shipped { elsewhere: true, ..none() });
    // The first does not come back; its lease runs out.
    house.clock.advance(Duration::from_millis(29_999));
    assert!(second.ship(1).await.unwrap().elsewhere);
    house.clock.advance(Duration::from_millis(1));
    assert_eq!(second.ship(1).await.unwrap().calls, 1);
    calls(&house, &who, 1).await;
    assert!(house.ledger.ship(1).await.unwrap().elsewhere, "the lease is the second's now");
}

#[tokio::test]
async fn a_node_keeps_its_lease_while_it_works() {
    let house = House::new().await;
    let who = caller(1);
    let second = house.second_node();
    for _ in 0..10 {
        calls(&house, &who, 1).await;
        assert_eq!(house.ledger.ship(10).await.unwrap().calls, 1);
        calls(&house, &who, 1).await;
        assert!(second.ship(10).await.unwrap().elsewhere);
        house.ledger.ship(10).await.unwrap();
        house.clock.advance(Duration::from_secs(10));
    }
}

#[tokio::test]
async fn what_the_index_refuses_is_put_aside_in_sight_and_holds_up_nothing() {
    let house = House::new().await;
    let who = caller(1);
    house.index.refuse(Some("decode"));
    let mut bad = house.open(&who, &READ);
    bad.step("decode", "ok", crate::Facts::new());
    let id = bad.id();
    house.ledger.close(bad, Outcome::OK, vec![]).await.unwrap();
    calls(&house, &who, 2).await;
    let shipped = house.ledger.ship(10).await.unwrap();
    assert_eq!((shipped.calls, shipped.put_aside), (2, 1));
    let lag = house.ledger.lag().await.unwrap();
    assert_eq!((lag.calls, lag.put_aside), (0, 1));
    assert_eq!(house.ledger.ship(10).await.unwrap(), none(), "it is not tried over and over");
    // It can be read all the same.
    let trace = house.ledger.trace(&view(&who), id).await.unwrap().unwrap();
    assert_eq!(trace.steps.unwrap().len(), 2);
    // Somebody mends the index.
    house.index.refuse(None);
    assert_eq!(house.ledger.retry_refused().await.unwrap(), 1);
    assert_eq!(house.ledger.ship(10).await.unwrap().calls, 1);
    assert_eq!(indexed(&house, &who).await, 4);
}

#[tokio::test]
async fn a_journal_row_that_cannot_be_read_is_put_aside() {
    let house = House::new().await;
    let who = caller(1);
    calls(&house, &who, 1).await;
    let spoil = Change::Update {
        table: &JOURNAL,
        set: vec![("body", "{".into())],
        conditions: vec![],
        expect: bonafide_vault::records::Expect::One,
    };
    house.records.commit(vec![spoil]).await.unwrap();
    calls(&house, &who, 1).await;
    let shipped = house.ledger.ship(10).await.unwrap();
    assert_eq!((shipped.calls, shipped.put_aside), (1, 1));
}
