//! Walking a whole log: every entry hashed again, every tile compared.

use crate::Hash;
use crate::checkpoint::Head;
use crate::edge::Edge;
use crate::read::{Damage, ReadError, stored_entries, stored_hashes};
use crate::storage::{Storage, StorageError};
use crate::tile::{Kind, Tile, WIDTH};

/// What an audit has found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Report {
    /// Leaves that were hashed.
    pub leaves: u64,
    /// Tiles that were compared, bundles included.
    pub tiles: u64,
    /// The first thing that is wrong; `None` if the log is what `head` says.
    pub damage: Option<Damage>,
}

/// Reads a log up to `head`, which the caller has reason to believe, and says
/// what is wrong with it first.
///
/// Memory is bounded: one bundle and the right edge. Time is that of reading
/// and hashing everything.
pub async fn audit(storage: &dyn Storage, head: Head) -> Result<Report, StorageError> {
    let mut walk = Walk { storage, edge: Edge::default(), tiles: 0, differs: None };
    let damage = match walk.all(head).await {
        Ok(()) => walk.verdict(head),
        Err(ReadError::Damaged(damage)) => Some(damage),
        Err(ReadError::Storage(error)) => return Err(error),
        Err(ReadError::NotInTree | ReadError::NoCheckpoint | ReadError::Checkpoint(_)) => {
            Some(Damage::Edge)
        }
    };
    Ok(Report { leaves: walk.edge.head().size, tiles: walk.tiles, damage })
}

struct Walk<'s> {
    storage: &'s dyn Storage,
    /// Grown from the entries alone.
    edge: Edge,
    tiles: u64,
    /// The first tile of hashes that is not what the entries hash to, and the
    /// first leaf that differs.
    differs: Option<(Tile, u64)>,
}

impl Walk<'_> {
    async fn all(&mut self, head: Head) -> Result<(), ReadError> {
        let mut index = 0;
        while let Some(bundle) = Tile::in_tree(Kind::Entries, index, head.size) {
            let entries = stored_entries(self.storage, bundle).await?;
            self.tiles += 1;
            let mut full = Vec::new();
            for entry in entries {
                self.edge.push(Hash::leaf(&entry), &mut full);
            }
            for (tile, hashes) in full {
                self.compare(tile, &hashes).await?;
            }
            index += 1;
        }
        for tile in Edge::tiles(head.size) {
            if let Kind::Hashes(level) = tile.kind() {
                let hashes = self.edge.row(level).to_vec();
                self.compare(tile, &hashes).await?;
            }
        }
        Ok(())
    }

    async fn compare(&mut self, tile: Tile, hashes: &[Hash]) -> Result<(), ReadError> {
        let stored = stored_hashes(self.storage, tile).await?;
        self.tiles += 1;
        let row = stored.iter().zip(hashes).position(|(stored, hash)| stored != hash);
        if let (Some(row), None) = (row, self.differs) {
            let leaves_each = match tile.kind() {
                Kind::Hashes(level) => 1u64.checked_shl(8 * u32::from(level)).unwrap_or(0),
                Kind::Entries => 1,
            };
            self.differs = Some((tile, tile.first_leaf() + row as u64 * leaves_each));
        }
        Ok(())
    }

    /// Which of the two is wrong, where entries and hashes differ: the root
    /// tells.
    fn verdict(&self, head: Head) -> Option<Damage> {
        let entries_hold = self.edge.head() == head;
        match self.differs {
            None if entries_hold => None,
            None => Some(Damage::Rewritten),
            Some((tile, leaf)) if entries_hold => Some(Damage::Edited { tile, leaf }),
            Some((tile, leaf)) => {
                let bundle = Tile::in_tree(Kind::Entries, leaf / u64::from(WIDTH), head.size);
                Some(Damage::Edited { tile: bundle.unwrap_or(tile), leaf })
            }
        }
    }
}
