//! A statement and an export are checked by whoever has them and the installation's
//! key, by the binary alone.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

mod support;

use std::path::Path;
use std::sync::Arc;

use bonafide_context::{OsRandom, SystemClock};
use bonafide_transparency::Hash;
use bonafide_transparency::leaf::{Opening, SubjectHash};
use bonafide_vault::objects::Directory;
use bonafide_vault::records::Sqlite;
use bonafide_vault::{RootKey, Stores, Vault};
use serde_json::json;
use support::bonafide;

const WHOM: &str = "customer 7";

/// What a customer is given.
struct Given {
    archive: Vec<u8>,
    opening: String,
    key: String,
}

fn packed(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    for (name, bytes) in files {
        let mut header = tar::Header::new_ustar();
        header.set_size(bytes.len() as u64);
        builder.append_data(&mut header, name, *bytes).unwrap();
    }
    builder.into_inner().unwrap()
}

/// An export as the server signs it.
async fn exported(data: &Path) -> Given {
    let stores = Stores {
        records: Arc::new(Sqlite::open(data.join("records.db")).await.unwrap()),
        objects: Arc::new(Directory::open(data.join("objects")).unwrap()),
        keys: Arc::new(Sqlite::open(data.join("keys.db")).await.unwrap()),
    };
    let root = RootKey::in_file(data.join("root.key"));
    let clock = Arc::new(SystemClock::start());
    let vault = Vault::open(stores, root, clock, Box::new(OsRandom)).await.unwrap();
    let whose = SubjectHash::of_owner(WHOM);
    let (commitment, opening) = Opening::commit(whose, &mut OsRandom);
    let subject = b"{\"held\":[]}";
    let lines = format!(
        "of: {}\nheld: 1 items of 1 verifications\nsha256: {}  subject.json\n",
        Hash(*commitment.as_bytes()).to_hex(),
        Hash::sha256(subject).to_hex()
    );
    let statement = vault.sign_statement("export", &lines).await.unwrap();
    Given {
        archive: packed(&[("statement.txt", statement.as_bytes()), ("subject.json", subject)]),
        opening: opening.salt_hex(),
        key: vault.log_verifier().await.unwrap().to_string(),
    }
}

#[tokio::test]
async fn o9_an_export_is_checked_offline_and_each_change_to_it_is_told_apart() {
    let folder = tempfile::tempdir().unwrap();
    let given = exported(folder.path()).await;
    // From here on there is no server, no store and no network.
    let place = tempfile::tempdir().unwrap();
    let file = place.path().join("export.tar");
    let path = file.to_str().unwrap();
    let check = |bytes: &[u8], more: &[&str]| {
        std::fs::write(&file, bytes).unwrap();
        let trusted = ["statement", "verify", path, "--key", &given.key];
        bonafide(&[&trusted, more].concat())
    };
    let (told, code) = check(&given.archive, &["--of", WHOM, "--opening", &given.opening]);
    assert_eq!(code, 0, "{told}");
    assert_eq!((&told["kind"], &told["files"]), (&json!("export"), &json!(["subject.json"])));
    assert_eq!(told["of_this_person"], true);
    let (told, code) = check(&given.archive, &["--of", "customer 8", "--opening", &given.opening]);
    assert_eq!((told["error"]["code"].as_str(), code), (Some("statement_of_another"), 2), "{told}");

    let text = String::from_utf8(given.archive.clone()).unwrap();
    for (from, to, refused) in [
        ("{\"held\":[]}", "{\"held\":{}}", "export_changed"),
        ("held: 1 items", "held: 2 items", "statement_signature"),
    ] {
        assert!(text.contains(from));
        let (told, code) = check(text.replace(from, to).as_bytes(), &[]);
        assert_eq!((told["error"]["code"].as_str(), code), (Some(refused), 2), "{told}");
    }
    let (told, code) = check(b"no archive", &[]);
    assert_eq!((told["error"]["code"].as_str(), code), (Some("export_archive"), 2), "{told}");
}
