//! How often: rates per address, key, tenant and interface, and quotas a day.

mod settings;

pub use settings::{InterfaceLimits, Limits, LimitsError, Rate, TenantLimits};

use std::net::IpAddr;
use std::sync::Arc;

use bonafide_ledger::Caller;

use crate::Accounts;

/// What was too much.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum LimitKind {
    /// Requests from one address.
    Address,
    /// Failed authentications from one address.
    Failures,
    /// Requests with one key.
    Key,
    /// Calls of an interface by a tenant in a second.
    Rate,
    /// Calls of an interface by a tenant in a day.
    Day,
    /// Failed logins of a user.
    Login,
}

/// Something is refused because it was too much.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("too many requests: try again in {retry_after_seconds} s")]
pub struct Limited {
    /// What was too much.
    pub kind: LimitKind,
    /// When it may work again: the value of `Retry-After`, at least 1.
    pub retry_after_seconds: u64,
}

/// Why a call is not admitted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AdmitError {
    /// It was too much.
    #[error(transparent)]
    Limited(#[from] Limited),
    /// The quota could not be looked up: nothing is let through unseen.
    #[error("a store does not answer ({reason}): try again, and look at the store")]
    Unavailable {
        /// What the driver said, without values.
        reason: String,
    },
}

/// What a node counts.
pub(crate) struct Limiter {
    settings: Arc<Limits>,
}

impl Limiter {
    pub(crate) fn new(settings: Limits) -> Self {
        Self { settings: Arc::new(settings) }
    }
}

impl Accounts {
    /// The limits that hold now.
    pub fn limits(&self) -> Arc<Limits> {
        Arc::clone(&self.limiter.settings)
    }

    /// Takes up new limits (a reload); what was counted stays counted.
    pub fn set_limits(&self, limits: Limits) {
        let _ = limits;
        todo!()
    }

    /// Counts a request of an address, before anything else is done for it.
    /// `address` is the caller's own, after declared proxies; in IPv6 the /64
    /// counts as one.
    pub fn admit_address(&self, address: IpAddr) -> Result<(), Limited> {
        let _ = address;
        todo!()
    }

    /// Counts a call of an interface (`documents.read`) against the rate of the
    /// key, and the tenant's rate and quota of the interface.
    pub async fn admit(&self, caller: &Caller, interface: &str) -> Result<(), AdmitError> {
        let _ = (caller, interface);
        todo!()
    }

    /// What a node does now and then (every few seconds): writes down when keys
    /// were last used, removes what has expired. Given no chance, nothing but
    /// that is missing.
    pub async fn tick(&self) -> Result<(), crate::AccountsError> {
        todo!()
    }

    /// Gives back what this node holds of today's quotas, and does what
    /// [`Accounts::tick`] does: when the server stops.
    pub async fn release(&self) -> Result<(), crate::AccountsError> {
        todo!()
    }
}
