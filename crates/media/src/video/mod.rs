//! Video files: bytes from outside to upright [`Picture`]s, one at a time, each
//! with the time at which it is shown.
//!
//! WebM with VP8 or VP9 and MP4 with H.264 or VP9, the first video track of
//! each; sound and everything else is skipped unread. Sizes, counts and times
//! are checked from the containers' tables and the streams' headers before a
//! frame is decoded, and a file that is not there in full is an error, never
//! half a video. Times count from the first frame shown, as in the container:
//! a browser that records writes them anew, so that whoever needs the time of
//! capture keeps a log of it beside the file.
//!
//! The decoders are young: a server puts a
//! [`WorkerPool`](crate::worker::WorkerPool) between them and itself.

mod bits;
mod codec;
mod colour;
mod container;
mod error;
mod header;
mod mp4;
mod order;
mod vp8;
mod webm;

#[cfg(test)]
mod samples;
#[cfg(test)]
mod tests;

use std::ops::ControlFlow;

use serde::Serialize;

pub use container::Container;
pub use error::VideoError;

use crate::Picture;
use container::{Demuxed, demux};
use order::InOrder;

/// Bounds on a video.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct VideoLimits {
    /// Bytes of the file.
    pub max_bytes: usize,
    /// Frames of the video track, hidden ones included.
    pub max_frames: u32,
    /// Milliseconds from the first frame to the last.
    pub max_ms: u32,
    /// Pixels of a frame, width times height.
    pub max_pixels: u64,
    /// Pixels of a frame's longer side.
    pub max_side: u32,
}

impl Default for VideoLimits {
    /// 32 MiB, 1,800 frames, 60 seconds, frames of 3840 by 2160 pixels and no
    /// side longer than 4,096.
    fn default() -> Self {
        Self {
            max_bytes: 32 << 20,
            max_frames: 1_800,
            max_ms: 60_000,
            max_pixels: 3_840 * 2_160,
            max_side: 4_096,
        }
    }
}

impl VideoLimits {
    /// Checks a size that a header claims, or that a decoder gives.
    pub(crate) fn check_size(&self, width: u32, height: u32) -> Result<(), VideoError> {
        if width == 0 || height == 0 {
            return Err(VideoError::Corrupt);
        }
        let max_pixels = self.max_pixels.min(Picture::MAX_PIXELS);
        let pixels = u64::from(width) * u64::from(height);
        if pixels > max_pixels || width.max(height) > self.max_side {
            return Err(VideoError::TooLarge { width, height });
        }
        Ok(())
    }
}

/// Which frames are made pictures of. All are decoded: each is the ground of the
/// next one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pick {
    /// The first, and every so many-th after it; 0 is taken for 1.
    Every(u32),
    /// At most so many, evenly over the video; 0 is taken for 1.
    AtMost(u32),
}

impl Pick {
    /// How far it is from one picture to the next, where there are `frames`.
    fn stride(self, frames: u32) -> u32 {
        match self {
            Self::Every(stride) => stride.max(1),
            Self::AtMost(most) => frames.div_ceil(most.max(1)).max(1),
        }
    }
}

/// What is asked of a video.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct VideoOrder {
    /// What is let in.
    pub limits: VideoLimits,
    /// Which frames.
    pub pick: Pick,
}

/// A frame of a video.
#[derive(Clone, Debug)]
pub struct Filmed {
    /// Its number among the frames shown, from 0.
    pub index: u32,
    /// Microseconds from the first frame shown to this one.
    pub at_us: u64,
    /// Upright.
    pub picture: Picture,
}

impl Filmed {
    /// Milliseconds from the first frame shown to this one.
    pub fn at_ms(&self) -> f64 {
        self.at_us as f64 / 1_000.0
    }
}

/// What a video said of itself, and how many frames it showed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct VideoFacts {
    /// Kind of file.
    pub container: Container,
    /// How its frames were stored.
    pub codec: VideoCodec,
    /// Frames shown.
    pub frames: u32,
    /// Microseconds from the first frame to the last.
    pub length_us: u64,
    /// Clockwise degrees by which the frames were turned: 0, 90, 180 or 270.
    pub turned: u16,
}

/// How a video's frames are stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum VideoCodec {
    /// RFC 6386.
    Vp8,
    /// Its successor, eight bits a sample.
    Vp9,
    /// ITU-T H.264, frames (not fields), eight bits a sample.
    H264,
}

/// Hands the wanted frames of a video to `each`, in the order in which they are
/// shown, until there are no more or `each` has enough.
pub(crate) fn decode(
    bytes: &[u8],
    order: &VideoOrder,
    each: &mut dyn FnMut(Filmed) -> ControlFlow<()>,
) -> Result<Option<VideoFacts>, VideoError> {
    let limits = &order.limits;
    if bytes.is_empty() {
        return Err(VideoError::Empty);
    }
    if bytes.len() > limits.max_bytes {
        return Err(VideoError::TooManyBytes { max_bytes: limits.max_bytes });
    }
    let Demuxed { container, codec, setup, packets, turn, colour } = demux(bytes, limits)?;
    let stride = order.pick.stride(u32::try_from(packets.len()).unwrap_or(u32::MAX));
    let mut decoder = codec::Stream::new(codec, setup.as_deref(), *limits)?;
    let mut in_order = InOrder::new(&packets);
    let (mut frames, mut first, mut length_us) = (0_u32, None, 0);
    for (number, packet) in packets.iter().enumerate() {
        let coded = bytes.get(packet.bytes.clone()).ok_or(VideoError::Truncated)?;
        in_order.put(number, decoder.next(coded)?)?;
        while let Some((at_us, planes)) = in_order.take() {
            let first = *first.get_or_insert(at_us);
            length_us = at_us.saturating_sub(first);
            if length_us > u64::from(limits.max_ms) * 1_000 {
                return Err(VideoError::TooLong { max_ms: limits.max_ms });
            }
            let index = frames;
            frames += 1;
            if !index.is_multiple_of(stride) {
                continue;
            }
            let picture = planes.rgb(colour.unwrap_or(decoder.colour()))?.into_turned(turn);
            if each(Filmed { index, at_us: length_us, picture }).is_break() {
                return Ok(None);
            }
        }
    }
    if frames == 0 {
        return Err(VideoError::NoFrames);
    }
    let turned = turn.degrees() as u16;
    Ok(Some(VideoFacts { container, codec, frames, length_us, turned }))
}
