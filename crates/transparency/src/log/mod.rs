//! The log: one writer that appends batches and signs checkpoints.
//!
//! An append is four steps, each durable before the next: the batch is staged;
//! the head is swapped (from here on the log is committed); the tiles are
//! written; the checkpoint is published. Dying before the swap leaves the log as
//! it was, dying after it leaves work that [`Log::open`] finishes. No answer
//! leaves before the last step, and no checkpoint is shown to anyone before the
//! second, so the log never signs two histories that anyone could see.

mod head;
mod open;
mod staged;

pub use open::OpenError;

use std::sync::Arc;

use bonafide_context::Clock;

use self::head::HeadCell;
use crate::checkpoint::{Checkpoint, CheckpointError, Head, Origin, SignedCheckpoint};
use crate::edge::Edge;
use crate::note::{Keyring, Signature, SigningKey, VerifierKey};
use crate::read::{Damage, ReadError, Reader};
use crate::receipt::Receipt;
use crate::storage::{Cell, Put, Resource, Storage, StorageError, Swap};
use crate::tile::{Kind, MAX_ENTRY_BYTES, Tile, WIDTH, encode_bundle};
use crate::{Hash, MAX_SIZE};

/// The most leaves of one batch.
pub const MAX_BATCH: usize = 4_096;

/// The most bytes of the leaves of one batch.
pub const MAX_BATCH_BYTES: usize = 16 << 20;

/// The keys of a log, all under its name.
#[derive(Debug)]
pub struct LogKeys {
    /// The key that signs. Its name is the log's [`Origin`].
    pub signing: SigningKey,
    /// Keys that signed before it, and do not any more.
    pub former: Vec<VerifierKey>,
}

impl LogKeys {
    /// A log that has always had this key.
    pub fn new(signing: SigningKey) -> Self {
        Self { signing, former: Vec::new() }
    }
}

/// A log that this process appends to.
///
/// Of all processes one should: whose turn it is, a lease says, and that is the
/// caller's. A second writer does no harm but costs the other its append
/// ([`AppendError::OtherWriter`]): the head is swapped, not written.
pub struct Log {
    storage: Arc<dyn Storage>,
    clock: Arc<dyn Clock>,
    signing: SigningKey,
    origin: Origin,
    keys: Keyring,
    /// What the store holds; `None` after a failure, until it is read again.
    state: Option<State>,
    /// The largest head this process has seen committed.
    seen: Head,
}

struct State {
    /// The head cell and the checkpoint cell, as their bytes are.
    head_cell: Vec<u8>,
    published_cell: Vec<u8>,
    published: SignedCheckpoint,
    edge: Edge,
    /// The entries of the partial bundle.
    tail: Vec<Vec<u8>>,
}

/// Leaves that are in the log for good.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Appended {
    /// The index of the first.
    pub first: u64,
    /// How many.
    pub count: u64,
    /// A published checkpoint that covers them.
    pub checkpoint: SignedCheckpoint,
}

impl Log {
    /// Begins a log in an empty store. A store that has one, or a part of one, is
    /// refused: a log that was lost must not begin again in silence. One that was
    /// begun and not finished is opened.
    pub async fn create(
        storage: Arc<dyn Storage>,
        keys: LogKeys,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, OpenError> {
        if storage.read(Cell::Head).await?.is_some()
            || storage.read(Cell::Checkpoint).await?.is_some()
        {
            return Err(OpenError::AlreadyThere);
        }
        let origin = Origin::from(keys.signing.verifier().name());
        let checkpoint = Checkpoint::new(origin, Head::empty());
        let checkpoint = SignedCheckpoint::sign(checkpoint, &keys.signing, clock.now())?;
        let cell = HeadCell { staged: None, checkpoint };
        match storage.swap(Cell::Head, None, cell.encode()).await? {
            Swap::Swapped => Self::open(storage, keys, clock, &[]).await,
            Swap::Conflict => Err(OpenError::AlreadyThere),
        }
    }

    /// Opens a log: finishes what a writer before left unfinished, and checks
    /// that the newest tiles fit the checkpoint and that the log has not gone
    /// back behind, or away from, any head in `known`: those that a witness, a
    /// backup's journal or the operator has seen. What lies deeper is checked
    /// when it is read, and all of it by [`crate::audit`].
    pub async fn open(
        storage: Arc<dyn Storage>,
        keys: LogKeys,
        clock: Arc<dyn Clock>,
        known: &[Head],
    ) -> Result<Self, OpenError> {
        let LogKeys { signing, former } = keys;
        let origin = Origin::from(signing.verifier().name());
        let keys = Keyring::new(std::iter::once(signing.verifier().clone()).chain(former))?;
        let state = open::state(&storage, &origin, &keys, known).await?;
        let seen = state.edge.head();
        Ok(Self { storage, clock, signing, origin, keys, state: Some(state), seen })
    }

    /// The log's name.
    pub fn origin(&self) -> &Origin {
        &self.origin
    }

    /// The keys that sign for the log, now and before.
    pub fn keys(&self) -> &Keyring {
        &self.keys
    }

    /// The head as this process knows it.
    pub fn head(&self) -> Head {
        self.seen
    }

    /// The published checkpoint, with its cosignatures.
    pub async fn checkpoint(&mut self) -> Result<SignedCheckpoint, AppendError> {
        Ok(self.state().await?.published.clone())
    }

    /// Appends leaves, in their order, and publishes a checkpoint over them.
    ///
    /// After an error of the store the leaves may or may not be in the log: who
    /// must know uses [`Log::append_at`].
    pub async fn append(&mut self, leaves: &[Vec<u8>]) -> Result<Appended, AppendError> {
        let first = self.state().await?.edge.head().size;
        self.append_at(first, leaves).await
    }

    /// Appends leaves as those from index `first` on. If they are there already,
    /// that is success: a caller that has written down `first` beside the batch
    /// can repeat it after any failure, and each leaf is in the log once.
    pub async fn append_at(
        &mut self,
        first: u64,
        leaves: &[Vec<u8>],
    ) -> Result<Appended, AppendError> {
        check_batch(first, leaves)?;
        let size = self.state().await?.edge.head().size;
        let count = leaves.len() as u64;
        if first > size {
            return Err(AppendError::Gap { size });
        }
        if first < size {
            self.is_there(first, leaves).await?;
        } else {
            let Some(state) = self.state.take() else { return Err(AppendError::OtherWriter) };
            // Until all is done the state is unknown: an error leaves `None`.
            let state = self.grow(state, leaves).await?;
            self.seen = state.edge.head();
            self.state = Some(state);
        }
        Ok(Appended { first, count, checkpoint: self.checkpoint().await? })
    }

    /// Adds cosignatures of witnesses to the published checkpoint. The caller
    /// has checked that they hold ([`crate::witness::Client`]).
    pub async fn publish(
        &mut self,
        cosignatures: impl IntoIterator<Item = Signature>,
    ) -> Result<SignedCheckpoint, AppendError> {
        self.state().await?;
        let Some(mut state) = self.state.take() else { return Err(AppendError::OtherWriter) };
        let mut checkpoint = state.published.clone();
        for signature in cosignatures {
            checkpoint.add(signature)?;
        }
        publish(&*self.storage, &mut state, checkpoint.clone()).await?;
        self.state = Some(state);
        Ok(checkpoint)
    }

    /// A reader up to the published checkpoint.
    pub async fn reader(&mut self) -> Result<Reader, AppendError> {
        let edge = self.state().await?.edge.clone();
        Ok(Reader::at(Arc::clone(&self.storage), edge))
    }

    /// A receipt for a leaf under the published checkpoint. For many at once,
    /// [`Log::reader`] and [`Reader::receipt`] read each tile once.
    pub async fn receipt(&mut self, index: u64) -> Result<Receipt, AppendError> {
        let checkpoint = self.checkpoint().await?;
        Ok(self.reader().await?.receipt(index, checkpoint).await?)
    }

    /// What the store holds, read again after a failure. This process will not
    /// go back behind what it has seen itself.
    async fn state(&mut self) -> Result<&State, AppendError> {
        let state = match self.state.take() {
            Some(state) => state,
            None => open::state(&self.storage, &self.origin, &self.keys, &[self.seen]).await?,
        };
        self.seen = state.edge.head();
        Ok(self.state.insert(state))
    }

    async fn is_there(&mut self, first: u64, leaves: &[Vec<u8>]) -> Result<(), AppendError> {
        let reader = self.reader().await?;
        let mut entries = reader.entries(first);
        for leaf in leaves {
            match entries.next().await? {
                Some((_, entry)) if entry == *leaf => {}
                _ => return Err(AppendError::Taken { first }),
            }
        }
        Ok(())
    }

    async fn grow(&self, mut state: State, leaves: &[Vec<u8>]) -> Result<State, AppendError> {
        let old = state.edge.head().size;
        let tiles = state.extend(leaves)?;
        let checkpoint = Checkpoint::new(self.origin.clone(), state.edge.head());
        let checkpoint = SignedCheckpoint::sign(checkpoint, &self.signing, self.clock.now())?;

        let staged = staged::encode(&tiles);
        let name = Hash::sha256(&staged);
        self.storage.put_new(&Resource::Staged(name), staged).await?;
        let cell = HeadCell { staged: Some(name), checkpoint: checkpoint.clone() }.encode();
        match self.storage.swap(Cell::Head, Some(&state.head_cell), cell.clone()).await? {
            Swap::Swapped => state.head_cell = cell,
            Swap::Conflict => return Err(AppendError::OtherWriter),
        }
        write_tiles(&*self.storage, &tiles).await?;
        publish(&*self.storage, &mut state, checkpoint).await?;
        let superfluous =
            tiles.iter().map(|(tile, _)| *tile).filter(|tile| had_partial(*tile, old));
        tidy(&*self.storage, &name, superfluous).await?;
        Ok(state)
    }
}

impl State {
    /// Takes leaves in, and gives the tiles that have changed.
    fn extend(&mut self, leaves: &[Vec<u8>]) -> Result<staged::Tiles, AppendError> {
        let old = self.edge.head().size;
        let (mut full, mut bundles) = (Vec::new(), Vec::new());
        for leaf in leaves {
            self.edge.push(Hash::leaf(leaf), &mut full);
        }
        let size = self.edge.head().size;
        let mut entries = std::mem::take(&mut self.tail);
        entries.extend_from_slice(leaves);
        let first_bundle = old / u64::from(WIDTH);
        for (at, chunk) in entries.chunks(usize::from(WIDTH)).enumerate() {
            let tile = Tile::in_tree(Kind::Entries, first_bundle + at as u64, size);
            let tile = tile.ok_or(AppendError::Full)?;
            bundles.push((tile, encode_bundle(chunk).map_err(|_| AppendError::TooLarge)?));
        }
        self.tail = entries.split_off(entries.len() - entries.len() % usize::from(WIDTH));
        Ok(staged::tiles(bundles, full.into_iter().chain(self.edge.partials_since(old))))
    }
}

fn check_batch(first: u64, leaves: &[Vec<u8>]) -> Result<(), AppendError> {
    if leaves.is_empty() {
        return Err(AppendError::Empty);
    }
    let bytes: usize = leaves.iter().map(Vec::len).sum();
    let fits = leaves.len() <= MAX_BATCH
        && bytes <= MAX_BATCH_BYTES
        && leaves.iter().all(|leaf| leaf.len() <= MAX_ENTRY_BYTES);
    if !fits {
        return Err(AppendError::TooLarge);
    }
    let end = first.checked_add(leaves.len() as u64).filter(|end| *end <= MAX_SIZE);
    end.map(|_| ()).ok_or(AppendError::Full)
}

/// Whether the tree of `old` leaves had a part of this tile.
fn had_partial(full: Tile, old: u64) -> bool {
    Tile::in_tree(full.kind(), full.index(), old).is_some_and(|tile| !tile.is_full())
}

/// Writes tiles that the log has committed to. What is there already must be the
/// same.
async fn write_tiles(storage: &dyn Storage, tiles: &staged::Tiles) -> Result<(), ReadError> {
    for (tile, bytes) in tiles {
        let name = Resource::Tile(*tile);
        if storage.put_new(&name, bytes.clone()).await? == Put::AlreadyThere
            && storage.get(&name, tile.max_bytes()).await?.as_ref() != Some(bytes)
        {
            return Err(Damage::Edited { tile: *tile, leaf: tile.first_leaf() }.into());
        }
    }
    Ok(())
}

/// Removes what a published batch leaves behind: partial forms of tiles that are
/// full now, then the staged batch itself.
async fn tidy(
    storage: &dyn Storage,
    staged: &Hash,
    tiles: impl Iterator<Item = Tile>,
) -> Result<(), StorageError> {
    for tile in tiles.filter(|tile| tile.is_full()) {
        storage.remove_partials(&tile).await?;
    }
    storage.remove_staged(staged).await
}

async fn publish(
    storage: &dyn Storage,
    state: &mut State,
    checkpoint: SignedCheckpoint,
) -> Result<(), AppendError> {
    let cell = checkpoint.to_text().into_bytes();
    match storage.swap(Cell::Checkpoint, Some(&state.published_cell), cell.clone()).await? {
        Swap::Swapped => {
            state.published_cell = cell;
            state.published = checkpoint;
            Ok(())
        }
        Swap::Conflict => Err(AppendError::OtherWriter),
    }
}

/// Why leaves could not be appended.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum AppendError {
    /// Nothing to append.
    #[error("a batch has one leaf or more")]
    Empty,
    /// Too many leaves, or too large ones.
    #[error("a batch has at most {MAX_BATCH} leaves and {MAX_BATCH_BYTES} bytes, a leaf 65535")]
    TooLarge,
    /// No tree is larger.
    #[error("the log is full")]
    Full,
    /// The log does not reach to where the batch is to begin.
    #[error("the batch would leave a gap: the log has {size} leaves")]
    Gap {
        /// Leaves there are.
        size: u64,
    },
    /// Other leaves are there.
    #[error("the log has other leaves from index {first} on")]
    Taken {
        /// Where the batch was to begin.
        first: u64,
    },
    /// Another process has appended meanwhile. Nothing was appended by this one,
    /// unless [`Log::append_at`] says otherwise when it is tried again.
    #[error("another writer has appended to the log: see who has the lease, and try again")]
    OtherWriter,
    /// What is stored is not what the log has committed to.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// The log could not be read again after a failure.
    #[error(transparent)]
    Open(#[from] Box<OpenError>),
    /// The checkpoint cannot be written.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
    /// The store. Leaves may or may not have been appended.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

impl From<OpenError> for AppendError {
    fn from(error: OpenError) -> Self {
        match error {
            OpenError::Storage(error) => Self::Storage(error),
            error => Self::Open(Box::new(error)),
        }
    }
}
