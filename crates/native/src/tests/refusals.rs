//! Bad input: a clear error each, and a trace.

use std::time::Duration;

use axum::body::Body;
use axum::http::{Method, Request, header};
use bonafide_accounts::{Actor, InterfaceLimits, Limits, NewKeyRequest, Rate};
use bonafide_ledger::{Scopes, View};
use bytes::Bytes;

use super::house::{House, Reply, request};
use crate::Settings;

fn is(reply: &Reply, status: u16, code: &str) {
    let found = (reply.status.as_u16(), reply.code());
    assert_eq!(found, (status, code.to_owned()), "{}", reply.text());
    assert_eq!(reply.headers["content-type"], "application/problem+json");
    assert_eq!(reply.json()["call_id"], reply.call());
}

fn typed(token: &str, path: &str, kind: &str, body: impl Into<Body>) -> Request<Body> {
    Request::post(path)
        .header(header::AUTHORIZATION, format!("Bearer {token}"))
        .header(header::CONTENT_TYPE, kind)
        .body(body.into())
        .unwrap()
}

#[tokio::test]
async fn bodies_that_cannot_be_taken() {
    let house = House::open().await;
    let token = house.sandbox().await.token;
    let path = "/v1/documents/read";
    let json = |body: &'static str| house.raw(typed(&token, path, "application/json", body));
    is(&json("{").await, 400, "malformed_body");
    is(&json(r#"{"SECRET":1}"#).await, 400, "invalid_request");
    is(&json(r#"{"front":"not base64!"}"#).await, 400, "invalid_request");
    is(&json(r#"{"front":"AAAA","front":"AAAA"}"#).await, 400, "invalid_request");
    is(&json(r#"{"front":"AAAA","fields":["SECRET"]}"#).await, 400, "invalid_request");
    is(&json(r#"{"front":"AAAA"}"#).await, 422, "picture_unreadable");
    is(&house.raw(typed(&token, path, "text/plain", "x")).await, 415, "content_type");
    let latin = "application/json; charset=latin1";
    is(&house.raw(typed(&token, path, latin, "{}")).await, 415, "content_type");
    is(&house.raw(typed(&token, path, "multipart/form-data", "x")).await, 400, "malformed_body");
    let mut bare = typed(&token, path, "application/json", "{}");
    bare.headers_mut().remove(header::CONTENT_TYPE);
    is(&house.raw(bare).await, 415, "content_type");
    let templates = typed(&token, "/v1/templates", "multipart/form-data; boundary=b", "--b--");
    is(&house.raw(templates).await, 415, "content_type");
    let body = typed(&token, "/v1/verifications/ver_x/cancel", "application/json", "{}");
    is(&house.raw(body).await, 413, "too_large");
}

#[tokio::test]
async fn a_back_needs_a_front_before_it() {
    let house = House::open().await;
    let token = house.sandbox().await.token;
    let made = house.post(&token, "/v1/verifications", "{}").await.json();
    assert_eq!(made["next"], "document_front");
    let path = format!("/v1/verifications/{}/document", made["id"].as_str().unwrap());
    let back = house.post(&token, &path, r#"{"back":"AAAA"}"#).await;
    is(&back, 409, "wrong_state");
    assert!(back.text().contains("the front of the document is wanted"), "{}", back.text());
    is(&house.post(&token, &path, "{}").await, 400, "invalid_request");
}

fn parts(parts: &[(&str, &[u8])]) -> Bytes {
    let mut body = Vec::new();
    for (name, bytes) in parts {
        let head = format!(
            "--b\r\ncontent-disposition: form-data; name=\"{name}\"; filename=\"../x\"\r\n\r\n"
        );
        body.extend(head.as_bytes());
        body.extend(*bytes);
        body.extend(b"\r\n");
    }
    body.extend(b"--b--\r\n");
    body.into()
}

#[tokio::test]
async fn parts_are_as_strict_as_json() {
    let settings = Settings { picture_bytes: 1_000, ..Settings::default() };
    let house = House::with(settings, Limits::default()).await;
    let token = house.sandbox().await.token;
    let kind = "multipart/form-data; boundary=b";
    let send = |body: Bytes| house.raw(typed(&token, "/v1/documents/read", kind, body));
    is(&send(parts(&[("front", b"no picture")])).await, 422, "picture_unreadable");
    is(&send(parts(&[("SECRET", b"x")])).await, 400, "invalid_request");
    let twice = [("front", b"x".as_slice()), ("fields", b"type"), ("fields", b"mrz")];
    is(&send(parts(&twice)).await, 400, "invalid_request");
    is(&send(parts(&[("front", b"x".as_slice()); 6])).await, 400, "invalid_request");
    is(&send(parts(&[("front", b"x"), ("fields", b"SECRET")])).await, 400, "invalid_request");
    is(&send(parts(&[("front", &[0; 1_001])])).await, 413, "too_large");
    is(&send(parts(&[("front", b"x".as_slice()); 20])).await, 413, "too_large");
    is(&send(Bytes::from_static(b"--b\r\n")).await, 400, "malformed_body");
    let long = parts(&[("front", &[0; 200_000])]);
    is(&send(long).await, 413, "too_large");
    let base64 = format!(r#"{{"front":"{}"}}"#, "A".repeat(1_400));
    let reply = house.post(&token, "/v1/documents/read", &base64).await;
    is(&reply, 413, "too_large");
}

#[tokio::test]
async fn a_body_that_is_too_large_is_refused_before_it_is_read() {
    let house = House::open().await;
    let token = house.sandbox().await.token;
    let mut big = request(&token, Method::POST, "/v1/templates", "{}");
    big.headers_mut().insert(header::CONTENT_LENGTH, "100000000".parse().unwrap());
    is(&house.raw(big).await, 413, "too_large");
}

#[tokio::test]
async fn a_body_that_does_not_come_is_given_up() {
    let settings = Settings { body_time: Duration::from_millis(20), ..Settings::default() };
    let house = House::with(settings, Limits::default()).await;
    let token = house.sandbox().await.token;
    let never = never_comes();
    is(
        &house.raw(typed(&token, "/v1/templates", "application/json", never)).await,
        408,
        "too_slow",
    );
}

/// A body whose first byte never comes.
fn never_comes() -> Body {
    Body::from_stream(futures_util::stream::pending::<Result<Bytes, std::io::Error>>())
}

#[tokio::test]
async fn who_asks_has_to_be_known() {
    let house = House::open().await;
    let token = house.sandbox().await.token;
    let ask = |value: &str| {
        let request = Request::get("/v1/usage").header(header::AUTHORIZATION, value);
        house.raw(request.body(Body::empty()).unwrap())
    };
    for missing in ["", "Bearer", "Basic abc", "Token x"] {
        let reply = ask(missing).await;
        is(&reply, 401, "unauthenticated");
        assert_eq!(reply.headers["www-authenticate"], r#"Bearer realm="bonafide""#);
    }
    is(&ask("Bearer x").await, 401, "key_not_valid");
    is(&ask(&format!("Bearer {token}x")).await, 401, "key_not_valid");
    assert_eq!(ask(&format!("bearer {token}")).await.status, 200);
    let two = Request::get("/v1/usage")
        .header(header::AUTHORIZATION, format!("Bearer {token}"))
        .header(header::AUTHORIZATION, format!("Bearer {token}"));
    is(&house.raw(two.body(Body::empty()).unwrap()).await, 401, "unauthenticated");
}

#[tokio::test]
async fn a_network_is_refused_to_who_has_the_secret_and_to_nobody_else() {
    let house = House::open().await;
    let client = house.sandbox().await;
    let new = NewKeyRequest {
        application: client.application.clone(),
        scopes: Scopes::all(),
        networks: vec!["198.51.100.0/24".parse().unwrap()],
        lifetime: None,
        signing: false,
    };
    let accounts = house.app.accounts();
    let made = accounts.commit(accounts.create_key(&Actor::cli(), new)).await.unwrap();
    let (token, secret) = (made.token.expose(), made.secret.expose());
    is(&house.get(token, "/v1/usage").await, 403, "network_refused");
    // The same answer as for a key that never was, to the last byte but its call.
    let told = async |token: &str| {
        let reply = house.get(token, "/v1/usage").await;
        is(&reply, 401, "key_not_valid");
        reply.text().replace(&reply.call(), "")
    };
    let nobody = token.replace(&made.key.id.to_string()[4..], &client.key.to_string()[4..]);
    let forged = token.replace(secret, &"0".repeat(secret.len()));
    assert_ne!(forged, *token);
    assert_eq!(told(&forged).await, told(&nobody).await);
    assert_eq!(told(&token.replace("bf_sandbox", "bf_live")).await, told(&nobody).await);
}

#[tokio::test]
async fn paths_and_methods_that_there_are_not() {
    let house = House::open().await;
    let token = house.sandbox().await.token;
    for path in ["/v1", "/v1/nothing", "/v1/usage/more"] {
        is(&house.get(&token, path).await, 404, "not_found");
    }
    let reply = house.call(&token, Method::DELETE, "/v1/verifications", "").await;
    is(&reply, 405, "method_not_allowed");
    assert_eq!(reply.headers["allow"], "POST, GET, HEAD");
    for id in ["ver_x", "%ff", "..", "ver_%00"] {
        is(&house.get(&token, &format!("/v1/verifications/{id}")).await, 404, "not_found");
    }
}

#[tokio::test]
async fn too_much_is_refused_with_when_to_come_back() {
    let limits = Limits { per_key: Rate::new(0.1, 2), ..Limits::default() };
    let house = House::with(Settings::default(), limits).await;
    let token = house.sandbox().await.token;
    for _ in 0..2 {
        assert_eq!(house.get(&token, "/v1/usage").await.status, 200);
    }
    let reply = house.get(&token, "/v1/usage").await;
    is(&reply, 429, "rate_limited");
    let after: u64 = reply.headers["retry-after"].to_str().unwrap().parse().unwrap();
    house.clock.advance(Duration::from_secs(after));
    assert_eq!(house.get(&token, "/v1/usage").await.status, 200);
}

#[tokio::test]
async fn a_call_that_is_refused_by_a_rate_leaves_its_row() {
    let limits = Limits { per_key: Rate::new(0.1, 2), ..Limits::default() };
    let house = House::with(Settings::default(), limits).await;
    let token = house.sandbox().await.token;
    for _ in 0..2 {
        assert_eq!(house.get(&token, "/v1/usage").await.status, 200);
    }
    let mut refused = Vec::new();
    for _ in 0..3 {
        let reply = house.post(&token, "/v1/templates", "not even JSON").await;
        is(&reply, 429, "rate_limited");
        refused.push(reply.call());
    }
    house.clock.advance(Duration::from_secs(60));
    let listed = house.get(&token, "/v1/calls?result=rate_limited").await.json();
    let rows = listed["calls"].as_array().unwrap();
    let mut found: Vec<_> = rows.iter().map(|row| row["call_id"].as_str().unwrap()).collect();
    found.sort_unstable();
    refused.sort_unstable();
    assert_eq!(found, refused);
    assert!(rows.iter().all(|row| row["fee"] == 0 && row["interface"] == "templates.write"));
    let trace = house.get(&token, &format!("/v1/calls/{}", refused[0])).await.json();
    let steps = trace["steps"].as_array().unwrap();
    let said: Vec<_> = steps.iter().map(|step| (&step["step"], &step["outcome"])).collect();
    let limited = &serde_json::json!("rate_limited");
    assert_eq!(said, [(&"admit".into(), limited), (&"answer".into(), limited)]);
    assert_eq!(steps[1]["facts"]["fault"], "limit");
    house.clock.advance(Duration::from_secs(60));
    let usage = house.get(&token, "/v1/usage").await.json();
    let line = |interface: &str| {
        let lines = usage["lines"].as_array().unwrap();
        lines.iter().find(|line| line["interface"] == interface).unwrap()["calls"].clone()
    };
    assert_eq!(line("templates.write"), 3);
}

#[tokio::test]
async fn a_call_that_is_refused_by_a_quota_leaves_its_row() {
    let day = InterfaceLimits { rate: Rate::new(1e6, 1_000_000), per_day: Some(1) };
    let interfaces = [("templates.write".to_owned(), day)].into_iter().collect();
    let house = House::with(Settings::default(), Limits { interfaces, ..Limits::default() }).await;
    let token = house.sandbox().await.token;
    let send = || house.post(&token, "/v1/templates", "{}");
    is(&send().await, 400, "invalid_request");
    let refused = send().await;
    is(&refused, 429, "quota_exceeded");
    let trace = house.get(&token, &format!("/v1/calls/{}", refused.call())).await.json();
    assert_eq!(trace["call"]["result"], "quota_exceeded");
}

#[tokio::test]
async fn a_call_that_finds_the_compute_pool_full_leaves_its_row() {
    let house = House::open().await;
    let token = house.sandbox().await.token;
    let mut taken = Vec::new();
    while let Ok(permit) = house.app.pool().admit() {
        taken.push(permit);
    }
    let refused = house.post(&token, "/v1/faces/detect", r#"{"image":"AAAA"}"#).await;
    is(&refused, 503, "busy");
    assert_eq!(refused.headers["retry-after"], "1");
    drop(taken);
    let trace = house.get(&token, &format!("/v1/calls/{}", refused.call())).await.json();
    assert_eq!((&trace["call"]["result"], &trace["call"]["fee"]), (&"busy".into(), &0.into()));
}

#[tokio::test]
async fn what_comes_from_nobody_leaves_no_row() {
    let house = House::open().await;
    let token = house.sandbox().await.token;
    is(&house.get("", "/v1/usage").await, 401, "unauthenticated");
    is(&house.get(&format!("{token}x"), "/v1/usage").await, 401, "key_not_valid");
    is(&house.get(&token, "/v1/nothing").await, 404, "not_found");
    let calls = house.get(&token, "/v1/calls").await.json();
    assert_eq!(calls["calls"], serde_json::json!([]));
}

#[tokio::test]
async fn a_call_has_one_name_from_the_door_to_the_ledger() {
    let limits = Limits { per_key: Rate::new(1.0, 3), ..Limits::default() };
    let house = House::with(Settings::default(), limits).await;
    let token = house.sandbox().await.token;
    let cases = [
        ("/v1/usage", "ok"),
        ("/v1/usage?x=1", "invalid_query"),
        ("/v1/webhooks", "ok"),
        ("/v1/usage", "rate_limited"),
    ];
    for (path, result) in cases {
        let given = house.app.new_call_id();
        let mut request = request(&token, Method::GET, path, "");
        request.extensions_mut().insert(given);
        let reply = house.raw(request).await;
        assert_eq!(reply.call(), given.to_string());
        house.clock.advance(Duration::from_secs(if result == "rate_limited" { 60 } else { 0 }));
        let view = View::of(&house.caller(&token).await);
        let trace = house.app.ledger().trace(&view, given).await.unwrap().unwrap();
        assert_eq!(trace.call.result, result);
        assert_eq!(trace.call.started_at, 1_795_305_600_000);
        if result != "ok" {
            is(&reply, reply.status.as_u16(), result);
        }
    }
}

#[tokio::test]
async fn a_refused_call_leaves_its_trace() {
    let house = House::open().await;
    let token = house.sandbox().await.token;
    let bad = house.post(&token, "/v1/documents/read", "{").await;
    let trace = house.get(&token, &format!("/v1/calls/{}", bad.call())).await;
    assert_eq!(trace.status, 200, "{}", trace.text());
    assert_eq!(trace.json()["call"]["result"], "malformed_body");
    assert_eq!(trace.json()["call"]["interface"], "documents.read");
    assert_eq!(trace.json()["call"]["fee"], 0);
}

#[tokio::test]
async fn without_an_address_nobody_is_let_in() {
    use tower::ServiceExt;
    let house = House::open().await;
    let token = house.sandbox().await.token;
    let request = request(&token, Method::GET, "/v1/usage", "");
    let response = house.router.clone().oneshot(request).await.unwrap();
    assert_eq!(response.status(), 500);
}
