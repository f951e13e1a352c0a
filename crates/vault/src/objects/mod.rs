//! Bytes: what every object store can do, and no more.

#[cfg(test)]
mod conformance;
mod directory;
mod key;
mod place;
mod s3;
mod s3_settings;
mod s3_versions;
mod signed_url;

pub use directory::Directory;
pub use key::{KeyError, ObjectKey};
pub use place::Place;
pub use s3::S3;
pub use s3_settings::{S3Credentials, S3Settings};
pub use signed_url::Grant;

use std::time::Duration;

use async_trait::async_trait;
use bonafide_context::Timestamp;
use bytes::Bytes;

/// A store of whole objects. Nothing in it is readable without the vault's
/// keys, except what a person uploads by a pre-signed URL and the vault has not
/// taken in yet.
#[async_trait]
pub trait Objects: Send + Sync {
    /// Writes an object, whole or not at all, durable on return; one of the
    /// same key is replaced.
    async fn put(&self, key: &ObjectKey, bytes: Bytes) -> Result<(), ObjectsError>;

    /// Reads an object of at most `limit` bytes.
    async fn get(&self, key: &ObjectKey, limit: u64) -> Result<Bytes, ObjectsError>;

    /// Removes an object with every version of it; one that is not there is no
    /// error.
    async fn delete(&self, key: &ObjectKey) -> Result<(), ObjectsError>;

    /// The objects under a prefix (whole path segments), in order of their keys.
    async fn list(&self, prefix: &str) -> Result<Vec<ObjectFacts>, ObjectsError>;

    /// An absolute URL by which whoever has it may do one thing with one
    /// object, from now on and for so long.
    async fn presign(
        &self,
        what: Presigned,
        key: &ObjectKey,
        now: Timestamp,
        valid: Duration,
    ) -> Result<String, ObjectsError>;

    /// Whether the store answers, for health.
    async fn check(&self) -> Result<(), ObjectsError>;
}

/// What a pre-signed URL allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Presigned {
    /// `GET`.
    Download,
    /// `PUT` of at most so many bytes. A store that cannot hold an upload to a
    /// size (S3) is held to it when the object is read.
    Upload {
        /// Bytes allowed.
        limit: u64,
    },
}

/// What a listing says of an object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ObjectFacts {
    /// Its key.
    pub key: ObjectKey,
    /// Its bytes.
    pub size: u64,
}

/// Why bytes could not be read or written.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ObjectsError {
    /// There is no such object.
    #[error("there is no such object")]
    Missing,
    /// The object is greater than the reader allows.
    #[error("the object is larger than {limit} bytes")]
    TooLarge {
        /// Bytes allowed.
        limit: u64,
    },
    /// The store does not answer or cannot write now: the same may be tried again.
    #[error("the object store does not answer ({reason}): try again, and look at the store")]
    Unavailable {
        /// What the driver said, without keys or contents.
        reason: String,
    },
    /// The store cannot be used as it was set up.
    #[error("the object store cannot be used like this: {reason}")]
    Settings {
        /// What to change.
        reason: String,
    },
    /// A pre-signed URL has another signature, another method or another key.
    #[error("the signature does not fit this request: ask for a new URL")]
    BadSignature,
    /// A pre-signed URL's time is over.
    #[error("the URL has expired: ask for a new one")]
    Expired,
}
