//! Opening a log: what may have happened to it while nobody looked.

use std::sync::Arc;

use super::head::HeadCell;
use super::{State, staged, tidy, write_tiles};
use crate::Hash;
use crate::checkpoint::{CheckpointError, Head, Origin, SignedCheckpoint};
use crate::edge::Edge;
use crate::note::{KeyError, Keyring};
use crate::read::{Damage, ReadError, Reader, stored_entries};
use crate::storage::{Cell, Resource, Storage, StorageError, Swap};
use crate::tile::{Kind, Tile, WIDTH};

/// Why a log is not opened. Each of these but the last two is a reason to look
/// for who has touched the store.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum OpenError {
    /// There is no log in this store.
    #[error("the store has no log: create one, or restore the one that was here")]
    Absent,
    /// A log is to be begun where one is.
    #[error("the store has a log already: open it")]
    AlreadyThere,
    /// The head or the checkpoint is not signed by this log's key.
    #[error("the log's {} is not to be believed: {why}", cell.path())]
    NotOurs {
        /// Which.
        cell: Cell,
        /// Why not.
        why: CheckpointError,
    },
    /// Tiles that the head speaks for are missing.
    #[error("the log was truncated: {0}")]
    Truncated(Damage),
    /// Tiles hold something else than the head says.
    #[error("the log was edited: {0}")]
    Edited(Damage),
    /// The log was larger once.
    #[error("the log was rolled back: it has {have} leaves, and had {known}")]
    RolledBack {
        /// Leaves it has.
        have: u64,
        /// Leaves it had when somebody looked.
        known: u64,
    },
    /// The log has had another content at a size it is known by.
    #[error("the log shows two histories: at {size} leaves it is not the one that was seen")]
    SplitView {
        /// At which size.
        size: u64,
    },
    /// Another process is at it.
    #[error("another writer has the log: see who has the lease, and try again")]
    OtherWriter,
    /// The keys do not fit together.
    #[error(transparent)]
    Keys(#[from] KeyError),
    /// A checkpoint cannot be written.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
    /// The store.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

impl From<ReadError> for OpenError {
    fn from(error: ReadError) -> Self {
        match error {
            ReadError::Damaged(damage @ Damage::Missing(_)) => Self::Truncated(damage),
            ReadError::Damaged(damage) => Self::Edited(damage),
            ReadError::Storage(error) => Self::Storage(error),
            ReadError::Checkpoint(error) => Self::Checkpoint(error),
            // The sizes that are asked for were compared before.
            ReadError::NotInTree => Self::Edited(Damage::Edge),
            ReadError::NoCheckpoint => Self::Absent,
        }
    }
}

/// Reads the log's state, finishing what was begun.
pub(super) async fn state(
    storage: &Arc<dyn Storage>,
    origin: &Origin,
    keys: &Keyring,
    known: &[Head],
) -> Result<State, OpenError> {
    // In this order: what is published was committed before, so that a writer at
    // work in between does not look like a rollback.
    let published_cell = storage.read(Cell::Checkpoint).await?;
    let head_cell = storage.read(Cell::Head).await?.ok_or(OpenError::Absent)?;
    let not_ours = |cell| move |why| OpenError::NotOurs { cell, why };
    let head = HeadCell::decode(&head_cell).map_err(not_ours(Cell::Head))?;
    head.checkpoint.verify(origin, keys).map_err(not_ours(Cell::Head))?;
    let committed = head.checkpoint.head();

    let published = match &published_cell {
        None => None,
        Some(bytes) => {
            let checkpoint = SignedCheckpoint::parse(bytes).map_err(not_ours(Cell::Checkpoint))?;
            checkpoint.verify(origin, keys).map_err(not_ours(Cell::Checkpoint))?;
            Some(checkpoint)
        }
    };
    let seen = known.iter().copied().chain(published.as_ref().map(SignedCheckpoint::head));
    let seen: Vec<Head> = seen.collect();
    if let Some(newest) = seen.iter().map(|head| head.size).max().filter(|n| *n > committed.size) {
        return Err(OpenError::RolledBack { have: committed.size, known: newest });
    }

    let up_to_date = published.as_ref().is_some_and(|old| old.head() == committed);
    let staged = match &head.staged {
        Some(name) => match batch(&**storage, name).await {
            // A leftover that nothing depends on any more.
            Err(OpenError::Edited(_)) if up_to_date => staged::Tiles::new(),
            batch => batch?,
        },
        None => staged::Tiles::new(),
    };
    if !up_to_date {
        write_tiles(&**storage, &staged).await?;
    }
    let reader = Reader::open(Arc::clone(storage), committed).await?;
    for head in seen {
        if reader.head_at(head.size).await? != head {
            return Err(OpenError::SplitView { size: head.size });
        }
    }
    let edge = reader.into_edge();
    let tail = tail(&**storage, &edge).await?;
    let (published, published_cell) = match (published, published_cell) {
        (Some(published), Some(cell)) if up_to_date => (published, cell),
        (_, old) => {
            let cell = head.checkpoint.to_text().into_bytes();
            let swapped = storage.swap(Cell::Checkpoint, old.as_deref(), cell.clone()).await?;
            if swapped == Swap::Conflict {
                return Err(OpenError::OtherWriter);
            }
            (head.checkpoint, cell)
        }
    };
    if let Some(name) = head.staged.filter(|_| !staged.is_empty()) {
        tidy(&**storage, &name, staged.into_iter().map(|(tile, _)| tile)).await?;
    }
    Ok(State { head_cell, published_cell, published, edge, tail })
}

/// The batch that the head has committed to last. Where it is gone, its tiles
/// have been written, or the check of the edge says not.
async fn batch(storage: &dyn Storage, name: &Hash) -> Result<staged::Tiles, OpenError> {
    let found = storage.get(&Resource::Staged(*name), staged::MAX_STAGED_BYTES).await?;
    let Some(bytes) = found else { return Ok(staged::Tiles::new()) };
    let tiles = (Hash::sha256(&bytes) == *name).then(|| staged::decode(&bytes)).flatten();
    tiles.ok_or(OpenError::Edited(Damage::Edge))
}

/// The entries of the partial bundle, which the next batch will be added to.
async fn tail(storage: &dyn Storage, edge: &Edge) -> Result<Vec<Vec<u8>>, OpenError> {
    let size = edge.head().size;
    let Some(tile) = Tile::in_tree(Kind::Entries, size / u64::from(WIDTH), size) else {
        return Ok(Vec::new());
    };
    let entries = stored_entries(storage, tile).await?;
    for (row, (entry, hash)) in entries.iter().zip(edge.row(0)).enumerate() {
        if Hash::leaf(entry) != *hash {
            let leaf = tile.first_leaf() + row as u64;
            return Err(OpenError::Edited(Damage::Edited { tile, leaf }));
        }
    }
    Ok(entries)
}
