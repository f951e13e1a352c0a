//! Tenants and their policies from the shell.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};

/// Runs `bonafide admin tenant …` on a data directory; gives status and answer.
fn tenant(data: &Path, arguments: &[&str]) -> (i32, Value) {
    let done = Command::new(env!("CARGO_BIN_EXE_bonafide"))
        .args(["admin", "tenant"])
        .args(arguments)
        .args(["--json", "--config"])
        .arg(data.join("bonafide.toml"))
        .arg("--data")
        .arg(data)
        .output()
        .unwrap();
    (done.status.code().unwrap(), serde_json::from_slice(&done.stdout).unwrap())
}

const SHORT: &str = include_str!("../../native/src/tests/short.toml");

#[test]
fn r11_a_tenant_is_put_under_a_tighter_policy_from_the_shell() {
    let data = tempfile::tempdir().unwrap();
    let folder = data.path().join("policies");
    std::fs::create_dir(&folder).unwrap();
    std::fs::write(folder.join("short.toml"), SHORT).unwrap();
    let configuration = format!("[policy]\nfolder = {:?}\n", folder.to_str().unwrap());
    std::fs::write(data.path().join("bonafide.toml"), configuration).unwrap();
    let (status, made) = tenant(data.path(), &["create", "Example Bank"]);
    assert_eq!(status, 0, "{made}");
    let id = made["app_id"].to_string();
    let (status, shown) = tenant(data.path(), &["policy", &id]);
    assert_eq!((status, &shown["policy"], &shown["chosen"]), (0, &json!("strict"), &Value::Null));
    let (status, chosen) = tenant(data.path(), &["policy", &id, "--policy", "short"]);
    assert_eq!(
        (status, &chosen["policy"], &chosen["chosen"]),
        (0, &json!("short"), &json!("short"))
    );
    let (status, refused) = tenant(data.path(), &["policy", &id, "--policy", "strict"]);
    assert_eq!((status, &refused["error"]["code"]), (2, &json!("loosens")), "{refused}");
    let said = refused["error"]["message"].as_str().unwrap();
    let cell = said.contains("categories.") && said.contains(".purposes.service.keep");
    assert!(cell, "{said}");
    assert_eq!(tenant(data.path(), &["policy", &id]).1["policy"], "short");
    let (status, refused) = tenant(data.path(), &["policy", "7", "--policy", "short"]);
    assert_eq!((status, &refused["error"]["code"]), (2, &json!("not_found")), "{refused}");
}
