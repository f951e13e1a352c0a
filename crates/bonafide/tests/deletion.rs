//! Deletion on request through the server as an operator starts it: the key, the bytes
//! and the receipt. How long each takes is measured by `bonafide bench --server`.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

mod support;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use bonafide_context::{Clock, OsRandom, Realm, SystemClock, Timestamp};
use bonafide_policy::Category;
use bonafide_vault::objects::Directory;
use bonafide_vault::records::{Condition, Records, Sqlite};
use bonafide_vault::{Item, RootKey, Stores, Under, Vault};
use serde_json::{Value, json};
use support::{Account, Server, bonafide, client, models_are_there, text, until};

const REFERENCE: &str = "customer-of-the-bank-7";

/// Every file of the object store.
fn objects(data: &Path) -> BTreeSet<PathBuf> {
    let (mut found, mut folders) = (BTreeSet::new(), vec![data.join("objects")]);
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                found.insert(path);
            }
        }
    }
    found
}

/// Puts a picture under a verification, beside a server that runs: as another node
/// would.
async fn keep_picture(data: &Path, account: &Account, verification: &str) {
    let stores = Stores {
        records: Arc::new(Sqlite::open(data.join("records.db")).await.unwrap()),
        objects: Arc::new(Directory::open(data.join("objects")).unwrap()),
        keys: Arc::new(Sqlite::open(data.join("keys.db")).await.unwrap()),
    };
    let clock = Arc::new(SystemClock::start());
    let expires = Timestamp(clock.now().0 + 3_600_000);
    let root = RootKey::in_file(data.join("root.key"));
    let vault = Vault::open(stores, root, clock, Box::new(OsRandom)).await.unwrap();
    let realm = Realm {
        tenant: account.app_id.parse().unwrap(),
        environment: "live".parse().unwrap(),
        region: "apac".parse().unwrap(),
    };
    let item = Item {
        realm: &realm,
        owner: verification,
        name: "selfie",
        category: Category::FaceMedia,
        expires,
        media_type: "image/jpeg",
        policy: Under::default(),
    };
    let changes = vault.prepare(&item, &[7; 50_000]).await.unwrap();
    vault.stores().records.commit(changes).await.unwrap();
}

async fn ask(server: &Server, account: &Account, path: &str) -> Value {
    told(client().get(format!("{}{path}", server.url)), account, path).await
}

async fn told(request: reqwest::RequestBuilder, account: &Account, path: &str) -> Value {
    let answer = request.bearer_auth(&account.token).send().await.unwrap();
    assert!(answer.status().is_success(), "{path}: {}", answer.status());
    answer.json().await.unwrap()
}

#[tokio::test]
async fn o11_who_is_deleted_on_request_has_no_key_no_bytes_and_a_receipt() {
    if !models_are_there("o11_who_is_deleted_on_request_has_no_key_no_bytes_and_a_receipt") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path();
    let server = Server::start(data);
    let account = server.account("live");
    let before = objects(data);
    let create = client().post(format!("{}/v1/verifications", server.url));
    let create = create.json(&json!({ "reference": REFERENCE }));
    let made = told(create, &account, "creation").await;
    let id = text(&made["id"]);
    keep_picture(data, &account, &id).await;
    let own: BTreeSet<PathBuf> = objects(data).difference(&before).cloned().collect();
    assert!(!own.is_empty(), "a picture is too large for a row");
    let records = Sqlite::open(data.join("records.db")).await.unwrap();
    let items = bonafide_vault::TABLES.iter().copied().find(|t| t.name == "vault_items").unwrap();
    let kept = async || records.count(items, vec![Condition::is("owner", id.as_str())]).await;
    assert_eq!(kept().await.unwrap(), 1);

    let path = format!("/v1/subjects/{REFERENCE}");
    let delete = client().post(format!("{}{path}/delete", server.url));
    let deleted = told(delete, &account, "deletion").await;
    assert_eq!(deleted["items"], 1, "{deleted}");
    // With the answer: the row held the one copy of the data key.
    assert_eq!(kept().await.unwrap(), 0);
    until("the bytes to go", async || own.iter().all(|one| !one.exists()).then_some(())).await;
    let receipt = until("the receipt", async || {
        let life = ask(&server, &account, &path).await;
        let deletion = life["deletions"][0].clone();
        deletion["receipt"].is_string().then_some(deletion)
    })
    .await;
    let life = ask(&server, &account, &path).await;
    assert_eq!(life["held"], json!([]), "{life}");

    // The receipt says so to whoever has nothing but the log's key.
    let file = data.join("receipt.tlog-proof");
    std::fs::write(&file, text(&receipt["receipt"])).unwrap();
    let (of, opening) = (text(&receipt["verification"]), text(&receipt["opening"]));
    let (told, code) = bonafide(&[
        "receipt",
        "verify",
        file.to_str().unwrap(),
        "--key",
        &text(&life["log_key"]),
        "--of",
        &of,
        "--opening",
        &opening,
    ]);
    assert_eq!((code, &told["proven"]), (0, &json!(true)), "{told}");
    assert_eq!((of, &told["says"]["cause"]), (id, &json!("request")), "{told}");
}
