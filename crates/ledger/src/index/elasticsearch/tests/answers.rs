//! Everything that a cluster may answer.

use super::*;

fn entries(number: usize) -> Vec<LogEntry> {
    let steps: Vec<_> = (0..number).map(|_| ("step", "ok", json!({}))).collect();
    Maker::new(7).call(NOON, "documents.read", &steps)
}

fn item(status: u16, kind: Option<&str>) -> Value {
    match kind {
        None => json!({"index": {"_id": "x", "status": status, "result": "created"}}),
        Some(kind) => json!({"index": {"status": status,
            "error": {"type": kind, "reason": "a text that nobody shows"}}}),
    }
}

fn bulk(items: &[Value]) -> (u16, Value) {
    let errors = items.iter().any(|item| item["index"].get("error").is_some());
    (200, json!({"took": 1, "errors": errors, "items": items}))
}

fn made() -> (u16, Value) {
    (200, json!({"acknowledged": true}))
}

fn is_unavailable(error: &IndexError) -> bool {
    matches!(error, IndexError::Unavailable { .. })
}

/// How many entries each `_bulk` request carried.
fn sizes(script: &Script) -> Vec<usize> {
    let seen = script.seen();
    seen.iter().filter(|s| s.path == "/_bulk").map(|s| s.body.lines().count() / 2).collect()
}

#[tokio::test]
async fn what_there_was_no_room_for_is_sent_again_and_nothing_else() {
    let full = Some("es_rejected_execution_exception");
    let broken = Some("unavailable_shards_exception");
    let (script, engine) = Script::start([
        made(),
        bulk(&[item(201, None), item(429, full), item(503, broken)]),
        bulk(&[item(201, None), item(429, full)]),
        bulk(&[item(200, None)]),
    ])
    .await;
    let entries = entries(3);
    assert_eq!(engine.put(&entries).await.unwrap(), []);
    assert_eq!(sizes(&script), [3, 2, 1]);
    let last = script.seen()[3].lines();
    assert_eq!(last[0]["index"]["_id"], entries[2].id);
}

#[tokio::test]
async fn what_finds_no_room_three_times_is_an_error_to_be_repeated() {
    let full = || bulk(&[item(429, Some("es_rejected_execution_exception"))]);
    let (script, engine) = Script::start([made(), full(), full(), full()]).await;
    let failed = engine.put(&entries(1)).await.unwrap_err();
    let reason = "status 429, es_rejected_execution_exception".to_owned();
    assert_eq!(failed, IndexError::Unavailable { reason });
    assert_eq!(sizes(&script), [1, 1, 1]);
}

#[tokio::test]
async fn what_is_refused_for_what_it_is_comes_back_with_its_place() {
    for kind in [
        "mapper_parsing_exception",
        "document_parsing_exception",
        "strict_dynamic_mapping_exception",
        "illegal_argument_exception",
    ] {
        let answers = [
            made(),
            bulk(&[item(201, None), item(400, Some(kind)), item(429, Some("x"))]),
            bulk(&[item(201, None)]),
        ];
        let (_, engine) = Script::start(answers).await;
        let refused = engine.put(&entries(3)).await.unwrap();
        assert_eq!(refused, [Refused { place: 1, reason: kind.to_owned() }]);
    }
}

#[tokio::test]
async fn an_index_that_went_away_is_made_anew() {
    let (script, engine) = Script::start([
        made(),
        bulk(&[item(404, Some("index_not_found_exception"))]),
        made(),
        bulk(&[item(201, None)]),
    ])
    .await;
    assert_eq!(engine.put(&entries(1)).await.unwrap(), []);
    let methods: Vec<_> = script.seen().into_iter().map(|seen| seen.method).collect();
    assert_eq!(methods, ["PUT", "POST", "PUT", "POST"]);
}

#[tokio::test]
async fn a_full_disk_at_the_cluster_loses_nothing() {
    let blocked = || bulk(&[item(403, Some("cluster_block_exception"))]);
    let (_, engine) = Script::start([made(), blocked(), blocked(), blocked()]).await;
    assert!(is_unavailable(&engine.put(&entries(1)).await.unwrap_err()));
}

#[tokio::test]
async fn a_request_that_is_too_large_is_halved_until_it_fits() {
    let large = || (413, json!({}));
    let (script, engine) = Script::start([
        made(),
        large(),
        bulk(&[item(201, None), item(201, None)]),
        large(),
        large(),
        bulk(&[item(201, None)]),
    ])
    .await;
    let refused = engine.put(&entries(4)).await.unwrap();
    assert_eq!(refused, [Refused { place: 2, reason: "too_large".to_owned() }]);
    assert_eq!(sizes(&script), [4, 2, 2, 1, 1]);
}

#[tokio::test]
async fn a_long_batch_goes_in_several_requests() {
    let many = |number: usize| bulk(&vec![item(201, None); number]);
    let (script, engine) = Script::start([made(), many(1_000), many(500)]).await;
    assert_eq!(engine.put(&entries(1_500)).await.unwrap(), []);
    assert_eq!(sizes(&script), [1_000, 500]);
    assert!(script.seen().iter().all(|seen| seen.body.len() <= 4 << 20));
}

#[tokio::test]
async fn answers_to_a_whole_request_are_told_apart() {
    let text = |text: &str| text.to_owned();
    let kind = |kind: &str| json!({"error": {"type": kind}}).to_string();
    let unavailable = [
        (429, kind("circuit_breaking_exception")),
        (503, kind("cluster_manager_not_discovered_exception")),
        (502, text("<html>")),
        (504, text("")),
        (500, text("{}")),
        (403, kind("cluster_block_exception")),
        (408, text("")),
    ];
    for (status, body) in unavailable {
        let (_, engine) = Script::start_raw([(200, text("{}")), (status, body)]).await;
        let failed = engine.put(&entries(1)).await.unwrap_err();
        assert!(is_unavailable(&failed), "{status}: {failed:?}");
    }
    let refused = [
        (401, kind("security_exception")),
        (403, kind("security_exception")),
        (400, kind("illegal_argument_exception")),
        (405, text("")),
        (406, text("")),
    ];
    for (status, body) in refused {
        let (_, engine) = Script::start_raw([(200, text("{}")), (status, body)]).await;
        let failed = engine.put(&entries(1)).await.unwrap_err();
        assert!(matches!(failed, IndexError::Refused { .. }), "{status}: {failed:?}");
    }
    let senseless = [
        (200, text("")),
        (200, text("<html>")),
        (200, text("{}")),
        (200, json!({"items": []}).to_string()),
        (200, json!({"items": [{"create": {"status": 201}}]}).to_string()),
        (200, json!({"items": [{"index": {}}]}).to_string()),
        (200, json!({"items": [{"index": {"status": 302}}]}).to_string()),
        (302, text("")),
        (204, text("")),
    ];
    for (status, body) in senseless {
        let (_, engine) = Script::start_raw([(200, text("{}")), (status, body.clone())]).await;
        let failed = engine.put(&entries(1)).await.unwrap_err();
        assert!(matches!(failed, IndexError::Answer { .. }), "{status} {body}: {failed:?}");
    }
}

#[tokio::test]
async fn nobody_there_is_unavailable() {
    let engine = engine("http://127.0.0.1:1");
    assert!(is_unavailable(&engine.put(&entries(1)).await.unwrap_err()));
    assert!(is_unavailable(&engine.check().await.unwrap_err()));
    assert_eq!(engine.put(&[]).await.unwrap(), [], "nothing to write asks nobody");
}

#[tokio::test]
async fn another_node_may_have_made_the_index() {
    let exists = json!({"error": {"type": "resource_already_exists_exception"}, "status": 400});
    let (_, engine) = Script::start([(400, exists), bulk(&[item(201, None)])]).await;
    assert_eq!(engine.put(&entries(1)).await.unwrap(), []);
    let limit = json!({"error": {"type": "validation_exception"}, "status": 400});
    let (script, engine) = Script::start([(400, limit)]).await;
    assert!(matches!(engine.put(&entries(1)).await, Err(IndexError::Refused { .. })));
    assert_eq!(sizes(&script), [0; 0], "nothing goes to an index without its mapping");
}

#[tokio::test]
async fn part_of_an_answer_is_none() {
    let hits = json!({"hits": []});
    for body in [
        json!({"timed_out": true, "hits": hits}),
        json!({"_shards": {"total": 2, "failed": 1}, "hits": hits}),
    ] {
        let (_, engine) = Script::start([(200, body)]).await;
        assert!(is_unavailable(&engine.search(&everything()).await.unwrap_err()));
    }
    for body in [
        json!({}),
        json!({"hits": {"hits": [{}]}}),
        json!({"hits": {"hits": [{"_source": {"id": "x"}}]}}),
    ] {
        let (_, engine) = Script::start([(200, body)]).await;
        let failed = engine.search(&everything()).await.unwrap_err();
        assert!(matches!(failed, IndexError::Answer { .. }), "{failed:?}");
    }
}

#[tokio::test]
async fn a_red_cluster_is_not_well() {
    for (status, well) in [("green", true), ("yellow", true), ("red", false)] {
        let (_, engine) = Script::start([(200, json!({"status": status}))]).await;
        assert_eq!(engine.check().await.is_ok(), well, "{status}");
    }
    let (_, engine) = Script::start([(200, json!({}))]).await;
    assert!(engine.check().await.is_err());
}

#[tokio::test]
async fn indices_of_others_are_left_alone() {
    let rows: Vec<_> = [
        "bonafide-oplog-2026.11.22",
        "bonafide-oplog-2026.1.2",
        "bonafide-oplog-2026.13.01",
        "bonafide-oplog-2026-11-21",
        "bonafide-oplog-notes",
        "bonafide-oplog-2025.01.02",
    ]
    .iter()
    .map(|name| json!({"index": name}))
    .collect();
    let (_, engine) = Script::start([(200, json!(rows))]).await;
    let days = engine.partitions().await.unwrap();
    assert_eq!(days, ["2025-01-02".parse().unwrap(), "2026-11-22".parse().unwrap()]);
}

proptest::proptest! {
    #[test]
    fn no_answer_whatever_is_a_panic_or_a_success(
        status in 100u16..600, body in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..200),
    ) {
        proptest::prop_assert!(wire::Reply::of(status, &body).entries().is_err());
    }

    #[test]
    fn no_item_whatever_is_a_panic_or_written(
        status in 0i64..1_000, kind in "\\PC{0,20}", shape in 0usize..4,
    ) {
        let error = json!({"type": kind});
        let item = [
            json!({"index": {"status": status, "error": error}}),
            json!({"index": {"status": kind, "error": status}}),
            json!({"index": [status]}),
            json!(kind),
        ][shape].clone();
        let answer = json!({"errors": false, "items": [item]});
        if let Ok(fates) = super::super::bulk::read(&answer, &[(0, String::new())]) {
            proptest::prop_assert!(fates.iter().all(|fate| !fate.is_written()));
        }
    }
}
