//! What the log and the traces of a running server show, and what they do not.

use std::io::Write;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::body::Bytes;
use axum::extract::State;
use axum::routing::{get, post};
use axum::{Extension, Json, Router};
use bonafide_context::{Answered, CallId, SystemClock};
use bonafide_outbound::{Client, Guard};
use bonafide_server::{LogFormat, LogLevel, LogSettings, Logs, TraceSettings, Traces};
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::trace::v1::Span;
use prost::Message;

use crate::support::{BOUND, Rig};

#[derive(Clone, Default)]
struct Captured(Arc<Mutex<Vec<u8>>>);

impl Captured {
    fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.lock().unwrap()).into_owned()
    }
}

impl Write for Captured {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// A marker as it would come from outside: not part of the program.
fn marker(place: &str) -> String {
    ["zq", place, "qz"].concat()
}

/// A receiver of traces.
async fn receiver() -> (String, Captured) {
    async fn take(State(received): State<Captured>, body: Bytes) {
        let mut received = received;
        received.write_all(&u64::try_from(body.len()).unwrap().to_be_bytes()).unwrap();
        received.write_all(&body).unwrap();
    }
    let received = Captured::default();
    let app = Router::new().route("/v1/traces", post(take)).with_state(received.clone());
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/v1/traces", listener.local_addr().unwrap());
    tokio::spawn(async { axum::serve(listener, app).await });
    (url, received)
}

/// All spans that a receiver was sent.
fn spans(received: &Captured) -> Vec<Span> {
    let bytes = received.0.lock().unwrap().clone();
    let mut rest = bytes.as_slice();
    let mut spans = Vec::new();
    while let Some((length, after)) = rest.split_first_chunk::<8>() {
        let (body, after) = after.split_at(usize::try_from(u64::from_be_bytes(*length)).unwrap());
        rest = after;
        let request = ExportTraceServiceRequest::decode(body).unwrap();
        for resource in request.resource_spans {
            spans.extend(resource.scope_spans.into_iter().flat_map(|scope| scope.spans));
        }
    }
    spans
}

/// The target of a room of our own.
const OURS: &str = "bonafide_test";

/// A handler that logs everything it can get hold of, as a careless one would.
async fn careless(
    Extension(call): Extension<CallId>,
    request: axum::extract::Request,
) -> impl axum::response::IntoResponse {
    let uri = request.uri().to_string();
    let headers = request.headers().clone();
    let body = axum::body::to_bytes(request.into_body(), 1 << 20).await.unwrap();
    let body = String::from_utf8(body.to_vec()).unwrap();
    let step = tracing::info_span!(target: OURS, "step", step = "read_zone", uri, outcome = body);
    step.in_scope(|| {
        tracing::info!(target: OURS, uri, body, "careless: {uri} {body}");
        tracing::error!(target: OURS, code = body, error = ?headers, reason = %uri, "{headers:?}");
    });
    // Told of when it is over.
    drop(
        tracing::info_span!(target: OURS, "step", step = "compare", outcome = "ok", duration_ms = 250),
    );
    let failed = std::io::Error::other(body);
    tracing::warn!(target: OURS, error = &failed as &dyn std::error::Error, cause = %failed, "failed");
    tracing::warn!(target: "some_library", uri, "a library says {uri}");
    let answered =
        Answered { call: Some(call), interface: "documents.read", outcome: "ok", code: "" };
    (Extension(answered), Json("fine"))
}

async fn panics(request: axum::extract::Request) -> &'static str {
    panic!("{}", request.uri())
}

#[tokio::test(flavor = "multi_thread")]
async fn m7_nothing_from_outside_stands_in_the_log_or_in_a_trace() {
    let (endpoint, received) = receiver().await;
    let client =
        Client::new(Guard::allowing(vec!["127.0.0.0/8".parse().unwrap()]), &Default::default());
    let settings = TraceSettings { endpoint: Some(endpoint), ..TraceSettings::default() };
    let traces = Traces::new(&settings, client.unwrap()).unwrap().unwrap();
    let log = Captured::default();
    let settings = LogSettings { level: LogLevel::Trace, format: LogFormat::Json };
    let clock = Arc::new(SystemClock::start());
    let logs = Logs::start_to(Box::new(log.clone()), &settings, Some(&traces), clock).unwrap();

    let router = Router::new()
        .route("/careless/{name}", post(careless))
        .route("/panics/{name}", get(panics));
    let rig = Rig::start(router, |_| {}).await;
    let client = rig.client();
    let (trace, parent) = ("0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331");
    let path = format!("/careless/{}?q={}", marker("path"), marker("query"));
    let sent = client
        .post(rig.url(&path))
        .header("x-name", marker("header"))
        .header("authorization", format!("Bearer {}", marker("token")))
        .header("traceparent", format!("00-{trace}-{parent}-00"))
        .body(marker("body"));
    let call = sent.send().await.unwrap().headers()["x-call-id"].to_str().unwrap().to_owned();
    let panicked = client.get(rig.url(&format!("/panics/{}", marker("panic")))).send().await;
    assert_eq!(panicked.unwrap().status(), 500);
    client.get(rig.url(&format!("/none/{}", marker("none")))).send().await.unwrap();
    // What the process's dependencies have to say of a broken connection.
    let broken = crate::support::say(&rig, &marker("noise")).await;
    assert!(!broken.contains("HTTP/1.1 200"), "{broken}");

    rig.handle.drain();
    tokio::time::timeout(BOUND, rig.done).await.unwrap().unwrap();
    tokio::time::timeout(Duration::from_secs(60), traces.end()).await.unwrap();
    drop(logs);
    // From here on a panic is a failed test again, and shows its message.
    drop(std::panic::take_hook());

    let text = log.text();
    for line in text.lines() {
        let line: serde_json::Value = serde_json::from_str(line).unwrap();
        assert!(line["time"].is_string() && line["event"].is_string(), "{line}");
    }
    for line in [
        "\"message\":\"careless: … …\"",
        "\"event\":\"handler_failed\"",
        "\"event\":\"panic\"",
        "\"target\":\"some_library\"",
        "\"event\":\"answered\"",
    ] {
        assert!(text.contains(line), "{line} in {text}");
    }
    assert!(text.contains(&format!("\"call_id\":\"{call}\"")), "{text}");
    let traced = String::from_utf8_lossy(&received.0.lock().unwrap()).into_owned();
    for place in ["path", "query", "header", "token", "body", "panic", "none", "noise", ""] {
        assert!(!text.contains(&marker(place)), "{place} in the log:\n{text}");
        assert!(!traced.contains(&marker(place)), "{place} in a trace");
    }

    let spans = spans(&received);
    let named = |name: &str| -> Vec<&Span> { spans.iter().filter(|s| s.name == name).collect() };
    let value = |span: &Span, key: &str| {
        let of = span.attributes.iter().find(|attribute| attribute.key == key);
        of.map(|attribute| format!("{:?}", attribute.value)).unwrap_or_default()
    };
    let ours = named("call").into_iter().find(|span| value(span, "call_id").contains(&call));
    let ours = ours.unwrap_or_else(|| panic!("the call's span in {spans:#?}"));
    let hex = |bytes: &[u8]| bytes.iter().map(|b| format!("{b:02x}")).collect::<String>();
    assert_eq!((hex(&ours.trace_id), hex(&ours.parent_span_id)), (trace.into(), parent.into()));
    assert!(value(ours, "interface").contains("documents.read"));
    assert!(value(ours, "status").contains("200"));
    let steps = named("step");
    assert_eq!(steps.len(), 2, "{spans:#?}");
    for step in &steps {
        assert_eq!(step.parent_span_id, ours.span_id);
        assert_eq!(step.trace_id, ours.trace_id);
        assert!(step.events.is_empty());
    }
    let told = steps.iter().find(|step| value(step, "step").contains("compare")).unwrap();
    assert!(told.end_time_unix_nano - told.start_time_unix_nano >= 250_000_000);
    let failed = named("call").into_iter().find(|span| value(span, "status").contains("500"));
    let status = failed.unwrap().status.as_ref().unwrap();
    assert_eq!((status.code, status.message.as_str()), (2, ""));
}
