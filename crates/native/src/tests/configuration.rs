//! What was set up is exported and audited.

use bonafide_accounts::{Actor, Page};
use serde_json::{Value, json};

use super::house::House;

const HOOK: &str = r#"{"url":"https://shop.example/hooks","events":["verification.approved"]}"#;

#[tokio::test]
async fn d15_a_tenants_configuration_is_exported_whole_and_without_secrets() {
    let house = House::open().await;
    let client = house.sandbox().await;
    let stranger = house.sandbox().await;
    let operator = house.operator().await;
    let template = r#"{"name":"onboarding","settings":{"minimum_age":18}}"#;
    let template = house.post(&client.token, "/v1/templates", template).await.json();
    let hook = house.post(&client.token, "/v1/webhooks", HOOK).await.json();
    let path = format!("/v1/tenants/{}/switches", client.tenant);
    let switch = r#"{"switch":"dns_address","on":true}"#;
    assert_eq!(house.patch(&operator.token, &path, switch).await.status, 200);

    let path = format!("/v1/tenants/{}/configuration", client.tenant);
    let own = house.get(&client.token, &path).await;
    assert_eq!(own.status, 200, "{}", own.text());
    let exported = own.json();
    assert_eq!(exported["tenant"]["name"], "Example Bank");
    assert_eq!(exported["on"], json!(["dns_address"]));
    assert_eq!(exported["templates"], json!([template]));
    let application = &exported["applications"][0];
    assert_eq!(application["id"], client.application.as_str());
    assert_eq!(application["keys"][0]["id"], client.key.as_str());
    assert_eq!(application["webhooks"][0]["url"], hook["url"]);
    for secret in [&client.token, hook["secret"].as_str().unwrap()] {
        assert!(!own.text().contains(secret));
    }
    // The operator sees the same, and nobody else anything.
    let all = house.get(&operator.token, &path).await.json();
    assert_eq!(all["applications"], exported["applications"]);
    assert_eq!(all["templates"], exported["templates"]);
    assert_eq!(house.get(&stranger.token, &path).await.status, 404);
}

#[tokio::test]
async fn d15_every_change_of_an_endpoint_is_in_the_audit_log() {
    let house = House::open().await;
    let client = house.sandbox().await;
    let hook = house.post(&client.token, "/v1/webhooks", HOOK).await.json();
    let path = format!("/v1/webhooks/{}", hook["id"].as_str().unwrap());
    let changed = house.patch(&client.token, &path, r#"{"enabled":false}"#).await;
    assert_eq!(changed.status, 200, "{}", changed.text());
    let rotated = house.post(&client.token, &format!("{path}/rotate"), "").await;
    assert_eq!(rotated.status, 200, "{}", rotated.text());
    assert_eq!(house.delete(&client.token, &path).await.status, 204);
    let (actor, page) = (Actor::cli(), Page::default());
    let log = house.app.accounts().audit(&actor, Some(client.tenant), &page).await.unwrap();
    let said: Vec<_> = log.iter().map(|entry| entry.action.as_str()).take(4).collect();
    let wanted =
        ["webhook_removed", "webhook_secret_rotated", "webhook_changed", "webhook_created"];
    assert_eq!(said, wanted);
    for entry in &log[..4] {
        assert_eq!(Value::from(entry.subject.as_str()), hook["id"]);
        assert_eq!(entry.actor, client.key.as_str());
    }
}
