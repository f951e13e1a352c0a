//! What a liveness challenge keeps is a person's like everything else: it goes with
//! consent, with the verification and with the person, whatever is on its way.

use std::time::Duration;

use bonafide_context::Clock as _;
use bonafide_vault::records::{Select, Table};
use bonafide_vault::{Cause, ItemFacts};
use bonafide_verify::verification::tick;
use serde_json::{Value, json};

use super::camera::Camera;
use super::house::{House, Key, Reply};
use super::liveness::stub;
use super::store::Touch;

const ISSUE: &str = "/v1/liveness/challenges";
const PERSON: &str = "customer-8";

impl House {
    /// A challenge that rests on a receipt, with the first part of its recording.
    async fn begun_on(&self, key: &Key, receipt: &str) -> Camera {
        let body = json!({ "consent": receipt }).to_string();
        self.first_part(&key.token, &body).await
    }

    /// A verification of the person that wants a recording, and a challenge of it with
    /// the first part.
    async fn begun_for(&self, key: &Key) -> (String, Camera) {
        let settings = json!({ "mode": "liveness_only", "liveness": "reflective" });
        let body = json!({ "reference": PERSON, "settings": settings }).to_string();
        let made = self.post(&key.token, "/v1/verifications", &body).await.json();
        let camera = self.first_part(made["token"].as_str().unwrap(), "{}").await;
        (made["id"].as_str().unwrap().to_owned(), camera)
    }

    async fn first_part(&self, token: &str, body: &str) -> Camera {
        let issued = self.post(token, ISSUE, body).await;
        assert_eq!(issued.status, 201, "{}", issued.text());
        let mut camera = Camera::of(&issued.json());
        let part = camera.film(&mut |_, at| stub(at));
        let taken = camera.send(self, part).await;
        assert_eq!(taken.status, 200, "{}", taken.text());
        camera
    }

    /// What the vault keeps under a name.
    async fn items(&self, key: &Key, owner: &str) -> Vec<ItemFacts> {
        let realm = self.caller(&key.token).await.realm();
        self.app.vault().list(&realm, owner).await.unwrap()
    }

    async fn withdraw(&self, key: &Key, receipt: &str) -> Value {
        let reply = self.post(&key.token, &format!("/v1/consents/{receipt}/withdraw"), "").await;
        assert_eq!(reply.status, 200, "{}", reply.text());
        reply.json()
    }
}

fn table(name: &str) -> &'static Table {
    bonafide_verify::TABLES.iter().find(|table| table.name == name).unwrap()
}

#[tokio::test]
async fn p9_a_recording_goes_with_the_consent_that_it_rests_on() {
    let house = House::open().await;
    let key = house.sandbox().await;
    let (own, other) = (house.agree(&key, PERSON).await, house.agree(&key, "somebody-else").await);
    let mut camera = house.begun_on(&key, &own).await;
    let mut others = house.begun_on(&key, &other).await;
    assert_eq!(house.items(&key, &camera.id).await.len(), 2, "the secret and a part");
    let withdrawn = house.withdraw(&key, &own).await;
    assert_eq!(withdrawn["items"], 2, "{withdrawn}");
    assert_eq!(house.items(&key, &camera.id).await, []);
    let realm = house.caller(&key.token).await.realm();
    let told = house.app.vault().deletion_receipts(&realm, &camera.id).await.unwrap();
    assert!(!told.is_empty());
    assert!(told.iter().all(|one| one.deletion.cause == Cause::Withdrawal));
    // Nothing of it goes on, and nothing begins.
    let part = camera.film(&mut |_, at| stub(at));
    assert_eq!(camera.send(&house, part).await.code(), "not_found");
    let again = house.post(&key.token, ISSUE, &json!({ "consent": own }).to_string()).await;
    assert_eq!(again.code(), "consent_withdrawn");
    // What somebody else agreed to does.
    let part = others.film(&mut |_, at| stub(at));
    assert_eq!(others.send(&house, part).await.status, 200);
}

#[tokio::test]
async fn r6_a_recording_of_whom_the_application_names_goes_with_that_person() {
    let house = House::open().await;
    let key = house.sandbox().await;
    let body = json!({ "reference": PERSON }).to_string();
    let camera = house.first_part(&key.token, &body).await;
    assert_eq!(house.items(&key, &camera.id).await.len(), 2, "the secret and a part");
    let gone = house.post(&key.token, &format!("/v1/subjects/{PERSON}/delete"), "").await;
    assert_eq!(gone.status, 200, "{}", gone.text());
    assert_eq!(house.items(&key, &camera.id).await, []);

    // Somebody else's receipt, and a verification that has a person of its own.
    let receipt = house.agree(&key, "somebody-else").await;
    let body = json!({ "reference": PERSON, "consent": receipt }).to_string();
    assert_eq!(house.post(&key.token, ISSUE, &body).await.code(), "invalid_request");
    let (verification, _) = house.begun_for(&key).await;
    let body = json!({ "reference": PERSON, "verification": verification }).to_string();
    assert_eq!(house.post(&key.token, ISSUE, &body).await.code(), "invalid_request");

    // Whoever has withdrawn is not filmed under his name either.
    house.withdraw(&key, &receipt).await;
    let body = json!({ "reference": "somebody-else" }).to_string();
    assert_eq!(house.post(&key.token, ISSUE, &body).await.code(), "consent_withdrawn");
    // Nor is a person of whom nothing may be done.
    let path = format!("/v1/subjects/{PERSON}/restrict");
    let frozen = house.post(&key.token, &path, r#"{"ground":"needed_for_claims"}"#).await;
    assert_eq!(frozen.status, 200, "{}", frozen.text());
    let body = json!({ "reference": PERSON }).to_string();
    let refused = house.post(&key.token, ISSUE, &body).await;
    assert!(refused.text().contains("is restricted"), "{}", refused.text());
}

/// Between the look at what a part may do and its commit, everything is deleted.
#[tokio::test]
async fn r6_p9_a_part_that_is_on_its_way_leaves_nothing_behind() {
    for how in ["withdraw", "redact", "media", "assist", "withdraw_own", "delete_own"] {
        let house = House::open().await;
        let key = house.sandbox().await;
        let receipt = house.agree(&key, PERSON).await;
        let (owner, mut camera) = match how.ends_with("_own") {
            true => {
                let camera = house.begun_on(&key, &receipt).await;
                (camera.id.clone(), camera)
            }
            false => house.begun_for(&key).await,
        };
        let part = camera.film(&mut |_, at| stub(at));
        let held = house.store.hold_up(Touch::Inserts("vault_items"));
        let (path, body) = match how {
            "redact" => (format!("/v1/verifications/{owner}/redact"), r#"{"scope":"all"}"#),
            "media" => (format!("/v1/verifications/{owner}/redact"), r#"{"scope":"media"}"#),
            "assist" => (format!("/v1/verifications/{owner}/assist"), r#"{"channel":"phone"}"#),
            "delete_own" => (format!("/v1/subjects/{PERSON}/delete"), ""),
            _ => (format!("/v1/consents/{receipt}/withdraw"), ""),
        };
        let deleting = async {
            held.reached().await;
            let gone = house.post(&key.token, &path, body).await;
            held.let_go();
            gone
        };
        let (sent, gone) = tokio::join!(camera.send(&house, part), deleting);
        assert_eq!(gone.status, 200, "{how}: {}", gone.text());
        assert_ne!(sent.status, 200, "{how}");
        let left = house.items(&key, &owner).await;
        let left: Vec<_> = left.iter().filter(|item| item.category.is_media()).collect();
        assert!(left.is_empty(), "{how}: {left:?}");
    }
}

/// While everything is deleted, the person's page asks for another challenge and films.
#[tokio::test]
async fn r6_a_challenge_that_is_asked_for_while_deleting_leaves_nothing_behind() {
    for touch in [Touch::Updates("verifications"), Touch::Deletes("liveness_challenges")] {
        for (path, body) in [
            ("redact", r#"{"scope":"all"}"#),
            ("redact", r#"{"scope":"media"}"#),
            ("assist", r#"{"channel":"phone"}"#),
        ] {
            let how = format!("{path} {body} {touch:?}");
            let house = House::open().await;
            let key = house.sandbox().await;
            let (id, _) = house.begun_for(&key).await;
            let held = house.store.hold_up(touch);
            let path = format!("/v1/verifications/{id}/{path}");
            let filming = async {
                held.reached().await;
                let body = json!({ "verification": id }).to_string();
                let issued = house.post(&key.token, ISSUE, &body).await;
                if issued.status == 201 {
                    let mut camera = Camera::of(&issued.json());
                    let part = camera.film(&mut |_, at| stub(at));
                    assert_eq!(camera.send(&house, part).await.status, 200, "{how}");
                }
                held.let_go();
                issued
            };
            let (gone, issued) = tokio::join!(house.post(&key.token, &path, body), filming);
            assert_eq!(gone.status, 200, "{how}: {}", gone.text());
            if matches!(touch, Touch::Deletes(_)) {
                assert_eq!(issued.code(), "wrong_state", "{how}: {}", issued.text());
            }
            let left = house.items(&key, &id).await;
            let left: Vec<_> = left.iter().filter(|item| item.category.is_media()).collect();
            assert!(left.is_empty(), "{how}: {left:?}");
        }
    }
}

#[tokio::test]
async fn o23_the_assisted_way_deletes_what_was_recorded_of_the_face() {
    let house = House::open().await;
    let key = house.sandbox().await;
    let (id, mut camera) = house.begun_for(&key).await;
    assert!(house.items(&key, &id).await.iter().any(|item| item.category.is_biometric()));
    let path = format!("/v1/verifications/{id}/assist");
    let assisted = house.post(&key.token, &path, r#"{"channel":"phone"}"#).await;
    assert_eq!(assisted.status, 200, "{}", assisted.text());
    let left = house.items(&key, &id).await;
    assert!(!left.iter().any(|item| item.category.is_biometric()), "{left:?}");
    let part = camera.film(&mut |_, at| stub(at));
    assert_eq!(camera.send(&house, part).await.code(), "not_found");
}

#[tokio::test]
async fn o8_a_restriction_closes_what_a_challenge_keeps() {
    let house = House::open().await;
    let key = house.sandbox().await;
    let receipt = house.agree(&key, PERSON).await;
    let (_, of_verification) = house.begun_for(&key).await;
    let own = house.begun_on(&key, &receipt).await;
    let path = format!("/v1/subjects/{PERSON}/restrict");
    let frozen = house.post(&key.token, &path, r#"{"ground":"needed_for_claims"}"#).await;
    assert_eq!(frozen.status, 200, "{}", frozen.text());
    let is_restricted = |reply: &Reply| {
        assert_eq!(reply.code(), "wrong_state", "{}", reply.text());
        assert!(reply.text().contains("is restricted"), "{}", reply.text());
    };
    for mut camera in [of_verification, own] {
        is_restricted(&house.get(&key.token, &format!("{ISSUE}/{}", camera.id)).await);
        let part = camera.film(&mut |_, at| stub(at));
        is_restricted(&camera.send(&house, part).await);
    }
}

#[tokio::test]
async fn o9_a_challenge_of_its_own_is_told_and_deleted_with_the_person() {
    let house = House::open().await;
    let key = house.sandbox().await;
    let receipt = house.agree(&key, PERSON).await;
    let camera = house.begun_on(&key, &receipt).await;
    let (verification, _) = house.begun_for(&key).await;
    let subject = format!("/v1/subjects/{PERSON}");
    let life = house.get(&key.token, &subject).await.json();
    let held = life["held"].as_array().unwrap();
    let own: Vec<_> = held.iter().filter(|item| item["kind"] == "challenge").collect();
    assert!(own.iter().any(|item| item["category"] == "liveness_recording"), "{life:#}");
    assert!(own.iter().all(|item| item["challenge"] == camera.id.as_str()), "{life:#}");
    assert!(own.iter().all(|item| item["verification"].is_null()), "{life:#}");
    // The answer to a breach names the person, whichever way the recording came.
    let asked = "/v1/breaches?category=liveness_recording";
    let breach = house.get(&key.token, asked).await.json();
    let entries = breach["entries"].as_array().unwrap();
    assert_eq!(entries.len(), 2, "{breach:#}");
    assert!(entries.iter().all(|entry| entry["subject"] == life["subject"]), "{breach:#}");
    let export = house.post(&key.token, &format!("{subject}/export"), "{}").await;
    assert!(export.text().contains(&format!("items/challenge/{}/", camera.id)));

    let gone = house.post(&key.token, &format!("{subject}/delete"), "").await;
    assert_eq!(gone.status, 200, "{}", gone.text());
    assert_eq!(house.items(&key, &camera.id).await, []);
    assert_eq!(house.items(&key, &verification).await, []);
    let shown = house.get(&key.token, &format!("{ISSUE}/{}", camera.id)).await;
    assert_eq!(shown.code(), "not_found");
    // No row of a recording tells any more that there was a person; that he had agreed
    // is proof, which a law wants.
    let hash = life["subject"].as_str().unwrap().strip_prefix("sub_").unwrap();
    for (name, owner) in [("liveness_challenges", "id"), ("verification_holdings", "verification")]
    {
        let rows = house.app.records().select(Select::from(table(name))).await.unwrap();
        let owners = rows
            .iter()
            .filter(|row| row.optional_text("reference").unwrap() == Some(hash))
            .map(|row| row.text(owner).unwrap());
        assert!(
            owners.clone().all(|owner| owner == receipt),
            "{name}: {:?}",
            owners.collect::<Vec<_>>()
        );
    }
}

#[tokio::test]
async fn r3_frames_of_a_capture_are_unreadable_two_hours_after_the_first_byte() {
    let house = House::open().await;
    let key = house.sandbox().await;
    let began = house.clock.now();
    let receipt = house.agree(&key, PERSON).await;
    let own = house.begun_on(&key, &receipt).await;
    let (verification, mut camera) = house.begun_for(&key).await;
    // A later part does not rest longer.
    house.clock.advance(Duration::from_secs(1));
    let part = camera.film(&mut |_, at| stub(at));
    assert_eq!(camera.send(&house, part).await.status, 200);
    let passed = house.clock.now().0 - began.0;
    let two_hours = Duration::from_secs(2 * 3_600) - Duration::from_millis(passed);
    house.clock.advance(two_hours - Duration::from_secs(1));
    let frames = async |owner: &str| {
        let items = house.items(&key, owner).await;
        items.into_iter().filter(|item| item.category.is_media()).count()
    };
    assert_eq!((frames(&own.id).await, frames(&verification).await), (1, 2));
    house.clock.advance(Duration::from_secs(1));
    assert_eq!((frames(&own.id).await, frames(&verification).await), (0, 0));
}

#[tokio::test]
async fn r12_who_read_a_recordings_figures_is_forgotten_with_them() {
    if bonafide_inference::testing::models("recordings").is_none() {
        return;
    }
    let house = House::open().await;
    let key = house.sandbox().await;
    let issued = house.post(&key.token, ISSUE, "{}").await.json();
    let mut camera = Camera::of(&issued);
    camera.run(&house, &mut |_, at| stub(at)).await;
    assert_eq!(camera.complete(&house).await.status, 200);
    let shown = house.get(&key.token, &format!("{ISSUE}/{}", camera.id)).await.json();
    assert!(shown["figures"].is_object(), "{shown:#}");
    let reads = async || {
        let rows = house.app.records().select(Select::from(table("verification_reads"))).await;
        rows.unwrap().len()
    };
    assert_eq!(reads().await, 1);
    house.clock.advance(Duration::from_secs(31 * 86_400));
    tick(&house.app, 100).await.unwrap();
    assert_eq!(reads().await, 0);
}
