//! Tenants: the organisations that use this installation.

use std::fmt;

use bonafide_context::{TenantId, Timestamp};

use crate::{Accounts, AccountsError, Actor, Page};

/// A tenant's account number (UIN): twelve digits. AppID and UIN name the same
/// tenant, each to its own reader: the AppID in calls, the UIN on bills.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(transparent)]
pub struct Uin(pub u64);

impl fmt::Display for Uin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A tenant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tenant {
    /// AppID: ten digits, unique.
    pub app_id: TenantId,
    /// UIN: twelve digits, unique.
    pub uin: Uin,
    /// As the operator calls it.
    pub name: String,
    /// Under which policy; `None` for the installation's own.
    pub policy: Option<String>,
    /// Since when.
    pub created: Timestamp,
    /// Until when.
    pub closed: Option<Timestamp>,
}

/// A tenant to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewTenant {
    /// 1 to 100 characters.
    pub name: String,
    /// Name of a policy, 1 to 64 lower-case letters, digits, hyphens.
    pub policy: Option<String>,
}

impl Accounts {
    /// Makes a tenant. Operator only.
    pub async fn create_tenant(
        &self,
        actor: &Actor,
        new: NewTenant,
    ) -> Result<Tenant, AccountsError> {
        let _ = (actor, new);
        todo!()
    }

    /// One tenant.
    pub async fn tenant(&self, actor: &Actor, id: TenantId) -> Result<Tenant, AccountsError> {
        let _ = (actor, id);
        todo!()
    }

    /// The tenants within reach, by AppID.
    pub async fn tenants(&self, actor: &Actor, page: &Page) -> Result<Vec<Tenant>, AccountsError> {
        let _ = (actor, page);
        todo!()
    }

    /// Closes a tenant with its applications, and revokes its keys. Operator
    /// only; what is closed stays closed.
    pub async fn close_tenant(&self, actor: &Actor, id: TenantId) -> Result<(), AccountsError> {
        let _ = (actor, id);
        todo!()
    }
}
