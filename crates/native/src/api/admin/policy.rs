//! The policy that a tenant is under.

pub(crate) mod choose;
pub(crate) mod read;

use bonafide_policy::Effective;
use serde::Serialize;
use utoipa::ToSchema;

/// The policy that holds for a tenant's data.
#[derive(Serialize, ToSchema)]
#[schema(as = TenantPolicy)]
struct ShownPolicy {
    /// The tenant's AppID.
    app_id: u64,
    /// The policy that was chosen; `null` for the installation's own.
    chosen: Option<String>,
    /// The policy that holds.
    policy: String,
    /// Its version.
    version: u32,
    /// Its fingerprint: SHA-256 of its printed form, as the transparency log has it.
    id: String,
}

impl ShownPolicy {
    fn of(app_id: u64, chosen: Option<String>, policy: &Effective) -> Self {
        Self {
            app_id,
            chosen,
            policy: policy.name().to_owned(),
            version: policy.version(),
            id: policy.id().to_string(),
        }
    }
}
