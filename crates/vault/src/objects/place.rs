//! Which object store the operator named.

use std::sync::Arc;

use super::{Directory, Objects, ObjectsError, S3, S3Credentials, S3Settings};

/// An object store as the configuration names it: a directory (a path, or
/// `file:///path`) or a bucket (`s3+https://…`, see [`S3Settings`]).
pub enum Place {
    /// The local store: this server answers its pre-signed URLs itself.
    Directory(Arc<Directory>),
    /// A bucket.
    S3(Arc<S3>),
}

impl Place {
    /// Opens what `name` names. `credentials` are those of a bucket, where its
    /// URL does not hold them.
    pub fn open(name: &str, credentials: Option<S3Credentials>) -> Result<Self, ObjectsError> {
        if name.starts_with("s3+") {
            let mut settings: S3Settings = name.parse()?;
            if let Some(credentials) = credentials {
                settings = settings.with_credentials(credentials);
            }
            return Ok(Self::S3(Arc::new(S3::new(&settings)?)));
        }
        let path = name.strip_prefix("file://").unwrap_or(name);
        if path.is_empty() || path.contains("://") {
            let reason = "name a directory, or a bucket as s3+https://host/bucket".to_owned();
            return Err(ObjectsError::Settings { reason });
        }
        Ok(Self::Directory(Arc::new(Directory::open(path)?)))
    }

    /// As what the vault works with.
    pub fn objects(&self) -> Arc<dyn Objects> {
        match self {
            Self::Directory(directory) => Arc::clone(directory) as Arc<dyn Objects>,
            Self::S3(bucket) => Arc::clone(bucket) as Arc<dyn Objects>,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_name_opens_a_directory_or_a_bucket() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("objects");
        let path = path.to_str().unwrap();
        for name in [path.to_owned(), format!("file://{path}")] {
            assert_eq!(Place::open(&name, None).unwrap().objects().check().await, Ok(()));
        }
        let bucket = Place::open("s3+https://a:b@s3.example/kyc", None).unwrap();
        assert!(matches!(bucket, Place::S3(_)));
        for bad in ["", "https://s3.example/kyc", "s3+https://s3.example/kyc", "s3://kyc"] {
            assert!(matches!(Place::open(bad, None), Err(ObjectsError::Settings { .. })), "{bad}");
        }
    }
}
