//! The right edge of a tree: the partial tiles, which are all that a log needs
//! to grow and to know its root.

use std::sync::OnceLock;

use crate::checkpoint::Head;
use crate::tile::{Kind, Tile, WIDTH, hashes_at};
use crate::tree::{join, perfect, subtrees};
use crate::{Hash, MAX_SIZE};

/// The partial tile of each level, from the leaves up.
#[derive(Clone, Debug, Default)]
pub(crate) struct Edge {
    size: u64,
    levels: Vec<Vec<Hash>>,
    /// Some hundred hashes to compute: once for each size that is asked about.
    root: OnceLock<Hash>,
}

impl Edge {
    /// The partial tiles that a tree of `size` leaves has, from the leaves up.
    pub(crate) fn tiles(size: u64) -> Vec<Tile> {
        let levels = (0..8).take_while(|level| hashes_at(*level, size) > 0);
        levels.filter_map(|level| Self::partial(level, size)).collect()
    }

    /// The edge of a tree of `size` leaves, given the hashes of [`Edge::tiles`].
    pub(crate) fn new(size: u64, partial: impl IntoIterator<Item = (Tile, Vec<Hash>)>) -> Self {
        let mut edge = Self { size, ..Self::default() };
        for (tile, hashes) in partial {
            if let Kind::Hashes(level) = tile.kind() {
                *edge.level(level) = hashes;
            }
        }
        edge
    }

    pub(crate) fn head(&self) -> Head {
        Head { size: self.size, root: *self.root.get_or_init(|| self.compute_root()) }
    }

    fn compute_root(&self) -> Hash {
        let parts = self.levels.iter().rev().flat_map(|row| {
            subtrees(0..row.len() as u64).map(|node| {
                let start = usize::try_from(node.index << node.height).unwrap_or(usize::MAX);
                let end = start.saturating_add(1 << node.height);
                perfect(row.get(start..end).unwrap_or(&[]))
            })
        });
        join(&parts.collect::<Vec<_>>())
    }

    /// The hashes of the partial tile at a level; empty where there is none.
    pub(crate) fn row(&self, level: u8) -> &[Hash] {
        self.levels.get(usize::from(level)).map_or(&[], Vec::as_slice)
    }

    /// Adds a leaf; tiles that it fills go to `full`.
    pub(crate) fn push(&mut self, leaf: Hash, full: &mut Vec<(Tile, Vec<Hash>)>) {
        self.root = OnceLock::new();
        self.size = self.size.saturating_add(1).min(MAX_SIZE);
        let mut hash = leaf;
        for level in 0..8 {
            let index = hashes_at(level, self.size).saturating_sub(1) / u64::from(WIDTH);
            let row = self.level(level);
            row.push(hash);
            if row.len() < usize::from(WIDTH) {
                break;
            }
            let done = std::mem::take(row);
            hash = perfect(&done);
            full.extend(Tile::new(Kind::Hashes(level), index, WIDTH).map(|tile| (tile, done)));
        }
    }

    /// The partial tiles with their hashes, but for those that the tree of `old`
    /// leaves had already.
    pub(crate) fn partials_since(&self, old: u64) -> Vec<(Tile, Vec<Hash>)> {
        let grown = Self::tiles(self.size).into_iter().filter(|tile| match tile.kind() {
            Kind::Hashes(level) => hashes_at(level, old) != hashes_at(level, self.size),
            Kind::Entries => false,
        });
        grown
            .filter_map(|tile| match tile.kind() {
                Kind::Hashes(level) => Some((tile, self.row(level).to_vec())),
                Kind::Entries => None,
            })
            .collect()
    }

    fn partial(level: u8, size: u64) -> Option<Tile> {
        let index = hashes_at(level, size) / u64::from(WIDTH);
        Tile::in_tree(Kind::Hashes(level), index, size)
    }

    fn level(&mut self, level: u8) -> &mut Vec<Hash> {
        let level = usize::from(level);
        if self.levels.len() <= level {
            self.levels.resize_with(level + 1, Vec::new);
        }
        &mut self.levels[level]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_edge_knows_the_root_of_everything_it_has_seen() {
        let leaves: Vec<Hash> = (0..66_000u32).map(|i| Hash::leaf(&i.to_be_bytes())).collect();
        let (mut edge, mut full) = (Edge::default(), Vec::new());
        assert_eq!(edge.head(), Head::empty());
        for (at, leaf) in leaves.iter().enumerate() {
            edge.push(*leaf, &mut full);
            let size = at + 1;
            if size % 1_021 == 0 || [1, 255, 256, 257, 65_535, 65_536, 65_537].contains(&size) {
                let head = Head { size: size as u64, root: crate::tree::root(&leaves[..size]) };
                assert_eq!(edge.head(), head);
                let tiles = Edge::tiles(head.size);
                let rebuilt = tiles.iter().map(|tile| {
                    let Kind::Hashes(level) = tile.kind() else { panic!("{tile}") };
                    assert_eq!(edge.row(level).len(), usize::from(tile.width()));
                    (*tile, edge.row(level).to_vec())
                });
                assert_eq!(Edge::new(head.size, rebuilt).head(), head);
            }
        }
        // 257 full tiles of leaves and one above them.
        assert_eq!(full.len(), 258);
        assert!(full.iter().all(|(tile, row)| tile.is_full() && row.len() == 256));
        assert_eq!(full[256].0.to_string(), "tile/1/000");
    }

    #[test]
    fn only_what_has_grown_is_written_again() {
        let mut edge = Edge::default();
        for i in 0..600u32 {
            edge.push(Hash::leaf(&i.to_be_bytes()), &mut Vec::new());
        }
        let named = |old| {
            let grown = edge.partials_since(old);
            grown.iter().map(|(tile, _)| tile.to_string()).collect::<Vec<_>>()
        };
        assert_eq!(named(599), ["tile/0/002.p/88"]);
        assert_eq!(named(511), ["tile/0/002.p/88", "tile/1/000.p/2"]);
        assert_eq!(named(600), Vec::<String>::new());
    }
}
