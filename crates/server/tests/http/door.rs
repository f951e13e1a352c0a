//! What every answer looks like, and what the door answers itself.

use std::sync::mpsc;
use std::sync::{Arc, Mutex};

use crate::support::{BOUND, Rig, say, seconds};
use axum::body::Bytes;
use axum::http::{HeaderMap, StatusCode};
use axum::response::IntoResponse;
use axum::routing::{get, post};
use axum::{Extension, Json, Router};
use bonafide_context::{Answered, CallId, ClientAddress};
use reqwest::Method;

const SESSION: &str = "__Host-session=b; Path=/; Max-Age=1; Secure; HttpOnly; SameSite=Strict";

fn router() -> Router {
    Router::new()
        .route("/echo", post(|body: Bytes| async move { body }))
        .route("/json", post(|Json(value): Json<serde_json::Value>| async move { Json(value) }))
        .route("/panics", get(panics))
        .route("/plain", get(|| async { (StatusCode::BAD_GATEWAY, "secret of the store") }))
        .route("/cookie", get(|| async { ([("set-cookie", "a=b")], "x") }))
        .route("/session", get(|| async { ([("set-cookie", SESSION)], "x") }))
        .route("/open", get(|| async { ([("set-cookie", "__Host-session=b; Path=/")], "x") }))
        .route("/who", get(who))
        .route("/named", get(named))
}

async fn panics() -> &'static str {
    panic!("secret of the handler")
}

async fn who(Extension(ClientAddress(ip)): Extension<ClientAddress>) -> String {
    ip.to_string()
}

/// Opens a call with the id that the door gave, as a dialect does.
async fn named(Extension(call): Extension<CallId>) -> impl IntoResponse {
    let answered = Answered {
        call: Some(call),
        interface: "documents.read",
        outcome: "refused",
        code: "no_document",
    };
    (Extension(answered), Json(call.to_string()))
}

fn header<'a>(headers: &'a HeaderMap, name: &str) -> &'a str {
    headers.get(name).map_or("", |value| value.to_str().unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn every_answer_carries_a_call_id_and_the_headers_that_protect() {
    let rig = Rig::start(router(), |_| {}).await;
    let mut seen = std::collections::HashSet::new();
    for path in ["/health/live", "/health/ready", "/metrics", "/who", "/none", "/panics", "/named"]
    {
        let answer = rig.get(path).await;
        let headers = answer.headers();
        let call = header(headers, "x-call-id");
        assert!(call.parse::<CallId>().is_ok(), "{path}: {call}");
        assert!(seen.insert(call.to_owned()), "{path}: each call has its own");
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("referrer-policy", "no-referrer"),
            ("cache-control", "no-store"),
            ("strict-transport-security", "max-age=31536000"),
            ("content-security-policy", "default-src 'none'; frame-ancestors 'none'"),
        ] {
            assert_eq!(header(headers, name), value, "{path} {name}");
        }
        if path == "/named" {
            let id = call.to_owned();
            assert_eq!(answer.json::<String>().await.unwrap(), id, "the dialect's own call");
        }
    }
    let plain = Rig::plain(router(), |_| {}).await;
    assert!(plain.get("/who").await.headers().get("strict-transport-security").is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn d16_what_was_asked_for_is_in_no_figure() {
    let rig = Rig::plain(router(), |_| {}).await;
    for path in ["/none/Zq7MarkerXw3", "/who?name=Zq7MarkerXw3", "/named"] {
        rig.get(path).await;
    }
    let text = rig.get("/metrics").await.text().await.unwrap();
    assert!(!text.contains("Zq7MarkerXw3"), "{text}");
    let counted = text.lines().filter_map(|line| line.strip_prefix("bonafide_requests_total{"));
    let mut interfaces: Vec<&str> =
        counted.filter_map(|set| set.split("interface=\"").nth(1)?.split('"').next()).collect();
    interfaces.sort_unstable();
    interfaces.dedup();
    assert_eq!(interfaces, ["documents.read", "none"], "of the closed list: {text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn o22_no_cookie_is_set() {
    let rig = Rig::plain(router(), |_| {}).await;
    for path in ["/health/live", "/metrics", "/none", "/cookie"] {
        assert!(rig.get(path).await.headers().get("set-cookie").is_none(), "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn o22_only_the_session_of_a_user_passes_the_door() {
    let rig = Rig::plain(router(), |_| {}).await;
    let set = async |path| rig.get(path).await.headers().get("set-cookie").cloned();
    assert_eq!(set("/session").await.unwrap(), SESSION);
    assert_eq!(set("/open").await, None, "one that scripts or other sites could use");
    assert_eq!(set("/cookie").await, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_router_refuses_is_a_problem_document_without_its_words() {
    let rig = Rig::plain(router(), |_| {}).await;
    let client = rig.client();
    let json = || client.post(rig.url("/json")).header("content-type", "application/json");
    for (request, status, code) in [
        (client.get(rig.url("/none")), 404, "not_found"),
        (client.delete(rig.url("/echo")), 405, "method_not_allowed"),
        (client.get(rig.url("/panics")), 500, "internal"),
        (client.get(rig.url("/plain")), 502, "internal"),
        (json().body("{\"secret\":"), 400, "invalid_request"),
        (client.post(rig.url("/json")).body("secret"), 415, "invalid_request"),
        (client.request(Method::TRACE, rig.url("/echo")), 405, "unknown_method"),
        (client.request("SECRET".parse().unwrap(), rig.url("/echo")), 405, "unknown_method"),
    ] {
        let answer = request.send().await.unwrap();
        assert_eq!(answer.status(), status, "{code}");
        assert_eq!(header(answer.headers(), "content-type"), "application/problem+json");
        let call = header(answer.headers(), "x-call-id").to_owned();
        if status == 405 {
            // The path's own, or every method that there is.
            let allowed = header(answer.headers(), "allow").to_owned();
            assert_eq!(allowed == "POST", code == "method_not_allowed", "{allowed}");
            assert!(allowed.contains("POST"), "{allowed}");
        }
        let text = answer.text().await.unwrap();
        assert!(!text.to_lowercase().contains("secret"), "{text}");
        let problem: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(problem["code"], code);
        assert_eq!(problem["status"], status);
        assert_eq!(problem["type"], format!("urn:bonafide:problem:{code}"));
        assert!(problem["title"].is_string() && problem["detail"].is_string());
        assert_eq!(problem["call_id"], call);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn head_and_options_are_answered() {
    let rig = Rig::plain(router(), |settings| settings.limits.keep_alive = seconds(0.1)).await;
    let client = rig.client();
    let head = client.head(rig.url("/who")).send().await.unwrap();
    assert_eq!(head.status(), 200);
    assert_eq!(header(head.headers(), "content-length"), "9");
    let live = client.head(rig.url("/health/live")).send().await.unwrap();
    assert_eq!(live.status(), 200);
    let options = client.request(Method::OPTIONS, rig.url("/echo")).send().await.unwrap();
    assert_eq!(options.status(), 204);
    assert_eq!(header(options.headers(), "allow"), "POST,OPTIONS");
    let posted = client.post(rig.url("/health/live")).send().await.unwrap();
    assert_eq!((posted.status().as_u16(), header(posted.headers(), "allow")), (405, "GET, HEAD"));
    let star = say(&rig, "OPTIONS * HTTP/1.1\r\nhost: localhost\r\n\r\n").await;
    assert!(star.starts_with("HTTP/1.1 204"), "{star}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_clients_address_is_the_peers_or_what_a_declared_proxy_says() {
    let asked = async |rig: &Rig| {
        let request = rig.client().get(rig.url("/who")).header("x-forwarded-for", "198.51.100.7");
        request.send().await.unwrap().text().await.unwrap()
    };
    let undeclared = Rig::plain(router(), |_| {}).await;
    assert_eq!(asked(&undeclared).await, "127.0.0.1");
    let declared = Rig::plain(router(), |settings| {
        settings.proxies = vec!["127.0.0.0/8".parse().unwrap()];
    })
    .await;
    assert_eq!(asked(&declared).await, "198.51.100.7");
}

#[tokio::test(flavor = "multi_thread")]
async fn figures_are_for_this_machine() {
    let rig = Rig::plain(router(), |settings| {
        settings.metrics.listen = Some("127.0.0.1:0".parse().unwrap());
    })
    .await;
    rig.get("/named").await;
    let answer = rig.get("/metrics").await;
    let form = header(answer.headers(), "content-type").to_owned();
    assert!(form.starts_with("application/openmetrics-text"), "{form}");
    let text = answer.text().await.unwrap();
    let line = "bonafide_requests_total{interface=\"documents.read\",method=\"GET\",outcome=\"refused\",code=\"no_document\"} 1";
    assert!(text.contains(line), "{text}");
    let passed_on = rig.client().get(rig.url("/metrics")).header("x-forwarded-for", "127.0.0.1");
    assert_eq!(passed_on.send().await.unwrap().status(), 404);

    let own = format!("http://{}", rig.metrics.unwrap());
    let at_own = async |path: &str| {
        rig.client().get(format!("{own}{path}")).send().await.unwrap().status().as_u16()
    };
    assert_eq!(at_own("/metrics").await, 200);
    assert_eq!(at_own("/health/live").await, 200);
    assert_eq!(at_own("/who").await, 404, "nothing else is served there");
}

#[tokio::test(flavor = "multi_thread")]
async fn ready_turns_true_when_the_parts_are_well() {
    let rig = Rig::plain(router(), |_| {}).await;
    let ready = async {
        loop {
            let answer = rig.get("/health/ready").await;
            if answer.status() == 200 {
                return answer.text().await.unwrap();
            }
            assert_eq!(answer.status(), 503);
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
    };
    let text = tokio::time::timeout(BOUND, ready).await.unwrap();
    assert!(text.starts_with(r#"{"status":"ready","components":[{"name":"records""#), "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_too_much_is_refused_at_once_and_health_is_not() {
    // One worker thread, which a handler holds without ever yielding.
    let (free, held) = mpsc::channel::<()>();
    let held = Arc::new(Mutex::new(held));
    let (entered, inside) = mpsc::channel();
    let router = router().route(
        "/holds",
        get(move || {
            let (held, entered) = (Arc::clone(&held), entered.clone());
            async move {
                entered.send(()).unwrap();
                let _ = held.lock().unwrap().recv();
                "done"
            }
        }),
    );
    let (told, rig) = mpsc::channel();
    let workers = std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        runtime.block_on(async move {
            let rig = Rig::plain(router, |settings| settings.limits.requests_in_flight = 1).await;
            told.send(rig.url.clone()).unwrap();
            rig.done.await.unwrap();
        });
    });
    let url = rig.recv().unwrap();
    let client = reqwest::Client::builder().timeout(BOUND).build().unwrap();
    let holding = tokio::spawn(client.get(format!("{url}/holds")).send());
    tokio::task::spawn_blocking(move || inside.recv().unwrap()).await.unwrap();

    for _ in 0..20 {
        let health = client.get(format!("{url}/health/live")).send().await.unwrap();
        assert_eq!(health.status(), 200);
        let shed = client.get(format!("{url}/who")).send().await.unwrap();
        assert_eq!(shed.status(), 503);
        assert_eq!(header(shed.headers(), "retry-after"), "1");
        assert!(shed.text().await.unwrap().contains("\"code\":\"busy\""));
    }
    free.send(()).unwrap();
    assert_eq!(holding.await.unwrap().unwrap().text().await.unwrap(), "done");
    drop(workers);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_takes_too_long_is_given_up_but_the_call_is_finished() {
    let (finished, heard) = tokio::sync::mpsc::unbounded_channel();
    let (free, held) = tokio::sync::watch::channel(false);
    let router = Router::new().route(
        "/late",
        get(move || {
            let (finished, mut held) = (finished.clone(), held.clone());
            async move {
                held.wait_for(|free| *free).await.unwrap();
                finished.send(()).unwrap();
            }
        }),
    );
    let rig = Rig::plain(router, |settings| settings.limits.answer = seconds(0.05)).await;
    let answer = rig.get("/late").await;
    assert_eq!(answer.status(), 503);
    assert!(answer.text().await.unwrap().contains("\"code\":\"answer_too_late\""));
    // A client that leaves in the middle.
    let left = rig.client().get(rig.url("/late")).timeout(std::time::Duration::from_millis(20));
    assert!(left.send().await.is_err());
    free.send(true).unwrap();
    let mut heard = heard;
    for _ in 0..2 {
        tokio::time::timeout(BOUND, heard.recv()).await.unwrap().unwrap();
    }
}
