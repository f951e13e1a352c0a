//! What was saved while a server ran is there on an empty machine.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

mod support;

use std::path::Path;
use std::process::{Command, Output};

use serde_json::{Value, json};
use support::{Account, Server, client, models_are_there};

fn bonafide(arguments: &[(&str, &Path)], command: &str) -> Output {
    let mut run = Command::new(env!("CARGO_BIN_EXE_bonafide"));
    run.arg(command).arg("--json");
    for (name, path) in arguments {
        run.arg(name).arg(path);
    }
    run.output().unwrap()
}

async fn get(server: &Server, account: &Account, path: &str) -> Value {
    let request = client().get(format!("{}{path}", server.url)).bearer_auth(&account.token);
    let answer = request.send().await.unwrap();
    assert_eq!(answer.status(), 200, "{path}");
    answer.json().await.unwrap()
}

#[tokio::test]
async fn c1_a_backup_of_a_running_server_is_restored_on_an_empty_machine() {
    if !models_are_there("c1_a_backup_of_a_running_server_is_restored_on_an_empty_machine") {
        return;
    }
    let place = tempfile::tempdir().unwrap();
    let at = |name: &str| place.path().join(name);
    let server = Server::start(&at("old"));
    let account = server.account("live");
    let mut made = Vec::new();
    for number in 0..5 {
        let body = json!({ "reference": format!("customer-{number}") });
        let request = client().post(format!("{}/v1/verifications", server.url)).json(&body);
        let answer = request.bearer_auth(&account.token).send().await.unwrap();
        let call = answer.headers()["x-call-id"].to_str().unwrap().to_owned();
        let verification: Value = answer.json().await.unwrap();
        made.push((call, support::text(&verification["id"])));
    }

    // While it runs.
    let saved = bonafide(
        &[("--data", &at("old")), ("--to", &at("backup")), ("--keys-to", &at("keys"))],
        "backup",
    );
    assert!(saved.status.success(), "{}", String::from_utf8_lossy(&saved.stdout));
    server.kill();

    let restore = |data: &Path, from: &Path| {
        bonafide(
            &[
                ("--data", data),
                ("--from", from),
                ("--keys-from", &at("keys")),
                ("--root-key", &at("old").join("root.key")),
                ("--checkpoint", &at("keys").join("checkpoint")),
            ],
            "restore",
        )
    };
    let restored = restore(&at("new"), &at("backup"));
    assert!(restored.status.success(), "{}", String::from_utf8_lossy(&restored.stdout));
    let server = Server::start(&at("new"));
    for (call, verification) in &made {
        let trace = get(&server, &account, &format!("/v1/calls/{call}")).await;
        assert_eq!(trace["call"]["interface"], "verifications.create");
        assert!(!trace["steps"].as_array().unwrap().is_empty(), "{trace}");
        get(&server, &account, &format!("/v1/verifications/{verification}")).await;
    }
    drop(server);

    // Not over what is there, and not from half a backup.
    assert!(!restore(&at("new"), &at("backup")).status.success());
    let file = at("backup").join("records.dump");
    let whole = std::fs::read(&file).unwrap();
    std::fs::write(&file, &whole[..whole.len() / 2]).unwrap();
    let refused = restore(&at("third"), &at("backup"));
    assert_eq!(refused.status.code(), Some(1));
    let answer: Value = serde_json::from_slice(&refused.stdout).unwrap();
    assert_eq!(answer["error"]["code"], "backup_failed", "{answer}");
}
