//! What goes over the two pipes. Fixed-size headers, little-endian:
//!
//! | frame | bytes |
//! |---|---|
//! | hello, worker to pool, once | `bfw1`, seccomp, Landlock version, rlimits, process |
//! | request, pool to worker | sequence 8, length 8, order 32 (see [`film`](super::film)); then the file |
//! | reply, worker to pool | sequence 8, kind, six bytes of it, 0, width 4, height 4, length 8; then pixels |
//!
//! The worker may have been taken over by what it decoded: every byte of its
//! frames is checked, unused ones for zero, and a picture must have exactly
//! the bytes its claimed size needs.

use super::film::ORDER;
use crate::worker::Isolation;
use crate::{ColourModel, DecodeError, Format, Limits, SourceFacts};

/// Length of [`hello`].
pub const HELLO: usize = 8;
/// Length of [`request`].
pub const REQUEST: usize = 16 + ORDER;
/// Length of a reply's header.
pub const REPLY: usize = 32;

/// A frame that no honest worker sends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Malformed;

/// A reply's header, believed as far as it contradicts neither itself nor the
/// limits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reply {
    /// `length` bytes of pixels follow.
    Picture {
        /// Facts of the file.
        facts: SourceFacts,
        /// Upright width.
        width: u32,
        /// Upright height.
        height: u32,
        /// `width * height * 3`.
        length: usize,
    },
    /// The decoder refused the file.
    Refused(DecodeError),
}

/// The first frame of a worker.
pub fn hello(isolation: &Isolation) -> [u8; HELLO] {
    let Isolation { seccomp, landlock_abi, rlimits, process } = *isolation;
    let [a, b, c, d] = *MAGIC;
    [a, b, c, d, seccomp.into(), landlock_abi, rlimits.into(), process.into()]
}

/// Reads [`hello`].
pub fn parse_hello(bytes: &[u8; HELLO]) -> Result<Isolation, Malformed> {
    let [a, b, c, d, seccomp, landlock_abi, rlimits, process] = *bytes;
    if [a, b, c, d] != *MAGIC {
        return Err(Malformed);
    }
    let (seccomp, rlimits, process) = (flag(seccomp)?, flag(rlimits)?, flag(process)?);
    Ok(Isolation { seccomp, landlock_abi, rlimits, process })
}

const MAGIC: &[u8; 4] = b"bfw1";

/// The header of a request of `length` bytes.
pub fn request(sequence: u64, length: u64, order: &[u8; ORDER]) -> [u8; REQUEST] {
    let mut out = [0; REQUEST];
    out[..8].copy_from_slice(&sequence.to_le_bytes());
    out[8..16].copy_from_slice(&length.to_le_bytes());
    out[16..].copy_from_slice(order);
    out
}

/// Sequence, length and order of a request.
pub fn parse_request(bytes: &[u8; REQUEST]) -> (u64, u64, [u8; ORDER]) {
    let order = bytes.last_chunk().copied().unwrap_or([0; ORDER]);
    (u64_at(bytes, 0), u64_at(bytes, 8), order)
}

/// The header of a reply.
pub fn reply(sequence: u64, reply: &Reply) -> [u8; REPLY] {
    let mut out = [0; REPLY];
    out[..8].copy_from_slice(&sequence.to_le_bytes());
    match reply {
        Reply::Picture { facts, length, .. } => {
            out[8] = PICTURE;
            out[9] = index(&FORMATS, &facts.format);
            out[10] = facts.orientation;
            out[11] = facts.bit_depth;
            out[12] = index(&COLOURS, &facts.colour);
            out[13] = facts.alpha.into();
            out[14] = facts.animated.into();
            size(&mut out, facts.width, facts.height);
            out[24..].copy_from_slice(&(*length as u64).to_le_bytes());
        }
        Reply::Refused(error) => {
            out[8] = REFUSED;
            let (kind, name, (width, height)) = refusal(*error);
            (out[9], out[10]) = (kind, name);
            size(&mut out, width, height);
        }
    }
    out
}

impl Reply {
    /// Reads the header of the reply to request `sequence`.
    pub fn parse(bytes: &[u8; REPLY], sequence: u64, limits: &Limits) -> Result<Self, Malformed> {
        let (width, height, length) = (u32_at(bytes, 16), u32_at(bytes, 20), u64_at(bytes, 24));
        if u64_at(bytes, 0) != sequence || bytes[15] != 0 {
            return Err(Malformed);
        }
        match bytes[8] {
            PICTURE => {
                let facts = SourceFacts {
                    format: at(&FORMATS, bytes[9])?,
                    width,
                    height,
                    orientation: within(bytes[10], 1, 8)?,
                    bit_depth: within(bytes[11], 1, 64)?,
                    colour: at(&COLOURS, bytes[12])?,
                    alpha: flag(bytes[13])?,
                    animated: flag(bytes[14])?,
                };
                limits.check_size(width, height).map_err(|_| Malformed)?;
                if length != u64::from(width) * u64::from(height) * 3 {
                    return Err(Malformed);
                }
                let length = usize::try_from(length).map_err(|_| Malformed)?;
                let (width, height) =
                    if facts.orientation >= 5 { (height, width) } else { (width, height) };
                Ok(Self::Picture { facts, width, height, length })
            }
            REFUSED if length == 0 && bytes[11..15] == [0; 4] => {
                refused(bytes[9], bytes[10], (width, height), limits).map(Self::Refused)
            }
            _ => Err(Malformed),
        }
    }
}

const PICTURE: u8 = 1;
const REFUSED: u8 = 2;

const FORMATS: [Format; 6] =
    [Format::Jpeg, Format::Png, Format::WebP, Format::Gif, Format::Tiff, Format::Bmp];

const COLOURS: [ColourModel; 6] = [
    ColourModel::Gray,
    ColourModel::Rgb,
    ColourModel::YCbCr,
    ColourModel::Palette,
    ColourModel::Cmyk,
    ColourModel::Ycck,
];

/// Names that [`DecodeError`] may carry. One that is not here (the first is
/// for those) costs its detail, nothing else.
const NAMES: [&str; 22] = [
    "this kind of image file",
    "this kind of webp",
    "floating-point colour",
    "lossless or hierarchical jpeg",
    "arithmetic-coded jpeg",
    "a jpeg with that many scans",
    "jpeg with more than 8 bits a sample",
    "jpeg that does not give its height",
    "jpeg with that number of colours",
    "jpeg with fractional sampling",
    "BigTIFF",
    "JPEG XL",
    "JPEG 2000",
    "Photoshop",
    "icon",
    "ZIP",
    "WebM video",
    "SVG",
    "AVIF",
    "HEIC",
    "video",
    "PDF",
];

/// A refusal as number, index of a name, and size.
fn refusal(error: DecodeError) -> (u8, u8, (u32, u32)) {
    let plain = |kind| (kind, 0, (0, 0));
    match error {
        DecodeError::Empty => plain(1),
        DecodeError::NotAnImage => plain(2),
        DecodeError::UnsupportedFormat { format } => (3, index(&NAMES, &format), (0, 0)),
        DecodeError::UnsupportedFeature { feature } => (4, index(&NAMES, &feature), (0, 0)),
        DecodeError::Truncated => plain(5),
        DecodeError::Corrupt => plain(6),
        DecodeError::TooManyBytes { .. } => plain(7),
        DecodeError::TooManyPixels { width, height, .. } => (8, 0, (width, height)),
        DecodeError::SideTooLong { width, height, .. } => (9, 0, (width, height)),
        DecodeError::TooMuchMemory { .. } => plain(10),
        // Said by the pool, never by a decoder.
        DecodeError::WorkerCrashed | DecodeError::TookTooLong | DecodeError::WorkerUnavailable => {
            plain(6)
        }
    }
}

/// Reads what [`refusal`] wrote.
fn refused(
    kind: u8,
    name: u8,
    (width, height): (u32, u32),
    limits: &Limits,
) -> Result<DecodeError, Malformed> {
    let (named, sized) = (matches!(kind, 3 | 4), matches!(kind, 8 | 9));
    if (!named && name != 0) || (!sized && (width, height) != (0, 0)) {
        return Err(Malformed);
    }
    Ok(match kind {
        1 => DecodeError::Empty,
        2 => DecodeError::NotAnImage,
        3 => DecodeError::UnsupportedFormat { format: at(&NAMES, name)? },
        4 => DecodeError::UnsupportedFeature { feature: at(&NAMES, name)? },
        5 => DecodeError::Truncated,
        6 => DecodeError::Corrupt,
        7 => DecodeError::TooManyBytes { max_bytes: limits.max_bytes },
        // The limits are the pool's own, and so is the check.
        8 | 9 => match limits.check_size(width, height) {
            Err(error) if refusal(error).0 == kind => error,
            _ => return Err(Malformed),
        },
        10 => DecodeError::TooMuchMemory { max_memory: limits.max_memory },
        _ => return Err(Malformed),
    })
}

pub(super) fn index<T: PartialEq>(table: &[T], value: &T) -> u8 {
    table.iter().position(|v| v == value).unwrap_or(0) as u8
}

pub(super) fn at<T: Copy>(table: &[T], index: u8) -> Result<T, Malformed> {
    table.get(usize::from(index)).copied().ok_or(Malformed)
}

pub(super) fn within(value: u8, low: u8, high: u8) -> Result<u8, Malformed> {
    if (low..=high).contains(&value) { Ok(value) } else { Err(Malformed) }
}

fn flag(byte: u8) -> Result<bool, Malformed> {
    Ok(within(byte, 0, 1)? == 1)
}

pub(super) fn size(out: &mut [u8; REPLY], width: u32, height: u32) {
    out[16..20].copy_from_slice(&width.to_le_bytes());
    out[20..24].copy_from_slice(&height.to_le_bytes());
}

pub(super) fn u32_at(bytes: &[u8], at: usize) -> u32 {
    bytes.get(at..).and_then(|b| b.first_chunk()).map_or(0, |b| u32::from_le_bytes(*b))
}

pub(super) fn u64_at(bytes: &[u8], at: usize) -> u64 {
    bytes.get(at..).and_then(|b| b.first_chunk()).map_or(0, |b| u64::from_le_bytes(*b))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn picture(orientation: u8) -> Reply {
        let facts = SourceFacts {
            format: Format::Tiff,
            width: 640,
            height: 480,
            orientation,
            bit_depth: 16,
            colour: ColourModel::Ycck,
            alpha: true,
            animated: false,
        };
        let (width, height) = if orientation >= 5 { (480, 640) } else { (640, 480) };
        Reply::Picture { facts, width, height, length: 640 * 480 * 3 }
    }

    fn refusals() -> Vec<DecodeError> {
        let limits = Limits::default();
        let (max_bytes, max_memory) = (limits.max_bytes, limits.max_memory);
        let (max_pixels, max_side) = (limits.max_pixels, limits.max_side);
        vec![
            DecodeError::Empty,
            DecodeError::NotAnImage,
            DecodeError::UnsupportedFormat { format: "HEIC" },
            DecodeError::UnsupportedFeature { feature: "arithmetic-coded jpeg" },
            DecodeError::Truncated,
            DecodeError::Corrupt,
            DecodeError::TooManyBytes { max_bytes },
            DecodeError::TooManyPixels { width: 9_000, height: 9_000, max_pixels },
            DecodeError::SideTooLong { width: 20_000, height: 20, max_side },
            DecodeError::TooMuchMemory { max_memory },
        ]
    }

    #[test]
    fn replies_come_back_as_they_were_sent() {
        let sent = (1..=8).map(picture).chain(refusals().into_iter().map(Reply::Refused));
        for sent in sent {
            let frame = reply(77, &sent);
            assert_eq!(Reply::parse(&frame, 77, &Limits::default()), Ok(sent));
            assert_eq!(Reply::parse(&frame, 78, &Limits::default()), Err(Malformed));
        }
    }

    #[test]
    fn a_hello_comes_back_as_it_was_sent() {
        let said = Isolation { seccomp: true, landlock_abi: 4, rlimits: false, process: true };
        assert_eq!(parse_hello(&hello(&said)), Ok(said));
        assert_eq!(parse_hello(b"GET / HT"), Err(Malformed));
    }

    #[test]
    fn a_picture_of_another_size_than_its_bytes_is_no_reply() {
        let frame = reply(1, &picture(6));
        let limits = Limits::default();
        for (offset, value) in [(16, 641u32), (20, 0), (20, u32::MAX), (24, 921_601), (28, 1)] {
            let mut bent = frame;
            bent[offset..offset + 4].copy_from_slice(&value.to_le_bytes());
            assert_eq!(Reply::parse(&bent, 1, &limits), Err(Malformed), "{offset} {value}");
        }
        let small = Limits { max_pixels: 1_000, ..limits };
        assert_eq!(Reply::parse(&frame, 1, &small), Err(Malformed));
    }

    #[test]
    fn a_refusal_for_size_must_be_one_by_the_pools_own_limits() {
        for (width, height) in [(10, 10), (0, 0), (20_000, 20)] {
            let error = DecodeError::TooManyPixels { width, height, max_pixels: 1 };
            let frame = reply(1, &Reply::Refused(error));
            assert_eq!(Reply::parse(&frame, 1, &Limits::default()), Err(Malformed));
        }
    }

    #[test]
    fn unknown_names_lose_their_detail_only() {
        let feature = "something new";
        let frame = reply(1, &Reply::Refused(DecodeError::UnsupportedFeature { feature }));
        let feature = NAMES[0];
        let back = Reply::Refused(DecodeError::UnsupportedFeature { feature });
        assert_eq!(Reply::parse(&frame, 1, &Limits::default()), Ok(back));
    }

    proptest! {
        /// Whatever is taken as a reply is one that an honest worker would
        /// have written, byte for byte.
        #[test]
        fn a_reply_has_one_spelling(
            head in prop::array::uniform8(0u8..12),
            tail in prop::array::uniform16(0u8..4),
            honest in any::<bool>(),
        ) {
            let mut bytes = [0; REPLY];
            bytes[8..16].copy_from_slice(&head);
            bytes[16..].copy_from_slice(&tail);
            if honest {
                let (w, h) = (u32::from(tail[0]), u32::from(tail[4]));
                size(&mut bytes, w, h);
                bytes[24..].copy_from_slice(&u64::from(w * h * 3).to_le_bytes());
            }
            if let Ok(said) = Reply::parse(&bytes, 0, &Limits::default()) {
                prop_assert_eq!(reply(0, &said), bytes);
            }
        }
    }
}
