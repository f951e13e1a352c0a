//! Held to the wire: what the official clients send, what a cluster may answer.

mod answers;
mod cluster;
mod requests;
mod restore;

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use bonafide_outbound::{Guard, Settings};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

use super::*;
use crate::index::conformance::{Maker, NOON, conforms, everything};

/// A request as a server saw it.
#[derive(Clone, Debug)]
struct Seen {
    method: String,
    path: String,
    query: BTreeMap<String, String>,
    headers: BTreeMap<String, String>,
    body: String,
}

impl Seen {
    /// The lines of the body, each as JSON.
    fn lines(&self) -> Vec<Value> {
        self.body.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }
}

/// A status and a body to answer with.
type Said = (u16, String);

/// Answers every request with what `answer` says, on a port of its own.
async fn serve(answer: impl Fn(&Seen) -> Said + Send + Sync + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let answer = Arc::new(answer);
    tokio::spawn(async move {
        while let Ok((socket, _)) = listener.accept().await {
            let answer = answer.clone();
            tokio::spawn(async move { one(socket, answer.as_ref()).await });
        }
    });
    url
}

async fn one(socket: TcpStream, answer: &(dyn Fn(&Seen) -> Said + Send + Sync)) {
    let mut socket = BufReader::new(socket);
    let mut head = Vec::new();
    loop {
        let mut line = String::new();
        if socket.read_line(&mut line).await.unwrap_or(0) == 0 {
            return;
        }
        if line == "\r\n" {
            break;
        }
        head.push(line.trim_end().to_owned());
    }
    let mut first = head[0].split(' ');
    let (method, target) = (first.next().unwrap().to_owned(), first.next().unwrap().to_owned());
    let headers: BTreeMap<_, _> = head[1..]
        .iter()
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| (name.to_lowercase(), value.to_owned()))
        .collect();
    let length = headers.get("content-length").map_or(0, |length| length.parse().unwrap());
    let mut body = vec![0; length];
    socket.read_exact(&mut body).await.unwrap();
    let (path, query) = target.split_once('?').unwrap_or((&target, ""));
    let query = query
        .split('&')
        .filter_map(|pair| pair.split_once('='))
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
    let seen = Seen {
        method,
        path: path.replace("%2A", "*"),
        query,
        headers,
        body: String::from_utf8(body).unwrap(),
    };
    let (status, said) = answer(&seen);
    let answered = format!(
        "HTTP/1.1 {status} X\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{said}",
        said.len()
    );
    socket.get_mut().write_all(answered.as_bytes()).await.unwrap();
}

/// A server that gives these answers, one after the other, and keeps what it
/// saw.
#[derive(Clone, Default)]
struct Script {
    answers: Arc<Mutex<VecDeque<Said>>>,
    seen: Arc<Mutex<Vec<Seen>>>,
}

impl Script {
    async fn start(answers: impl IntoIterator<Item = (u16, Value)>) -> (Self, Elasticsearch) {
        Self::start_raw(answers.into_iter().map(|(status, body)| (status, body.to_string()))).await
    }

    async fn start_raw(answers: impl IntoIterator<Item = Said>) -> (Self, Elasticsearch) {
        let script = Self::default();
        lock(&script.answers).extend(answers);
        let own = script.clone();
        let url = serve(move |seen| {
            lock(&own.seen).push(seen.clone());
            let said = lock(&own.answers).pop_front();
            said.unwrap_or((599, "the script is at its end".to_owned()))
        })
        .await;
        (script, engine(&url))
    }

    fn seen(&self) -> Vec<Seen> {
        lock(&self.seen).clone()
    }
}

fn settings(url: &str) -> ElasticsearchSettings {
    ElasticsearchSettings { pause: Duration::ZERO, ..ElasticsearchSettings::new(url) }
}

fn client() -> Client {
    let guard = Guard::allowing(vec!["127.0.0.0/8".parse().unwrap()]);
    Client::new(guard, &Settings::default()).unwrap()
}

fn engine(url: &str) -> Elasticsearch {
    Elasticsearch::new(client(), settings(url)).unwrap()
}

#[tokio::test]
async fn the_engine_conforms_over_a_stand_in() {
    conforms(&engine(&cluster::start().await)).await;
}

/// `BONAFIDE_TEST_SEARCH=http://127.0.0.1:9200` runs the suite on a real
/// cluster, under a prefix of its own; without it there is nothing to run.
#[tokio::test]
async fn the_engine_conforms_over_a_real_cluster() {
    let Ok(url) = std::env::var("BONAFIDE_TEST_SEARCH") else {
        eprintln!("skipped: BONAFIDE_TEST_SEARCH names no cluster");
        return;
    };
    let authorization = std::env::var("BONAFIDE_TEST_SEARCH_AUTHORIZATION").ok();
    let address: std::net::IpAddr = {
        let parsed = url.split("://").nth(1).unwrap_or_default();
        let host = parsed.split(['/', ':']).next().unwrap_or_default();
        let mut found = tokio::net::lookup_host((host, 9200)).await.unwrap();
        found.next().unwrap().ip()
    };
    let network = format!("{address}/{}", if address.is_ipv4() { 32 } else { 128 });
    let client =
        Client::new(Guard::allowing(vec![network.parse().unwrap()]), &Settings::default()).unwrap();
    let mut random = bonafide_context::OsRandom;
    let prefix = format!("bonafide-test-{:08x}", bonafide_context::Random::u64(&mut random));
    let settings = ElasticsearchSettings {
        prefix,
        replicas: 0,
        authorization: authorization.map(Sensitive::new),
        ..ElasticsearchSettings::new(url)
    };
    conforms(&Elasticsearch::new(client, settings).unwrap()).await;
}
