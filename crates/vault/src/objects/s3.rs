//! Objects in a bucket of an S3-compatible store.

use std::time::Duration;

use async_trait::async_trait;
use bonafide_context::Timestamp;
use bytes::Bytes;
use futures_util::TryStreamExt;
use object_store::aws::{AmazonS3, AmazonS3Builder};
use object_store::path::Path;
use object_store::signer::{Method, Signer};
use object_store::{BackoffConfig, ClientOptions, ObjectStore, ObjectStoreExt, RetryConfig};

use super::s3_settings::S3Settings;
use super::s3_versions::Versions;
use super::{ObjectFacts, ObjectKey, Objects, ObjectsError, Presigned};

/// How long a connection may take to come up.
const CONNECT: Duration = Duration::from_secs(2);
/// How long one request may take; all objects are of a few megabytes.
const REQUEST: Duration = Duration::from_secs(6);
/// After how long no further attempt is made.
const GIVE_UP: Duration = Duration::from_secs(3);

/// A bucket as an object store.
///
/// Requests are path-style (`endpoint/bucket/key`), signed, bounded in time and
/// repeated at most twice; a store that is down is [`ObjectsError::Unavailable`]
/// within seconds, and nothing needs a restart when it comes back. Where the
/// bucket keeps versions, deletion removes every one.
pub struct S3 {
    store: AmazonS3,
    versions: Versions,
}

impl S3 {
    /// A bucket by its settings. Nothing is asked of the store yet:
    /// [`Objects::check`] says whether it answers.
    pub fn new(settings: &S3Settings) -> Result<Self, ObjectsError> {
        Self::patient(settings, REQUEST)
    }

    fn patient(settings: &S3Settings, request: Duration) -> Result<Self, ObjectsError> {
        let options = ClientOptions::new()
            .with_connect_timeout(CONNECT)
            .with_timeout(request)
            .with_allow_http(settings.plain_http());
        let retry = RetryConfig {
            max_retries: 2,
            retry_timeout: GIVE_UP,
            backoff: BackoffConfig {
                init_backoff: Duration::from_millis(100),
                max_backoff: Duration::from_millis(500),
                base: 2.0,
            },
        };
        let refused = |reason: String| ObjectsError::Settings { reason };
        let credentials = settings.credentials.as_ref().ok_or_else(|| {
            refused("give the access key and the secret key of the bucket".to_owned())
        })?;
        let store = AmazonS3Builder::new()
            .with_endpoint(&settings.endpoint)
            .with_region(&settings.region)
            .with_bucket_name(&settings.bucket)
            .with_access_key_id(&credentials.access_key)
            .with_secret_access_key(credentials.secret_key.expose())
            .with_virtual_hosted_style_request(false)
            // One key at a time: not every store has the bulk request.
            .with_disable_bulk_delete(true)
            .with_client_options(options.clone())
            .with_retry(retry)
            .build()
            .map_err(|_| refused("the settings of the bucket do not fit together".to_owned()))?;
        let versions = Versions::of(&store, settings, &options)?;
        Ok(Self { store, versions })
    }
}

#[async_trait]
impl Objects for S3 {
    async fn put(&self, key: &ObjectKey, bytes: Bytes) -> Result<(), ObjectsError> {
        self.store.put(&path(key)?, bytes.into()).await.map(|_| ()).map_err(error)
    }

    async fn get(&self, key: &ObjectKey, limit: u64) -> Result<Bytes, ObjectsError> {
        let found = self.store.get(&path(key)?).await.map_err(error)?;
        if found.meta.size > limit {
            return Err(ObjectsError::TooLarge { limit });
        }
        found.bytes().await.map_err(error)
    }

    async fn delete(&self, key: &ObjectKey) -> Result<(), ObjectsError> {
        if self.versions.kept().await? {
            return self.versions.delete(key).await;
        }
        match self.store.delete(&path(key)?).await.map_err(error) {
            Err(ObjectsError::Missing) => Ok(()),
            deleted => deleted,
        }
    }

    async fn list(&self, prefix: &str) -> Result<Vec<ObjectFacts>, ObjectsError> {
        if !prefix.is_empty() && prefix.parse::<ObjectKey>().is_err() {
            return Ok(Vec::new());
        }
        let under = Path::from(prefix);
        let listed: Vec<_> = self.store.list(Some(&under)).try_collect().await.map_err(error)?;
        let mut found: Vec<ObjectFacts> = listed
            .into_iter()
            // What else lies in the bucket is not ours.
            .filter_map(|meta| {
                let key = meta.location.as_ref().parse().ok()?;
                Some(ObjectFacts { key, size: meta.size })
            })
            .collect();
        found.sort_unstable_by(|a, b| a.key.cmp(&b.key));
        Ok(found)
    }

    /// The store's own URLs. They count from the store's clock, and an upload's
    /// size is not held to its limit there: the reader does that.
    async fn presign(
        &self,
        what: Presigned,
        key: &ObjectKey,
        _now: Timestamp,
        valid: Duration,
    ) -> Result<String, ObjectsError> {
        let method = match what {
            Presigned::Download => Method::GET,
            Presigned::Upload { .. } => Method::PUT,
        };
        let url = self.store.signed_url(method, &path(key)?, valid).await.map_err(error)?;
        Ok(url.into())
    }

    async fn check(&self) -> Result<(), ObjectsError> {
        self.versions.bucket_answers().await
    }
}

pub(super) fn path(key: &ObjectKey) -> Result<Path, ObjectsError> {
    Path::parse(key.as_str())
        .map_err(|_| ObjectsError::Settings { reason: "a key that S3 does not take".to_owned() })
}

/// What went wrong, without keys, addresses or contents.
#[expect(clippy::needless_pass_by_value, reason = "as `map_err` hands it over")]
pub(super) fn error(error: object_store::Error) -> ObjectsError {
    use object_store::Error;
    let reason = match error {
        Error::NotFound { .. } => return ObjectsError::Missing,
        Error::PermissionDenied { .. } => "the store refuses these credentials this deed",
        Error::Unauthenticated { .. } => "the store does not know these credentials",
        _ => "no answer in time, or an error of the store",
    };
    ObjectsError::Unavailable { reason: reason.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::objects::conformance;
    use crate::objects::s3_versions::Answer;

    /// The settings of the test bucket; `None`, and a line that says so, where
    /// there is no S3 server.
    fn settings() -> Option<S3Settings> {
        let Ok(url) = std::env::var("BONAFIDE_TEST_S3") else {
            let required = std::env::var("BONAFIDE_REQUIRE").unwrap_or_default();
            assert!(!required.contains("services"), "BONAFIDE_TEST_S3 is not set");
            eprintln!("skipped: BONAFIDE_TEST_S3 is not set");
            return None;
        };
        Some(url.parse().unwrap())
    }

    /// A prefix that no other run has.
    fn prefix() -> String {
        use bonafide_context::{OsRandom, Random};
        format!("t{:016x}", OsRandom.u64())
    }

    #[tokio::test]
    async fn a_bucket_is_an_object_store() {
        let Some(settings) = settings() else { return };
        let store = S3::new(&settings).unwrap();
        conformance::holds(&store, &prefix()).await;
    }

    #[tokio::test]
    async fn a_bucket_that_keeps_versions_is_one_too_and_deletion_removes_them() {
        let Some(mut settings) = settings() else { return };
        settings.bucket = prefix();
        let store = S3::new(&settings).unwrap();
        let made = store.versions.ask(Method::PUT, None, &[]).await.unwrap();
        assert!(matches!(made, Answer::Done(_)));
        store.versions.keep().await;
        assert_eq!(store.versions.kept().await, Ok(true));
        conformance::holds(&store, "v").await;

        let (key, longer): (ObjectKey, ObjectKey) =
            ("a/b".parse().unwrap(), "a/b2".parse().unwrap());
        for content in ["one", "two", "three"] {
            store.put(&key, Bytes::from(content)).await.unwrap();
            store.put(&longer, Bytes::from(content)).await.unwrap();
        }
        assert_eq!(store.versions.list(&key).await.unwrap().len(), 3);
        store.delete(&key).await.unwrap();
        assert_eq!(store.versions.list(&key).await, Ok(Vec::new()));
        assert_eq!(store.versions.list(&longer).await.unwrap().len(), 3);
        store.delete(&longer).await.unwrap();
        store.versions.ask(Method::DELETE, None, &[]).await.unwrap();
    }

    #[tokio::test]
    async fn c3_a_url_reads_or_writes_one_object_and_nothing_else() {
        let Some(settings) = settings() else { return };
        let store = S3::new(&settings).unwrap();
        let prefix = prefix();
        let key: ObjectKey = format!("{prefix}/up").parse().unwrap();
        let minute = Duration::from_secs(60);
        let upload = Presigned::Upload { limit: 10 };
        let url = store.presign(upload, &key, Timestamp(0), minute).await.unwrap();
        assert_eq!(store.versions.by_url(Method::PUT, &url, "hello").await, 200);
        assert_eq!(store.get(&key, 10).await, Ok(Bytes::from_static(b"hello")));
        let url = store.presign(Presigned::Download, &key, Timestamp(0), minute).await.unwrap();
        assert_eq!(store.versions.by_url(Method::GET, &url, "").await, 200);
        store.delete(&key).await.unwrap();
        assert_eq!(store.versions.by_url(Method::GET, &url, "").await, 404);
    }

    #[tokio::test]
    async fn a_bucket_that_is_not_there_is_said_so() {
        let Some(mut settings) = settings() else { return };
        settings.bucket = "no-such-bucket".to_owned();
        let store = S3::new(&settings).unwrap();
        assert!(matches!(store.check().await, Err(ObjectsError::Settings { .. })));
    }

    #[tokio::test]
    async fn a_store_that_is_down_is_unavailable_and_comes_back() {
        use tokio::io::{AsyncReadExt, AsyncWriteExt};
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        drop(listener);
        let settings: S3Settings =
            format!("s3+http://a:b@{address}/kyc?region=eu-1").parse().unwrap();
        let store = S3::new(&settings).unwrap();
        let key: ObjectKey = "a/b".parse().unwrap();
        let down = |answer: Result<(), ObjectsError>| {
            assert!(matches!(answer, Err(ObjectsError::Unavailable { .. })), "{answer:?}");
        };
        down(store.check().await);
        down(store.put(&key, Bytes::from_static(b"x")).await);
        down(store.get(&key, 9).await.map(|_| ()));
        down(store.delete(&key).await);
        down(store.list("").await.map(|_| ()));

        let listener = tokio::net::TcpListener::bind(address).await.unwrap();
        let server = tokio::spawn(async move {
            loop {
                let (mut stream, _) = listener.accept().await.unwrap();
                tokio::spawn(async move {
                    let mut request = vec![0; 4096];
                    let _ = stream.read(&mut request).await;
                    let answer = "HTTP/1.1 200 OK\r\netag: \"1\"\r\ncontent-length: 1\r\n\
                         last-modified: Sun, 22 Nov 2026 00:00:00 GMT\r\nconnection: close\r\n\r\nx";
                    let _ = stream.write_all(answer.as_bytes()).await;
                });
            }
        });
        assert_eq!(store.get(&key, 9).await, Ok(Bytes::from_static(b"x")));
        server.abort();
    }

    #[tokio::test]
    async fn a_store_that_takes_connections_and_never_answers_is_unavailable() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let settings: S3Settings = format!("s3+http://a:b@{address}/kyc").parse().unwrap();
        let store = S3::patient(&settings, Duration::from_millis(50)).unwrap();
        let key: ObjectKey = "a/b".parse().unwrap();
        let unanswered = [
            store.check().await,
            store.put(&key, Bytes::from_static(b"x")).await,
            store.get(&key, 9).await.map(|_| ()),
            store.delete(&key).await,
        ];
        for answer in unanswered {
            assert!(matches!(answer, Err(ObjectsError::Unavailable { .. })), "{answer:?}");
        }
        drop(listener);
    }
}
