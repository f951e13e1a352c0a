//! A tenant comes under another policy, through the door (rows R11, O24, O25).

use std::time::Duration;

use axum::http::Method;
use bonafide_accounts::{Actor, Page};
use bonafide_context::{Clock, Environment, TenantId};
use bonafide_ledger::Scopes;
use bonafide_transparency::leaf::{Leaf, RestrictionAct};
use bonafide_vault::records::Select;
use bonafide_verify::tenancy::{law_owner, tick};
use serde_json::{Value, json};

use super::house::{House, Key, Reply};

const MINUTE: u64 = 60;
const DAY: u64 = 86_400;

impl House {
    async fn put_under(&self, operator: &Key, tenant: TenantId, policy: &str) -> Reply {
        let body = json!({ "policy": policy }).to_string();
        let path = format!("/v1/tenants/{tenant}/policy");
        self.call(&operator.token, Method::PUT, &path, &body).await
    }

    /// What the server does by itself after a start.
    async fn started(&self) -> u64 {
        tick((&*self.app).into()).await.unwrap()
    }

    fn pass(&self, seconds: u64) {
        self.clock.advance(Duration::from_secs(seconds));
    }

    /// How many pictures and results, consents and deliveries can be read.
    async fn readable(&self, key: &Key, id: &str, hook: &str) -> [bool; 4] {
        let media = format!("/v1/verifications/{id}/media/selfie");
        let media = self.get(&key.token, &media).await.status == 200;
        let read = self.get(&key.token, &format!("/v1/verifications/{id}")).await.json();
        let consents = self.get(&key.token, "/v1/consents").await.json();
        let told = format!("/v1/webhooks/{hook}/deliveries");
        let told = self.get(&key.token, &told).await.json();
        let some = |list: &Value| !list.as_array().unwrap().is_empty();
        [media, !read["result"].is_null(), some(&consents["consents"]), some(&told["deliveries"])]
    }

    /// Something of everything that has a deadline; a verification's id and a hook's.
    async fn filled(&self, key: &Key) -> (String, String) {
        let hook = r#"{"url":"https://shop.example/hooks","events":["verification.created"]}"#;
        let hook = self.post(&key.token, "/v1/webhooks", hook).await.json();
        let consent = r#"{"reference":"customer 7/\u00e4","purposes":["service"],
            "notice":{"name":"n","version":1},"language":"en","way":"app"}"#;
        let consent = self.post(&key.token, "/v1/consents", consent).await;
        assert_eq!(consent.status, 201, "{}", consent.text());
        (self.verified(key).await, hook["id"].as_str().unwrap().to_owned())
    }
}

/// Names of the policies that the log was told of.
async fn told(house: &House) -> Vec<String> {
    let events = bonafide_vault::TABLES.iter().find(|table| table.name == "vault_events");
    let rows = house.app.records().select(Select::from(events.unwrap())).await.unwrap();
    let leaves = rows.iter().map(|row| Leaf::decode(row.bytes("leaf").unwrap()).unwrap());
    leaves
        .filter_map(|leaf| match leaf {
            Leaf::PolicyVersion(leaf) => Some(leaf.policy.name.to_string()),
            _ => None,
        })
        .collect()
}

#[tokio::test]
async fn r11_what_was_kept_under_a_longer_policy_goes_at_the_shorter_hour() {
    let house = House::open().await;
    let operator = house.operator().await;
    let client = house.sandbox().await;
    let other = house.sandbox().await;
    house.started().await;
    let (id, hook) = house.filled(&client).await;
    let (own, own_hook) = house.filled(&other).await;
    house.pass(10 * MINUTE);
    let chosen = house.put_under(&operator, client.tenant, "short").await;
    assert_eq!(chosen.json()["policy"], "short", "{}", chosen.text());
    assert_eq!(house.started().await, 1);
    assert_eq!(house.started().await, 0, "nothing is left to do");
    house.pass(5 * MINUTE - 1);
    assert_eq!(house.readable(&client, &id, &hook).await, [true; 4]);
    house.pass(1);
    assert_eq!(house.readable(&client, &id, &hook).await, [false, false, true, true]);
    assert_eq!(house.readable(&other, &own, &own_hook).await, [true; 4], "of another tenant");
    let reaped = house.app.vault().reap(100).await.unwrap();
    assert_eq!(reaped.items, 2, "selfie and result, at their second");
    // Once more, for calls that were under way; then never again.
    house.pass(10 * MINUTE);
    assert_eq!((house.started().await, house.started().await), (1, 0));
    house.pass(5 * DAY - 25 * MINUTE - 1);
    assert!(house.readable(&client, "ver_x", &hook).await[3]);
    house.pass(1);
    assert_eq!(house.readable(&client, "ver_x", &hook).await, [false, false, true, false]);
    assert!(house.readable(&other, "ver_x", &own_hook).await[3]);
    house.pass(360 * DAY - 1);
    let consents = async || house.get(&client.token, "/v1/consents").await.json();
    assert_eq!(consents().await["consents"].as_array().unwrap().len(), 1);
    house.pass(1);
    assert_eq!(consents().await["consents"], json!([]));
}

#[tokio::test]
async fn r9_r11_traces_go_by_the_clocks_of_their_tenants_policy() {
    for (policy, calls, steps) in [
        (None, 730, 730),
        (Some("tencent-ekyc"), 730, 730),
        (Some("alibaba-id-verification"), 730, 730),
        (Some("short"), 40, 20),
    ] {
        let house = House::open().await;
        let tenant = house.tenant_under("Bank", policy).await;
        let client = house.client(tenant, Environment::Sandbox, Scopes::all()).await;
        house.started().await;
        let call = house.get(&client.token, "/v1/usage").await.call();
        house.app.ledger().ship(100).await.unwrap();
        let path = format!("/v1/calls/{call}");
        let mut now = 0;
        let mut seen = async |seconds: u64| {
            house.pass(seconds - now);
            now = seconds;
            let trace = house.get(&client.token, &path).await.json();
            let steps = trace["steps"].as_array().is_some_and(|steps| !steps.is_empty());
            (!trace["call"].is_null(), steps)
        };
        assert_eq!(seen(steps * DAY - 1).await, (true, true), "{policy:?}");
        assert_eq!(seen(steps * DAY).await, (calls > steps, false), "{policy:?}");
        house.app.ledger().reap(1_000).await.unwrap();
        if calls > steps {
            assert_eq!(seen(calls * DAY - 1).await, (true, false), "{policy:?}");
        }
        assert_eq!(seen(calls * DAY).await, (false, false), "{policy:?}");
        house.pass(2 * DAY);
        house.app.ledger().reap(1_000).await.unwrap();
        for table in ["ledger_calls", "ledger_usage"] {
            let table = bonafide_ledger::TABLES.iter().find(|one| one.name == table).unwrap();
            let rows = house.app.records().select(Select::from(table)).await.unwrap();
            let old = rows.iter().filter(|row| match row.integer("started_at") {
                Ok(at) => at < i64::try_from(house.clock.now().0 - calls * DAY * 1_000).unwrap(),
                Err(_) => {
                    row.integer("day").unwrap()
                        < i64::try_from(house.clock.now().0 / 86_400_000 - calls).unwrap()
                }
            });
            assert_eq!(old.count(), 0, "{policy:?} {}", table.name);
        }
    }
}

#[tokio::test]
async fn r9_what_a_call_about_risk_leaves_goes_at_its_own_second() {
    for (policy, days) in
        [(None, 90), (Some("ekyc-pro"), 90), (Some("tencent-ekyc"), 90), (Some("short"), 20)]
    {
        let house = House::open().await;
        let tenant = house.tenant_under("Bank", policy).await;
        let client = house.client(tenant, Environment::Sandbox, Scopes::all()).await;
        house.started().await;
        let number = r#"{"number":"+44 7400 123456"}"#;
        let call = house.post(&client.token, "/v1/risk/phone", number).await.call();
        let other = house.get(&client.token, "/v1/usage").await.call();
        house.app.ledger().ship(100).await.unwrap();
        let mut now = 0;
        let mut seen = async |seconds: u64| {
            house.pass(seconds - now);
            now = seconds;
            let of = async |path: &str| house.get(&client.token, path).await.text();
            let row = house.get(&client.token, &format!("/v1/calls/{call}")).await.json();
            let calls = of("/v1/calls?interface=risk.phone").await;
            let steps = of(&format!("/v1/operations?call={call}")).await;
            let found = |text: &str| text.contains(&call);
            (!row["call"].is_null(), found(&calls), found(&steps))
        };
        assert_eq!(seen(days * DAY - 1).await, (true, true, true), "{policy:?}");
        assert_eq!(seen(days * DAY).await, (false, false, false), "{policy:?}");
        // Calls of other interfaces rest as long as theirs do.
        if days == 90 {
            let row = house.get(&client.token, &format!("/v1/calls/{other}")).await.json();
            assert!(!row["call"].is_null(), "{policy:?}");
        }
        house.pass(DAY);
        let reaped = house.app.ledger().reap(1_000).await.unwrap();
        assert!(reaped.calls >= 1 && reaped.counters >= 1, "{policy:?}: {reaped:?}");
        for table in ["ledger_calls", "ledger_usage"] {
            let table = bonafide_ledger::TABLES.iter().find(|one| one.name == table).unwrap();
            let rows = house.app.records().select(Select::from(table)).await.unwrap();
            let risk = rows.iter().filter(|row| row.text("interface").unwrap() == "risk.phone");
            assert_eq!(risk.count(), 0, "{policy:?} {}", table.name);
        }
    }
}

#[tokio::test]
async fn r12_deliveries_go_by_the_clock_of_their_tenants_policy() {
    for (policy, days) in [
        (None, 30),
        (Some("tencent-ekyc"), 30),
        (Some("alibaba-id-verification"), 30),
        (Some("short"), 5),
    ] {
        let house = House::open().await;
        let tenant = house.tenant_under("Bank", policy).await;
        let client = house.client(tenant, Environment::Sandbox, Scopes::all()).await;
        let hook = r#"{"url":"https://shop.example/hooks","events":["verification.created"]}"#;
        let hook = house.post(&client.token, "/v1/webhooks", hook).await.json();
        let hook = hook["id"].as_str().unwrap();
        house.post(&client.token, &format!("/v1/webhooks/{hook}/test"), "").await;
        let path = format!("/v1/webhooks/{hook}/deliveries");
        let seen = async || {
            let list = house.get(&client.token, &path).await.json();
            list["deliveries"].as_array().unwrap().len()
        };
        house.pass(days * DAY - 1);
        assert_eq!(seen().await, 1, "{policy:?}");
        house.pass(1);
        assert_eq!(seen().await, 0, "{policy:?}");
        let webhooks = house.app.webhooks().unwrap();
        assert_eq!(webhooks.dispatch_due(house.clock.now()).await.unwrap().delivered, 0);
        webhooks.reap(Duration::from_secs(30 * DAY)).await.unwrap();
        let table = bonafide_verify::webhooks::TABLES;
        let table = table.iter().find(|one| one.name == "webhook_deliveries").unwrap();
        let left = house.app.records().count(table, vec![]).await.unwrap();
        assert_eq!(left, 0, "{policy:?}");
    }
}

#[tokio::test]
async fn o24_a_tenant_may_only_tighten_and_it_stands_in_audit_and_log() {
    let house = House::open().await;
    let operator = house.operator().await;
    let client = house.sandbox().await;
    let path = format!("/v1/tenants/{}/policy", client.tenant);
    let before = house.get(&operator.token, &path).await.json();
    assert_eq!((&before["policy"], &before["chosen"]), (&json!("strict"), &Value::Null));
    house.put_under(&operator, client.tenant, "short").await;
    let after = house.get(&operator.token, &path).await.json();
    assert_eq!((&after["policy"], &after["chosen"]), (&json!("short"), &json!("short")));
    assert_eq!(told(&house).await, ["short"]);
    for (laxer, cell) in [
        ("strict", "categories.monitoring.purposes.service.keep"),
        ("tencent-ekyc", "categories."),
        ("law", "categories.monitoring.purposes.service.keep"),
    ] {
        let refused = house.put_under(&operator, client.tenant, laxer).await;
        assert_eq!((refused.status.as_u16(), refused.code()), (422, "not_possible".to_owned()));
        assert!(refused.text().contains(cell), "{laxer}: {}", refused.text());
    }
    assert_eq!(house.put_under(&operator, client.tenant, "nonsense").await.status, 400);
    assert_eq!(house.put_under(&operator, TenantId(7), "short").await.status, 404);
    // What was refused is nowhere; what was done stands in the audit log.
    assert_eq!(told(&house).await, ["short"]);
    let page = Page::default();
    let audit = house.app.accounts().audit(&Actor::cli(), Some(client.tenant), &page).await;
    let chosen: Vec<_> =
        audit.unwrap().into_iter().filter(|entry| entry.action == "policy_chosen").collect();
    assert_eq!(chosen.len(), 1);
    assert_eq!(chosen[0].facts, json!({ "before": "strict@1", "policy": "short@1" }));
    assert_eq!(chosen[0].actor, operator.key.to_string());
}

#[tokio::test]
async fn r11_a_change_of_policy_that_was_killed_is_finished_at_the_next_start() {
    for commits in 0..40 {
        let house = House::open().await;
        let operator = house.operator().await;
        let client = house.sandbox().await;
        house.started().await;
        let (id, hook) = house.filled(&client).await;
        house.put_under(&operator, client.tenant, "short").await;
        house.store.dies_after(commits);
        let done = tick((&*house.app).into()).await;
        house.store.lives();
        house.started().await;
        house.pass(15 * MINUTE);
        let readable = house.readable(&client, &id, &hook).await;
        assert_eq!(readable, [false, false, true, true], "killed after {commits} commits");
        if matches!(done, Ok(1)) {
            assert!(commits > 2, "it was done in more than one commit");
            return;
        }
    }
    panic!("it never came to an end");
}

#[tokio::test]
async fn o25_that_a_law_obliges_a_tenant_stands_in_the_log() {
    let house = House::open().await;
    let operator = house.operator().await;
    let client = house.sandbox().await;
    let realm = house.caller(&client.token).await.realm();
    let acts = async || {
        let told = house.app.vault().events_of(&realm, &law_owner(client.tenant)).await.unwrap();
        let act = |leaf: &Leaf| match leaf {
            Leaf::Restriction(leaf) => Some(leaf.act),
            _ => None,
        };
        told.iter().filter_map(|told| act(&told.leaf)).collect::<Vec<_>>()
    };
    house.started().await;
    assert_eq!(acts().await, [], "off by default");
    assert_eq!(house.put_under(&operator, client.tenant, "law").await.status, 200);
    house.started().await;
    house.started().await;
    assert_eq!(acts().await, [RestrictionAct::KycRecordOn]);
    // A hold that the other policy does not know keeps the tenant where it is.
    house.verified(&client).await;
    let until = bonafide_verify::Moment(bonafide_context::Timestamp(
        house.clock.now().0 + 90 * DAY * 1_000,
    ));
    let body = json!({ "basis": "legal_claim", "until": until.to_string() }).to_string();
    assert_eq!(house.ask(&client.token, "hold", &body).await.status, 200);
    let refused = house.put_under(&operator, client.tenant, "strict").await;
    assert_eq!((refused.status.as_u16(), refused.code()), (409, "wrong_state".to_owned()));
    let path = "/v1/subjects/customer%207%2F%C3%A4/hold";
    assert_eq!(house.call(&client.token, Method::DELETE, path, "").await.status, 200);
    assert_eq!(house.put_under(&operator, client.tenant, "strict").await.status, 200);
    house.pass(1);
    house.started().await;
    assert_eq!(acts().await, [RestrictionAct::KycRecordOff, RestrictionAct::KycRecordOn]);
}

#[tokio::test]
async fn r11_what_is_known_of_a_person_goes_at_the_shorter_hour_too() {
    let house = House::open().await;
    let operator = house.operator().await;
    let (client, other) = (house.sandbox().await, house.sandbox().await);
    house.started().await;
    for key in [&client, &other] {
        house.verified(key).await;
        let restrict = r#"{"ground":"accuracy_contested"}"#;
        assert_eq!(house.ask(&key.token, "restrict", restrict).await.status, 200);
    }
    house.put_under(&operator, client.tenant, "short").await;
    assert_eq!(house.started().await, 1);
    let rows = async |name: &str| {
        bonafide_verify::verification::tick(&house.app, 100).await.unwrap();
        let table = bonafide_verify::TABLES.iter().find(|table| table.name == name).unwrap();
        house.app.records().count(table, vec![]).await.unwrap()
    };
    house.pass(10 * DAY - 1);
    assert_eq!(rows("subject_restrictions").await, 2);
    house.pass(1);
    assert_eq!(rows("subject_restrictions").await, 1, "the other tenant's stays its 30 days");
    // What was asked for is known until it has to be answered, at least.
    house.pass(18 * DAY - 1);
    assert_eq!(rows("subject_requests").await, 2);
    house.pass(1);
    assert_eq!(rows("subject_requests").await, 1);
    house.pass(2 * DAY);
    assert_eq!((rows("subject_requests").await, rows("subject_restrictions").await), (0, 0));
}
