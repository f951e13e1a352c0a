//! What a tenant has switched on: off by default, each change audited.

use std::collections::BTreeSet;

use bonafide_context::TenantId;
use bonafide_vault::records::{Change, Condition, Expect, Row, Select};
use serde_json::json;

use crate::audit::Whose;
use crate::tables::SWITCHES;
use crate::{Accounts, AccountsError, Action, Actor, Planned};

/// Something that a tenant may switch on.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    serde::Serialize,
    serde::Deserialize,
    utoipa::ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Switch {
    /// That the address of the name server is kept among the facts of a network.
    DnsAddress,
    /// That the list of installed applications is kept, of whoever consented.
    InstalledApplications,
}

impl Switch {
    /// Every one of them.
    pub const ALL: [Self; 2] = [Self::DnsAddress, Self::InstalledApplications];

    /// The name in rows and requests.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::DnsAddress => "dns_address",
            Self::InstalledApplications => "installed_applications",
        }
    }
}

impl std::str::FromStr for Switch {
    type Err = UnknownSwitch;

    fn from_str(text: &str) -> Result<Self, UnknownSwitch> {
        Self::ALL.into_iter().find(|switch| switch.as_str() == text).ok_or(UnknownSwitch)
    }
}

/// A switch that there is not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("choose dns_address or installed_applications")]
pub struct UnknownSwitch;

impl Accounts {
    /// A switch of a tenant to be set. For the tenant's administrator and the
    /// operator.
    pub async fn switch(
        &self,
        actor: &Actor,
        tenant: TenantId,
        switch: Switch,
        on: bool,
    ) -> Result<Planned<()>, AccountsError> {
        actor.reach_tenant(tenant, "tenant")?;
        self.open_tenant(tenant).await?;
        if self.switches(tenant).await?.contains(&switch) == on {
            return Ok(Planned::nothing());
        }
        let change = match on {
            true => Change::InsertIfAbsent(
                Row::new(&SWITCHES)
                    .with("tenant", tenant.0)
                    .with("name", switch.as_str())
                    .with("since", self.clock.now()),
            ),
            false => Change::Delete {
                table: &SWITCHES,
                conditions: vec![
                    Condition::is("tenant", tenant.0),
                    Condition::is("name", switch.as_str()),
                ],
                expect: Expect::Any,
            },
        };
        let action = if on { Action::SwitchedOn } else { Action::SwitchedOff };
        let facts = json!({ "switch": switch.as_str() });
        let whose = Whose::Tenant(tenant);
        let audited = self.audited(actor, action, &tenant.to_string(), &whose, &facts);
        Ok(Planned::new((), vec![Self::while_tenant_open(tenant), change, audited]))
    }

    /// What a tenant has switched on. A name that this program does not know is
    /// off.
    pub async fn switches(&self, tenant: TenantId) -> Result<BTreeSet<Switch>, AccountsError> {
        let select = Select::from(&SWITCHES).and(Condition::is("tenant", tenant.0));
        let rows = self.records.select(select).await?;
        let names = rows.iter().map(|row| row.text("name"));
        let names = names.collect::<Result<Vec<_>, _>>()?;
        Ok(names.into_iter().filter_map(|name| name.parse().ok()).collect())
    }
}
