//! The EXIF orientation tag: read from a TIFF structure, applied to a picture.

use crate::{Picture, QuarterTurn};

/// How a stored picture becomes upright: a clockwise turn, then perhaps left
/// and right exchanged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Orientation {
    turn: QuarterTurn,
    mirror: bool,
}

impl Orientation {
    /// Of the tag's value (EXIF 2.32, tag 0x0112); unknown values mean upright.
    pub(super) fn from_exif(value: u8) -> Self {
        let (turn, mirror) = match value {
            2 => (QuarterTurn::None, true),
            3 => (QuarterTurn::Half, false),
            4 => (QuarterTurn::Half, true),
            5 => (QuarterTurn::Right, true),
            6 => (QuarterTurn::Right, false),
            7 => (QuarterTurn::Left, true),
            8 => (QuarterTurn::Left, false),
            _ => (QuarterTurn::None, false),
        };
        Self { turn, mirror }
    }

    /// The picture upright.
    pub(super) fn upright(self, picture: Picture) -> Picture {
        let turned = picture.into_turned(self.turn);
        if self.mirror { turned.into_mirrored() } else { turned }
    }
}

/// The orientation tag of an EXIF block (a TIFF structure), 1 to 8; 1 where it
/// is missing or makes no sense. Reads the first directory once, nothing else.
pub(super) fn read_exif(exif: &[u8]) -> u8 {
    let exif = exif.strip_prefix(b"Exif\0\0").unwrap_or(exif);
    image::metadata::Orientation::from_exif_chunk(exif)
        .map_or(1, image::metadata::Orientation::to_exif)
}
