//! One server that keeps several regions, each with stores and keys of its own.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

mod support;

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use bonafide_context::Timestamp;
use bonafide_vault::TABLES;
use bonafide_vault::records::{Change, Expect, connect};
use reqwest::header::HOST;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use support::{Account, Server, client, models_are_there, text, until};

/// Where people of the region `us` find the server.
const US: &str = "us.kyc.example";

/// A server of two regions: `eu` has its own stores, `us` those of a folder.
struct Town {
    folder: tempfile::TempDir,
    configuration: String,
}

impl Town {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("bonafide.toml");
        let text = format!(
            "public_url = 'https://eu.kyc.example'\n[regions]\nserve = ['eu', 'us']\n\
             [regions.own.us]\npublic_url = 'https://{US}'\n"
        );
        std::fs::write(&file, text).unwrap();
        Self { configuration: file.display().to_string(), folder }
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    fn starts(&self) -> Server {
        Server::start_with(&self.data(), &["--config", &self.configuration], &[])
    }

    /// Everything that the house of a region wrote.
    fn files(&self, region: &str) -> Vec<PathBuf> {
        let (all, us) = (files(&self.data()), self.data().join("regions").join("us"));
        all.into_iter().filter(|file| file.starts_with(&us) == (region == "us")).collect()
    }

    /// Those of some marks that stand in a file of a region's, or in its name.
    fn found<'a>(&self, region: &str, marks: &'a [String]) -> Vec<&'a str> {
        found(&self.files(region), marks)
    }

    fn run(&self, arguments: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_bonafide"))
            .args(arguments)
            .args(["--config", &self.configuration, "--json"])
            .output()
            .unwrap()
    }
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

fn found<'a>(files: &[PathBuf], marks: &'a [String]) -> Vec<&'a str> {
    let mut found = Vec::new();
    for file in files {
        let name = file.display().to_string();
        // What a running store takes away meanwhile holds nothing.
        let bytes = std::fs::read(file).unwrap_or_default();
        for mark in marks {
            let inside = bytes.windows(mark.len()).any(|window| window == mark.as_bytes());
            if inside || name.contains(mark) {
                found.push(mark.as_str());
            }
        }
    }
    found.sort_unstable();
    found.dedup();
    found
}

/// A region's customer, and what only its run has drawn.
struct Customer {
    region: &'static str,
    account: Account,
    id: String,
    marks: Vec<String>,
}

impl Customer {
    async fn verifies(town: &Town, server: &Server, region: &'static str) -> Self {
        let with = ["--config", &town.configuration];
        let account = Account::with(&town.data(), &with, "live", region, &[]);
        // What its rows, its objects' names and its keys' names say of the region.
        let realm = format!("{region}/live/");
        let marks = vec![account.app_id.clone(), account.application.clone(), realm];
        let mut customer = Self { region, account, id: String::new(), marks };
        let body = json!({ "reference": format!("customer-of-{region}") });
        let (status, made) = customer.asks(server, Method::POST, "", &body).await;
        assert_eq!(status, StatusCode::CREATED, "{made}");
        customer.id = text(&made["id"]);
        customer.marks.push(customer.id.clone());
        // Its people are sent to the region's own address.
        let sent_to = format!("https://{region}.kyc.example/");
        assert!(text(&made["url"]).starts_with(&sent_to), "{made}");
        customer
    }

    /// Asks for something about verifications.
    async fn asks(
        &self,
        server: &Server,
        method: Method,
        path: &str,
        body: &Value,
    ) -> (StatusCode, Value) {
        let url = format!("{}/v1/verifications{path}", server.url);
        let request = client().request(method, url).bearer_auth(&self.account.token);
        let request = if body.is_null() { request } else { request.json(body) };
        let answer = request.send().await.unwrap();
        (answer.status(), answer.json().await.unwrap_or_default())
    }

    async fn hands_in(&self, server: &Server, papers: &Path) {
        for (step, member) in [("document", "front"), ("selfie", "image")] {
            let file = papers.join(format!("{step}.jpg"));
            let body = support::members(&[(member, file.as_path())]);
            let path = format!("/{}/{step}", self.id);
            let (status, answer) = self.asks(server, Method::POST, &path, &body).await;
            assert_eq!(status, StatusCode::OK, "{answer}");
        }
    }
}

/// How many entries the log of a region has that is found at a name, if there are any.
async fn log_entries(server: &Server, host: &str) -> Option<(String, u64)> {
    let asked = client().get(format!("{}/log/checkpoint", server.url)).header(HOST, host);
    let answer = asked.send().await.unwrap();
    if answer.status() != StatusCode::OK {
        return None;
    }
    let text = answer.text().await.unwrap();
    let mut lines = text.lines();
    Some((lines.next()?.to_owned(), lines.next()?.parse().ok()?))
}

/// Lets everything that a region keeps become due.
async fn becomes_due(records: &Path) -> u64 {
    let items = TABLES.iter().find(|table| table.name == "vault_items").unwrap();
    let store = connect(&format!("sqlite:{}", records.display())).await.unwrap();
    let count = store.count(items, Vec::new()).await.unwrap();
    let change = Change::Update {
        table: items,
        set: vec![("expires", Timestamp(1).into())],
        conditions: Vec::new(),
        expect: Expect::Any,
    };
    store.commit(vec![change]).await.unwrap();
    count
}

async fn kept(records: &Path) -> u64 {
    let items = TABLES.iter().find(|table| table.name == "vault_items").unwrap();
    let store = connect(&format!("sqlite:{}", records.display())).await.unwrap();
    store.count(items, Vec::new()).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn o15_regions_of_one_server_have_stores_and_keys_of_their_own() {
    let town = Town::new();
    let name = "o15_regions_of_one_server_have_stores_and_keys_of_their_own";
    let papers = tempfile::tempdir().unwrap();
    let with_models = models_are_there(name);
    if with_models {
        support::specimen(papers.path(), 0);
    }
    let server = town.starts();
    let eu = Customer::verifies(&town, &server, "eu").await;
    let us = Customer::verifies(&town, &server, "us").await;
    for customer in [&eu, &us] {
        if with_models {
            customer.hands_in(&server, papers.path()).await;
        }
        let (status, _) =
            customer.asks(&server, Method::GET, &format!("/{}", customer.id), &Value::Null).await;
        assert_eq!(status, StatusCode::OK);
    }
    // What is another region's is not there, whoever asks.
    let (status, _) = us.asks(&server, Method::GET, &format!("/{}", eu.id), &Value::Null).await;
    assert_eq!(status, StatusCode::NOT_FOUND);

    // Each mark stands at home, so that it would be found, and only there: while the
    // server runs, journals included, and afterwards.
    let apart = |when: &str| {
        for (home, other) in [(&eu, &us), (&us, &eu)] {
            let at_home = town.found(home.region, &home.marks);
            assert_eq!(at_home.len(), home.marks.len(), "{when}: {at_home:?}");
            let elsewhere = town.found(other.region, &home.marks);
            assert_eq!(elsewhere, [""; 0], "{when}: of {}", home.region);
        }
    };
    apart("running");
    // Keys of their own, too, and each key opens its own region's door.
    let key = |region: &str, name: &str| {
        let folder = if region == "us" { town.data().join("regions/us") } else { town.data() };
        std::fs::read_to_string(folder.join(name)).unwrap()
    };
    assert_ne!(key("eu", "root.key"), key("us", "root.key"));
    assert!(key("eu", "administrator.key").contains("_eu_"));
    assert!(key("us", "administrator.key").contains("_us_"));

    // A log for each region, found at the region's name.
    let log = async |host: &str, more_than: u64| {
        let longer =
            async || log_entries(&server, host).await.filter(|(_, size)| *size > more_than);
        until("a log", longer).await
    };
    let (here, there) = (log("127.0.0.1", 0).await, log(US, 0).await);
    assert_ne!(here.0, there.0);

    // What is due goes, in both, and each log tells of its own.
    let records = [town.data().join("records.db"), town.data().join("regions/us/records.db")];
    for (records, (host, before)) in records.iter().zip([("127.0.0.1", here.1), (US, there.1)]) {
        let due = becomes_due(records).await;
        assert!(due > 0 || !with_models, "something rests in {}", records.display());
        until("the reaper", async || (kept(records).await == 0).then_some(())).await;
        if due > 0 {
            log(host, before).await;
        }
    }
    apart("reaped");
    assert!(server.stop().success());
    apart("stopped");

    // It starts again with what it had.
    let server = town.starts();
    for customer in [&eu, &us] {
        let body = json!({ "reference": "once-more" });
        let (status, _) = customer.asks(&server, Method::POST, "", &body).await;
        assert_eq!(status, StatusCode::CREATED);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn o15_what_an_operator_does_reaches_one_region() {
    let town = Town::new();
    let server = town.starts();
    let eu = Customer::verifies(&town, &server, "eu").await;
    let us = Customer::verifies(&town, &server, "us").await;
    let data = town.data().display().to_string();

    // Without a word of the region it is looked for at home, and that is said.
    let list = ["admin", "key", "list", "--application", &us.account.application, "--data", &data];
    let lost = town.run(&list);
    let said = String::from_utf8_lossy(&lost.stdout).into_owned();
    assert!(!lost.status.success() && said.contains("--region"), "{said}");
    let there = town.run(&[&list[..], &["--region", "us"]].concat());
    let said = String::from_utf8_lossy(&there.stdout).into_owned();
    assert!(there.status.success() && said.contains(&us.account.key_id), "{said}");

    // Evidence and a backup of a region hold nothing of the other.
    let out = tempfile::tempdir().unwrap();
    let place = |name: &str| out.path().join(name).display().to_string();
    let done = town.run(&["evidence", &place("pack"), "--data", &data, "--region", "us"]);
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stdout));
    let (to, keys_to) = (place("backup"), place("keys"));
    let saved = ["backup", "--to", &to, "--keys-to", &keys_to, "--data", &data, "--region", "us"];
    let done = town.run(&saved);
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stdout));
    assert!(!found(&files(out.path()), &us.marks).is_empty());
    assert_eq!(found(&files(out.path()), &eu.marks), [""; 0]);

    // Restored into another server of both, that region is there again.
    let checkpoint = town.data().join("regions/us/checkpoint");
    until("a checkpoint", async || checkpoint.exists().then_some(())).await;
    assert!(server.stop().success());
    let new = out.path().join("new").display().to_string();
    let root_key = town.data().join("regions/us/root.key").display().to_string();
    let checkpoint = checkpoint.display().to_string();
    let restored = town.run(&[
        "restore",
        "--from",
        &to,
        "--keys-from",
        &keys_to,
        "--root-key",
        &root_key,
        "--checkpoint",
        &checkpoint,
        "--data",
        &new,
        "--region",
        "us",
    ]);
    assert!(restored.status.success(), "{}", String::from_utf8_lossy(&restored.stdout));
    let server = Server::start_with(Path::new(&new), &["--config", &town.configuration], &[]);
    let (status, found) = us.asks(&server, Method::GET, &format!("/{}", us.id), &Value::Null).await;
    assert_eq!(status, StatusCode::OK, "{found}");
    let (status, _) = eu.asks(&server, Method::GET, &format!("/{}", eu.id), &Value::Null).await;
    assert_eq!(status, StatusCode::UNAUTHORIZED, "of the other region there is nothing");
    assert!(server.stop().success());

    // Stores of a region that hold another's are not opened, however they are called.
    let records = town.data().join("regions").join("us").join("..").join("us");
    let text = std::fs::read_to_string(&town.configuration).unwrap();
    let text = text.replace("serve = ['eu', 'us']", "serve = ['ap', 'eu', 'us']");
    let text = format!(
        "{text}[regions.own.ap]\npublic_url = 'https://ap.kyc.example'\ndata = '{}'\n",
        records.display()
    );
    std::fs::write(&town.configuration, text).unwrap();
    let refused =
        town.run(&["serve", "--listen", "127.0.0.1:0", "--insecure-http", "--data", &data]);
    assert!(!refused.status.success());
    let said = String::from_utf8_lossy(&refused.stdout).into_owned();
    assert!(said.contains("data of the region `us` is not kept here"), "{said}");
}
