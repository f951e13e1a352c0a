//! Files to packets: which kind of file, its video track, and where its frames
//! are.

use std::ops::Range;

use serde::Serialize;

use super::colour::Colour;
use super::{VideoCodec, VideoError, VideoLimits, mp4, webm};
use crate::QuarterTurn;

/// Kinds of file that are opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Container {
    /// WebM, a subset of Matroska.
    WebM,
    /// ISO base media file format, fragmented or not.
    Mp4,
}

impl Container {
    /// The kind of file, by its beginning alone; `None` if it is none of these.
    /// Still pictures in the same clothes (HEIC, AVIF) are none.
    pub fn of(bytes: &[u8]) -> Option<Self> {
        if bytes.starts_with(b"\x1a\x45\xdf\xa3") {
            return Some(Self::WebM);
        }
        let brand = (bytes.get(4..8)? == b"ftyp").then(|| bytes.get(8..12)).flatten()?;
        (!STILLS.contains(&brand)).then_some(Self::Mp4)
    }

    /// The file's media type.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::WebM => "video/webm",
            Self::Mp4 => "video/mp4",
        }
    }
}

/// Brands of still pictures.
const STILLS: [&[u8]; 11] = [
    b"avif", b"avis", b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1",
    b"mif2",
];

/// The video track of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Demuxed {
    pub(super) container: Container,
    pub(super) codec: VideoCodec,
    /// What the decoder is told before the first packet.
    pub(super) setup: Option<Vec<u8>>,
    /// In the order in which they are decoded.
    pub(super) packets: Vec<Packet>,
    /// By which the frames are put upright.
    pub(super) turn: QuarterTurn,
    /// As the container says, where it does.
    pub(super) colour: Option<Colour>,
}

/// A coded frame.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Packet {
    /// Where in the file.
    pub(super) bytes: Range<usize>,
    /// When it is shown, in microseconds of the file's own clock.
    pub(super) at_us: i64,
}

/// Opens a file.
pub(super) fn demux(bytes: &[u8], limits: &VideoLimits) -> Result<Demuxed, VideoError> {
    let found = match Container::of(bytes).ok_or(VideoError::NotAVideo)? {
        Container::WebM => webm::demux(bytes, limits),
        Container::Mp4 => mp4::demux(bytes, limits),
    }?;
    let times = found.packets.iter().map(|packet| packet.at_us);
    let (first, last) = (times.clone().min(), times.max());
    let (Some(first), Some(last)) = (first, last) else { return Err(VideoError::NoFrames) };
    if last.saturating_sub(first) > i64::from(limits.max_ms) * 1_000 {
        return Err(VideoError::TooLong { max_ms: limits.max_ms });
    }
    Ok(found)
}

/// Adds a packet, as long as there may be one more.
pub(super) fn push(
    packets: &mut Vec<Packet>,
    packet: Packet,
    limits: &VideoLimits,
) -> Result<(), VideoError> {
    if packets.len() >= limits.max_frames as usize {
        return Err(VideoError::TooManyFrames { max_frames: limits.max_frames });
    }
    packets.push(packet);
    Ok(())
}

/// Ticks of a clock as microseconds; a clock without ticks is no clock.
pub(super) fn micros(ticks: i64, per_second: u32) -> Result<i64, VideoError> {
    if per_second == 0 {
        return Err(VideoError::Corrupt);
    }
    let micros = i128::from(ticks) * 1_000_000 / i128::from(per_second);
    i64::try_from(micros).map_err(|_| VideoError::Corrupt)
}
