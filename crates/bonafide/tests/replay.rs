//! What one call found out is repeated for whoever asks again, and paid for once.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

mod support;

use base64::prelude::{BASE64_STANDARD, Engine};
use bonafide_media::{Picture, encode_jpeg};
use serde_json::{Value, json};
use support::{Account, Server, client, models_are_there};

const KEY: &str = "idempotency-key";

async fn post(server: &Server, account: &Account, path: &str, body: &Value) -> reqwest::Response {
    let request = client().post(format!("{}{path}", server.url)).header(KEY, format!("once{path}"));
    request.bearer_auth(&account.token).json(body).send().await.unwrap()
}

/// What a call cost, and the result that is written down.
async fn row(server: &Server, account: &Account, answer: &reqwest::Response) -> (u64, String) {
    let call = answer.headers()["x-call-id"].to_str().unwrap();
    let request = client().get(format!("{}/v1/calls/{call}", server.url));
    let trace = request.bearer_auth(&account.token).send().await.unwrap();
    let trace: Value = trace.json().await.unwrap();
    (trace["call"]["fee"].as_u64().unwrap(), support::text(&trace["call"]["result"]))
}

#[tokio::test]
async fn one_call_endpoints_repeat_their_answer_without_a_second_fee() {
    if !models_are_there("one_call_endpoints_repeat_their_answer_without_a_second_fee") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let endpoints = [
        ("documents.read", "/v1/documents/read", &["front"][..]),
        ("faces.compare", "/v1/faces/compare", &["a", "b"]),
        ("faces.detect", "/v1/faces/detect", &["image"]),
        ("liveness.passive", "/v1/liveness/passive", &["image"]),
    ];
    let mut prices = "[prices]\ncurrency = \"EUR\"\n".to_owned();
    for (interface, ..) in endpoints {
        prices += &format!("[prices.interfaces.\"{interface}\"]\nok = 30\n\"*\" = 7\n");
    }
    let file = folder.path().join("bonafide.toml");
    std::fs::write(&file, prices).unwrap();
    let data = folder.path().join("data");
    let server = Server::start_with(&data, &["--config", file.to_str().unwrap()], &[]);
    let account = server.account("sandbox");
    let jpeg = |grey| {
        let picture = Picture::filled(320, 240, [grey; 3]).unwrap();
        json!(BASE64_STANDARD.encode(encode_jpeg(&picture, 90).unwrap()))
    };
    for (interface, path, members) in endpoints {
        let body = |grey| members.iter().map(|name| ((*name).to_owned(), jpeg(grey))).collect();
        let first = post(&server, &account, path, &body(128)).await;
        assert_eq!(first.status(), 200, "{interface}");
        assert_eq!(row(&server, &account, &first).await, (30, "ok".to_owned()), "{interface}");
        let again = post(&server, &account, path, &body(128)).await;
        assert_eq!(again.headers()["idempotency-replayed"], "true", "{interface}");
        let repeated = row(&server, &account, &again).await;
        assert_eq!(repeated, (0, "replayed".to_owned()), "{interface}");
        let other = post(&server, &account, path, &body(64)).await;
        assert_eq!(other.status(), 422, "{interface}");
        let [first, again] = [first.bytes().await.unwrap(), again.bytes().await.unwrap()];
        assert_eq!(first, again, "{interface}");
        let other: Value = other.json().await.unwrap();
        assert_eq!(other["code"], "idempotency_key_reused", "{interface}");
    }
}
