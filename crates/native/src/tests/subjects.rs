//! What a person may ask for, through the door (rows O7 to O9, O11, P1, P2, P4).

use std::time::Duration;

use axum::http::StatusCode;
use bonafide_context::{Clock, Environment, Realm, Timestamp};
use bonafide_ledger::{Scope, Scopes};
use bonafide_policy::Category;
use bonafide_transparency::leaf::{Leaf, Opening, RestrictionAct, SubjectHash};
use bonafide_transparency::note::{Keyring, Note};
use bonafide_transparency::policy::Policy;
use bonafide_transparency::{Hash, Receipt};
use bonafide_vault::records::{Change, Condition, Expect, Row, Select, Table};
use bonafide_vault::{Item, Under};
use serde_json::{Value, json};

use super::house::{House, Key, Reply};

const REFERENCE: &str = "customer 7/ä";
const ENCODED: &str = "customer%207%2F%C3%A4";
const SELFIE: &[u8] = b"a selfie of nobody";

fn table(name: &str) -> &'static Table {
    bonafide_verify::TABLES.iter().find(|table| table.name == name).unwrap()
}

impl House {
    async fn realm(&self, key: &Key) -> Realm {
        self.caller(&key.token).await.realm()
    }

    /// A verification of the person that was approved and keeps selfie and result.
    pub(super) async fn verified(&self, key: &Key) -> String {
        self.verified_to(key, "approved").await
    }

    /// The same in another state.
    async fn verified_to(&self, key: &Key, state: &str) -> String {
        let body = json!({ "reference": REFERENCE }).to_string();
        let made = self.post(&key.token, "/v1/verifications", &body).await;
        assert_eq!(made.status, 201, "{}", made.text());
        let id = made.json()["id"].as_str().unwrap().to_owned();
        let realm = self.realm(key).await;
        let family = bonafide_policy::Family::Verification;
        let clocks = self.app.clocks(realm.tenant, family).await.unwrap();
        let until = clocks.deadline(Category::Results, self.clock.now()).unwrap();
        let field = json!({ "value": "WRONG", "source": "both", "agrees": true });
        let result = json!({ "document": { "mrz": null, "fields": { "surname": field } } });
        let kept = [
            ("selfie", Category::FaceMedia, "image/jpeg", SELFIE.to_vec()),
            ("result", Category::Results, "application/json", result.to_string().into_bytes()),
        ];
        let verifications = table("verifications");
        let is_it = || vec![Condition::is("id", id.as_str())];
        let select = Select { conditions: is_it(), ..Select::from(verifications) };
        let row = self.app.records().select(select).await.unwrap().remove(0);
        let progress =
            row.text("progress").unwrap().replace("\"created\"", &format!("\"{state}\""));
        let mut changes = vec![Change::Update {
            table: verifications,
            set: vec![("progress", progress.into()), ("data_until", until.into())],
            conditions: is_it(),
            expect: Expect::One,
        }];
        for (name, category, media_type, bytes) in kept {
            let (owner, policy) = (id.as_str(), Under::default());
            let item =
                Item { realm: &realm, owner, name, category, expires: until, media_type, policy };
            changes.extend(self.app.vault().prepare(&item, &bytes).await.unwrap());
            let holding = Row::new(table("verification_holdings"))
                .with("verification", owner)
                .with("category", category.as_str())
                .with("tenant", realm.tenant.0)
                .with("environment", realm.environment.as_str())
                .with("region", realm.region.as_str())
                .with("application", key.application.as_str())
                .with("reference", row.text("reference").unwrap())
                .with("begins", self.clock.now())
                .with("ends", until);
            changes.push(Change::Insert(holding));
        }
        self.app.records().commit(changes).await.unwrap();
        id
    }

    pub(super) async fn subject(&self, token: &str) -> Value {
        let reply = self.get(token, &format!("/v1/subjects/{ENCODED}")).await;
        assert_eq!(reply.status, 200, "{}", reply.text());
        reply.json()
    }

    pub(super) async fn ask(&self, token: &str, what: &str, body: &str) -> Reply {
        self.post(token, &format!("/v1/subjects/{ENCODED}/{what}"), body).await
    }
}

/// A key that answers persons and does nothing else.
async fn officer(house: &House, key: &Key) -> Key {
    house.key(key.tenant, &key.application, [Scope::Privacy].into_iter().collect()).await
}

/// The text of a statement that the installation signed for and that is of this
/// person.
fn signed(life: &Value, whom: &str) -> String {
    let key = life["log_key"].as_str().unwrap().parse().unwrap();
    let note = Note::parse(life["statement"].as_str().unwrap().as_bytes()).unwrap();
    note.verify(&Keyring::of(key)).unwrap();
    let salt = Hash::from_hex(life["opening"].as_str().unwrap()).unwrap();
    let committed = note.text().lines().find_map(|line| line.strip_prefix("of: ")).unwrap();
    let commitment = json!(Hash::from_hex(committed).unwrap());
    let commitment = serde_json::from_value(commitment).unwrap();
    let opens = |whom: &str| Opening::new(salt.0, SubjectHash::of_owner(whom)).opens(&commitment);
    assert!(opens(whom) && !opens("somebody else"));
    note.text().to_owned()
}

#[tokio::test]
async fn o9_that_nothing_is_held_is_signed_for() {
    let house = House::open().await;
    let client = house.sandbox().await;
    let life = house.subject(&client.token).await;
    assert!(signed(&life, REFERENCE).contains("\nheld: nothing\n"));
    house.verified(&client).await;
    let life = house.subject(&client.token).await;
    assert!(signed(&life, REFERENCE).contains("\nheld: 2 items of 1 verifications\n"));
    // Within the walls of tenant and environment, whoever asks for the same name.
    let stranger = house.sandbox().await;
    let live = house.client(client.tenant, Environment::Live, Scopes::all()).await;
    for other in [stranger, live] {
        let life = house.subject(&other.token).await;
        assert!(signed(&life, REFERENCE).contains("\nheld: nothing\n"));
        // Nor by the id that the customer's own answers carry.
        let id = house.subject(&client.token).await["subject"].as_str().unwrap().to_owned();
        let life = house.get(&other.token, &format!("/v1/subjects/{id}")).await.json();
        assert!(signed(&life, &id).contains("\nheld: nothing\n"));
        for list in ["held", "verifications", "reads", "deletions"] {
            assert_eq!(life[list], json!([]), "{list}");
        }
        assert_eq!(life["requests"].as_array().unwrap().len(), 1, "only its own question");
    }
}

#[tokio::test]
async fn o7_the_customer_finds_what_is_held_of_a_person_why_until_when_and_who_read_it() {
    let house = House::open().await;
    let client = house.sandbox().await;
    let id = house.verified(&client).await;
    let officer = officer(&house, &client).await;
    let media = format!("/v1/verifications/{id}/media/selfie");
    assert_eq!(house.get(&client.token, &media).await.bytes, SELFIE);
    let life = house.subject(&officer.token).await;
    assert_eq!(life["policy"], "strict@1");
    assert_eq!(life["verifications"][0]["id"], id.as_str());
    let held = life["held"].as_array().unwrap();
    let names: Vec<_> = held.iter().map(|item| item["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["result", "selfie"]);
    assert_eq!(held[1]["category"], "face_media");
    assert_eq!(held[1]["purposes"][0], json!({ "purpose": "service", "basis": "contract" }));
    assert_eq!(held[1]["bytes"], SELFIE.len());
    let read = &life["reads"][0];
    assert_eq!((&read["role"], &read["category"]), (&json!("caller"), &json!("face_media")));
    assert_eq!(read["reader"], client.key.to_string());
    // The reference in a body finds the same, and names it for addresses.
    let body = json!({ "reference": REFERENCE }).to_string();
    let found = house.post(&officer.token, "/v1/subjects", &body).await.json();
    assert_eq!(found["subject"], life["subject"]);
    let by_id = format!("/v1/subjects/{}", life["subject"].as_str().unwrap());
    let by_id = house.get(&officer.token, &by_id).await.json();
    assert_eq!(by_id["held"], life["held"]);
    // In no row stands the reference itself.
    for (name, bytes) in house.written() {
        let found = bytes.windows(REFERENCE.len()).any(|w| w == REFERENCE.as_bytes());
        assert!(!found, "{name} holds the reference");
    }
}

#[tokio::test]
async fn o9_every_request_has_a_deadline_and_leaves_a_trace() {
    let house = House::open().await;
    let client = house.sandbox().await;
    let id = house.verified(&client).await;
    let token = &client.token;
    let rectify = json!({ "verification": id, "fields": { "surname": "RIGHT" } }).to_string();
    let asked = [
        ("export", "{}"),
        ("rectify", &rectify),
        ("restrict", r#"{"ground":"accuracy_contested"}"#),
        ("unrestrict", ""),
        ("object", ""),
        ("delete", ""),
    ];
    for (what, body) in asked {
        let reply = house.ask(token, what, body).await;
        assert_eq!(reply.status, 200, "{what}: {}", reply.text());
        house.clock.advance(Duration::from_secs(1));
    }
    let life = house.subject(token).await;
    let requests = life["requests"].as_array().unwrap();
    let kinds: Vec<_> = requests.iter().map(|one| one["kind"].as_str().unwrap()).collect();
    assert_eq!(
        kinds,
        ["access", "delete", "object", "unrestrict", "restrict", "rectify", "export"]
    );
    for request in requests {
        let moment = |name: &str| {
            request[name].as_str().unwrap().parse::<bonafide_verify::Moment>().unwrap().0.0
        };
        assert_eq!(moment("answer_by") - moment("received_at"), 28 * 86_400_000);
        // Also the objection, which the deletion answered.
        assert_eq!(request["outcome"], "done", "{request}");
    }
    // The traces go with what is known of the person.
    house.clock.advance(Duration::from_secs(31 * 86_400));
    bonafide_verify::verification::tick(&house.app, 100).await.unwrap();
    for name in ["subject_requests", "subject_restrictions", "verification_reads"] {
        assert_eq!(house.app.records().count(table(name), vec![]).await.unwrap(), 0, "{name}");
    }
}

#[tokio::test]
async fn o9_a_former_value_is_gone_when_it_was_put_right() {
    let house = House::open().await;
    let client = house.sandbox().await;
    let id = house.verified(&client).await;
    let token = &client.token;
    let path = format!("/v1/verifications/{id}");
    let surname = async || {
        let read = house.get(token, &path).await.json();
        read["result"]["document"]["fields"]["surname"].clone()
    };
    assert_eq!(surname().await["value"], "WRONG");
    let body = |fields: Value| json!({ "verification": id, "fields": fields }).to_string();
    let right = house.ask(token, "rectify", &body(json!({ "surname": "RIGHT" }))).await;
    assert_eq!(right.json()["fields"], json!(["surname"]), "{}", right.text());
    assert_eq!(surname().await, json!({ "value": "RIGHT", "source": "rectified", "agrees": null }));
    for wrong in [json!({}), json!({ "sex": "female" }), json!({ "nonsense": "x" })] {
        let reply = house.ask(token, "rectify", &body(wrong.clone())).await;
        assert_eq!(reply.status, 400, "{wrong}: {}", reply.text());
        assert!(!reply.text().contains("female"), "{}", reply.text());
    }
    // What is not of this person is not put right.
    let other = house.post(token, "/v1/verifications", "{}").await.json();
    let fields = json!({ "surname": "RIGHT" });
    let other = json!({ "verification": other["id"], "fields": fields }).to_string();
    assert_eq!(house.ask(token, "rectify", &other).await.status, 400);
}

#[tokio::test]
async fn o9_who_read_often_and_what_was_asked_for_often_is_told_whole() {
    let house = House::open().await;
    let key = house.sandbox().await;
    house.verified(&key).await;
    let life = house.subject(&key.token).await;
    let hash = life["subject"].as_str().unwrap().strip_prefix("sub_").unwrap().to_owned();
    let (realm, now) = (house.realm(&key).await.to_string(), house.clock.now());
    let later = Timestamp(now.0 + 3_600_000);
    let count = |life: &Value, what: &str| life[what].as_array().unwrap().len();
    let before = (count(&life, "reads"), count(&life, "requests"));
    let mut changes = Vec::new();
    for n in 0..1_100 {
        // Many at one moment.
        let at = Timestamp(now.0 + n / 700);
        changes.push(Change::Insert(
            Row::new(table("verification_reads"))
                .with("id", format!("read-{n:04}"))
                .with("realm", realm.as_str())
                .with("verification", "ver_a")
                .with("reference", hash.as_str())
                .with("at", at)
                .with("role", "caller")
                .with("reader", "key_a")
                .with("purpose", "service")
                .with("category", "results")
                .with("items", 1_i64)
                .with("under", "call")
                .with("remove", later),
        ));
        changes.push(Change::Insert(
            Row::new(table("subject_requests"))
                .with("id", format!("srq_{n:04}"))
                .with("realm", realm.as_str())
                .with("reference", hash.as_str())
                .with("kind", "access")
                .with("received", at)
                .with("answer_by", later)
                .with("answered", at)
                .with("outcome", "done")
                .with("call_id", "call")
                .with("verifications", "[]")
                .with("remove", later),
        ));
    }
    house.app.records().commit(changes).await.unwrap();
    let life = house.subject(&key.token).await;
    // Reading this is asked for and told, too.
    let after = (count(&life, "reads"), count(&life, "requests"));
    assert!(after.0 >= before.0 + 1_100 && after.1 >= before.1 + 1_100, "{before:?} {after:?}");
    let ids: std::collections::BTreeSet<&str> = life["requests"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["id"].as_str().unwrap())
        .collect();
    assert_eq!(ids.len(), after.1, "each once");
}

#[tokio::test]
async fn o8_a_restriction_freezes_and_deletes_nothing() {
    let house = House::open().await;
    let client = house.sandbox().await;
    let id = house.verified(&client).await;
    let token = &client.token;
    let paths = [
        format!("/v1/verifications/{id}"),
        format!("/v1/verifications/{id}/media/selfie"),
        format!("/v1/verifications/{id}/timeline"),
    ];
    let frozen = house.ask(token, "restrict", r#"{"ground":"needed_for_claims"}"#).await;
    assert_eq!(frozen.json()["restriction"]["ground"], "needed_for_claims");
    for path in &paths {
        let reply = house.get(token, path).await;
        assert_eq!((reply.status.as_u16(), reply.code()), (409, "wrong_state".to_owned()));
        let trace = house.get(token, &format!("/v1/calls/{}", reply.call())).await.json();
        assert_eq!(trace["call"]["result"], "restricted");
    }
    let body = json!({ "reference": REFERENCE }).to_string();
    assert_eq!(house.post(token, "/v1/verifications", &body).await.status, 409);
    // Nothing is deleted, the deadlines go on, and the person's rights stay.
    let life = house.subject(token).await;
    assert_eq!(life["held"].as_array().unwrap().len(), 2);
    assert_eq!(house.ask(token, "export", "{}").await.status, 200);
    house.clock.advance(Duration::from_secs(1));
    let freed = house.ask(token, "unrestrict", "").await;
    assert_eq!(freed.json()["restriction"], Value::Null);
    for path in &paths {
        assert_eq!(house.get(token, path).await.status, 200);
    }
    // The log says that it was, and of whom nobody learns.
    let hash = life["subject"].as_str().unwrap().strip_prefix("sub_").unwrap();
    assert_eq!(
        acts(&house, &client, hash).await,
        [RestrictionAct::Unrestricted, RestrictionAct::Restricted]
    );
}

#[tokio::test]
async fn o9_an_objection_freezes_until_it_is_decided() {
    let house = House::open().await;
    let client = house.sandbox().await;
    let id = house.verified(&client).await;
    let token = &client.token;
    let objected = house.ask(token, "object", "").await.json();
    assert_eq!(objected["restriction"]["ground"], "objection");
    assert_eq!(objected["request"]["answered_at"], Value::Null);
    assert_eq!(house.get(token, &format!("/v1/verifications/{id}")).await.status, 409);
    house.ask(token, "unrestrict", "").await;
    let requests = house.subject(token).await["requests"].clone();
    let objection = requests.as_array().unwrap().iter().find(|one| one["kind"] == "object");
    assert_eq!(objection.unwrap()["outcome"], "overridden");
    assert_eq!(house.get(token, &format!("/v1/verifications/{id}")).await.status, 200);
}

#[tokio::test]
async fn o11_a_person_is_deleted_by_reference_and_the_receipts_hold_offline() {
    let house = House::open().await;
    let client = house.sandbox().await;
    let (one, two) = (house.verified(&client).await, house.verified(&client).await);
    let token = &client.token;
    let deleted = house.ask(token, "delete", "").await.json();
    assert_eq!((&deleted["verifications"], &deleted["items"]), (&json!(2), &json!(4)));
    house.app.vault().log_events(100).await.unwrap();
    let life = house.subject(token).await;
    assert!(signed(&life, REFERENCE).contains("\nheld: nothing\n"));
    assert_eq!((&life["held"], &life["verifications"]), (&json!([]), &json!([])));
    // The receipts are still his to show.
    let key = life["log_key"].as_str().unwrap().parse().unwrap();
    let trusted = Policy::new([key], [], 0).unwrap();
    let deletions = life["deletions"].as_array().unwrap();
    let mut of: Vec<_> =
        deletions.iter().map(|told| told["verification"].as_str().unwrap()).collect();
    of.sort_unstable();
    let mut both = [one.as_str(), two.as_str()];
    both.sort_unstable();
    assert_eq!(of, both);
    for told in deletions {
        assert_eq!(told["cause"], "request");
        let receipt = Receipt::parse(told["receipt"].as_str().unwrap().as_bytes()).unwrap();
        let leaf = receipt.verify(&trusted).unwrap().leaf().unwrap();
        let salt = Hash::from_hex(told["opening"].as_str().unwrap()).unwrap();
        let id = told["verification"].as_str().unwrap();
        let opening = Opening::new(salt.0, SubjectHash::of_owner(id));
        assert!(opening.opens(leaf.commitment().unwrap()));
    }
    // Again is as before; nothing of the person can be read any more.
    assert_eq!(house.ask(token, "delete", "").await.json()["items"], 0);
    let media = format!("/v1/verifications/{one}/media/selfie");
    assert_eq!(house.get(token, &media).await.status, StatusCode::NOT_FOUND);
    let read = house.get(token, &format!("/v1/verifications/{one}")).await.json();
    assert_eq!((&read["reference"], &read["result"]), (&Value::Null, &Value::Null));
}

#[tokio::test]
async fn o9_an_export_holds_everything_and_every_file_is_signed_for() {
    let house = House::open().await;
    let client = house.sandbox().await;
    let id = house.verified(&client).await;
    let token = &client.token;
    let reply = house.ask(token, "export", "{}").await;
    assert_eq!(reply.headers["content-type"], "application/x-tar", "{}", reply.text());
    let find = |name: &str| {
        let mut archive = tar::Archive::new(reply.bytes.as_slice());
        let mut entries = archive.entries().unwrap().map(Result::unwrap);
        let mut entry = entries.find(|entry| entry.path().unwrap().to_str() == Some(name)).unwrap();
        let mut bytes = Vec::new();
        std::io::Read::read_to_end(&mut entry, &mut bytes).unwrap();
        bytes
    };
    let selfie = format!("media/{id}/selfie.jpeg");
    assert_eq!(find(&selfie), SELFIE);
    let mut subject: Value = serde_json::from_slice(&find("subject.json")).unwrap();
    let surname = &subject["results"][&id]["document"]["fields"]["surname"]["value"];
    assert_eq!(surname, "WRONG");
    subject["statement"] = String::from_utf8(find("statement.txt")).unwrap().into();
    let text = signed(&subject, REFERENCE);
    for name in ["subject.json", &selfie] {
        let line = format!("sha256: {}  {name}\n", Hash::sha256(&find(name)).to_hex());
        assert!(text.contains(&line), "{text}");
    }
    // Each kind of data that left is a read of its own.
    let life = house.subject(token).await;
    let purposes: Vec<_> = life["reads"].as_array().unwrap().iter().collect();
    assert_eq!(purposes.len(), 2);
    assert!(purposes.iter().all(|read| read["purpose"] == "rights"), "{purposes:?}");
    // Somebody else's export is empty, and of another verification there is none.
    let other = json!({ "verification": format!("ver_{}", "a".repeat(26)) }).to_string();
    assert_eq!(house.ask(token, "export", &other).await.status, 400);
}

#[tokio::test]
async fn p1_what_the_policy_keeps_from_the_customer_is_not_read() {
    let house = House::open().await;
    let open = house.sandbox().await;
    let tenant = house.tenant_under("Closed Bank", Some("closed")).await;
    let closed = house.client(tenant, Environment::Sandbox, Scopes::all()).await;
    for (key, allowed) in [(&open, true), (&closed, false)] {
        let id = house.verified(key).await;
        let read = house.get(&key.token, &format!("/v1/verifications/{id}")).await.json();
        assert_eq!(read["state"], "approved", "how it stands may be known");
        assert_eq!(read["result"].is_null(), !allowed, "{read}");
        let media = house.get(&key.token, &format!("/v1/verifications/{id}/media/selfie")).await;
        assert_eq!(media.status == StatusCode::OK, allowed, "{}", media.text());
        if !allowed {
            assert_eq!((media.status.as_u16(), media.code()), (403, "policy_forbids".to_owned()));
        }
    }
}

#[tokio::test]
async fn p2_the_operation_log_is_read_by_whom_the_policy_lets() {
    let house = House::open().await;
    let open = house.sandbox().await;
    let tenant = house.tenant_under("Closed Bank", Some("closed")).await;
    let closed = house.client(tenant, Environment::Sandbox, Scopes::all()).await;
    for (key, status) in [(&open, 200), (&closed, 403)] {
        let call = house.get(&key.token, "/v1/usage").await.call();
        for path in ["/v1/operations", "/v1/calls", &format!("/v1/calls/{call}")] {
            let reply = house.get(&key.token, path).await;
            assert_eq!(reply.status, status, "{path}: {}", reply.text());
        }
    }
}

#[tokio::test]
async fn p1_every_read_of_a_persons_data_is_in_the_log() {
    let house = House::open().await;
    let client = house.sandbox().await;
    let id = house.verified(&client).await;
    let token = &client.token;
    house.get(token, &format!("/v1/verifications/{id}")).await;
    house.get(token, &format!("/v1/verifications/{id}/media/selfie")).await;
    house.ask(token, "export", "{}").await;
    house.app.vault().log_events(100).await.unwrap();
    let realm = house.realm(&client).await;
    let told = house.app.vault().events_of(&realm, &id).await.unwrap();
    let mut reads: Vec<_> = told
        .iter()
        .filter_map(|told| match &told.leaf {
            Leaf::SensitiveRead(leaf) => Some(format!("{} {}", leaf.purpose, leaf.category)),
            _ => None,
        })
        .collect();
    reads.sort_unstable();
    assert_eq!(
        reads,
        ["rights face_media", "rights results", "service face_media", "service results"]
    );
}

#[tokio::test]
async fn o8_whose_data_was_kept_in_a_period_is_known_also_when_it_is_gone() {
    let house = House::open().await;
    let client = house.sandbox().await;
    let start = bonafide_verify::Moment(house.clock.now());
    let id = house.verified(&client).await;
    house.clock.advance(Duration::from_secs(600));
    let second = bonafide_verify::Moment(house.clock.now());
    house.verified(&client).await;
    let token = &client.token;
    let whole = house.get(token, &format!("/v1/breaches?from={start}")).await.json();
    assert_eq!(whole["data"]["verifications"], 2, "{whole}");
    assert_eq!((&whole["data"]["subjects"], &whole["data"]["unknown"]), (&json!(1), &json!(0)));
    assert_eq!(whole["data"]["categories"]["face_media"]["verifications"], 2);
    assert_eq!(whole["entries"].as_array().unwrap().len(), 4);
    let narrow = format!("/v1/breaches?until={second}&category=results");
    let narrow = house.get(token, &narrow).await.json();
    assert_eq!(narrow["entries"].as_array().unwrap().len(), 1);
    assert_eq!(narrow["entries"][0]["verification"], id.as_str());
    let subject = house.subject(token).await["subject"].clone();
    assert_eq!(narrow["entries"][0]["subject"], subject);
    // Page by page it is the same.
    let (mut paged, mut next) = (Vec::new(), String::new());
    loop {
        let page = house.get(token, &format!("/v1/breaches?limit=3{next}")).await.json();
        assert_eq!(page["data"].is_null(), !next.is_empty());
        paged.extend(page["entries"].as_array().unwrap().clone());
        let Some(cursor) = page["next"].as_str() else { break };
        next = format!("&cursor={cursor}");
    }
    assert_eq!(json!(paged), whole["entries"]);
    // Deleted, it is known that there was something, and not of whom.
    house.ask(token, "delete", "").await;
    let after = house.get(token, &format!("/v1/breaches?from={start}")).await.json();
    assert_eq!((&after["data"]["subjects"], &after["data"]["unknown"]), (&json!(0), &json!(2)));
    let now = bonafide_verify::Moment(house.clock.now());
    let none = house.get(token, &format!("/v1/breaches?from={now}")).await.json();
    assert_eq!(none["entries"], json!([]), "what was deleted is not kept any more");
    let stranger = house.sandbox().await;
    let none = house.get(&stranger.token, "/v1/breaches").await.json();
    assert_eq!(none["entries"], json!([]));
    let wrong = house.get(token, &format!("/v1/breaches?from={now}&until={now}")).await;
    assert_eq!(wrong.status, 400);
}

#[tokio::test]
async fn o9_who_was_verified_often_is_told_and_deleted_whole() {
    const MORE: usize = 520;
    let house = House::open().await;
    let client = house.sandbox().await;
    let id = house.verified(&client).await;
    let select = Select::from(table("verifications")).and(Condition::is("id", id.as_str()));
    let row = house.app.records().select(select).await.unwrap().remove(0);
    let mut random = bonafide_context::Seeded::new(10);
    let again = (0..MORE).map(|_| {
        let id = bonafide_ledger::id_text("ver_", &mut random);
        Change::Insert(row.clone().with("id", id))
    });
    house.app.records().commit(again.collect()).await.unwrap();
    let life = house.subject(&client.token).await;
    assert_eq!(life["verifications"].as_array().unwrap().len(), MORE + 1);
    let deleted = house.ask(&client.token, "delete", "").await.json();
    assert_eq!((&deleted["verifications"], &deleted["items"]), (&json!(MORE + 1), &json!(2)));
    let life = house.subject(&client.token).await;
    assert!(signed(&life, REFERENCE).contains("\nheld: nothing\n"), "{life}");
}

/// What the log holds of somebody: acts of restriction, the newest first.
async fn acts(house: &House, key: &Key, owner: &str) -> Vec<RestrictionAct> {
    house.app.vault().log_events(100).await.unwrap();
    let realm = house.realm(key).await;
    let told = house.app.vault().events_of(&realm, owner).await.unwrap();
    let act = |leaf: &Leaf| match leaf {
        Leaf::Restriction(leaf) => Some(leaf.act),
        _ => None,
    };
    told.iter().filter_map(|told| act(&told.leaf)).collect()
}

#[tokio::test]
async fn o25_a_legal_hold_outlives_the_deadline_and_is_off_unless_the_policy_says_so() {
    let house = House::open().await;
    let strict = house.sandbox().await;
    let until = bonafide_verify::Moment(Timestamp(house.clock.now().0 + 90 * 86_400_000));
    let body = json!({ "basis": "legal_claim", "until": until.to_string() }).to_string();
    let refused = house.ask(&strict.token, "hold", &body).await;
    assert_eq!((refused.status.as_u16(), refused.code()), (422, "not_possible".to_owned()));

    let tenant = house.tenant_under("Bank", Some("law")).await;
    let client = house.client(tenant, Environment::Sandbox, Scopes::all()).await;
    let token = &client.token;
    let id = house.verified(&client).await;
    let placed = house.ask(token, "hold", &body).await;
    assert_eq!(placed.json()["hold"]["items"], 1, "{}", placed.text());
    assert_eq!(house.ask(token, "hold", &body).await.code(), "wrong_state");
    // No request deletes what is held.
    let redact = format!("/v1/verifications/{id}/redact");
    for scope in ["media", "all"] {
        let body = json!({ "scope": scope }).to_string();
        assert_eq!(house.post(token, &redact, &body).await.code(), "wrong_state");
    }
    assert_eq!(house.ask(token, "delete", "").await.code(), "wrong_state");
    // The pictures are gone after two hours all the same, and what is held is read
    // for the person's rights only.
    house.clock.advance(Duration::from_secs(31 * 86_400));
    house.app.vault().reap(100).await.unwrap();
    bonafide_verify::verification::tick(&house.app, 100).await.unwrap();
    let life = house.subject(token).await;
    let held = life["held"].as_array().unwrap();
    assert_eq!((held.len(), &held[0]["name"]), (1, &json!("result")), "{life}");
    assert_eq!(life["hold"]["basis"], "legal_claim");
    let read = house.get(token, &format!("/v1/verifications/{id}")).await.json();
    assert_eq!(read["result"], Value::Null);
    let export = house.ask(token, "export", "{}").await;
    assert!(export.text().contains("WRONG"), "the person's copy has it");
    // Lifted, it goes at once and with a receipt.
    let path = format!("/v1/subjects/{ENCODED}/hold");
    let lifted = house.call(token, axum::http::Method::DELETE, &path, "").await;
    assert_eq!(lifted.json()["hold"], Value::Null, "{}", lifted.text());
    let hash = life["subject"].as_str().unwrap()[4..].to_owned();
    assert_eq!(
        acts(&house, &client, &hash).await,
        [RestrictionAct::HoldLifted, RestrictionAct::HoldPlaced]
    );
    bonafide_verify::verification::tick(&house.app, 100).await.unwrap();
    let life = house.subject(token).await;
    assert!(signed(&life, REFERENCE).contains("\nheld: nothing\n"), "{life}");
}

#[tokio::test]
async fn o25_a_hold_ends_by_itself() {
    let house = House::open().await;
    let tenant = house.tenant_under("Bank", Some("law")).await;
    let client = house.client(tenant, Environment::Sandbox, Scopes::all()).await;
    house.verified(&client).await;
    let until = bonafide_verify::Moment(Timestamp(house.clock.now().0 + 40 * 86_400_000));
    let body = json!({ "basis": "authority_order", "until": until.to_string() }).to_string();
    house.ask(&client.token, "hold", &body).await;
    house.clock.advance(Duration::from_secs(40 * 86_400 - 1));
    assert_eq!(house.subject(&client.token).await["held"].as_array().unwrap().len(), 1);
    house.clock.advance(Duration::from_secs(1));
    let life = house.subject(&client.token).await;
    assert_eq!((&life["held"], &life["hold"]), (&json!([]), &Value::Null));
    assert_eq!(house.ask(&client.token, "delete", "").await.status, 200);
    bonafide_verify::verification::tick(&house.app, 100).await.unwrap();
    assert_eq!(house.app.records().count(table("subject_holds"), vec![]).await.unwrap(), 0);
}

#[tokio::test]
async fn o25_the_record_that_a_law_wants_is_a_copy_of_its_own_and_outlives_deletion() {
    let house = House::open().await;
    let strict = house.sandbox().await;
    let tenant = house.tenant_under("Bank", Some("law")).await;
    let client = house.client(tenant, Environment::Sandbox, Scopes::all()).await;
    for key in [&strict, &client] {
        let id = house.verified_to(key, "review").await;
        let decision = r#"{"decision":"approved","reason":"confirmed_elsewhere"}"#;
        let path = format!("/v1/verifications/{id}/decision");
        let decided = house.post(&key.token, &path, decision).await;
        assert_eq!(decided.json()["state"], "approved", "{}", decided.text());
    }
    let opened = house.app.vault().opened();
    bonafide_verify::verification::tick(&house.app, 100).await.unwrap();
    assert_eq!(house.app.vault().opened(), opened + 1, "of the one that a law is about");
    bonafide_verify::verification::tick(&house.app, 100).await.unwrap();
    assert_eq!(house.app.vault().opened(), opened + 1, "made once");

    let deleted = house.ask(&client.token, "delete", "").await.json();
    assert_eq!((&deleted["items"], &deleted["kept_for_law"]), (&json!(2), &json!(1)));
    let none = house.ask(&strict.token, "delete", "").await.json();
    assert_eq!(none["kept_for_law"], 0);
    house.clock.advance(Duration::from_secs(1_824 * 86_400));
    bonafide_verify::verification::tick(&house.app, 100).await.unwrap();
    house.app.vault().reap(100).await.unwrap();
    let life = house.subject(&client.token).await;
    let held = life["held"].as_array().unwrap();
    assert_eq!(held.len(), 1, "{life}");
    let purposes = json!([{ "purpose": "kyc-record", "basis": "legal-obligation" }]);
    assert_eq!((&held[0]["name"], &held[0]["purposes"]), (&json!("result"), &purposes));
    house.clock.advance(Duration::from_secs(86_400));
    bonafide_verify::verification::tick(&house.app, 100).await.unwrap();
    let life = house.subject(&client.token).await;
    assert_eq!(life["held"], json!([]));
    assert_eq!(house.app.records().count(table("kyc_records"), vec![]).await.unwrap(), 0);
}

/// Run by hand; its figures stand in `docs/benchmarks.md`:
/// `cargo test --release -p bonafide-native measure_a_breach -- --ignored --nocapture`.
#[tokio::test]
#[ignore = "fills a store with a million rows, to be timed by hand"]
async fn measure_a_breach_over_a_million_rows() {
    /// Of the one who asks.
    const ROWS: u64 = 1_000_000;
    /// And between them, of ten others, so many more.
    const OTHERS: u64 = 100_000;
    let house = House::open().await;
    let client = house.sandbox().await;
    let operator = house.operator().await;
    let operator = house.key(operator.tenant, &operator.application, Scopes::all()).await;
    let realm = house.realm(&client).await;
    let start = house.clock.now().0;
    let mut random = bonafide_context::Seeded::new(9);
    for batch in 0..(ROWS + OTHERS) / 5_000 {
        let rows = (0..5_000).map(|nth| {
            let nth = batch * 5_000 + nth;
            let category = ["document_media", "face_media", "results", "results"][nth as usize % 4];
            let id = bonafide_ledger::id_text("ver_", &mut random);
            let begins = Timestamp(start + nth * 1_000);
            let reference = Hash::sha256(&(nth / 4).to_be_bytes()).to_hex();
            let tenant = match nth % 11 {
                10 => realm.tenant.0 + 1_000 + nth % 10,
                _ => realm.tenant.0,
            };
            Change::Insert(
                Row::new(table("verification_holdings"))
                    .with("verification", id)
                    .with("category", category)
                    .with("tenant", tenant)
                    .with("environment", realm.environment.as_str())
                    .with("region", realm.region.as_str())
                    .with("application", client.application.as_str())
                    .with("reference", reference)
                    .with("begins", begins)
                    .with("ends", Timestamp(begins.0 + 7_200_000)),
            )
        });
        house.app.records().commit(rows.collect()).await.unwrap();
    }
    let clock = bonafide_context::SystemClock::start();
    let cpu = || {
        let now = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
        Duration::new(now.tv_sec.unsigned_abs(), u32::try_from(now.tv_nsec).unwrap())
    };
    // The last hour of them: what a way through the index from its begin costs.
    let from = bonafide_verify::Moment(Timestamp(start + (ROWS - 3_600) * 1_000));
    let until = bonafide_verify::Moment(Timestamp(from.0.0 + 3_600_000));
    let hour = format!("from={from}&until={until}");
    for (token, query) in [
        (&client.token, String::new()),
        (&client.token, hour.clone()),
        (&client.token, format!("{hour}&category=face_media")),
        (&operator.token, "everywhere=true".to_owned()),
        (&operator.token, format!("everywhere=true&{hour}")),
    ] {
        let (wall, used) = (clock.elapsed(), cpu());
        let reply = house.get(token, &format!("/v1/breaches?{query}")).await;
        assert_eq!(reply.status, 200, "{}", reply.text());
        let data = &reply.json()["data"];
        println!(
            "{query}: {} verifications of {} subjects: wall {:?}, cpu {:?}",
            data["verifications"],
            data["subjects"],
            clock.elapsed().saturating_sub(wall),
            cpu().saturating_sub(used)
        );
    }
}
