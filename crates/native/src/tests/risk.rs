//! What identifies a person is asked about, answered, and nowhere.

use std::collections::BTreeSet;

use axum::http::StatusCode;
use bonafide_context::Environment;
use bonafide_ledger::Scopes;
use bonafide_vault::records::Select;
use serde_json::{Value, json};

use super::house::{House, Key};
use crate::openapi;

const NUMBER: &str = "+447418369731";
const ADDRESS: &str = "zq7.kestrel.marker@zq7marker.example";

/// A tenant under a policy.
async fn under(house: &House, policy: Option<&str>) -> Key {
    let tenant = house.tenant_under("Example Bank", policy).await;
    house.client(tenant, Environment::Sandbox, Scopes::all()).await
}

fn both() -> Value {
    json!({ "phone": { "number": NUMBER }, "email": { "address": ADDRESS } })
}

/// What is told of one thing that was asked about.
async fn told(house: &House, key: &Key, path: &str, body: &Value) -> Value {
    let reply = house.post(&key.token, path, &body.to_string()).await;
    assert_eq!(reply.status, StatusCode::OK, "{path}: {}", reply.text());
    let results = reply.json()["results"].as_array().unwrap().clone();
    assert_eq!(results.len(), 1);
    results[0].clone()
}

fn members(value: &Value) -> BTreeSet<&str> {
    value.as_object().unwrap().keys().map(String::as_str).collect()
}

#[tokio::test]
async fn o21_under_the_risk_policy_sources_and_a_score_are_told_and_nothing_else() {
    let house = House::open().await;
    for policy in [None, Some("ekyc-pro")] {
        let key = under(&house, policy).await;
        for (path, body) in [
            ("/v1/risk/phone", json!({ "number": NUMBER })),
            ("/v1/risk/email", json!({ "address": ADDRESS })),
            ("/v1/risk/device", json!({ "device": { "device": { "os": "Android" } } })),
            ("/v1/risk/assess", both()),
        ] {
            let told = told(&house, &key, path, &body).await;
            let allowed = ["score", "band", "coverage", "registered", "nulls"];
            assert_eq!(members(&told), allowed.into(), "{policy:?} {path}");
            // Only what sources could not say.
            let nulls = told["nulls"].as_array().unwrap();
            assert!(nulls.iter().all(|null| null["source"].is_string()), "{told}");
        }
    }
}

#[tokio::test]
async fn o21_a_policy_that_names_signals_has_them_told_and_no_others() {
    let house = House::open().await;
    let key = under(&house, Some("signals")).await;
    let all = told(&house, &key, "/v1/risk/assess", &both()).await;
    assert_eq!(members(&all["signals"]), ["phone"].into(), "{all}");
    assert_eq!(all["signals"]["phone"]["possible"], true);
    let speaks_of_phone = |of: &Value| of.as_str().unwrap().starts_with("phone");
    assert!(all["reasons"].as_array().unwrap().iter().all(speaks_of_phone), "{all}");
    let nulls = all["nulls"].as_array().unwrap();
    assert!(nulls.iter().all(|null| speaks_of_phone(&null["signal"])), "{all}");
    assert!(!all.to_string().contains("kestrel"), "{all}");
}

/// Names of the schemas that one refers to, its own among them.
fn reached(document: &Value, name: &str, found: &mut BTreeSet<String>) {
    if !found.insert(name.to_owned()) {
        return;
    }
    walk(&document["components"]["schemas"][name], &mut |value| {
        if let Some(of) = value["$ref"].as_str() {
            reached(document, of.rsplit('/').next().unwrap(), found);
        }
    });
}

fn walk(value: &Value, look: &mut impl FnMut(&Value)) {
    look(value);
    match value {
        // The names of a map's members: those of sources and of tables.
        Value::Object(all) => {
            let named = all.iter().filter(|(name, _)| *name != "propertyNames");
            named.for_each(|(_, value)| walk(value, look));
        }
        Value::Array(all) => all.iter().for_each(|value| walk(value, look)),
        _ => {}
    }
}

#[test]
fn o21_an_answer_about_risk_has_no_field_for_a_text() {
    let document = serde_json::to_value(openapi()).unwrap();
    let mut all = BTreeSet::new();
    reached(&document, "RiskAnswers", &mut all);
    assert!(all.len() > 8, "{all:?}");
    // Beside closed lists: the name of the call, of a source that the tenant named, and
    // words out of packaged tables, which are not of who is asked about.
    let excused = ["RiskAnswers.call_id", "Null.source", "DataVersions", "Listed", "RegionCode"];
    for name in &all {
        let schema = &document["components"]["schemas"][name];
        let empty = serde_json::Map::new();
        let members = schema["properties"].as_object().unwrap_or(&empty);
        let members = members.iter().map(|(of, schema)| (format!("{name}.{of}"), schema));
        let whole = members.clone().next().is_none().then(|| (name.clone(), schema));
        for (place, schema) in members.chain(whole) {
            let mut free = false;
            walk(schema, &mut |value| {
                let text = match &value["type"] {
                    Value::String(kind) => kind == "string",
                    Value::Array(kinds) => kinds.iter().any(|kind| kind == "string"),
                    _ => false,
                };
                free |= text && value["enum"].is_null() && value["pattern"].is_null();
            });
            assert!(!free || excused.contains(&place.as_str()), "{place} may hold any text");
        }
    }
}

#[tokio::test]
async fn o20_a_call_about_risk_leaves_one_row_a_fee_and_nothing_of_what_it_asked() {
    let house = House::open().await;
    let key = under(&house, None).await;
    let body = both().to_string();
    let first = house.once(&key.token, "the-same", "/v1/risk/assess", &body).await;
    // The key names no request: nothing of the first is there to compare with.
    let other = body.replace("731", "732");
    let second = house.once(&key.token, "the-same", "/v1/risk/assess", &other).await;
    assert_eq!((first.status, second.status), (StatusCode::OK, StatusCode::OK));
    assert!(!second.headers.contains_key("idempotency-replayed"));
    let requests = house.app.records().count(crate::TABLES[0], Vec::new()).await.unwrap();
    assert_eq!(requests, 0);

    let trace = house.get(&key.token, &format!("/v1/calls/{}", first.call())).await.json();
    assert_eq!(trace["call"]["interface"], "risk.assess", "{trace}");
    assert_eq!(trace["call"]["result"], "ok", "{trace}");
    house.app.ledger().ship(100).await.unwrap();
    let steps = house.get(&key.token, &format!("/v1/operations?call={}", first.call())).await;
    for told in [trace.to_string(), steps.text()] {
        // That a body came, and nothing of how long it was or what it held.
        for word in ["phone", "email", "score", "band", "\"bytes\""] {
            assert!(!told.contains(word), "{word}: {told}");
        }
    }
    for (path, bytes) in house.written() {
        for marker in [&NUMBER[3..], "zq7", "kestrel"] {
            let found = bytes.windows(marker.len()).any(|part| part == marker.as_bytes());
            assert!(!found, "{path} holds {marker}");
        }
    }
    // The rows that there are: of nobody who was asked about.
    for table in bonafide_verify::TABLES {
        let rows = house.app.records().select(Select::from(table)).await.unwrap();
        assert_eq!(rows, [], "{}", table.name);
    }
}

#[tokio::test]
async fn a_batch_is_answered_in_its_order_and_is_bounded() {
    let house = House::open().await;
    let key = under(&house, Some("signals")).await;
    let of = |count: usize| {
        let one = |at| json!({ "number": if at % 2 == 0 { NUMBER } else { "+44" } });
        json!({ "batch": (0..count).map(one).collect::<Vec<_>>() }).to_string()
    };
    let reply = house.post(&key.token, "/v1/risk/phone", &of(100)).await;
    assert_eq!(reply.status, StatusCode::OK, "{}", reply.text());
    let results = reply.json()["results"].as_array().unwrap().clone();
    assert_eq!(results.len(), 100);
    for (at, result) in results.iter().enumerate() {
        assert_eq!(result["signals"]["phone"]["possible"] == true, at % 2 == 0, "{at}: {result}");
    }
    for body in [of(101), of(0)] {
        let reply = house.post(&key.token, "/v1/risk/phone", &body).await;
        assert_eq!(reply.code(), "invalid_request", "{}", reply.text());
    }
}

#[tokio::test]
async fn what_is_refused_is_refused_without_an_echo() {
    let house = House::open().await;
    let key = under(&house, Some("signals")).await;
    let cases = [
        ("/v1/risk/phone", json!({ "number": NUMBER, ADDRESS: 1 })),
        ("/v1/risk/phone", json!({ "number": { NUMBER: ADDRESS } })),
        ("/v1/risk/phone", json!({ "number": NUMBER, "default_region": ADDRESS })),
        ("/v1/risk/email", json!({ "address": ADDRESS, "number": NUMBER })),
        ("/v1/risk/assess", json!({ "phone": NUMBER })),
        ("/v1/risk/assess", json!({ "person": { "name": ADDRESS } })),
        ("/v1/risk/device", json!({ "device": ADDRESS })),
        ("/v1/risk/device", json!({ "device": {}, "consent": ADDRESS })),
    ];
    for (path, body) in cases {
        let reply = house.post(&key.token, path, &body.to_string()).await;
        assert_eq!(reply.status, StatusCode::BAD_REQUEST, "{body}: {}", reply.text());
        for marker in [&NUMBER[3..], "zq7", "kestrel"] {
            assert!(!reply.text().contains(marker), "{body}: {}", reply.text());
        }
    }
    // What can be read but is neither number nor address has an answer, bounded.
    for odd in [
        "\u{202e}+44\u{200b}",
        "+44 7418 36O973",
        "＋４４７４１８",
        &"a".repeat(10_000),
        "\"\"\"\"@[::]",
    ] {
        let both = json!({ "phone": { "number": odd }, "email": { "address": odd } });
        let told = told(&house, &key, "/v1/risk/assess", &both).await;
        assert!(!told.to_string().contains(odd), "{told}");
    }
}

/// A browser that agrees with itself.
fn browser() -> Value {
    json!({
        "device": { "os": "Windows", "screen_width": 1920, "screen_height": 1080,
                    "time_zone": "Europe/Berlin", "language": "de-DE" },
        "browser": {
            "user_agent": "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 \
                           (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36",
            "hint_brands": "\"Chromium\";v=\"130\"", "hint_platform": "Windows",
            "hint_mobile": false, "webdriver": false, "languages": "de-DE,en-US",
            "touch_points": 0, "pixel_ratio": 1.25, "window_width": 1900, "window_height": 900,
            "gpu": "ANGLE (Example, Direct3D11)", "camera": "HD Webcam",
        },
        "network": { "type": "wifi", "country": "DE" },
    })
}

#[tokio::test]
async fn what_does_not_fit_together_of_a_device_is_told_through_the_door() {
    let house = House::open().await;
    let key = under(&house, Some("signals-of-devices")).await;
    let reasons = async |facts: &Value| {
        let body = json!({ "device": facts });
        let told = told(&house, &key, "/v1/risk/device", &body).await;
        let signals = told["signals"]["device"].clone();
        (told["reasons"].clone(), signals, told["nulls"].clone())
    };
    let (none, signals, _) = reasons(&browser()).await;
    assert_eq!(none, json!([]), "{signals}");
    for (group, name, value, reason, signal) in [
        (
            "browser",
            "hint_brands",
            json!("\"Chromium\";v=\"99\""),
            "device_user_agent_mismatch",
            "user_agent_mismatch",
        ),
        (
            "browser",
            "hint_platform",
            json!("Android"),
            "device_user_agent_mismatch",
            "user_agent_mismatch",
        ),
        (
            "browser",
            "hint_mobile",
            json!(true),
            "device_user_agent_mismatch",
            "user_agent_mismatch",
        ),
        ("browser", "webdriver", json!(true), "device_automation", "automation"),
        ("device", "model", json!("sdk_gphone64_x86_64"), "device_emulator", "emulator"),
        ("browser", "gpu", json!("Google SwiftShader"), "device_emulator", "emulator"),
        (
            "browser",
            "camera",
            json!("OBS Virtual Camera"),
            "device_virtual_camera",
            "virtual_camera",
        ),
        ("browser", "camera", json!("fake_device_0"), "device_virtual_camera", "virtual_camera"),
        ("device", "screen_width", json!(0), "device_impossible_screen", "impossible_screen"),
        ("browser", "window_width", json!(9_000), "device_impossible_screen", "impossible_screen"),
        ("device", "os", json!("Android"), "device_system_mismatch", "system_mismatch"),
        ("network", "type", json!("vpn"), "device_vpn", "vpn"),
    ] {
        let mut facts = browser();
        facts[group][name] = value;
        let (reasons, signals, _) = reasons(&facts).await;
        assert_eq!(reasons, json!([reason]), "{name}: {signals}");
        assert_eq!(signals[signal], true, "{name}");
    }
    // Where tables are not installed nobody guesses where a time zone is; where they are,
    // the room of risk says so.
    let (_, signals, nulls) = reasons(&browser()).await;
    for name in ["language_mismatch", "network_mismatch"] {
        assert!(signals[name].is_null(), "{signals}");
        let told = json!({ "signal": format!("device.{name}"), "reason": "data_not_installed" });
        assert!(nulls.as_array().unwrap().contains(&told), "{nulls}");
    }
}

#[tokio::test]
async fn d12_a_device_is_asked_about_by_its_list_and_nothing_of_it_rests() {
    let house = House::open().await;
    let key = under(&house, Some("signals-of-devices")).await;
    let body = json!({ "device": {
        "device": { "model": "Zq7 Kestrel", "owner": "zq7" },
        "permissions": { "camera": "granted", "thoughts": "granted" },
        "browser": { "webdriver": true },
        "clipboard": "zq7",
    }});
    let told = told(&house, &key, "/v1/risk/device", &body).await;
    assert_eq!(told["signals"]["device"]["dropped"], 3, "{told}");
    house.app.ledger().ship(100).await.unwrap();
    for (path, bytes) in house.written() {
        let found = bytes.windows(11).any(|part| part == b"Zq7 Kestrel");
        assert!(!found, "{path} holds what the device is");
    }
}
