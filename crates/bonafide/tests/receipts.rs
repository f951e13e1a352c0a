//! A receipt is checked by whoever has it and the log's key, by the binary alone.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

mod support;

use std::path::Path;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bonafide_context::{Clock, OsRandom, Realm, SystemClock, Timestamp};
use bonafide_policy::Category;
use bonafide_vault::objects::Directory;
use bonafide_vault::records::Sqlite;
use bonafide_vault::{Item, RootKey, Stores, Under, Vault};
use serde_json::Value;
use support::bonafide;

const OWNER: &str = "ver_0123456789abcdef";

/// What a customer is given.
struct Given {
    receipt: String,
    opening: String,
    key: String,
}

/// Destroys something in a data directory, and two more things around it.
async fn destroyed(data: &Path) -> Given {
    let stores = Stores {
        records: Arc::new(Sqlite::open(data.join("records.db")).await.unwrap()),
        objects: Arc::new(Directory::open(data.join("objects")).unwrap()),
        keys: Arc::new(Sqlite::open(data.join("keys.db")).await.unwrap()),
    };
    let clock = Arc::new(SystemClock::start());
    let root = RootKey::in_file(data.join("root.key"));
    let expires = Timestamp(clock.now().0 + 3_600_000);
    let vault = Vault::open(stores, root, clock, Box::new(OsRandom)).await.unwrap();
    let realm = Realm {
        tenant: "1300000001".parse().unwrap(),
        environment: "live".parse().unwrap(),
        region: "local".parse().unwrap(),
    };
    for owner in ["ver_before", OWNER, "ver_after"] {
        let item = Item {
            realm: &realm,
            owner,
            name: "selfie",
            category: Category::FaceMedia,
            expires,
            media_type: "image/jpeg",
            policy: Under::default(),
        };
        let changes = vault.prepare(&item, b"a face").await.unwrap();
        vault.stores().records.commit(changes).await.unwrap();
        vault.erase(&realm, owner, None).await.unwrap();
    }
    vault.log_events(100).await.unwrap();
    let told = vault.deletion_receipts(&realm, OWNER).await.unwrap().remove(0);
    Given {
        receipt: told.receipt.unwrap().to_text(),
        opening: told.opening.salt_hex(),
        key: vault.log_verifier().await.unwrap().to_string(),
    }
}

#[tokio::test]
async fn a_receipt_is_checked_offline_and_each_change_to_it_is_told_apart() {
    let folder = tempfile::tempdir().unwrap();
    let given = destroyed(folder.path()).await;
    let (key, code) = bonafide(&["receipt", "key", "--data", folder.path().to_str().unwrap()]);
    assert_eq!((key["key"].as_str(), code), (Some(given.key.as_str()), 0));

    // From here on there is no server, no store and no network.
    let place = tempfile::tempdir().unwrap();
    let file = place.path().join("receipt.tlog-proof");
    let path = file.to_str().unwrap();
    let check = |text: &str, more: &[&str]| {
        std::fs::write(&file, text).unwrap();
        bonafide(&[&["receipt", "verify", path], more].concat())
    };
    let trusted = ["--key", given.key.as_str()];
    let (answer, code) = check(&given.receipt, &trusted);
    assert_eq!(code, 0, "{answer}");
    assert_eq!((&answer["proven"], &answer["size"]), (&true.into(), &3.into()), "{answer}");
    assert_eq!(answer["says"]["cause"], "request");
    assert_eq!(answer["says"]["what"]["face_media"]["items"], 1);
    assert!(!answer.to_string().contains("ver_"), "{answer}");

    let of = |id: &str, opening: &str| {
        let more = [trusted.as_slice(), &["--of", id, "--opening", opening]].concat();
        check(&given.receipt, &more)
    };
    let (answer, code) = of(OWNER, &given.opening);
    assert_eq!((answer["of"].as_str(), code), (Some(OWNER), 0));

    let refused = |(answer, status): (Value, i32)| {
        assert_eq!(status, 2, "{answer}");
        answer["error"]["code"].as_str().unwrap().to_owned()
    };
    assert_eq!(refused(of("ver_before", &given.opening)), "receipt_of_another");
    assert_eq!(refused(of(OWNER, &"0".repeat(64))), "receipt_of_another");
    assert_eq!(refused(of(OWNER, "zz")), "opening_unreadable");

    let lines: Vec<&str> = given.receipt.lines().collect();
    let blank = lines.iter().position(|line| line.is_empty()).unwrap();
    let with = |at: usize, line: &str| {
        let mut lines: Vec<&str> = lines.clone();
        lines[at] = line;
        lines.join("\n") + "\n"
    };
    let leaf = STANDARD.decode(lines[1].strip_prefix("extra ").unwrap()).unwrap();
    let leaf = String::from_utf8(leaf).unwrap();
    let edited = leaf.replace("request", "expiry");
    assert_ne!(edited, leaf);
    let edited = format!("extra {}", STANDARD.encode(edited));
    let zero = STANDARD.encode([0; 32]);
    let (origin, size, root) = (lines[blank + 1], blank + 2, blank + 3);
    let other = format!("{origin}x");
    for (changed, code) in [
        (with(0, "c2sp.org/tlog-proof@v9"), "receipt_header"),
        (with(1, "extra ?"), "receipt_leaf"),
        (with(1, &edited), "receipt_not_included"),
        (with(2, "index one"), "receipt_index"),
        (with(2, "index 0"), "receipt_not_included"),
        (with(3, "?"), "receipt_proof"),
        (with(3, &zero), "receipt_not_included"),
        (with(blank + 1, &other), "receipt_unknown_log"),
        (with(size, "4"), "receipt_signature"),
        (with(root, &zero), "receipt_signature"),
        (lines[..=root].join("\n"), "receipt_checkpoint"),
        (String::new(), "receipt_header"),
    ] {
        assert_eq!(refused(check(&changed, &trusted)), code, "{changed}");
    }
    // The key of another installation.
    let elsewhere = tempfile::tempdir().unwrap();
    let other = destroyed(elsewhere.path()).await;
    assert_eq!(refused(check(&given.receipt, &["--key", &other.key])), "receipt_unknown_log");
    let missing = bonafide(&["receipt", "verify", "/nowhere", "--key", &given.key]);
    assert_eq!(refused(missing), "file_unreadable");
}
