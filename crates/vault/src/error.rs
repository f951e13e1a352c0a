//! What can go wrong with data at rest.

use crate::objects::ObjectsError;
use crate::records::RecordsError;
use crate::seal::KeyServiceError;

/// Why the vault could not keep, open or remove something. Carries no value and
/// no name of what is kept.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum VaultError {
    /// It would take the place of an item under a legal hold.
    #[error("a legal hold keeps what would be replaced: lift it first")]
    Held,
    /// A store does not answer or cannot write now: nothing was changed, and
    /// the same may be tried again.
    #[error("{store} does not answer ({reason}): try again, and look at the store")]
    Unavailable {
        /// Which store.
        store: StoreName,
        /// What the driver said, without values.
        reason: String,
    },
    /// Another change came first: read again and repeat.
    #[error("another change came first: read again and repeat")]
    Conflict,
    /// A key that is needed is not in the key store.
    #[error(
        "the key of this item is not in the key store: look whether the key store is the one that belongs to these records"
    )]
    KeyMissing,
    /// What rests does not open: it was altered, moved or cut short.
    #[error("what rests here is damaged: restore it from a backup")]
    Damaged,
    /// The clock is behind the latest moment that the vault has seen.
    #[error(
        "the clock is {behind_ms} ms behind what this vault has seen before: set the clock right"
    )]
    ClockBehind {
        /// By how many milliseconds.
        behind_ms: u64,
    },
    /// An item was to be kept that is past its expiry already.
    #[error("the item has expired before it could be kept")]
    Expired,
    /// A name, a media type or a size that the vault cannot keep.
    #[error("the vault cannot keep this: {reason}")]
    Refused {
        /// What is wrong with it.
        reason: &'static str,
    },
    /// The key store holds keys, but there is no root key file.
    #[error(
        "there is no root key in `{file}`, and the key store holds keys: put back the file they were made with"
    )]
    RootKeyMissing {
        /// Where it was looked for.
        file: String,
    },
    /// The root key is not the one that the key store was made with.
    #[error("this root key does not open the key store: give the one it was made with")]
    RootKeyWrong,
    /// The file of the root key cannot be read or made, or holds no key.
    #[error("the root key file `{file}` cannot be used: {reason}")]
    RootKeyFile {
        /// Which file.
        file: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The key service that the root key is wrapped by did not open it.
    #[error("the root key is kept by a key service ({kind}), and {error}")]
    RootKeyService {
        /// The kind of service.
        kind: &'static str,
        /// What came of it.
        error: KeyServiceError,
    },
    /// The key store is empty or another one than the records belong to.
    #[error("the key store is not the one that belongs to these records: put that one back")]
    KeyStoreWrong,
    /// What was restored from a backup is not checked: a deletion could be missing
    /// in it.
    #[error(
        "a restored backup is not checked against the newest checkpoint: run `bonafide restore --check`"
    )]
    RestoreUnchecked,
    /// The deletion journal does not reach to the newest checkpoint.
    #[error(
        "the deletion journal reaches to leaf {have} of the log and the newest checkpoint to {newest}: restore a newer backup of the keys"
    )]
    JournalTooOld {
        /// Leaves that the journal speaks for.
        have: u64,
        /// Leaves that the newest checkpoint speaks for.
        newest: u64,
    },
    /// The transparency log is not as it was left, or cannot be written.
    #[error("the transparency log cannot be used: {reason}")]
    History {
        /// What is wrong with it.
        reason: String,
    },
    /// The store is not as this binary declares it.
    #[error(transparent)]
    Store(RecordsError),
}

/// One of the vault's stores.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StoreName {
    /// Rows.
    Records,
    /// The keys that open what rests.
    Keys,
    /// Sealed bytes.
    Objects,
}

impl StoreName {
    /// How the log names a store that does not answer.
    pub const fn unavailable(self) -> &'static str {
        match self {
            Self::Records => "records_unavailable",
            Self::Keys => "keys_unavailable",
            Self::Objects => "objects_unavailable",
        }
    }
}

impl std::fmt::Display for StoreName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Records => "the record store",
            Self::Keys => "the key store",
            Self::Objects => "the object store",
        })
    }
}

impl VaultError {
    /// A failure of the rows that hold the keys.
    pub(crate) fn of_keys(error: RecordsError) -> Self {
        match Self::from(error) {
            Self::Unavailable { reason, .. } => {
                Self::Unavailable { store: StoreName::Keys, reason }
            }
            other => other,
        }
    }
}

impl From<RecordsError> for VaultError {
    fn from(error: RecordsError) -> Self {
        match error {
            RecordsError::Conflict => Self::Conflict,
            RecordsError::Unavailable { reason } => {
                Self::Unavailable { store: StoreName::Records, reason }
            }
            RecordsError::Unknown => {
                Self::Unavailable { store: StoreName::Records, reason: error.to_string() }
            }
            other => Self::Store(other),
        }
    }
}

impl From<ObjectsError> for VaultError {
    fn from(error: ObjectsError) -> Self {
        match error {
            ObjectsError::Unavailable { reason } => {
                Self::Unavailable { store: StoreName::Objects, reason }
            }
            ObjectsError::Missing | ObjectsError::TooLarge { .. } => Self::Damaged,
            other => Self::Unavailable { store: StoreName::Objects, reason: other.to_string() },
        }
    }
}
