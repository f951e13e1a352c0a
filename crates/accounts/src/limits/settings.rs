//! What the configuration says about rates and quotas.

use std::collections::BTreeMap;

use bonafide_context::TenantId;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Rates and quotas. The defaults keep a mistake or an attack from taking the
/// machine; they are not a price list, and no quota a day is set.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Limits {
    /// Requests from one address (IPv4) or one /64 (IPv6), on each node.
    pub per_address: Rate,
    /// Failed authentications from one address; beyond it, tokens that this
    /// node does not know are refused without looking them up.
    pub failures_per_address: Rate,
    /// Requests with one key, on each node.
    pub per_key: Rate,
    /// Calls of one interface by one tenant, where nothing else is said.
    pub per_interface: InterfaceLimits,
    /// The same for single interfaces, by name (`documents.read`).
    pub interfaces: BTreeMap<String, InterfaceLimits>,
    /// The same for single tenants, by AppID.
    pub tenants: BTreeMap<String, TenantLimits>,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            per_address: Rate::new(1_000.0, 2_000),
            failures_per_address: Rate::new(0.5, 20),
            per_key: Rate::new(1_000.0, 2_000),
            per_interface: InterfaceLimits::default(),
            interfaces: BTreeMap::new(),
            tenants: BTreeMap::new(),
        }
    }
}

impl Limits {
    /// What holds for a tenant's calls of an interface: the most specific that
    /// is said, the tenant's own before everyone's.
    pub fn of(&self, tenant: TenantId, interface: &str) -> &InterfaceLimits {
        let own = if self.tenants.is_empty() {
            None
        } else {
            self.tenants
                .get(&tenant.to_string())
                .and_then(|own| own.interfaces.get(interface).or(own.per_interface.as_ref()))
        };
        own.or_else(|| self.interfaces.get(interface)).unwrap_or(&self.per_interface)
    }

    /// Names the first member that cannot be meant: a rate of nothing, or an
    /// AppID that is no number.
    pub fn check(&self) -> Result<(), LimitsError> {
        let rates = [
            ("per_address", &self.per_address),
            ("failures_per_address", &self.failures_per_address),
            ("per_key", &self.per_key),
        ];
        for (member, rate) in rates {
            rate.check(member)?;
        }
        self.per_interface.check("per_interface")?;
        for (name, limits) in &self.interfaces {
            limits.check(&format!("interfaces.\"{name}\""))?;
        }
        for (id, own) in &self.tenants {
            let path = format!("tenants.{id}");
            if id.parse::<TenantId>().is_err() {
                return Err(LimitsError { member: path, problem: "name a tenant by its AppID" });
            }
            if let Some(limits) = &own.per_interface {
                limits.check(&format!("{path}.per_interface"))?;
            }
            for (name, limits) in &own.interfaces {
                limits.check(&format!("{path}.interfaces.\"{name}\""))?;
            }
        }
        Ok(())
    }
}

/// Which member of the limits cannot be meant.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{member}`: {problem}")]
pub struct LimitsError {
    /// Its path within [`Limits`].
    pub member: String,
    /// What would be right.
    pub problem: &'static str,
}

/// What one tenant has instead.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct TenantLimits {
    /// Where nothing else is said.
    pub per_interface: Option<InterfaceLimits>,
    /// For single interfaces.
    pub interfaces: BTreeMap<String, InterfaceLimits>,
}

/// How often an interface may be called by a tenant.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct InterfaceLimits {
    /// Calls, on each node.
    pub rate: Rate,
    /// Calls a day in UTC, over all nodes; left out for no quota.
    pub per_day: Option<u64>,
}

impl Default for InterfaceLimits {
    fn default() -> Self {
        Self { rate: Rate::new(1_000.0, 2_000), per_day: None }
    }
}

impl InterfaceLimits {
    fn check(&self, member: &str) -> Result<(), LimitsError> {
        self.rate.check(&format!("{member}.rate"))
    }
}

/// A rate: so many a second on average, and so many at once.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Rate {
    /// On average.
    #[schemars(range(min = 0.001, max = 1_000_000.0))]
    pub per_second: f64,
    /// At once after a pause.
    #[schemars(range(min = 1, max = 1_000_000))]
    pub burst: u32,
}

impl Rate {
    /// So many a second on average, and so many at once.
    pub const fn new(per_second: f64, burst: u32) -> Self {
        Self { per_second, burst }
    }

    fn check(self, member: &str) -> Result<(), LimitsError> {
        // Written so that what is not a number is refused too.
        let problem = if !(0.001..=1_000_000.0).contains(&self.per_second) {
            "`per_second` is between 0.001 and 1000000"
        } else if !(1..=1_000_000).contains(&self.burst) {
            "`burst` is between 1 and 1000000"
        } else {
            return Ok(());
        };
        Err(LimitsError { member: member.to_owned(), problem })
    }
}
