//! A request that is sent twice is done once.

use std::time::Duration;

use base64::prelude::{BASE64_STANDARD, Engine};
use bonafide_vault::records::Select;

use super::house::{House, Reply};

const CREATE: &str = "/v1/verifications";

#[tokio::test]
async fn the_same_request_again_gets_the_same_answer_and_is_done_once() {
    let house = House::open().await;
    let client = house.sandbox().await;
    let first = house.once(&client.token, "k1", CREATE, r#"{"reference":"a"}"#).await;
    let again = house.once(&client.token, "k1", CREATE, r#"{"reference":"a"}"#).await;
    assert_eq!(first.status, 201, "{}", first.text());
    assert_eq!((again.status, &again.bytes), (first.status, &first.bytes));
    assert_eq!(again.headers["idempotency-replayed"], "true");
    assert!(!first.headers.contains_key("idempotency-replayed"));
    assert_ne!(first.call(), again.call());
    let list = house.get(&client.token, CREATE).await.json();
    assert_eq!(list["verifications"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn the_key_with_another_request_is_refused() {
    let house = House::open().await;
    let client = house.sandbox().await;
    house.once(&client.token, "k1", CREATE, r#"{"reference":"a"}"#).await;
    for (path, body) in [
        (CREATE, r#"{"reference":"b"}"#),
        ("/v1/verifications?x=1", r#"{"reference":"a"}"#),
        ("/v1/templates", r#"{"reference":"a"}"#),
    ] {
        let reply = house.once(&client.token, "k1", path, body).await;
        assert_eq!((reply.status.as_u16(), reply.code().as_str()), (422, "idempotency_key_reused"));
    }
    // The key of another application is another key.
    let other = house.sandbox().await;
    let reply = house.once(&other.token, "k1", CREATE, r#"{"reference":"b"}"#).await;
    assert_eq!(reply.status, 201);
}

#[tokio::test]
async fn what_was_refused_may_be_sent_again_with_the_key() {
    let house = House::open().await;
    let client = house.sandbox().await;
    let bad = house.once(&client.token, "k1", CREATE, r#"{"template":"tpl_x"}"#).await;
    assert_eq!(bad.status, 404);
    let good = house.once(&client.token, "k1", CREATE, "{}").await;
    assert_eq!(good.status, 201, "{}", good.text());
}

#[tokio::test]
async fn of_two_at_once_one_is_told_to_wait() {
    let house = House::open().await;
    let client = house.sandbox().await;
    let send = || house.once(&client.token, "k1", CREATE, "{}");
    let replies = tokio::join!(send(), send(), send(), send());
    let replies = [replies.0, replies.1, replies.2, replies.3];
    let mut made = std::collections::BTreeSet::new();
    for reply in &replies {
        match reply.status.as_u16() {
            201 => _ = made.insert(reply.json()["id"].as_str().unwrap().to_owned()),
            409 => {
                assert_eq!(reply.code(), "in_progress");
                assert!(reply.headers.contains_key("retry-after"));
            }
            other => panic!("{other}: {}", reply.text()),
        }
    }
    assert_eq!(made.len(), 1);
    let list = house.get(&client.token, CREATE).await.json();
    assert_eq!(list["verifications"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn the_copy_dies_with_its_data() {
    let house = House::open().await;
    let client = house.sandbox().await;
    let made = house.once(&client.token, "k1", CREATE, "{}").await;
    let id = made.json()["id"].as_str().unwrap().to_owned();
    let redact = format!("/v1/verifications/{id}/redact");
    let redacted = house.post(&client.token, &redact, r#"{"scope":"all"}"#).await;
    assert_eq!(redacted.status, 200, "{}", redacted.text());
    let again = house.once(&client.token, "k1", CREATE, "{}").await;
    assert_eq!((again.status.as_u16(), again.code().as_str()), (410, "answer_gone"));

    house.once(&client.token, "k2", "/v1/templates", r#"{"name":"t","settings":{}}"#).await;
    house.clock.advance(Duration::from_secs(2 * 3_600));
    let again =
        house.once(&client.token, "k2", "/v1/templates", r#"{"name":"t","settings":{}}"#).await;
    assert_eq!((again.status.as_u16(), again.code().as_str()), (410, "answer_gone"));

    // After its day the key is a new one.
    house.clock.advance(Duration::from_secs(22 * 3_600));
    let again = house.once(&client.token, "k1", CREATE, "{}").await;
    assert_eq!(again.status, 201, "{}", again.text());
}

#[tokio::test]
async fn what_one_call_found_out_is_repeated_until_its_copy_dies() {
    let house = House::open().await;
    if !house.models {
        return;
    }
    let client = house.sandbox().await;
    let picture = bonafide_media::Picture::filled(320, 240, [128; 3]).unwrap();
    let picture = BASE64_STANDARD.encode(bonafide_media::encode_jpeg(&picture, 90).unwrap());
    let other = BASE64_STANDARD.encode("no picture");
    for (path, members) in [
        ("/v1/documents/read", &["front"][..]),
        ("/v1/faces/compare", &["a", "b"]),
        ("/v1/faces/detect", &["image"]),
        ("/v1/liveness/passive", &["image"]),
    ] {
        let body = |bytes: &str| {
            let members = members.iter().map(|name| format!(r#""{name}":"{bytes}""#));
            format!("{{{}}}", members.collect::<Vec<_>>().join(","))
        };
        let first = house.once(&client.token, path, path, &body(&picture)).await;
        let again = house.once(&client.token, path, path, &body(&picture)).await;
        assert_eq!(first.status, 200, "{path}: {}", first.text());
        assert_eq!((again.status, &again.bytes), (first.status, &first.bytes), "{path}");
        assert_eq!(again.headers["idempotency-replayed"], "true", "{path}");
        let reused = house.once(&client.token, path, path, &body(&other)).await;
        assert_eq!(reused.code(), "idempotency_key_reused", "{path}");
        let steps = |reply: &Reply| {
            let call = reply.call();
            let (house, token) = (&house, client.token.clone());
            async move { house.get(&token, &format!("/v1/calls/{call}")).await.text() }
        };
        assert!(steps(&first).await.contains(r#""step":"decode""#), "{path}");
        assert!(!steps(&again).await.contains(r#""step":"decode""#), "{path}: was looked at again");
    }
    // The copies rest under the clock of results.
    house.clock.advance(Duration::from_secs(2 * 3_600));
    for path in ["/v1/documents/read", "/v1/faces/detect"] {
        let member = if path.ends_with("read") { "front" } else { "image" };
        let body = format!(r#"{{"{member}":"{picture}"}}"#);
        let gone = house.once(&client.token, path, path, &body).await;
        assert_eq!((gone.status.as_u16(), gone.code().as_str()), (410, "answer_gone"), "{path}");
    }
}

#[tokio::test]
async fn a_secret_is_never_kept_for_a_replay() {
    let house = House::open().await;
    let client = house.sandbox().await;
    let path = format!("/v1/applications/{}/keys", client.application);
    let body = r#"{"scopes":["document"]}"#;
    let made = house.once(&client.token, "k1", &path, body).await;
    assert_eq!(made.status, 201, "{}", made.text());
    let again = house.once(&client.token, "k1", &path, body).await;
    assert_eq!((again.status.as_u16(), again.code().as_str()), (410, "answer_gone"));
    let realm = bonafide_context::Realm {
        tenant: client.tenant,
        environment: bonafide_context::Environment::Sandbox,
        region: "apac".parse().unwrap(),
    };
    let kept = house.app.vault().list(&realm, &made.call()).await.unwrap();
    assert_eq!(kept, []);
}

#[tokio::test]
async fn what_is_kept_is_a_pointer() {
    let house = House::open().await;
    let client = house.sandbox().await;
    house.once(&client.token, "marker-key", CREATE, r#"{"reference":"marker-body"}"#).await;
    let rows = house.app.records().select(Select::from(crate::TABLES[0])).await.unwrap();
    assert_eq!(rows.len(), 1);
    for column in crate::TABLES[0].columns {
        if let bonafide_vault::records::Value::Text(text) = rows[0].value(column.name).unwrap() {
            assert!(!text.contains("marker"), "{}", column.name);
        }
    }
    house.clock.advance(Duration::from_secs(86_400));
    let now = bonafide_context::Clock::now(&*house.clock);
    crate::reap(&**house.app.records(), now).await.unwrap();
    assert_eq!(house.app.records().count(crate::TABLES[0], vec![]).await.unwrap(), 0);
}

#[tokio::test]
async fn keys_have_a_form() {
    let house = House::open().await;
    let client = house.sandbox().await;
    for bad in [" ", "a b", &"k".repeat(256)] {
        let reply = house.once(&client.token, bad, CREATE, "{}").await;
        assert_eq!(
            (reply.status.as_u16(), reply.code().as_str()),
            (400, "invalid_idempotency_key")
        );
    }
}
