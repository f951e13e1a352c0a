//! Tenants, applications and keys, for keys with the scope `admin`: a tenant's
//! reach its own environment and region, the operator's reach everything.

pub(crate) mod application_close;
pub(crate) mod application_create;
pub(crate) mod application_list;
pub(crate) mod key_create;
pub(crate) mod key_list;
pub(crate) mod key_revoke;
pub(crate) mod key_rotate;
pub(crate) mod policy;
pub(crate) mod switches;
pub(crate) mod tenant_close;
pub(crate) mod tenant_configuration;
pub(crate) mod tenant_create;
pub(crate) mod tenant_list;
pub(crate) mod warranty;

use bonafide_accounts::{Application, Key, KeyState, NewKey, Tenant};
use bonafide_context::Timestamp;
use bonafide_ledger::Scope;
use bonafide_verify::Moment;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa::openapi::schema::{ArrayBuilder, Type};
use utoipa::openapi::{ObjectBuilder, RefOr, Schema};

const TAG: &str = "Accounts";

/// A tenant.
#[derive(Serialize, ToSchema)]
#[schema(as = Tenant)]
struct ShownTenant {
    /// AppID: names the tenant in calls.
    app_id: u64,
    /// Names the tenant on bills.
    uin: u64,
    /// As the operator calls it.
    name: String,
    /// Under which policy; `null` for the installation's own.
    policy: Option<String>,
    /// Since when.
    created_at: Moment,
    /// Until when.
    closed_at: Option<Moment>,
}

impl From<Tenant> for ShownTenant {
    fn from(tenant: Tenant) -> Self {
        Self {
            app_id: tenant.app_id.0,
            uin: tenant.uin.0,
            name: tenant.name,
            policy: tenant.policy,
            created_at: tenant.created.into(),
            closed_at: tenant.closed.map(Moment::from),
        }
    }
}

/// The two worlds of a tenant.
#[derive(ToSchema)]
#[schema(as = Environment, rename_all = "snake_case")]
#[expect(dead_code, reason = "describes `bonafide_context::Environment`, which knows no schemas")]
enum EnvironmentName {
    Sandbox,
    Live,
}

/// An application.
#[derive(Serialize, ToSchema)]
#[schema(as = Application)]
struct ShownApplication {
    /// `app_…`.
    id: String,
    /// The tenant's AppID.
    app_id: u64,
    /// As its tenant calls it.
    name: String,
    /// In which world.
    #[schema(value_type = EnvironmentName)]
    environment: &'static str,
    /// Where its data rests.
    region: String,
    /// Since when.
    created_at: Moment,
    /// Until when.
    closed_at: Option<Moment>,
}

impl From<Application> for ShownApplication {
    fn from(application: Application) -> Self {
        Self {
            id: application.id.to_string(),
            app_id: application.tenant.0,
            name: application.name,
            environment: application.environment.as_str(),
            region: application.region.to_string(),
            created_at: application.created.into(),
            closed_at: application.closed.map(Moment::from),
        }
    }
}

/// A key, without its secret.
#[derive(Serialize, ToSchema)]
#[schema(as = Key)]
struct ShownKey {
    /// `bfk_…`.
    id: String,
    /// Of which application.
    application: String,
    /// What it opens.
    #[schema(schema_with = scopes)]
    scopes: Vec<&'static str>,
    /// From where it may be used; empty for anywhere.
    networks: Vec<String>,
    /// Whether it verifies signatures too.
    signing: bool,
    /// How it stands.
    state: KeyState,
    /// Since when.
    created_at: Moment,
    /// Until when.
    expires_at: Option<Moment>,
    /// When it was last used, to the minute.
    last_used_at: Option<Moment>,
    /// When it was revoked.
    revoked_at: Option<Moment>,
    /// The key that replaces it.
    successor: Option<String>,
}

impl ShownKey {
    fn of(key: Key, now: Timestamp) -> Self {
        Self {
            state: key.state(now),
            id: key.id.to_string(),
            application: key.application.to_string(),
            scopes: key.scopes.iter().map(Scope::as_str).collect(),
            networks: key.networks.iter().map(ToString::to_string).collect(),
            signing: key.signing,
            created_at: key.created.into(),
            expires_at: key.expires.map(Moment::from),
            last_used_at: key.last_used.map(Moment::from),
            revoked_at: key.revoked.map(Moment::from),
            successor: key.successor.map(|id| id.to_string()),
        }
    }
}

/// A key that was just made. Neither `secret` nor `token` can be had again.
#[derive(Serialize, ToSchema)]
#[schema(as = NewKey)]
struct NewlyMadeKey {
    /// The key.
    #[serde(flatten)]
    key: ShownKey,
    /// The secret of the signed dialects.
    secret: String,
    /// The token of this API: `Authorization: Bearer` and this.
    token: String,
}

impl NewlyMadeKey {
    fn of(made: NewKey, now: Timestamp) -> Self {
        Self {
            key: ShownKey::of(made.key, now),
            secret: made.secret.into_exposed(),
            token: made.token.into_exposed(),
        }
    }
}

/// How a set of scopes is described.
fn scopes() -> RefOr<Schema> {
    let scope = ObjectBuilder::new()
        .schema_type(Type::String)
        .enum_values(Some(Scope::ALL.map(Scope::as_str)));
    ArrayBuilder::new().items(scope.build()).min_items(Some(1)).unique_items(true).build().into()
}
