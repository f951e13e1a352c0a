//! A region has servers, stores and keys of its own.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

mod support;

use std::path::{Path, PathBuf};
use std::process::Command;

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use support::{Account, Server, client, models_are_there, text};

/// One region: its server, who calls it, and what its run has left behind.
struct House {
    folder: tempfile::TempDir,
    region: &'static str,
    server: Server,
    account: Account,
    /// Names that only this region's run has drawn.
    marks: Vec<String>,
}

/// What the server of a region is told about itself and the other.
fn told(region: &str, other: &str) -> [(String, String); 2] {
    [
        ("BONAFIDE__REGIONS__SERVE".to_owned(), format!("[\"{region}\"]")),
        (
            format!("BONAFIDE__REGIONS__ELSEWHERE__{}", other.to_uppercase()),
            format!("https://{other}.kyc.example"),
        ),
    ]
}

impl House {
    fn start(region: &'static str, other: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let variables = told(region, other);
        let variables = variables.each_ref().map(|(name, value)| (name.as_str(), value.as_str()));
        let server = Server::start_with(folder.path(), &[], &variables);
        let account = Account::in_region(folder.path(), "live", region, &variables);
        let marks = vec![account.app_id.clone(), account.application.clone()];
        Self { folder, region, server, account, marks }
    }

    /// What this region's customer is answered by a server.
    async fn asks(&self, server: &Server, path: &str, body: &Value) -> (StatusCode, Value) {
        let request = client().request(Method::POST, format!("{}{path}", server.url));
        let answer = request.bearer_auth(&self.account.token).json(body).send().await.unwrap();
        (answer.status(), answer.json().await.unwrap())
    }

    /// Verifies somebody, to the end.
    async fn verifies(&mut self, papers: Option<&Path>) -> String {
        let body = json!({ "reference": format!("customer-of-{}", self.region) });
        let (status, made) = self.asks(&self.server, "/v1/verifications", &body).await;
        assert_eq!(status, StatusCode::CREATED, "{made}");
        let id = text(&made["id"]);
        if let Some(papers) = papers {
            for (step, member) in [("document", "front"), ("selfie", "image")] {
                let file = papers.join(format!("{step}.jpg"));
                let body = support::members(&[(member, file.as_path())]);
                let path = format!("/v1/verifications/{id}/{step}");
                let (status, answer) = self.asks(&self.server, &path, &body).await;
                assert_eq!(status, StatusCode::OK, "{answer}");
            }
        }
        self.marks.push(id);
        text(&made["token"])
    }
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

/// The marks that stand in some file of a folder, or in a file's name.
fn found<'a>(folder: &Path, marks: &'a [String]) -> Vec<&'a str> {
    let mut found = Vec::new();
    for file in files(folder) {
        let name = file.display().to_string();
        let bytes = std::fs::read(&file).unwrap();
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

#[tokio::test(flavor = "multi_thread")]
async fn o15_nothing_of_a_region_is_ever_written_elsewhere() {
    let papers = tempfile::tempdir().unwrap();
    let with_models = models_are_there("o15_nothing_of_a_region_is_ever_written_elsewhere");
    if with_models {
        support::specimen(papers.path(), 0);
    }
    let mut houses = [House::start("eu", "us"), House::start("us", "eu")];
    let mut browsers = Vec::new();
    for house in &mut houses {
        browsers.push(house.verifies(with_models.then_some(papers.path())).await);
    }
    let [eu, us] = &houses;

    // Who calls the wrong one is told where to call, and nothing else happens.
    for (house, other, browser) in [(eu, us, &browsers[0]), (us, eu, &browsers[1])] {
        let (status, problem) = house.asks(&other.server, "/v1/verifications", &json!({})).await;
        assert_eq!(status, StatusCode::MISDIRECTED_REQUEST, "{problem}");
        assert_eq!(problem["code"], "wrong_region");
        let there = format!("https://{}.kyc.example", house.region);
        assert!(text(&problem["detail"]).contains(&there), "{problem}");
        let id = &house.marks[2];
        let path = format!("{}/v1/verifications/{id}", other.server.url);
        let person = client().get(path).bearer_auth(browser).send().await.unwrap();
        assert_eq!(person.status(), StatusCode::MISDIRECTED_REQUEST);
        // Nor is there a way in by the shell.
        let variables = told(other.region, house.region);
        let made = Command::new(env!("CARGO_BIN_EXE_bonafide"))
            .args(["admin", "app", "create", "--name", "App", "--environment", "live", "--json"])
            .args(["--tenant", &other.account.app_id, "--region", house.region, "--data"])
            .arg(other.folder.path())
            .envs(variables)
            .output()
            .unwrap();
        assert!(!made.status.success());
        assert!(String::from_utf8_lossy(&made.stdout).contains(&there), "{made:?}");
    }

    // Each mark stands at home, so that it would be found, and only there.
    for (house, other) in [(eu, us), (us, eu)] {
        assert_eq!(found(house.folder.path(), &house.marks).len(), house.marks.len());
        assert_eq!(found(other.folder.path(), &house.marks), [""; 0], "{}", house.region);
        let keys = |house: &House| std::fs::read(house.folder.path().join("root.key")).unwrap();
        assert_ne!(keys(house), keys(other));
    }

    // A server that is pointed at another region's stores does not start.
    let [eu, us] = houses;
    let (ended, place) = (eu.server.stop(), eu.folder);
    assert!(ended.success());
    let wrong = Command::new(env!("CARGO_BIN_EXE_bonafide"))
        .args(["serve", "--listen", "127.0.0.1:0", "--insecure-http", "--data"])
        .arg(place.path())
        .envs(told("us", "eu"))
        .output()
        .unwrap();
    assert!(!wrong.status.success());
    let said = String::from_utf8_lossy(&wrong.stderr);
    assert!(said.contains("data of the region `eu` is not kept here"), "{said}");
    drop(us);
}
