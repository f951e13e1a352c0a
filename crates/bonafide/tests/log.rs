//! The transparency log as the server shows it to everybody, read by a verifier that
//! was written from C2SP's texts (tlog-tiles, tlog-checkpoint, signed-note,
//! tlog-proof) and RFC 6962, and shares no code with the program.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "helpers of tests fail by panicking; the verifier is part of the test"
)]

mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::signature::{ED25519, UnparsedPublicKey};
use base64::prelude::{BASE64_STANDARD, Engine};
use bonafide_context::{Clock, OsRandom, Realm, SystemClock, Timestamp};
use bonafide_policy::Category;
use bonafide_vault::objects::Directory;
use bonafide_vault::records::Sqlite;
use bonafide_vault::{Item, RootKey, Stores, Under, Vault};
use reqwest::StatusCode;
use reqwest::header::{ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE};
use serde_json::{Value, json};
use support::{Server, client, log_key, models_are_there, text};

type Digest = [u8; 32];

fn sha256(parts: &[&[u8]]) -> Digest {
    digest(&SHA256, &parts.concat()).as_ref().try_into().unwrap()
}

/// RFC 6962 section 2.1.
fn root(leaves: &[Digest]) -> Digest {
    match leaves {
        [] => sha256(&[]),
        [one] => *one,
        _ => {
            let mut left = 1;
            while left * 2 < leaves.len() {
                left *= 2;
            }
            sha256(&[&[1], &root(&leaves[..left]), &root(&leaves[left..])])
        }
    }
}

/// RFC 9162 section 2.1.3.2.
fn included(leaf: Digest, index: u64, size: u64, proof: &[Digest], root: Digest) -> bool {
    if index >= size {
        return false;
    }
    let (mut node, mut last, mut hash) = (index, size - 1, leaf);
    for other in proof {
        if last == 0 {
            return false;
        }
        if node & 1 == 1 || node == last {
            hash = sha256(&[&[1], other, &hash]);
            while node & 1 == 0 && node != 0 {
                node >>= 1;
                last >>= 1;
            }
        } else {
            hash = sha256(&[&[1], &hash, other]);
        }
        node >>= 1;
        last >>= 1;
    }
    last == 0 && hash == root
}

/// A checkpoint whose signature by this key (`name+id+base64`) holds: its size and
/// root.
fn checkpoint(note: &str, vkey: &str) -> (u64, Digest) {
    let mut parts = vkey.splitn(3, '+');
    let (name, id) = (parts.next().unwrap(), parts.next().unwrap());
    let key = BASE64_STANDARD.decode(parts.next().unwrap()).unwrap();
    assert_eq!(key[0], 1, "Ed25519");
    let own = sha256(&[name.as_bytes(), b"\n", &key]);
    let own: String = own[..4].iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(own, id);
    let (body, signatures) = note.split_once("\n\n").unwrap();
    let body = format!("{body}\n");
    let lines: Vec<&str> = body.lines().collect();
    assert_eq!(lines[0], name, "the log's key is called as the log is");
    let line = format!("\u{2014} {name} ");
    let signature = signatures.lines().find_map(|one| one.strip_prefix(&line)).unwrap();
    let signature = BASE64_STANDARD.decode(signature).unwrap();
    assert_eq!(signature[..4], sha256(&[name.as_bytes(), b"\n", &key])[..4]);
    let public = UnparsedPublicKey::new(&ED25519, &key[1..]);
    public.verify(body.as_bytes(), &signature[4..]).expect("the log's signature");
    (lines[1].parse().unwrap(), BASE64_STANDARD.decode(lines[2]).unwrap().try_into().unwrap())
}

/// `x001/x234/067`.
fn spelled(mut index: u64) -> String {
    let mut path = format!("{:03}", index % 1000);
    while index >= 1000 {
        index /= 1000;
        path = format!("x{:03}/{path}", index % 1000);
    }
    path
}

/// What the door answers to nobody in particular.
struct Reader(String);

impl Reader {
    async fn get(&self, path: &str) -> reqwest::Response {
        client().get(format!("{}/log/{path}", self.0)).send().await.unwrap()
    }

    async fn found(&self, path: &str) -> Vec<u8> {
        let answer = self.get(path).await;
        assert_eq!(answer.status(), StatusCode::OK, "{path}");
        assert_eq!(answer.headers()[CONTENT_TYPE], "application/octet-stream", "{path}");
        let cache = answer.headers()[CACHE_CONTROL].to_str().unwrap();
        assert_eq!(cache.contains("immutable"), !path.contains(".p/"), "{path}: {cache}");
        answer.bytes().await.unwrap().to_vec()
    }

    /// All hashes of a level, or all bundles, of a tree that is so large there.
    async fn row(&self, level: &str, hashes: u64) -> Vec<Vec<u8>> {
        let mut found = Vec::new();
        for index in 0..hashes.div_ceil(256) {
            let width = (hashes - index * 256).min(256);
            let partial = if width < 256 { format!(".p/{width}") } else { String::new() };
            found.push(self.found(&format!("tile/{level}/{}{partial}", spelled(index))).await);
        }
        found
    }

    /// The log as its newest checkpoint has it: its leaves' hashes and its entries.
    async fn whole(&self, vkey: &str) -> (Vec<Digest>, Vec<Vec<u8>>) {
        let answer = self.get("checkpoint").await;
        assert_eq!(answer.status(), StatusCode::OK);
        assert_eq!(answer.headers()[CONTENT_TYPE], "text/plain; charset=utf-8");
        assert_eq!(answer.headers()[CACHE_CONTROL], "no-store");
        let (size, published) = checkpoint(&answer.text().await.unwrap(), vkey);
        let hashes = |tiles: Vec<Vec<u8>>| -> Vec<Digest> {
            tiles.concat().chunks(32).map(|hash| hash.try_into().unwrap()).collect()
        };
        let leaves = hashes(self.row("0", size).await);
        assert_eq!(leaves.len() as u64, size);
        assert_eq!(root(&leaves), published, "the tiles hash to the signed root");
        // The level above says the same of its full tiles.
        let above = hashes(self.row("1", size / 256).await);
        let own: Vec<Digest> = leaves.chunks_exact(256).map(root).collect();
        assert_eq!(above, own);
        let mut entries = Vec::new();
        for bundle in self.row("entries", size).await {
            let mut rest = bundle.as_slice();
            while !rest.is_empty() {
                let length = usize::from(u16::from_be_bytes([rest[0], rest[1]]));
                entries.push(rest[2..2 + length].to_vec());
                rest = &rest[2 + length..];
            }
        }
        let own: Vec<Digest> = entries.iter().map(|entry| sha256(&[&[0], entry])).collect();
        assert_eq!(own, leaves, "the entries are those of the tiles");
        (leaves, entries)
    }
}

/// A data directory whose log has this many entries and more.
async fn grown(data: &Path, deletions: usize) {
    std::fs::create_dir_all(data).unwrap();
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
        tenant: "1300000001".parse().unwrap(),
        environment: "live".parse().unwrap(),
        region: "local".parse().unwrap(),
    };
    for at in 0..deletions {
        let owner = format!("ver_marked-owner-{at}");
        let item = Item {
            realm: &realm,
            owner: &owner,
            name: "selfie",
            category: Category::FaceMedia,
            expires,
            media_type: "image/jpeg",
            policy: Under::default(),
        };
        let changes = vault.prepare(&item, b"a face").await.unwrap();
        vault.stores().records.commit(changes).await.unwrap();
        vault.erase(&realm, &owner, None).await.unwrap();
    }
    while vault.log_events(500).await.unwrap().more {}
}

#[tokio::test]
async fn m5_whoever_reads_the_served_log_can_check_it_and_a_receipt_against_it() {
    if !models_are_there("m5_whoever_reads_the_served_log_can_check_it_and_a_receipt_against_it") {
        return;
    }
    let data = tempfile::tempdir().unwrap();
    grown(data.path(), 300).await;
    let server = Server::start(data.path());
    let vkey = log_key(data.path());
    let reader = Reader(server.url.clone());
    let (leaves, _) = reader.whole(&vkey).await;
    assert!(leaves.len() > 300, "{}", leaves.len());

    // Somebody's data is deleted; the receipt holds under what everybody is shown.
    let account = server.account("live");
    // The copy of its answer, for a repeated request, is what is kept of it.
    let made = client().post(format!("{}/v1/verifications", server.url));
    let made = made.header("idempotency-key", "k1").bearer_auth(&account.token);
    let made = made.json(&json!({ "reference": "marked-person" })).send().await.unwrap();
    let made: Value = made.json().await.unwrap();
    let id = text(&made["id"]);
    let path = format!("/v1/verifications/{id}");
    let redact = client().post(format!("{}{path}/redact", server.url));
    let redact = redact.bearer_auth(&account.token).json(&json!({ "scope": "all" }));
    assert!(redact.send().await.unwrap().status().is_success());
    let receipts = format!("{path}/receipts");
    let told = support::until("the receipt of a deletion", async || {
        let told = client().get(format!("{}{receipts}", server.url));
        let told = told.bearer_auth(&account.token).send().await.unwrap();
        let told: Value = told.json().await.unwrap();
        told["deletions"][0]["receipt"].as_str().map(str::to_owned)
    });
    let proof = told.await;
    let (head, note) = proof.split_once("\n\n").unwrap();
    let (size, published) = checkpoint(note, &vkey);
    let mut lines = head.lines();
    assert!(lines.next().unwrap().starts_with("c2sp.org/tlog-proof@v"));
    let entry = lines.next().unwrap().strip_prefix("extra ").unwrap();
    let entry = BASE64_STANDARD.decode(entry).unwrap();
    let index: u64 = lines.next().unwrap().strip_prefix("index ").unwrap().parse().unwrap();
    let hashes: Vec<Digest> =
        lines.map(|line| BASE64_STANDARD.decode(line).unwrap().try_into().unwrap()).collect();
    let leaf = sha256(&[&[0], &entry]);
    assert!(included(leaf, index, size, &hashes, published));
    assert!(!included(leaf, index + 1, size, &hashes, published));
    let (now, entries) = reader.whole(&vkey).await;
    assert_eq!(now[usize::try_from(index).unwrap()], leaf);
    assert_eq!(entries[usize::try_from(index).unwrap()], entry);
    assert_eq!(now[..leaves.len()], leaves, "what was there is there still");
    assert_eq!(root(&now[..usize::try_from(size).unwrap()]), published);

    // Nobody stands in it: no name, no id, no tenant, not even hashed.
    let shown = entries.concat();
    let secrets = ["marked", &id, &account.app_id, &account.application, &account.key_id];
    for secret in secrets {
        assert!(!shown.windows(secret.len()).any(|part| part == secret.as_bytes()), "{secret}");
        let hash = BASE64_STANDARD.encode(sha256(&[secret.as_bytes()]));
        assert!(!shown.windows(44).any(|part| part == hash.as_bytes()), "the hash of {secret}");
    }
    // Whoever knows how keys are called tries tenants, kinds of data and hours.
    let called: BTreeSet<String> = entries
        .iter()
        .filter_map(|entry| serde_json::from_slice::<Value>(entry).unwrap().get("key").map(text))
        .collect();
    assert!(!called.is_empty());
    let hour = SystemClock::start().now().0 / 3_600_000;
    for category in Category::ALL {
        for hour in hour - 1..hour + 24 * 40 {
            let name = format!("hour/apac/live/{}/{category}/{hour}", account.app_id);
            let hash = BASE64_STANDARD.encode(sha256(&[name.as_bytes()]));
            assert!(!called.contains(&hash), "{name}");
        }
    }
    let kinds = entries.iter().map(|entry| {
        let entry: Value = serde_json::from_slice(entry).unwrap();
        text(&entry["type"])
    });
    let kinds: BTreeMap<String, u64> = kinds.fold(BTreeMap::new(), |mut kinds, kind| {
        *kinds.entry(kind).or_default() += 1;
        kinds
    });
    assert!(kinds["deletion"] > 300 && kinds.contains_key("key"), "{kinds:?}");

    // Bundles are packed for whoever says that he unpacks them.
    let packed = client().get(format!("{}/log/tile/entries/000", server.url));
    let packed = packed.header(ACCEPT_ENCODING, "gzip").send().await.unwrap();
    assert_eq!(packed.headers()[CONTENT_ENCODING], "gzip");
    assert_eq!(packed.bytes().await.unwrap()[..2], [0x1f, 0x8b]);

    // What is no resource of the log is not there.
    for wrong in [
        "",
        "head",
        "tile",
        "tile/0/0",
        "tile/0/0000",
        "tile/0/x000/001",
        "tile/0/000.p/256",
        "tile/0/000.p/0",
        "tile/0/999",
        "tile/64/000",
        "tile/data/000",
        "tile/0/%30%30%30",
        "tile/0/../../head",
        "tile/entries/001.p/255",
        "staged/0000000000000000000000000000000000000000000000000000000000000000",
    ] {
        assert_eq!(reader.get(wrong).await.status(), StatusCode::NOT_FOUND, "{wrong}");
    }
    let posted = client().post(format!("{}/log/checkpoint", server.url)).send().await.unwrap();
    assert_eq!(posted.status(), StatusCode::METHOD_NOT_ALLOWED);
    drop(server);

    // An operator may keep it to himself.
    let hidden = [("BONAFIDE__TRANSPARENCY__PUBLISH", "false")];
    let server = Server::start_with(data.path(), &[], &hidden);
    let reader = Reader(server.url.clone());
    assert_eq!(reader.get("checkpoint").await.status(), StatusCode::NOT_FOUND);
}
