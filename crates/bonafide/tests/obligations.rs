//! What people hand in stands nowhere in clear: not in what the server stores,
//! logs or counts, whatever way it came in.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

mod support;

use std::path::{Path, PathBuf};

use base64::prelude::{BASE64_STANDARD, Engine};
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};
use support::{Account, Server, client, models_are_there};

/// A marker of its own for each place.
fn marker(place: &str) -> String {
    format!("Zq7Marker{place}Xw3")
}

/// Where markers are put.
const PLACES: [&str; 12] = [
    "Reference",
    "Query",
    "Path",
    "Header",
    "Agent",
    "Referer",
    "Cookie",
    "Once",
    "Member",
    "Value",
    "Broken",
    "Filename",
];

/// A text as it might have been written: as it is, in hexadecimal, and in base64
/// whatever stands before it.
fn forms(text: &str) -> Vec<Vec<u8>> {
    let mut forms = vec![text.as_bytes().to_vec(), text.to_lowercase().into_bytes()];
    let hex: String = text.bytes().map(|byte| format!("{byte:02x}")).collect();
    forms.extend([hex.to_uppercase().into_bytes(), hex.into_bytes()]);
    forms.extend(encoded(text.as_bytes()));
    forms
}

/// Bytes in base64, whatever stands before them: without the ends, which hang
/// together with what stands around.
fn encoded(bytes: &[u8]) -> Vec<Vec<u8>> {
    let encoded = (0..3).map(|before| BASE64_STANDARD.encode([&vec![0; before], bytes].concat()));
    encoded.map(|text| text.as_bytes()[4..text.len() - 4].to_vec()).collect()
}

/// Whether some part is among the bytes.
fn holds(bytes: &[u8], parts: &[Vec<u8>]) -> bool {
    let mut begins = [false; 256];
    for part in parts {
        begins[usize::from(part[0])] = true;
    }
    let starts = bytes.iter().enumerate().filter(|(_, byte)| begins[usize::from(**byte)]);
    starts.map(|(at, _)| &bytes[at..]).any(|rest| parts.iter().any(|p| rest.starts_with(p)))
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

/// A document and a selfie with a comment in them, and what the document says.
struct Papers {
    document: Vec<u8>,
    selfie: Vec<u8>,
    truth: Value,
}

impl Papers {
    fn new(folder: &Path) -> Self {
        support::specimen(folder, 0);
        let file = |name: &str| std::fs::read(folder.join(name)).unwrap();
        let truth = files(folder).into_iter().find(|f| f.extension().is_some_and(|e| e == "json"));
        Self {
            document: file("document.jpg"),
            selfie: file("selfie.jpg"),
            truth: serde_json::from_slice(&std::fs::read(truth.unwrap()).unwrap()).unwrap(),
        }
    }
}

/// A server and who calls it.
struct Rig {
    server: Server,
    account: Account,
}

impl Rig {
    /// A request with a marker wherever a client may write something.
    fn ask(&self, method: Method, path: &str) -> RequestBuilder {
        client()
            .request(method, format!("{}{path}", self.server.url))
            .bearer_auth(&self.account.token)
            .header("x-customer", marker("Header"))
            .header("user-agent", marker("Agent"))
            .header("referer", format!("https://shop.example/{}", marker("Referer")))
            .header("cookie", format!("name={}", marker("Cookie")))
    }

    async fn send(&self, request: RequestBuilder) -> (u16, Value) {
        let answer = request.send().await.unwrap();
        (answer.status().as_u16(), answer.json().await.unwrap_or(Value::Null))
    }

    async fn post(&self, path: &str, body: &Value) -> (u16, Value) {
        self.send(self.ask(Method::POST, path).json(body)).await
    }

    /// Everything that the published document lists, with markers in it.
    async fn every_endpoint(&self) {
        let document = client().get(format!("{}/v1/openapi.json", self.server.url));
        let document: Value = document.send().await.unwrap().json().await.unwrap();
        let paths = document["paths"].as_object().unwrap();
        assert!(paths.len() > 25, "{}", paths.len());
        for (path, methods) in paths {
            let mut path = path.clone();
            while let Some((before, rest)) = path.split_once('{') {
                let (_, after) = rest.split_once('}').unwrap();
                path = format!("{before}{}{after}", marker("Path"));
            }
            for method in methods.as_object().unwrap().keys() {
                let method: Method = method.to_uppercase().parse().unwrap();
                let query = format!("{path}?reference={}", marker("Query"));
                self.send(self.ask(method.clone(), &query)).await;
                if method == Method::GET {
                    continue;
                }
                let once =
                    self.ask(method.clone(), &path).header("idempotency-key", marker("Once"));
                let body = json!({ marker("Member"): marker("Value"), "image": marker("Value") });
                self.send(once.json(&body)).await;
                let broken = format!("{{\"front\": {}", marker("Broken"));
                let typed = self.ask(method, &path).header("content-type", "application/json");
                self.send(typed.body(broken)).await;
            }
        }
    }

    /// Pictures in parts, with a name of their file.
    async fn parts(&self, path: &str, member: &str, picture: &[u8]) -> (u16, Value) {
        let head = format!(
            "--b\r\ncontent-disposition: form-data; name=\"{member}\"; filename=\"{}.jpg\"\r\n\r\n",
            marker("Filename")
        );
        let body = [head.as_bytes(), picture, b"\r\n--b--\r\n"].concat();
        let kind = "multipart/form-data; boundary=b";
        self.send(self.ask(Method::POST, path).header("content-type", kind).body(body)).await
    }
}

/// What must be found nowhere: the markers, what the document says, and pieces
/// of the files that were handed in.
fn forbidden(papers: &Papers) -> Vec<(String, Vec<Vec<u8>>)> {
    let mut all: Vec<_> =
        PLACES.iter().map(|place| ((*place).to_owned(), forms(&marker(place)))).collect();
    let mut said = Vec::new();
    texts(&papers.truth, &mut said);
    // Short words of a document stand anywhere.
    said.retain(|text| text.len() >= 9);
    assert!(said.len() > 1, "{said:?}");
    all.extend(said.into_iter().map(|text| (format!("`{text}`"), forms(&text))));
    for (name, file) in [("the document", &papers.document), ("the selfie", &papers.selfie)] {
        let piece = &file[file.len() / 2..][..48];
        let mut parts = encoded(piece);
        parts.push(piece.to_vec());
        all.push((name.to_owned(), parts));
    }
    all
}

/// Names and numbers of what the document says.
fn texts(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::String(text) => found.push(text.clone()),
        Value::Array(all) => all.iter().for_each(|value| texts(value, found)),
        Value::Object(all) => all.values().for_each(|value| texts(value, found)),
        _ => {}
    }
}

#[tokio::test]
async fn m7_no_marker_stands_in_anything_that_the_server_wrote() {
    if !models_are_there("m7_no_marker_stands_in_anything_that_the_server_wrote") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let papers = Papers::new(&folder.path().join("papers"));
    let (data, scratch) = (folder.path().join("data"), folder.path().join("scratch"));
    std::fs::create_dir(&scratch).unwrap();
    let file = folder.path().join("bonafide.toml");
    let many = "per_second = 100_000\nburst = 100_000\n";
    let settings = format!(
        "[log]\nlevel = \"trace\"\nformat = \"json\"\n[limits.per_key]\n{many}[limits.per_interface.rate]\n{many}"
    );
    std::fs::write(&file, settings).unwrap();
    let config = ["--config", file.to_str().unwrap()];
    let server = Server::start_with(&data, &config, &[("TMPDIR", scratch.to_str().unwrap())]);
    let account = server.account("sandbox");
    let rig = Rig { server, account };

    rig.every_endpoint().await;
    let document = BASE64_STANDARD.encode(&papers.document);
    let (status, read) = rig.post("/v1/documents/read", &json!({ "front": document })).await;
    assert_eq!(status, 200, "{read}");
    let (status, found) = rig.parts("/v1/faces/detect", "image", &papers.selfie).await;
    assert_eq!(status, 200, "{found}");
    let (status, _) = rig.parts("/v1/faces/detect", "image", marker("Value").as_bytes()).await;
    assert_eq!(status, 422);
    let body = json!({ "reference": marker("Reference") });
    let (status, made) = rig.post("/v1/verifications", &body).await;
    assert_eq!(status, 201, "{made}");
    let path = format!("/v1/verifications/{}", support::text(&made["id"]));
    let (status, answer) = rig.parts(&format!("{path}/document"), "front", &papers.document).await;
    assert_eq!(status, 200, "{answer}");
    let (status, answer) = rig.parts(&format!("{path}/selfie"), "image", &papers.selfie).await;
    assert_eq!((status, &answer["state"]), (200, &json!("approved")), "{answer}");

    // While the data is live and the server runs, so with the journals of its
    // databases, and again when it has ended and has written everything.
    let figures = client().get(format!("{}/metrics", rig.server.url)).send().await.unwrap();
    let figures = figures.text().await.unwrap();
    assert!(figures.contains("documents.read"), "{figures}");
    let log = rig.server.log();
    assert!(log.lines().count() > 100, "{log}");
    let forbidden = forbidden(&papers);
    let search = |when: &str, log: &str| {
        let mut written = vec![("the log".to_owned(), log.as_bytes().to_vec())];
        written.push(("the figures".to_owned(), figures.as_bytes().to_vec()));
        let all = [files(&data), files(&scratch)].concat();
        assert!(all.len() > 5, "{all:?}");
        for path in all {
            // A scratch file may go meanwhile.
            let bytes = std::fs::read(&path).unwrap_or_default();
            written.push((path.display().to_string(), bytes));
        }
        for (place, bytes) in &written {
            for (what, parts) in &forbidden {
                assert!(!holds(bytes, parts), "{when}: {place} holds {what}");
            }
        }
    };
    search("live", &log);
    // What is looked for would be found.
    for (what, parts) in &forbidden {
        assert!(holds(&[b"before ", &parts[0][..], b" after"].concat(), parts), "{what}");
    }
    assert!(rig.server.stop().success());
    search("ended", "");
}
