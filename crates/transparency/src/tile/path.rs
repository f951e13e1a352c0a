//! The paths of tiles: `tile/0/x001/x234/067.p/112`.

use std::fmt;
use std::str::FromStr;

use super::{Kind, Tile, WIDTH};

/// Not the path of a tile.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a tile's path: `tile/<level or entries>/<index>`, then `.p/<width>` if it is partial")]
pub struct PathError;

impl fmt::Display for Tile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kind {
            Kind::Entries => f.write_str("tile/entries")?,
            Kind::Hashes(level) => write!(f, "tile/{level}")?,
        }
        // Three digits a folder, all but the last behind an `x`.
        let mut groups = vec![self.index % 1000];
        let mut rest = self.index / 1000;
        while rest > 0 {
            groups.push(rest % 1000);
            rest /= 1000;
        }
        for (place, group) in groups.iter().enumerate().rev() {
            write!(f, "/{}{group:03}", if place > 0 { "x" } else { "" })?;
        }
        if self.width < WIDTH { write!(f, ".p/{}", self.width) } else { Ok(()) }
    }
}

impl FromStr for Tile {
    type Err = PathError;

    /// Reads a path as the specification writes it; every tile has one spelling.
    fn from_str(text: &str) -> Result<Self, PathError> {
        // The longest path: seven groups of digits and a width.
        if text.len() > 64 {
            return Err(PathError);
        }
        let rest = text.strip_prefix("tile/").ok_or(PathError)?;
        let (kind, rest) = rest.split_once('/').ok_or(PathError)?;
        let kind = match kind {
            "entries" => Kind::Entries,
            level => Kind::Hashes(number(level).ok_or(PathError)?),
        };
        let (index, width) = match rest.split_once(".p/") {
            None => (rest, WIDTH),
            Some((index, width)) => {
                let width = number(width).ok_or(PathError)?;
                (index, if width < WIDTH { width } else { return Err(PathError) })
            }
        };
        let index = index_of(index).ok_or(PathError)?;
        Self::new(kind, index, width).ok_or(PathError)
    }
}

fn number<T: TryFrom<u64>>(text: &str) -> Option<T> {
    crate::hash::decimal(text)?.try_into().ok()
}

fn index_of(text: &str) -> Option<u64> {
    let groups: Vec<&str> = text.split('/').collect();
    let (last, before) = groups.split_last()?;
    let mut index = 0u64;
    for (place, group) in before.iter().enumerate() {
        let group = three_digits(group.strip_prefix('x')?)?;
        if place == 0 && group == 0 {
            return None;
        }
        index = index.checked_mul(1000)?.checked_add(group)?;
    }
    index.checked_mul(1000)?.checked_add(three_digits(last)?)
}

fn three_digits(text: &str) -> Option<u64> {
    (text.len() == 3 && text.bytes().all(|b| b.is_ascii_digit()))
        .then(|| text.parse().ok())
        .flatten()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn paths_are_as_the_specification_writes_them() {
        let path = |kind, index, width| Tile::new(kind, index, width).unwrap().to_string();
        assert_eq!(path(Kind::Hashes(0), 1_234_067, 256), "tile/0/x001/x234/067");
        assert_eq!(path(Kind::Hashes(1), 0, 17), "tile/1/000.p/17");
        assert_eq!(path(Kind::Entries, 273, 112), "tile/entries/273.p/112");
        assert_eq!(path(Kind::Entries, 1000, 256), "tile/entries/x001/000");
    }

    #[test]
    fn other_spellings_are_refused() {
        for bad in [
            "",
            "tile",
            "tile/0",
            "tile/0/",
            "tile/0/1",
            "tile/0/0001",
            "tile/0/x000/001",
            "tile/0/x001",
            "tile/0/001/002",
            "tile/00/001",
            "tile/64/000",
            "tile/-1/000",
            "tile/data/000",
            "tile/0/001.p/0",
            "tile/0/001.p/01",
            "tile/0/001.p/256",
            "tile/0/001.p/",
            "tile/0/001.p/1.p/1",
            "tile/0/001.p",
            "tile/0/../001",
            "/tile/0/001",
            "tile/0/x999/x999/x999/x999/x999/x999/x999/999",
            "tile/1/x001/x234/x567/x890/x123/x456/789",
        ] {
            assert_eq!(bad.parse::<Tile>(), Err(PathError), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn paths_round_trip(level in 0u8..4, index in 0u64..1 << 31, width in 1u16..=256) {
            for kind in [Kind::Entries, Kind::Hashes(level)] {
                let tile = Tile::new(kind, index, width).unwrap();
                prop_assert_eq!(tile.to_string().parse::<Tile>(), Ok(tile));
            }
        }

        #[test]
        fn what_is_read_is_written_the_same(
            text in "tile/(entries|[0-9]{1,2})/(x[0-9]{3}/){0,3}[0-9]{3}(\\.p/[0-9]{1,3})?|.{0,70}",
        ) {
            if let Ok(tile) = text.parse::<Tile>() {
                prop_assert_eq!(tile.to_string(), text);
            }
        }
    }
}
