//! Requests equal those of the official clients, as `scripts/search-wire.py`
//! recorded them.

use bonafide_context::{Environment, TenantId, Timestamp};
use serde::Deserialize;

use super::*;

#[derive(Deserialize)]
struct Vector {
    operation: String,
    client: String,
    method: String,
    path: String,
    query: BTreeMap<String, String>,
    content_type: Option<String>,
    body: Vec<Value>,
    ends_with_newline: bool,
}

fn vectors() -> Vec<Vector> {
    serde_json::from_str(include_str!("../wire.json")).unwrap()
}

/// The entries of the recorded `_bulk`, as they were before they were sent.
fn entries(vectors: &[Vector]) -> Vec<LogEntry> {
    let put = vectors.iter().find(|vector| vector.operation == "put").unwrap();
    let documents = put.body.iter().skip(1).step_by(2);
    documents.map(|document| serde_json::from_value(document.clone()).unwrap()).collect()
}

/// What our own client sends for an operation, the last request of it.
async fn ours(operation: &str, entries: &[LogEntry]) -> Seen {
    let written = json!({"index": {"status": 201}});
    let (script, engine) = match operation {
        "make" | "put" => {
            Script::start([(200, json!({})), (200, json!({"items": [written, written]}))]).await
        }
        "partitions" => Script::start([(200, json!([]))]).await,
        "check" => Script::start([(200, json!({"status": "green"}))]).await,
        _ => Script::start([(200, json!({"hits": {"hits": []}}))]).await,
    };
    let text = |text: &str| Some(text.to_owned());
    let (first, day) = (&entries[0], entries[0].day());
    let filters = IndexQuery {
        tenant: TenantId(1_300_000_001),
        environment: Environment::Sandbox,
        application: Some(first.application.clone()),
        interface: text("documents.read"),
        step: text("mrz.read"),
        outcome: text("check_digit"),
        code: text("TD3"),
        words: crate::index::words("MRZ, read"),
        from: Timestamp(1),
        until: Some(Timestamp(1_795_348_800_001)),
        before: Some(LogEntry::id_of(first.call_id, 3)),
        limit: 11,
        call: None,
    };
    let steps = IndexQuery {
        tenant: TenantId(1_300_000_001),
        call: Some(first.call_id),
        from: Timestamp(1),
        limit: 1_000,
        ..everything()
    };
    match operation {
        "make" | "put" => drop(engine.put(entries).await.unwrap()),
        "search" => drop(engine.search(&filters).await.unwrap()),
        "steps" => drop(engine.search(&steps).await.unwrap()),
        "page" => drop(engine.page(day, Some(&first.id), 2).await.unwrap()),
        "partitions" => drop(engine.partitions().await.unwrap()),
        "drop" => engine.drop_partition(day).await.unwrap(),
        "check" => engine.check().await.unwrap(),
        other => panic!("no such operation: {other}"),
    }
    let place = usize::from(operation == "put");
    script.seen()[place].clone()
}

#[tokio::test]
async fn every_request_equals_those_of_the_official_clients() {
    let vectors = vectors();
    assert_eq!(vectors.len(), 16, "eight operations of two clients");
    let entries = entries(&vectors);
    for vector in &vectors {
        let what = format!("{} of {}", vector.operation, vector.client);
        let seen = ours(&vector.operation, &entries).await;
        // The one thing in which the two differ: Elasticsearch's client puts
        // what OpenSearch's posts. Both servers document both.
        let put_instead = vector.operation == "put" && vector.client.starts_with("elasticsearch");
        let method = if put_instead { "PUT" } else { &seen.method };
        assert_eq!(method, vector.method, "{what}");
        assert_eq!(seen.path, vector.path, "{what}");
        assert_eq!(seen.query, vector.query, "{what}");
        assert_eq!(seen.lines(), vector.body, "{what}");
        assert_eq!(seen.body.ends_with('\n'), vector.ends_with_newline, "{what}");
        let kind = seen.headers.get("content-type").map(String::as_str);
        let expected = match vector.operation.as_str() {
            "put" => Some("application/x-ndjson"),
            "make" | "search" | "steps" | "page" => Some("application/json"),
            _ => None,
        };
        assert_eq!(kind, expected, "{what}");
        if vector.client.starts_with("elasticsearch") {
            let theirs =
                vector.content_type.as_deref().map(|t| t.replace("vnd.elasticsearch+", ""));
            assert_eq!(theirs.as_deref(), expected, "{what}");
        }
    }
}

#[tokio::test]
async fn credentials_are_sent_and_shown_nowhere() {
    let (script, engine) =
        Script::start([(401, json!({"error": {"type": "security_exception"}}))]).await;
    let password = Sensitive::new("open sesame".to_owned());
    let settings = ElasticsearchSettings {
        authorization: Some(ElasticsearchSettings::basic("writer", &password)),
        ..engine.settings.clone()
    };
    assert!(!format!("{settings:?}").contains("Basic"));
    let engine = Elasticsearch::new(client(), settings).unwrap();
    let refused = engine.check().await.unwrap_err();
    assert_eq!(
        refused,
        IndexError::Refused { reason: "status 401, security_exception".to_owned() }
    );
    assert_eq!(script.seen()[0].headers["authorization"], "Basic d3JpdGVyOm9wZW4gc2VzYW1l");
}

#[test]
fn what_is_no_address_or_prefix_is_refused_before_anything_is_sent() {
    for bad in ["", "-a", "_a", "A", "a*", "a/b", "a,b", "a b", "a.b", &"a".repeat(65)] {
        let settings =
            ElasticsearchSettings { prefix: bad.to_owned(), ..settings("http://127.0.0.1") };
        assert!(Elasticsearch::new(client(), settings).is_err(), "{bad}");
    }
    assert!(Elasticsearch::new(client(), settings("127.0.0.1:9200")).is_err());
}
