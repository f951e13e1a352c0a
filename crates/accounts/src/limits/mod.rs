//! How often: rates per address, key, tenant and interface, and quotas a day.

mod bucket;
mod quota;
mod settings;

pub use settings::{InterfaceLimits, Limits, LimitsError, Rate, TenantLimits};

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwap;
use bonafide_context::TenantId;
use bonafide_ledger::{Caller, KeyId};
use bonafide_vault::records::{Change, Condition, Expect};

use crate::tables::{KEYS, SESSIONS};
use crate::{Accounts, AccountsError};
use bucket::Buckets;
use quota::Quotas;

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

impl Limited {
    pub(crate) fn new(kind: LimitKind, wait: Duration) -> Self {
        Self { kind, retry_after_seconds: seconds(wait) }
    }
}

/// Whole seconds that are not too few.
fn seconds(wait: Duration) -> u64 {
    (wait.as_secs() + u64::from(wait.subsec_nanos() > 0)).max(1)
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

/// What counts as one address: in IPv6 the /64 that a household or a machine
/// is given, or one machine would have 2⁶⁴ buckets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Place {
    V4(u32),
    V6Net(u64),
}

impl From<IpAddr> for Place {
    fn from(address: IpAddr) -> Self {
        match address.to_canonical() {
            IpAddr::V4(address) => Self::V4(address.into()),
            IpAddr::V6(address) => {
                let [a, b, c, d, ..] = address.segments();
                let join = |high: u64, low: u16| high << 16 | u64::from(low);
                Self::V6Net([a, b, c, d].into_iter().fold(0, join))
            }
        }
    }
}

/// What a node counts.
pub(crate) struct Limiter {
    settings: ArcSwap<Limits>,
    addresses: Buckets<Place>,
    failures: Buckets<Place>,
    keys: Buckets<KeyId>,
    interfaces: Buckets<(TenantId, &'static str)>,
    quotas: Quotas,
}

impl Limiter {
    pub(crate) fn new(settings: Limits) -> Self {
        Self {
            settings: ArcSwap::from_pointee(settings),
            addresses: Buckets::default(),
            failures: Buckets::default(),
            keys: Buckets::default(),
            interfaces: Buckets::default(),
            quotas: Quotas::default(),
        }
    }

    /// Counts a failure of an address; too many are an error.
    pub(crate) fn count_failure(&self, address: IpAddr, now: Duration) -> Result<(), Limited> {
        let rate = self.settings.load().failures_per_address;
        self.failures
            .take(&address.into(), rate, now)
            .map_err(|wait| Limited::new(LimitKind::Failures, wait))
    }

    /// Takes back a failure that turned out to be none.
    pub(crate) fn pay_back_failure(&self, address: IpAddr) {
        self.failures.put_back(&address.into(), self.settings.load().failures_per_address);
    }
}

impl Accounts {
    /// The limits that hold now.
    pub fn limits(&self) -> Arc<Limits> {
        self.limiter.settings.load_full()
    }

    /// Takes up new limits (a reload); what was counted stays counted.
    pub fn set_limits(&self, limits: Limits) {
        self.limiter.settings.store(Arc::new(limits));
        self.limiter.quotas.look_again();
    }

    /// Counts a request of an address, before anything else is done for it.
    /// `address` is the caller's own, after declared proxies; in IPv6 the /64
    /// counts as one.
    pub fn admit_address(&self, address: IpAddr) -> Result<(), Limited> {
        let rate = self.limiter.settings.load().per_address;
        self.limiter
            .addresses
            .take(&address.into(), rate, self.clock.elapsed())
            .map_err(|wait| Limited::new(LimitKind::Address, wait))
    }

    /// Counts a call of an interface (by its name) against the rate of the key, and the
    /// tenant's rate and quota of the interface. Rates are each node's own, a
    /// quota is shared by all nodes and never exceeded.
    pub async fn admit(&self, caller: &Caller, interface: &'static str) -> Result<(), AdmitError> {
        let settings = self.limiter.settings.load_full();
        let now = self.clock.elapsed();
        if let Some(key) = &caller.key {
            self.limiter
                .keys
                .take(key, settings.per_key, now)
                .map_err(|wait| Limited::new(LimitKind::Key, wait))?;
        }
        let limits = settings.of(caller.tenant, interface);
        let name = (caller.tenant, interface);
        self.limiter
            .interfaces
            .take(&name, limits.rate, now)
            .map_err(|wait| Limited::new(LimitKind::Rate, wait))?;
        match limits.per_day {
            Some(per_day) => {
                let records = self.records.as_ref();
                self.limiter.quotas.take(records, name, per_day, self.clock.now()).await
            }
            None => Ok(()),
        }
    }

    /// What a node does now and then (every few seconds): writes down when keys
    /// were last used, removes sessions and counters whose time has passed.
    /// Given no chance, nothing but that is missing.
    pub async fn tick(&self) -> Result<(), AccountsError> {
        let now = self.clock.now();
        let uses = self.keys.take_uses();
        let mut changes: Vec<Change> = uses
            .iter()
            .map(|(id, at)| Change::Update {
                table: &KEYS,
                set: vec![("last_used", (*at).into())],
                conditions: vec![Condition::is("id", id.as_str())],
                expect: Expect::Any,
            })
            .collect();
        changes.push(Change::Delete {
            table: &SESSIONS,
            conditions: vec![Condition::less("expires", now)],
            expect: Expect::Any,
        });
        changes.push(quota::clean(now));
        self.records.commit(changes).await.inspect_err(|_| self.keys.put_back_uses(uses))?;
        Ok(())
    }

    /// Gives back what this node holds of today's quotas, and does what
    /// [`Accounts::tick`] does: when the server stops.
    pub async fn release(&self) -> Result<(), AccountsError> {
        let back = self.limiter.quotas.give_back(self.records.as_ref(), self.clock.now()).await;
        self.tick().await?;
        Ok(back?)
    }
}
