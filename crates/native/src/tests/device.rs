//! Facts of a device at the door: a closed list, and nothing beyond it.

use std::time::Duration;

use axum::http::{Method, StatusCode};
use bonafide_context::Environment;
use bonafide_ledger::Scopes;
use bonafide_policy::{Access, Category, Purpose, Role};
use bonafide_vault::Opener;
use bonafide_vault::records::{Row, Select};
use serde_json::json;

use super::house::{House, Key};

const MARKER: &str = "Eriksson-Marker-7Q";

/// Sends facts, and gives how many are kept and dropped and which are withheld.
async fn tell(house: &House, token: &str, id: &str, body: &serde_json::Value) -> serde_json::Value {
    let path = format!("/v1/verifications/{id}/device");
    let reply = house.post(token, &path, &body.to_string()).await;
    assert_eq!(reply.status, StatusCode::OK, "{}", reply.text());
    assert!(!reply.text().contains(MARKER), "{}", reply.text());
    reply.json()
}

async fn begun(house: &House, token: &str) -> (String, String) {
    let made = house.post(token, "/v1/verifications", "{}").await.json();
    let text = |name: &str| made[name].as_str().unwrap().to_owned();
    (text("id"), text("token"))
}

/// What rests of the facts, opened.
async fn resting(house: &House, token: &str, id: &str) -> String {
    let realm = house.caller(token).await.realm();
    let read = house.app.vault().read(&Opener::desk("a test"), &realm, id, "device").await.unwrap();
    read.map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).unwrap_or_default()
}

#[tokio::test]
async fn d7_d9_what_nobody_declared_of_device_and_application_rests_nowhere() {
    let house = House::open().await;
    let key = house.sandbox().await.token;
    let (id, person) = begun(&house, &key).await;
    let body = json!({
        "device": { "model": "Example One", "owner": MARKER, "contacts": [MARKER] },
        "host_application": { "name": "app.example", "version": "1.2", "user": MARKER },
        "clipboard": MARKER,
    });
    let told = tell(&house, &person, &id, &body).await;
    assert_eq!((&told["kept"], &told["dropped"]), (&json!(3), &json!(4)), "{told}");
    let kept = resting(&house, &key, &id).await;
    assert!(kept.contains("Example One") && kept.contains("app.example"), "{kept}");
    assert!(!kept.contains(MARKER));
    // What is kept is sealed, and what is not stands nowhere.
    house.app.ledger().ship(100).await.unwrap();
    for (file, bytes) in house.written() {
        for text in [MARKER, "Example One"] {
            assert!(!bytes.windows(text.len()).any(|w| w == text.as_bytes()), "{file}: {text}");
        }
    }
    // What was told before is replaced.
    tell(&house, &person, &id, &json!({ "device": { "os": "Android" } })).await;
    assert!(!resting(&house, &key, &id).await.contains("Example One"));
}

#[tokio::test]
async fn d8_d12_the_name_server_takes_a_switch_and_permissions_are_listed() {
    let house = House::open().await;
    let client = house.sandbox().await;
    let operator = house.operator().await;
    let (id, person) = begun(&house, &client.token).await;
    let body = json!({
        "network": { "type": "wifi", "dns_ip": "192.0.2.53", "ssid": MARKER },
        "permissions": { "camera": "granted", "contacts": "granted", "location": MARKER },
    });
    let told = tell(&house, &person, &id, &body).await;
    assert_eq!((&told["kept"], &told["dropped"]), (&json!(2), &json!(3)), "{told}");
    assert_eq!(told["withheld"], json!(["dns_ip"]));
    let path = format!("/v1/tenants/{}/switches", client.tenant);
    for (on, kept) in [(true, 3), (false, 2)] {
        let switch = json!({ "switch": "dns_address", "on": on }).to_string();
        let refused = house.call(&client.token, Method::PATCH, &path, &switch).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN, "only the operator switches");
        let set = house.call(&operator.token, Method::PATCH, &path, &switch).await;
        assert_eq!(set.status, StatusCode::OK, "{}", set.text());
        let told = tell(&house, &person, &id, &body).await;
        assert_eq!(told["kept"], kept);
        assert_eq!(resting(&house, &client.token, &id).await.contains("192.0.2.53"), on);
    }
}

/// A tenant whose policy names what is told of devices, or not.
async fn under(house: &House, policy: Option<&str>) -> Key {
    let tenant = house.tenant_under("Example Bank", policy).await;
    house.client(tenant, Environment::Sandbox, Scopes::all()).await
}

#[tokio::test]
async fn what_a_device_tells_is_in_the_answer_only_where_the_policy_names_it() {
    let house = House::open().await;
    let body = json!({
        "browser": { "webdriver": true, "camera": "fake_device_0", "font_list": MARKER },
        "device": { "screen_width": 0, "screen_height": 0 },
    });
    for (policy, named) in
        [(Some("signals-of-devices"), true), (Some("signals"), false), (None, false)]
    {
        let key = under(&house, policy).await.token;
        let (id, person) = begun(&house, &key).await;
        let path = format!("/v1/verifications/{id}");
        let before = house.get(&key, &path).await.json();
        assert!(before.get("device_risk").is_none(), "{before}");
        tell(&house, &person, &id, &body).await;
        let told = house.get(&key, &path).await;
        assert_eq!(told.status, StatusCode::OK, "{}", told.text());
        assert!(!told.text().contains(MARKER) && !told.text().contains("fake_device"));
        let told = told.json();
        assert_eq!(told.get("device_risk").is_some(), named, "{policy:?}: {told}");
        // The person's browser learns nothing of it.
        let own = house.get(&person, &path).await.json();
        assert!(own.get("device_risk").is_none(), "{own}");
        if !named {
            continue;
        }
        let risk = &told["device_risk"];
        assert_eq!((&risk["band"], &risk["dropped"]), (&json!("high"), &json!(1)), "{risk}");
        assert!(risk["coverage"].as_f64().is_some_and(|share| share > 0.0 && share < 1.0));
        let reasons = ["device_automation", "device_virtual_camera", "device_impossible_screen"];
        assert_eq!(risk["reasons"], json!(reasons));
        assert_eq!(risk["score"], 100);
        // What is told anew takes the place of what was told before.
        tell(&house, &person, &id, &json!({ "browser": { "webdriver": false } })).await;
        let again = house.get(&key, &path).await.json();
        assert_eq!(
            (&again["device_risk"]["score"], &again["device_risk"]["reasons"]),
            (&json!(0), &json!([]))
        );
        // It goes with the results of its policy: the strict one keeps them for two hours.
        house.clock.advance(Duration::from_secs(2 * 3_600));
        let late = house.get(&key, &path).await.json();
        assert!(late.get("device_risk").is_none(), "{late}");
    }
}

#[tokio::test]
async fn pages_tell_facts_of_a_device_only_where_the_customer_wants_it() {
    let house = House::open().await;
    let key = house.sandbox().await.token;
    for (settings, wanted) in [(json!({}), false), (json!({ "device_facts": true }), true)] {
        let body = json!({ "settings": settings }).to_string();
        let made = house.post(&key, "/v1/verifications", &body).await.json();
        let (id, person) = (made["id"].as_str().unwrap(), made["token"].as_str().unwrap());
        let page = house.get(person, &format!("/v1/verifications/{id}/page")).await.json();
        assert_eq!(page["device_facts"], wanted, "{page}");
    }
}

/// What is told of a device that hands over an id, in a verification of its own.
async fn seen(house: &House, key: &str, id: &str) -> (String, serde_json::Value) {
    let (verification, person) = begun(house, key).await;
    tell(house, &person, &verification, &json!({ "device": { "cookie_id": id } })).await;
    let told = house.get(key, &format!("/v1/verifications/{verification}")).await;
    assert!(!told.text().contains(id), "{}", told.text());
    (verification, told.json()["device_risk"]["seen_before"].clone())
}

/// Rows by which devices are found again.
async fn keys(house: &House) -> usize {
    let table = bonafide_verify::TABLES.iter().find(|table| table.name == "device_keys").unwrap();
    house.app.records().select(Select::from(table)).await.unwrap().len()
}

#[tokio::test]
async fn d7_that_a_device_was_there_before_is_known_only_where_the_policy_has_it() {
    let house = House::open().await;
    let without = under(&house, Some("signals-of-devices")).await.token;
    for _ in 0..2 {
        assert_eq!(seen(&house, &without, MARKER).await.1, json!(null));
    }
    assert_eq!(keys(&house).await, 0);
    let key = under(&house, Some("device-keys")).await.token;
    for before in 0..3 {
        assert_eq!(seen(&house, &key, MARKER).await.1, json!(before));
    }
    // Nobody else's device, nor one that was given no id.
    assert_eq!(seen(&house, &key, "another-7R").await.1, json!(0));
    let (id, person) = begun(&house, &key).await;
    let facts = json!({ "device": { "model": "Example One" } });
    tell(&house, &person, &id, &facts).await;
    let told = house.get(&key, &format!("/v1/verifications/{id}")).await.json();
    assert!(told["device_risk"].get("seen_before").is_none(), "{told}");
    assert_eq!(keys(&house).await, 4);
    // Another tenant knows nothing of it, and neither does another environment.
    let tenant = house.tenant_under("Other Bank", Some("device-keys")).await;
    for environment in [Environment::Sandbox, Environment::Live] {
        let other = house.client(tenant, environment, Scopes::all()).await.token;
        assert_eq!(seen(&house, &other, MARKER).await.1, json!(0), "{environment:?}");
    }
    // The id stands nowhere, in no row and in no file.
    for (file, bytes) in house.written() {
        assert!(!bytes.windows(MARKER.len()).any(|w| w == MARKER.as_bytes()), "{file}");
    }
}

#[tokio::test]
async fn d7_a_device_is_read_for_security_and_each_read_is_written_down() {
    let house = House::open().await;
    let key = under(&house, Some("device-keys")).await.token;
    let (first, _) = seen(&house, &key, MARKER).await;
    let (second, _) = seen(&house, &key, MARKER).await;
    let reads = bonafide_verify::TABLES.iter().find(|t| t.name == "verification_reads").unwrap();
    let rows = house.app.records().select(Select::from(reads)).await.unwrap();
    let text = |row: &Row, name: &str| row.text(name).unwrap().to_owned();
    let of_keys: Vec<_> = rows
        .iter()
        .filter(|row| row.text("category").unwrap() == "device_key")
        .map(|row| (text(row, "verification"), text(row, "purpose"), text(row, "role")))
        .collect();
    assert_eq!(of_keys, [(first.clone(), "security".to_owned(), "service".to_owned())]);
    // Nobody reads one for the service, under whatever role.
    let policy = house.app.accounts().policy_of(house.caller(&key).await.tenant).await.unwrap();
    for &role in Role::ALL {
        let access = policy.may_read(role, Purpose::Service, Category::DeviceKey);
        assert_eq!(access, Access::Denied, "{role}");
    }
    // Deleted with all that is personal, at once: it is met no more.
    for (id, left) in [(&first, 1), (&second, 0)] {
        let path = format!("/v1/verifications/{id}/redact");
        assert_eq!(house.post(&key, &path, r#"{"scope":"all"}"#).await.status, StatusCode::OK);
        assert_eq!(keys(&house).await, left);
    }
    assert_eq!(seen(&house, &key, MARKER).await.1, json!(0));
}

#[tokio::test]
async fn d7_a_device_is_met_no_more_once_its_key_had_its_time() {
    let house = House::open().await;
    let key = under(&house, Some("device-keys")).await.token;
    seen(&house, &key, MARKER).await;
    let day = Duration::from_secs(24 * 3_600);
    house.clock.advance(day - Duration::from_millis(1));
    assert_eq!(seen(&house, &key, MARKER).await.1, json!(1));
    house.clock.advance(Duration::from_millis(1));
    // The first one's key is over, the second one's is not.
    assert_eq!(seen(&house, &key, MARKER).await.1, json!(1));
    bonafide_verify::verification::tick(&house.app, 100).await.unwrap();
    assert_eq!(keys(&house).await, 2);
    house.clock.advance(day);
    bonafide_verify::verification::tick(&house.app, 100).await.unwrap();
    assert_eq!(keys(&house).await, 0);
}

#[tokio::test]
async fn o8_while_processing_is_restricted_a_device_is_not_met() {
    let house = House::open().await;
    let key = under(&house, Some("device-keys")).await.token;
    let body = json!({ "reference": "customer-7Q" }).to_string();
    let made = house.post(&key, "/v1/verifications", &body).await.json();
    let facts = json!({ "device": { "vendor_id": MARKER } });
    tell(&house, made["token"].as_str().unwrap(), made["id"].as_str().unwrap(), &facts).await;
    // Who asks what is held of him is told that it is.
    let life = house.get(&key, "/v1/subjects/customer-7Q").await;
    assert!(life.text().contains("\"device_key\""), "{}", life.text());
    for (what, body, before) in
        [("restrict", r#"{"ground":"needed_for_claims"}"#, 0), ("unrestrict", "", 2)]
    {
        let path = format!("/v1/subjects/customer-7Q/{what}");
        assert_eq!(house.post(&key, &path, body).await.status, StatusCode::OK, "{what}");
        let (id, person) = begun(&house, &key).await;
        tell(&house, &person, &id, &facts).await;
        let told = house.get(&key, &format!("/v1/verifications/{id}")).await.json();
        assert_eq!(told["device_risk"]["seen_before"], before, "{what}");
    }
}

#[tokio::test]
async fn p9_a_device_is_met_no_more_once_consent_is_withdrawn_or_the_person_is_deleted() {
    let house = House::open().await;
    let key = under(&house, Some("device-keys")).await;
    let facts = json!({ "device": { "vendor_id": MARKER } });
    for (whom, withdraws) in [("customer-7Q", true), ("customer-7R", false)] {
        let receipt = house.agree(&key, whom).await;
        let body = json!({ "reference": whom, "consent": receipt }).to_string();
        let made = house.post(&key.token, "/v1/verifications", &body).await.json();
        tell(&house, made["token"].as_str().unwrap(), made["id"].as_str().unwrap(), &facts).await;
        assert_eq!(keys(&house).await, 1, "{whom}");
        let path = match withdraws {
            true => format!("/v1/consents/{receipt}/withdraw"),
            false => format!("/v1/subjects/{whom}/delete"),
        };
        let gone = house.post(&key.token, &path, "").await;
        assert_eq!(gone.status, StatusCode::OK, "{whom}: {}", gone.text());
        bonafide_verify::verification::tick(&house.app, 100).await.unwrap();
        assert_eq!(keys(&house).await, 0, "{whom}");
    }
    assert_eq!(seen(&house, &key.token, MARKER).await.1, json!(0));
}
