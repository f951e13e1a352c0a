//! A document with two sides, handed in one after the other or at once.

#![expect(
    clippy::unwrap_used,
    unreachable_pub,
    dead_code,
    reason = "helpers of tests fail by panicking, and each file uses some of them"
)]

mod support;

use std::time::Duration;

use bonafide_verify::verification::{GateState, State, Verification, Wanted};
use bonafide_verify::{Decision, Reason};
use serde_json::json;
use support::{House, code};

#[tokio::test]
async fn the_front_comes_first_and_the_back_with_a_later_call() {
    let test = "the_front_comes_first_and_the_back_with_a_later_call";
    let Some(house) = House::new(test).await else { return };
    let [front, back] = &house.pictures.card;
    let ver = house.begin(json!({})).await;
    assert_eq!(house.read(&ver).await.unwrap().next, Some(Wanted::DocumentFront));
    assert_eq!(code(house.sides(&ver, None, Some(back)).await), "front_wanted");
    assert_eq!(code(house.sides(&ver, None, None).await), "invalid");

    let half = house.sides(&ver, Some(front), None).await.unwrap();
    assert_eq!(half.next, Some(Wanted::DocumentBack), "{half:?}");
    assert_eq!((half.state, half.result.as_ref()), (State::Collecting, None));
    assert_eq!((half.reasons.len(), half.steps[0].tries_left), (0, 3));
    assert_eq!(half.media, ["document_front"]);
    let until = half.data_expires_at.unwrap();
    assert_eq!(house.read(&ver).await.unwrap(), half);
    let person = house.read_as(&house.person(&ver), &ver, "").await.unwrap();
    assert_eq!(person.next, Some(Wanted::DocumentBack));

    house.clock.advance(Duration::from_secs(600));
    let whole = house.sides(&ver, None, Some(back)).await.unwrap();
    assert!(whole.steps[0].done, "{whole:?}");
    assert_eq!(whole.next, Some(Wanted::Selfie));
    assert_eq!(whole.media, ["document_back", "document_front", "portrait"]);
    assert_eq!(whole.data_expires_at, Some(until), "counted from the first stored byte");
    let result = json!(whole.result);
    assert_eq!(result["document"]["type"], "id_card");
    assert_eq!(result["document"]["mrz"]["format"], "TD1");
    // Front and back say the same.
    let fields = result["document"]["fields"].as_object().unwrap();
    let agreed = fields.values().filter(|field| field["source"] == "both").count();
    assert!(agreed >= 3 && fields.values().all(|field| field["agrees"] != false), "{result}");

    let end = house.selfie(&ver, &house.pictures.selfie).await.unwrap();
    assert_eq!((end.decision, end.next), (Some(Decision::Approved), None), "{end:?}");
}

#[tokio::test]
async fn both_sides_in_one_call_say_the_same_as_one_by_one() {
    let test = "both_sides_in_one_call_say_the_same_as_one_by_one";
    let Some(house) = House::new(test).await else { return };
    let [front, back] = &house.pictures.card;
    let mode = json!({"mode": "document_only"});
    let once = house.begin(mode.clone()).await;
    let once = house.sides(&once, Some(front), Some(back)).await.unwrap();
    let ver = house.begin(mode).await;
    house.sides(&ver, Some(front), None).await.unwrap();
    let twice = house.sides(&ver, None, Some(back)).await.unwrap();
    assert_eq!(once.decision, Some(Decision::Approved), "{once:?}");
    assert_eq!(
        (twice.decision, twice.result, twice.media),
        (once.decision, once.result, once.media)
    );
}

#[tokio::test]
async fn a_back_without_a_zone_is_taken_again_and_the_front_is_kept() {
    let test = "a_back_without_a_zone_is_taken_again_and_the_front_is_kept";
    let Some(house) = House::new(test).await else { return };
    let [front, back] = &house.pictures.card;
    let ver = house.begin(json!({"mode": "document_only"})).await;
    house.sides(&ver, Some(front), None).await.unwrap();
    let again = house.sides(&ver, None, Some(&house.pictures.grey)).await.unwrap();
    assert_eq!((again.next, again.steps[0].tries_left), (Some(Wanted::DocumentBack), 2));
    assert!(again.reasons.contains(&Reason::MrzMissing), "{again:?}");
    assert_eq!(again.media, ["document_front"], "what is taken again is not kept");
    // A better front does not use up a try of the back, and is good itself.
    let front = house.sides(&ver, Some(front), None).await.unwrap();
    assert_eq!((front.next, front.steps[0].tries_left), (Some(Wanted::DocumentBack), 2));
    let end = house.sides(&ver, None, Some(back)).await.unwrap();
    assert_eq!(end.decision, Some(Decision::Approved), "{end:?}");
}

#[tokio::test]
async fn an_age_check_keeps_no_front_and_takes_both_at_once() {
    let test = "an_age_check_keeps_no_front_and_takes_both_at_once";
    let Some(house) = House::new(test).await else { return };
    let [front, back] = &house.pictures.card;
    let ver = house.begin(json!({"mode": "age_check", "minimum_age": 1})).await;
    let half = house.sides(&ver, Some(front), None).await.unwrap();
    assert_eq!((half.next, half.media.len()), (Some(Wanted::DocumentBoth), 0), "{half:?}");
    assert_eq!(half.data_expires_at, None);
    assert_eq!(code(house.sides(&ver, None, Some(back)).await), "front_wanted");
    let end = house.sides(&ver, Some(front), Some(back)).await.unwrap();
    assert_eq!(end.decision, Some(Decision::Approved), "{end:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn of_uploads_at_once_none_is_lost_unsaid() {
    let Some(house) = House::new("of_uploads_at_once_none_is_lost_unsaid").await else { return };
    let [front, back] = &house.pictures.card;
    let ver = house.begin(json!({})).await;
    house.sides(&ver, Some(front), None).await.unwrap();
    let (document, selfie) = tokio::join!(
        house.sides(&ver, None, Some(back)),
        house.selfie(&ver, &house.pictures.selfie),
    );
    // Whoever came second is told, has lost no try, and comes again.
    let told = |result: &Result<Verification, _>| result.is_ok();
    assert!(told(&document) || told(&selfie));
    if document.is_err() {
        assert_eq!(code(document), "conflict");
        house.sides(&ver, None, Some(back)).await.unwrap();
    }
    if selfie.is_err() {
        assert_eq!(code(selfie), "conflict");
        house.selfie(&ver, &house.pictures.selfie).await.unwrap();
    }
    let end = house.read(&ver).await.unwrap();
    assert_eq!(end.decision, Some(Decision::Approved), "{end:?}");
    assert!(end.gates.iter().all(|gate| gate.state == GateState::Passed));
    assert_eq!(end.media, ["document_back", "document_front", "portrait", "selfie"]);
    assert_eq!(end.steps.iter().map(|step| step.tries_left).collect::<Vec<_>>()[1], 2);
}
