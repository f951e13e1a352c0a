//! TLS as clients see it.

use std::sync::Arc;

use crate::support::{BOUND, Rig, Well, seconds, shake};
use axum::Router;
use axum::routing::get;
use bonafide_context::{OsRandom, SystemClock};
use bonafide_server::{Parts, Server, ServerError, Settings};
use rustls::ProtocolVersion;
use rustls::version::{TLS12, TLS13};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::client::TlsStream;

fn router() -> Router {
    Router::new().route("/", get(|| async { "hello" }))
}

#[tokio::test(flavor = "multi_thread")]
async fn m1_only_tls_1_3_is_spoken() {
    let rig = Rig::start(router(), |_| {}).await;
    let refused = rig.shake(&[&TLS12], &[]).await.unwrap_err().to_string();
    assert!(refused.contains("ProtocolVersion"), "{refused}");
    let spoken = rig.shake(&[&TLS12, &TLS13], &[]).await.unwrap();
    assert_eq!(spoken.get_ref().1.protocol_version(), Some(ProtocolVersion::TLSv1_3));
    // Plain HTTP to a TLS port is no HTTP at all.
    let plain = crate::support::say(&rig, "GET / HTTP/1.1\r\nhost: localhost\r\n\r\n").await;
    assert!(!plain.contains("HTTP/1.1"), "{plain}");
    rig.counted("bonafide_refused_total{code=\"handshake_failed\"} 2").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn m1_plain_http_elsewhere_is_refused_before_anything_is_opened() {
    let data = tempfile::tempdir().unwrap();
    let parts = Parts {
        router: router(),
        health: Arc::new(Well),
        figures: Arc::new(Well),
        data: data.path().to_owned(),
        clock: Arc::new(SystemClock::start()),
        random: Box::new(OsRandom),
        listener: None,
    };
    let settings = Settings {
        listen: "0.0.0.0:0".parse().unwrap(),
        insecure_http: true,
        ..Settings::default()
    };
    let refused = Server::bind(settings, parts).await.err().unwrap();
    assert!(matches!(refused, ServerError::PlainHttp(_)), "{refused}");
    assert_eq!(std::fs::read_dir(data.path()).unwrap().count(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn http_2_and_http_1_1_are_agreed_on() {
    let rig = Rig::start(router(), |_| {}).await;
    let two = rig.get("/").await;
    assert_eq!(two.version(), reqwest::Version::HTTP_2);
    assert_eq!(two.text().await.unwrap(), "hello");
    for alpn in [&["http/1.1"][..], &[]] {
        let mut stream = rig.shake(&[&TLS13], alpn).await.unwrap();
        assert_eq!(hello(&mut stream).await, "hello");
    }
    assert!(rig.shake(&[&TLS13], &["smtp"]).await.is_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_changes_under_open_connections() {
    let rig = Rig::start(router(), |_| {}).await;
    let mut open = rig.shake(&[&TLS13], &[]).await.unwrap();
    let shown = |stream: &TlsStream<TcpStream>| {
        stream.get_ref().1.peer_certificates().unwrap().first().unwrap().to_vec()
    };
    let first = shown(&open);

    // Other names need another certificate.
    let mut settings = rig.settings.clone();
    settings.tls.names = vec!["kyc.example".to_owned()];
    rig.handle.reload(&settings).unwrap();
    let second = shown(&rig.shake(&[&TLS13], &[]).await.unwrap());
    assert_ne!(first, second);
    assert_eq!(hello(&mut open).await, "hello", "the old connection goes on");

    // A broken one is refused, and the one in use is kept.
    let broken = rig.data.path().join("broken.pem");
    std::fs::write(&broken, "no certificate").unwrap();
    settings.tls.certificate = Some(broken.clone());
    settings.tls.key = Some(broken);
    settings.limits.requests_in_flight = 0;
    let refused = rig.handle.reload(&settings).unwrap_err().to_string();
    assert!(refused.ends_with("holds no certificate"), "{refused}");
    let mut third = rig.shake(&[&TLS13], &[]).await.unwrap();
    assert_eq!(shown(&third), second);
    assert_eq!(hello(&mut third).await, "hello", "nothing else was taken either");

    settings = rig.settings.clone();
    settings.listen = "127.0.0.1:1".parse().unwrap();
    assert!(matches!(rig.handle.reload(&settings), Err(ServerError::NeedsRestart("listen"))));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_operators_certificate_is_shown() {
    let other = Rig::start(router(), |_| {}).await;
    let pem = other.data.path().join("tls/certificate.pem");
    let rig = Rig::start(router(), |settings| {
        settings.tls.certificate = Some(pem.clone());
        settings.tls.key = Some(other.data.path().join("tls/key.pem"));
    })
    .await;
    assert!(!rig.data.path().join("tls").exists());
    let trusted = reqwest::Certificate::from_pem(&std::fs::read(pem).unwrap()).unwrap();
    let client = reqwest::Client::builder().tls_certs_only([trusted]).build().unwrap();
    assert_eq!(client.get(rig.url("/")).send().await.unwrap().text().await.unwrap(), "hello");
}

/// A server whose certificate lies in a folder of the operator's, and two more
/// pairs.
async fn renewing() -> (Rig, tempfile::TempDir, [Rig; 2]) {
    let others = [Rig::start(router(), |_| {}).await, Rig::start(router(), |_| {}).await];
    let folder = tempfile::tempdir().unwrap();
    put(&folder, &others[0], &["certificate.pem", "key.pem"]);
    let rig = Rig::start(router(), |settings| {
        settings.tls.certificate = Some(folder.path().join("certificate.pem"));
        settings.tls.key = Some(folder.path().join("key.pem"));
        settings.tls.watch = seconds(0.01);
    })
    .await;
    (rig, folder, others)
}

/// Puts files of a pair into the folder, as programs that renew do: beside it,
/// then in its place.
fn put(folder: &tempfile::TempDir, from: &Rig, names: &[&str]) {
    for name in names {
        let (new, place) = (folder.path().join("new"), folder.path().join(name));
        std::fs::copy(from.data.path().join("tls").join(name), &new).unwrap();
        std::fs::rename(new, place).unwrap();
    }
}

/// Whether the server shows the pair of another one, which is all that is trusted.
async fn shows(rig: &Rig, pair: &Rig) -> bool {
    shake(rig.connect().await, pair.data.path(), &[&TLS13], &[]).await.is_ok()
}

async fn becomes(what: &str, mut is: impl AsyncFnMut() -> bool) {
    let look = async {
        while !is().await {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(BOUND, look).await.expect(what);
}

/// How the certificate is, as `/health` has it.
async fn health(rig: &Rig, pair: &Rig) -> String {
    let pem = std::fs::read(pair.data.path().join("tls/certificate.pem")).unwrap();
    let trusted = reqwest::Certificate::from_pem(&pem).unwrap();
    let client = reqwest::Client::builder().tls_certs_only([trusted]).build().unwrap();
    client.get(rig.url("/health")).send().await.unwrap().text().await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_renewed_certificate_is_shown_without_a_signal() {
    let (rig, folder, [first, second]) = renewing().await;
    assert!(shows(&rig, &first).await && !shows(&rig, &second).await);
    put(&folder, &second, &["key.pem", "certificate.pem"]);
    becomes("the new pair", async || shows(&rig, &second).await).await;
    assert!(!shows(&rig, &first).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broken_pair_is_told_and_the_one_before_is_shown_on() {
    let (rig, folder, [first, second]) = renewing().await;
    let well = r#"{"name":"certificate","state":"ok","code":"ok","needed":false}"#;
    becomes("well", async || health(&rig, &first).await.contains(well)).await;
    // Half of it: a key that is not the certificate's.
    put(&folder, &second, &["key.pem"]);
    let broken = r#"{"name":"certificate","state":"degraded","code":"certificate_unusable""#;
    becomes("told", async || health(&rig, &first).await.contains(broken)).await;
    assert!(shows(&rig, &first).await, "the one before");
    put(&folder, &second, &["certificate.pem"]);
    becomes("the whole pair", async || shows(&rig, &second).await).await;
    becomes("well again", async || health(&rig, &second).await.contains(well)).await;
}

/// Asks for `/` over HTTP/1.1 and returns the body.
async fn hello(stream: &mut TlsStream<TcpStream>) -> String {
    stream.write_all(b"GET / HTTP/1.1\r\nhost: localhost\r\n\r\n").await.unwrap();
    let mut text = String::new();
    while !text.contains("\r\n\r\n") || !text.ends_with("hello") {
        let mut bytes = [0; 1_024];
        let count = stream.read(&mut bytes).await.unwrap();
        assert_ne!(count, 0, "{text}");
        text.push_str(std::str::from_utf8(&bytes[..count]).unwrap());
    }
    text.split_once("\r\n\r\n").unwrap().1.to_owned()
}
