//! Webhooks, by the Standard Webhooks specification: what happened to a
//! verification is told to the customer's endpoints, signed, at least once.
//!
//! An event becomes one delivery an endpoint, as rows in the commit of the call
//! that caused it ([`Webhooks::emit`]): no event without its cause, no cause
//! without its event. [`Webhooks::dispatch_due`] posts what is due; every node
//! may run it, since a delivery is leased before it is posted. A receiver that
//! does not answer 2xx is tried again by [`schedule`], up to three days.
//!
//! A payload says which verification and its status, nothing else: an
//! [`Event`] can hold nothing more.

mod delivery;
mod dispatch;
mod due;
mod endpoint;
mod error;
mod event;
pub mod schedule;
pub mod signature;
mod tables;

pub use delivery::{Delivery, DeliveryFailure, DeliveryPage, DeliveryQuery, DeliveryState};
pub use dispatch::Dispatched;
pub(crate) use due::tighten;
pub use endpoint::{
    ChangedEndpoint, Created, DisabledReason, Endpoint, MAX_ENDPOINTS, NewEndpoint, Rotated,
    SECRET_OVERLAP,
};
pub use error::WebhookError;
pub use event::{Event, EventType, UnknownEventType};
pub use tables::{MIGRATIONS, TABLES};

use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use bonafide_accounts::Accounts;
use bonafide_context::{Clock, Random, TenantId};
use bonafide_ledger::{ApplicationId, Caller};
use bonafide_outbound::Client;
use bonafide_vault::{Records, Vault, VaultError};
use zeroize::Zeroizing;

bonafide_ledger::prefixed_id!(
    /// An endpoint of a customer.
    EndpointId,
    "whk_"
);

bonafide_ledger::prefixed_id!(
    /// An event: the `webhook-id` that a receiver knows repetitions by.
    EventId,
    "evt_"
);

bonafide_ledger::prefixed_id!(
    /// One event on its way to one endpoint.
    DeliveryId,
    "whd_"
);

/// Whose endpoints: an application, which lives in one environment and region.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Owner {
    /// Whose application.
    pub tenant: TenantId,
    /// Which application.
    pub application: ApplicationId,
}

impl From<&Caller> for Owner {
    fn from(caller: &Caller) -> Self {
        Self { tenant: caller.tenant, application: caller.application.clone() }
    }
}

/// Where the secrets of endpoints are sealed: the [`Vault`].
#[async_trait]
pub trait Secrets: Send + Sync {
    /// Seals a secret; `context` must be given again to open it.
    async fn seal(&self, context: &str, secret: &[u8]) -> Result<Vec<u8>, VaultError>;

    /// Opens what [`Secrets::seal`] sealed.
    async fn open(&self, context: &str, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, VaultError>;
}

#[async_trait]
impl Secrets for Vault {
    async fn seal(&self, context: &str, secret: &[u8]) -> Result<Vec<u8>, VaultError> {
        self.seal_secret(context, secret).await
    }

    async fn open(&self, context: &str, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, VaultError> {
        self.open_secret(context, sealed).await
    }
}

/// Endpoints, deliveries and their dispatch.
pub struct Webhooks {
    records: Arc<dyn Records>,
    secrets: Arc<dyn Secrets>,
    client: Client,
    clock: Arc<dyn Clock>,
    random: Mutex<Box<dyn Random>>,
    time_out: Duration,
    /// Who knows under which policy a tenant is, from the moment there is an app.
    accounts: OnceLock<Arc<Accounts>>,
}

impl Webhooks {
    /// Over records that were migrated to [`MIGRATIONS`].
    pub fn new(
        records: Arc<dyn Records>,
        secrets: Arc<dyn Secrets>,
        client: Client,
        clock: Arc<dyn Clock>,
        random: Box<dyn Random>,
    ) -> Self {
        Self {
            records,
            secrets,
            client,
            clock,
            random: Mutex::new(random),
            time_out: dispatch::TIME_OUT,
            accounts: OnceLock::new(),
        }
    }

    /// With another time-out than 15 seconds for one post; 50 seconds at most, as
    /// a delivery is leased for a minute.
    #[must_use]
    pub fn with_time_out(mut self, time_out: Duration) -> Self {
        self.time_out = time_out.min(Duration::from_secs(50));
        self
    }

    fn with_random<T>(&self, draw: impl FnOnce(&mut dyn Random) -> T) -> T {
        draw(&mut **self.random.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
