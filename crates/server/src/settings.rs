//! What an operator may set about listening, limits and what the server says
//! of itself. Every member has a safe default; the doc comments are the
//! configuration reference.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use ipnet::IpNet;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Where and how the server listens.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// The address and port to listen on.
    pub listen: SocketAddr,
    /// Speak plain HTTP instead of TLS. Accepted on a loopback address, or
    /// elsewhere when `proxies` names the network of the proxy that ends TLS.
    pub insecure_http: bool,
    /// Networks of the reverse proxies in front of this server. Only they may
    /// say for whom they ask (`X-Forwarded-For`, `Forwarded`).
    #[schemars(with = "Vec<String>")]
    pub proxies: Vec<IpNet>,
    /// The certificate that the server shows.
    pub tls: TlsSettings,
    /// What one client, and all of them together, may ask of the server.
    pub limits: Limits,
    /// How the server stops.
    pub shutdown: Shutdown,
    /// Where the figures for Prometheus are read.
    pub metrics: MetricsSettings,
    /// Threads that speak with clients. Everything else runs on other threads,
    /// so that `/health` answers whatever these do. 0: one for every four cores.
    pub threads: usize,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 8443)),
            insecure_http: false,
            proxies: Vec::new(),
            tls: TlsSettings::default(),
            limits: Limits::default(),
            shutdown: Shutdown::default(),
            metrics: MetricsSettings::default(),
            threads: 0,
        }
    }
}

/// The certificate that the server shows. TLS 1.3 is the only version spoken.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct TlsSettings {
    /// PEM file of the certificate and its chain, the server's own first.
    /// Without it a self-signed one is made in the data directory.
    pub certificate: Option<PathBuf>,
    /// PEM file of the private key; needed with `certificate`.
    pub key: Option<PathBuf>,
    /// Names and addresses that a self-signed certificate is made out to,
    /// beside `localhost`, `127.0.0.1` and `::1`.
    pub names: Vec<String>,
    /// Time between two looks at the files: a renewed pair is shown from then
    /// on, without a signal. A pair that cannot be used is told in the log and in
    /// `/health`, and the one before is shown on. 0: only SIGHUP looks.
    pub watch: Seconds,
}

impl Default for TlsSettings {
    fn default() -> Self {
        Self { certificate: None, key: None, names: Vec::new(), watch: Seconds(10.0) }
    }
}

/// What one client, and all of them together, may ask of the server.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Limits {
    /// Connections open at once.
    pub connections: usize,
    /// Connections open at once from one address (IPv6: from one /64 network).
    /// The proxies are not counted.
    pub connections_per_address: usize,
    /// Requests being worked on at once; those above it get 503 at once.
    pub requests_in_flight: usize,
    /// Requests of one address being worked on at once; those above it get 503
    /// at once. It keeps one slow client from holding all places.
    pub requests_per_address: usize,
    /// Largest body of a request, in bytes, whatever a route would allow.
    pub body_bytes: usize,
    /// Largest sum of the names and values of a request's headers, in bytes.
    pub header_bytes: usize,
    /// Most headers of a request.
    pub headers: usize,
    /// Longest path and query, in bytes.
    pub target_bytes: usize,
    /// Time for the TLS handshake.
    pub handshake: Seconds,
    /// Time for the head of a request, from its first byte (on a new
    /// connection: from its opening).
    pub head: Seconds,
    /// Longest pause within the body of a request.
    pub body_pause: Seconds,
    /// Slowest body of a request, in bytes a second, on the whole.
    pub body_rate: u32,
    /// Time for which a body may be slower than `body_rate` at its start.
    pub body_grace: Seconds,
    /// Longest time for which a client may not take any of an answer.
    pub write_pause: Seconds,
    /// Time for which a connection without a request stays open.
    pub keep_alive: Seconds,
    /// Longest time for a request, its body included; after it the client gets
    /// 503, while the call is finished and recorded all the same.
    pub answer: Seconds,
    /// HTTP/2: requests at once in one connection.
    pub http2_streams: u32,
    /// HTTP/2: requests that a client may withdraw before the server has seen
    /// to them; above it the connection is closed.
    pub http2_resets: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections: 1_024,
            connections_per_address: 256,
            requests_in_flight: 256,
            requests_per_address: 128,
            body_bytes: 32 << 20,
            header_bytes: 16 << 10,
            headers: 64,
            target_bytes: 4 << 10,
            handshake: Seconds(10.0),
            head: Seconds(10.0),
            body_pause: Seconds(10.0),
            body_rate: 4 << 10,
            body_grace: Seconds(10.0),
            write_pause: Seconds(20.0),
            keep_alive: Seconds(75.0),
            answer: Seconds(120.0),
            http2_streams: 64,
            http2_resets: 20,
        }
    }
}

/// How the server stops when it is asked to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Shutdown {
    /// Time between `/health/ready` turning false and the closing of the
    /// listener, for a load balancer to notice.
    pub notice: Seconds,
    /// Time for what is in flight to finish; what is left is then cut off.
    pub finish: Seconds,
}

impl Default for Shutdown {
    fn default() -> Self {
        Self { notice: Seconds(0.0), finish: Seconds(30.0) }
    }
}

/// Where the figures for Prometheus are read. They carry no personal labels.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct MetricsSettings {
    /// An address of their own, in plain HTTP, for `/metrics` and `/health`.
    /// Without it they are on the main address, for loopback clients only.
    pub listen: Option<SocketAddr>,
    /// Let `listen` be an address that other machines reach.
    pub beyond_loopback: bool,
}

/// A length of time in seconds, fractions allowed, at most a day.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "f64", into = "f64")]
#[schemars(inline, extend("minimum" = 0, "maximum" = 86_400))]
pub struct Seconds(f64);

impl Seconds {
    /// That long; less than zero counts as zero, more than a day as a day.
    pub fn new(seconds: f64) -> Self {
        if seconds.is_nan() { Self(0.0) } else { Self(seconds.clamp(0.0, 86_400.0)) }
    }
}

impl From<Seconds> for Duration {
    fn from(seconds: Seconds) -> Self {
        Duration::from_secs_f64(seconds.0)
    }
}

impl From<Seconds> for f64 {
    fn from(seconds: Seconds) -> Self {
        seconds.0
    }
}

impl TryFrom<f64> for Seconds {
    type Error = &'static str;

    fn try_from(seconds: f64) -> Result<Self, Self::Error> {
        if (0.0..=86_400.0).contains(&seconds) {
            Ok(Self(seconds))
        } else {
            Err("a length of time is 0 to 86400 seconds")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_has_to_be_set_and_nothing_unknown_may_be() {
        let settings: Settings = serde_json::from_str("{}").unwrap();
        assert_eq!(settings, Settings::default());
        let wrong = serde_json::from_str::<Settings>(r#"{"limits":{"conections":1}}"#);
        assert!(wrong.unwrap_err().to_string().contains("conections"));
    }

    #[test]
    fn a_time_is_a_sane_number_of_seconds() {
        let time = |text: &str| serde_json::from_str::<Seconds>(text).map(Duration::from);
        assert_eq!(time("0.25").unwrap(), Duration::from_millis(250));
        for wrong in ["-1", "1e300", "86400.5", "\"1\"", "null"] {
            assert!(time(wrong).is_err(), "{wrong}");
        }
        assert_eq!(Duration::from(Seconds::new(f64::NAN)), Duration::ZERO);
        assert_eq!(Duration::from(Seconds::new(f64::INFINITY)), Duration::from_secs(86_400));
    }
}
