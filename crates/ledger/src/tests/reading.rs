use std::collections::BTreeMap;

use std::time::Duration;

use super::*;
use crate::{CallQuery, Facts, LogQuery, Outcome, ReadError, UsageLine, UsageQuery};

async fn called(
    house: &House,
    who: &Caller,
    interface: &'static Interface,
    outcome: Outcome,
) -> bonafide_context::CallId {
    let mut call = house.open(who, interface);
    house.clock.advance(Duration::from_millis(3));
    call.step("request", "ok", Facts::new().size("bytes", 48_213));
    house.clock.advance(Duration::from_millis(4));
    call.step("mrz.read", outcome.code, Facts::new().code("format", "TD3").flag("glare", true));
    house.ledger.close(call, outcome, vec![]).await.unwrap().call_id
}

fn days(from: u64, to: u64) -> UsageQuery {
    let (from, to) = (Timestamp(from).date(), Timestamp(to).date());
    UsageQuery { from, to, application: None, interface: None }
}

#[tokio::test]
async fn usage_is_by_day_and_interface() {
    let house = House::new().await;
    let who = caller(1);
    called(&house, &who, &READ, Outcome::OK).await;
    called(&house, &who, &READ, Outcome::caller("unreadable")).await;
    called(&house, &who, &COMPARE, Outcome::OK).await;
    house.clock.advance(Duration::from_secs(86_400));
    called(&house, &who, &READ, Outcome::ours("internal")).await;
    called(&house, &caller(2), &READ, Outcome::OK).await;

    let usage = house.ledger.usage(&view(&who), &days(NOON, NOON + DAY)).await.unwrap();
    let line = |day: u64, interface: &str, fees, results: &[(&str, u64)]| UsageLine {
        day: Timestamp(day).date(),
        interface: interface.to_owned(),
        calls: results.iter().map(|(_, calls)| calls).sum(),
        fees,
        results: results.iter().map(|(name, calls)| ((*name).to_owned(), *calls)).collect(),
    };
    assert_eq!(
        usage.lines,
        [
            line(NOON, "documents.read", 40_000, &[("ok", 1), ("unreadable", 1)]),
            line(NOON, "faces.compare", 5, &[("ok", 1)]),
            line(NOON + DAY, "documents.read", 0, &[("internal", 1)]),
        ]
    );
    assert_eq!((usage.currency.as_str(), usage.calls, usage.fees), ("EUR", 4, 40_005));

    let only = UsageQuery { interface: Some("faces.compare".to_owned()), ..days(NOON, NOON) };
    assert_eq!(house.ledger.usage(&view(&who), &only).await.unwrap().calls, 1);
    let before = days(NOON - 2 * DAY, NOON - DAY);
    assert_eq!(house.ledger.usage(&view(&who), &before).await.unwrap().lines, []);
}

#[tokio::test]
async fn p8_fees_and_counts_are_those_of_the_billable_results() {
    let house = House::new().await;
    let who = caller(1);
    // Every kind of result, and what the prices of the house say of it.
    let billable: [(&'static Interface, Outcome, u64); 8] = [
        (&READ, Outcome::OK, 30_000),
        (&READ, Outcome::caller("unreadable"), 10_000),
        (&READ, Outcome::caller("blurred"), 0),
        (&READ, Outcome::REPLAYED, 0),
        (&READ, Outcome::limited("quota_exceeded"), 0),
        (&COMPARE, Outcome::OK, 5),
        (&COMPARE, Outcome::caller("no_face"), 5),
        (&COMPARE, Outcome::ours("internal"), 0),
    ];
    for (times, (interface, outcome, _)) in (1..).zip(&billable) {
        for _ in 0..times {
            called(&house, &who, interface, *outcome).await;
        }
    }
    let usage = house.ledger.usage(&view(&who), &days(NOON, NOON)).await.unwrap();
    let fees: u64 = (1..).zip(&billable).map(|(times, (.., fee))| times * fee).sum();
    assert_eq!((usage.calls, usage.fees), (36, fees));
    for line in &usage.lines {
        let of =
            (1..).zip(&billable).filter(|(_, (interface, ..))| interface.name == line.interface);
        let own: Vec<_> = of.collect();
        let counted: BTreeMap<_, _> =
            own.iter().map(|(times, (_, outcome, _))| (outcome.code.to_owned(), *times)).collect();
        assert_eq!(line.results, counted);
        assert_eq!(line.fees, own.iter().map(|(times, (.., fee))| times * fee).sum::<u64>());
    }
    // Row by row, too: what was refused or was our fault costs nothing.
    let rows = house.rows(&CALLS).await;
    for row in &rows {
        let (interface, result) = (row.text("interface").unwrap(), row.text("result").unwrap());
        let said = billable.iter().find(|b| b.0.name == interface && b.1.code == result).unwrap();
        assert_eq!(row.integer("fee").unwrap().unsigned_abs(), said.2, "{interface} {result}");
    }
}

#[tokio::test]
async fn a_call_can_be_seen_at_once_and_after_it_was_shipped() {
    let house = House::new().await;
    let who = caller(1);
    let id = called(&house, &who, &READ, Outcome::caller("unreadable")).await;
    let at_once = house.ledger.trace(&view(&who), id).await.unwrap().unwrap();
    assert_eq!(house.ledger.ship(10).await.unwrap().calls, 1);
    assert_eq!(house.ledger.lag().await.unwrap().calls, 0);
    let later = house.ledger.trace(&view(&who), id).await.unwrap().unwrap();
    assert_eq!(at_once, later);
    assert_eq!((later.call.started_at, later.call.ended_at), (NOON, NOON + 7));

    let steps = later.steps.unwrap();
    let seen: Vec<_> = steps
        .iter()
        .map(|step| (step.number, step.step.as_str(), step.outcome.as_str(), step.at, step.took_us))
        .collect();
    assert_eq!(
        seen,
        [
            (1, "request", "ok", NOON + 3, 3_000),
            (2, "mrz.read", "unreadable", NOON + 7, 4_000),
            (3, "answer", "unreadable", NOON + 7, 7_000),
        ]
    );
    assert_eq!(steps[2].facts["fault"], "caller");

    house.index.down(true);
    let dark = house.ledger.trace(&view(&who), id).await.unwrap().unwrap();
    assert_eq!(dark.steps, None, "unknown is not `no steps`");
}

#[tokio::test]
async fn p2_m4_what_is_foreign_is_not_there() {
    let house = House::new().await;
    let who = caller(1);
    let mut strangers = vec![
        ("another tenant", view(&caller(2))),
        (
            "another application of the tenant",
            View { application: Some(caller(2).application), ..view(&who) },
        ),
        ("the other world", View { environment: Environment::Live, ..view(&who) }),
        ("another tenant's administrator", view(&admin_of(&caller(2)))),
    ];
    let id = called(&house, &who, &READ, Outcome::OK).await;
    for shipped in [false, true] {
        if shipped {
            house.ledger.ship(10).await.unwrap();
        }
        for (what, stranger) in &mut strangers {
            let ledger = &house.ledger;
            assert_eq!(ledger.trace(stranger, id).await.unwrap(), None, "{what}");
            let calls = ledger.calls(stranger, &CallQuery::default()).await.unwrap();
            assert_eq!(calls.items, [], "{what}");
            assert_eq!(ledger.usage(stranger, &days(NOON, NOON)).await.unwrap().calls, 0, "{what}");
            let asked = LogQuery { call: Some(id), ..LogQuery::default() };
            assert_eq!(ledger.search(stranger, &asked).await.unwrap().items, [], "{what}");
            let own = LogQuery { application: Some(who.application.clone()), ..asked };
            assert_eq!(ledger.search(stranger, &own).await.unwrap().items, [], "{what}");
        }
    }
}

#[tokio::test]
async fn an_administrator_sees_the_tenant_and_one_application_of_it() {
    let house = House::new().await;
    let who = caller(1);
    let admin = view(&admin_of(&who));
    let id = called(&house, &who, &READ, Outcome::OK).await;
    let other = Caller { application: caller(5).application, ..who.clone() };
    called(&house, &other, &READ, Outcome::OK).await;
    assert!(house.ledger.trace(&admin, id).await.unwrap().is_some());
    let all = house.ledger.usage(&admin, &days(NOON, NOON)).await.unwrap();
    assert_eq!(all.calls, 2);
    let one = UsageQuery { application: Some(who.application.clone()), ..days(NOON, NOON) };
    assert_eq!(house.ledger.usage(&admin, &one).await.unwrap().calls, 1);
    let own = CallQuery { application: Some(who.application.clone()), ..CallQuery::default() };
    assert_eq!(house.ledger.calls(&admin, &own).await.unwrap().items.len(), 1);
    let steps = LogQuery { application: Some(who.application.clone()), ..LogQuery::default() };
    assert_eq!(house.ledger.search(&admin, &steps).await.unwrap().items.len(), 3);
    // A key of one application cannot ask for another one's.
    let foreign = UsageQuery { application: Some(other.application), ..days(NOON, NOON) };
    assert_eq!(house.ledger.usage(&view(&who), &foreign).await.unwrap().calls, 0);
}

#[tokio::test]
async fn calls_are_listed_in_pages_the_newest_first() {
    let house = House::new().await;
    let who = caller(1);
    let mut ids = Vec::new();
    for round in 0..5 {
        let interface = if round == 2 { &COMPARE } else { &READ };
        ids.push(called(&house, &who, interface, Outcome::OK).await);
    }
    ids.reverse();
    let (mut seen, mut cursor) = (Vec::new(), None);
    loop {
        let query = CallQuery { cursor, limit: 2, ..CallQuery::default() };
        let page = house.ledger.calls(&view(&who), &query).await.unwrap();
        seen.extend(page.items.iter().map(|row| row.call_id));
        cursor = page.next;
        if cursor.is_none() {
            break;
        }
    }
    assert_eq!(seen, ids);
    let count =
        async |query: CallQuery| house.ledger.calls(&view(&who), &query).await.unwrap().items.len();
    let interface = Some("faces.compare".to_owned());
    assert_eq!(count(CallQuery { interface, ..CallQuery::default() }).await, 1);
    let result = Some("unreadable".to_owned());
    assert_eq!(count(CallQuery { result, ..CallQuery::default() }).await, 0);
    let from = Some(Timestamp(NOON + 7));
    assert_eq!(count(CallQuery { from, ..CallQuery::default() }).await, 4);
    let until = Some(Timestamp(NOON + 7));
    assert_eq!(count(CallQuery { until, ..CallQuery::default() }).await, 1);
}

#[tokio::test]
async fn a_search_finds_what_was_just_answered() {
    let house = House::new().await;
    let who = caller(1);
    called(&house, &who, &READ, Outcome::caller("unreadable")).await;
    let id = called(&house, &who, &COMPARE, Outcome::OK).await;
    let search = async |query: LogQuery| {
        let page = house.ledger.search(&view(&who), &query).await.unwrap();
        page.items.into_iter().map(|step| (step.interface, step.step)).collect::<Vec<_>>()
    };
    let text = |text: &str| Some(text.to_owned());
    let of = |interface: &str, step: &str| (interface.to_owned(), step.to_owned());
    let glare = LogQuery { code: text("glare"), ..LogQuery::default() };
    assert_eq!(
        search(glare).await,
        [of("faces.compare", "mrz.read"), of("documents.read", "mrz.read")]
    );
    let words = LogQuery { words: text("Unreadable, TD3!"), ..LogQuery::default() };
    assert_eq!(search(words).await, [of("documents.read", "mrz.read")]);
    let call = LogQuery { call: Some(id), step: text("answer"), ..LogQuery::default() };
    assert_eq!(search(call).await, [of("faces.compare", "answer")]);

    let (mut seen, mut cursor) = (0, None);
    loop {
        let query = LogQuery { cursor, limit: 4, ..LogQuery::default() };
        let page = house.ledger.search(&view(&who), &query).await.unwrap();
        seen += page.items.len();
        cursor = page.next;
        if cursor.is_none() {
            break;
        }
    }
    assert_eq!(seen, 6);
}

#[tokio::test]
async fn a_cursor_that_no_page_ended_with_is_refused() {
    let house = House::new().await;
    let who = view(&caller(1));
    for cursor in ["", "x", "-001", "é-001", "' OR 1=1"] {
        let cursor = Some(cursor.to_owned());
        let calls = CallQuery { cursor: cursor.clone(), ..CallQuery::default() };
        assert_eq!(house.ledger.calls(&who, &calls).await, Err(ReadError::Cursor));
        let steps = LogQuery { cursor, ..LogQuery::default() };
        assert_eq!(house.ledger.search(&who, &steps).await, Err(ReadError::Cursor));
    }
}

#[tokio::test]
async fn a_search_without_its_index_is_an_error() {
    let house = House::new().await;
    house.index.down(true);
    let failed = house.ledger.search(&view(&caller(1)), &LogQuery::default()).await;
    assert!(matches!(failed, Err(ReadError::Index(IndexError::Unavailable { .. }))), "{failed:?}");
}
