//! Who had something deleted can prove it, without the server.

use std::time::Duration;

use bonafide_transparency::leaf::{Cause, Leaf, Opening, SubjectHash};
use bonafide_transparency::policy::Policy;
use bonafide_transparency::{Hash, Receipt};
use serde_json::Value;

use super::house::House;

/// Every destruction, with what its receipt proves to be the leaf.
async fn proven(house: &House, token: &str, id: &str) -> Vec<(Value, Leaf)> {
    let told = house.get(token, &format!("/v1/verifications/{id}/receipts")).await;
    assert_eq!(told.status, 200, "{}", told.text());
    let told = told.json();
    let key = told["log_key"].as_str().unwrap().parse().unwrap();
    let trusted = Policy::new([key], [], 0).unwrap();
    let leaf = |entry: &Value| {
        let receipt = Receipt::parse(entry["receipt"].as_str().unwrap().as_bytes()).unwrap();
        receipt.verify(&trusted).unwrap().leaf().unwrap()
    };
    let entries = told["deletions"].as_array().unwrap().iter();
    entries.map(|entry| (entry.clone(), leaf(entry))).collect()
}

#[tokio::test]
async fn r6_who_asked_for_deletion_gets_a_receipt_that_holds_offline() {
    let house = House::open().await;
    let client = house.sandbox().await;
    let token = &client.token;
    // The copy of its answer, for a repeated request, is what is kept of it.
    let made = house.once(token, "k1", "/v1/verifications", "{}").await;
    let id = made.json()["id"].as_str().unwrap().to_owned();
    assert!(proven(&house, token, &id).await.is_empty());

    let redact = format!("/v1/verifications/{id}/redact");
    let redacted = house.post(token, &redact, r#"{"scope":"all"}"#).await;
    assert_eq!(redacted.json()["items"], 1, "{}", redacted.text());
    // Told at once, proved as soon as the log has it.
    let path = format!("/v1/verifications/{id}/receipts");
    let told = house.get(token, &path).await.json();
    assert_eq!(told["deletions"][0]["cause"], "request");
    assert_eq!(told["deletions"][0]["policy"], "strict@1");
    assert_eq!(told["deletions"][0]["what"][0]["category"], "results");
    assert!(told["deletions"][0].get("receipt").is_none());
    house.app.vault().log_events(100).await.unwrap();

    let told = proven(&house, token, &id).await;
    let [(entry, Leaf::Deletion(deletion))] = told.as_slice() else { panic!("{told:?}") };
    assert_eq!(deletion.cause, Cause::Request);
    let now = bonafide_context::Clock::now(&*house.clock);
    assert_eq!(deletion.when, now.0 / 1000);
    let salt = Hash::from_hex(entry["opening"].as_str().unwrap()).unwrap();
    let opens =
        |id: &str| Opening::new(salt.0, SubjectHash::of_owner(id)).opens(&deletion.commitment);
    assert!(opens(&id));
    assert!(!opens("ver_another"));

    // Another tenant learns nothing, and the person's browser neither.
    let other = house.sandbox().await;
    assert_eq!(house.get(&other.token, &path).await.status, 404);
}

#[tokio::test]
async fn r3_what_expired_has_a_receipt_of_its_second() {
    let house = House::open().await;
    let client = house.sandbox().await;
    let made = house.once(&client.token, "k1", "/v1/verifications", "{}").await;
    let id = made.json()["id"].as_str().unwrap().to_owned();
    let kept = bonafide_context::Clock::now(&*house.clock).0;
    // It rests with the verification's own time at most.
    house.clock.advance(Duration::from_secs(2 * 3_600));
    house.app.vault().reap(100).await.unwrap();
    house.app.vault().log_events(100).await.unwrap();
    let told = proven(&house, &client.token, &id).await;
    let [(_, Leaf::Deletion(deletion))] = told.as_slice() else { panic!("{told:?}") };
    assert_eq!(deletion.cause, Cause::Expiry);
    assert_eq!(deletion.when, (kept + 2 * 3_600_000) / 1000);
}
