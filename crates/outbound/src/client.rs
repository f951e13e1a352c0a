//! One request, one bounded answer.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use bonafide_policy::Category;
use bytes::{Bytes, BytesMut};
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::header::HeaderMap;
use reqwest::{Method, redirect};

use crate::register::Register;
use crate::{Guard, Names, Recipient, Refusal, Registered, SystemNames};

/// How the client behaves.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Until a connection stands.
    pub connect_timeout: Duration,
    /// Name in the `User-Agent` header.
    pub user_agent: String,
    /// Certificates in PEM form that are trusted besides the machine's own:
    /// for services inside the operator's network.
    pub extra_roots: Vec<Vec<u8>>,
    /// Speak HTTP/1.1 with everybody, also where HTTP/2 is offered.
    pub http1_only: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            connect_timeout: Duration::from_secs(5),
            user_agent: concat!("bonafide/", env!("CARGO_PKG_VERSION")).to_owned(),
            extra_roots: Vec::new(),
            http1_only: false,
        }
    }
}

/// The client. Cheap to clone; connections are kept and shared.
#[derive(Clone)]
pub struct Client {
    guard: Arc<Guard>,
    register: Register,
    names: Arc<dyn Names>,
    extra_roots: Arc<Vec<Vec<u8>>>,
    /// Calls whatever the guard lets through.
    anywhere: reqwest::Client,
    /// Calls the networks that the operator allowed, and no other.
    own: reqwest::Client,
    /// The same two for what is to be nowhere once it is answered: they keep no
    /// connection, in whose buffers it would stay.
    anywhere_once: reqwest::Client,
    own_once: reqwest::Client,
}

/// What is sent.
#[derive(Clone, Debug)]
pub struct Request {
    /// Who is called.
    pub to: Recipient,
    /// Method.
    pub method: Method,
    /// Absolute URL.
    pub url: String,
    /// Headers.
    pub headers: HeaderMap,
    /// Body; may be empty.
    pub body: Bytes,
    /// From the first packet to the last byte of the answer.
    pub timeout: Duration,
    /// Bytes of the answer's body that are read; one more is a failure.
    pub limit: usize,
}

impl Request {
    /// A request without headers and body, 15 seconds, 1 MiB.
    pub fn new(to: Recipient, method: Method, url: impl Into<String>) -> Self {
        Self {
            to,
            method,
            url: url.into(),
            headers: HeaderMap::new(),
            body: Bytes::new(),
            timeout: Duration::from_secs(15),
            limit: 1 << 20,
        }
    }
}

/// What came back.
#[derive(Clone, Debug)]
pub struct Answer {
    /// Status code; a redirect is not followed.
    pub status: u16,
    /// Headers.
    pub headers: HeaderMap,
    /// Body, at most as long as was asked for.
    pub body: Bytes,
}

/// Why there is no answer. Names no host, no address and no content.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// The URL may not be called.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// Not a URL.
    #[error("this is not an absolute URL")]
    Url,
    /// The name does not resolve, or nobody listens.
    #[error("no connection to the host")]
    Connect,
    /// Too slow.
    #[error("no answer in time")]
    Timeout,
    /// The answer is larger than is read.
    #[error("the answer is larger than {limit} bytes")]
    TooLarge {
        /// Bytes that are read.
        limit: usize,
    },
    /// The connection broke, or what came is not HTTP.
    #[error("the connection broke before the answer was there")]
    Broken,
}

/// The client could not be set up.
#[derive(Debug, thiserror::Error)]
#[error("the HTTP client cannot be set up: look at the extra root certificates")]
pub struct SetUpError;

impl Client {
    /// A client that resolves names with the machine's own resolver.
    pub fn new(guard: Guard, settings: &Settings) -> Result<Self, SetUpError> {
        Self::with_names(guard, settings, &(Arc::new(SystemNames) as Arc<dyn Names>))
    }

    /// A client that resolves names with `names`.
    pub fn with_names(
        guard: Guard,
        settings: &Settings,
        names: &Arc<dyn Names>,
    ) -> Result<Self, SetUpError> {
        let guard = Arc::new(guard);
        let build = |only_allowed: bool, kept: bool| {
            let resolver =
                GuardedNames { guard: guard.clone(), names: names.clone(), only_allowed };
            let mut builder = reqwest::Client::builder()
                .redirect(redirect::Policy::none())
                .no_proxy()
                .referer(false)
                .connect_timeout(settings.connect_timeout)
                .pool_idle_timeout(Duration::from_secs(30))
                .user_agent(&settings.user_agent)
                .dns_resolver(Arc::new(resolver));
            if !kept {
                builder = builder.pool_max_idle_per_host(0);
            }
            if settings.http1_only {
                builder = builder.http1_only();
            }
            for pem in &settings.extra_roots {
                let roots = reqwest::Certificate::from_pem_bundle(pem).map_err(|_| SetUpError)?;
                builder = builder.tls_certs_merge(roots);
            }
            builder.build().map_err(|_| SetUpError)
        };
        let (anywhere, own) = (build(false, true)?, build(true, true)?);
        let (anywhere_once, own_once) = (build(false, false)?, build(true, false)?);
        let (names, extra_roots) = (names.clone(), Arc::new(settings.extra_roots.clone()));
        let register = Register::default();
        Ok(Self { guard, register, names, extra_roots, anywhere, own, anywhere_once, own_once })
    }

    /// Says which hosts are registered, instead of those before: for this client
    /// and every clone of it.
    pub fn register(&self, registered: Vec<Registered>) {
        self.register.set(registered);
    }

    /// Says which hosts witness the transparency log, instead of those before.
    pub fn register_witnesses(&self, hosts: Vec<String>) {
        self.register.set_witnesses(hosts);
    }

    /// Certificates that are trusted besides the machine's own.
    pub(crate) fn extra_roots(&self) -> impl Iterator<Item = &[u8]> {
        self.extra_roots.iter().map(Vec::as_slice)
    }

    /// The addresses at which a host may be called that speaks something else than
    /// HTTP; an error where there is none.
    pub(crate) async fn places(
        &self,
        to: Recipient,
        host: &str,
        port: u16,
    ) -> Result<Vec<SocketAddr>, Failure> {
        let listed = self.register.lets(to, host);
        let mut addresses = match host.parse::<IpAddr>() {
            Ok(address) => vec![address],
            Err(_) => self.names.addresses(host).await.map_err(|_| Failure::Connect)?,
        };
        if addresses.is_empty() {
            return Err(Failure::Connect);
        }
        addresses.retain(|&address| {
            if listed { self.guard.allows(address) } else { self.guard.allows_by_name(address) }
        });
        if addresses.is_empty() {
            let refusal = if listed { Refusal::Address } else { Refusal::Unregistered };
            return Err(refusal.into());
        }
        Ok(addresses.into_iter().map(|address| SocketAddr::new(address, port)).collect())
    }

    /// Whether a URL may be called as far as its text shows: for the moment when
    /// somebody writes it down. Where its name leads is judged at every call.
    pub fn check(&self, url: &str) -> Result<(), Failure> {
        let url: url::Url = url.parse().map_err(|_| Failure::Url)?;
        Ok(self.guard.check(&url)?)
    }

    /// Sends a request and reads the answer.
    pub async fn send(&self, request: Request) -> Result<Answer, Failure> {
        let url: url::Url = request.url.parse().map_err(|_| Failure::Url)?;
        self.guard.check(&url)?;
        let limit = request.limit;
        let listed = self.register.lets(request.to, url.host_str().unwrap_or_default());
        if !listed && self.guard.is_foreign(&url) {
            return Err(Refusal::Unregistered.into());
        }
        // Without TLS, or to whom nobody registered, only the operator's own
        // networks are called.
        let anywhere = url.scheme() == "https" && listed;
        let once = request.to == Recipient::Service(Category::Identifiers);
        let client = match (anywhere, once) {
            (true, false) => &self.anywhere,
            (false, false) => &self.own,
            (true, true) => &self.anywhere_once,
            (false, true) => &self.own_once,
        };
        let mut response = client
            .request(request.method, url)
            .headers(request.headers)
            .body(request.body)
            .timeout(request.timeout)
            .send()
            .await
            .map_err(|error| match failure(&error) {
                Failure::Refused(Refusal::Address) if !listed => Refusal::Unregistered.into(),
                failure => failure,
            })?;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let mut body = BytesMut::new();
        while let Some(chunk) = response.chunk().await.map_err(|error| failure(&error))? {
            if body.len().saturating_add(chunk.len()) > limit {
                return Err(Failure::TooLarge { limit });
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Answer { status, headers, body: body.freeze() })
    }
}

/// Resolves a name to those of its addresses that may be called. The
/// connection goes to what this returned, so that nothing can change between
/// the check and the call.
struct GuardedNames {
    guard: Arc<Guard>,
    names: Arc<dyn Names>,
    /// Without TLS only the networks that the operator allowed are called.
    only_allowed: bool,
}

impl Resolve for GuardedNames {
    fn resolve(&self, name: Name) -> Resolving {
        let (guard, names, only_allowed) =
            (self.guard.clone(), self.names.clone(), self.only_allowed);
        Box::pin(async move {
            let mut addresses = names.addresses(name.as_str()).await?;
            addresses.retain(|&address| {
                if only_allowed { guard.allows_by_name(address) } else { guard.allows(address) }
            });
            if addresses.is_empty() {
                return Err(Refusal::Address.into());
            }
            let addresses = addresses.into_iter().map(|address| SocketAddr::new(address, 0));
            Ok(Box::new(addresses) as Addrs)
        })
    }
}

/// The library's error as one of ours, without its text, which names the URL.
fn failure(error: &reqwest::Error) -> Failure {
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        if let Some(refusal) = cause.downcast_ref::<Refusal>() {
            return Failure::Refused(*refusal);
        }
        source = cause.source();
    }
    if error.is_timeout() {
        Failure::Timeout
    } else if error.is_connect() {
        Failure::Connect
    } else if error.is_builder() {
        Failure::Url
    } else {
        Failure::Broken
    }
}

#[cfg(test)]
mod tests {
    use std::collections::VecDeque;
    use std::io;
    use std::net::Ipv4Addr;
    use std::sync::Mutex;

    use async_trait::async_trait;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpListener;

    use super::*;

    /// Answers each look-up with the next of its addresses.
    struct Changing(Mutex<VecDeque<IpAddr>>);

    #[async_trait]
    impl Names for Changing {
        async fn addresses(&self, _host: &str) -> io::Result<Vec<IpAddr>> {
            Ok(self.0.lock().unwrap().pop_front().into_iter().collect())
        }
    }

    const LOCAL: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

    fn loopback() -> Guard {
        Guard::allowing(vec!["127.0.0.0/8".parse().unwrap()])
    }

    fn client(guard: Guard, addresses: &[IpAddr]) -> Client {
        let names: Arc<dyn Names> =
            Arc::new(Changing(Mutex::new(addresses.iter().copied().collect())));
        Client::with_names(guard, &Settings::default(), &names).unwrap()
    }

    /// A server that answers every connection with `answer` and says how many
    /// there were.
    async fn server(answer: &'static [u8]) -> (u16, Arc<std::sync::atomic::AtomicUsize>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let calls = Arc::new(std::sync::atomic::AtomicUsize::new(0));
        let counted = calls.clone();
        tokio::spawn(async move {
            while let Ok((mut socket, _)) = listener.accept().await {
                counted.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
                let mut buffer = [0; 4096];
                let _ = socket.read(&mut buffer).await;
                let _ = socket.write_all(answer).await;
                if answer.is_empty() {
                    // Holds the connection open and says nothing.
                    let _ = socket.read(&mut buffer).await;
                }
            }
        });
        (port, calls)
    }

    fn get(url: String) -> Request {
        Request {
            timeout: Duration::from_secs(5),
            ..Request::new(Recipient::Customer, Method::GET, url)
        }
    }

    #[tokio::test]
    async fn an_allowed_server_is_called_and_a_redirect_is_not_followed() {
        let (port, calls) = server(
            b"HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:1/\r\ncontent-length: 2\r\nconnection: close\r\n\r\nok",
        )
        .await;
        let client = client(loopback(), &[LOCAL]);
        let answer = client.send(get(format!("http://hook.test:{port}/"))).await.unwrap();
        assert_eq!((answer.status, answer.body.as_ref()), (302, &b"ok"[..]));
        assert_eq!(calls.load(std::sync::atomic::Ordering::SeqCst), 1);
    }

    #[tokio::test]
    async fn a_name_that_turns_private_is_refused_at_the_moment_of_the_call() {
        let (port, calls) =
            server(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n").await;
        let url = format!("https://hook.test:{port}/");
        let client = client(Guard::default(), &[LOCAL, "10.0.0.1".parse().unwrap()]);
        for _ in 0..2 {
            let refused = client.send(get(url.clone())).await;
            assert_eq!(refused.unwrap_err(), Failure::Refused(Refusal::Address));
        }
        assert_eq!(calls.load(std::sync::atomic::Ordering::SeqCst), 0);
    }

    #[tokio::test]
    async fn plain_http_goes_to_allowed_networks_only() {
        let client = client(loopback(), &["1.1.1.1".parse().unwrap()]);
        let refused = client.send(get("http://hook.test/".to_owned())).await;
        assert_eq!(refused.unwrap_err(), Failure::Refused(Refusal::Address));
    }

    #[tokio::test]
    async fn o13_nobody_is_called_who_is_not_registered() {
        let public: IpAddr = "1.1.1.1".parse().unwrap();
        let client = client(Guard::default(), &[public]);
        for url in ["https://search.example/", "https://1.1.1.1/", "https://[2606:4700::1111]/"] {
            let request =
                Request { to: Recipient::Service(Category::OperationLog), ..get(url.to_owned()) };
            let refused = client.send(request).await.unwrap_err();
            assert_eq!(refused, Failure::Refused(Refusal::Unregistered), "{url}");
        }
    }

    #[tokio::test]
    async fn o14_a_registered_host_gets_what_it_is_registered_for_and_nothing_else() {
        let (port, calls) =
            server(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n").await;
        // Whom the look-up leads to a closed port is called; the others are not.
        let client = client(loopback(), &[LOCAL, LOCAL, LOCAL]);
        let to = |host: &str, category| Request {
            to: Recipient::Service(category),
            ..get(format!("http://{host}:{port}/"))
        };
        // The operator's own needs no registration.
        client.send(to("search.test", Category::OperationLog)).await.unwrap();
        assert_eq!(calls.load(std::sync::atomic::Ordering::SeqCst), 1);

        client.register(vec![Registered {
            host: "search.test".to_owned(),
            categories: vec![Category::OperationLog],
        }]);
        let lets = |host: &str, category| client.register.lets(Recipient::Service(category), host);
        assert!(lets("Search.test", Category::OperationLog));
        assert!(!lets("search.test", Category::FaceMedia));
        assert!(!lets("other.test", Category::OperationLog));
        client.register(Vec::new());
        assert!(!lets("search.test", Category::OperationLog), "struck off the list");
    }

    #[test]
    fn o14_a_witness_is_called_as_such_and_gets_no_data() {
        let client = client(Guard::default(), &[]);
        client.register_witnesses(vec!["witness.test".to_owned()]);
        let lets = |to, host| client.register.lets(to, host);
        assert!(lets(Recipient::Witness, "Witness.test"));
        assert!(!lets(Recipient::Witness, "other.test"));
        assert!(!lets(Recipient::Service(Category::OperationLog), "witness.test"));
    }

    #[tokio::test]
    async fn an_answer_that_is_too_large_too_slow_or_broken_is_a_failure() {
        let large = b"HTTP/1.1 200 OK\r\ncontent-length: 20\r\n\r\n01234567890123456789";
        let (port, _) = server(large).await;
        let short = Request { limit: 19, ..get(format!("http://127.0.0.1:{port}/")) };
        assert_eq!(
            client(loopback(), &[]).send(short).await.unwrap_err(),
            Failure::TooLarge { limit: 19 }
        );

        let (port, _) = server(b"").await;
        let hasty = Request {
            timeout: Duration::from_millis(50),
            ..get(format!("http://127.0.0.1:{port}/"))
        };
        assert_eq!(client(loopback(), &[]).send(hasty).await.unwrap_err(), Failure::Timeout);

        let (port, _) = server(b"nonsense\r\n\r\n").await;
        let broken = client(loopback(), &[]).send(get(format!("http://127.0.0.1:{port}/"))).await;
        assert_eq!(broken.unwrap_err(), Failure::Broken);

        let nobody = client(loopback(), &[]).send(get("http://127.0.0.1:1/".to_owned())).await;
        assert_eq!(nobody.unwrap_err(), Failure::Connect);
    }
}
