//! Sets of identifiers that a tenant has loaded, at the door.

use axum::body::Body;
use axum::http::{Method, Request, StatusCode, header};
use bonafide_accounts::Actor;
use bonafide_context::{Date, Environment, Sensitive};
use bonafide_ledger::Scopes;
use bonafide_risk::Kind;
use bonafide_risk::set::SetBuilder;
use bonafide_vault::records::Select;
use bonafide_verify::risk::{TABLES, end_sets, set_key};
use serde_json::{Value, json};

use super::house::{House, Key, Reply};

const KNOWN: &str = "+447418369731";
const UNKNOWN: &str = "+447418369732";

/// The file of a set of numbers that a tenant would build.
async fn file(house: &House, key: &Key, numbers: &[&str]) -> Vec<u8> {
    let realm = house.caller(&key.token).await.realm();
    let key = set_key(house.app.vault(), &realm).await.unwrap();
    let mut set = SetBuilder::new(&key, Kind::Phone);
    for number in numbers {
        set.add(&Sensitive::new((*number).to_owned()));
    }
    let mut file = Vec::new();
    set.write(Date::new(2026, 11, 1).unwrap(), &mut file).unwrap();
    file
}

async fn load(house: &House, key: &Key, query: &str, file: &[u8]) -> Reply {
    let request = Request::builder()
        .method(Method::POST)
        .uri(format!("/v1/risk/sets?{query}"))
        .header(header::AUTHORIZATION, format!("Bearer {}", key.token))
        .header(header::CONTENT_TYPE, "application/octet-stream")
        .body(Body::from(file.to_vec()));
    house.raw(request.unwrap()).await
}

/// What the sources say of a number, and the score.
async fn asked(house: &House, key: &Key, number: &str) -> (Value, u64) {
    let body = json!({ "number": number }).to_string();
    let reply = house.post(&key.token, "/v1/risk/phone", &body).await;
    assert_eq!(reply.status, StatusCode::OK, "{}", reply.text());
    let result = reply.json()["results"][0].clone();
    (result["registered"]["phone"].clone(), result["score"].as_u64().unwrap())
}

const BAD: &str = "name=fraud&kind=phone&meaning=bad";

#[tokio::test]
async fn a_loaded_set_answers_with_yes_and_no_and_a_dropped_one_with_nothing() {
    let house = House::open().await;
    let key = house.sandbox().await;
    let (before, score) = asked(&house, &key, KNOWN).await;
    assert_eq!(before, json!({}));
    let loaded = load(&house, &key, BAD, &file(&house, &key, &[KNOWN]).await).await;
    assert_eq!(loaded.status, StatusCode::OK, "{}", loaded.text());
    let facts = json!({ "source": "tenant:fraud", "kind": "phone", "meaning": "bad",
                        "identifiers": 1, "built": "2026-11-01" });
    assert_eq!(loaded.json(), facts);
    assert_eq!(house.get(&key.token, "/v1/risk/sets").await.json(), json!({ "sets": [facts] }));

    let (known, higher) = asked(&house, &key, KNOWN).await;
    assert_eq!(known, json!({ "tenant:fraud": true }));
    assert!(higher > score, "{higher} {score}");
    // However it is written.
    assert_eq!(asked(&house, &key, "+44 (0) 7418 369-731").await.0, known);
    assert_eq!(asked(&house, &key, UNKNOWN).await, (json!({ "tenant:fraud": false }), score));
    // Where there is nothing to ask for, nobody says no.
    assert_eq!(asked(&house, &key, "nobody").await.0, json!({ "tenant:fraud": null }));

    // In place of one of its name.
    let loaded = load(&house, &key, BAD, &file(&house, &key, &[UNKNOWN]).await).await;
    assert_eq!(loaded.status, StatusCode::OK, "{}", loaded.text());
    assert_eq!(asked(&house, &key, KNOWN).await.0, json!({ "tenant:fraud": false }));

    let dropped = house.delete(&key.token, "/v1/risk/sets?name=fraud").await;
    assert_eq!(dropped.status, StatusCode::NO_CONTENT, "{}", dropped.text());
    assert_eq!(asked(&house, &key, UNKNOWN).await, (json!({}), score));
    let again = house.delete(&key.token, "/v1/risk/sets?name=fraud").await;
    assert_eq!(again.code(), "invalid_request", "{}", again.text());
}

#[tokio::test]
async fn a_set_is_one_tenants_in_one_environment() {
    let house = House::open().await;
    let key = house.sandbox().await;
    let live = house.client(key.tenant, Environment::Live, Scopes::all()).await;
    let other = house.sandbox().await;
    let own = file(&house, &key, &[KNOWN]).await;
    for stranger in [&live, &other] {
        let refused = load(&house, stranger, BAD, &own).await;
        assert_eq!(refused.code(), "invalid_request", "{}", refused.text());
        assert!(refused.text().contains("another key"), "{}", refused.text());
    }
    assert_eq!(load(&house, &key, BAD, &own).await.status, StatusCode::OK);
    for stranger in [&live, &other] {
        assert_eq!(asked(&house, stranger, KNOWN).await.0, json!({}));
    }
}

#[tokio::test]
async fn a_file_that_is_no_whole_set_is_refused_and_says_what_to_do() {
    let house = House::open().await;
    let key = house.sandbox().await;
    let whole = file(&house, &key, &[KNOWN, UNKNOWN]).await;
    let mut changed = whole.clone();
    *changed.last_mut().unwrap() ^= 1;
    let plain = format!("{KNOWN}\n{UNKNOWN}\n").into_bytes();
    for (bytes, says) in [
        (&whole[..whole.len() - 1], "cut short"),
        (&whole[..30], "cut short"),
        (&changed, "changed"),
        (&plain, "risk set build"),
        (b"", "risk set build"),
    ] {
        let refused = load(&house, &key, BAD, bytes).await;
        assert_eq!(refused.code(), "invalid_request", "{}", refused.text());
        assert!(refused.text().contains(says), "{says}: {}", refused.text());
        assert!(!refused.text().contains("418369"), "{}", refused.text());
    }
    for query in ["name=Fraud&kind=phone&meaning=bad", "name=f&kind=email&meaning=bad", "name=f"] {
        let refused = load(&house, &key, query, &whole).await;
        assert_eq!(refused.status, StatusCode::BAD_REQUEST, "{query}: {}", refused.text());
    }
    assert_eq!(asked(&house, &key, KNOWN).await.0, json!({}));
}

#[tokio::test]
async fn the_sets_of_a_tenant_end_with_its_contract() {
    let house = House::open().await;
    let (key, other) = (house.sandbox().await, house.sandbox().await);
    for key in [&key, &other] {
        let loaded = load(&house, key, BAD, &file(&house, key, &[KNOWN]).await).await;
        assert_eq!(loaded.status, StatusCode::OK, "{}", loaded.text());
    }
    assert_eq!(end_sets(&house.app).await.unwrap(), 0);
    let accounts = house.app.accounts();
    accounts.commit(accounts.close_tenant(&Actor::cli(), key.tenant)).await.unwrap();
    assert_eq!(end_sets(&house.app).await.unwrap(), 1);
    let rows = house.app.records().select(Select::from(TABLES[0])).await.unwrap();
    assert_eq!(rows.len(), 1);
    assert_eq!(asked(&house, &other, KNOWN).await.0, json!({ "tenant:fraud": true }));
}
