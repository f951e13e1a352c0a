//! Promises of the founding texts, at the door of this dialect.

use std::collections::BTreeMap;
use std::time::Duration;

use axum::body::Body;
use axum::http::{Method, Request, StatusCode};
use bonafide_context::{Clock, Environment, Realm};
use bonafide_ledger::Scopes;
use bonafide_policy::Category;
use bonafide_vault::records::{Row, Select, Table, Value};
use bonafide_vault::{Item, Opener, Under};
use bonafide_verify::verification::{ClientEvent, tick};

use super::house::{ADDRESS, House, Reply, request};
use super::matrix::setting;
use crate::api::routes;
use crate::route::Who;

/// What stands for something personal.
const MARKER: &str = "Eriksson-Marker-7Q";

async fn rows(house: &House, table: &'static Table) -> Vec<Row> {
    house.app.records().select(Select::from(table)).await.unwrap()
}

fn table(name: &str) -> &'static Table {
    bonafide_ledger::TABLES.iter().find(|table| table.name == name).unwrap()
}

/// Calls by interface and result, of rows that count `column` each, or one.
fn by_interface(rows: &[Row], column: Option<&str>) -> BTreeMap<(String, String), i64> {
    let mut counts = BTreeMap::new();
    for row in rows {
        let text = |name: &str| row.text(name).unwrap().to_owned();
        let count = column.map_or(1, |column| row.integer(column).unwrap());
        *counts.entry((text("interface"), text("result"))).or_default() += count;
    }
    counts
}

#[tokio::test]
async fn d1_every_route_leaves_one_row_of_its_interface_and_is_counted_once() {
    for route in routes() {
        let house = House::open().await;
        let (things, roles) = setting(&house).await;
        let own = &roles.own[0].1;
        let everything = house.key(own.tenant, &own.application, Scopes::all()).await;
        let caller = if route.who == Who::Operator { &roles.operator } else { &everything };
        let path = things.path(route);
        let at = format!("{} {path}", route.method);
        let before = rows(&house, table("ledger_calls")).await.len();
        let reply = house.call(&caller.token, route.method.clone(), &path, route.doc.example).await;
        let calls = rows(&house, table("ledger_calls")).await;
        assert_eq!(calls.len(), before + 1, "{at}");
        let name = reply.call();
        let row = calls.iter().find(|row| row.text("call_id").unwrap() == name).unwrap();
        let told = if reply.status.is_success() { "ok".to_owned() } else { reply.code() };
        for (column, value) in [
            ("interface", route.interface.name),
            ("application", caller.application.as_str()),
            ("region", "apac"),
            ("result", told.as_str()),
        ] {
            // Codes of the ledger are finer than those of answers.
            if column != "result" || reply.status.is_success() {
                assert_eq!(row.text(column).unwrap(), value, "{at}");
            }
        }
        assert_eq!(row.integer("app_id").unwrap(), i64::try_from(caller.tenant.0).unwrap());
        let usage = rows(&house, table("ledger_usage")).await;
        let (rows, counter) = (by_interface(&calls, None), by_interface(&usage, Some("calls")));
        assert_eq!(counter, rows, "{at}");
    }
}

#[tokio::test]
async fn d13_a_client_event_is_one_of_the_list_and_takes_no_text() {
    let house = House::open().await;
    let client = house.sandbox().await;
    let made = house.post(&client.token, "/v1/verifications", "{}").await.json();
    let (id, person) = (made["id"].as_str().unwrap(), made["token"].as_str().unwrap());
    let path = format!("/v1/verifications/{id}/events");
    for body in [
        format!(r#"{{"event":"{MARKER}"}}"#),
        format!(r#"{{"event":"camera_refused","text":"{MARKER}"}}"#),
        format!(r#"{{"event":{{"camera_refused":"{MARKER}"}}}}"#),
    ] {
        let reply = house.post(person, &path, &body).await;
        assert_eq!(reply.status, StatusCode::BAD_REQUEST, "{body}");
        assert!(!reply.text().contains(MARKER), "{}", reply.text());
    }
    let taken = house.post(person, &path, r#"{"event":"camera_refused"}"#).await;
    assert_eq!(taken.status, StatusCode::NO_CONTENT, "{}", taken.text());
    // The class of thirty days: it goes with its verification.
    let timeline = format!("/v1/verifications/{id}/timeline");
    let told = house.get(&client.token, &timeline).await;
    assert!(told.text().contains("camera_refused"), "{}", told.text());
    house.clock.advance(Duration::from_secs(30 * 86_400));
    assert_eq!(house.get(&client.token, &timeline).await.status, StatusCode::NOT_FOUND);
    tick(&house.app, 10).await.unwrap();
    let events = bonafide_verify::TABLES.iter().find(|t| t.category == Category::ClientEvents);
    assert_eq!(rows(&house, events.unwrap()).await, []);
}

#[test]
fn d13_the_pages_tell_events_of_the_list_and_nothing_else() {
    let script = include_str!("../../../flow/assets/flow.js");
    let told: Vec<&str> =
        script.split(".event(\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    assert!(told.len() > 8, "{told:?}");
    for event in told {
        let known = ClientEvent::ALL.iter().any(|one| one.name() == event);
        assert!(known, "the server takes no `{event}`");
    }
}

/// Names of members at any depth.
fn members(value: &serde_json::Value, found: &mut std::collections::BTreeSet<String>) {
    match value {
        serde_json::Value::Object(all) => {
            for (name, value) in all {
                found.insert(name.clone());
                members(value, found);
            }
        }
        serde_json::Value::Array(all) => all.iter().for_each(|value| members(value, found)),
        _ => {}
    }
}

#[tokio::test]
async fn p6_statistics_hold_counts_and_names_of_interfaces_only() {
    let house = House::open().await;
    let client = house.sandbox().await;
    let body = format!(r#"{{"reference":"{MARKER}"}}"#);
    assert_eq!(house.post(&client.token, "/v1/verifications", &body).await.status, 201);
    house.get(&client.token, &format!("/v1/verifications/{MARKER}")).await;
    let usage = house.get(&client.token, "/v1/usage").await;
    assert!(!usage.text().contains(MARKER));
    let mut usage = usage.json();
    // Results are codes of the closed list, each with a count.
    for line in usage["lines"].as_array_mut().unwrap() {
        for (code, count) in line["results"].as_object().unwrap() {
            assert!(count.is_u64() && code.bytes().all(|b| b.is_ascii_lowercase() || b == b'_'));
        }
        line["results"] = serde_json::Value::Null;
    }
    let mut found = std::collections::BTreeSet::new();
    members(&usage, &mut found);
    let allowed = ["calls", "currency", "day", "fees", "interface", "lines", "results"];
    assert_eq!(found.iter().map(String::as_str).collect::<Vec<_>>(), allowed);
}

#[tokio::test]
async fn m9_the_customers_reference_rests_as_a_keyed_hash() {
    let house = House::open().await;
    let tenant = house.tenant("Example Bank").await;
    let sandbox = house.client(tenant, Environment::Sandbox, Scopes::all()).await;
    let live = house.client(tenant, Environment::Live, Scopes::all()).await;
    let body = format!(r#"{{"reference":"{MARKER}"}}"#);
    let mut hashes = Vec::new();
    for client in [&sandbox, &live] {
        let made = house.post(&client.token, "/v1/verifications", &body).await;
        assert!(!made.text().contains(MARKER), "{}", made.text());
        let id = made.json()["id"].as_str().unwrap().to_owned();
        let found =
            house.get(&client.token, &format!("/v1/verifications?reference={MARKER}")).await.json();
        assert_eq!(found["verifications"][0]["id"], id.as_str(), "{found}");
        hashes.push(found["verifications"][0]["reference"].as_str().unwrap().to_owned());
    }
    // Who has the rows cannot try references: without the key they give nothing,
    // and in no two realms the same.
    assert_ne!(hashes[0], hashes[1]);
    // SHA-256 of the marker, which anyone could make.
    let plain = "1a21aefa7cea1e549d0b7b4960323f82453537368d0357794ba8285316e64ce9";
    assert!(hashes.iter().all(|hash| hash.len() == 64 && hash != plain));
    for bytes in house.written() {
        assert!(!bytes.1.windows(MARKER.len()).any(|w| w == MARKER.as_bytes()), "{}", bytes.0);
    }
}

#[tokio::test]
async fn o22_no_answer_sets_a_cookie() {
    let house = House::open().await;
    let (things, roles) = setting(&house).await;
    for route in routes().iter().filter(|route| route.method == Method::GET) {
        for token in ["", &roles.person, &roles.operator.token, &roles.own[0].1.token] {
            let mut asked = request(token, Method::GET, &things.path(route), "");
            asked.headers_mut().insert("cookie", "session=1".parse().unwrap());
            let reply = house.raw(asked).await;
            assert!(!reply.headers.contains_key("set-cookie"), "{}", route.path);
        }
    }
}

#[tokio::test]
async fn p3_a_copy_to_improve_models_leaves_by_no_door() {
    let house = House::open().await;
    let (things, roles) = setting(&house).await;
    let own = &roles.own[0].1;
    let everything = house.key(own.tenant, &own.application, Scopes::all()).await;
    let realm = house.caller(&everything.token).await.realm();
    let owner = format!("improvement/{}", things.verification);
    let vault = house.app.vault();
    let mut all: Vec<_> = routes().iter().collect();
    // What deletes comes last.
    all.sort_by_key(|route| route.method != Method::GET);
    for route in all {
        if vault.list(&realm, &owner).await.unwrap().is_empty() {
            let expires = bonafide_context::Timestamp(house.clock.now().0 + 3_600_000);
            for (name, category) in
                [("selfie", Category::FaceMedia), ("fields", Category::Identification)]
            {
                let (media_type, policy, realm) = ("image/jpeg", Under::default(), &realm);
                let item =
                    Item { realm, owner: &owner, name, category, expires, media_type, policy };
                let changes = vault.prepare(&item, MARKER.as_bytes()).await.unwrap();
                house.app.records().commit(changes).await.unwrap();
            }
        }
        // Only the person has a right to it (article 15).
        if route.doc.id == "exportSubject" {
            continue;
        }
        for token in [&everything.token, &roles.operator.token, &roles.person] {
            let path = things.path(route);
            let reply = house.call(token, route.method.clone(), &path, route.doc.example).await;
            assert!(!reply.text().contains(MARKER), "{} {path}", route.method);
        }
    }
}

#[tokio::test]
async fn d20_the_address_and_browser_of_a_caller_rest_nowhere() {
    let house = House::open().await;
    let client = house.sandbox().await;
    for (path, agent) in [("/v1/usage", MARKER), ("/v1/verifications", MARKER)] {
        let asked = Request::get(path)
            .header("authorization", format!("Bearer {}", client.token))
            .header("user-agent", agent)
            .header("referer", format!("https://shop.example/{MARKER}"))
            .body(Body::empty());
        assert_eq!(house.raw(asked.unwrap()).await.status, 200);
    }
    house.app.accounts().tick().await.unwrap();
    house.app.ledger().ship(100).await.unwrap();
    let address = ADDRESS.to_string();
    for (file, bytes) in house.written() {
        for marker in [MARKER, &address] {
            assert!(!bytes.windows(marker.len()).any(|w| w == marker.as_bytes()), "{file}");
        }
    }
}

/// A simulated week in which nobody calls, with everything that the server does
/// by itself.
async fn idle_week(house: &House) {
    for _ in 0..7 * 24 {
        house.clock.advance(Duration::from_secs(3_600));
        let (app, now) = (&house.app, house.clock.now());
        app.ledger().settle().await.unwrap();
        app.ledger().ship(100).await.unwrap();
        app.ledger().reap(100).await.unwrap();
        app.vault().reap(100).await.unwrap();
        app.accounts().tick().await.unwrap();
        tick(app, 100).await.unwrap();
        crate::reap(&**app.records(), now).await.unwrap();
        let webhooks = app.webhooks().unwrap();
        webhooks.dispatch_due(now).await.unwrap();
        webhooks.reap(Duration::from_secs(30 * 86_400)).await.unwrap();
    }
}

#[tokio::test]
async fn p10_an_idle_week_opens_no_envelope() {
    let house = House::open().await;
    let client = house.sandbox().await;
    let realm = Realm {
        tenant: client.tenant,
        environment: Environment::Sandbox,
        region: "apac".parse().unwrap(),
    };
    let made = house.once(&client.token, "k1", "/v1/verifications", r#"{"reference":"a"}"#).await;
    let made = made.json();
    let id = made["id"].as_str().unwrap();
    // Something that lives for longer, something that expires on the way, and what
    // was found out in a verification whose time is over within the week.
    let now = house.clock.now();
    for (owner, name, hours) in
        [("ver_1", "short", 5), ("ver_1", "long", 24 * 30), (id, "result", 24 * 30)]
    {
        let expires = bonafide_context::Timestamp(now.0 + hours * 3_600_000);
        let media_type = "text/plain";
        let category = Category::Results;
        let item = Item {
            realm: &realm,
            owner,
            name,
            category,
            expires,
            media_type,
            policy: Under::default(),
        };
        let changes = house.app.vault().prepare(&item, b"x").await.unwrap();
        house.app.records().commit(changes).await.unwrap();
    }
    let before = house.app.vault().opened();
    idle_week(&house).await;
    assert_eq!(house.app.vault().opened(), before);
    let told = house.get(&client.token, &format!("/v1/verifications/{id}/timeline")).await;
    assert!(told.text().contains("expired"), "a job has come by: {}", told.text());
    // What is read for a call is counted.
    assert_eq!(
        house.app.vault().read(&Opener::desk("a test"), &realm, "ver_1", "short").await.unwrap(),
        None
    );
    assert!(
        house
            .app
            .vault()
            .read(&Opener::desk("a test"), &realm, "ver_1", "long")
            .await
            .unwrap()
            .is_some()
    );
    assert_eq!(house.app.vault().opened(), before + 1);
}

#[tokio::test]
async fn p10_what_is_opened_for_a_call_stands_in_its_trace() {
    let house = House::open().await;
    let client = house.sandbox().await;
    let id = house.verified(&client).await;
    let path = format!("/v1/verifications/{id}");
    let token = &client.token;
    let before = house.app.vault().opened();
    let told = async |reply: Reply| {
        assert_eq!(reply.status, 200, "{}", reply.text());
        let trace = house.get(token, &format!("/v1/calls/{}", reply.call())).await.json();
        let steps = trace["steps"].as_array().unwrap().clone();
        let opened = steps.into_iter().filter(|step| step["step"] == "vault.opened");
        opened.map(|step| step["facts"].clone()).collect::<Vec<_>>()
    };
    let of = |categories: &[&str], items: u64| {
        vec![serde_json::json!({ "categories": categories, "items": items })]
    };
    assert_eq!(told(house.get(token, &path).await).await, of(&["results"], 1));
    let picture = house.get(token, &format!("{path}/media/selfie")).await;
    assert_eq!(told(picture).await, of(&["face_media"], 1));
    let export = house.ask(token, "export", "{}").await;
    assert_eq!(told(export).await, of(&["face_media", "results"], 2));
    // A call that opens nothing says nothing of it, and nothing else was opened.
    let listed = house.get(token, "/v1/verifications").await;
    assert_eq!(told(listed).await, Vec::<serde_json::Value>::new());
    assert_eq!(house.app.vault().opened(), before + 4);
}

#[tokio::test]
async fn r6_o8_the_customer_deletes_by_one_call_and_the_row_stays() {
    let house = House::open().await;
    let client = house.sandbox().await;
    let body = format!(r#"{{"reference":"{MARKER}"}}"#);
    let made = house.post(&client.token, "/v1/verifications", &body).await.json();
    let id = made["id"].as_str().unwrap();
    let path = format!("/v1/verifications/{id}");
    let realm = house.caller(&client.token).await.realm();
    let expires = bonafide_context::Timestamp(house.clock.now().0 + 3_600_000);
    let item = Item {
        realm: &realm,
        owner: id,
        name: "selfie",
        category: Category::FaceMedia,
        expires,
        media_type: "image/jpeg",
        policy: Under::default(),
    };
    let picture = vec![7; 200_000];
    let changes = house.app.vault().prepare(&item, &picture).await.unwrap();
    house.app.records().commit(changes).await.unwrap();
    let objects = async || house.app.vault().stores().objects.list("").await.unwrap().len();
    assert_eq!(objects().await, 1);

    let redacted = house.post(&client.token, &format!("{path}/redact"), r#"{"scope":"all"}"#).await;
    assert_eq!(redacted.status, 200, "{}", redacted.text());
    assert_eq!(redacted.json()["items"], 1);
    assert_eq!(objects().await, 0);
    assert_eq!(
        house.app.vault().read(&Opener::desk("a test"), &realm, id, "selfie").await.unwrap(),
        None
    );
    // The row stays without anything of the person, and so does the trace.
    let left = house.get(&client.token, &path).await.json();
    assert_eq!(
        (&left["state"], &left["reference"]),
        (&"cancelled".into(), &serde_json::Value::Null)
    );
    let hash = made["reference"].as_str().unwrap();
    for table in bonafide_verify::TABLES {
        for row in rows(&house, table).await {
            for column in table.columns {
                if let Value::Text(text) = row.value(column.name).unwrap() {
                    assert!(!text.contains(hash), "{} {}", table.name, column.name);
                }
            }
        }
    }
    let trace = house.get(&client.token, &format!("/v1/calls/{}", redacted.call())).await.json();
    assert_eq!(trace["call"]["result"], "ok");
    assert_eq!(trace["call"]["interface"], "verifications.redact");
}
