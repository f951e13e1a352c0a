//! What may be done with personal data.

use std::path::PathBuf;

use bonafide_policy::DEFAULT_POLICY;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What may be done with personal data.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Policy {
    /// The policy of tenants that chose none.
    pub(crate) default: String,
    /// A folder of policy files (*.toml) besides those that come with the
    /// server [default: none].
    pub(crate) folder: Option<PathBuf>,
}

impl Default for Policy {
    fn default() -> Self {
        Self { default: DEFAULT_POLICY.to_owned(), folder: None }
    }
}
