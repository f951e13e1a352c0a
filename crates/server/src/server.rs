//! The server itself.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use axum::Router;
use bonafide_context::{Clock, Random};

use crate::{Figures, Health, ServerError, ServerHandle, Settings};

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
}

/// A server that listens.
pub struct Server {}

impl Server {
    /// Listens; nobody is answered before [`Server::run`]. To be called within
    /// the runtime on which requests are to be worked on.
    ///
    /// # Errors
    /// When the settings are not safe, the certificate cannot be used or the
    /// address cannot be listened on.
    pub async fn bind(_settings: Settings, _parts: Parts) -> Result<Self, ServerError> {
        todo!()
    }

    /// The address that is listened on, with the port that the system chose if
    /// the settings said 0.
    pub fn address(&self) -> SocketAddr {
        todo!()
    }

    /// `https://127.0.0.1:8443`: what a client is to be given.
    pub fn url(&self) -> String {
        todo!()
    }

    /// A hold on this server.
    pub fn handle(&self) -> ServerHandle {
        todo!()
    }

    /// Answers clients until the server has been told to end and has done so.
    pub async fn run(self) -> Drained {
        todo!()
    }
}

/// How the server ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Drained {
    /// Requests that were cut off because the time for finishing was over.
    pub cut_off: usize,
}
