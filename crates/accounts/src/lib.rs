//! Who may do what, how often, and how a flow runs: tenants, applications,
//! keys, users of the console, quotas and flow templates.
//!
//! [`Accounts`] is the one door. Whoever calls is made out once
//! ([`Accounts::authenticate`] gives a ledger `Caller`); whoever changes
//! accounts acts as an [`Actor`], which knows how far it reaches: the operator
//! to every tenant, an administrator to the tenant, environment and region of
//! the key, everyone else to the templates of the own realm. What lies outside
//! is answered like what does not exist. A change of tenants, applications, keys
//! and templates is first [`Planned`], then committed with the trace of the call
//! that asked for it, or from the shell on its own.

mod accounts;
mod actor;
mod application;
mod audit;
mod error;
mod grants;
mod keys;
mod limits;
mod page;
mod planned;
mod read;
mod regions;
mod switches;
mod tables;
mod templates;
mod tenant;
mod tenant_policy;
mod users;
mod verification_token;
mod warranty;

pub use accounts::Accounts;
pub use actor::{Actor, OPERATOR_TENANT};
pub use application::{Application, NewApplication};
pub use audit::{Action, AuditEntry};
pub use error::AccountsError;
pub use grants::{Grant, GrantId, GrantOf, GrantReason, GrantState, NewGrant};
pub use keys::token_region;
pub use keys::{
    AuthError, Key, KeyState, NETWORKS_MAX, Network, NetworkError, NewKey, NewKeyRequest,
    REVOCATION_SECONDS,
};
pub use limits::{
    AdmitError, InterfaceLimits, LimitKind, Limited, Limits, LimitsError, Rate, TenantLimits,
};
pub use page::Page;
pub use planned::{ChangedKeys, Planned};
pub use regions::{Elsewhere, Regions};
pub use switches::{Switch, UnknownSwitch};
pub use tables::{MIGRATIONS, TABLES};
pub use templates::{
    Flow, FlowStep, LivenessMethod, Mode, Retries, SecurityLevel, SettingsError, Template,
    TemplateId, Theme, VerificationSettings,
};
pub use tenant::{NewTenant, Tenant, Uin};
pub use tenant_policy::{ChosenPolicy, PolicyApplied};
pub use users::{
    LoginError, NewSession, NewUser, PASSWORD_MIN, Role, Session, TotpEnrolment, UnknownRole, User,
    UserId, totp_code,
};
pub use verification_token::VerificationToken;
pub use warranty::{NewWarranty, Warranty};

#[cfg(test)]
mod tests;
