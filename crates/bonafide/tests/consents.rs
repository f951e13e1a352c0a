//! A consent receipt is checked by whoever has its proof and the log's key, by the
//! binary alone.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

mod support;

use std::path::Path;
use std::sync::Arc;

use bonafide_context::{Clock, OsRandom, Realm, SystemClock};
use bonafide_vault::objects::Directory;
use bonafide_vault::records::Sqlite;
use bonafide_vault::{ConsentAct, Event, Receipt, RootKey, Stores, Under, Vault, Whose};
use bonafide_verify::Moment;
use bonafide_verify::consent::{
    ConsentEvent, ConsentEventKind, ConsentProof, ConsentPurpose, ConsentReceipt, ConsentWay,
    Notice, Statement, log_owner,
};
use support::bonafide;

/// A proof as the server gives it, of a consent that was given and withdrawn.
async fn given(data: &Path) -> ConsentProof {
    let stores = Stores {
        records: Arc::new(Sqlite::open(data.join("records.db")).await.unwrap()),
        objects: Arc::new(Directory::open(data.join("objects")).unwrap()),
        keys: Arc::new(Sqlite::open(data.join("keys.db")).await.unwrap()),
    };
    let clock = Arc::new(SystemClock::start());
    let now = clock.now();
    let root = RootKey::in_file(data.join("root.key"));
    let vault = Vault::open(stores, root, clock, Box::new(OsRandom)).await.unwrap();
    let realm = Realm {
        tenant: "1300000001".parse().unwrap(),
        environment: "live".parse().unwrap(),
        region: "local".parse().unwrap(),
    };
    let receipt = ConsentReceipt {
        subject: "0".repeat(64),
        verification: None,
        purposes: [ConsentPurpose::Service, ConsentPurpose::Improvement].into(),
        notice: Notice { name: "privacy-notice".to_owned(), version: 3 },
        language: "zh-Hant".to_owned(),
        given_ms: now.0,
        recorded_ms: now.0,
        way: ConsentWay::Paper,
        guardian: None,
    };
    let id = "cns_aaaaaaaaaaaaaaaaaaaaaaaaaa".parse().unwrap();
    let statement = Statement::of(&id, &receipt).text().unwrap();
    let owner = log_owner(&id, &statement);
    let whose = Whose { realm: &realm, owner: &owner, until: None };
    for act in [ConsentAct::Given, ConsentAct::Withdrawn] {
        let event = Event::Consent {
            act,
            purposes: &["service", "improvement"],
            notice: Under { policy: "privacy-notice", version: 3 },
            language: "zh-hant",
            how: "paper",
            guardian: false,
        };
        vault.stores().records.commit(vault.event(&whose, &event).unwrap()).await.unwrap();
        vault.log_events(100).await.unwrap();
    }
    let mut told = vault.events_of(&realm, &owner).await.unwrap();
    told.reverse();
    let kinds = [ConsentEventKind::Given, ConsentEventKind::Withdrawn];
    let event = |(told, act): (&bonafide_vault::Told, _)| ConsentEvent {
        at: Moment(told.at),
        act,
        opening: told.opening.salt_hex(),
        receipt: told.receipt.as_ref().map(Receipt::to_text),
    };
    ConsentProof {
        statement,
        log_key: vault.log_verifier().await.unwrap().to_string(),
        events: told.iter().zip(kinds).map(event).collect(),
    }
}

#[tokio::test]
async fn o4_a_consent_is_checked_offline_and_no_change_to_it_passes() {
    let folder = tempfile::tempdir().unwrap();
    let proof = given(folder.path()).await;
    let place = tempfile::tempdir().unwrap();
    let file = place.path().join("consent.json");
    let check = |proof: &ConsentProof, key: &str| {
        std::fs::write(&file, serde_json::to_vec(proof).unwrap()).unwrap();
        bonafide(&["consent", "verify", file.to_str().unwrap(), "--key", key])
    };
    let key = proof.log_key.clone();
    let (answer, code) = check(&proof, &key);
    assert_eq!(code, 0, "{answer}");
    assert_eq!(answer["receipt"]["notice"]["version"], 3);
    assert!(answer["withdrawn"].is_number(), "{answer}");

    let refused = |proof: &ConsentProof| {
        let (answer, code) = check(proof, &key);
        assert_eq!(code, 2, "{answer}");
        answer["error"]["code"].as_str().unwrap().to_owned()
    };
    // Each part of what was agreed to.
    for (from, to) in [
        ("\"paper\"", "\"phone\""),
        ("\"version\":3", "\"version\":4"),
        ("zh-Hant", "en"),
        ("[\"service\",\"improvement\"]", "[\"service\"]"),
        (&"0".repeat(64)[..], &"1".repeat(64)),
        ("\"guardian\":null", "\"guardian\":\"parent\""),
        ("cns_aaaa", "cns_bbbb"),
        ("{\"v\"", "{ \"v\""),
    ] {
        let statement = proof.statement.replacen(from, to, 1);
        assert_ne!(statement, proof.statement, "{from}");
        let changed = ConsentProof { statement, ..proof.clone() };
        assert_eq!(refused(&changed), "consent_differs", "{from}");
    }
    // That it was withdrawn told as that it was given.
    let mut swapped = proof.clone();
    swapped.events.remove(0);
    swapped.events[0].act = ConsentEventKind::Given;
    assert_eq!(refused(&swapped), "consent_differs");
    let mut silent = proof.clone();
    silent.events.remove(0);
    assert_eq!(refused(&silent), "consent_not_given");
    let mut early = proof.clone();
    early.events[0].receipt = None;
    assert_eq!(refused(&early), "receipt_missing");
    // The key of another installation, which the file may name as it likes.
    let elsewhere = tempfile::tempdir().unwrap();
    let other = given(elsewhere.path()).await;
    let (answer, _) = check(&proof, &other.log_key);
    assert_eq!(answer["error"]["code"], "receipt_unknown_log");
    std::fs::write(&file, "{}").unwrap();
    let (answer, _) = bonafide(&["consent", "verify", file.to_str().unwrap(), "--key", &key]);
    assert_eq!(answer["error"]["code"], "proof_unreadable");
}
