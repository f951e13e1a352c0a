//! The parts that only the running server needs.

use std::num::NonZero;
use std::sync::Arc;
use std::time::Duration;

use bonafide_context::{Region, Sensitive};
use bonafide_ledger::LogIndex;
use bonafide_ledger::index::{Elasticsearch, ElasticsearchSettings, Embedded};
use bonafide_media::Limits;
use bonafide_media::worker::{WorkerPool, WorkerSettings};
use bonafide_outbound::{Client, Guard, Settings};
use bonafide_verify::subprocessors::{policies_in_use, registered};
use bonafide_verify::{Pool, PoolSettings};

use super::House;
use crate::configuration::Outbound;
use crate::failure::Failure;

impl House {
    /// The only HTTP client.
    pub(crate) fn outbound(&self) -> Result<Client, Failure> {
        client(&self.configuration.outbound)
    }

    /// Says to the client which subprocessors it may call (rows O13, O14).
    pub(crate) async fn register(&self, client: &Client) -> Result<(), Failure> {
        let policies = policies_in_use(&self.accounts).await?;
        client.register(registered(&policies, &self.configuration.regions.read()));
        Ok(())
    }

    /// The operation log's index.
    pub(crate) fn index(&self, outbound: &Client) -> Result<Arc<dyn LogIndex>, Failure> {
        let failed = |error| Failure::caller("operation_log_unusable", error);
        let address = self.configuration.stores.operation_log.read()?;
        Ok(match address {
            Some(url) if url.starts_with("http") => {
                let settings = search_server(&url)?;
                Arc::new(Elasticsearch::new(outbound.clone(), settings).map_err(failed)?)
            }
            Some(folder) => Arc::new(Embedded::open(folder).map_err(failed)?),
            None => Arc::new(Embedded::open(self.data.join("operation-log")).map_err(failed)?),
        })
    }

    /// Processes that decode pictures.
    pub(crate) fn decoder(&self) -> Result<Arc<WorkerPool>, Failure> {
        let vision = &self.configuration.vision;
        let defaults = Limits::default();
        let settings = WorkerSettings {
            workers: if vision.decoders == 0 { self.threads() } else { vision.decoders },
            limits: Limits {
                max_bytes: vision.max_picture_bytes,
                max_pixels: vision.max_pixels,
                ..defaults
            },
            time_out: Duration::from_secs(vision.decode_seconds.max(1)),
            ..WorkerSettings::default()
        };
        WorkerPool::start(settings, self.clock.clone())
            .map(Arc::new)
            .map_err(|error| Failure::ours("decoder_failed", error))
    }

    /// Threads that look at pictures.
    pub(crate) fn pool(&self) -> Result<Pool, Failure> {
        let mut settings = PoolSettings::new(self.threads());
        settings.waiting =
            settings.threads.saturating_mul(self.configuration.vision.waiting_per_thread);
        Pool::start(settings, self.clock.clone())
            .map_err(|error| Failure::ours("no_threads", error))
    }

    /// The region of the operator's own application.
    pub(crate) fn operator_region(&self) -> Result<Region, Failure> {
        let name = self.configuration.region_of_operator();
        name.parse().map_err(|error| Failure::caller("invalid", error))
    }

    fn threads(&self) -> usize {
        match self.configuration.vision.threads {
            0 => std::thread::available_parallelism().map_or(1, NonZero::get),
            threads => threads,
        }
    }
}

/// An HTTP client that may leave the machine as far as the operator says.
pub(super) fn client(outbound: &Outbound) -> Result<Client, Failure> {
    let mut settings = Settings::default();
    for file in &outbound.extra_root_files {
        let pem = std::fs::read(file).map_err(|error| {
            Failure::caller("file_unreadable", format!("cannot read {}: {error}", file.display()))
        })?;
        settings.extra_roots.push(pem);
    }
    Client::new(Guard::allowing(outbound.allow_networks.clone()), &settings)
        .map_err(|error| Failure::caller("outbound_unusable", error))
}

/// A search server's address with the user in it, taken apart: the user goes
/// into a header, where nothing logs it.
fn search_server(address: &str) -> Result<ElasticsearchSettings, Failure> {
    let wrong = |error: &dyn std::fmt::Display| {
        Failure::caller("operation_log_unusable", format!("stores.operation_log: {error}"))
    };
    let mut url: url::Url = address.parse().map_err(|error| wrong(&error))?;
    let user = url.username().to_owned();
    let password = url.password().unwrap_or_default().to_owned();
    let bare = url.set_username("").and_then(|()| url.set_password(None));
    bare.map_err(|()| wrong(&"this is not the address of a server"))?;
    let mut settings = ElasticsearchSettings::new(url.as_str().trim_end_matches('/'));
    if !user.is_empty() {
        let password = Sensitive::new(password);
        settings.authorization = Some(ElasticsearchSettings::basic(&user, &password));
    }
    Ok(settings)
}
