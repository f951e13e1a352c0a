//! Two organisations, two processes: a server, and a witness that signs its log. A
//! store that was put back to an older state is refused, and shows.

#![expect(clippy::unwrap_used, clippy::panic, reason = "helpers of tests fail by panicking")]

mod support;

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use bonafide_transparency::note::{Keyring, SigningKey, VerifierKey};
use bonafide_transparency::policy::Policy;
use bonafide_transparency::{Receipt, SignedCheckpoint};
use serde_json::{Value, json};
use support::{Server, client, log_key, models_are_there, text, until};

/// A running witness; killed when dropped.
struct Witness {
    child: Child,
    url: String,
    key: VerifierKey,
}

impl Witness {
    fn start(folder: &Path, logs: &[&str]) -> Self {
        Self::at(folder, logs, "127.0.0.1:0")
    }

    fn at(folder: &Path, logs: &[&str], listen: &str) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_bonafide"));
        command
            .args(["witness", "--listen", listen, "--insecure-http", "--name", "witness.example"])
            .arg("--key")
            .arg(folder.join("witness.key"))
            .arg("--store")
            .arg(folder.join("store"));
        for log in logs {
            command.args(["--log", log]);
        }
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let (mut key, mut said) = (None, Vec::new());
        let url = loop {
            let Some(Ok(line)) = lines.next() else {
                panic!("the witness is not ready; it said:\n{}", said.join("\n"));
            };
            if let Some(text) = line.strip_prefix("key ") {
                key = Some(text.parse().unwrap());
            }
            match line.strip_prefix("ready ") {
                Some(url) => break url.to_owned(),
                None => said.push(line),
            }
        };
        // Reads on, so that the witness never waits for a reader.
        std::thread::spawn(move || lines.for_each(drop));
        Self { child, url, key: key.unwrap() }
    }

    async fn post(&self, body: String) -> (u16, String, String) {
        let request = client().post(format!("{}/add-checkpoint", self.url)).body(body);
        let answer = request.send().await.unwrap();
        let kind = answer.headers()["content-type"].to_str().unwrap().to_owned();
        (answer.status().as_u16(), kind, answer.text().await.unwrap())
    }
}

impl Drop for Witness {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A server's configuration with these witnesses, and a file of it.
fn configured(folder: &Path, witnesses: &[(&str, &str)]) -> PathBuf {
    let mut text = "[outbound]\nallow_networks = [\"127.0.0.0/8\"]\n".to_owned();
    for (url, key) in witnesses {
        text.push_str(&format!("[[transparency.witnesses]]\nurl = \"{url}\"\nkey = \"{key}\"\n"));
    }
    let file = folder.join("bonafide.toml");
    std::fs::write(&file, text).unwrap();
    file
}

fn start(data: &Path, configuration: &Path) -> Server {
    Server::start_with(data, &["--config", configuration.to_str().unwrap()], &[])
}

async fn checkpoint(server: &Server) -> Option<SignedCheckpoint> {
    let answer = client().get(format!("{}/log/checkpoint", server.url)).send().await.unwrap();
    let found = answer.status().is_success();
    let bytes = answer.bytes().await.unwrap();
    found.then(|| SignedCheckpoint::parse(&bytes).unwrap())
}

/// The served checkpoint, once the witness has signed it and it has so many leaves.
async fn cosigned(server: &Server, key: &VerifierKey, least: u64) -> SignedCheckpoint {
    let keys = Keyring::of(key.clone());
    let found = until("a cosignature", async || {
        let found = checkpoint(server).await?;
        (found.head().size >= least && found.note().verify(&keys).is_ok()).then_some(found)
    });
    found.await
}

async fn component(server: &Server) -> (String, String) {
    let answer = client().get(format!("{}/health", server.url)).send().await.unwrap();
    let health: Value = answer.json().await.unwrap();
    let all = health["components"].as_array().unwrap();
    let one = all.iter().find(|one| one["name"] == "witnesses").cloned().unwrap_or_default();
    (text(&one["state"]), text(&one["code"]))
}

async fn figure(server: &Server, name: &str) -> Option<String> {
    let figures = client().get(format!("{}/metrics", server.url)).send().await.unwrap();
    let figures = figures.text().await.unwrap();
    let line = figures.lines().find_map(|line| line.strip_prefix(&format!("bonafide_{name} ")));
    line.map(str::to_owned)
}

/// Makes the log longer by a deletion, and gives its receipt.
async fn deleted(server: &Server, token: &str, once: &str) -> Receipt {
    let at = |path: &str| format!("{}/v1/verifications{path}", server.url);
    let made = client().post(at("")).header("idempotency-key", once).bearer_auth(token);
    let made: Value = made.json(&json!({})).send().await.unwrap().json().await.unwrap();
    let id = text(&made["id"]);
    let redact = client().post(at(&format!("/{id}/redact"))).bearer_auth(token);
    let answer = redact.json(&json!({ "scope": "all" })).send().await.unwrap();
    assert!(answer.status().is_success());
    let receipt = until("a receipt with a cosignature", async || {
        let told = client().get(at(&format!("/{id}/receipts"))).bearer_auth(token);
        let told: Value = told.send().await.unwrap().json().await.unwrap();
        let text = told["deletions"][0]["receipt"].as_str()?.to_owned();
        text.contains("\u{2014} witness.example ").then_some(text)
    });
    Receipt::parse(receipt.await.as_bytes()).unwrap()
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        if entry.path().is_dir() {
            copy(&entry.path(), &to.join(entry.file_name()));
        } else {
            std::fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
        }
    }
}

#[tokio::test]
async fn m5_a_witness_signs_over_the_network_and_a_log_that_was_put_back_is_noticed() {
    let name = "m5_a_witness_signs_over_the_network_and_a_log_that_was_put_back_is_noticed";
    if !models_are_there(name) {
        return;
    }
    let place = tempfile::tempdir().unwrap();
    let (data, older) = (place.path().join("data"), place.path().join("older"));
    std::fs::create_dir(&data).unwrap();
    let log = log_key(&data);
    let witness = Witness::start(&place.path().join("outside"), &[&log]);
    let key = witness.key.to_string();
    let configuration = configured(place.path(), &[(&witness.url, &key)]);

    // It signs what is new, and receipts carry that.
    let server = start(&data, &configuration);
    let first = cosigned(&server, &witness.key, 1).await;
    let account = server.account("live");
    let receipt = deleted(&server, &account.token, "k1").await;
    let trusted = Policy::new([log.parse().unwrap()], [witness.key.clone()], 1).unwrap();
    let proven = receipt.verify(&trusted).unwrap();
    assert_eq!(proven.witnesses.len(), 1);
    let health = async || component(&server).await;
    until("health", async || (health().await == ("ok".into(), "ok".into())).then_some(())).await;
    assert!(server.stop().success());

    // The whole house as it was, and then it goes on.
    copy(&data, &older);
    let server = start(&data, &configuration);
    for once in ["k2", "k3", "k4", "k5"] {
        deleted(&server, &account.token, once).await;
    }
    let later = cosigned(&server, &witness.key, proven.head.size + 1).await;
    assert!(later.head().size > first.head().size);
    // A witness that was killed and started again has forgotten nothing.
    let listen = witness.url.strip_prefix("http://").unwrap().to_owned();
    drop(witness);
    let witness = Witness::at(&place.path().join("outside"), &[&log], &listen);
    assert_eq!(witness.key.to_string(), key);
    server.kill();

    // Records, keys and the checkpoint at hand are all put back: nothing in the house
    // knows better, the witness does.
    std::fs::remove_dir_all(&data).unwrap();
    copy(&older, &data);
    let server = start(&data, &configuration);
    let alarm = ("degraded".to_owned(), "rolled_back".to_owned());
    until("the alarm", async || (component(&server).await == alarm).then_some(())).await;
    assert_eq!(figure(&server, "witness_alarm_rolled_back").await.as_deref(), Some("1.0"));
    assert!(server.log().contains("another history"), "{}", server.log());
    let shown = checkpoint(&server).await.unwrap();
    assert!(shown.head().size < later.head().size);
    // It goes on from there, with a history that the witness has not seen; the alarm
    // outlives a restart.
    drop(server);
    let server = start(&data, &configuration);
    until("the alarm", async || (component(&server).await.0 == "degraded").then_some(())).await;
    for once in ["k6", "k7", "k8", "k9", "k10", "k11"] {
        let made = client().post(format!("{}/v1/verifications", server.url));
        let made = made.header("idempotency-key", once).bearer_auth(&account.token);
        let made: Value = made.json(&json!({})).send().await.unwrap().json().await.unwrap();
        let path = format!("{}/v1/verifications/{}/redact", server.url, text(&made["id"]));
        let redact = client().post(path).bearer_auth(&account.token);
        redact.json(&json!({ "scope": "all" })).send().await.unwrap();
    }
    let keys = Keyring::of(witness.key.clone());
    let forked = until("a log as long as before", async || {
        checkpoint(&server).await.filter(|now| now.head().size >= later.head().size)
    });
    assert!(forked.await.note().verify(&keys).is_err(), "nobody signs a second history");
}

#[tokio::test]
async fn m5_a_witness_speaks_the_protocol_and_keeps_what_shows_two_histories() {
    use bonafide_context::{OsRandom, Timestamp};
    use bonafide_transparency::note::Algorithm;
    use bonafide_transparency::{Checkpoint, Hash, Head, Origin};

    let place = tempfile::tempdir().unwrap();
    let log = |name: &str| {
        SigningKey::generate(name.parse().unwrap(), Algorithm::Ed25519, &mut OsRandom).unwrap()
    };
    let (known, foreign) = (log("log.example"), log("log.example"));
    let other = log("other.example");
    let witness = Witness::start(place.path(), &[&known.verifier().to_string()]);
    // One leaf, two leaves, and other two.
    let leaf = |text: &str| Hash::leaf(text.as_bytes());
    let one = Head { size: 1, root: leaf("a") };
    let two = Head { size: 2, root: Hash::node(leaf("a"), leaf("b")) };
    let fork = Head { size: 2, root: Hash::node(leaf("x"), leaf("b")) };
    let body = |key: &SigningKey, old: u64, proof: &[Hash], head: Head| {
        let origin = Origin::from(key.verifier().name());
        let signed = Checkpoint::new(origin, head);
        let signed = SignedCheckpoint::sign(signed, key, Timestamp(0)).unwrap().to_text();
        let proof: String = proof.iter().map(|hash| format!("{hash}\n")).collect();
        format!("old {old}\n{proof}\n{signed}")
    };
    let status = async |body: String| witness.post(body).await.0;

    assert_eq!(status("old x\n\n".to_owned()).await, 400);
    assert_eq!(status(body(&other, 0, &[], one)).await, 404);
    assert_eq!(status(body(&foreign, 0, &[], one)).await, 403);
    assert_eq!(status(body(&known, 2, &[], one)).await, 400);
    let (signed, _, lines) = witness.post(body(&known, 0, &[], one)).await;
    assert_eq!(signed, 200);
    assert!(lines.starts_with("\u{2014} witness.example "), "{lines}");
    // Not from what it has not seen, and it says what it has.
    let (conflict, kind, size) = witness.post(body(&known, 0, &[], two)).await;
    assert_eq!((conflict, kind.as_str(), size.as_str()), (409, "text/x.tlog.size", "1\n"));
    assert_eq!(status(body(&known, 1, &[leaf("z")], two)).await, 422);
    assert_eq!(status(body(&known, 1, &[leaf("b")], two)).await, 200);
    assert_eq!(status(body(&known, 2, &[], two)).await, 200, "the same again");
    let (split, kind, size) = witness.post(body(&known, 2, &[], fork)).await;
    assert_eq!((split, kind.as_str(), size.as_str()), (409, "text/x.tlog.size", "2\n"));
    assert_eq!(status(body(&known, 1, &[], one)).await, 409, "nothing goes back");

    // What it refused shows two histories, and is kept; what it signed too.
    let kept = |folder: &str| {
        let entries = std::fs::read_dir(place.path().join("store").join(folder)).unwrap();
        entries.map(|entry| std::fs::read(entry.unwrap().path()).unwrap_or_default()).collect()
    };
    let refused: Vec<Vec<u8>> = kept("refused");
    assert_eq!(refused.len(), 2);
    assert!(refused.contains(&body(&known, 2, &[], fork).into_bytes()));
    let signed: Vec<Vec<u8>> = kept("");
    let signed = signed.iter().filter_map(|bytes| SignedCheckpoint::parse(bytes).ok());
    let signed: Vec<SignedCheckpoint> = signed.collect();
    assert_eq!((signed.len(), signed[0].head()), (1, two));
    let both = Keyring::new([known.verifier().clone(), witness.key.clone()]).unwrap();
    assert_eq!(signed[0].note().verify(&both).unwrap().len(), 2);
}
