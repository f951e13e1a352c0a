//! The evidence pack, from the shell, over a house with something in it.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

mod support;

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use bonafide_transparency::Hash;
use bonafide_transparency::note::{Keyring, Note, VerifierKey};
use serde_json::Value;
use support::Account;

fn bonafide(arguments: &[&str], variables: &[(&str, &str)]) -> Value {
    let output = Command::new(env!("CARGO_BIN_EXE_bonafide"))
        .args(arguments)
        .arg("--json")
        .envs(variables.iter().copied())
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{text}{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_str(&text).unwrap()
}

/// Every file of a folder by its name in the pack.
fn files(folder: &Path, below: &str, found: &mut BTreeMap<String, Vec<u8>>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        let name = format!("{below}{}", entry.file_name().into_string().unwrap());
        if entry.path().is_dir() {
            files(&entry.path(), &format!("{name}/"), found);
        } else {
            found.insert(name, std::fs::read(entry.path()).unwrap());
        }
    }
}

#[test]
fn m10_the_evidence_is_made_from_the_running_house_and_signed() {
    let (data, out) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let account = Account::create(data.path(), "live", &[]);
    let variables = [("BONAFIDE__STORES__OBJECTS", "s3+https://user:SECRET-OF-STORE@host/bucket")];
    let path = |path: &Path| path.display().to_string();
    let results = out.path().join("tests.txt");
    std::fs::write(&results, "test x::m6_no_document_claims_absolute_safety ... ok\n").unwrap();
    let folder = out.path().join("pack");
    let arguments = ["evidence", &path(&folder), "--data", &path(data.path())];
    let told = bonafide(&[&arguments[..], &["--results", &path(&results)]].concat(), &[]);
    let mut pack = BTreeMap::new();
    files(&folder, "", &mut pack);

    // The policy that holds, word for word, and what follows from it.
    let shown = bonafide(&["policy", "show", "strict"], &[]);
    let policy = &told["evidence"]["policies"][0];
    assert_eq!(policy["name"], "strict");
    assert_eq!(policy["id"], shown["policy"]["id"]);
    let notice = bonafide(&["policy", "render", "--document", "notice", "--format", "md"], &[]);
    let written = String::from_utf8(pack["documents/strict-privacy-notice.md"].clone()).unwrap();
    assert_eq!(written, notice["text"].as_str().unwrap());

    // Every promise, with how its tests ended.
    let coverage: Vec<Value> = serde_json::from_slice(&pack["coverage.json"]).unwrap();
    assert_eq!(coverage.len(), 85);
    let m6 = coverage.iter().find(|row| row["row"] == "M6").unwrap();
    assert_eq!(m6["tests"][0]["result"], "passed");
    assert_eq!(told["evidence"]["coverage"]["tests"]["passed"], 1);

    // What the house holds now: its tenant and application, no more.
    let rows: BTreeMap<String, u64> = serde_json::from_slice(&pack["rows.json"]).unwrap();
    assert_eq!((rows["accounts_tenants"], rows["accounts_applications"]), (1, 1));

    // Each file is as the signed list says, and the list is signed by the log.
    let sums = String::from_utf8(pack["SHA256SUMS"].clone()).unwrap();
    let listed: BTreeMap<&str, &str> =
        sums.lines().map(|line| line.split_once("  ").unwrap()).map(|(a, b)| (b, a)).collect();
    for (name, bytes) in &pack {
        if !name.starts_with("SHA256SUMS") {
            assert_eq!(listed[name.as_str()], Hash::sha256(bytes).to_hex(), "{name}");
        }
    }
    assert_eq!(listed.len() + 2, pack.len());
    let key = String::from_utf8(pack["log.key"].clone()).unwrap();
    let key: VerifierKey = key.trim().parse().unwrap();
    let note = Note::parse(&pack["SHA256SUMS.note"]).unwrap();
    assert!(note.text().ends_with(&sums));
    assert_eq!(note.verify(&Keyring::of(key)).unwrap().len(), 1);

    // No secret, no key, nobody.
    let root = std::fs::read_to_string(data.path().join("root.key")).unwrap();
    for (name, bytes) in &pack {
        for secret in [root.trim(), account.token.as_str(), account.app_id.as_str()] {
            let found = bytes.windows(secret.len()).any(|window| window == secret.as_bytes());
            assert!(!found, "{name}");
        }
    }
    let shown = bonafide(&["config", "show"], &variables).to_string();
    assert!(!shown.contains("SECRET-OF-STORE"), "{shown}");
}

#[test]
fn m10_the_evidence_follows_the_house() {
    let (data, out) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let policies = out.path().join("policies");
    std::fs::create_dir(&policies).unwrap();
    let text = "name = 'own'\ntitle = 'Own'\nversion = 1\neffective_from = '2026-11-01'\n\
                extends = ['strict']\n[[subprocessors]]\nname = 'Example Search'\n\
                task = 'operation log'\nregion = 'eu'\nhosts = ['search.example']\n\
                categories = ['operation_log']\nvetted_by = 'Example Operator'\n\
                vetted_on = '2026-11-01'\n";
    std::fs::write(policies.join("own.toml"), text).unwrap();
    let folder = policies.display().to_string();
    let variables =
        [("BONAFIDE__POLICY__FOLDER", folder.as_str()), ("BONAFIDE__POLICY__DEFAULT", "own")];
    Account::create(data.path(), "live", &variables);
    let pack = out.path().join("pack").display().to_string();
    let at = data.path().display().to_string();
    let told = bonafide(&["evidence", &pack, "--data", &at], &variables);
    assert_eq!(told["evidence"]["policies"][0]["name"], "own");
    assert_eq!(told["evidence"]["policies"][0]["subprocessors"], 1);
    let notice = std::fs::read_to_string(format!("{pack}/documents/own-privacy-notice.md"));
    assert!(notice.unwrap().contains("Example Search"));
    // A folder that is used is left alone.
    let again = Command::new(env!("CARGO_BIN_EXE_bonafide"))
        .args(["evidence", &pack, "--data", &at])
        .envs(variables)
        .output()
        .unwrap();
    assert_eq!(again.status.code(), Some(2));
}

#[test]
fn m10_the_evidence_shows_what_customers_warrant_and_names_nobody_unless_asked() {
    let (data, out) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let account = Account::create(data.path(), "live", &[]);
    let at = data.path().display().to_string();
    let sign = |version: &str| {
        let named = ["--text-version", version, "--signatory", "Marked Signatory"];
        let command = [&["app", "warranty", "sign", &account.application], &named[..]].concat();
        support::admin(data.path(), &[], &command);
    };
    sign("2026-1");
    sign("2026-2");
    let pack = |name: &str, more: &[&str]| {
        let folder = out.path().join(name);
        let path = folder.display().to_string();
        let told = bonafide(&[&["evidence", &path, "--data", &at], more].concat(), &[]);
        let mut pack = BTreeMap::new();
        files(&folder, "", &mut pack);
        (told["evidence"].clone(), pack)
    };
    let (told, quiet) = pack("quiet", &[]);
    assert_eq!(
        (&told["warranties"]["signed"], &told["warranties"]["hold"]),
        (&2.into(), &1.into())
    );
    assert_eq!(told["warranties"]["applications"], 1);
    let warranties: Vec<Value> = serde_json::from_slice(&quiet["warranties.json"]).unwrap();
    assert_eq!(warranties[0]["application"], account.application.as_str());
    assert_eq!(warranties[1]["text_version"], "2026-2");
    assert!(!warranties[0]["ended"].is_null() && warranties[1]["ended"].is_null());
    let named = |bytes: &Vec<u8>| bytes.windows(6).any(|window| window == b"Marked");
    assert!(!quiet.values().any(named));
    let (_, shown) = pack("shown", &["--signatories"]);
    assert!(named(&shown["warranties.json"]));

    // That nothing was run is said where the results would stand.
    assert_eq!(told["coverage"]["results_given"], false);
    let table = String::from_utf8(quiet["coverage.md"].clone()).unwrap();
    assert!(table.contains("No results were given"), "{table}");
    let coverage: Vec<Value> = serde_json::from_slice(&quiet["coverage.json"]).unwrap();
    assert_eq!(coverage[0]["tests"][0]["result"], "not given");
    assert_eq!(told["log"]["witnesses"], serde_json::json!([]));
}
