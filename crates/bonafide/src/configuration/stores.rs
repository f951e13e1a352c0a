//! Where things rest.

use std::path::PathBuf;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Where things rest. Left empty, everything rests in the data directory:
/// SQLite, a directory of objects, an embedded search index.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Stores {
    /// Rows: `mysql://…`, `postgres://…` or `sqlite:PATH`
    /// [default: `records.db` in the data directory].
    pub(crate) records: Address,
    /// Keys, apart from the data that they open: as `records`
    /// [default: `keys.db` in the data directory].
    pub(crate) keys: Address,
    /// Sealed objects: a folder, or an S3 bucket as
    /// `s3+https://HOST/BUCKET?region=REGION` [default: `objects` in the data
    /// directory].
    pub(crate) objects: Address,
    /// The operation log: a folder, or `https://…` of an Elasticsearch or
    /// OpenSearch server [default: `operation-log` in the data directory].
    pub(crate) operation_log: Address,
    /// The file with the root key, 32 bytes as 64 hexadecimal digits
    /// [default: `root.key` in the data directory, made on first use].
    pub(crate) root_key_file: Option<PathBuf>,
    /// A root key that was used before: opens what it sealed, seals nothing.
    pub(crate) previous_root_key_file: Option<PathBuf>,
}

/// A store's address; one that holds a password better comes from a file or
/// from the environment.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub(crate) enum Address {
    /// In the data directory.
    #[default]
    Embedded,
    /// As written.
    Url(String),
    /// In the first line of a file.
    File {
        /// The file.
        file: PathBuf,
    },
}

impl std::fmt::Debug for Address {
    /// An address may hold a password.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Embedded => "embedded",
            Self::Url(_) => "***",
            Self::File { .. } => "from a file",
        })
    }
}
