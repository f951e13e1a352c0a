//! What is asked about is nowhere once it is answered: not in the memory of the
//! process that answered it, and not in anything that it wrote.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

mod support;

use std::fs::File;
use std::io::ErrorKind;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use bonafide_outbound::testing::{NameServer, Says};
use futures_util::stream::{FuturesUnordered, StreamExt};
use reqwest::Client;
use serde_json::{Value, json};
use support::{Account, Server};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;

/// Requests over connections of HTTP/1.1.
const REQUESTS: u64 = 1_000;
/// More of them, over HTTP/2.
const MORE: u64 = 200;
/// Of them at once.
const AT_ONCE: usize = 16;
/// What the server holds on purpose for as long as it runs: its configuration and
/// its environment.
const HELD: &str = "held-on-purpose.example";

/// An identifier of a number: a telephone number that nobody has, and an address.
struct Marked {
    number: String,
    address: String,
}

/// National numbers of the markers begin here.
const NATIONAL: u64 = 7_418_360_000;

impl Marked {
    fn new(at: u64) -> Self {
        let number = format!("+44{}", NATIONAL + at);
        Self { number, address: format!("zq7m{at:04}xw3.kestrel@zq7m{at:04}xw3.example") }
    }
}

/// What must be found nowhere.
fn forbidden() -> Vec<(&'static str, Vec<u8>)> {
    // All but what counts, so that one look finds any of them.
    let national = (NATIONAL / 10_000).to_string();
    vec![
        ("a number, as text", national.into_bytes()),
        ("an address, as text", b"xw3.kestrel@".to_vec()),
        ("an address, in base64", b"eHczLmtlc3RyZWxA".to_vec()),
        ("a domain", b"xw3.example".to_vec()),
    ]
}

/// A number as a machine has it: where there are numbers of the markers.
fn numbers(parts: &[(String, Vec<u8>)]) -> Vec<String> {
    let mut found = Vec::new();
    for (name, bytes) in parts {
        for (at, word) in bytes.chunks_exact(8).enumerate() {
            let word = u64::from_le_bytes(word.try_into().unwrap());
            if (NATIONAL..NATIONAL + REQUESTS + MORE).contains(&word) {
                found.push(format!("{name}: {:x}", at * 8));
            }
        }
    }
    found
}

/// Every part of a process's memory that it can write to.
fn memory(pid: u32) -> std::io::Result<Vec<(String, Vec<u8>)>> {
    let maps = std::fs::read_to_string(format!("/proc/{pid}/maps"))?;
    let file = File::open(format!("/proc/{pid}/mem"))?;
    let mut parts = Vec::new();
    for line in maps.lines() {
        let mut words = line.split_whitespace();
        let (range, rights) = (words.next().unwrap(), words.next().unwrap());
        let (from, to) = range.split_once('-').unwrap();
        let at = |text: &str| u64::from_str_radix(text, 16).unwrap();
        if !rights.starts_with("rw") {
            continue;
        }
        let mut bytes = vec![0; usize::try_from(at(to) - at(from)).unwrap()];
        match file.read_exact_at(&mut bytes, at(from)) {
            Ok(()) => parts.push((line.to_owned(), bytes)),
            // Given back to the system meanwhile, or of a device.
            Err(error) if error.kind() != ErrorKind::PermissionDenied => {}
            Err(error) => return Err(error),
        }
    }
    Ok(parts)
}

/// Where a text stands, with what stands around it.
fn places(parts: &[(String, Vec<u8>)], text: &[u8]) -> Vec<String> {
    let mut found = Vec::new();
    for (name, bytes) in parts {
        let first = |from: usize| {
            let rest = bytes.get(from..)?;
            let near = rest.iter().position(|byte| *byte == text[0])?;
            Some(from + near)
        };
        let mut from = 0;
        while let Some(at) = first(from) {
            if bytes[at..].starts_with(text) {
                let around = &bytes[at.saturating_sub(64)..bytes.len().min(at + 64)];
                found.push(format!("{name}: {}", around.escape_ascii()));
            }
            from = at + 1;
        }
    }
    found
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

struct Rig {
    server: Server,
    account: Account,
    client: Client,
}

impl Rig {
    async fn post(&self, path: &str, body: &Value) -> (u16, Value) {
        // What is refused before it is read ends its connection: a request that has just
        // been put on it is sent again, as clients do.
        let mut tries = 0;
        loop {
            let request = self.client.post(format!("{}{path}", self.server.url));
            match request.bearer_auth(&self.account.token).json(body).send().await {
                Ok(answer) => {
                    return (answer.status().as_u16(), answer.json().await.unwrap());
                }
                Err(error) => assert!(tries < 5, "{error:?}"),
            }
            tries += 1;
        }
    }

    /// Asks about a marker in one of the ways that there are, good ones and bad ones.
    async fn ask(&self, at: u64) {
        let Marked { number, address } = Marked::new(at);
        let whole = json!({ "phone": { "number": number }, "email": { "address": address } });
        let (path, body, wanted) = match at % 9 {
            0 => ("/v1/risk/phone", json!({ "number": number }), 200),
            1 => ("/v1/risk/email", json!({ "address": address }), 200),
            2 => ("/v1/risk/assess", whole, 200),
            3 => ("/v1/risk/assess", json!({ "batch": vec![whole; 100] }), 200),
            // Refused by its shape, by its length, and for what nobody knows.
            4 => ("/v1/risk/phone", json!({ "number": number, address: number }), 400),
            5 => ("/v1/risk/email", json!({ "address": address.repeat(20_000) }), 413),
            7 => ("/v1/risk/email", json!({ "address": address.repeat(3_000) }), 200),
            6 => ("/v1/risk/nobody", whole, 404),
            // Not a number, and not an address.
            _ => (
                "/v1/risk/assess",
                json!({ "phone": { "number": address }, "email": { "address": number } }),
                200,
            ),
        };
        let (status, answer) = self.post(path, &body).await;
        assert_eq!(status, wanted, "{path}: {answer}");
        for (what, text) in forbidden() {
            let told = answer.to_string().into_bytes();
            assert_eq!(places(&[(path.to_owned(), told)], &text), [""; 0], "{what}");
        }
    }

    /// Asks about all markers, several at once over connections that stay.
    async fn ask_all(&self, markers: std::ops::Range<u64>) {
        let mut asked = FuturesUnordered::new();
        for at in markers {
            asked.push(self.ask(at));
            if asked.len() > AT_ONCE {
                asked.next().await.unwrap();
            }
        }
        while asked.next().await.is_some() {}
    }
}

/// A number in the set that the tenant has loaded.
const KNOWN: &str = "+44 7911 123456";

/// Builds a set out of a list and loads it, as an operator does at his shell.
fn load_set(data: &Path, account: &Account, folder: &Path) {
    let (list, file) = (folder.join("numbers.txt"), folder.join("numbers.set"));
    std::fs::write(&list, format!("{KNOWN}\nnobody\n\n")).unwrap();
    let run = |arguments: &[&str]| {
        let site = ["--data", data.to_str().unwrap(), "--region", "apac"];
        let owner = ["--tenant", &account.app_id, "--environment", "sandbox", "--kind", "phone"];
        let (told, status) = support::bonafide(&[arguments, &owner, &site].concat());
        assert_eq!(status, 0, "{told}");
        told
    };
    let (list, file) = (list.to_str().unwrap(), file.to_str().unwrap());
    let built = run(&["risk", "set", "build", list, "--out", file]);
    assert_eq!(built, json!({ "identifiers": 1, "left_out": 1 }));
    let loaded = run(&["risk", "set", "load", "known", file, "--meaning", "bad"]);
    assert_eq!(loaded["source"], "tenant:known", "{loaded}");
    let written = std::fs::read(file).unwrap();
    assert!(!written.windows(6).any(|part| part == b"911123"), "a set shows what is in it");
}

#[tokio::test]
async fn d19_r8_after_the_answer_no_identifier_is_in_the_memory_of_the_process() {
    let name = "d19_r8_after_the_answer_no_identifier_is_in_the_memory_of_the_process";
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let file = folder.path().join("bonafide.toml");
    let many = "per_second = 100_000\nburst = 100_000\n";
    std::fs::write(
        &file,
        format!(
            "public_url = \"https://{HELD}\"\n[log]\nlevel = \"trace\"\n\
             [limits.per_key]\n{many}[limits.per_interface.rate]\n{many}"
        ),
    )
    .unwrap();
    let config = ["--config", file.to_str().unwrap()];
    let server = Server::start_tls(&data, &config, &[("BONAFIDE_TEST_HELD", HELD)]);
    let account = server.account("sandbox");
    load_set(&data, &account, folder.path());
    let pem = std::fs::read(data.join("tls/certificate.pem")).unwrap();
    let trusted = || {
        let roots = reqwest::Certificate::from_pem_bundle(&pem).unwrap();
        Client::builder().no_proxy().tls_certs_merge(roots)
    };
    let mut rig = Rig { server, account, client: trusted().http1_only().build().unwrap() };
    if memory(rig.server.pid()).is_err_and(|error| error.kind() == ErrorKind::PermissionDenied) {
        println!("skipped {name}: the memory of a process that forbids it is read by root alone");
        return;
    }

    let (_, answer) = rig.post("/v1/risk/phone", &json!({ "number": KNOWN })).await;
    assert_eq!(answer["results"][0]["registered"]["phone"]["tenant:known"], true, "{answer}");

    // Connections of both kinds stay open while the memory is read.
    rig.ask_all(0..REQUESTS).await;
    let first = std::mem::replace(&mut rig.client, trusted().build().unwrap());
    rig.ask_all(REQUESTS..REQUESTS + MORE).await;
    let parts = memory(rig.server.pid()).unwrap();
    drop(first);

    // What is looked for would be found: on the heap, and on a stack.
    let held = places(&parts, HELD.as_bytes());
    assert!(held.iter().any(|place| place.contains("[stack]")), "{held:?}");
    assert!(held.iter().any(|place| !place.contains("[stack]")), "{held:?}");
    for (what, text) in forbidden() {
        let found = places(&parts, &text);
        assert!(found.is_empty(), "{} times {what}:\n{}", found.len(), found.join("\n"));
    }

    assert_eq!(numbers(&parts), [""; 0]);

    // Nor is it in anything that was written.
    let log = rig.server.log();
    assert!(log.lines().count() > 1_000, "{log}");
    assert!(rig.server.stop().success());
    let mut written = vec![("the log".to_owned(), log.into_bytes())];
    written.extend(
        files(&data)
            .iter()
            .map(|path| (path.display().to_string(), std::fs::read(path).unwrap_or_default())),
    );
    assert!(written.len() > 5);
    for (what, text) in forbidden() {
        assert_eq!(places(&written, &text), [""; 0], "{what}");
    }
}

/// How many are asked about where services outside are asked too.
const OUTSIDE: u64 = 60;

/// A service over TLS that knows everybody, and says whom: its certificate, its
/// address, and how often it was asked.
async fn service() -> (String, String, Arc<AtomicUsize>) {
    let rcgen::CertifiedKey { cert, signing_key } =
        rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()]).unwrap();
    let key = PrivateKeyDer::try_from(signing_key.serialize_der()).unwrap();
    let config = ServerConfig::builder().with_no_client_auth();
    let config = config.with_single_cert(vec![cert.der().clone()], key).unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("https://{}/known", listener.local_addr().unwrap());
    let asked = Arc::new(AtomicUsize::new(0));
    let count = asked.clone();
    tokio::spawn(async move {
        while let Ok((socket, _)) = listener.accept().await {
            let (acceptor, count) = (acceptor.clone(), count.clone());
            tokio::spawn(async move {
                let Ok(mut stream) = acceptor.accept(socket).await else { return };
                let (mut asked, mut part) = (String::new(), [0; 2_048]);
                while !asked.ends_with('}') {
                    match stream.read(&mut part).await {
                        Ok(read) if read > 0 => {
                            asked.push_str(&String::from_utf8_lossy(&part[..read]));
                        }
                        _ => return,
                    }
                }
                count.fetch_add(1, Ordering::SeqCst);
                let (_, body) = asked.split_once("\r\n\r\n").unwrap();
                let body = format!("{{\"known\":true,\"of\":{body}}}");
                let head = format!(
                    "HTTP/1.1 200 OK\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
                    body.len()
                );
                let _ = stream.write_all(format!("{head}{body}").as_bytes()).await;
                let _ = stream.shutdown().await;
            });
        }
    });
    (cert.pem(), url, asked)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn r8_what_services_and_the_domain_name_system_were_asked_is_in_no_memory() {
    let name = "r8_what_services_and_the_domain_name_system_were_asked_is_in_no_memory";
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let zone = |at| (format!("zq7m{at:04}xw3.example"), Says::Mx(10, "mail.zq7m0000xw3.example"));
    let names = NameServer::start((0..OUTSIDE).map(zone).collect()).await.unwrap();
    let (certificate, url, asked) = service().await;
    let (file, roots) = (folder.path().join("bonafide.toml"), folder.path().join("roots.pem"));
    std::fs::write(&roots, certificate).unwrap();
    let provider = |kind: &str| {
        format!(
            "[[risk.providers]]\nname = '{kind}s'\nkind = '{kind}'\nmeaning = 'bad'\n\
             url = '{url}'\nform = 'whole'\nmember = 'of'\npointer = '/known'\n\
             timeout_ms = 20000\n"
        )
    };
    let text = format!(
        "[log]\nlevel = 'trace'\n[outbound]\nallow_networks = ['127.0.0.0/8']\n\
         extra_root_files = ['{}']\n[risk.dns]\nservers = ['{}']\ntimeout_ms = 20000\n{}{}",
        roots.display(),
        names.address,
        provider("phone"),
        provider("email"),
    );
    std::fs::write(&file, text).unwrap();
    let server = Server::start_tls(&data, &["--config", file.to_str().unwrap()], &[]);
    let account = server.account("sandbox");
    let pem = std::fs::read(data.join("tls/certificate.pem")).unwrap();
    let roots = reqwest::Certificate::from_pem_bundle(&pem).unwrap();
    let client = Client::builder().no_proxy().tls_certs_merge(roots).http1_only();
    let rig = Rig { server, account, client: client.build().unwrap() };
    if memory(rig.server.pid()).is_err_and(|error| error.kind() == ErrorKind::PermissionDenied) {
        println!("skipped {name}: the memory of a process that forbids it is read by root alone");
        return;
    }
    for at in 0..OUTSIDE {
        let Marked { number, address } = Marked::new(at);
        let body = json!({ "phone": { "number": number }, "email": { "address": address } });
        let (status, answer) = rig.post("/v1/risk/assess", &body).await;
        assert_eq!(status, 200, "{answer}");
        let told = &answer["results"][0]["registered"];
        assert_eq!(told["phone"]["provider:phones"], true, "{answer}");
        assert_eq!(told["email"]["provider:emails"], true, "{answer}");
    }
    let parts = memory(rig.server.pid()).unwrap();
    assert!(!places(&parts, url.as_bytes()).is_empty(), "what is held would be found");
    for (what, text) in forbidden() {
        let found = places(&parts, &text);
        assert!(found.is_empty(), "{} times {what}:\n{}", found.len(), found.join("\n"));
    }
    // As messages of names have a domain: every label behind its length.
    let found = places(&parts, b"xw3\x07example");
    assert!(
        found.is_empty(),
        "{} times a domain as it is asked:\n{}",
        found.len(),
        found.join("\n")
    );
    assert_eq!(numbers(&parts), [""; 0]);

    // They were asked, and of an address the servers of names were told the domain alone.
    assert_eq!(asked.load(Ordering::SeqCst), 2 * OUTSIDE as usize);
    let questions = names.asked();
    assert!(questions.len() >= 3 * OUTSIDE as usize, "{}", questions.len());
    assert!(questions.iter().all(|question| !question.contains("kestrel")));

    let log = rig.server.log();
    assert!(rig.server.stop().success());
    let mut written = vec![("the log".to_owned(), log.into_bytes())];
    written.extend(
        files(&data)
            .iter()
            .map(|path| (path.display().to_string(), std::fs::read(path).unwrap_or_default())),
    );
    for (what, text) in forbidden() {
        assert_eq!(places(&written, &text), [""; 0], "{what}");
    }
}
