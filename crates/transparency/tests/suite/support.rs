//! A log in memory, and a store that fails when told to.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use async_trait::async_trait;
use bonafide_context::{FixedClock, Timestamp};
use bonafide_transparency::note::{Algorithm, SigningKey, VerifierKey};
use bonafide_transparency::storage::{Cell, Memory, Put, Resource, Storage, StorageError, Swap};
use bonafide_transparency::{Hash, Head, Log, LogKeys, OpenError, Tile};

pub(crate) fn clock() -> Arc<FixedClock> {
    Arc::new(FixedClock::at(Timestamp(1_795_331_835_000)))
}

pub(crate) fn key(name: &str, algorithm: Algorithm) -> SigningKey {
    let seed = Hash::sha256(name.as_bytes()).0;
    SigningKey::from_seed(name.parse().unwrap(), algorithm, &seed).unwrap()
}

pub(crate) fn log_key() -> VerifierKey {
    key("log.example/eu", Algorithm::Ed25519).verifier().clone()
}

pub(crate) fn keys() -> LogKeys {
    LogKeys::new(key("log.example/eu", Algorithm::Ed25519))
}

pub(crate) async fn create(storage: &Arc<Memory>) -> Log {
    Log::create(storage.clone(), keys(), clock()).await.unwrap()
}

pub(crate) async fn open(storage: Arc<dyn Storage>, known: &[Head]) -> Result<Log, OpenError> {
    Log::open(storage, keys(), clock(), known).await
}

/// `count` leaves of a history, from `from` on.
pub(crate) fn leaves(history: &str, from: u64, count: u64) -> Vec<Vec<u8>> {
    (from..from + count).map(|at| format!("{history} {at}").into_bytes()).collect()
}

/// A log of so many leaves, written in batches.
pub(crate) async fn grown(history: &str, size: u64, batch: u64) -> (Arc<Memory>, Log) {
    let storage = Arc::new(Memory::new());
    let mut log = create(&storage).await;
    let mut at = 0;
    while at < size {
        let count = batch.min(size - at);
        log.append(&leaves(history, at, count)).await.unwrap();
        at += count;
    }
    (storage, log)
}

/// A store whose n-th write fails: as if the process, or its network, had died
/// there.
pub(crate) struct Dying {
    inner: Arc<Memory>,
    left: AtomicUsize,
    /// Whether the write that fails is done all the same, and only its answer
    /// lost.
    applied: bool,
    /// Whether the store works again after that.
    revives: bool,
}

impl Dying {
    /// Works until it is told when to die.
    pub(crate) fn new(inner: Arc<Memory>, applied: bool) -> Arc<Self> {
        Arc::new(Self { inner, left: AtomicUsize::new(ALIVE), applied, revives: false })
    }

    /// The same, but it works again after that.
    pub(crate) fn reviving(inner: Arc<Memory>, applied: bool) -> Arc<Self> {
        Arc::new(Self { inner, left: AtomicUsize::new(ALIVE), applied, revives: true })
    }

    /// So many writes from here on, then one that fails.
    pub(crate) fn die_after(&self, writes: usize) {
        self.left.store(writes, Ordering::SeqCst);
    }

    pub(crate) fn has_died(&self) -> bool {
        self.left.load(Ordering::SeqCst) == DEAD
    }

    fn read(&self) -> Result<&Memory, StorageError> {
        if self.has_died() && !self.revives { Err(dead()) } else { Ok(&self.inner) }
    }

    /// Whether this write is answered, and whether it is done.
    fn write(&self) -> (bool, bool) {
        match self.left.load(Ordering::SeqCst) {
            DEAD => (self.revives, self.revives),
            0 => {
                self.left.store(DEAD, Ordering::SeqCst);
                (false, self.applied)
            }
            left => {
                self.left.store(left - 1, Ordering::SeqCst);
                (true, true)
            }
        }
    }

    async fn do_write<T>(
        &self,
        work: impl Future<Output = Result<T, StorageError>>,
    ) -> Result<T, StorageError> {
        let (answered, done) = self.write();
        let result = if done { work.await } else { Err(dead()) };
        if answered { result } else { Err(dead()) }
    }
}

const DEAD: usize = usize::MAX;
const ALIVE: usize = usize::MAX - 1;

fn dead() -> StorageError {
    StorageError::Unavailable { reason: "died".to_owned() }
}

#[async_trait]
impl Storage for Dying {
    async fn get(&self, what: &Resource, limit: usize) -> Result<Option<Vec<u8>>, StorageError> {
        self.read()?.get(what, limit).await
    }

    async fn put_new(&self, what: &Resource, bytes: Vec<u8>) -> Result<Put, StorageError> {
        self.do_write(self.inner.put_new(what, bytes)).await
    }

    async fn remove_staged(&self, name: &Hash) -> Result<(), StorageError> {
        self.do_write(self.inner.remove_staged(name)).await
    }

    async fn remove_partials(&self, full: &Tile) -> Result<(), StorageError> {
        self.do_write(self.inner.remove_partials(full)).await
    }

    async fn read(&self, cell: Cell) -> Result<Option<Vec<u8>>, StorageError> {
        Storage::read(self.read()?, cell).await
    }

    async fn swap(
        &self,
        cell: Cell,
        expected: Option<&[u8]>,
        new: Vec<u8>,
    ) -> Result<Swap, StorageError> {
        self.do_write(self.inner.swap(cell, expected, new)).await
    }
}

/// A store to which another node appends before the n-th read.
pub(crate) struct Meanwhile {
    inner: Arc<Memory>,
    other: tokio::sync::Mutex<Log>,
    left: AtomicUsize,
}

impl Meanwhile {
    pub(crate) fn new(inner: Arc<Memory>, other: Log, reads: usize) -> Arc<Self> {
        Arc::new(Self { inner, other: other.into(), left: AtomicUsize::new(reads) })
    }

    async fn before_read(&self) {
        if self.left.fetch_sub(1, Ordering::SeqCst) == 1 {
            self.other.lock().await.append(&leaves("other", 0, 1)).await.unwrap();
        }
    }
}

#[async_trait]
impl Storage for Meanwhile {
    async fn get(&self, what: &Resource, limit: usize) -> Result<Option<Vec<u8>>, StorageError> {
        self.before_read().await;
        self.inner.get(what, limit).await
    }

    async fn put_new(&self, what: &Resource, bytes: Vec<u8>) -> Result<Put, StorageError> {
        self.inner.put_new(what, bytes).await
    }

    async fn remove_staged(&self, name: &Hash) -> Result<(), StorageError> {
        self.inner.remove_staged(name).await
    }

    async fn remove_partials(&self, full: &Tile) -> Result<(), StorageError> {
        self.inner.remove_partials(full).await
    }

    async fn read(&self, cell: Cell) -> Result<Option<Vec<u8>>, StorageError> {
        self.before_read().await;
        Storage::read(&*self.inner, cell).await
    }

    async fn swap(
        &self,
        cell: Cell,
        expected: Option<&[u8]>,
        new: Vec<u8>,
    ) -> Result<Swap, StorageError> {
        self.inner.swap(cell, expected, new).await
    }
}
