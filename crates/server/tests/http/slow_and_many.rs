//! Clients that are slow, many or greedy, over bare sockets.

use std::time::Duration;

use bonafide_context::{Random, Seeded};

use crate::support::{BOUND, Rig, rest, say, seconds};
use axum::Router;
use axum::body::Bytes;
use axum::routing::{get, post};
use rustls::version::TLS13;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

fn router() -> Router {
    Router::new()
        .route("/echo", post(|body: Bytes| async move { body }))
        .route("/large", get(|| async { vec![b'x'; 64 << 20] }))
}

const GET: &str = "GET /health/live HTTP/1.1\r\nhost: localhost\r\n\r\n";

#[tokio::test(flavor = "multi_thread")]
async fn a_slow_head_is_cut_off() {
    let rig = Rig::plain(router(), |settings| settings.limits.head = seconds(0.1)).await;
    assert_eq!(say(&rig, "GET /health/live HTTP/1.1\r\nhost: lo").await, "");
    assert_eq!(say(&rig, "").await, "", "not even a first byte");
    let mut stream = rig.connect().await;
    stream.write_all(GET.as_bytes()).await.unwrap();
    stream.read_u8().await.unwrap();
    stream.write_all(b"GET /health/li").await.unwrap();
    assert_eq!(rest(stream).await.matches("HTTP/1.1").count(), 0, "nor a second one");
    rig.counted("bonafide_refused_total{code=\"head_too_slow\"} 3").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_without_requests_is_closed() {
    let rig = Rig::plain(router(), |settings| settings.limits.keep_alive = seconds(0.1)).await;
    let said = say(&rig, GET).await;
    assert!(said.starts_with("HTTP/1.1 200"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slow_body_is_refused() {
    let rig = Rig::plain(router(), |settings| settings.limits.body_pause = seconds(0.1)).await;
    let said =
        say(&rig, "POST /echo HTTP/1.1\r\nhost: localhost\r\ncontent-length: 9\r\n\r\nabc").await;
    assert!(said.starts_with("HTTP/1.1 408"), "{said}");
    assert!(said.contains("\"code\":\"too_slow\""), "{said}");
    rig.counted("bonafide_refused_total{code=\"too_slow\"} 1").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dripping_body_is_refused() {
    let rig = Rig::plain(router(), |settings| {
        settings.limits.body_grace = seconds(0.05);
        settings.limits.body_rate = 1_000_000;
    })
    .await;
    let mut stream = rig.connect().await;
    let head = "POST /echo HTTP/1.1\r\nhost: localhost\r\ncontent-length: 1000000\r\n\r\n";
    stream.write_all(head.as_bytes()).await.unwrap();
    let (reader, mut writer) = stream.into_split();
    let drip = tokio::spawn(async move {
        while writer.write_all(b"x").await.is_ok() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    });
    let said = rest(reader).await;
    assert!(said.starts_with("HTTP/1.1 408"), "{said}");
    drip.abort();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_too_large_is_refused_announced_or_not() {
    let rig = Rig::plain(router(), |settings| {
        settings.limits.body_bytes = 10;
        settings.limits.keep_alive = seconds(0.1);
    })
    .await;
    let announced = "POST /echo HTTP/1.1\r\nhost: localhost\r\ncontent-length: 11\r\n\r\n";
    let said = say(&rig, announced).await;
    assert!(said.starts_with("HTTP/1.1 413"), "{said}");
    assert!(said.contains("\"code\":\"too_large\""), "{said}");
    let chunked = "POST /echo HTTP/1.1\r\nhost: localhost\r\ntransfer-encoding: chunked\r\n\r\nb\r\n01234567890\r\n0\r\n\r\n";
    let said = say(&rig, chunked).await;
    assert!(said.starts_with("HTTP/1.1 413"), "{said}");
    assert!(said.contains("\"code\":\"too_large\""), "{said}");
    let fits = rig.client().post(rig.url("/echo")).body("0123456789").send().await.unwrap();
    assert_eq!(fits.text().await.unwrap(), "0123456789");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_refused_while_still_sending_hears_the_answer() {
    // The server wants no body here and answers at once, while the client is in the
    // middle of one. Were the connection closed on what was not read, it would be
    // reset, and with it every answer on its way to a client that first sends all.
    let rig = Rig::start(router(), |_| {}).await;
    let mut stream = rig.shake(&[&TLS13], &["http/1.1"]).await.unwrap();
    let head = "POST /large HTTP/1.1\r\nhost: localhost\r\ncontent-length: 300000\r\n\r\n";
    stream.write_all(head.as_bytes()).await.unwrap();
    let body = vec![b'x'; 150_000];
    for part in 0..2 {
        stream.write_all(&body).await.unwrap_or_else(|error| panic!("part {part}: {error}"));
        stream.flush().await.unwrap();
        if part == 0 {
            assert!(heard(&mut stream).await.starts_with("HTTP/1.1 405 "));
        }
    }
    // It is still the same connection.
    stream.write_all(GET.as_bytes()).await.unwrap();
    assert!(heard(&mut stream).await.starts_with("HTTP/1.1 200 "));
}

/// What comes next.
async fn heard(stream: &mut (impl AsyncReadExt + Unpin)) -> String {
    let mut bytes = [0; 4_096];
    let count = tokio::time::timeout(BOUND, stream.read(&mut bytes)).await.unwrap().unwrap();
    String::from_utf8_lossy(&bytes[..count]).into_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn header_bombs_are_refused() {
    let rig = Rig::plain(router(), |settings| {
        settings.limits.headers = 8;
        settings.limits.header_bytes = 1_000;
        settings.limits.target_bytes = 100;
        settings.limits.keep_alive = seconds(0.1);
    })
    .await;
    let request = |target: &str, headers: &str| {
        format!("POST {target} HTTP/1.1\r\nhost: localhost\r\n{headers}content-length: 0\r\n\r\n")
    };
    for (text, status) in [
        (request("/echo", &"a: b\r\n".repeat(9)), "431"),
        (request("/echo", &format!("a: {}\r\n", "b".repeat(1_000))), "431"),
        (request("/echo", &format!("a: {}\r\n", "b".repeat(100_000))), "431"),
        (request(&format!("/echo?{}", "a".repeat(100)), ""), "414"),
        (request(&format!("/echo?{}", "a".repeat(100_000)), ""), "4"),
        (request("/echo", &"a: b\r\n".repeat(3)), "200"),
    ] {
        let said = say(&rig, &text).await;
        assert!(said.starts_with(&format!("HTTP/1.1 {status}")), "{status}: {said}");
    }
    let a_little = say(&rig, &request("/echo", &"a: b\r\n".repeat(7))).await;
    assert!(a_little.contains("\"code\":\"headers_too_large\""), "{a_little}");
}

#[tokio::test(flavor = "multi_thread")]
async fn noise_is_no_request_and_does_no_harm() {
    let rig = Rig::plain(router(), |settings| {
        settings.limits.head = seconds(0.05);
        settings.limits.keep_alive = seconds(0.05);
    })
    .await;
    let mut random = Seeded::new(7);
    for round in 0..60 {
        let mut noise = vec![0; usize::try_from(random.below(400)).unwrap()];
        random.fill(&mut noise);
        // Every other one begins like a request.
        if round % 2 == 0 {
            noise.splice(0..0, *b"POST /echo HTTP/1.1\r\n");
        }
        let mut stream = rig.connect().await;
        stream.write_all(&noise).await.unwrap();
        let said = rest(stream).await;
        assert!(said.is_empty() || said.starts_with("HTTP/1.1 4"), "{said}");
    }
    assert_eq!(rig.get("/health/live").await.status(), 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_address_may_open_so_many_connections() {
    let rig = Rig::plain(router(), |settings| {
        settings.limits.connections_per_address = 2;
    })
    .await;
    let mut first = rig.connect().await;
    first.write_all(GET.as_bytes()).await.unwrap();
    first.read_u8().await.unwrap();
    let _second = rig.connect().await;
    assert_eq!(rest(rig.connect().await).await, "", "a third is closed at once");
    drop(first);
    rig.counted("bonafide_refused_total{code=\"too_many_from_one_address\"}").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn all_together_may_open_so_many_connections() {
    let rig = Rig::plain(router(), |settings| {
        settings.limits.connections = 1;
        settings.proxies = vec!["127.0.0.0/8".parse().unwrap()];
        settings.metrics.listen = Some("127.0.0.1:0".parse().unwrap());
    })
    .await;
    let mut first = rig.connect().await;
    first.write_all(GET.as_bytes()).await.unwrap();
    first.read_u8().await.unwrap();
    assert_eq!(rest(rig.connect().await).await, "", "a proxy's connections count in all");
    let own = format!("http://{}/health/live", rig.metrics.unwrap());
    let live = rig.client().get(own).send().await.unwrap();
    assert_eq!(live.status(), 200, "the operator's address is not shut");
    drop(first);
    let taken = async {
        while rig.client().get(rig.url("/health/live")).send().await.is_err() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(BOUND, taken).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_handshake_has_its_time() {
    let rig = Rig::start(router(), |settings| settings.limits.handshake = seconds(0.1)).await;
    assert_eq!(rest(rig.connect().await).await, "");
    rig.counted("bonafide_refused_total{code=\"handshake_too_slow\"} 1").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_does_not_read_is_cut_off() {
    let rig = Rig::plain(router(), |settings| settings.limits.write_pause = seconds(0.1)).await;
    let mut stream = rig.connect().await;
    stream.write_all(b"GET /large HTTP/1.1\r\nhost: localhost\r\n\r\n").await.unwrap();
    // The first byte proves that the answer has begun; the rest is not read
    // until the server has given up.
    stream.read_u8().await.unwrap();
    rig.counted("bonafide_connections 1.0").await;
    assert!(rest(stream).await.len() < 64 << 20);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_address_may_not_hold_all_places() {
    let rig = Rig::plain(router(), |settings| {
        settings.limits.requests_in_flight = 3;
        settings.limits.requests_per_address = 2;
        settings.proxies = vec!["127.0.0.0/8".parse().unwrap()];
    })
    .await;
    let head = |address: &str| {
        format!(
            "POST /echo HTTP/1.1\r\nhost: localhost\r\nx-forwarded-for: {address}\r\n\
             connection: close\r\ncontent-length: 1\r\n\r\n"
        )
    };
    // Bodies that do not come.
    let mut slow = [rig.connect().await, rig.connect().await];
    for stream in &mut slow {
        stream.write_all(head("198.51.100.1").as_bytes()).await.unwrap();
    }
    rig.counted("bonafide_in_flight 2.0").await;
    let third = say(&rig, &head("198.51.100.1")).await;
    assert!(third.starts_with("HTTP/1.1 503") && third.contains("\"code\":\"busy\""), "{third}");
    let other = say(&rig, &format!("{}x", head("198.51.100.2"))).await;
    assert!(other.starts_with("HTTP/1.1 200"), "{other}");
}
