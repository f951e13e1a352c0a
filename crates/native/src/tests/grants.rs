//! Looking for an error from the console: under a grant and not otherwise (rows P7
//! and P12).

use std::time::Duration;

use bonafide_accounts::{Actor, GrantOf, GrantReason, NewGrant, NewUser, Role, Session, totp_code};
use bonafide_context::{CallId, Clock, Sensitive, TenantId};
use bonafide_transparency::leaf::Leaf;
use bonafide_verify::UseCaseError;
use bonafide_verify::troubleshoot::{
    end_grant, give_grant, look_at_call, look_at_media, look_at_verification, request_grant,
    review_queue,
};
use bonafide_verify::verification::{MediaName, VerificationId};
use serde_json::json;

use super::house::{ADDRESS, House, Key};

const PASSWORD: &str = "a long enough password";

/// Somebody who is logged in with a second factor.
pub(super) async fn person(
    house: &House,
    login: &str,
    tenant: Option<TenantId>,
    role: Role,
) -> Session {
    let accounts = house.app.accounts();
    let secret = |text: &str| Sensitive::new(text.to_owned());
    let new = NewUser { login: secret(login), password: secret(PASSWORD), tenant, role };
    accounts.create_user(&Actor::cli(), new).await.unwrap();
    let log_in = async |code: Option<&str>| {
        accounts.log_in(&secret(login), &secret(PASSWORD), code, ADDRESS).await.unwrap().session
    };
    let first = log_in(None).await;
    let seed = accounts.begin_totp(&first).await.unwrap().seed;
    let code = || totp_code(seed.expose(), house.clock.now()).unwrap();
    accounts.confirm_totp(&first, &code()).await.unwrap();
    house.clock.advance(Duration::from_secs(30));
    log_in(Some(&code())).await
}

fn code<A: std::fmt::Debug>(result: Result<A, UseCaseError>) -> &'static str {
    result.unwrap_err().code()
}

pub(super) async fn grant(house: &House, key: &Key, of: GrantOf, by: &Session, from: &Session) {
    let realm = house.caller(&key.token).await.realm();
    let new = NewGrant { realm, of, reason: GrantReason::WrongResult, minutes: 10 };
    let asked = request_grant(&house.app, by, new).await.unwrap();
    give_grant(&house.app, from, &asked.id).await.unwrap();
}

#[tokio::test]
async fn p7_troubleshooting_reads_under_a_live_grant_that_the_tenant_hears_of() {
    let house = House::open().await;
    let client = house.sandbox().await;
    let hook = r#"{"url":"https://shop.example/hooks","events":["grant.given"]}"#;
    let hook = house.post(&client.token, "/v1/webhooks", hook).await.json();
    let support = person(&house, "support@example.org", None, Role::Operator).await;
    let officer =
        person(&house, "officer@example.org", Some(client.tenant), Role::PrivacyOfficer).await;
    let id = house.verified(&client).await;
    let ver: VerificationId = id.parse().unwrap();
    let app = &house.app;
    assert_eq!(code(look_at_verification(app, &support, &ver).await), "no_grant");
    assert_eq!(code(look_at_media(app, &support, &ver, MediaName::Selfie).await), "no_grant");

    let realm = house.caller(&client.token).await.realm();
    let of = GrantOf::Verification(id.clone());
    let new = NewGrant { realm, of, reason: GrantReason::FailedCall, minutes: 10 };
    // Who asks cannot give, even if he might give to others.
    let own = request_grant(app, &officer, new.clone()).await.unwrap();
    assert_eq!(code(give_grant(app, &officer, &own.id).await), "own_grant");
    let asked = request_grant(app, &support, new).await.unwrap();
    assert_eq!(code(look_at_verification(app, &support, &ver).await), "no_grant");
    give_grant(app, &officer, &asked.id).await.unwrap();
    // The tenant is told, by id and status only.
    let path = format!("/v1/webhooks/{}/deliveries", hook["id"].as_str().unwrap());
    let told = house.get(&client.token, &path).await.json();
    assert_eq!(told["deliveries"][0]["type"], "grant.given", "{told}");

    let seen = look_at_verification(app, &support, &ver).await.unwrap();
    assert!(seen.result.is_some());
    let media = look_at_media(app, &support, &ver, MediaName::Selfie).await.unwrap();
    assert!(!media.bytes.expose().is_empty());
    // Of this one and no other, for whoever asked and nobody else.
    let other: VerificationId = house.verified(&client).await.parse().unwrap();
    assert_eq!(code(look_at_verification(app, &support, &other).await), "no_grant");
    assert_eq!(code(look_at_verification(app, &officer, &ver).await), "no_grant");
    // Each look is a row that the customer can show, and a leaf.
    let life = house.subject(&client.token).await;
    let looks: Vec<_> = life["reads"]
        .as_array()
        .unwrap()
        .iter()
        .map(|read| (read["role"].clone(), read["purpose"].clone(), read["under"].clone()))
        .collect();
    let look = (json!("support"), json!("troubleshooting"), json!(asked.id.to_string()));
    assert_eq!(looks, [look.clone(), look]);
    app.vault().log_events(100).await.unwrap();
    let realm = house.caller(&client.token).await.realm();
    let leaves = app.vault().events_of(&realm, &id).await.unwrap();
    let reads = leaves.iter().filter(|told| {
        matches!(&told.leaf, Leaf::SensitiveRead(leaf) if leaf.purpose.as_str() == "troubleshooting")
    });
    assert_eq!(reads.count(), 2);
    // Over by itself, and at once when it is ended.
    house.clock.advance(Duration::from_secs(600));
    assert_eq!(code(look_at_verification(app, &support, &ver).await), "no_grant");
    let whole = GrantOf::Subject(life["subject"].as_str().unwrap().to_owned());
    grant(&house, &client, whole, &support, &officer).await;
    assert!(look_at_verification(app, &support, &other).await.is_ok());
    let last = app.accounts().grants(&support).await.unwrap().remove(0);
    end_grant(app, &support, &last.id).await.unwrap();
    assert_eq!(code(look_at_verification(app, &support, &other).await), "no_grant");
}

#[tokio::test]
async fn p7_the_trace_of_a_call_is_opened_by_a_grant_of_that_call() {
    let house = House::open().await;
    let client = house.sandbox().await;
    let support = person(&house, "support@example.org", None, Role::Operator).await;
    let owner = person(&house, "owner@example.org", Some(client.tenant), Role::Owner).await;
    let call: CallId = house.get(&client.token, "/v1/usage").await.call().parse().unwrap();
    let other: CallId = house.get(&client.token, "/v1/usage").await.call().parse().unwrap();
    let realm = house.caller(&client.token).await.realm();
    let app = &house.app;
    assert_eq!(code(look_at_call(app, &support, &realm, call).await), "no_grant");
    grant(&house, &client, GrantOf::Call(call), &support, &owner).await;
    let shown = look_at_call(app, &support, &realm, call).await.unwrap();
    assert_eq!(shown.call.call_id, call);
    assert_eq!(code(look_at_call(app, &support, &realm, other).await), "no_grant");
    // Who looked at which call stands in the log and in the audit, and nothing of the
    // looks that were refused.
    app.vault().log_events(100).await.unwrap();
    let looks = async |call: CallId| {
        let told = app.vault().events_of(&realm, &call.to_string()).await.unwrap();
        let look = |leaf: &Leaf| match leaf {
            Leaf::SensitiveRead(leaf) => Some((leaf.category.to_string(), leaf.items)),
            _ => None,
        };
        told.iter().filter_map(|told| look(&told.leaf)).collect::<Vec<_>>()
    };
    let steps = shown.steps.unwrap().len() as u64;
    assert_eq!(looks(call).await, [("operation_log".to_owned(), steps)]);
    assert_eq!(looks(other).await, []);
    let page = bonafide_accounts::Page::default();
    let audit = app.accounts().audit(&Actor::cli(), Some(client.tenant), &page).await.unwrap();
    let read: Vec<_> = audit.iter().filter(|entry| entry.action == "call_read").collect();
    assert_eq!(read.len(), 1);
    assert_eq!(
        (read[0].subject.clone(), read[0].actor.clone()),
        (call.to_string(), support.user.to_string())
    );
}

#[tokio::test]
async fn p12_what_the_policy_keeps_for_errors_only_opens_under_a_grant_and_not_otherwise() {
    let house = House::open().await;
    // Under this policy nobody reads media after the decision but support.
    let tenant = house.tenant_under("Closed Bank", Some("closed")).await;
    let scopes = bonafide_ledger::Scopes::all();
    let client = house.client(tenant, bonafide_context::Environment::Sandbox, scopes).await;
    let support = person(&house, "support@example.org", None, Role::Operator).await;
    let owner = person(&house, "owner@example.org", Some(tenant), Role::Owner).await;
    let reviewer = person(&house, "reviewer@example.org", Some(tenant), Role::Reviewer).await;
    let ver: VerificationId = house.verified(&client).await.parse().unwrap();
    let app = &house.app;
    let path = format!("/v1/verifications/{ver}/media/selfie");
    assert_eq!(house.get(&client.token, &path).await.code(), "policy_forbids");
    for who in [&support, &owner, &reviewer] {
        assert_eq!(code(look_at_media(app, who, &ver, MediaName::Selfie).await), "no_grant");
    }
    grant(&house, &client, GrantOf::Verification(ver.to_string()), &support, &owner).await;
    assert!(look_at_media(app, &support, &ver, MediaName::Selfie).await.is_ok());
    assert_eq!(house.get(&client.token, &path).await.code(), "policy_forbids");
    assert!(review_queue(app, &reviewer).await.unwrap().is_empty());
    assert_eq!(code(review_queue(app, &support).await), "needs_key");
    // Restricted, it opens to nobody.
    house.ask(&client.token, "restrict", r#"{"ground":"accuracy_contested"}"#).await;
    assert_eq!(code(look_at_media(app, &support, &ver, MediaName::Selfie).await), "restricted");
}
