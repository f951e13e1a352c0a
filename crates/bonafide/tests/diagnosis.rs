//! What fails in a running server is told apart by its operation log alone.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "helpers of tests fail by panicking")]

mod support;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use base64::prelude::{BASE64_STANDARD, Engine};
use bonafide_media::{Decoder, InProcess, Picture, encode_jpeg};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};
use sqlx::Connection;
use support::{Account, Server, client, models_are_there};

/// A cause, the step that names it, and the code by which it does: the step's
/// outcome, or one of its facts.
const CAUSES: [(&str, &str, &str); 12] = [
    ("a file that is no picture", "decode", "not_an_image"),
    ("a picture beyond the limits", "decode", "too_many_pixels"),
    ("a picture without a face", "faces.compare", "no_face"),
    ("a picture with two faces", "liveness.passive", "several_faces"),
    ("a decoder that hangs", "decode", "took_too_long"),
    ("a decoder that dies", "decode", "worker_crashed"),
    ("a full pool", "admit", "busy"),
    ("an endpoint at a private address", "webhook", "address_refused"),
    ("an object store that cannot be written", "store", "objects_unavailable"),
    ("a record store that cannot be written", "answer", "ledger_unavailable"),
    ("a quota that is used up", "admit", "quota_exceeded"),
    ("a network that is not installed", "liveness.passive", "network_missing"),
];

/// Pictures as members of a JSON body.
struct Pictures {
    document: String,
    selfie: String,
    grey: String,
    two: String,
    huge: String,
}

impl Pictures {
    fn new(folder: &Path) -> Self {
        support::specimen(folder, 0);
        let file = |name: &str| std::fs::read(folder.join(name)).unwrap();
        let one = InProcess::default().decode(&file("selfie.jpg")).unwrap().picture;
        let row = 3 * one.width() as usize;
        let twice: Vec<u8> = one.bytes().chunks(row).flat_map(|row| [row, row].concat()).collect();
        let two = Picture::new(2 * one.width(), one.height(), twice).unwrap();
        let jpeg = |picture: &Picture| BASE64_STANDARD.encode(encode_jpeg(picture, 85).unwrap());
        let plain = |side| Picture::filled(side, side, [128; 3]).unwrap();
        Self {
            document: BASE64_STANDARD.encode(file("document.jpg")),
            selfie: BASE64_STANDARD.encode(file("selfie.jpg")),
            grey: jpeg(&plain(320)),
            two: jpeg(&two),
            huge: jpeg(&plain(2_100)),
        }
    }
}

/// A server and who calls it.
struct Rig {
    server: Server,
    account: Account,
}

impl Rig {
    async fn post(&self, path: &str, body: &Value) -> (u16, String, Value) {
        let request = client().post(format!("{}{path}", self.server.url));
        let answer = request.bearer_auth(&self.account.token).json(body).send().await.unwrap();
        let call = answer.headers()["x-call-id"].to_str().unwrap().to_owned();
        (answer.status().as_u16(), call, answer.json().await.unwrap_or(Value::Null))
    }

    async fn get(&self, path: &str) -> (u16, Value) {
        let request = client().get(format!("{}{path}", self.server.url));
        let answer = request.bearer_auth(&self.account.token).send().await.unwrap();
        (answer.status().as_u16(), answer.json().await.unwrap_or(Value::Null))
    }

    /// A figure of the server.
    async fn figure(&self, name: &str) -> f64 {
        let text = client().get(format!("{}/metrics", self.server.url));
        let text = text.send().await.unwrap().text().await.unwrap();
        let line = text.lines().find_map(|line| line.strip_prefix(name));
        line.and_then(|value| value.trim().parse().ok()).unwrap_or_default()
    }

    /// The process that decodes pictures.
    async fn decoder(&self) -> Pid {
        until("a decoder", async || children(self.server.pid()).into_iter().next()).await
    }

    /// The call's steps, once they are written.
    async fn steps(&self, call: &str) -> Vec<Value> {
        let path = format!("/v1/calls/{call}");
        until(call, async || match self.get(&path).await {
            (200, trace) => trace["steps"].as_array().cloned(),
            _ => None,
        })
        .await
    }
}

/// Asks until there is an answer, within a generous bound.
async fn until<T>(what: &str, mut ask: impl AsyncFnMut() -> Option<T>) -> T {
    let asking = async {
        loop {
            if let Some(answer) = ask().await {
                return answer;
            }
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(60), asking).await.expect(what)
}

fn children(parent: u32) -> Vec<Pid> {
    let processes = std::fs::read_dir("/proc").unwrap().flatten();
    let child = |path: PathBuf| {
        let text = std::fs::read_to_string(path.join("stat")).ok()?;
        // `pid (name) state ppid …`
        let own = text.rsplit_once(')')?.1.split_whitespace().nth(1)? == parent.to_string();
        own.then(|| path.file_name()?.to_str()?.parse().ok().and_then(Pid::from_raw)).flatten()
    };
    processes.filter_map(|entry| child(entry.path())).collect()
}

/// The codes of a step: its outcome, and what its facts say.
fn codes(step: &Value) -> Vec<String> {
    let mut codes = vec![step["outcome"].as_str().unwrap().to_owned()];
    for fact in step["facts"].as_object().unwrap().values() {
        let all = fact.as_array().cloned().unwrap_or_else(|| vec![fact.clone()]);
        codes.extend(all.iter().filter_map(Value::as_str).map(str::to_owned));
    }
    codes
}

fn configuration(folder: &Path) -> PathBuf {
    let file = folder.join("bonafide.toml");
    let text = "[vision]\nthreads = 1\nwaiting_per_thread = 0\ndecoders = 1\n\
                max_pixels = 4_000_000\ndecode_seconds = 3\n\
                [limits.interfaces.\"templates.read\"]\nper_day = 1\n";
    std::fs::write(&file, text).unwrap();
    file
}

/// The models' folder without its liveness network.
fn models_without_liveness(folder: &Path) {
    let from = bonafide_inference::store::default_folder();
    for entry in std::fs::read_dir(from).unwrap().flatten() {
        if entry.file_name() != "liveness.onnx" {
            std::os::unix::fs::symlink(entry.path(), folder.join(entry.file_name())).unwrap();
        }
    }
}

async fn a_decoder_hangs(rig: &Rig, pictures: &Pictures) -> String {
    kill_process(rig.decoder().await, Signal::STOP).unwrap();
    let (status, call, _) = rig.post("/v1/faces/detect", &json!({ "image": pictures.grey })).await;
    assert_eq!(status, 422);
    call
}

async fn a_decoder_dies(rig: &Rig, pictures: &Pictures) -> String {
    let body = json!({ "image": pictures.grey });
    // Killed before the picture had reached it, it was replaced or missed: again.
    until("a decoder that dies at work", async || {
        // Whoever decoded a moment ago is up, and waits for the next picture.
        if rig.post("/v1/faces/detect", &body).await.0 != 200 {
            return None;
        }
        let decoder = rig.decoder().await;
        kill_process(decoder, Signal::STOP).unwrap();
        let post = rig.post("/v1/faces/detect", &body);
        let kill = async {
            let admitted = async || rig.figure("bonafide_pool_admitted").await;
            until("a call at work", async || (admitted().await > 0.0).then_some(())).await;
            // The picture goes into the pipe right after.
            let _ = rig.figure("bonafide_pool_admitted").await;
            let _ = kill_process(decoder, Signal::KILL);
        };
        let ((status, call, _), ()) = tokio::join!(post, kill);
        (status == 422).then_some(call)
    })
    .await
}

async fn the_pool_is_full(rig: &Rig, pictures: &Pictures) -> String {
    let body = json!({ "front": pictures.document });
    until("a call that is refused", async || {
        let read = || rig.post("/v1/documents/read", &body);
        let (a, b, c) = tokio::join!(read(), read(), read());
        [a, b, c].into_iter().find(|(status, ..)| *status == 503).map(|(_, call, _)| call)
    })
    .await
}

async fn an_endpoint_is_private(rig: &mut Rig, data: &Path) -> String {
    let application = rig.account.application.clone();
    let create = ["key", "create", "--application", &application, "--scopes", "admin"];
    let key = support::text(&support::admin(data, &[], &create)["token"]);
    let own = std::mem::replace(&mut rig.account.token, key);
    let body = json!({ "url": "https://10.0.0.1/", "events": ["verification.approved"] });
    let (status, call, _) = rig.post("/v1/webhooks", &body).await;
    rig.account.token = own;
    assert_eq!(status, 400);
    call
}

async fn the_quota_is_used_up(rig: &Rig) -> String {
    until("a call beyond the quota", async || {
        let request = client().get(format!("{}/v1/templates", rig.server.url));
        let answer = request.bearer_auth(&rig.account.token).send().await.unwrap();
        let call = answer.headers()["x-call-id"].to_str().unwrap().to_owned();
        (answer.status() == 429).then_some(call)
    })
    .await
}

async fn the_object_store_breaks(rig: &Rig, data: &Path, pictures: &Pictures) -> String {
    let created = rig.post("/v1/verifications", &json!({})).await.2;
    let path = format!("/v1/verifications/{}/document", support::text(&created["id"]));
    // What a full or read-only disk does to whoever runs as root, too: the folder
    // takes no file.
    let (folder, aside) = (data.join("objects"), data.join("objects.aside"));
    std::fs::rename(&folder, &aside).unwrap();
    std::fs::write(&folder, "in the way").unwrap();
    let (status, call, answer) = rig.post(&path, &json!({ "front": pictures.document })).await;
    std::fs::remove_file(&folder).unwrap();
    std::fs::rename(&aside, &folder).unwrap();
    assert_eq!((status, &answer["code"]), (503, &json!("store_unavailable")), "{answer}");
    let (status, ..) = rig.post(&path, &json!({ "front": pictures.document })).await;
    assert_eq!(status, 200, "it works again, and nothing was lost");
    call
}

async fn the_record_store_breaks(rig: &Rig, data: &Path, pictures: &Pictures) -> String {
    let url = format!("sqlite:{}", data.join("records.db").display());
    let mut other = sqlx::SqliteConnection::connect(&url).await.unwrap();
    // Somebody else writes and does not end.
    sqlx::raw_sql("BEGIN IMMEDIATE").execute(&mut other).await.unwrap();
    let (status, call, answer) =
        rig.post("/v1/faces/detect", &json!({ "image": pictures.grey })).await;
    sqlx::raw_sql("ROLLBACK").execute(&mut other).await.unwrap();
    assert_eq!((status, &answer["code"]), (503, &json!("store_unavailable")), "{answer}");
    call
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn d2_ten_failures_are_diagnosed_from_the_log_alone() {
    if !models_are_there("d2_ten_failures_are_diagnosed_from_the_log_alone") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let pictures = Pictures::new(&folder.path().join("pictures"));
    let data = folder.path().join("data");
    let file = configuration(folder.path());
    let config = ["--config", file.to_str().unwrap()];
    let server = Server::start_with(&data, &config, &[]);
    let account = server.account("sandbox");
    let mut rig = Rig { server, account };
    let mut calls = Vec::new();

    let no_picture = json!({ "front": BASE64_STANDARD.encode("hello") });
    calls.push(rig.post("/v1/documents/read", &no_picture).await.1);
    calls.push(rig.post("/v1/documents/read", &json!({ "front": pictures.huge })).await.1);
    let pair = json!({ "a": pictures.selfie, "b": pictures.grey });
    calls.push(rig.post("/v1/faces/compare", &pair).await.1);
    calls.push(rig.post("/v1/liveness/passive", &json!({ "image": pictures.two })).await.1);
    calls.push(a_decoder_hangs(&rig, &pictures).await);
    calls.push(a_decoder_dies(&rig, &pictures).await);
    calls.push(the_pool_is_full(&rig, &pictures).await);
    calls.push(an_endpoint_is_private(&mut rig, &data).await);
    calls.push(the_object_store_breaks(&rig, &data, &pictures).await);
    calls.push(the_record_store_breaks(&rig, &data, &pictures).await);

    calls.push(the_quota_is_used_up(&rig).await);

    let models = folder.path().join("models");
    std::fs::create_dir(&models).unwrap();
    models_without_liveness(&models);
    assert!(rig.server.stop().success());
    let variables = [("BONAFIDE_MODELS", models.to_str().unwrap())];
    rig.server = Server::start_with(&data, &config, &variables);
    calls.push(rig.post("/v1/liveness/passive", &json!({ "image": pictures.selfie })).await.1);

    for ((cause, ..), call) in CAUSES.iter().zip(&calls) {
        let steps = rig.steps(call).await;
        let says = |(_, step, code): &(&str, &str, &str)| {
            steps.iter().any(|s| s["step"] == *step && codes(s).iter().any(|c| c == code))
        };
        let found: Vec<&str> = CAUSES.iter().filter(|one| says(one)).map(|one| one.0).collect();
        assert_eq!(found, [*cause], "{steps:#?}");
    }
    // The search finds the call by the code that names the cause.
    for ((cause, step, code), call) in CAUSES.iter().zip(&calls) {
        let path = format!("/v1/operations?step={step}&code={code}&limit=200");
        until(cause, async || {
            let (status, page) = rig.get(&path).await;
            assert_eq!(status, 200, "{page}");
            let found = page["operations"].as_array().unwrap().clone();
            found.iter().any(|step| step["call_id"] == **call).then_some(())
        })
        .await;
    }
}

/// A network that was altered is no call's failure: the server does not start,
/// and names it.
#[test]
fn a_damaged_network_stops_the_start_and_is_named() {
    if !models_are_there("a_damaged_network_stops_the_start_and_is_named") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    models_without_liveness(folder.path());
    std::fs::write(folder.path().join("liveness.onnx"), "damaged").unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_bonafide"))
        .args(["serve", "--listen", "127.0.0.1:0", "--insecure-http", "--data"])
        .arg(folder.path().join("data"))
        .env("BONAFIDE_MODELS", folder.path())
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("liveness.onnx"), "{said}");
}
