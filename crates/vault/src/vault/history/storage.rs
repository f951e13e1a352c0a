//! The log's tiles and cells as rows.

use std::sync::Arc;

use async_trait::async_trait;
use bonafide_transparency::storage::{Cell, MAX_CELL_BYTES, Put, Resource, Swap};
use bonafide_transparency::tile::WIDTH;
use bonafide_transparency::{Hash, Storage, StorageError, Tile};

use super::super::tables::LOG;
use crate::Records;
use crate::records::{Change, Condition, Expect, RecordsError, Row, Select, Value};

/// A log in the record store: a row for each path, with the hash of its bytes,
/// by which a cell is compared and swapped.
#[derive(Clone)]
pub struct LogStorage {
    records: Arc<dyn Records>,
}

impl LogStorage {
    /// In these records, which are at [`crate::MIGRATIONS`].
    pub fn new(records: Arc<dyn Records>) -> Self {
        Self { records }
    }

    async fn bytes(&self, path: String, limit: usize) -> Result<Option<Vec<u8>>, StorageError> {
        let select = Select::from(&LOG).and(Condition::is("path", path));
        let rows = self.records.select(select).await.map_err(|error| unavailable(&error))?;
        let Some(row) = rows.first() else { return Ok(None) };
        let bytes = row.bytes("bytes").map_err(|error| unavailable(&error))?;
        if bytes.len() > limit {
            return Err(StorageError::TooLarge { limit });
        }
        Ok(Some(bytes.to_vec()))
    }

    /// Whether it was committed, and not held up by what is there.
    async fn commit(&self, change: Change) -> Result<bool, StorageError> {
        match self.records.commit(vec![change]).await {
            Ok(()) => Ok(true),
            Err(RecordsError::Conflict) => Ok(false),
            Err(error) => Err(unavailable(&error)),
        }
    }

    async fn remove(&self, paths: Vec<Value>) -> Result<(), StorageError> {
        let conditions = vec![Condition::In("path", paths)];
        self.commit(Change::Delete { table: &LOG, conditions, expect: Expect::Any }).await?;
        Ok(())
    }
}

#[async_trait]
impl Storage for LogStorage {
    async fn get(&self, what: &Resource, limit: usize) -> Result<Option<Vec<u8>>, StorageError> {
        self.bytes(what.to_string(), limit).await
    }

    async fn put_new(&self, what: &Resource, bytes: Vec<u8>) -> Result<Put, StorageError> {
        let written = self.commit(Change::Insert(row(what.to_string(), bytes))).await?;
        Ok(if written { Put::Written } else { Put::AlreadyThere })
    }

    async fn remove_staged(&self, name: &Hash) -> Result<(), StorageError> {
        self.remove(vec![Resource::Staged(*name).to_string().into()]).await
    }

    async fn remove_partials(&self, full: &Tile) -> Result<(), StorageError> {
        let partial = |width| Tile::new(full.kind(), full.index(), width);
        let paths = (1..WIDTH).filter_map(partial);
        self.remove(paths.map(|tile| Resource::Tile(tile).to_string().into()).collect()).await
    }

    async fn read(&self, cell: Cell) -> Result<Option<Vec<u8>>, StorageError> {
        self.bytes(cell.path().to_owned(), MAX_CELL_BYTES).await
    }

    async fn swap(
        &self,
        cell: Cell,
        expected: Option<&[u8]>,
        new: Vec<u8>,
    ) -> Result<Swap, StorageError> {
        let change = match expected {
            None => Change::Insert(row(cell.path().to_owned(), new)),
            Some(expected) => Change::Update {
                table: &LOG,
                set: vec![("digest", digest(&new).into()), ("bytes", new.into())],
                conditions: vec![
                    Condition::is("path", cell.path()),
                    Condition::is("digest", digest(expected)),
                ],
                expect: Expect::One,
            },
        };
        Ok(if self.commit(change).await? { Swap::Swapped } else { Swap::Conflict })
    }
}

fn row(path: String, bytes: Vec<u8>) -> Row {
    Row::new(&LOG).with("path", path).with("digest", digest(&bytes)).with("bytes", bytes)
}

fn digest(bytes: &[u8]) -> String {
    Hash::sha256(bytes).to_hex()
}

fn unavailable(error: &RecordsError) -> StorageError {
    StorageError::Unavailable { reason: error.to_string() }
}
