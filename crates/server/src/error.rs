//! Why the server cannot listen.

use std::net::SocketAddr;
use std::path::PathBuf;

/// Why the server cannot listen, or keeps what it has on a reload.
#[derive(Debug, thiserror::Error)]
pub enum ServerError {
    /// Plain HTTP where others can listen.
    #[error(
        "plain HTTP on {0} would let others read what is sent: use TLS, listen on a loopback \
         address, or name the network of the proxy that ends TLS in `proxies`"
    )]
    PlainHttp(SocketAddr),
    /// Figures where others can read them.
    #[error(
        "`metrics.listen` is {0}, which other machines reach: use a loopback address, or set \
         `metrics.beyond_loopback`"
    )]
    PlainMetrics(SocketAddr),
    /// One of a pair is missing.
    #[error("`tls.certificate` and `tls.key` belong together: set both or neither")]
    HalfACertificate,
    /// A certificate's name is no name.
    #[error("`tls.names` holds {0:?}, which is neither a host name nor an address")]
    Name(String),
    /// A file that cannot be read or written.
    #[error("cannot use {path}: {source}")]
    File {
        /// Which.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// A file that does not hold what it should.
    #[error("{path} {problem}")]
    Pem {
        /// Which.
        path: PathBuf,
        /// What is wrong with it.
        problem: &'static str,
    },
    /// The key is not that of the certificate, or the library refuses them.
    #[error("this certificate and key cannot be used: {0}")]
    Tls(#[from] rustls::Error),
    /// No self-signed certificate could be made.
    #[error("no certificate could be made: {0}")]
    SelfSigned(#[from] rcgen::Error),
    /// The address cannot be listened on.
    #[error("cannot listen on {address}: {source}")]
    Listen {
        /// Which.
        address: SocketAddr,
        /// What the system says.
        source: std::io::Error,
    },
    /// The threads could not be started.
    #[error("cannot start the threads that speak with clients: {0}")]
    Threads(std::io::Error),
    /// What cannot change while the server runs has changed.
    #[error("`{0}` changes only when the server is started again")]
    NeedsRestart(&'static str),
}

impl ServerError {
    /// What is wrong, in one word for the log.
    pub(crate) fn code(&self) -> &'static str {
        match self {
            Self::PlainHttp(_) | Self::PlainMetrics(_) => "unsafe_address",
            Self::HalfACertificate | Self::Pem { .. } | Self::Tls(_) | Self::SelfSigned(_) => {
                "certificate_unusable"
            }
            Self::Name(_) => "name_invalid",
            Self::File { .. } => "file_unusable",
            Self::Listen { .. } => "address_unusable",
            Self::Threads(_) => "no_threads",
            Self::NeedsRestart(_) => "needs_restart",
        }
    }
}
