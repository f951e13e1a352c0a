//! Facts of a device at the door: a closed list, and nothing beyond it.

use axum::http::{Method, StatusCode};
use bonafide_vault::Opener;
use serde_json::json;

use super::house::House;

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
