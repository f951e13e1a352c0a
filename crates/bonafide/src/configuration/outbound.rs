//! What may leave the machine.

use std::path::PathBuf;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What may leave the machine: webhooks, a remote operation log, traces.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Outbound {
    /// Networks of private addresses that may be called, as `10.1.0.0/16`.
    /// Without them only public addresses are.
    #[schemars(with = "Vec<String>")]
    pub(crate) allow_networks: Vec<ipnet::IpNet>,
    /// Files with certificates (PEM) that are trusted besides the machine's own.
    pub(crate) extra_root_files: Vec<PathBuf>,
}
