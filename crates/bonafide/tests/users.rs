//! People of the console, made and removed from the shell.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::Value;

/// Runs `bonafide admin user …` on a data directory; gives status and answer.
fn user(data: &Path, arguments: &[&str], typed: &str) -> (i32, Value) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_bonafide"))
        .args(["admin", "user"])
        .args(arguments)
        .args(["--json", "--data"])
        .arg(data)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    // A command that reads nothing may be gone already.
    let _ = child.stdin.take().unwrap().write_all(typed.as_bytes());
    let done = child.wait_with_output().unwrap();
    (done.status.code().unwrap(), serde_json::from_slice(&done.stdout).unwrap())
}

#[test]
fn a_user_is_made_changed_and_removed() {
    let data = tempfile::tempdir().unwrap();
    let login = "ana.reviewer@example.org";
    let (status, made) =
        user(data.path(), &["create", login, "--role", "reviewer"], "correct horse battery\n");
    assert_eq!(status, 0, "{made}");
    let id = made["user"].as_str().unwrap();
    assert_eq!((&made["login"], &made["role"]), (&login.into(), &"reviewer".into()));
    assert_eq!(made["second_factor"], false);
    assert!(made.get("password").is_none(), "{made}");

    let again = ["create", "Ana.Reviewer@example.org", "--role", "owner"];
    let (status, refused) = user(data.path(), &again, "another good password\n");
    assert_eq!((status, &refused["error"]["code"]), (2, &"taken".into()), "{refused}");

    assert_eq!(user(data.path(), &["role", id, "owner"], "").0, 0);
    assert_eq!(user(data.path(), &["password", id], "yet another password\n").0, 0);
    let (_, listed) = user(data.path(), &["list"], "");
    assert_eq!(listed["users"][0]["role"], "owner", "{listed}");

    assert_eq!(user(data.path(), &["remove", id], "").0, 0);
    let (status, gone) = user(data.path(), &["reset-totp", id], "");
    assert_eq!((status, &gone["error"]["code"]), (2, &"not_found".into()), "{gone}");
    let (_, listed) = user(data.path(), &["list"], "");
    assert_eq!(listed["users"].as_array().unwrap().len(), 0, "{listed}");
}

#[test]
fn a_weak_password_and_an_unknown_role_are_refused() {
    let data = tempfile::tempdir().unwrap();
    let create = ["create", "li@example.org", "--role", "reviewer"];
    let (status, refused) = user(data.path(), &create, "short\n");
    assert_eq!((status, &refused["error"]["code"]), (2, &"invalid".into()), "{refused}");
    let (status, refused) =
        user(data.path(), &["create", "li@example.org", "--role", "king"], "a good password\n");
    assert_eq!((status, &refused["error"]["code"]), (2, &"usage".into()), "{refused}");
}
