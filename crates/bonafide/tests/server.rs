//! The server through its real door: a process, a socket, a data directory.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

mod support;

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};
use support::{Account, Server, client, members, models_are_there};

/// A rendered passport and a selfie of its holder.
struct Sample {
    folder: tempfile::TempDir,
}

impl Sample {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        support::specimen(folder.path(), 1);
        Self { folder }
    }

    fn document(&self) -> PathBuf {
        self.folder.path().join("document.jpg")
    }

    fn selfie(&self) -> PathBuf {
        self.folder.path().join("selfie.jpg")
    }
}

async fn post(server: &Server, account: &Account, path: &str, body: &Value) -> (u16, Value) {
    let request = client().post(format!("{}{path}", server.url)).bearer_auth(&account.token);
    let answer = request.json(body).send().await.unwrap();
    (answer.status().as_u16(), answer.json().await.unwrap())
}

async fn get(server: &Server, account: &Account, path: &str) -> (u16, Value) {
    let request = client().get(format!("{}{path}", server.url)).bearer_auth(&account.token);
    let answer = request.send().await.unwrap();
    (answer.status().as_u16(), answer.json().await.unwrap())
}

/// Every file under a folder.
fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { files(&path, found) } else { found.push(path) }
    }
}

#[tokio::test]
async fn a_new_user_reads_a_document_and_finds_the_call() {
    if !models_are_there("a_new_user_reads_a_document_and_finds_the_call") {
        return;
    }
    let (data, sample) = (tempfile::tempdir().unwrap(), Sample::new());
    let server = Server::start(data.path());
    let account = server.account("sandbox");

    let body = members(&[("front", &sample.document())]);
    let (status, answer) = post(&server, &account, "/v1/documents/read", &body).await;
    assert_eq!(status, 200, "{answer}");
    assert_eq!(answer["mrz"]["valid"], true, "{answer}");
    let call = support::text(&answer["call_id"]);

    let (status, trace) = get(&server, &account, &format!("/v1/calls/{call}")).await;
    assert_eq!(status, 200, "{trace}");
    assert_eq!(trace["call"]["interface"], "documents.read");
    let (status, usage) = get(&server, &account, "/v1/usage").await;
    assert_eq!(status, 200, "{usage}");
    assert!(usage.to_string().contains("documents.read"), "{usage}");

    // What the page says is nowhere in the data directory.
    let number = answer["fields"]["number"]["value"].as_str().unwrap().to_owned();
    let surname = answer["fields"]["surname"]["value"].as_str().unwrap().to_owned();
    let stopped = server.stop();
    assert!(stopped.success());
    let mut written = Vec::new();
    files(data.path(), &mut written);
    assert!(written.len() > 3);
    for file in written {
        let bytes = std::fs::read(&file).unwrap();
        for marker in [&number, &surname] {
            let found = bytes.windows(marker.len()).any(|window| window == marker.as_bytes());
            assert!(!found, "{} holds what the page says", file.display());
        }
    }
}

#[tokio::test]
async fn a_verification_is_approved_through_the_api() {
    if !models_are_there("a_verification_is_approved_through_the_api") {
        return;
    }
    let (data, sample) = (tempfile::tempdir().unwrap(), Sample::new());
    let server = Server::start(data.path());
    let account = server.account("live");
    let (status, created) =
        post(&server, &account, "/v1/verifications", &json!({ "reference": "customer-1" })).await;
    assert_eq!(status, 201, "{created}");
    let path = format!("/v1/verifications/{}", support::text(&created["id"]));
    let front = members(&[("front", &sample.document())]);
    let (status, answer) = post(&server, &account, &format!("{path}/document"), &front).await;
    assert_eq!(status, 200, "{answer}");
    let image = members(&[("image", &sample.selfie())]);
    let (status, answer) = post(&server, &account, &format!("{path}/selfie"), &image).await;
    assert_eq!(status, 200, "{answer}");
    let (status, answer) = get(&server, &account, &path).await;
    assert_eq!((status, &answer["state"]), (200, &json!("approved")), "{answer}");
    let (status, _) = get(&server, &server.account("live"), &path).await;
    assert_eq!(status, 404, "another tenant");
}

/// A crash writes nothing of what was in memory to a disk.
#[tokio::test]
async fn m7_the_server_leaves_no_core_dump() {
    if !models_are_there("m7_the_server_leaves_no_core_dump") {
        return;
    }
    let data = tempfile::tempdir().unwrap();
    let server = Server::start(data.path());
    let limits = std::fs::read_to_string(format!("/proc/{}/limits", server.pid())).unwrap();
    let core = limits.lines().find(|line| line.starts_with("Max core file size")).unwrap();
    let bounds: Vec<&str> = core.split_whitespace().skip(4).take(2).collect();
    assert_eq!(bounds, ["0", "0"]);
    assert!(server.stop().success());
}

#[tokio::test]
async fn the_first_start_leaves_the_administrators_key_to_its_owner_alone() {
    if !models_are_there("the_first_start_leaves_the_administrators_key_to_its_owner_alone") {
        return;
    }
    let data = tempfile::tempdir().unwrap();
    let server = Server::start(data.path());
    let file = data.path().join("administrator.key");
    assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    let token = std::fs::read_to_string(&file).unwrap();
    drop(server);
    let server = Server::start(data.path());
    assert_eq!(std::fs::read_to_string(&file).unwrap(), token, "a second start makes none");
    let without = client().get(format!("{}/v1/usage", server.url)).send().await.unwrap();
    assert_eq!(without.status(), 401);
    let with = client().get(format!("{}/v1/usage", server.url)).bearer_auth(token.trim());
    assert_eq!(with.send().await.unwrap().status(), 200);
}

#[test]
fn a_wrong_configuration_is_refused_with_its_line() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("bonafide.toml");
    std::fs::write(&file, "[server]\nlisten = \"127.0.0.1:0\"\n\n[vison]\nthreads = 1\n").unwrap();
    for command in [&["config", "check"][..], &["serve"]] {
        let output = Command::new(env!("CARGO_BIN_EXE_bonafide"))
            .args(command)
            .arg("--config")
            .arg(&file)
            .arg("--json")
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(2));
        let answer: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(answer["error"]["code"], "configuration_wrong");
        let message = answer["error"]["message"].as_str().unwrap();
        assert!(message.contains("bonafide.toml:4:"), "{message}");
        assert!(message.ends_with("did you mean `vision`?"), "{message}");
    }
}

#[test]
fn several_nodes_with_an_operation_log_each_are_refused_with_the_line() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("bonafide.toml");
    let run = |command: &[&str], text: &str| {
        std::fs::write(&file, text).unwrap();
        let output = Command::new(env!("CARGO_BIN_EXE_bonafide"))
            .args(command)
            .arg("--config")
            .arg(&file)
            .output()
            .unwrap();
        (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
    };
    let shared = "[stores]\nrecords = \"mysql://bank@192.0.2.1/bonafide\"\n";
    for command in [&["config", "check"][..], &["serve"]] {
        let (status, said) = run(command, shared);
        assert_eq!(status, Some(2), "{said}");
        for part in ["bonafide.toml:2:", "stores.operation_log", "stores.single_node = true"] {
            assert!(said.contains(part), "{said}");
        }
    }
    let alone = format!("{shared}single_node = true\n");
    assert_eq!(run(&["config", "check"], &alone).0, Some(0));
    let (status, said) = run(&["config", "check"], "[api]\nlease_seconds = 5\n");
    assert_eq!(status, Some(2));
    assert!(said.contains("bonafide.toml:2: `api.lease_seconds`"), "{said}");
}

#[test]
fn a_price_for_no_interface_and_a_rate_of_nothing_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("bonafide.toml");
    for (text, said) in [
        (
            "[prices]\ncurrency = \"EUR\"\n[prices.interfaces.\"document.read\"]\nok = 1\n",
            "did you mean `documents.read`?",
        ),
        ("[limits.per_key]\nper_second = 0\nburst = 1\n", "`limits.per_key"),
    ] {
        std::fs::write(&file, text).unwrap();
        let output = Command::new(env!("CARGO_BIN_EXE_bonafide"))
            .args(["config", "check", "--config"])
            .arg(&file)
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(2));
        let message = String::from_utf8_lossy(&output.stderr);
        assert!(message.contains(said), "{message}");
    }
}
