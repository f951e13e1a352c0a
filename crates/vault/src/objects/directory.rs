//! Objects in a local directory: one file each.

use std::fs::{DirBuilder, File, OpenOptions, TryLockError};
use std::io::{ErrorKind, Read, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use async_trait::async_trait;
use bonafide_context::{OsRandom, Random, Timestamp};
use bytes::Bytes;

use super::signed_url::{Grant, UrlSigner};
use super::{ObjectFacts, ObjectKey, Objects, ObjectsError, Presigned};

/// Where files lie while they are written. A key's segment cannot begin with a
/// dot, so no object is ever there.
const SCRATCH: &str = ".tmp";

/// A directory as an object store. Folders are readable by their owner only
/// (0700), and so are files (0600).
///
/// A file appears under its name when it is written and synced as a whole: a
/// node that is killed leaves at most a scratch file, which the next one to open
/// the directory removes.
pub struct Directory {
    root: Arc<Path>,
    signer: OnceLock<UrlSigner>,
}

impl Directory {
    /// Opens a directory, or makes it.
    pub fn open(root: impl Into<PathBuf>) -> Result<Self, ObjectsError> {
        let root: PathBuf = root.into();
        make_folder(&root.join(SCRATCH)).map_err(|e| unavailable(&e))?;
        for folder in [root.as_path(), &root.join(SCRATCH)] {
            std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o700))
                .map_err(|e| unavailable(&e))?;
        }
        clear_scratch(&root.join(SCRATCH)).map_err(|e| unavailable(&e))?;
        Ok(Self { root: root.into(), signer: OnceLock::new() })
    }

    /// Lets [`Objects::presign`] give URLs of this server: `base` is what its
    /// clients see it as (`https://kyc.example`), `key` is the same on every
    /// node ([`crate::Vault::service_key`]). Only the first call counts.
    pub fn serve_at(&self, base: &str, key: &[u8; 32]) {
        let _ = self.signer.set(UrlSigner::new(base, key));
    }

    /// What a request to `/objects/{key}?{query}` may do: the HTTP layer asks
    /// this before it reads or writes anything. `method` is `GET` or `PUT`.
    pub fn verify(
        &self,
        method: &str,
        key: &str,
        query: &str,
        now: Timestamp,
    ) -> Result<Grant, ObjectsError> {
        self.signer.get().ok_or(ObjectsError::BadSignature)?.verify(method, key, query, now)
    }

    async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Path) -> Result<T, ObjectsError> + Send + 'static,
    ) -> Result<T, ObjectsError> {
        let root = Arc::clone(&self.root);
        tokio::task::spawn_blocking(move || work(&root))
            .await
            .unwrap_or_else(|_| Err(ObjectsError::Unavailable { reason: "stopped".to_owned() }))
    }
}

#[async_trait]
impl Objects for Directory {
    async fn put(&self, key: &ObjectKey, bytes: Bytes) -> Result<(), ObjectsError> {
        let key = key.clone();
        self.blocking(move |root| write(root, &key, &bytes)).await
    }

    async fn get(&self, key: &ObjectKey, limit: u64) -> Result<Bytes, ObjectsError> {
        let key = key.clone();
        self.blocking(move |root| read(&root.join(key.as_str()), limit)).await
    }

    async fn delete(&self, key: &ObjectKey) -> Result<(), ObjectsError> {
        let key = key.clone();
        self.blocking(move |root| remove(&root.join(key.as_str()))).await
    }

    async fn list(&self, prefix: &str) -> Result<Vec<ObjectFacts>, ObjectsError> {
        let prefix = prefix.to_owned();
        self.blocking(move |root| {
            let mut found = Vec::new();
            if prefix.is_empty() {
                walk(root, "", &mut found)?;
            } else if let Ok(key) = prefix.parse::<ObjectKey>() {
                walk(&root.join(key.as_str()), key.as_str(), &mut found)?;
            }
            found.sort_unstable_by(|a, b| a.key.cmp(&b.key));
            Ok(found)
        })
        .await
    }

    async fn presign(
        &self,
        what: Presigned,
        key: &ObjectKey,
        now: Timestamp,
        valid: Duration,
    ) -> Result<String, ObjectsError> {
        self.signer.get().map(|signer| signer.sign(what, key, now, valid)).ok_or_else(|| {
            ObjectsError::Settings {
                reason: "this node has no address of its own to give URLs of".to_owned(),
            }
        })
    }

    async fn check(&self) -> Result<(), ObjectsError> {
        self.blocking(|root| {
            // A directory can be listed on a full or read-only disk: what
            // counts is whether a file can be made.
            let probe = scratch_name(root);
            create(&probe)
                .and_then(|mut file| file.write_all(b"ok"))
                .and(std::fs::remove_file(&probe))
                .map_err(|e| unavailable(&e))
        })
        .await
    }
}

fn write(root: &Path, key: &ObjectKey, bytes: &[u8]) -> Result<(), ObjectsError> {
    let path = root.join(key.as_str());
    let folder = path.parent().unwrap_or(root);
    // A node that opens the directory may take a scratch file for left over in
    // the moment before it is locked: then it is written once more.
    for _ in 0..3 {
        let scratch = scratch_name(root);
        let written = write_scratch(&scratch, bytes).and_then(|lock| {
            make_folder(folder)?;
            std::fs::rename(&scratch, &path)?;
            drop(lock);
            sync_folder(folder)
        });
        match written {
            Ok(()) => return Ok(()),
            Err(e) if e.kind() == ErrorKind::NotFound && !scratch.exists() => {}
            Err(e) => {
                let _ = std::fs::remove_file(&scratch);
                return Err(unavailable(&e));
            }
        }
    }
    Err(ObjectsError::Unavailable { reason: "no scratch file can be made".to_owned() })
}

/// A name that no other writer of any process has.
fn scratch_name(root: &Path) -> PathBuf {
    root.join(SCRATCH).join(format!("{:016x}{:016x}", OsRandom.u64(), OsRandom.u64()))
}

/// Writes and syncs a scratch file; it is locked while the handle lives, so that
/// nobody takes it for left over.
fn write_scratch(path: &Path, bytes: &[u8]) -> std::io::Result<File> {
    let mut file = create(path)?;
    file.lock()?;
    file.write_all(bytes)?;
    file.sync_all()?;
    Ok(file)
}

fn create(path: &Path) -> std::io::Result<File> {
    OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)
}

fn read(path: &Path, limit: u64) -> Result<Bytes, ObjectsError> {
    let file = match File::open(path) {
        Ok(file) => file,
        Err(e) => return Err(missing_or(&e)),
    };
    let facts = file.metadata().map_err(|e| unavailable(&e))?;
    if !facts.is_file() {
        return Err(ObjectsError::Missing);
    }
    if facts.len() > limit {
        return Err(ObjectsError::TooLarge { limit });
    }
    let mut bytes = Vec::with_capacity(usize::try_from(facts.len()).unwrap_or(0));
    file.take(limit).read_to_end(&mut bytes).map_err(|e| unavailable(&e))?;
    Ok(bytes.into())
}

fn remove(path: &Path) -> Result<(), ObjectsError> {
    match std::fs::remove_file(path) {
        Ok(()) => {
            path.parent().map_or(Ok(()), |folder| sync_folder(folder).map_err(|e| unavailable(&e)))
        }
        Err(e) => match missing_or(&e) {
            ObjectsError::Missing => Ok(()),
            error => Err(error),
        },
    }
}

fn walk(folder: &Path, prefix: &str, found: &mut Vec<ObjectFacts>) -> Result<(), ObjectsError> {
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(e) => {
            return match missing_or(&e) {
                ObjectsError::Missing => Ok(()),
                error => Err(error),
            };
        }
    };
    for entry in entries {
        let entry = entry.map_err(|e| unavailable(&e))?;
        let Ok(name) = entry.file_name().into_string() else { continue };
        let text = if prefix.is_empty() { name } else { format!("{prefix}/{name}") };
        let Ok(key) = text.parse::<ObjectKey>() else { continue };
        match entry.metadata() {
            Ok(facts) if facts.is_dir() => walk(&entry.path(), key.as_str(), found)?,
            Ok(facts) if facts.is_file() => found.push(ObjectFacts { key, size: facts.len() }),
            // Neither, or removed in the meantime.
            Ok(_) => {}
            Err(e) if e.kind() == ErrorKind::NotFound => {}
            Err(e) => return Err(unavailable(&e)),
        }
    }
    Ok(())
}

/// Makes a folder with those above it, each durable in the one above.
fn make_folder(folder: &Path) -> std::io::Result<()> {
    if folder.is_dir() {
        return Ok(());
    }
    let above = folder.parent();
    if let Some(above) = above {
        make_folder(above)?;
    }
    match DirBuilder::new().mode(0o700).create(folder) {
        Err(e) if e.kind() != ErrorKind::AlreadyExists => return Err(e),
        _ => {}
    }
    above.map_or(Ok(()), sync_folder)
}

fn sync_folder(folder: &Path) -> std::io::Result<()> {
    // A relative path of one segment has an empty parent.
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    File::open(folder)?.sync_all()
}

/// Removes the scratch files that nobody writes any more.
fn clear_scratch(folder: &Path) -> std::io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        let Ok(file) = File::open(&path) else { continue };
        match file.try_lock() {
            Ok(()) => match std::fs::remove_file(&path) {
                Err(e) if e.kind() != ErrorKind::NotFound => return Err(e),
                _ => {}
            },
            Err(TryLockError::WouldBlock) => {}
            Err(TryLockError::Error(e)) => return Err(e),
        }
    }
    Ok(())
}

/// A name that is not there, or that leads through a file or ends at a folder,
/// names no object.
fn missing_or(error: &std::io::Error) -> ObjectsError {
    match error.kind() {
        ErrorKind::NotFound | ErrorKind::NotADirectory | ErrorKind::IsADirectory => {
            ObjectsError::Missing
        }
        _ => unavailable(error),
    }
}

/// What the system says, without the path.
fn unavailable(error: &std::io::Error) -> ObjectsError {
    ObjectsError::Unavailable { reason: error.kind().to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::objects::conformance;

    fn fresh() -> (tempfile::TempDir, Directory) {
        let folder = tempfile::tempdir().unwrap();
        let directory = Directory::open(folder.path().join("objects")).unwrap();
        (folder, directory)
    }

    #[tokio::test]
    async fn a_directory_is_an_object_store() {
        let (_folder, directory) = fresh();
        conformance::holds(&directory, "suite").await;
    }

    #[tokio::test]
    async fn files_are_their_owners_only() {
        let (folder, directory) = fresh();
        let key: ObjectKey = "a/b/c".parse().unwrap();
        directory.put(&key, Bytes::from_static(b"x")).await.unwrap();
        let mode = |path: &str| {
            let path = folder.path().join("objects").join(path);
            std::fs::metadata(path).unwrap().permissions().mode() & 0o777
        };
        assert_eq!(mode("a/b/c"), 0o600);
        for folder in ["", "a", "a/b", SCRATCH] {
            assert_eq!(mode(folder), 0o700, "{folder}");
        }
        assert_eq!(std::fs::read_dir(folder.path().join("objects/.tmp")).unwrap().count(), 0);
    }

    #[tokio::test]
    async fn a_left_over_scratch_file_is_removed_and_one_in_use_is_not() {
        let (folder, directory) = fresh();
        let scratch = folder.path().join("objects").join(SCRATCH);
        std::fs::write(scratch.join("1-0"), b"half").unwrap();
        let held = write_scratch(&scratch.join("1-1"), b"being written").unwrap();
        let _second = Directory::open(folder.path().join("objects")).unwrap();
        assert!(!scratch.join("1-0").exists());
        assert!(scratch.join("1-1").exists());
        drop(held);
        assert_eq!(directory.list("").await, Ok(Vec::new()));
    }

    #[tokio::test]
    async fn a_folder_is_no_object_and_a_file_no_folder() {
        let (_folder, directory) = fresh();
        let (inner, outer): (ObjectKey, ObjectKey) = ("a/b".parse().unwrap(), "a".parse().unwrap());
        directory.put(&inner, Bytes::from_static(b"x")).await.unwrap();
        assert_eq!(directory.get(&outer, 9).await, Err(ObjectsError::Missing));
        assert!(directory.put(&outer, Bytes::from_static(b"y")).await.is_err());
        let below: ObjectKey = "a/b/c".parse().unwrap();
        assert_eq!(directory.get(&below, 9).await, Err(ObjectsError::Missing));
        assert!(directory.put(&below, Bytes::from_static(b"y")).await.is_err());
        assert_eq!(directory.get(&inner, 9).await, Ok(Bytes::from_static(b"x")));
    }

    #[tokio::test]
    async fn a_directory_that_is_gone_is_unavailable_and_comes_back() {
        let (folder, directory) = fresh();
        let key: ObjectKey = "a".parse().unwrap();
        let (here, there) = (folder.path().join("objects"), folder.path().join("away"));
        directory.put(&key, Bytes::from_static(b"x")).await.unwrap();
        std::fs::rename(&here, &there).unwrap();
        assert!(matches!(directory.check().await, Err(ObjectsError::Unavailable { .. })));
        assert!(matches!(
            directory.put(&key, Bytes::from_static(b"y")).await,
            Err(ObjectsError::Unavailable { .. })
        ));
        std::fs::rename(&there, &here).unwrap();
        assert_eq!(directory.check().await, Ok(()));
        assert_eq!(directory.get(&key, 9).await, Ok(Bytes::from_static(b"x")));
    }

    #[tokio::test]
    async fn urls_are_given_only_where_the_node_has_an_address() {
        let (_folder, directory) = fresh();
        let key: ObjectKey = "a/b".parse().unwrap();
        let minute = Duration::from_secs(60);
        let asked = directory.presign(Presigned::Download, &key, Timestamp(0), minute).await;
        assert!(matches!(asked, Err(ObjectsError::Settings { .. })));
        assert_eq!(
            directory.verify("GET", "a/b", "", Timestamp(0)),
            Err(ObjectsError::BadSignature)
        );
        directory.serve_at("https://kyc.example/", &[7; 32]);
        let url = directory.presign(Presigned::Download, &key, Timestamp(0), minute).await.unwrap();
        let query = url.strip_prefix("https://kyc.example/objects/a/b?").unwrap();
        let grant = directory.verify("GET", "a/b", query, Timestamp(1)).unwrap();
        assert_eq!(grant, Grant { what: Presigned::Download, key });
    }
}
