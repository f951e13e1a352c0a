//! A batch on its way into tiles: all tiles it makes, in one piece that is named
//! by its hash.
//!
//! Tiles are written once and never again, so they must not be written before
//! the log has committed to them: a writer that dies between two tiles, or that
//! was put aside without noticing, would leave names taken by a history that
//! never was. Hence a batch is staged first, then the head is swapped, which is
//! the commitment; then its tiles are written, and whoever opens the log can
//! finish that from the staged batch.

use crate::Tile;
use crate::tile::encode_hashes;
use crate::{Hash, tile};

const FORMAT: &[u8] = b"bonafide-log-staged/v1\n";

/// The most bytes of a staged batch: that of [`super::MAX_BATCH_BYTES`] with the
/// partial bundle before it and all tiles of hashes.
pub(super) const MAX_STAGED_BYTES: usize = 64 << 20;

/// Tiles with their bytes.
pub(super) type Tiles = Vec<(Tile, Vec<u8>)>;

/// The tiles of a batch: bundles first, so that a tile of hashes never lies
/// there without its entries.
pub(super) fn tiles(
    bundles: Vec<(Tile, Vec<u8>)>,
    hashes: impl IntoIterator<Item = (Tile, Vec<Hash>)>,
) -> Tiles {
    let mut all = bundles;
    all.extend(hashes.into_iter().map(|(tile, row)| (tile, encode_hashes(&row))));
    all
}

pub(super) fn encode(tiles: &Tiles) -> Vec<u8> {
    let mut bytes = FORMAT.to_vec();
    for (tile, content) in tiles {
        bytes.extend_from_slice(format!("{tile} {}\n", content.len()).as_bytes());
        bytes.extend_from_slice(content);
    }
    bytes
}

pub(super) fn decode(bytes: &[u8]) -> Option<Tiles> {
    let mut rest = bytes.strip_prefix(FORMAT)?;
    let mut tiles = Vec::new();
    while !rest.is_empty() {
        let end = rest.iter().position(|byte| *byte == b'\n')?;
        let (line, after) = rest.split_at_checked(end)?;
        let (tile, length) = std::str::from_utf8(line).ok()?.split_once(' ')?;
        let tile: tile::Tile = tile.parse().ok()?;
        let length = usize::try_from(crate::hash::decimal(length)?).ok()?;
        let (content, after) = after.get(1..)?.split_at_checked(length)?;
        tiles.push((tile, content.to_vec()));
        rest = after;
    }
    Some(tiles)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tile::Kind;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn staged_batches_round_trip(
            contents in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..50), 0..5),
        ) {
            let tiles: Tiles = contents
                .into_iter()
                .enumerate()
                .map(|(at, content)| (Tile::new(Kind::Entries, at as u64, 7).unwrap(), content))
                .collect();
            let bytes = encode(&tiles);
            prop_assert_eq!(decode(&bytes), Some(tiles));
            prop_assert_eq!(decode(&bytes[1..]), None);
        }

        #[test]
        fn no_bytes_panic(bytes: Vec<u8>) {
            let _ = decode(&[FORMAT, &bytes].concat());
        }
    }
}
