//! WebM: a walk over its elements (RFC 8794, RFC 9559), of which only those
//! are opened that lead to the video track.
//!
//! A browser that records writes segment and clusters without a length and
//! neither index nor duration; so the walk goes from element to element and
//! knows where it is by what it meets.

use super::colour::{Colour, Matrix};
use super::container::{Container, Demuxed, Packet, push};
use super::{VideoCodec, VideoError, VideoLimits};
use crate::QuarterTurn;

const EBML: u32 = 0x1a45_dfa3;
const SEGMENT: u32 = 0x1853_8067;
const INFO: u32 = 0x1549_a966;
const TIMESTAMP_SCALE: u32 = 0x2a_d7b1;
const TRACKS: u32 = 0x1654_ae6b;
const TRACK_ENTRY: u32 = 0xae;
const TRACK_NUMBER: u32 = 0xd7;
const TRACK_TYPE: u32 = 0x83;
const CODEC_ID: u32 = 0x86;
const CONTENT_ENCODINGS: u32 = 0x6d80;
const VIDEO: u32 = 0xe0;
const PIXEL_WIDTH: u32 = 0xb0;
const PIXEL_HEIGHT: u32 = 0xba;
const COLOUR: u32 = 0x55b0;
const MATRIX: u32 = 0x55b1;
const RANGE: u32 = 0x55b9;
const CLUSTER: u32 = 0x1f43_b675;
const TIMESTAMP: u32 = 0xe7;
const SIMPLE_BLOCK: u32 = 0xa3;
const BLOCK_GROUP: u32 = 0xa0;
const BLOCK: u32 = 0xa1;

/// The video track of a WebM file.
pub(super) fn demux(bytes: &[u8], limits: &VideoLimits) -> Result<Demuxed, VideoError> {
    let mut file = Film { scale_ns: 1_000_000, ..Film::default() };
    let mut at = 0;
    while let Some(element) = Element::at(bytes, at)? {
        at = match element.id {
            // Gone into, with or without a length: what is inside says so itself.
            SEGMENT | CLUSTER | BLOCK_GROUP => {
                // One that says its length has to be there in full.
                element.end(bytes)?;
                element.start
            }
            _ => {
                let end = element.end(bytes)?.ok_or(VideoError::Corrupt)?;
                file.meet(bytes, &element, end, limits)?;
                end
            }
        };
    }
    let track = file.track.ok_or(VideoError::NoVideoTrack)?;
    Ok(Demuxed {
        container: Container::WebM,
        codec: track.codec,
        setup: None,
        packets: file.packets,
        turn: QuarterTurn::None,
        colour: track.colour,
    })
}

/// What the walk has met so far.
#[derive(Default)]
struct Film {
    scale_ns: u64,
    track: Option<Track>,
    cluster: i64,
    packets: Vec<Packet>,
}

struct Track {
    number: u64,
    codec: VideoCodec,
    colour: Option<Colour>,
}

impl Film {
    fn meet(
        &mut self,
        bytes: &[u8],
        element: &Element,
        end: usize,
        limits: &VideoLimits,
    ) -> Result<(), VideoError> {
        let body = bytes.get(element.start..end).ok_or(VideoError::Truncated)?;
        match element.id {
            INFO => {
                if let Some(scale) = child(body, TIMESTAMP_SCALE)? {
                    self.scale_ns = Some(unsigned(scale)).filter(|n| *n > 0).ok_or(CORRUPT)?;
                }
            }
            TRACKS => {
                for (id, entry) in children(body)? {
                    if id == TRACK_ENTRY && self.track.is_none() {
                        self.track = Track::of(entry, limits)?;
                    }
                }
                if self.track.is_none() {
                    return Err(VideoError::NoVideoTrack);
                }
            }
            TIMESTAMP => {
                self.cluster = i64::try_from(unsigned(body)).map_err(|_| CORRUPT)?;
            }
            SIMPLE_BLOCK | BLOCK => self.block(element.start, body, limits)?,
            _ => {}
        }
        Ok(())
    }

    /// A block: track, time against its cluster's, flags, then a frame.
    fn block(&mut self, start: usize, body: &[u8], limits: &VideoLimits) -> Result<(), VideoError> {
        let track = self.track.as_ref().ok_or(VideoError::NoVideoTrack)?;
        let (number, length) = vint(body, true)?.ok_or(CORRUPT)?;
        if number != Some(track.number) {
            return Ok(());
        }
        let [high, low, flags] =
            *body.get(length..).and_then(<[u8]>::first_chunk).ok_or(CORRUPT)?;
        if flags & 0b110 != 0 {
            return Err(VideoError::UnsupportedFeature { feature: "several frames in one block" });
        }
        let ticks = self.cluster.saturating_add(i64::from(i16::from_be_bytes([high, low])));
        let at_us = i128::from(ticks) * i128::from(self.scale_ns) / 1_000;
        let at_us = i64::try_from(at_us).map_err(|_| CORRUPT)?;
        if self.packets.last().is_some_and(|last| at_us < last.at_us) {
            return Err(VideoError::ClockBackwards);
        }
        let from = start + length + 3;
        push(&mut self.packets, Packet { bytes: from..start + body.len(), at_us }, limits)
    }
}

impl Track {
    /// A track, if it is one of video.
    fn of(entry: &[u8], limits: &VideoLimits) -> Result<Option<Self>, VideoError> {
        if child(entry, TRACK_TYPE)?.map(unsigned) != Some(1) {
            return Ok(None);
        }
        let number = child(entry, TRACK_NUMBER)?.map(unsigned).ok_or(CORRUPT)?;
        let codec = match child(entry, CODEC_ID)?.ok_or(CORRUPT)? {
            b"V_VP8" => VideoCodec::Vp8,
            b"V_VP9" => VideoCodec::Vp9,
            // Chromium's recorder with H.264 writes Matroska.
            b"V_MPEG4/ISO/AVC" => return Err(unknown("H.264 in Matroska")),
            b"V_AV1" => return Err(unknown("AV1")),
            b"V_MPEGH/ISO/HEVC" => return Err(unknown("HEVC")),
            b"V_THEORA" => return Err(unknown("Theora")),
            _ => return Err(unknown("this codec")),
        };
        if child(entry, CONTENT_ENCODINGS)?.is_some() {
            return Err(VideoError::UnsupportedFeature { feature: "an encrypted or packed track" });
        }
        let mut colour = None;
        if let Some(video) = child(entry, VIDEO)? {
            let side = |id| Ok::<_, VideoError>(child(video, id)?.map_or(0, unsigned));
            let (width, height) = (side(PIXEL_WIDTH)?, side(PIXEL_HEIGHT)?);
            let cut = |n: u64| u32::try_from(n).unwrap_or(u32::MAX);
            limits.check_size(cut(width), cut(height))?;
            if let Some(said) = child(video, COLOUR)? {
                let of = |id| Ok::<_, VideoError>(child(said, id)?.map_or(0, unsigned));
                let (matrix, range) = (of(MATRIX)?, of(RANGE)?);
                let matrix = u8::try_from(matrix).ok().and_then(Matrix::coded);
                colour = matrix.map(|matrix| Colour { matrix, full: range == 2 });
            }
        }
        Ok(Some(Self { number, codec, colour }))
    }
}

fn unknown(codec: &'static str) -> VideoError {
    VideoError::UnknownCodec { codec }
}

const CORRUPT: VideoError = VideoError::Corrupt;

/// An element's head.
struct Element {
    id: u32,
    /// Where its content begins.
    start: usize,
    /// How long it is; `None` if it does not say.
    length: Option<u64>,
}

impl Element {
    /// The element at `at`; `None` at the end.
    fn at(bytes: &[u8], at: usize) -> Result<Option<Self>, VideoError> {
        let rest = bytes.get(at..).unwrap_or(&[]);
        let Some((id, id_length)) = vint(rest, false)? else { return Ok(None) };
        let id = id.and_then(|id| u32::try_from(id).ok()).ok_or(CORRUPT)?;
        let rest = rest.get(id_length..).unwrap_or(&[]);
        let (length, head) = vint(rest, true)?.ok_or(VideoError::Truncated)?;
        if at == 0 && id != EBML {
            return Err(CORRUPT);
        }
        Ok(Some(Self { id, start: at + id_length + head, length }))
    }

    /// Where it ends; `None` if it does not say.
    fn end(&self, bytes: &[u8]) -> Result<Option<usize>, VideoError> {
        let Some(length) = self.length else { return Ok(None) };
        let end = usize::try_from(length).ok().and_then(|length| self.start.checked_add(length));
        end.filter(|end| *end <= bytes.len()).map(Some).ok_or(VideoError::Truncated)
    }
}

/// A number of variable length and how many bytes it took: an id with its
/// marker, a length without. All ones is a length that is not known. `None` at
/// the end of the bytes.
fn vint(bytes: &[u8], length: bool) -> Result<Option<(Option<u64>, usize)>, VideoError> {
    let Some(first) = bytes.first() else { return Ok(None) };
    let size = first.leading_zeros() as usize + 1;
    if size > if length { 8 } else { 4 } {
        return Err(CORRUPT);
    }
    let all = bytes.get(..size).ok_or(VideoError::Truncated)?;
    let value = unsigned(all);
    if !length {
        return Ok(Some((Some(value), size)));
    }
    let mask = (1_u64 << (7 * size)) - 1;
    let value = value & mask;
    Ok(Some(((value != mask).then_some(value), size)))
}

/// A number, the highest byte first; of more than eight bytes, the last eight.
fn unsigned(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0, |sum, byte| sum << 8 | u64::from(*byte))
}

/// Children that are looked at, of one element.
const MOST_CHILDREN: usize = 256;

/// The elements inside one.
fn children(body: &[u8]) -> Result<Vec<(u32, &[u8])>, VideoError> {
    let (mut found, mut at) = (Vec::new(), 0);
    // The first of a part is no EBML head.
    while at < body.len() && found.len() < MOST_CHILDREN {
        let rest = body.get(at..).unwrap_or(&[]);
        let Some((Some(id), id_length)) = vint(rest, false)? else { break };
        let rest = rest.get(id_length..).unwrap_or(&[]);
        let (Some(length), head) = vint(rest, true)?.ok_or(CORRUPT)? else { return Err(CORRUPT) };
        let inside = rest.get(head..).unwrap_or(&[]);
        let inside = usize::try_from(length).ok().and_then(|n| inside.get(..n)).ok_or(CORRUPT)?;
        found.push((u32::try_from(id).map_err(|_| CORRUPT)?, inside));
        at += id_length + head + inside.len();
    }
    Ok(found)
}

/// The first element inside one that has this id.
fn child(body: &[u8], id: u32) -> Result<Option<&[u8]>, VideoError> {
    Ok(children(body)?.into_iter().find(|(found, _)| *found == id).map(|(_, inside)| inside))
}
