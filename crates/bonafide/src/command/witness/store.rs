//! What a witness remembers, in files: for each log the head that it signed last,
//! the checkpoint with its signature beside it, and what it had to refuse.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use bonafide_transparency::storage::Swap;
use bonafide_transparency::witness::WitnessStorage;
use bonafide_transparency::{Checkpoint, Hash, Head, Origin, StorageError};

use crate::failure::Failure;

/// The first line of a head's file.
const FORMAT: &str = "bonafide-witness/v1\n";
/// Refused requests that are kept as proof. Only a log that the witness knows can
/// make one.
const REFUSED: usize = 100;

/// The memory of a witness in a folder that no other process uses meanwhile.
pub(super) struct FileWitness(Arc<Inner>);

struct Inner {
    folder: PathBuf,
    /// One change at a time.
    turn: Mutex<()>,
    /// Held locked for as long as this lives.
    _lock: File,
}

impl FileWitness {
    /// Opens the folder, which must be there.
    pub(super) fn open(folder: &Path) -> Result<Self, Failure> {
        let failed = |error: &dyn std::fmt::Display| {
            Failure::caller("store_unusable", format!("{}: {error}", folder.display()))
        };
        let lock = File::create(folder.join("lock")).map_err(|error| failed(&error))?;
        lock.try_lock().map_err(|_| failed(&"another witness works in this folder"))?;
        fs::create_dir_all(folder.join("refused")).map_err(|error| failed(&error))?;
        Ok(Self(Arc::new(Inner { folder: folder.to_owned(), turn: Mutex::new(()), _lock: lock })))
    }

    /// Keeps a checkpoint that was signed, for whoever asks the operator for it.
    pub(super) fn keep_signed(&self, origin: &Origin, checkpoint: &str) -> io::Result<()> {
        let path = self.0.path(origin).with_extension("checkpoint");
        let _turn = self.0.turn();
        replace(&path, checkpoint.as_bytes())
    }

    /// Keeps a request that shows two histories.
    pub(super) fn keep_refused(&self, body: &[u8]) -> io::Result<()> {
        let folder = self.0.folder.join("refused");
        let _turn = self.0.turn();
        if fs::read_dir(&folder)?.count() < REFUSED {
            replace(&folder.join(Hash::sha256(body).to_hex()), body)?;
        }
        Ok(())
    }

    /// Whether the folder can still be read.
    pub(super) fn works(&self) -> bool {
        fs::read_dir(&self.0.folder).is_ok()
    }
}

impl Inner {
    fn turn(&self) -> std::sync::MutexGuard<'_, ()> {
        self.turn.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A log's name can hold what a file's cannot.
    fn path(&self, origin: &Origin) -> PathBuf {
        self.folder.join(Hash::sha256(origin.as_str().as_bytes()).to_hex())
    }

    fn latest(&self, origin: &Origin) -> Result<Option<Head>, StorageError> {
        let text = match fs::read_to_string(self.path(origin)) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(unavailable(&error)),
        };
        // A memory that cannot be read is no reason to begin a new one.
        let checkpoint: Checkpoint =
            text.strip_prefix(FORMAT)
                .and_then(|text| text.parse().ok())
                .ok_or_else(|| unavailable(&"a file in it is not as a witness writes it"))?;
        if checkpoint.origin != *origin {
            return Err(unavailable(&"a file in it is of another log"));
        }
        Ok(Some(checkpoint.head))
    }

    fn advance(&self, origin: &Origin, from: Option<Head>, to: Head) -> Result<Swap, StorageError> {
        let _turn = self.turn();
        if self.latest(origin)? != from {
            return Ok(Swap::Conflict);
        }
        let text = format!("{FORMAT}{}", Checkpoint::new(origin.clone(), to).to_text());
        replace(&self.path(origin), text.as_bytes()).map_err(|error| unavailable(&error))?;
        Ok(Swap::Swapped)
    }
}

#[async_trait]
impl WitnessStorage for FileWitness {
    async fn latest(&self, origin: &Origin) -> Result<Option<Head>, StorageError> {
        let (inner, origin) = (self.0.clone(), origin.clone());
        aside(move || inner.latest(&origin)).await
    }

    async fn advance(
        &self,
        origin: &Origin,
        from: Option<Head>,
        to: Head,
    ) -> Result<Swap, StorageError> {
        let (inner, origin) = (self.0.clone(), origin.clone());
        aside(move || inner.advance(&origin, from, to)).await
    }
}

/// On a thread that may wait for a disk.
async fn aside<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, StorageError> + Send + 'static,
) -> Result<T, StorageError> {
    tokio::task::spawn_blocking(work).await.unwrap_or_else(|error| Err(unavailable(&error)))
}

/// Writes a file whole or not at all, durable on return.
fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let partial = path.with_extension("partial");
    let mut file = File::create(&partial)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(&partial, path)?;
    match path.parent() {
        Some(folder) => File::open(folder)?.sync_all(),
        None => Ok(()),
    }
}

fn unavailable(error: &dyn std::fmt::Display) -> StorageError {
    StorageError::Unavailable { reason: error.to_string() }
}

#[cfg(test)]
mod tests {
    use bonafide_transparency::witness::conformance;

    use super::*;

    #[tokio::test]
    async fn it_remembers_as_every_witness_must_and_over_a_restart() {
        let folder = tempfile::tempdir().unwrap();
        let store = FileWitness::open(folder.path()).unwrap();
        conformance(&store).await.unwrap();
        assert!(FileWitness::open(folder.path()).is_err(), "one process at a time");
        drop(store);
        let again = FileWitness::open(folder.path()).unwrap();
        let one: Origin = "log.example/one".parse().unwrap();
        assert_eq!(again.latest(&one).await.unwrap().unwrap().size, 2);
    }

    #[tokio::test]
    async fn a_memory_that_cannot_be_read_is_not_begun_anew() {
        let folder = tempfile::tempdir().unwrap();
        let store = FileWitness::open(folder.path()).unwrap();
        let (one, head) = ("log.example".parse().unwrap(), Head::empty());
        store.advance(&one, None, head).await.unwrap();
        let path = store.0.path(&one);
        let whole = fs::read(&path).unwrap();
        for broken in [&whole[..whole.len() / 2], b"", b"something else"] {
            fs::write(&path, broken).unwrap();
            assert!(store.latest(&one).await.is_err());
            assert!(store.advance(&one, None, head).await.is_err());
        }
        fs::write(&path, &whole).unwrap();
        assert_eq!(store.latest(&one).await, Ok(Some(head)));
    }
}
