//! One connection: handshake, HTTP/1.1 or HTTP/2, and who is too slow for it.

use std::net::{IpAddr, SocketAddr};
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;

use crate::Limits;
use crate::door::{Door, Entrance};
use crate::handle::Phase;
use crate::peers::Place;
use crate::stream::{Activity, Overdue, Watched};
use crate::wiped::Wiped;

/// Serves one connection until it ends, is too slow, or the server ends.
pub(crate) async fn serve(
    door: Arc<Door>,
    tcp: TcpStream,
    peer: SocketAddr,
    tls: Option<TlsAcceptor>,
    entrance: Entrance,
    place: Place,
) {
    // A connection that has broken already shows when it is read.
    let _ = tcp.set_nodelay(true);
    let settings = door.settings();
    let limits = &settings.limits;
    let activity = Activity::begin();
    let tcp = Watched::new(tcp, limits.write_pause.into()).telling(Arc::clone(&activity));
    let talk = Talk { door: Arc::clone(&door), peer: peer.ip(), entrance, activity };
    match tls {
        None => talk.over(tcp, false, limits).await,
        Some(acceptor) => {
            match tokio::time::timeout(
                limits.handshake.into(),
                acceptor.accept(Wiped::below_tls(tcp)),
            )
            .await
            {
                Ok(Ok(stream)) => {
                    let http2 = stream.get_ref().1.alpn_protocol() == Some(b"h2");
                    talk.over(stream, http2, limits).await;
                }
                Ok(Err(_)) => door.metrics.refused("handshake_failed"),
                Err(_) => door.metrics.refused("handshake_too_slow"),
            }
        }
    }
    drop(place);
}

/// What is said over one connection.
struct Talk {
    door: Arc<Door>,
    peer: IpAddr,
    entrance: Entrance,
    activity: Arc<Activity>,
}

impl Talk {
    async fn over<S>(self, stream: S, http2: bool, limits: &Limits)
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let Self { door, peer, entrance, activity } = self;
        activity.shaken(http2);
        let service = service_fn(|request| {
            let active = activity.request();
            Arc::clone(&door).answer(request, peer, entrance, active)
        });
        let stream = Wiped::below_http(stream, Arc::clone(&activity));
        let builder = builder(http2, limits);
        let mut connection = pin!(builder.serve_connection(TokioIo::new(stream), service));
        let (head, idle) = (Duration::from(limits.head), Duration::from(limits.keep_alive));
        let often = (head.min(idle) / 4).max(Duration::from_millis(1));
        let mut look = tokio::time::interval(often);
        let mut phase = door.phase();
        phase.mark_changed();
        let mut leaving = false;
        loop {
            tokio::select! {
                biased;
                // What goes wrong here, went wrong at the client's end.
                _ = connection.as_mut() => return,
                changed = phase.changed() => {
                    let now = *phase.borrow_and_update();
                    if changed.is_err() || now == Phase::Ended {
                        return;
                    }
                    if now == Phase::Closing && !leaving {
                        leaving = true;
                        connection.as_mut().graceful_shutdown();
                    }
                }
                () = activity.ends(), if !leaving => {
                    leaving = true;
                    connection.as_mut().graceful_shutdown();
                }
                _ = look.tick() => match activity.overdue(head, idle) {
                    None => {}
                    Some(Overdue::Head) => return door.metrics.refused("head_too_slow"),
                    // Told once and still here.
                    Some(Overdue::Idle) if leaving => return,
                    Some(Overdue::Idle) => {
                        leaving = true;
                        connection.as_mut().graceful_shutdown();
                    }
                }
            }
        }
    }
}

/// How much of the server one connection may use in its protocol.
fn builder(http2: bool, limits: &Limits) -> Builder<TokioExecutor> {
    // The protocol is known from the handshake. Guessing it from the first
    // bytes would wait for them without a limit.
    let builder = Builder::new(TokioExecutor::new());
    let mut builder = if http2 { builder.http2_only() } else { builder.http1_only() };
    builder
        .http1()
        .timer(TokioTimer::new())
        // `Activity` tells a slow head from a connection that is kept open.
        .header_read_timeout(None)
        // Twice what is taken: the door refuses in words what is a little too
        // much, and the parser without words what is far too much.
        .max_headers(limits.headers.saturating_mul(2))
        .max_buf_size(
            limits.header_bytes.saturating_add(limits.target_bytes).clamp(8 << 10, 1 << 30) * 2,
        );
    builder
        .http2()
        .timer(TokioTimer::new())
        .max_concurrent_streams(limits.http2_streams)
        .max_pending_accept_reset_streams(limits.http2_resets)
        .max_local_error_reset_streams(limits.http2_resets)
        .max_header_list_size(
            u32::try_from(limits.header_bytes).unwrap_or(u32::MAX).saturating_mul(2),
        )
        .initial_stream_window_size(256 << 10)
        .initial_connection_window_size(1 << 20)
        .max_send_buf_size(256 << 10)
        // A peer that has gone without a word is noticed while it is owed an answer.
        .keep_alive_interval(Duration::from_secs(20))
        .keep_alive_timeout(Duration::from(limits.write_pause).max(Duration::from_secs(1)));
    builder
}
