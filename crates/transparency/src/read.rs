//! Reading a log, and believing nothing but its checkpoint.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use crate::checkpoint::{CheckpointError, Head, Origin, SignedCheckpoint};
use crate::edge::Edge;
use crate::note::Keyring;
use crate::receipt::Receipt;
use crate::storage::{Cell, Resource, Storage, StorageError};
use crate::tile::{Kind, Tile, WIDTH, decode_bundle, decode_hashes, hashes_at, place};
use crate::tree::{self, Node, consistency_ranges, inclusion_ranges, join, perfect, subtrees};
use crate::{Hash, MAX_SIZE};

/// Tiles kept in memory by a reader: 2 MiB.
const CACHED: usize = 256;

/// Tiles by level and index.
type Cache = BTreeMap<(u8, u64), Arc<[Hash]>>;

/// A log up to one checkpoint.
///
/// Every tile is checked against the checkpoint's root before anything is taken
/// from it, from the right edge down, and every entry against its tile: what a
/// reader gives out is what the log has committed to, whatever lies in the store.
pub struct Reader {
    storage: Arc<dyn Storage>,
    head: Head,
    edge: Edge,
    cache: Mutex<Cache>,
}

impl Reader {
    /// The log up to `head`, which the caller has reason to believe: reads the
    /// right edge and checks it.
    pub async fn open(storage: Arc<dyn Storage>, head: Head) -> Result<Self, ReadError> {
        if head.size > MAX_SIZE {
            return Err(ReadError::NotInTree);
        }
        let mut partial = Vec::new();
        for tile in Edge::tiles(head.size) {
            partial.push((tile, stored_hashes(&*storage, tile).await?));
        }
        let edge = Edge::new(head.size, partial);
        if edge.head() != head {
            return Err(Damage::Edge.into());
        }
        Ok(Self::at(storage, edge))
    }

    /// The log up to the checkpoint that it publishes, if one of its `keys` has
    /// signed that.
    pub async fn published(
        storage: Arc<dyn Storage>,
        origin: &Origin,
        keys: &Keyring,
    ) -> Result<(Self, SignedCheckpoint), ReadError> {
        let bytes = storage.read(Cell::Checkpoint).await?.ok_or(ReadError::NoCheckpoint)?;
        let checkpoint = SignedCheckpoint::parse(&bytes)?;
        checkpoint.verify(origin, keys)?;
        Ok((Self::open(storage, checkpoint.head()).await?, checkpoint))
    }

    /// With an edge that is known to be right.
    pub(crate) fn at(storage: Arc<dyn Storage>, edge: Edge) -> Self {
        Self { storage, head: edge.head(), edge, cache: Mutex::default() }
    }

    pub(crate) fn into_edge(self) -> Edge {
        self.edge
    }

    /// Up to where.
    pub fn head(&self) -> Head {
        self.head
    }

    /// The entry of that index.
    pub async fn entry(&self, index: u64) -> Result<Vec<u8>, ReadError> {
        if index >= self.head.size {
            return Err(ReadError::NotInTree);
        }
        let mut entries = self.bundle(index / u64::from(WIDTH)).await?;
        let row = usize::try_from(index % u64::from(WIDTH)).unwrap_or(0);
        Ok(entries.swap_remove(row))
    }

    /// The entries from that index on, in their order: what replays a journal.
    pub fn entries(&self, from: u64) -> Entries<'_> {
        Entries { reader: self, next: from, bundle: Vec::new() }
    }

    /// What proves that this entry is in the log.
    pub async fn prove_inclusion(&self, index: u64) -> Result<Vec<Hash>, ReadError> {
        if index >= self.head.size {
            return Err(ReadError::NotInTree);
        }
        self.prove(&inclusion_ranges(index, self.head.size)).await
    }

    /// A receipt for the entry of that index, under the checkpoint that this
    /// reader reads up to.
    pub async fn receipt(
        &self,
        index: u64,
        checkpoint: SignedCheckpoint,
    ) -> Result<Receipt, ReadError> {
        if checkpoint.head() != self.head {
            return Err(ReadError::NotInTree);
        }
        let entry = self.entry(index).await?;
        Ok(Receipt::new(entry, index, self.prove_inclusion(index).await?, checkpoint))
    }

    /// What proves that the log of `old` entries is the beginning of this one.
    pub async fn prove_consistency(&self, old: u64) -> Result<Vec<Hash>, ReadError> {
        if old > self.head.size {
            return Err(ReadError::NotInTree);
        }
        self.prove(&consistency_ranges(old, self.head.size)).await
    }

    /// The head that the log had when it was so large.
    pub async fn head_at(&self, size: u64) -> Result<Head, ReadError> {
        if size > self.head.size {
            return Err(ReadError::NotInTree);
        }
        let mut parts = Vec::new();
        for node in subtrees(0..size) {
            parts.push(self.node(node).await?);
        }
        Ok(Head { size, root: join(&parts) })
    }

    async fn prove(&self, ranges: &[std::ops::Range<u64>]) -> Result<Vec<Hash>, ReadError> {
        let mut found = BTreeMap::new();
        for node in ranges.iter().cloned().flat_map(subtrees) {
            found.insert(node, self.node(node).await?);
        }
        tree::prove(ranges, |node| found.get(&node).copied().ok_or(ReadError::NotInTree))
    }

    async fn node(&self, node: Node) -> Result<Hash, ReadError> {
        let (level, index, rows) = place(node);
        let tile = self.tile(level, index).await?;
        tile.get(rows).map(perfect).ok_or(ReadError::NotInTree)
    }

    /// The hashes of a tile, as the checkpoint vouches for them.
    async fn tile(&self, level: u8, index: u64) -> Result<Arc<[Hash]>, ReadError> {
        // Upwards to what is known, then down again.
        let mut path = vec![(level, index)];
        let mut known = loop {
            let Some(&(level, index)) = path.last() else { return Err(ReadError::NotInTree) };
            if let Some(tile) = self.known(level, index) {
                break tile;
            }
            if level >= 8 {
                return Err(ReadError::NotInTree);
            }
            path.push((level + 1, index / u64::from(WIDTH)));
        };
        for (level, index) in path.into_iter().rev().skip(1) {
            let row = usize::try_from(index % u64::from(WIDTH)).unwrap_or(usize::MAX);
            let vouched = known.get(row).copied().ok_or(ReadError::NotInTree)?;
            let tile = Tile::new(Kind::Hashes(level), index, WIDTH).ok_or(ReadError::NotInTree)?;
            let hashes = stored_hashes(&*self.storage, tile).await?;
            if perfect(&hashes) != vouched {
                return Err(Damage::Edited { tile, leaf: tile.first_leaf() }.into());
            }
            known = hashes.into();
            self.remember(level, index, &known);
        }
        Ok(known)
    }

    fn known(&self, level: u8, index: u64) -> Option<Arc<[Hash]>> {
        let at_edge = index == hashes_at(level, self.head.size) / u64::from(WIDTH);
        if at_edge {
            return Some(self.edge.row(level).into());
        }
        let cache = self.cache.lock().unwrap_or_else(PoisonError::into_inner);
        cache.get(&(level, index)).cloned()
    }

    fn remember(&self, level: u8, index: u64, hashes: &Arc<[Hash]>) {
        let mut cache = self.cache.lock().unwrap_or_else(PoisonError::into_inner);
        if cache.len() >= CACHED {
            // Readers go from left to right: the lowest are done with.
            cache.pop_first();
        }
        cache.insert((level, index), Arc::clone(hashes));
    }

    /// The entries of a bundle, each checked against its hash.
    async fn bundle(&self, index: u64) -> Result<Vec<Vec<u8>>, ReadError> {
        let tile =
            Tile::in_tree(Kind::Entries, index, self.head.size).ok_or(ReadError::NotInTree)?;
        let hashes = self.tile(0, index).await?;
        let entries = stored_entries(&*self.storage, tile).await?;
        for (row, (entry, hash)) in entries.iter().zip(hashes.iter()).enumerate() {
            if Hash::leaf(entry) != *hash {
                return Err(Damage::Edited { tile, leaf: tile.first_leaf() + row as u64 }.into());
            }
        }
        Ok(entries)
    }
}

/// Entries of a log, one after the other.
pub struct Entries<'r> {
    reader: &'r Reader,
    next: u64,
    bundle: Vec<Vec<u8>>,
}

impl Entries<'_> {
    /// The next entry with its index; `None` at the end of the log. After an
    /// error the same entry is tried again.
    pub async fn next(&mut self) -> Result<Option<(u64, Vec<u8>)>, ReadError> {
        if self.next >= self.reader.head.size {
            return Ok(None);
        }
        let row = usize::try_from(self.next % u64::from(WIDTH)).unwrap_or(0);
        if row == 0 || self.bundle.is_empty() {
            self.bundle = self.reader.bundle(self.next / u64::from(WIDTH)).await?;
        }
        let entry = self.bundle.get_mut(row).map(std::mem::take).ok_or(ReadError::NotInTree)?;
        self.next += 1;
        Ok(Some((self.next - 1, entry)))
    }
}

/// The bytes of a tile, or of the full one that has taken its place.
async fn stored(storage: &dyn Storage, tile: Tile) -> Result<(Tile, Vec<u8>), ReadError> {
    let full = tile.full();
    let wanted = if tile.is_full() { vec![tile] } else { vec![tile, full] };
    for tile in wanted {
        match storage.get(&Resource::Tile(tile), tile.max_bytes()).await {
            Ok(Some(bytes)) => return Ok((tile, bytes)),
            Ok(None) => {}
            Err(StorageError::TooLarge { .. }) => return Err(Damage::Malformed(tile).into()),
            Err(error) => return Err(error.into()),
        }
    }
    Err(Damage::Missing(tile).into())
}

/// The hashes that a store has for a tile, believed or not.
pub(crate) async fn stored_hashes(
    storage: &dyn Storage,
    tile: Tile,
) -> Result<Vec<Hash>, ReadError> {
    let (found, bytes) = stored(storage, tile).await?;
    let mut hashes = decode_hashes(&bytes, found.width()).ok_or(Damage::Malformed(found))?;
    hashes.truncate(usize::from(tile.width()));
    Ok(hashes)
}

/// The entries that a store has for a bundle, believed or not.
pub(crate) async fn stored_entries(
    storage: &dyn Storage,
    tile: Tile,
) -> Result<Vec<Vec<u8>>, ReadError> {
    let (found, bytes) = stored(storage, tile).await?;
    let mut entries = decode_bundle(&bytes, found.width()).map_err(|_| Damage::Malformed(found))?;
    entries.truncate(usize::from(tile.width()));
    Ok(entries)
}

/// What is wrong with what a log has stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Damage {
    /// A tile that the checkpoint speaks for is not there: the log was truncated.
    #[error("{0} is missing: the log was cut, or its store has lost something")]
    Missing(Tile),
    /// A tile is no tile.
    #[error("{0} cannot be read as a tile: it was overwritten or cut")]
    Malformed(Tile),
    /// A tile holds something else than the log has committed to.
    #[error("{tile} was edited: it does not fit the checkpoint from leaf {leaf} on")]
    Edited {
        /// Which.
        tile: Tile,
        /// The first leaf that is concerned.
        leaf: u64,
    },
    /// The right edge does not hash to the checkpoint's root; [`crate::audit`]
    /// says where it was edited.
    #[error("the newest tiles were edited: they do not fit the checkpoint")]
    Edge,
    /// Tiles and entries fit each other, but not the checkpoint: all of them are
    /// of another history.
    #[error("the whole log was rewritten: its tiles fit each other, but not the checkpoint")]
    Rewritten,
}

/// Why a log could not be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// What is stored is not what the log has committed to.
    #[error(transparent)]
    Damaged(#[from] Damage),
    /// Beyond the checkpoint.
    #[error("the log does not reach that far")]
    NotInTree,
    /// Nothing is published.
    #[error("the log has no checkpoint")]
    NoCheckpoint,
    /// What is published is not to be believed.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
    /// The store.
    #[error(transparent)]
    Storage(#[from] StorageError),
}
