//! What packages bring: lists of domains, prefixes of numbers, names of time zones.
//! Nothing of it is in this program; whoever has installed it hands it in.

use std::collections::BTreeMap;

use serde::Serialize;

/// Which tables and weights an assessment was made with: by name, the version of the
/// package and its date, `null` where a table is not installed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(transparent)]
pub struct DataVersions(pub BTreeMap<String, Option<String>>);

/// The tables that signals are looked up in. Those that are not installed make their
/// signals `null` with the reason `data_not_installed`.
#[derive(Clone, Debug, Default)]
pub struct Tables {}

impl Tables {
    /// Which versions these are.
    pub fn versions(&self) -> DataVersions {
        DataVersions::default()
    }
}
