//! Where things rest.

use std::path::PathBuf;

use super::ConfigurationError;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize, Serializer};

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
#[derive(Clone, Default, PartialEq, Eq, Deserialize, JsonSchema)]
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

impl Address {
    /// The address itself: `None` for the store in the data directory.
    pub(crate) fn read(&self) -> Result<Option<String>, ConfigurationError> {
        match self {
            Self::Embedded => Ok(None),
            Self::Url(url) => Ok(Some(url.clone())),
            Self::File { file } => std::fs::read_to_string(file)
                .map(|text| text.lines().next().map(|line| line.trim().to_owned()))
                .map_err(|error| ConfigurationError::Unreadable {
                    path: file.clone(),
                    reason: error.to_string(),
                }),
        }
    }
}

/// The address without its password.
fn masked(url: &str) -> String {
    let parts = url.split_once("://").and_then(|(scheme, rest)| {
        // Up to the last `@` of all, so that a password which should have been
        // percent-encoded and was not is hidden too.
        let (user, host) = rest.rsplit_once('@')?;
        let user = user.split(':').next().unwrap_or_default();
        Some(format!("{scheme}://{user}:***@{host}"))
    });
    parts.unwrap_or_else(|| url.to_owned())
}

impl Serialize for Address {
    /// For showing: without a password.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Embedded => serializer.serialize_str(""),
            Self::Url(url) => serializer.serialize_str(&masked(url)),
            Self::File { file } => {
                let mut map = std::collections::BTreeMap::new();
                map.insert("file", file);
                map.serialize(serializer)
            }
        }
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_password_is_shown() {
        for (url, shown) in [
            ("mysql://bank:secret@db:3306/bonafide", "mysql://bank:***@db:3306/bonafide"),
            ("postgres://a:p@ss@db/x", "postgres://a:***@db/x"),
            ("s3+https://KEY:SECRET@host/bucket", "s3+https://KEY:***@host/bucket"),
            ("mysql://bank:se/cret@db/x", "mysql://bank:***@db/x"),
            ("sqlite:records.db", "sqlite:records.db"),
        ] {
            assert_eq!(masked(url), shown);
            assert!(!format!("{:?}", Address::Url(url.to_owned())).contains("cret"));
        }
    }
}
