//! What the policy that a tenant is under lets through the door.

use bonafide_context::Environment;
use bonafide_ledger::Scopes;
use serde_json::json;

use super::house::House;

/// The smallest picture there is; none of these calls gets so far as to look.
const PICTURE: &str = "R0lGODlhAQABAAAAACw=";

#[tokio::test]
async fn a_policy_that_enforces_consent_lets_no_picture_be_looked_at_without_one() {
    let house = House::open().await;
    let tenant = house.tenant_under("Example Bank", Some("tencent-ekyc-dpsa")).await;
    let key = house.client(tenant, Environment::Sandbox, Scopes::all()).await;
    for (path, body) in [
        ("/v1/documents/read", json!({ "front": PICTURE })),
        ("/v1/faces/compare", json!({ "a": PICTURE, "b": PICTURE })),
        ("/v1/faces/detect", json!({ "image": PICTURE })),
        ("/v1/liveness/passive", json!({ "image": PICTURE })),
    ] {
        let reply = house.post(&key.token, path, &body.to_string()).await;
        assert_eq!((reply.status.as_u16(), reply.code()), (403, "consent_wanted".to_owned()));
        let trace = house.get(&key.token, &format!("/v1/calls/{}", reply.call())).await.json();
        assert_eq!(trace["call"]["result"], "consent_wanted", "{path}: {trace}");
    }
    // A verification begins, so that the person can be asked, and takes nothing.
    let made = house.post(&key.token, "/v1/verifications", "{}").await.json();
    assert_eq!((&made["consent"], &made["next"]), (&json!("wanted"), &json!("consent")));
    let id = made["id"].as_str().unwrap();
    for (part, body) in
        [("document", json!({ "front": PICTURE })), ("selfie", json!({ "image": PICTURE }))]
    {
        let path = format!("/v1/verifications/{id}/{part}");
        let reply = house.post(&key.token, &path, &body.to_string()).await;
        assert_eq!((reply.status.as_u16(), reply.code()), (403, "consent_wanted".to_owned()));
    }
    // The same, under a policy that records consent where it is given.
    let other = house.sandbox().await;
    let reply = house.post(&other.token, "/v1/verifications", "{}").await;
    assert_eq!(reply.status.as_u16(), 201, "{}", reply.text());
}

#[tokio::test]
async fn a_tenant_is_under_no_policy_that_is_not_there() {
    let house = House::open().await;
    let operator = house.operator().await;
    let body = json!({ "name": "Example Bank", "policy": "strikt" });
    let reply = house.post(&operator.token, "/v1/tenants", &body.to_string()).await;
    assert_eq!((reply.status.as_u16(), reply.code()), (400, "invalid_request".to_owned()));
    assert!(reply.text().contains("policy"), "{}", reply.text());
}
