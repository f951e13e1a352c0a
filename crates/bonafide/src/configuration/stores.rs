//! Where things rest.

use std::path::PathBuf;

use super::load::Place;
use super::{ConfigurationError, Kms};
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
    /// OpenSearch server [default: `operation-log` in the data directory]. A
    /// folder belongs to one server alone: servers that share their rows need
    /// a search server.
    pub(crate) operation_log: Address,
    /// Only one server ever runs on these stores. Needed where `records` is a
    /// database, which several servers could share, while keys, objects or the
    /// operation log rest in the data directory of one: without it such a
    /// configuration is refused.
    pub(crate) single_node: bool,
    /// The file with the root key: 32 bytes as 64 hexadecimal digits, or, with a key
    /// service in `kms`, what that made of them [default: `root.key` in the data
    /// directory, made on first use].
    pub(crate) root_key_file: Option<PathBuf>,
    /// Where the newest checkpoint of the transparency log is written whenever it
    /// changes, and read at the start: a server whose records and deletion
    /// journal know less than it serves no personal data. Best kept where neither
    /// the records nor the keys are [default: `checkpoint` in the data directory].
    pub(crate) checkpoint_file: Option<PathBuf>,
    /// A second root key, as a rotation has one: the one that was used before, or the
    /// coming one before it is. It opens what it sealed, and seals nothing. See
    /// `bonafide admin root-key`.
    pub(crate) previous_root_key_file: Option<PathBuf>,
    /// Who keeps the key that the root key is wrapped under.
    pub(crate) kms: Kms,
}

impl Stores {
    /// Servers that share their rows share all the rest as well: what one has
    /// written the other would not find.
    ///
    /// `at` is where this stands in the file.
    pub(super) fn check(&self, at: &[&str], place: &Place) -> Result<(), ConfigurationError> {
        self.kms.check(place, &[at, &["kms"]].concat())?;
        if !self.is_shared()? {
            return Ok(());
        }
        let log = self.operation_log.read()?.unwrap_or_default();
        let apart = [
            ("operation_log", log.starts_with("http"), "`https://…` of a search server"),
            ("keys", self.keys.is_database()?, "a database as well"),
            // A folder that is named may be one that the servers share.
            ("objects", self.objects != Address::Embedded, "a bucket or a shared folder"),
        ];
        match apart.into_iter().find(|(_, shared, _)| !shared) {
            None => Ok(()),
            Some((name, _, instead)) => {
                let reason = format!(
                    "several servers can share these rows, but each would keep its own \
                     `stores.{name}`: set that to {instead}, or `stores.single_node = true` if \
                     only one server ever runs on them"
                );
                Err(place.wrong(&[at, &["records"]].concat(), &reason))
            }
        }
    }

    /// Whether several servers share these stores.
    pub(super) fn is_shared(&self) -> Result<bool, ConfigurationError> {
        Ok(!self.single_node && self.records.is_database()?)
    }
}

/// How the address of a database begins that several servers can share.
const DATABASES: [&str; 4] = ["mysql:", "mariadb:", "postgres:", "postgresql:"];

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
    /// Whether it is that of a database that several servers can share.
    fn is_database(&self) -> Result<bool, ConfigurationError> {
        let url = self.read()?.unwrap_or_default();
        Ok(DATABASES.iter().any(|scheme| url.starts_with(scheme)))
    }

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
    fn servers_that_share_rows_share_the_rest() {
        let place = Place::of(None, []);
        let url = |text: &str| Address::Url(text.to_owned());
        let mut stores = Stores { records: url("postgres://db/bonafide"), ..Stores::default() };
        let refused = |stores: &Stores| stores.check(&["stores"], &place).unwrap_err().to_string();
        assert!(refused(&stores).contains("`stores.operation_log`"), "{}", refused(&stores));
        assert!(refused(&stores).contains("`stores.single_node = true`"));
        let alone = Stores { single_node: true, ..stores.clone() };
        assert_eq!(alone.check(&["stores"], &place), Ok(()));
        stores.operation_log = url("/var/lib/bonafide/log");
        assert!(refused(&stores).contains("`stores.operation_log`"));
        stores.operation_log = url("https://search:9200");
        assert!(refused(&stores).contains("`stores.keys`"));
        stores.keys = url("mysql://db/keys");
        assert!(refused(&stores).contains("`stores.objects`"));
        stores.objects = url("/shared/objects");
        assert_eq!(stores.check(&["stores"], &place), Ok(()));
        for records in [Address::Embedded, url("sqlite:/var/lib/records.db")] {
            assert_eq!(Stores { records, ..Stores::default() }.check(&["stores"], &place), Ok(()));
        }
        assert!(
            !refused(&Stores { records: url("mysql://u:secret@db/x"), ..Stores::default() })
                .contains("secret")
        );
    }

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
