//! Consent at the door: handed over, asked for, withdrawn.

use axum::http::StatusCode;
use bonafide_accounts::{Actor, NewWarranty};
use bonafide_context::{Clock, Environment, Sensitive, Timestamp};
use bonafide_ledger::Scopes;
use bonafide_policy::Category;
use bonafide_transparency::leaf::{Leaf, Opening, SubjectHash};
use bonafide_transparency::policy::Policy;
use bonafide_transparency::{Hash, Receipt};
use bonafide_vault::{Cause, Item, Under};
use serde_json::{Value, json};

use super::house::{House, Key};

/// No picture: a call that gets so far as to look at it says so.
const PICTURE: &str = "R0lGODlhAQABAAAAACw=";
const MARKER: &str = "customer-Eriksson-7Q";

impl House {
    /// A key of an application whose tenant's policy enforces consent.
    async fn enforcing(&self) -> Key {
        let tenant = self.tenant_under("Example Bank", Some("tencent-ekyc-dpsa")).await;
        self.client(tenant, Environment::Sandbox, Scopes::all()).await
    }

    /// A receipt for a reference, as the customer hands it over.
    pub(super) async fn agree(&self, key: &Key, reference: &str) -> String {
        let body = json!({
            "reference": reference, "purposes": ["service"], "language": "en",
            "notice": { "name": "privacy-notice", "version": 3 }, "way": "web_page",
        });
        let reply = self.post(&key.token, "/v1/consents", &body.to_string()).await;
        assert_eq!(reply.status, StatusCode::CREATED, "{}", reply.text());
        reply.json()["id"].as_str().unwrap().to_owned()
    }

    /// A verification; its id and the token of the person's browser.
    async fn begun(&self, key: &Key, body: Value) -> (String, String) {
        let reply = self.post(&key.token, "/v1/verifications", &body.to_string()).await;
        assert_eq!(reply.status, StatusCode::CREATED, "{}", reply.text());
        let text = |name: &str| reply.json()[name].as_str().unwrap().to_owned();
        (text("id"), text("token"))
    }

    /// What comes of handing a picture in, as far as consent goes: a picture that
    /// is looked at is found to be none.
    async fn hand_in(&self, token: &str, id: &str) -> String {
        let body = json!({ "front": PICTURE }).to_string();
        self.post(token, &format!("/v1/verifications/{id}/document"), &body).await.code()
    }

    /// Puts something into the vault as a verification's.
    async fn keep(&self, key: &Key, owner: &str, category: Category) {
        let realm = self.caller(&key.token).await.realm();
        let expires = Timestamp(self.clock.now().0 + 3_600_000);
        let (name, media_type) = ("selfie", "image/jpeg");
        let policy = Under::default();
        let item = Item { realm: &realm, owner, name, category, expires, media_type, policy };
        let changes = self.app.vault().prepare(&item, b"a picture").await.unwrap();
        self.app.records().commit(changes).await.unwrap();
    }

    async fn kept(&self, key: &Key, owner: &str) -> usize {
        let realm = self.caller(&key.token).await.realm();
        self.app.vault().list(&realm, owner).await.unwrap().len()
    }

    /// Why things of an owner were destroyed.
    async fn causes(&self, key: &Key, owner: &str) -> Vec<Cause> {
        let realm = self.caller(&key.token).await.realm();
        let told = self.app.vault().deletion_receipts(&realm, owner).await.unwrap();
        told.into_iter().map(|receipt| receipt.deletion.cause).collect()
    }
}

const LOOKED_AT: &str = "picture_unreadable";

#[tokio::test]
async fn o3_a_receipt_lets_a_person_be_looked_at_and_none_does_not() {
    let house = House::open().await;
    let key = house.enforcing().await;
    let face = |consent: &str| {
        let mut body = json!({ "image": PICTURE });
        if !consent.is_empty() {
            body["consent"] = consent.into();
        }
        body.to_string()
    };
    let path = "/v1/liveness/passive";
    assert_eq!(house.post(&key.token, path, &face("")).await.code(), "consent_wanted");
    let receipt = house.agree(&key, "customer-1").await;
    assert_eq!(house.post(&key.token, path, &face(&receipt)).await.code(), LOOKED_AT);
    // Of somebody else, or of nobody.
    let other = house.enforcing().await;
    for (token, consent) in
        [(&other.token, receipt.as_str()), (&key.token, "cns_aaaaaaaaaaaaaaaaaaaaaaaaaa")]
    {
        let reply = house.post(token, path, &face(consent)).await;
        assert_eq!((reply.status.as_u16(), reply.code()), (400, "invalid_request".to_owned()));
    }
    // A verification of the same person goes on, one of another does not.
    let (id, token) = house.begun(&key, json!({ "reference": "customer-1" })).await;
    assert_eq!(house.hand_in(&token, &id).await, LOOKED_AT);
    let (id, token) = house.begun(&key, json!({ "consent": receipt })).await;
    assert_eq!(house.hand_in(&token, &id).await, LOOKED_AT);
    let (id, token) = house.begun(&key, json!({ "reference": "customer-2" })).await;
    assert_eq!(house.hand_in(&token, &id).await, "consent_wanted");
    let wrong = json!({ "reference": "customer-2", "consent": receipt });
    let reply = house.post(&key.token, "/v1/verifications", &wrong.to_string()).await;
    assert_eq!(reply.code(), "invalid_request");
}

#[tokio::test]
async fn o3_the_person_agrees_in_the_flow_and_the_notice_is_the_servers_own() {
    let house = House::open().await;
    let key = house.enforcing().await;
    let (id, token) = house.begun(&key, json!({})).await;
    let path = format!("/v1/verifications/{id}/consent");
    let body = json!({ "purposes": ["service"], "language": "th", "way": "paper",
                       "notice": { "name": "made-up", "version": 9 } });
    let given = house.post(&token, &path, &body.to_string()).await;
    assert_eq!(given.status, StatusCode::CREATED, "{}", given.text());
    let given = given.json();
    assert_eq!(given["notice"], json!({ "name": "tencent-ekyc-dpsa", "version": 1 }));
    assert_eq!((&given["way"], &given["verification"]), (&json!("hosted_flow"), &json!(id)));
    // The person sees his own, and so does the customer.
    for token in [&token, &key.token] {
        let seen = house.get(token, &path).await.json();
        assert_eq!(seen, json!({ "consents": [given] }));
    }
    let shown = house.get(&key.token, &format!("/v1/verifications/{id}")).await.json();
    assert_eq!((&shown["consent"], &shown["next"]), (&json!("receipt"), &json!("document_front")));
    assert_eq!(house.hand_in(&token, &id).await, LOOKED_AT);
    // It is good for this verification only.
    let (other, token) = house.begun(&key, json!({})).await;
    assert_eq!(house.hand_in(&token, &other).await, "consent_wanted");
    let named = json!({ "image": PICTURE, "consent": given["id"] }).to_string();
    assert_eq!(house.post(&key.token, "/v1/faces/detect", &named).await.code(), "invalid_request");
    // And the person's browser reads no receipts.
    let read = format!("/v1/consents/{}", given["id"].as_str().unwrap());
    assert_eq!(house.get(&token, &read).await.code(), "token_refused");
}

#[tokio::test]
async fn o3_a_signed_warranty_stands_in_where_the_policy_takes_one() {
    let house = House::open().await;
    let key = house.enforcing().await;
    let path = format!("/v1/applications/{}/warranties", key.application);
    let (id, token) = house.begun(&key, json!({})).await;
    assert_eq!(house.hand_in(&token, &id).await, "consent_wanted");
    let body = json!({ "text_version": "2026-11", "signatory": MARKER }).to_string();
    let signed = house.post(&key.token, &path, &body).await;
    assert_eq!(signed.status, StatusCode::CREATED, "{}", signed.text());
    assert_eq!(house.hand_in(&token, &id).await, LOOKED_AT);
    let shown = house.get(&key.token, &format!("/v1/verifications/{id}")).await.json();
    // What a refused picture led to is not written down.
    assert_eq!(shown["consent"], "warranty");
    // Another application of the tenant has signed nothing.
    let sibling = house.client(key.tenant, Environment::Sandbox, Scopes::all()).await;
    let body = json!({ "image": PICTURE }).to_string();
    let detect = "/v1/faces/detect";
    assert_eq!(house.post(&key.token, detect, &body).await.code(), LOOKED_AT);
    assert_eq!(house.post(&sibling.token, detect, &body).await.code(), "consent_wanted");
    let told = house.get(&key.token, &path).await.json();
    let warranty = &told["warranties"][0];
    assert_eq!(
        (&warranty["signatory"], &warranty["text_version"]),
        (&json!(MARKER), &json!("2026-11"))
    );
    for (file, bytes) in house.written() {
        assert!(!bytes.windows(MARKER.len()).any(|w| w == MARKER.as_bytes()), "{file}");
    }
    // Ended, only receipts count; and a second one begins anew.
    assert_eq!(house.post(&key.token, &format!("{path}/end"), "").await.status, 204);
    assert_eq!(house.post(&key.token, detect, &body).await.code(), "consent_wanted");
    let again =
        NewWarranty { text_version: "2026-12".into(), signatory: Sensitive::new("B".into()) };
    let accounts = house.app.accounts();
    let made =
        accounts.commit(accounts.sign_warranty(&Actor::cli(), &key.application, again)).await;
    assert_eq!(made.unwrap().number, 2);
    assert_eq!(house.post(&key.token, detect, &body).await.code(), LOOKED_AT);
}

#[tokio::test]
async fn o10_consent_can_be_withdrawn_at_any_time() {
    let house = House::open().await;
    let key = house.sandbox().await;
    let (first, second) = (house.agree(&key, MARKER).await, house.agree(&key, MARKER).await);
    let (open, token) = house.begun(&key, json!({ "reference": MARKER })).await;
    let (other, _) = house.begun(&key, json!({ "reference": "somebody-else" })).await;
    for id in [&open, &other] {
        house.keep(&key, id, Category::FaceMedia).await;
    }
    let withdrawn = house.post(&key.token, &format!("/v1/consents/{first}/withdraw"), "").await;
    assert_eq!(withdrawn.status, StatusCode::OK, "{}", withdrawn.text());
    let withdrawn = withdrawn.json();
    assert_eq!((&withdrawn["ended"], &withdrawn["items"]), (&json!(1), &json!(1)));
    // One call was enough, however often the person was asked.
    let mut ids: Vec<_> =
        withdrawn["consents"].as_array().unwrap().iter().map(|c| c["id"].clone()).collect();
    ids.sort_by_key(ToString::to_string);
    let mut both = vec![json!(first), json!(second)];
    both.sort_by_key(ToString::to_string);
    assert_eq!(ids, both);
    let shown = house.get(&key.token, &format!("/v1/verifications/{open}")).await.json();
    assert_eq!(
        (&shown["state"], &shown["ended_by"]),
        (&json!("cancelled"), &json!("consent_withdrawn"))
    );
    assert_eq!((house.kept(&key, &open).await, house.kept(&key, &other).await), (0, 1));
    assert_eq!(house.causes(&key, &open).await, [Cause::Withdrawal]);
    assert_eq!(house.hand_in(&token, &open).await, "wrong_state");
    // Again is the same, and the receipts are kept as proof of what was.
    let again = house.post(&key.token, &format!("/v1/consents/{second}/withdraw"), "").await.json();
    assert_eq!(again["items"], 0);
    let listed = house.get(&key.token, &format!("/v1/consents?reference={MARKER}")).await.json();
    assert!(listed["consents"].as_array().unwrap().iter().all(|c| !c["withdrawn_at"].is_null()));
}

#[tokio::test]
async fn p9_withdrawal_stops_processing_at_once() {
    let house = House::open().await;
    let key = house.sandbox().await;
    // Under a policy that asks for no receipt, too.
    let receipt = house.agree(&key, "customer-1").await;
    let create = json!({ "reference": "customer-1" }).to_string();
    assert_eq!(house.post(&key.token, "/v1/verifications", &create).await.status, 201);
    let path = format!("/v1/consents/{receipt}/withdraw");
    assert_eq!(house.post(&key.token, &path, "").await.status, StatusCode::OK);
    let refused = house.post(&key.token, "/v1/verifications", &create).await;
    assert_eq!((refused.status.as_u16(), refused.code()), (403, "consent_withdrawn".to_owned()));
    let body = json!({ "image": PICTURE, "consent": receipt }).to_string();
    let refused = house.post(&key.token, "/v1/faces/detect", &body).await;
    assert_eq!((refused.status.as_u16(), refused.code()), (403, "consent_withdrawn".to_owned()));
    // Until it is given again.
    house.agree(&key, "customer-1").await;
    assert_eq!(house.post(&key.token, "/v1/verifications", &create).await.status, 201);
}

#[tokio::test]
async fn p9_the_person_withdraws_in_the_flow() {
    let house = House::open().await;
    let key = house.sandbox().await;
    let (id, token) = house.begun(&key, json!({})).await;
    let path = format!("/v1/verifications/{id}/consent");
    let body = json!({ "purposes": ["service"], "language": "en" }).to_string();
    assert_eq!(house.post(&token, &path, &body).await.status, StatusCode::CREATED);
    house.keep(&key, &id, Category::DocumentMedia).await;
    let withdrawn = house.post(&token, &format!("{path}/withdraw"), "").await;
    assert_eq!(withdrawn.json()["ended"], 1, "{}", withdrawn.text());
    assert_eq!(house.kept(&key, &id).await, 0);
    assert_eq!(house.post(&token, &path, &body).await.code(), "wrong_state");
}

#[tokio::test]
async fn p9_a_withdrawal_that_was_cut_off_is_finished() {
    let house = House::open().await;
    let key = house.sandbox().await;
    let receipt = house.agree(&key, "customer-1").await;
    let (id, _) = house.begun(&key, json!({ "reference": "customer-1" })).await;
    house.keep(&key, &id, Category::FaceMedia).await;
    // As if the process had died after the withdrawal was written down.
    let id_of = |row: &bonafide_vault::records::Row| row.text("id").unwrap().to_owned();
    let table = &bonafide_ledger::consent::CONSENTS;
    let rows =
        house.app.records().select(bonafide_vault::records::Select::from(table)).await.unwrap();
    assert_eq!(rows.iter().map(id_of).collect::<Vec<_>>(), [receipt]);
    let row = bonafide_ledger::consent::ConsentRow::read(&rows[0]).unwrap();
    house.app.records().commit(vec![row.withdrawn_at(house.clock.now())]).await.unwrap();
    assert_eq!(house.kept(&key, &id).await, 1);
    bonafide_verify::verification::tick(&house.app, 10).await.unwrap();
    assert_eq!(house.kept(&key, &id).await, 0);
    let shown = house.get(&key.token, &format!("/v1/verifications/{id}")).await.json();
    assert_eq!(shown["ended_by"], "consent_withdrawn");
}

#[tokio::test]
async fn d21_consent_rests_sealed_under_hashes_and_goes_at_its_time() {
    let house = House::open().await;
    let key = house.sandbox().await;
    let body = json!({
        "reference": MARKER, "purposes": ["service"], "language": "en", "way": "paper",
        "notice": { "name": "privacy-notice", "version": 3 },
        "guardian": { "relation": "parent", "name": format!("{MARKER} senior") },
    });
    let given = house.post(&key.token, "/v1/consents", &body.to_string()).await;
    assert_eq!(given.status, StatusCode::CREATED, "{}", given.text());
    assert!(!given.text().contains(MARKER), "{}", given.text());
    let id = given.json()["id"].as_str().unwrap().to_owned();
    let realm = house.caller(&key.token).await.realm();
    let items = house.app.vault().list(&realm, &id).await.unwrap();
    let kinds: Vec<_> = items.iter().map(|item| (item.name.as_str(), item.category)).collect();
    assert_eq!(kinds, [("guardian", Category::Guardian), ("receipt", Category::Consent)]);
    for (file, bytes) in house.written() {
        assert!(!bytes.windows(MARKER.len()).any(|w| w == MARKER.as_bytes()), "{file}");
    }
    // The guardian's own data has a clock of its own, two hours by default.
    house.clock.advance(std::time::Duration::from_secs(2 * 3_600));
    assert_eq!(house.kept(&key, &id).await, 1);
    let path = format!("/v1/consents/{id}");
    house.clock.advance(std::time::Duration::from_secs(730 * 86_400 - 2 * 3_600 - 1));
    assert_eq!(house.get(&key.token, &path).await.status, StatusCode::OK);
    house.clock.advance(std::time::Duration::from_secs(1));
    assert_eq!(house.get(&key.token, &path).await.status, StatusCode::NOT_FOUND);
    bonafide_verify::verification::tick(&house.app, 10).await.unwrap();
    let table = &bonafide_ledger::consent::CONSENTS;
    assert_eq!(house.app.records().count(table, Vec::new()).await.unwrap(), 0);
}

#[tokio::test]
async fn o4_a_receipt_is_exported_with_its_proof_and_the_withdrawal() {
    let house = House::open().await;
    let key = house.sandbox().await;
    let id = house.agree(&key, MARKER).await;
    let path = format!("/v1/consents/{id}/proof");
    let early = house.get(&key.token, &path).await.json();
    assert_eq!(early["events"][0]["receipt"], Value::Null);
    house.app.vault().log_events(100).await.unwrap();
    house.post(&key.token, &format!("/v1/consents/{id}/withdraw"), "").await;
    house.app.vault().log_events(100).await.unwrap();
    let proof = house.get(&key.token, &path).await.json();
    let acts: Vec<_> =
        proof["events"].as_array().unwrap().iter().map(|e| e["act"].clone()).collect();
    assert_eq!(acts, ["given", "withdrawn"]);
    let statement = proof["statement"].as_str().unwrap();
    assert_eq!(statement, early["statement"]);
    let owner = bonafide_verify::consent::log_owner(&id.parse().unwrap(), statement);
    let trusted =
        Policy::new([proof["log_key"].as_str().unwrap().parse().unwrap()], [], 0).unwrap();
    for event in proof["events"].as_array().unwrap() {
        let receipt = Receipt::parse(event["receipt"].as_str().unwrap().as_bytes()).unwrap();
        let Leaf::Consent(consent) = receipt.verify(&trusted).unwrap().leaf().unwrap() else {
            panic!("{event}");
        };
        assert_eq!((consent.language.as_str(), consent.notice.version), ("en", 3));
        let salt = Hash::from_hex(event["opening"].as_str().unwrap()).unwrap();
        let opens =
            |of: &str| Opening::new(salt.0, SubjectHash::of_owner(of)).opens(&consent.commitment);
        assert!(opens(&owner));
        let changed = statement.replace("\"en\"", "\"th\"");
        assert_ne!(changed, statement);
        assert!(!opens(&bonafide_verify::consent::log_owner(&id.parse().unwrap(), &changed)));
    }
}

#[tokio::test]
async fn what_a_consent_has_to_say_is_said() {
    let house = House::open().await;
    let key = house.sandbox().await;
    let whole = json!({
        "reference": "a", "purposes": ["service"], "language": "en", "way": "app",
        "notice": { "name": "n", "version": 1 },
    });
    for (member, value) in [
        ("purposes", json!([])),
        ("purposes", json!(["marketing"])),
        // The policy of this tenant improves no models.
        ("purposes", json!(["service", "improvement"])),
        ("language", json!("English")),
        ("notice", json!({ "name": "My Notice", "version": 1 })),
        ("notice", json!({ "name": "n", "version": 0 })),
        ("given_at", json!("2999-01-01T00:00:00Z")),
        ("guardian", json!({ "relation": "parent", "name": "" })),
        ("reference", json!("")),
    ] {
        let mut body = whole.clone();
        body[member] = value;
        let reply = house.post(&key.token, "/v1/consents", &body.to_string()).await;
        assert_eq!(
            (reply.status.as_u16(), reply.code()),
            (400, "invalid_request".to_owned()),
            "{body}"
        );
    }
    // Without a notice it is that which holds.
    for member in ["way", "language", "purposes", "reference"] {
        let mut body = whole.clone();
        body.as_object_mut().unwrap().remove(member);
        let reply = house.post(&key.token, "/v1/consents", &body.to_string()).await;
        assert_eq!(reply.status, StatusCode::BAD_REQUEST, "{member}");
    }
}
