//! Who keeps the key that the root key is wrapped under.

use async_trait::async_trait;
use zeroize::Zeroizing;

/// A key management service or a hardware module: it wraps a root key under a key
/// that never leaves it, and opens it again for whoever it lets in.
#[async_trait]
pub trait KeyService: Send + Sync + std::fmt::Debug {
    /// The kind of service, as it stands in files that it wrapped: lower-case
    /// letters, digits and hyphens.
    fn kind(&self) -> &'static str;

    /// Wraps a root key.
    async fn wrap(&self, key: &[u8]) -> Result<Vec<u8>, KeyServiceError>;

    /// Opens what [`KeyService::wrap`] wrapped.
    async fn unwrap(&self, wrapped: &[u8]) -> Result<Zeroizing<Vec<u8>>, KeyServiceError>;
}

/// Why a key service did not wrap or open a root key. Nothing takes its place then:
/// what needs the key does not start.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyServiceError {
    /// It does not answer.
    #[error("it does not answer ({reason}): start again when it does")]
    Unavailable {
        /// What was seen.
        reason: String,
    },
    /// It answers and does not let us in.
    #[error("it refuses ({code}): look at the credentials, and at what they may do with the key")]
    Refused {
        /// What it calls that.
        code: String,
    },
    /// There is no such key.
    #[error("it has no such key ({code}): look at the key's name in `stores.kms`")]
    NoKey {
        /// What it calls that.
        code: String,
    },
    /// The key is there and may not be used.
    #[error("its key is switched off or about to be deleted ({code}): switch it on again")]
    KeyDisabled {
        /// What it calls that.
        code: String,
    },
    /// What is wrapped is not what was wrapped under this key.
    #[error("the file is damaged, or was wrapped under another key: put back the one it gave")]
    Damaged,
    /// It opened the file, and what came out is not the key that was wrapped.
    #[error("it gave another key than the one that was wrapped: look whom you are talking to")]
    WrongKey,
    /// It cannot be used as it is configured.
    #[error("it cannot be used as configured: {reason}")]
    Settings {
        /// What is wrong.
        reason: String,
    },
}
