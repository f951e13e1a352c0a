//! Where a log rests: what its store must do, and no more.

mod conformance;
mod memory;

pub use conformance::{Violation, conformance};
pub use memory::Memory;

use std::fmt;
use std::str::FromStr;

use async_trait::async_trait;

use crate::{Hash, Tile};

/// The store of one log: a key-value store with two operations that decide, put
/// if absent and compare and swap, each atomic and durable on return.
///
/// Over a database it is a table `(path, bytes)` with `path` as its key: an
/// insert that expects no row, an update that expects the row as it was read.
/// Over a store of objects it needs their conditional writes (`If-None-Match`,
/// `If-Match`). [`conformance`] checks an implementation.
///
/// A writer that loses a race or dies before it has committed leaves its staged
/// batch behind; those older than a day, and not named by the head, may be
/// removed.
///
/// Tiles and the published checkpoint are what a static file server may give to
/// anyone at [`Resource`]'s and [`Cell`]'s paths; `staged/` and `head` are the
/// writer's own.
#[async_trait]
pub trait Storage: Send + Sync {
    /// Reads a resource of at most `limit` bytes; `None` if it is not there.
    async fn get(&self, what: &Resource, limit: usize) -> Result<Option<Vec<u8>>, StorageError>;

    /// Writes a resource, whole or not at all, if nothing has its name; what is
    /// there stays as it is.
    async fn put_new(&self, what: &Resource, bytes: Vec<u8>) -> Result<Put, StorageError>;

    /// Removes a staged batch, and nothing else; one that is not there is no
    /// error.
    async fn remove_staged(&self, name: &Hash) -> Result<(), StorageError>;

    /// Removes every partial form of this full tile (all below `<path>.p/`),
    /// which it has made superfluous.
    async fn remove_partials(&self, full: &Tile) -> Result<(), StorageError>;

    /// Reads a cell of at most [`MAX_CELL_BYTES`].
    async fn read(&self, cell: Cell) -> Result<Option<Vec<u8>>, StorageError>;

    /// Writes a cell if it still holds `expected` (`None`: nothing). Of several
    /// writers that expect the same, one succeeds.
    async fn swap(
        &self,
        cell: Cell,
        expected: Option<&[u8]>,
        new: Vec<u8>,
    ) -> Result<Swap, StorageError>;
}

/// The most bytes of a cell: a checkpoint with its signatures.
pub const MAX_CELL_BYTES: usize = crate::note::MAX_NOTE_BYTES + 128;

/// Something that is written once. Its text is its path below the log's prefix:
/// lower-case letters, digits, `.` and `/`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Resource {
    /// A tile of hashes or a bundle of entries.
    Tile(Tile),
    /// A batch on its way into tiles, named by the hash of its bytes.
    Staged(Hash),
}

impl fmt::Display for Resource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tile(tile) => tile.fmt(f),
            Self::Staged(name) => write!(f, "staged/{}", name.to_hex()),
        }
    }
}

impl FromStr for Resource {
    type Err = crate::tile::PathError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.strip_prefix("staged/") {
            Some(name) => Hash::from_hex(name).map(Self::Staged).ok_or(crate::tile::PathError),
            None => text.parse().map(Self::Tile),
        }
    }
}

/// Something that changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Cell {
    /// What the log has committed to. Whoever swaps it has appended.
    Head,
    /// The checkpoint that readers are given, with its cosignatures. It is never
    /// ahead of the tiles.
    Checkpoint,
}

impl Cell {
    /// Its path below the log's prefix.
    pub const fn path(self) -> &'static str {
        match self {
            Self::Head => "head",
            Self::Checkpoint => "checkpoint",
        }
    }
}

/// What became of [`Storage::put_new`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Put {
    /// It is written.
    Written,
    /// Something has that name already.
    AlreadyThere,
}

/// What became of [`Storage::swap`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Swap {
    /// It is written.
    Swapped,
    /// The cell holds something else than was expected.
    Conflict,
}

/// Why a store could not be read or written.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StorageError {
    /// The store does not answer now, or what it did is not known.
    #[error("the log's store does not answer ({reason}): try again, and look at the store")]
    Unavailable {
        /// What the driver said, without contents.
        reason: String,
    },
    /// What is stored is larger than anything the log writes.
    #[error("a resource of the log is larger than {limit} bytes")]
    TooLarge {
        /// Bytes allowed.
        limit: usize,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn resources_have_one_path_each() {
        let staged = Resource::Staged(Hash([171; 32]));
        assert_eq!(staged.to_string(), format!("staged/{}", "ab".repeat(32)));
        for text in [staged.to_string().as_str(), "tile/entries/000.p/3", "tile/2/x001/002"] {
            assert_eq!(text.parse::<Resource>().map(|r| r.to_string()), Ok(text.to_owned()));
        }
        assert!("staged/AB".parse::<Resource>().is_err());
        assert!("head".parse::<Resource>().is_err());
    }
}
