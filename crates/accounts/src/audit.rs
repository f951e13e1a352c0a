//! Every change of accounts and configuration is a row: who, what, when.

use bonafide_context::{Environment, Region, TenantId, Timestamp};

use crate::{Accounts, AccountsError, Actor, Page};

/// What was done to accounts or configuration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// The first start made the operator's key.
    OperatorBootstrapped,
    /// A tenant was made.
    TenantCreated,
    /// A tenant was closed, and with it its applications and keys.
    TenantClosed,
    /// An application was made.
    ApplicationCreated,
    /// An application was closed, and with it its keys.
    ApplicationClosed,
    /// A key was made.
    KeyCreated,
    /// A key was replaced by another, and lives on for a while.
    KeyRotated,
    /// A key was revoked.
    KeyRevoked,
    /// A user was made.
    UserCreated,
    /// A user was removed.
    UserRemoved,
    /// A user was given another role.
    RoleChanged,
    /// A password was set.
    PasswordChanged,
    /// A second factor was taken up.
    SecondFactorEnrolled,
    /// A second factor was taken away.
    SecondFactorRemoved,
    /// A template was made.
    TemplateCreated,
    /// A template got a new version.
    TemplateVersioned,
    /// A template was closed.
    TemplateClosed,
}

/// One change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditEntry {
    /// Sorts by time.
    pub id: String,
    /// When.
    pub at: Timestamp,
    /// Who: a key or user id, `cli`, or `server`.
    pub actor: String,
    /// What was done, as [`Action`] is written.
    pub action: String,
    /// Id of what was changed.
    pub subject: String,
    /// Whose it is.
    pub tenant: Option<TenantId>,
    /// Of which environment.
    pub environment: Option<Environment>,
    /// Of which region.
    pub region: Option<Region>,
    /// Facts of a closed list: scopes, expiry, versions; never a secret.
    pub facts: serde_json::Value,
}

impl Accounts {
    /// The changes within the actor's reach, the newest first; `tenant` narrows
    /// further. [`Page::after`] is the id of the last one seen.
    pub async fn audit(
        &self,
        actor: &Actor,
        tenant: Option<TenantId>,
        page: &Page,
    ) -> Result<Vec<AuditEntry>, AccountsError> {
        let _ = (actor, tenant, page);
        todo!()
    }
}
