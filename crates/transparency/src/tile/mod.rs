//! Tiles: how C2SP tlog-tiles cuts a tree into files.
//!
//! A full tile is 256 neighbouring hashes of one level, 8 levels of the tree
//! high; at level 0 they are the hashes of leaves, at level `l + 1` each is the
//! root of a full tile of level `l`. The entries lie beside them, 256 a bundle.
//! What grows at the right edge is partial, and gets a new name with each width,
//! so that nothing that was written is ever written again.

mod bundle;
mod path;

pub use bundle::{BundleError, MAX_ENTRY_BYTES, decode_bundle, encode_bundle};
pub use path::PathError;

use crate::Hash;
use crate::tree::Node;

/// Hashes in a full tile, entries in a full bundle.
pub const WIDTH: u16 = 256;

/// Highest level a path may name (C2SP tlog-tiles).
pub const MAX_LEVEL: u8 = 63;

/// One immutable file of a log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Tile {
    kind: Kind,
    index: u64,
    width: u16,
}

/// What a tile holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// Entries, each with its length before it.
    Entries,
    /// Hashes of this level.
    Hashes(u8),
}

impl Tile {
    /// The `index`-th tile of its kind, so wide; `None` for a width that is not
    /// 1 to 256, or a level or index that no tree has.
    pub fn new(kind: Kind, index: u64, width: u16) -> Option<Self> {
        let level = match kind {
            Kind::Entries => 0,
            Kind::Hashes(level) => level,
        };
        let exists = (1..=WIDTH).contains(&width)
            && level <= MAX_LEVEL
            && index <= crate::MAX_SIZE.checked_shr(8 * (u32::from(level) + 1)).unwrap_or(0);
        exists.then_some(Self { kind, index, width })
    }

    /// The tile that a tree of `size` leaves has there: full, partial, or none.
    pub fn in_tree(kind: Kind, index: u64, size: u64) -> Option<Self> {
        let level = match kind {
            Kind::Entries => 0,
            Kind::Hashes(level) => level,
        };
        let hashes = hashes_at(level, size);
        let start = index.checked_mul(u64::from(WIDTH))?;
        let width = hashes.checked_sub(start)?.min(u64::from(WIDTH));
        Self::new(kind, index, u16::try_from(width).ok()?)
    }

    /// Entries, or hashes of which level.
    pub fn kind(self) -> Kind {
        self.kind
    }

    /// Its place among the tiles of its kind, from the left.
    pub fn index(self) -> u64 {
        self.index
    }

    /// Hashes or entries in it, 1 to 256.
    pub fn width(self) -> u16 {
        self.width
    }

    /// Whether it has all its 256 hashes or entries.
    pub fn is_full(self) -> bool {
        self.width == WIDTH
    }

    /// The full tile at the same place.
    pub fn full(self) -> Self {
        Self { width: WIDTH, ..self }
    }

    /// The first leaf under it.
    pub fn first_leaf(self) -> u64 {
        let level = match self.kind {
            Kind::Entries => 0,
            Kind::Hashes(level) => level,
        };
        self.index.checked_shl(8 * (u32::from(level) + 1)).unwrap_or(crate::MAX_SIZE)
    }

    /// The most bytes it can have.
    pub fn max_bytes(self) -> usize {
        let each = match self.kind {
            Kind::Entries => 2 + MAX_ENTRY_BYTES,
            Kind::Hashes(_) => 32,
        };
        usize::from(self.width) * each
    }
}

/// How many whole hashes a tree of `size` leaves has at a level of tiles.
pub(crate) fn hashes_at(level: u8, size: u64) -> u64 {
    size.checked_shr(8 * u32::from(level)).unwrap_or(0)
}

/// The level, index and rows of the tile from which a perfect subtree is made.
pub(crate) fn place(node: Node) -> (u8, u64, std::ops::Range<usize>) {
    let (level, within) = (node.height / 8, node.height % 8);
    let first = node.index << within;
    let row = usize::try_from(first % u64::from(WIDTH)).unwrap_or(0);
    (level, first / u64::from(WIDTH), row..row + (1 << within))
}

/// The bytes of a tile of hashes.
pub fn encode_hashes(hashes: &[Hash]) -> Vec<u8> {
    hashes.iter().flat_map(|hash| hash.0).collect()
}

/// The hashes of a tile; `None` if there are not `width` of them.
pub fn decode_hashes(bytes: &[u8], width: u16) -> Option<Vec<Hash>> {
    let (hashes, rest) = bytes.as_chunks::<32>();
    (rest.is_empty() && hashes.len() == usize::from(width))
        .then(|| hashes.iter().copied().map(Hash).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tiles_of_seventy_thousand_leaves_are_as_the_specification_counts_them() {
        let widths = |level, size| {
            let mut all = Vec::new();
            while let Some(tile) = Tile::in_tree(Kind::Hashes(level), all.len() as u64, size) {
                all.push(tile.width());
            }
            all
        };
        let level0 = widths(0, 70_000);
        assert_eq!((level0.len(), level0[272], level0[273]), (274, 256, 112));
        assert_eq!(widths(1, 70_000), [256, 17]);
        assert_eq!(widths(2, 70_000), [1]);
        assert_eq!(widths(3, 70_000), [0; 0]);
        assert_eq!((widths(0, 256), widths(1, 256)), (vec![256], vec![1]));
        assert_eq!(Tile::in_tree(Kind::Entries, 0, 0), None);
    }

    #[test]
    fn a_tile_that_no_tree_has_cannot_be_named() {
        assert_eq!(Tile::new(Kind::Entries, 0, 0), None);
        assert_eq!(Tile::new(Kind::Entries, 0, 257), None);
        assert_eq!(Tile::new(Kind::Hashes(64), 0, 1), None);
        assert_eq!(Tile::new(Kind::Hashes(1), u64::MAX, 1), None);
        assert!(Tile::new(Kind::Hashes(63), 0, 1).is_some());
    }

    #[test]
    fn hashes_round_trip_and_no_byte_may_be_left_over() {
        let hashes = [Hash([1; 32]), Hash([2; 32])];
        let bytes = encode_hashes(&hashes);
        assert_eq!(decode_hashes(&bytes, 2), Some(hashes.to_vec()));
        assert_eq!(decode_hashes(&bytes, 1), None);
        assert_eq!(decode_hashes(&bytes[..63], 2), None);
    }

    #[test]
    fn subtrees_lie_in_the_tile_of_their_level() {
        assert_eq!(place(Node { height: 0, index: 300 }), (0, 1, 44..45));
        assert_eq!(place(Node { height: 7, index: 3 }), (0, 1, 128..256));
        assert_eq!(place(Node { height: 8, index: 300 }), (1, 1, 44..45));
    }
}
