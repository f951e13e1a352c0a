//! What was saved while a server ran is there on an empty machine.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

mod support;

use std::path::Path;
use std::process::{Command, Output};

use bonafide_vault::records::{Change, Condition, Expect, Records, Select, Sqlite};

use serde_json::{Value, json};
use sqlx::Connection as _;
use support::{Account, Server, client, databases, models_are_there, service};

fn bonafide(arguments: &[(&str, &Path)], command: &str) -> Output {
    bonafide_with(&[], arguments, command)
}

fn bonafide_with(variables: &[(&str, &str)], arguments: &[(&str, &Path)], command: &str) -> Output {
    let mut run = Command::new(env!("CARGO_BIN_EXE_bonafide"));
    run.arg(command).arg("--json").envs(variables.iter().copied());
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

/// Restores into an empty folder with the keys of another.
fn restore(place: &Path, data: &Path, from: &Path, keys: &Path) -> Output {
    restore_with(&[], place, data, from, keys)
}

fn restore_with(
    variables: &[(&str, &str)],
    place: &Path,
    data: &Path,
    from: &Path,
    keys: &Path,
) -> Output {
    bonafide_with(
        variables,
        &[
            ("--data", data),
            ("--from", from),
            ("--keys-from", keys),
            ("--root-key", &place.join("old").join("root.key")),
            ("--checkpoint", &keys.join("checkpoint")),
        ],
        "restore",
    )
}

#[tokio::test]
async fn r1_a_backup_tells_nothing_of_calls_whose_time_is_over() {
    if !models_are_there("r1_a_backup_tells_nothing_of_calls_whose_time_is_over") {
        return;
    }
    let place = tempfile::tempdir().unwrap();
    let at = |name: &str| place.path().join(name);
    let server = Server::start(&at("old"));
    let account = server.account("live");
    let request = client().post(format!("{}/v1/verifications", server.url)).json(&json!({}));
    let answer = request.bearer_auth(&account.token).send().await.unwrap();
    let call = answer.headers()["x-call-id"].to_str().unwrap().to_owned();
    let saved = bonafide(
        &[("--data", &at("old")), ("--to", &at("backup")), ("--keys-to", &at("keys"))],
        "backup",
    );
    assert!(saved.status.success(), "{}", String::from_utf8_lossy(&saved.stdout));
    server.kill();

    // Two years later their keys are destroyed, and the newest copy of the keys is
    // without them.
    let keys = Sqlite::open(at("old").join("keys.db")).await.unwrap();
    let table = bonafide_vault::KEY_TABLES.iter().copied().find(|t| t.name == "vault_keys");
    let table = table.unwrap();
    let rows = keys.select(Select::from(table)).await.unwrap();
    let ids = rows.iter().map(|row| row.text("id").unwrap().to_owned());
    let of_traces: Vec<String> = ids.filter(|id| id.starts_with("hour/backup/")).collect();
    assert!(of_traces.len() >= 2, "of rows and of the log: {of_traces:?}");
    let gone = |id: &String| Change::Delete {
        table,
        conditions: vec![Condition::is("id", id.as_str())],
        expect: Expect::One,
    };
    keys.commit(of_traces.iter().map(gone).collect()).await.unwrap();
    let saved = bonafide(&[("--data", &at("old")), ("--keys-to", &at("later"))], "backup");
    assert!(saved.status.success(), "{}", String::from_utf8_lossy(&saved.stdout));

    for (folder, keys, there) in [("new", "keys", true), ("old again", "later", false)] {
        let restored = restore(place.path(), &at(folder), &at("backup"), &at(keys));
        assert!(restored.status.success(), "{}", String::from_utf8_lossy(&restored.stdout));
        let told: Value = serde_json::from_slice(&restored.stdout).unwrap();
        assert_eq!(told["traces_over"] == 0, there, "{told}");
        let server = Server::start(&at(folder));
        let trace = client().get(format!("{}/v1/calls/{call}", server.url));
        let trace = trace.bearer_auth(&account.token).send().await.unwrap();
        assert_eq!(trace.status() == 200, there, "{folder}");
    }
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

    // The traces of calls are in no file of it in clear (row R1).
    for entry in std::fs::read_dir(at("backup")).unwrap() {
        let path = entry.unwrap().path();
        let bytes = if path.is_file() { std::fs::read(&path).unwrap() } else { Vec::new() };
        let marker = b"verifications.create";
        let clear = bytes.windows(marker.len()).any(|window| window == marker);
        assert!(!clear, "{}", path.display());
    }

    let restore = |data: &Path, from: &Path| restore(place.path(), data, from, &at("keys"));
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

/// What MariaDB computes over every byte of the monitoring rows.
async fn checksum(database: &str) -> i64 {
    let mut connection = sqlx::MySqlConnection::connect(database).await.unwrap();
    let told: (String, i64) =
        sqlx::query_as("CHECKSUM TABLE ledger_calls").fetch_one(&mut connection).await.unwrap();
    assert_ne!(told.1, 0, "there are rows");
    told.1
}

#[tokio::test]
async fn c1_monitoring_rows_come_back_on_mariadb_byte_by_byte_up_to_the_backup() {
    let test = "c1_monitoring_rows_come_back_on_mariadb_byte_by_byte_up_to_the_backup";
    let Some(url) = service("BONAFIDE_TEST_MYSQL", test) else { return };
    if !models_are_there(test) {
        return;
    }
    let place = tempfile::tempdir().unwrap();
    let at = |name: &str| place.path().join(name);
    let (old, new) = (databases(&url, "c1_old").await, databases(&url, "c1_new").await);
    let variables = |(records, keys): &(String, String)| {
        [
            ("BONAFIDE__STORES__RECORDS", records.clone()),
            ("BONAFIDE__STORES__KEYS", keys.clone()),
            ("BONAFIDE__STORES__SINGLE_NODE", "true".to_owned()),
        ]
    };
    let of_old = variables(&old);
    let of_old = of_old.each_ref().map(|(name, value)| (*name, value.as_str()));
    let server = Server::start_with(&at("old"), &[], &of_old);
    let account = Account::create(&at("old"), "live", &of_old);
    let call = async || {
        let request = client().post(format!("{}/v1/verifications", server.url)).json(&json!({}));
        let answer = request.bearer_auth(&account.token).send().await.unwrap();
        assert_eq!(answer.status(), 201);
        answer.headers()["x-call-id"].to_str().unwrap().to_owned()
    };
    let mut before = Vec::new();
    for _ in 0..20 {
        before.push(call().await);
    }
    let wanted = checksum(&old.0).await;
    let saved = bonafide_with(
        &of_old,
        &[("--data", &at("old")), ("--to", &at("backup")), ("--keys-to", &at("keys"))],
        "backup",
    );
    assert!(saved.status.success(), "{}", String::from_utf8_lossy(&saved.stdout));
    let after = call().await;
    server.kill();

    let of_new = variables(&new);
    let of_new = of_new.each_ref().map(|(name, value)| (*name, value.as_str()));
    let (data, from, keys) = (at("new"), at("backup"), at("keys"));
    let restored = restore_with(&of_new, place.path(), &data, &from, &keys);
    assert!(restored.status.success(), "{}", String::from_utf8_lossy(&restored.stdout));
    assert_eq!(checksum(&new.0).await, wanted);
    // The point that is reached is the moment of the backup: all before it, nothing after.
    let server = Server::start_with(&at("new"), &[], &of_new);
    for call in &before {
        let trace = get(&server, &account, &format!("/v1/calls/{call}")).await;
        assert_eq!(trace["call"]["interface"], "verifications.create");
    }
    let request = client().get(format!("{}/v1/calls/{after}", server.url));
    let answer = request.bearer_auth(&account.token).send().await.unwrap();
    assert_eq!(answer.status(), 404);
}
