//! One call, one answer, through the App on embedded stores.

#![expect(
    clippy::unwrap_used,
    unreachable_pub,
    dead_code,
    reason = "helpers of tests fail by panicking, and each file uses some of them"
)]

mod support;

use bonafide_context::Sensitive;
use bonafide_face::{Fmr, LivenessDecision, Match};
use bonafide_verify::{
    CheckLiveness, CompareFaces, ComparisonAnswer, DetectFaces, PoolSettings, ReadDocument,
    Selection, UseCaseError, check_liveness, compare_faces, detect_faces, interface, read_document,
};
use bytes::Bytes;
use serde_json::json;
use support::{House, code};

fn file(bytes: &Bytes) -> Sensitive<Bytes> {
    Sensitive::new(bytes.clone())
}

async fn compare(house: &House, a: &Bytes, b: &Bytes) -> Result<ComparisonAnswer, UseCaseError> {
    let request = CompareFaces {
        a: file(a),
        b: file(b),
        fmr: Fmr::default(),
        consent: None,
        fields: Selection::All,
    };
    house
        .call(&house.caller, &interface::FACES_COMPARE, async |app, call| {
            compare_faces(app, call, request).await
        })
        .await
}

#[tokio::test]
async fn a_document_is_read_as_far_as_it_was_asked_for() {
    let Some(house) = House::new("a_document_is_read_as_far_as_it_was_asked_for").await else {
        return;
    };
    let read = async |fields: &str| {
        let request = ReadDocument {
            front: file(&house.pictures.document).into(),
            back: None,
            consent: None,
            fields: if fields.is_empty() { Selection::All } else { fields.parse().unwrap() },
        };
        house
            .call(&house.caller, &interface::DOCUMENTS_READ, async |app, call| {
                read_document(app, call, request).await
            })
            .await
            .unwrap()
    };
    let all = json!(read("").await);
    assert_eq!(all["type"], "passport");
    assert_eq!(all["mrz"]["lines"], house.pictures.truth["mrz"]);
    let some = json!(read("type,surname").await);
    assert_eq!(some["type"], "passport");
    assert_eq!(some["fields"].as_object().unwrap().len(), 1);
    assert!(some.get("mrz").is_none() && some.get("portrait").is_none());
}

#[tokio::test]
async fn faces_are_found_compared_and_judged() {
    let Some(house) = House::new("faces_are_found_compared_and_judged").await else { return };
    let pictures = house.pictures;
    let same = compare(&house, &pictures.document, &pictures.selfie).await.unwrap();
    assert_eq!(same.decision, Some(Match::Match), "{same:?}");
    let stranger = compare(&house, &pictures.stranger, &pictures.selfie).await.unwrap();
    assert_eq!(stranger.decision, Some(Match::NoMatch), "{stranger:?}");
    let nobody = compare(&house, &pictures.grey, &pictures.selfie).await.unwrap();
    assert_eq!(nobody.decision, Some(Match::Unavailable));

    let request = DetectFaces {
        image: file(&pictures.selfie),
        consent: None,
        fields: "box".parse().unwrap(),
    };
    let found = house
        .call(&house.caller, &interface::FACES_DETECT, async |app, call| {
            detect_faces(app, call, request).await
        })
        .await
        .unwrap();
    assert_eq!(found.faces.len(), 1);
    assert!(found.faces[0].area.is_some() && found.faces[0].quality.is_none());

    let request =
        CheckLiveness { image: file(&pictures.selfie), consent: None, fields: Selection::All };
    let live = house
        .call(&house.caller, &interface::LIVENESS_PASSIVE, async |app, call| {
            check_liveness(app, call, request).await
        })
        .await
        .unwrap();
    assert_eq!(live.decision, Some(LivenessDecision::Live));
}

#[tokio::test]
async fn what_is_no_picture_is_named_and_is_the_callers_fault() {
    let Some(house) = House::new("what_is_no_picture_is_named_and_is_the_callers_fault").await
    else {
        return;
    };
    let words = Bytes::from_static(b"no picture at all");
    let error = compare(&house, &house.pictures.selfie, &words).await.unwrap_err();
    assert_eq!(error.code(), "not_an_image");
    assert_eq!(error.fault(), bonafide_ledger::Fault::Caller);
    assert!(error.to_string().starts_with("b: "), "{error}");
    assert_eq!(code(compare(&house, &Bytes::new(), &words).await), "empty");
}

#[tokio::test]
async fn one_shot_calls_keep_nothing_but_their_trace() {
    let Some(house) = House::new("one_shot_calls_keep_nothing_but_their_trace").await else {
        return;
    };
    compare(&house, &house.pictures.document, &house.pictures.selfie).await.unwrap();
    for table in bonafide_vault::TABLES.iter().filter(|table| table.name == "vault_items") {
        assert_eq!(house.app.records().count(table, Vec::new()).await.unwrap(), 0);
    }
    for table in bonafide_verify::TABLES {
        assert_eq!(house.app.records().count(table, Vec::new()).await.unwrap(), 0);
    }
}

#[tokio::test]
async fn a_full_pool_refuses_before_anything_is_decoded() {
    let settings = PoolSettings { threads: 1, waiting: 0 };
    let house = House::with("a_full_pool_refuses_before_anything_is_decoded", |parts| {
        parts.pool = std::sync::Arc::new(
            bonafide_verify::Pool::start(settings, parts.clock.clone()).unwrap(),
        );
    })
    .await;
    let Some(house) = house else { return };
    let taken = house.app.pool().admit().unwrap();
    // Not even what is no picture is looked at.
    let error = compare(&house, &Bytes::new(), &Bytes::new()).await.unwrap_err();
    assert_eq!(error.code(), "busy");
    assert!(error.retry_after().is_some());
    assert_eq!(error.fault(), bonafide_ledger::Fault::Ours, "what we refuse is free");
    drop(taken);
    assert_eq!(code(compare(&house, &Bytes::new(), &Bytes::new()).await), "empty");
}
