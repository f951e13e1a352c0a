//! A person's whole life, of every kind that there is (rows O8, O9, O11, O25).

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use bonafide_accounts::{GrantOf, Role};
use bonafide_context::{Clock, Environment, Realm, Timestamp};
use bonafide_ledger::Scopes;
use bonafide_policy::Category;
use bonafide_vault::records::{Change, Row, Select, Table};
use bonafide_vault::{Item, Opener, Under};
use bonafide_verify::verification::tick;
use serde_json::{Value, json};

use super::grants::{grant, person};
use super::house::{House, Key};

const REFERENCE: &str = "customer 7/ä";
const DAY: u64 = 86_400;

fn table(name: &str) -> &'static Table {
    bonafide_verify::TABLES.iter().find(|table| table.name == name).unwrap()
}

/// What this server keeps apart from a verification, as the vault has it.
async fn copied(house: &House, realm: &Realm, owner: &str, name: &str, category: Category) {
    let (media_type, policy) = ("application/json", Under::default());
    let expires = Timestamp(house.clock.now().0 + 5 * DAY * 1_000);
    let item = Item { realm, owner, name, category, expires, media_type, policy };
    let changes = house.app.vault().prepare(&item, b"{}").await.unwrap();
    house.app.records().commit(changes).await.unwrap();
}

/// A verification that is running, with all that a person gives before any picture;
/// a copy of it, a record of it, and a consent.
async fn everything(house: &House, key: &Key) -> (String, String) {
    let token = &key.token;
    let post = async |path: &str, body: Value| {
        let reply = house.post(token, path, &body.to_string()).await;
        assert!(reply.status.is_success(), "{path}: {}", reply.text());
        reply.json()
    };
    let guardian = json!({ "relation": "parent", "name": "Example Parent" });
    let consent = json!({
        "reference": REFERENCE, "purposes": ["service"], "language": "en", "way": "app",
        "notice": { "name": "n", "version": 1 }, "guardian": guardian,
    });
    let consent = post("/v1/consents", consent).await["id"].as_str().unwrap().to_owned();
    let made = post("/v1/verifications", json!({ "reference": REFERENCE })).await;
    let id = made["id"].as_str().unwrap().to_owned();
    let at = |what: &str| format!("/v1/verifications/{id}/{what}");
    post(&at("statement"), json!({ "location": "SG", "age": 34 })).await;
    post(&at("device"), json!({ "device": { "model": "Example One" } })).await;
    let realm = house.caller(token).await.realm();
    let copy = format!("improvement/{id}");
    copied(house, &realm, &copy, "fields", Category::Identification).await;
    let law = format!("kyc-record/{id}");
    copied(house, &realm, &law, "result", Category::Results).await;
    let select = Select::from(table("verifications"));
    let rows = house.app.records().select(select).await.unwrap();
    let row = rows.iter().find(|row| row.text("id").unwrap() == id).unwrap();
    let record = Row::new(table("kyc_records"))
        .with("verification", id.as_str())
        .with("realm", realm.to_string())
        .with("reference", row.text("reference").unwrap())
        .with("decided", house.clock.now())
        .with("remove", Timestamp(house.clock.now().0 + 5 * DAY * 1_000))
        .with("made", house.clock.now());
    house.app.records().commit(vec![Change::Insert(record)]).await.unwrap();
    (id, consent)
}

fn names(life: &Value) -> BTreeMap<String, BTreeSet<String>> {
    let mut names: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for held in life["held"].as_array().unwrap() {
        let text = |name: &str| held[name].as_str().unwrap().to_owned();
        names.entry(text("kind")).or_default().insert(text("name"));
    }
    names
}

fn named(of: &[(&str, &[&str])]) -> BTreeMap<String, BTreeSet<String>> {
    let texts = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    of.iter().map(|(kind, names)| ((*kind).to_owned(), texts(names))).collect()
}

#[tokio::test]
async fn o9_a_persons_whole_life_is_told_exported_and_deleted() {
    let house = House::open().await;
    let client = house.sandbox().await;
    let (id, consent) = everything(&house, &client).await;
    let support = person(&house, "support@example.org", None, Role::Operator).await;
    let owner = person(&house, "owner@example.org", Some(client.tenant), Role::Owner).await;
    grant(&house, &client, GrantOf::Verification(id.clone()), &support, &owner).await;
    let life = house.subject(&client.token).await;
    let all = named(&[
        ("verification", &["statement", "device"]),
        ("improvement", &["fields"]),
        ("legal_record", &["result"]),
        ("consent", &["receipt", "guardian"]),
    ]);
    assert_eq!(names(&life), all, "{life}");
    assert_eq!(life["consents"][0]["id"], consent.as_str());
    assert_eq!(life["consents"][0]["guardian"], true);
    let granted = &life["grants"][0];
    assert_eq!((&granted["verification"], &granted["state"]), (&json!(id), &json!("given")));
    assert_eq!(granted["requested_by"], support.user.to_string());
    for held in life["held"].as_array().unwrap() {
        let improves = held["kind"] == "improvement";
        assert_eq!(held["verification"].is_null(), held["kind"] == "consent", "{held}");
        // Under this policy nothing is kept to improve models, nor for a law.
        assert_eq!(held["purposes"] == json!([]), improves || held["kind"] == "legal_record");
    }

    let export = house.ask(&client.token, "export", "{}").await;
    let mut archive = tar::Archive::new(export.bytes.as_slice());
    let paths = archive.entries().unwrap().map(|entry| entry.unwrap().path().unwrap().into_owned());
    let paths: BTreeSet<String> = paths.map(|path| path.display().to_string()).collect();
    for path in [
        format!("items/verification/{id}/device.json"),
        format!("items/verification/{id}/statement.json"),
        format!("items/improvement/{id}/fields.json"),
        format!("items/kyc-record/{id}/result.json"),
        format!("items/consent/{consent}/receipt.json"),
        format!("items/consent/{consent}/guardian.json"),
    ] {
        assert!(paths.contains(&path), "{path} of {paths:?}");
    }
    let reads = house.subject(&client.token).await["reads"].clone();
    let read: BTreeSet<&str> =
        reads.as_array().unwrap().iter().map(|one| one["category"].as_str().unwrap()).collect();
    let wanted = ["consent", "device", "guardian", "identification", "results"];
    assert_eq!(read, wanted.into(), "{reads}");

    // What has to go goes, and what a law keeps is said to be kept.
    let deleted = house.ask(&client.token, "delete", "").await.json();
    assert_eq!((&deleted["items"], &deleted["kept_for_law"]), (&json!(3), &json!(3)), "{deleted}");
    let life = house.subject(&client.token).await;
    let left = named(&[("legal_record", &["result"]), ("consent", &["receipt", "guardian"])]);
    assert_eq!(names(&life), left);
    assert!(life["statement"].as_str().unwrap().contains("\nheld: 3 items of 0 verifications\n"));
    // And that goes at its own end, with all that was known of it.
    house.clock.advance(Duration::from_secs(731 * DAY));
    tick(&house.app, 100).await.unwrap();
    house.app.vault().reap(100).await.unwrap();
    let life = house.subject(&client.token).await;
    assert!(life["statement"].as_str().unwrap().contains("\nheld: nothing\n"), "{life}");
    for name in ["verification_holdings", "verification_reads", "kyc_records"] {
        let rows = house.app.records().count(table(name), vec![]).await.unwrap();
        assert_eq!(rows, 0, "{name}");
    }
}

#[tokio::test]
async fn o8_a_breach_is_answered_of_every_kind_and_for_the_operator_of_everybody() {
    let house = House::open().await;
    let operator = house.operator().await;
    let operator = house.key(operator.tenant, &operator.application, Scopes::all()).await;
    let (one, other) = (house.sandbox().await, house.sandbox().await);
    everything(&house, &one).await;
    everything(&house, &other).await;
    let asked =
        async |token: &str, query: &str| house.get(token, &format!("/v1/breaches{query}")).await;
    let own = asked(&one.token, "").await.json();
    let kinds: BTreeSet<&str> =
        own["data"]["categories"].as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(kinds, ["consent", "device", "guardian", "identification"].into(), "{own}");
    assert_eq!((&own["data"]["subjects"], &own["data"]["verifications"]), (&json!(1), &json!(1)));
    let consents = asked(&one.token, "?category=consent").await.json();
    let entry = &consents["entries"][0];
    assert!(entry["consent"].as_str().unwrap().starts_with("cns_"), "{entry}");
    assert_eq!((&entry["verification"], &entry["kind"]), (&Value::Null, &json!("consent")));

    // Nobody but the operator asks about everybody.
    let refused = asked(&one.token, "?everywhere=true").await;
    assert_eq!((refused.status.as_u16(), refused.code()), (403, "scope_missing".to_owned()));
    let all = asked(&operator.token, "?everywhere=true").await.json();
    assert_eq!((&all["data"]["subjects"], &all["data"]["verifications"]), (&json!(2), &json!(2)));
    let tenants: BTreeSet<u64> = all["entries"]
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| entry["app_id"].as_u64().unwrap())
        .collect();
    assert_eq!(tenants, [one.tenant.0, other.tenant.0].into());
    // Page by page it is the same.
    let (mut paged, mut next) = (Vec::new(), String::new());
    loop {
        let page = asked(&operator.token, &format!("?everywhere=true&limit=3{next}")).await.json();
        paged.extend(page["entries"].as_array().unwrap().clone());
        let Some(cursor) = page["next"].as_str() else { break };
        next = format!("&cursor={cursor}");
    }
    assert_eq!(json!(paged), all["entries"]);
    let elsewhere = asked(&operator.token, "").await.json();
    assert_eq!(elsewhere["entries"], json!([]), "the operator's own realm");
}

#[tokio::test]
async fn o9_what_is_frozen_is_processed_on_no_new_ground() {
    let house = House::open().await;
    let client = house.sandbox().await;
    let (_, consent) = everything(&house, &client).await;
    let frozen = house.ask(&client.token, "restrict", r#"{"ground":"accuracy_contested"}"#).await;
    assert_eq!(frozen.status, 200);
    let again = json!({
        "reference": REFERENCE, "purposes": ["service"], "language": "en", "way": "app",
        "notice": { "name": "n", "version": 1 },
    });
    let given = house.post(&client.token, "/v1/consents", &again.to_string()).await;
    assert_eq!((given.status.as_u16(), given.code()), (409, "wrong_state".to_owned()));
    let picture = json!({ "image": "R0lGODlhAQABAAAAACw=", "consent": consent });
    let looked = house.post(&client.token, "/v1/faces/detect", &picture.to_string()).await;
    assert_eq!((looked.status.as_u16(), looked.code()), (409, "wrong_state".to_owned()));
}

#[tokio::test]
async fn o25_a_hold_keeps_evidence_of_every_kind_and_nothing_else() {
    let house = House::open().await;
    let tenant = house.tenant_under("Bank", Some("law")).await;
    let client = house.client(tenant, Environment::Sandbox, Scopes::all()).await;
    let (id, consent) = everything(&house, &client).await;
    let realm = house.caller(&client.token).await.realm();
    let until = Timestamp(house.clock.now().0 + 900 * DAY * 1_000);
    let until = bonafide_verify::Moment(until);
    let body = json!({ "basis": "legal_claim", "until": until.to_string() }).to_string();
    let placed = house.ask(&client.token, "hold", &body).await.json();
    // Statement, device, the record of the law, receipt and guardian; no training copy.
    assert_eq!(placed["hold"]["items"], 5, "{placed}");
    // Nothing takes the place of what is held.
    let device = json!({ "device": { "model": "Other" } }).to_string();
    let path = format!("/v1/verifications/{id}/device");
    let replaced = house.post(&client.token, &path, &device).await;
    assert_eq!((replaced.status.as_u16(), replaced.code()), (409, "wrong_state".to_owned()));
    assert_eq!(house.ask(&client.token, "delete", "").await.code(), "wrong_state");
    house.clock.advance(Duration::from_secs(800 * DAY));
    house.app.vault().reap(100).await.unwrap();
    tick(&house.app, 100).await.unwrap();
    house.app.vault().reap(100).await.unwrap();
    let life = house.subject(&client.token).await;
    let kept = named(&[
        ("verification", &["statement", "device"]),
        ("legal_record", &["result"]),
        ("consent", &["receipt", "guardian"]),
    ]);
    assert_eq!(names(&life), kept, "{life}");
    for held in life["held"].as_array().unwrap() {
        let purposes = json!([{ "purpose": "legal-hold", "basis": "legal_claim" }]);
        assert_eq!((&held["purposes"], &held["until"]), (&purposes, &life["hold"]["until"]));
    }
    // Nobody reads it but for the hold: not by the ordinary way.
    for (owner, name) in [(&id, "device"), (&consent, "receipt")] {
        assert_eq!(
            house.app.vault().read(&Opener::desk("a test"), &realm, owner, name).await.unwrap(),
            None
        );
        assert!(
            house
                .app
                .vault()
                .read_held(&Opener::desk("a test"), &realm, owner, name)
                .await
                .unwrap()
                .is_some()
        );
    }
    let export = house.ask(&client.token, "export", "{}").await;
    assert!(export.text().contains(&format!("items/verification/{id}/device.json")));
    // It ends by itself: what is past its own deadline goes at once, with its keys.
    house.clock.advance(Duration::from_secs(100 * DAY));
    tick(&house.app, 100).await.unwrap();
    house.app.vault().reap(100).await.unwrap();
    tick(&house.app, 100).await.unwrap();
    for (owner, name) in [(&id, "device"), (&consent, "receipt")] {
        assert_eq!(
            house
                .app
                .vault()
                .read_held(&Opener::desk("a test"), &realm, owner, name)
                .await
                .unwrap(),
            None
        );
    }
    let life = house.subject(&client.token).await;
    assert_eq!((&life["held"], &life["hold"]), (&json!([]), &Value::Null));
    for name in ["subject_holds", "verification_holdings", "kyc_records"] {
        let rows = house.app.records().count(table(name), vec![]).await.unwrap();
        assert_eq!(rows, 0, "{name}");
    }
}
