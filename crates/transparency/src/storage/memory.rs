//! A log in memory: for tests, and the meaning of the trait in a few lines.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;

use super::{Cell, MAX_CELL_BYTES, Put, Resource, Storage, StorageError, Swap};
use crate::tile::WIDTH;
use crate::{Hash, Tile};

/// A store that ends with the process.
#[derive(Debug, Default)]
pub struct Memory {
    inner: Mutex<Inner>,
}

#[derive(Clone, Debug, Default)]
struct Inner {
    resources: BTreeMap<Resource, Vec<u8>>,
    cells: BTreeMap<Cell, Vec<u8>>,
}

impl Memory {
    /// An empty store.
    pub fn new() -> Self {
        Self::default()
    }

    /// The store as it is now, as a second one: what a backup would hold.
    pub fn copy(&self) -> Self {
        Self { inner: Mutex::new(self.lock().clone()) }
    }

    /// What is stored, in order of names.
    pub fn resources(&self) -> Vec<Resource> {
        self.lock().resources.keys().copied().collect()
    }

    /// Changes bytes behind the log's back, as an attacker or a bad disk would;
    /// `None` removes them.
    pub fn tamper(&self, what: &Resource, change: impl FnOnce(Vec<u8>) -> Option<Vec<u8>>) {
        let mut inner = self.lock();
        if let Some(bytes) = inner.resources.remove(what).and_then(change) {
            inner.resources.insert(*what, bytes);
        }
    }

    /// The same for a cell.
    pub fn tamper_cell(&self, cell: Cell, change: impl FnOnce(Vec<u8>) -> Option<Vec<u8>>) {
        let mut inner = self.lock();
        if let Some(bytes) = inner.cells.remove(&cell).and_then(change) {
            inner.cells.insert(cell, bytes);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        // No operation leaves the maps half changed.
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Storage for Memory {
    async fn get(&self, what: &Resource, limit: usize) -> Result<Option<Vec<u8>>, StorageError> {
        bounded(self.lock().resources.get(what), limit)
    }

    async fn put_new(&self, what: &Resource, bytes: Vec<u8>) -> Result<Put, StorageError> {
        let mut inner = self.lock();
        if inner.resources.contains_key(what) {
            return Ok(Put::AlreadyThere);
        }
        inner.resources.insert(*what, bytes);
        Ok(Put::Written)
    }

    async fn remove_staged(&self, name: &Hash) -> Result<(), StorageError> {
        self.lock().resources.remove(&Resource::Staged(*name));
        Ok(())
    }

    async fn remove_partials(&self, full: &Tile) -> Result<(), StorageError> {
        let mut inner = self.lock();
        for width in 1..WIDTH {
            if let Some(tile) = Tile::new(full.kind(), full.index(), width) {
                inner.resources.remove(&Resource::Tile(tile));
            }
        }
        Ok(())
    }

    async fn read(&self, cell: Cell) -> Result<Option<Vec<u8>>, StorageError> {
        bounded(self.lock().cells.get(&cell), MAX_CELL_BYTES)
    }

    async fn swap(
        &self,
        cell: Cell,
        expected: Option<&[u8]>,
        new: Vec<u8>,
    ) -> Result<Swap, StorageError> {
        let mut inner = self.lock();
        if inner.cells.get(&cell).map(Vec::as_slice) != expected {
            return Ok(Swap::Conflict);
        }
        inner.cells.insert(cell, new);
        Ok(Swap::Swapped)
    }
}

fn bounded(found: Option<&Vec<u8>>, limit: usize) -> Result<Option<Vec<u8>>, StorageError> {
    match found {
        Some(bytes) if bytes.len() > limit => Err(StorageError::TooLarge { limit }),
        found => Ok(found.cloned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;

    #[tokio::test]
    async fn memory_is_a_log_store() {
        let memory: Arc<dyn Storage> = Arc::new(Memory::new());
        assert_eq!(crate::storage::conformance(&*memory).await, Ok(()));
    }
}
