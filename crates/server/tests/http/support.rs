//! A server on a free port with a router of the test's own.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use axum::Router;
use bonafide_context::{OsRandom, SystemClock};
use bonafide_server::{
    Component, Drained, Figure, Figures, Health, Parts, Seconds, Server, ServerHandle, Settings,
    State,
};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore, SupportedProtocolVersion};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinHandle;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

/// Longest time that anything in these tests is waited for.
pub(crate) const BOUND: Duration = Duration::from_secs(30);

pub(crate) struct Rig {
    pub(crate) address: SocketAddr,
    pub(crate) metrics: Option<SocketAddr>,
    pub(crate) url: String,
    pub(crate) handle: ServerHandle,
    pub(crate) settings: Settings,
    pub(crate) data: TempDir,
    pub(crate) done: JoinHandle<Drained>,
}

/// Everything is well.
pub(crate) struct Well;

#[async_trait]
impl Health for Well {
    async fn check(&self) -> Vec<Component> {
        vec![Component { name: "records", state: State::Ok, code: "ok", needed: true }]
    }
}

impl Figures for Well {
    fn read(&self) -> Vec<Figure> {
        Vec::new()
    }
}

impl Rig {
    pub(crate) async fn start(router: Router, set: impl FnOnce(&mut Settings)) -> Self {
        let data = tempfile::tempdir().unwrap();
        let mut settings =
            Settings { listen: "127.0.0.1:0".parse().unwrap(), ..Settings::default() };
        set(&mut settings);
        let parts = Parts {
            router,
            health: Arc::new(Well),
            figures: Arc::new(Well),
            data: data.path().to_owned(),
            clock: Arc::new(SystemClock::start()),
            random: Box::new(OsRandom),
            listener: None,
        };
        let server = Server::bind(settings.clone(), parts).await.unwrap();
        Self {
            address: server.address(),
            metrics: server.metrics_address(),
            url: server.url(),
            handle: server.handle(),
            settings,
            data,
            done: tokio::spawn(server.run()),
        }
    }

    /// A server that speaks plain HTTP.
    pub(crate) async fn plain(router: Router, set: impl FnOnce(&mut Settings)) -> Self {
        Self::start(router, |settings| {
            settings.insecure_http = true;
            set(settings);
        })
        .await
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.url)
    }

    /// An ordinary client that trusts the server's certificate.
    pub(crate) fn client(&self) -> reqwest::Client {
        let builder = reqwest::Client::builder().timeout(BOUND);
        match std::fs::read(self.data.path().join("tls/certificate.pem")) {
            Ok(pem) => {
                let trusted = reqwest::Certificate::from_pem(&pem).unwrap();
                builder.tls_certs_only([trusted]).build().unwrap()
            }
            Err(_) => builder.build().unwrap(),
        }
    }

    pub(crate) async fn get(&self, path: &str) -> reqwest::Response {
        self.client().get(self.url(path)).send().await.unwrap()
    }

    /// A bare connection.
    pub(crate) async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.address).await.unwrap()
    }

    /// A bare connection over TLS.
    pub(crate) async fn shake(
        &self,
        versions: &[&'static SupportedProtocolVersion],
        alpn: &[&str],
    ) -> std::io::Result<TlsStream<TcpStream>> {
        shake(self.connect().await, self.data.path(), versions, alpn).await
    }

    /// Waits until a figure of the server shows, such as `refused_total{code="x"} 1`.
    pub(crate) async fn counted(&self, line: &str) {
        let client = self.client();
        let look = async {
            loop {
                let sent = client.get(self.url("/metrics")).send().await;
                // Shed or cut off: asked again.
                if let Ok(answer) = sent
                    && answer.text().await.unwrap().contains(line)
                {
                    return;
                }
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        tokio::time::timeout(BOUND, look).await.expect(line);
    }
}

/// As [`Rig::shake`], trusting the certificate under another folder.
pub(crate) async fn shake(
    tcp: TcpStream,
    data: &Path,
    versions: &[&'static SupportedProtocolVersion],
    alpn: &[&str],
) -> std::io::Result<TlsStream<TcpStream>> {
    let mut roots = RootCertStore::empty();
    let file = data.join("tls/certificate.pem");
    roots.add(CertificateDer::from_pem_file(file).unwrap()).unwrap();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_protocol_versions(versions)
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = alpn.iter().map(|name| name.as_bytes().to_vec()).collect();
    let name = ServerName::try_from("localhost").unwrap();
    TlsConnector::from(Arc::new(config)).connect(name, tcp).await
}

/// Everything that the server sends until it closes.
pub(crate) async fn rest(mut stream: impl AsyncReadExt + Unpin) -> String {
    let mut bytes = Vec::new();
    // A connection that is cut off has said what it has said.
    let read = tokio::time::timeout(BOUND, stream.read_to_end(&mut bytes)).await;
    let _ = read.expect("the server closes");
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Says `text` and returns everything that comes back until the server closes.
pub(crate) async fn say(rig: &Rig, text: &str) -> String {
    let mut stream = rig.connect().await;
    stream.write_all(text.as_bytes()).await.unwrap();
    rest(stream).await
}

pub(crate) fn seconds(seconds: f64) -> Seconds {
    Seconds::new(seconds)
}
