//! The server itself.

use std::net::{IpAddr, SocketAddr, TcpListener};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use bonafide_context::{Clock, Random, overwrite_stack};
use tokio::runtime::{Builder, Handle, Runtime};
use tokio_rustls::TlsAcceptor;

use crate::door::{Door, Entrance};
use crate::handle::Phase;
use crate::peers::{Place, TooMany};
use crate::tls::Shown;
use crate::{
    Figures, Health, ServerError, ServerHandle, Settings, connection, listen, notify, tls,
};

/// What the server is put together from.
pub struct Parts {
    /// The dialects and pages, merged. The server adds `/health` and `/metrics`.
    pub router: Router,
    /// How the parts of the server are.
    pub health: Arc<dyn Health>,
    /// The figures of the rooms below.
    pub figures: Arc<dyn Figures>,
    /// Where the self-signed certificate is kept.
    pub data: PathBuf,
    /// The clock.
    pub clock: Arc<dyn Clock>,
    /// Randomness, for call ids.
    pub random: Box<dyn Random>,
    /// What listens already, by [`open_listener`]; without it the server opens what its
    /// settings say.
    pub listener: Option<TcpListener>,
}

/// Takes the address of the settings for a server that is put together later, so
/// that the port which the system chose for 0 is known by then.
///
/// # Errors
/// When the settings are not safe, or the address cannot be listened on.
pub fn open_listener(settings: &Settings) -> Result<TcpListener, ServerError> {
    listen::check(settings)?;
    listen::open(settings.listen)
}

/// A server that listens.
pub struct Server {
    door: Arc<Door>,
    health: Arc<dyn Health>,
    address: SocketAddr,
    listeners: Vec<Listener>,
    /// The threads that speak with clients.
    threads: Threads,
}

struct Listener {
    socket: TcpListener,
    tls: Option<TlsAcceptor>,
    entrance: Entrance,
}

impl Server {
    /// Listens; nobody is answered before [`Server::run`]. To be called within
    /// the runtime on which requests are to be worked on.
    ///
    /// # Errors
    /// When the settings are not safe, the certificate cannot be used or the
    /// address cannot be listened on.
    pub async fn bind(settings: Settings, mut parts: Parts) -> Result<Self, ServerError> {
        listen::check(&settings)?;
        let shown = if settings.insecure_http {
            None
        } else {
            let first = tls::certificate(&settings.tls, &parts.data, parts.clock.as_ref())?;
            Some(Arc::new(Shown::new(first)))
        };
        let tls = shown.as_ref().map(|shown| tls::configuration(Arc::clone(shown))).transpose()?;
        let entrance = if tls.is_some() { Entrance::Tls } else { Entrance::Plain };
        let socket = match parts.listener.take() {
            Some(socket) => socket,
            None => listen::open(settings.listen)?,
        };
        let address = socket.local_addr().unwrap_or(settings.listen);
        let mut listeners = vec![Listener { socket, tls: tls.map(TlsAcceptor::from), entrance }];
        if let Some(metrics) = settings.metrics.listen {
            let socket = listen::open(metrics)?;
            listeners.push(Listener { socket, tls: None, entrance: Entrance::Operations });
        }
        let threads = Threads::start(settings.threads)?;
        let health = Arc::clone(&parts.health);
        let door = Arc::new(Door::new(settings, parts, shown, Handle::current()));
        Ok(Self { door, health, address, listeners, threads })
    }

    /// The address that is listened on, with the port that the system chose if
    /// the settings said 0.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The address at which figures are read, if they have one of their own.
    pub fn metrics_address(&self) -> Option<SocketAddr> {
        self.listeners.get(1).and_then(|listener| listener.socket.local_addr().ok())
    }

    /// `https://127.0.0.1:8443`: what a client is to be given.
    pub fn url(&self) -> String {
        let scheme = if self.door.shown.is_some() { "https" } else { "http" };
        format!("{scheme}://{}", self.address)
    }

    /// A hold on this server.
    pub fn handle(&self) -> ServerHandle {
        ServerHandle { door: Arc::clone(&self.door) }
    }

    /// Answers clients until the server has been told to end and has done so.
    pub async fn run(self) -> Drained {
        let Self { door, health, listeners, threads, .. } = self;
        let watching = {
            let door = Arc::clone(&door);
            tokio::spawn(async move { door.board.watch(health.as_ref()).await })
        };
        let renewing = {
            let door = Arc::clone(&door);
            tokio::spawn(async move { tls::watch(&door).await })
        };
        for listener in listeners {
            threads.spawn(accept(Arc::clone(&door), listener));
        }
        notify::tell("READY=1");
        let drained = end(&door).await;
        watching.abort();
        renewing.abort();
        drop(threads);
        drained
    }
}

/// How the server ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Drained {
    /// Connections and requests that were cut off because the time for
    /// finishing was over.
    pub cut_off: usize,
}

/// Waits until the end is asked for, and sees to it.
async fn end(door: &Door) -> Drained {
    let mut phase = door.phase();
    // The door holds the sender, so that waiting cannot fail.
    let _ = phase.wait_for(|phase| *phase > Phase::Serving).await;
    notify::tell("STOPPING=1");
    let shutdown = door.settings().shutdown.clone();
    let orderly = async {
        tokio::time::sleep(shutdown.notice.into()).await;
        door.advance(Phase::Closing);
        door.tasks.close();
        let _ = tokio::time::timeout(shutdown.finish.into(), door.tasks.wait()).await;
    };
    tokio::select! {
        () = orderly => {}
        _ = phase.wait_for(|phase| *phase == Phase::Ended) => {}
    }
    let cut_off = door.tasks.len();
    door.advance(Phase::Ended);
    Drained { cut_off }
}

/// Connections to the address for figures.
const OPERATORS: usize = 64;

/// Takes connections until the listener is to close.
async fn accept(door: Arc<Door>, listener: Listener) {
    let Ok(socket) = tokio::net::TcpListener::from_std(listener.socket) else {
        tracing::error!(name: "listener_lost", "");
        return door.advance(Phase::Leaving);
    };
    let mut phase = door.phase();
    loop {
        let taken = tokio::select! {
            biased;
            _ = phase.wait_for(|phase| *phase >= Phase::Closing) => return,
            taken = socket.accept() => taken,
        };
        let Ok((tcp, peer)) = taken else {
            // Mostly: no more files. Others have to end first.
            door.metrics.refused("not_accepted");
            tokio::time::sleep(Duration::from_millis(20)).await;
            continue;
        };
        match place(&door, peer.ip().to_canonical(), listener.entrance) {
            Ok(place) => {
                let (tls, entrance) = (listener.tls.clone(), listener.entrance);
                let serve = connection::serve(Arc::clone(&door), tcp, peer, tls, entrance, place);
                tokio::spawn(door.tasks.track_future(serve));
            }
            Err(TooMany::InAll) => door.metrics.refused("too_many_connections"),
            Err(TooMany::FromOne) => door.metrics.refused("too_many_from_one_address"),
        }
    }
}

/// A place for one more connection.
fn place(door: &Door, from: IpAddr, entrance: Entrance) -> Result<Place, TooMany> {
    let settings = door.settings();
    let limits = &settings.limits;
    if entrance == Entrance::Operations {
        return door.operators.enter(None, OPERATORS, OPERATORS);
    }
    let is_proxy = settings.proxies.iter().any(|network| network.contains(&from));
    let counted = (!is_proxy).then_some(from);
    door.peers.enter(counted, limits.connections, limits.connections_per_address)
}

/// The threads that speak with clients.
struct Threads(Option<Runtime>);

impl Threads {
    fn start(wanted: usize) -> Result<Self, ServerError> {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let threads = if wanted == 0 { cores.div_ceil(4) } else { wanted };
        let runtime = Builder::new_multi_thread()
            .worker_threads(threads)
            .max_blocking_threads(1)
            .thread_name("door")
            // TLS and HTTP read bodies that are to be nowhere afterwards.
            .on_thread_park(overwrite_stack)
            .enable_all()
            .build()
            .map_err(ServerError::Threads)?;
        Ok(Self(Some(runtime)))
    }

    fn spawn(&self, future: impl Future<Output = ()> + Send + 'static) {
        if let Some(runtime) = &self.0 {
            runtime.spawn(future);
        }
    }
}

impl Drop for Threads {
    fn drop(&mut self) {
        // Dropping a runtime within another one is a panic otherwise.
        if let Some(runtime) = self.0.take() {
            runtime.shutdown_background();
        }
    }
}
