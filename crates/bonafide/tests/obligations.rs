//! What people hand in stands nowhere in clear: not in what the server stores,
//! logs or counts, whatever way it came in.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

mod support;

use std::path::{Path, PathBuf};

use base64::prelude::{BASE64_STANDARD, Engine};
use bonafide_vault::TABLES;
use bonafide_vault::records::{Select, connect};
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

    /// A verification that ends well; gives its path.
    async fn verification(&self, papers: &Papers) -> String {
        let body = json!({ "reference": marker("Reference") });
        let (status, made) = self.post("/v1/verifications", &body).await;
        assert_eq!(status, 201, "{made}");
        // With the port that the system chose.
        let page = format!("{}/verify#", self.server.url);
        assert!(support::text(&made["url"]).starts_with(&page), "{made}");
        let path = format!("/v1/verifications/{}", support::text(&made["id"]));
        let document = format!("{path}/document");
        let (status, answer) = self.parts(&document, "front", &papers.document).await;
        assert_eq!(status, 200, "{answer}");
        let selfie = format!("{path}/selfie");
        let (status, answer) = self.parts(&selfie, "image", &papers.selfie).await;
        assert_eq!((status, &answer["state"]), (200, &json!("approved")), "{answer}");
        path
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
    rig.verification(&papers).await;
    // What somebody is asked about, as a number, an address and a device.
    let address = format!("{0}@{0}.example", marker("Value"));
    let asked = json!({
        "phone": { "number": marker("Value") },
        "email": { "address": address },
        "device": { "device": { "model": marker("Value"), marker("Member"): marker("Value") } },
    });
    for body in [asked.clone(), json!({ "batch": [asked.clone(), asked] })] {
        let (status, answer) = rig.post("/v1/risk/assess", &body).await;
        assert_eq!(status, 200, "{answer}");
        assert!(!answer.to_string().contains(&marker("Value")), "{answer}");
    }

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

/// A stored item as it can be found in files: its wrapped key, and a piece of
/// what the key opens.
struct Sealed {
    key: Vec<u8>,
    piece: Vec<u8>,
}

/// Everything that is sealed in a data directory.
async fn sealed(data: &Path) -> Vec<Sealed> {
    let records = connect(&format!("sqlite:{}", data.join("records.db").display())).await.unwrap();
    let table = TABLES.iter().find(|table| table.name == "vault_items").unwrap();
    let rows = records.select(Select::from(table)).await.unwrap();
    let items = rows.iter().map(|row| {
        let content = match row.optional_text("object").unwrap() {
            Some(object) => std::fs::read(data.join("objects").join(object)).unwrap(),
            None => row.bytes("content").unwrap().to_vec(),
        };
        let key = row.bytes("data_key").unwrap().to_vec();
        Sealed { key, piece: content[content.len() / 2..].iter().take(64).copied().collect() }
    });
    items.collect()
}

/// As the answer to a deletion arrives, no file that the server wrote holds a key
/// of what was deleted, and none the bytes that it opened.
#[tokio::test]
async fn r6_after_a_deletion_no_ciphertext_has_a_key() {
    if !models_are_there("r6_after_a_deletion_no_ciphertext_has_a_key") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let papers = Papers::new(&folder.path().join("papers"));
    let data = folder.path().join("data");
    let server = Server::start(&data);
    let account = server.account("sandbox");
    let rig = Rig { server, account };
    let path = rig.verification(&papers).await;
    let sealed = sealed(&data).await;
    assert!(sealed.len() > 3, "{}", sealed.len());
    let found = |parts: &[&Vec<u8>]| {
        let written: Vec<Vec<u8>> =
            files(&data).iter().map(|file| std::fs::read(file).unwrap_or_default()).collect();
        let there =
            |part: &Vec<u8>| written.iter().any(|bytes| holds(bytes, std::slice::from_ref(part)));
        parts.iter().filter(|part| there(part)).count()
    };
    let keys: Vec<&Vec<u8>> = sealed.iter().map(|item| &item.key).collect();
    let pieces: Vec<&Vec<u8>> = sealed.iter().map(|item| &item.piece).collect();
    assert_eq!((found(&keys), found(&pieces)), (keys.len(), pieces.len()), "live");

    let (status, answer) = rig.post(&format!("{path}/redact"), &json!({ "scope": "all" })).await;
    assert_eq!(status, 200, "{answer}");
    assert_eq!((found(&keys), found(&pieces)), (0, 0), "deleted");
    assert!(rig.server.stop().success());
    assert_eq!((found(&keys), found(&pieces)), (0, 0), "ended");
}

/// A network in which whatever is sent can be counted: one interface that leads to
/// nobody, the way to everywhere, and a name server behind it.
const COUNTED: &str = "ip link set lo up \
    && ip link add out type veth peer name nobody \
    && echo 1 > /proc/sys/net/ipv6/conf/out/disable_ipv6 \
    && ip addr add 192.0.2.1/24 dev out && ip link set nobody up && ip link set out up \
    && ip neigh add 192.0.2.2 lladdr 02:00:00:00:00:02 dev out \
    && ip route add default via 192.0.2.2 \
    && echo 'nameserver 192.0.2.2' > \"$BONAFIDE_TEST_AGAIN/resolv.conf\" \
    && mount --bind \"$BONAFIDE_TEST_AGAIN/resolv.conf\" /etc/resolv.conf";

/// Packets that have left by the counted interface.
fn packets_sent() -> u64 {
    let figures = std::fs::read_to_string("/proc/net/dev").unwrap();
    let line = figures.lines().find_map(|line| line.trim().strip_prefix("out:")).unwrap();
    line.split_whitespace().nth(9).unwrap().parse().unwrap()
}

/// Nobody is registered as a recipient, so nothing leaves the machine, not even
/// the question for an address.
#[test]
fn o14_a_full_run_sends_no_packet_to_anyone() {
    let name = "o14_a_full_run_sends_no_packet_to_anyone";
    if !models_are_there(name) {
        return;
    }
    if let Some(folder) = support::again() {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        return runtime.block_on(full_run(&folder));
    }
    let folder = tempfile::tempdir().unwrap();
    support::run_again(name, &["--net", "--mount"], COUNTED, folder.path());
}

async fn full_run(folder: &Path) {
    let papers = Papers::new(&folder.join("papers"));
    let server = Server::start(&folder.join("data"));
    let account = server.account("sandbox");
    let rig = Rig { server, account };
    rig.every_endpoint().await;
    let path = rig.verification(&papers).await;
    let (status, answer) = rig.post(&format!("{path}/redact"), &json!({ "scope": "all" })).await;
    assert_eq!(status, 200, "{answer}");
    assert!(rig.server.stop().success());
    assert_eq!(packets_sent(), 0);

    // What is sent would be counted, and so would a question for an address.
    let socket = std::net::UdpSocket::bind("0.0.0.0:0").unwrap();
    socket.send_to(b"anything", "198.51.100.7:9").unwrap();
    assert_eq!(packets_sent(), 1);
    assert!(tokio::net::lookup_host("bonafide.example:443").await.is_err());
    assert!(packets_sent() > 1);
}
