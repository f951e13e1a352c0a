//! HTTP/2 frames that no decent client sends.

use axum::Router;
use axum::routing::get;
use rustls::version::TLS13;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::client::TlsStream;

use crate::support::{BOUND, Rig, seconds};

const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
const HEADERS: u8 = 1;
const RST_STREAM: u8 = 3;
const SETTINGS: u8 = 4;
const GOAWAY: u8 = 7;
const CONTINUATION: u8 = 9;
const END_STREAM: u8 = 1;
const END_HEADERS: u8 = 4;
const ENHANCE_YOUR_CALM: u32 = 11;
const REFUSED_STREAM: u32 = 7;

fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let mut frame = u32::try_from(payload.len()).unwrap().to_be_bytes()[1..].to_vec();
    frame.extend([kind, flags]);
    frame.extend(stream.to_be_bytes());
    frame.extend(payload);
    frame
}

/// `GET https://localhost/`, by indices of HPACK's static table.
fn head() -> Vec<u8> {
    let mut block = vec![0x82, 0x87, 0x84, 0x41, 9];
    block.extend(b"localhost");
    block
}

async fn connect(rig: &Rig) -> TlsStream<TcpStream> {
    let mut stream = rig.shake(&[&TLS13], &["h2"]).await.unwrap();
    stream.write_all(PREFACE).await.unwrap();
    stream.write_all(&frame(SETTINGS, 0, 0, &[])).await.unwrap();
    stream
}

/// Reads frames until `wanted` says something of one, or the server closes.
async fn until<T>(
    stream: &mut TlsStream<TcpStream>,
    wanted: impl Fn(u8, u32, &[u8]) -> Option<T>,
) -> Option<T> {
    let look = async {
        loop {
            let mut head = [0; 9];
            stream.read_exact(&mut head).await.ok()?;
            let length = u32::from_be_bytes([0, head[0], head[1], head[2]]);
            let mut payload = vec![0; length as usize];
            stream.read_exact(&mut payload).await.ok()?;
            let id = u32::from_be_bytes([head[5], head[6], head[7], head[8]]);
            if let Some(found) = wanted(head[3], id, &payload) {
                return Some(found);
            }
        }
    };
    tokio::time::timeout(BOUND, look).await.unwrap()
}

fn error_code(payload: &[u8]) -> u32 {
    u32::from_be_bytes(*payload.last_chunk().unwrap())
}

fn never() -> Router {
    Router::new().route("/", get(std::future::pending::<()>))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flood_of_resets_ends_the_connection() {
    let rig = Rig::start(never(), |settings| settings.limits.http2_resets = 5).await;
    let mut stream = connect(&rig).await;
    let mut flood = Vec::new();
    for stream in (1..2_000).step_by(2) {
        flood.extend(frame(HEADERS, END_STREAM | END_HEADERS, stream, &head()));
        flood.extend(frame(RST_STREAM, 0, stream, &8u32.to_be_bytes()));
    }
    // It may be closed before all of it is sent.
    let _ = stream.write_all(&flood).await;
    let code = until(&mut stream, |kind, _, payload| {
        (kind == GOAWAY).then(|| u32::from_be_bytes(*payload[4..].first_chunk().unwrap()))
    });
    assert_eq!(code.await, Some(ENHANCE_YOUR_CALM));
}

#[tokio::test(flavor = "multi_thread")]
async fn more_streams_than_allowed_are_refused() {
    let rig = Rig::start(never(), |settings| settings.limits.http2_streams = 2).await;
    let mut stream = connect(&rig).await;
    for id in [1, 3, 5] {
        let request = frame(HEADERS, END_STREAM | END_HEADERS, id, &head());
        stream.write_all(&request).await.unwrap();
    }
    let refused = until(&mut stream, |kind, id, payload| {
        (kind == RST_STREAM).then(|| (id, error_code(payload)))
    });
    assert_eq!(refused.await, Some((5, REFUSED_STREAM)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_head_without_end_ends_the_connection() {
    let rig = Rig::start(never(), |settings| {
        settings.limits.header_bytes = 1_000;
        settings.limits.head = seconds(5.0);
    })
    .await;
    let mut stream = connect(&rig).await;
    stream.write_all(&frame(HEADERS, END_STREAM, 1, &head())).await.unwrap();
    // Literal header without indexing, again and again.
    let mut more = vec![0, 1, b'a', 100];
    more.extend([b'b'; 100]);
    let more = frame(CONTINUATION, 0, 1, &more.repeat(100));
    while stream.write_all(&more).await.is_ok() {}
    assert_eq!(until(&mut stream, |_, _, _| None::<()>).await, None, "closed");
}

#[tokio::test(flavor = "multi_thread")]
async fn silence_and_a_slow_head_end_the_connection() {
    let rig = Rig::start(never(), |settings| {
        settings.limits.head = seconds(0.1);
        settings.limits.keep_alive = seconds(0.1);
    })
    .await;
    let mut silent = connect(&rig).await;
    assert_eq!(until(&mut silent, |_, _, _| None::<()>).await, None);
    let mut slow = connect(&rig).await;
    slow.write_all(&frame(HEADERS, END_STREAM, 1, &head())).await.unwrap();
    assert_eq!(until(&mut slow, |_, _, _| None::<()>).await, None);
}
