//! A root key that rests only wrapped, by a key service that opens it at each start.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

mod support;

use std::path::{Path, PathBuf};
use std::process::Command;

use reqwest::StatusCode;
use serde_json::{Value, json};
use support::{Account, Server, admin, client, text};

/// A service, and the server that keeps its root key there.
struct Kept {
    folder: tempfile::TempDir,
    /// The lines of `[stores.kms]`, but for its secret.
    kms: String,
    /// The secret's member and value.
    secret: (&'static str, &'static str),
    /// What the server finds in its environment.
    variables: Vec<(String, String)>,
}

impl Kept {
    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// A configuration with these lines of `[stores]` and `[stores.kms]`.
    fn configuration(&self, stores: &str, kms: &str) -> String {
        let (member, secret) = self.secret;
        let file = self.folder.path().join("secret");
        if !file.exists() {
            std::fs::write(&file, secret).unwrap();
        }
        let text = format!(
            "[outbound]\nallow_networks = ['127.0.0.0/8']\n[stores]\n{stores}\n[stores.kms]\n{kms}\n\
             {member} = {{ file = '{}' }}\n",
            file.display()
        );
        let path = self.folder.path().join("bonafide.toml");
        std::fs::write(&path, text).unwrap();
        path.display().to_string()
    }

    fn variables(&self) -> Vec<(&str, &str)> {
        self.variables.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect()
    }

    fn serves(&self, configuration: &str) -> Server {
        Server::start_with(&self.data(), &["--config", configuration], &self.variables())
    }

    /// What the server says when it does not start.
    fn refuses(&self, configuration: &str, variables: &[(&str, &str)]) -> String {
        let tried = Command::new(env!("CARGO_BIN_EXE_bonafide"))
            .args(["serve", "--listen", "127.0.0.1:0", "--insecure-http", "--config"])
            .args([configuration, "--data"])
            .arg(self.data())
            .envs(self.variables())
            .envs(variables.iter().copied())
            .output()
            .unwrap();
        assert!(!tried.status.success());
        let said = String::from_utf8_lossy(&tried.stderr).into_owned();
        assert!(!said.contains(self.secret.1), "{said}");
        said
    }

    fn admin(&self, configuration: &str, arguments: &[&str]) -> Value {
        let arguments = [arguments, &["--config", configuration]].concat();
        admin(&self.data(), &self.variables(), &arguments)
    }
}

/// A tenant, and a verification of its.
async fn kept_data(server: &Server, kept: &Kept, configuration: &str) -> (Account, String) {
    let with = ["--config", configuration];
    let account = Account::with(&kept.data(), &with, "live", "apac", &kept.variables());
    let made = client()
        .post(format!("{}/v1/verifications", server.url))
        .bearer_auth(&account.token)
        .json(&json!({ "reference": "customer-1" }))
        .send()
        .await
        .unwrap();
    assert_eq!(made.status(), StatusCode::CREATED);
    let id = text(&made.json::<Value>().await.unwrap()["id"]);
    (account, id)
}

/// Whether what rests sealed opens: the reference, which only the vault can find again.
async fn is_found(server: &Server, account: &Account, id: &str) -> bool {
    let asked = format!("{}/v1/subjects/customer-1", server.url);
    let told = client().get(asked).bearer_auth(&account.token).send().await.unwrap();
    let (status, body) = (told.status(), told.text().await.unwrap());
    assert_eq!(status, StatusCode::OK, "{body}");
    body.contains(id)
}

/// A hardware module in software, with a token and a key.
fn module() -> Option<Kept> {
    let library = required("BONAFIDE_TEST_SOFTHSM")?;
    let folder = tempfile::tempdir().unwrap();
    let tokens = folder.path().join("tokens");
    std::fs::create_dir(&tokens).unwrap();
    let settings = folder.path().join("softhsm2.conf");
    std::fs::write(&settings, format!("directories.tokendir = {}\n", tokens.display())).unwrap();
    let key = folder.path().join("aes");
    std::fs::write(&key, [7; 32]).unwrap();
    let key = key.display().to_string();
    for arguments in [
        &["--init-token", "--free", "--so-pin", "654321"][..],
        &["--import", &key, "--aes", "--id", "01", "--token", "bonafide"],
    ] {
        let label = if arguments.contains(&"--import") { "root" } else { "bonafide" };
        let done = Command::new("softhsm2-util")
            .args(arguments)
            .args(["--label", label, "--pin", "654321"])
            .env("SOFTHSM2_CONF", &settings)
            .output()
            .unwrap();
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    }
    std::fs::remove_file(key).unwrap();
    Some(Kept {
        folder,
        kms: format!("service = 'pkcs11'\nmodule = '{library}'\ntoken = 'bonafide'\nkey = 'root'"),
        secret: ("pin", "654321"),
        variables: vec![("SOFTHSM2_CONF".to_owned(), settings.display().to_string())],
    })
}

/// A key of a service that answers as AWS KMS does.
async fn service() -> Option<Kept> {
    let server = required("BONAFIDE_TEST_KMS")?;
    let who = "AWS4-HMAC-SHA256 Credential=owner/20261122/eu-central-1/kms/aws4_request, \
               SignedHeaders=host, Signature=0";
    let made = client()
        .post(format!("{server}/"))
        .header("x-amz-target", "TrentService.CreateKey")
        .header("authorization", who)
        .body("{}")
        .send()
        .await
        .unwrap();
    let made: Value = serde_json::from_str(&made.text().await.unwrap()).unwrap();
    let key = text(&made["KeyMetadata"]["KeyId"]);
    Some(Kept {
        folder: tempfile::tempdir().unwrap(),
        kms: format!(
            "service = 'aws-kms'\nurl = '{server}'\nregion = 'eu-central-1'\nkey = '{key}'\n\
             access_key = 'AKEXAMPLE'"
        ),
        secret: ("secret_key", "MARKED-SECRET"),
        variables: Vec::new(),
    })
}

fn required(variable: &str) -> Option<String> {
    let value = std::env::var(variable).ok().filter(|value| !value.is_empty());
    if value.is_none() {
        let required = std::env::var("BONAFIDE_REQUIRE").unwrap_or_default();
        assert!(!required.contains("services"), "{variable} is not set");
        eprintln!("skipped: {variable} is not set");
    }
    value
}

fn read(file: &Path) -> String {
    std::fs::read_to_string(file).unwrap()
}

/// Starts, starts again, and does not start with a file that was altered.
async fn rests_wrapped(kept: &Kept, kind: &str) {
    let configuration = kept.configuration("", &kept.kms);
    let server = kept.serves(&configuration);
    let (account, id) = kept_data(&server, kept, &configuration).await;
    assert!(is_found(&server, &account, &id).await);
    assert!(server.stop().success());

    let file = kept.data().join("root.key");
    let wrapped = read(&file);
    assert!(wrapped.starts_with(&format!("bonafide-root-key/1 {kind} ")), "{wrapped}");
    let server = kept.serves(&configuration);
    assert!(is_found(&server, &account, &id).await, "what was kept before is opened");
    assert!(server.stop().success());

    // The operator is told how it is kept, and so is the auditor.
    let shown = kept.admin(&configuration, &["root-key", "show"]);
    assert!(text(&shown["kept"]).contains(kind), "{shown}");
    let pack = kept.folder.path().join("pack");
    let packed = Command::new(env!("CARGO_BIN_EXE_bonafide"))
        .args(["evidence", "--config", &configuration, "--data"])
        .args([kept.data(), pack.clone()])
        .envs(kept.variables())
        .output()
        .unwrap();
    assert!(packed.status.success(), "{}", String::from_utf8_lossy(&packed.stderr));
    assert!(read(&pack.join("root_key.json")).contains(kind));
    assert!(!read(&pack.join("configuration.toml")).contains(kept.secret.1));

    // A letter of it is another, and nothing starts; nor does a key take its place
    // that lies in the open.
    let (head, blob) = wrapped.trim_end().rsplit_once(' ').unwrap();
    let at = blob.len() / 2;
    let letter = if blob.as_bytes()[at] == b'A' { "B" } else { "A" };
    let altered = format!("{head} {}{letter}{}\n", &blob[..at], &blob[at + 1..]);
    std::fs::write(&file, altered).unwrap();
    let said = kept.refuses(&configuration, &[]);
    assert!(said.contains("the file is damaged"), "{said}");
    std::fs::write(&file, "a".repeat(64)).unwrap();
    let said = kept.refuses(&configuration, &[]);
    assert!(said.contains("in the open"), "{said}");
    std::fs::remove_file(&file).unwrap();
    let said = kept.refuses(&configuration, &[]);
    assert!(said.contains("there is no root key"), "{said}");
    assert!(!file.exists(), "no key is made over what is there");
    std::fs::write(&file, &wrapped).unwrap();
    let server = kept.serves(&configuration);
    assert!(is_found(&server, &account, &id).await);
}

/// Moves a root key that lies in a file to the service.
async fn moves_in(kept: &Kept) {
    let in_file = kept.folder.path().join("plain.toml");
    std::fs::write(&in_file, "").unwrap();
    let plain = in_file.display().to_string();
    let server = kept.serves(&plain);
    let (account, id) = kept_data(&server, kept, &plain).await;
    assert!(server.stop().success());
    let (old, new) = (kept.data().join("root.key"), kept.data().join("root.wrapped"));
    assert_eq!(read(&old).trim().len(), 64);

    let both = format!(
        "root_key_file = '{}'\nprevious_root_key_file = '{}'",
        new.display(),
        old.display()
    );
    let moving = kept.configuration(&both, &kept.kms);
    assert_eq!(kept.admin(&moving, &["root-key", "make"])["made"], true);
    assert_eq!(kept.admin(&moving, &["root-key", "make"])["made"], false);
    // While the server works, and while what it reads is under both.
    let server = kept.serves(&moving);
    assert!(is_found(&server, &account, &id).await);
    let moved = kept.admin(&moving, &["root-key", "rotate"]);
    assert!(moved["wrapped"].as_u64().unwrap() > 0, "{moved}");
    assert!(is_found(&server, &account, &id).await);
    let shown = kept.admin(&moving, &["root-key", "show"]);
    assert_eq!(shown["roots"].as_array().unwrap().len(), 1, "{shown}");
    assert!(server.stop().success());

    std::fs::remove_file(&old).unwrap();
    let alone = format!("root_key_file = '{}'", new.display());
    let server = kept.serves(&kept.configuration(&alone, &kept.kms));
    assert!(is_found(&server, &account, &id).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hardware_module_keeps_the_root_key() {
    let Some(kept) = module() else { return };
    rests_wrapped(&kept, "pkcs11").await;
    // The token is not there; then whoever asks does not know the PIN.
    let configuration = kept.configuration("", &kept.kms);
    let said = kept.refuses(&configuration, &[("SOFTHSM2_CONF", "/nowhere")]);
    assert!(said.contains("it does not answer"), "{said}");
    std::fs::write(kept.folder.path().join("secret"), "000000").unwrap();
    let said = kept.refuses(&configuration, &[]);
    assert!(said.contains("it refuses (PinIncorrect)"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_service_keeps_the_root_key() {
    let Some(kept) = service().await else { return };
    rests_wrapped(&kept, "aws-kms").await;
    // Nobody answers; then another key is asked for; then one whom nobody registered.
    let server = std::env::var("BONAFIDE_TEST_KMS").unwrap();
    let gone = kept.configuration("", &kept.kms.replace(&server, "http://127.0.0.1:1"));
    let said = kept.refuses(&gone, &[]);
    assert!(said.contains("it does not answer (no connection to the host)"), "{said}");
    let begin = kept.kms.find("key = '").unwrap() + 7;
    let wrong = format!("{}x{}", &kept.kms[..begin], &kept.kms[begin + 1..]);
    let said = kept.refuses(&kept.configuration("", &wrong), &[]);
    assert!(said.contains("kept by a key service (aws-kms)"), "{said}");
    let foreign = kept.configuration("", &kept.kms.replace(&server, "https://1.1.1.1"));
    let said = kept.refuses(&foreign, &[]);
    assert!(said.contains("this service is not registered"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_root_key_in_a_file_moves_to_a_hardware_module() {
    let Some(kept) = module() else { return };
    moves_in(&kept).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_root_key_in_a_file_moves_to_a_key_service() {
    let Some(kept) = service().await else { return };
    moves_in(&kept).await;
}
