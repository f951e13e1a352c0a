//! Where pictures are looked at: what a job on the pool has at hand.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::Duration;

use bonafide_context::{Clock, Date, Sensitive};
use bonafide_document::{Reading, agreed, sharpness};
use bonafide_ledger::Facts;
use bonafide_media::video::{
    Container, Filmed, Pick, VideoError, VideoFacts, VideoLimits, VideoOrder,
};
use bonafide_media::{DecodeError, Decoded, Decoder, Format, Picture};
use bytes::Bytes;

use super::Engines;
use crate::UseCaseError;

/// Engines and decoder. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Studio {
    pub(crate) engines: Arc<Engines>,
    decoder: Arc<dyn Decoder>,
    clock: Arc<dyn Clock>,
}

impl Studio {
    pub(crate) fn new(
        engines: Arc<Engines>,
        decoder: Arc<dyn Decoder>,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self { engines, decoder, clock }
    }

    /// The upright picture in a file that is called `part` in the request.
    pub(crate) fn picture(
        &self,
        steps: &mut Steps,
        part: &'static str,
        bytes: &Sensitive<Bytes>,
    ) -> Result<Picture, UseCaseError> {
        self.decoded(steps, part, bytes).map(|decoded| decoded.picture)
    }

    /// The same, with the facts of the file.
    pub(crate) fn decoded(
        &self,
        steps: &mut Steps,
        part: &'static str,
        bytes: &Sensitive<Bytes>,
    ) -> Result<Decoded, UseCaseError> {
        let decode = || {
            let decoded = self.decoder.decode(bytes.expose());
            decoded.map_err(|error| UseCaseError::Picture { part, error })
        };
        let facts = |decoded: &Decoded| source_facts(part, decoded);
        steps.step("decode", decode, facts)
    }

    /// What a photo or a short video of one side of a document shows, in a file that is
    /// called `part` in the request.
    pub(crate) fn side(
        &self,
        steps: &mut Steps,
        part: &'static str,
        bytes: &Sensitive<Bytes>,
    ) -> Result<Side, UseCaseError> {
        let Some(container) = Container::of(bytes.expose()) else {
            let Decoded { picture, facts } = self.decoded(steps, part, bytes)?;
            return Ok(Side { pictures: vec![picture], media_type: media_type(facts.format) });
        };
        let mut best: Vec<(f32, Picture)> = Vec::new();
        let watch = || {
            let watched = self.decoder.video(bytes.expose(), &FILMED, &mut |frame| {
                best.push((sharpness(&frame.picture), frame.picture));
                best.sort_by(|a, b| b.0.total_cmp(&a.0));
                best.truncate(READ);
                ControlFlow::Continue(())
            });
            watched.map_err(|error| UseCaseError::Video { part, error })
        };
        steps.step("decode", watch, |facts| film_facts(part, facts.as_ref()))?;
        let pictures = best.into_iter().map(|(_, picture)| picture).collect();
        Ok(Side { pictures, media_type: container.media_type() })
    }

    /// A frame of a recording, of which there are too many to be steps each.
    pub(crate) fn frame(&self, bytes: &[u8]) -> Result<Decoded, DecodeError> {
        self.decoder.decode(bytes)
    }

    /// The frames of a video, one after another.
    pub(crate) fn film(
        &self,
        bytes: &[u8],
        order: &VideoOrder,
        each: &mut dyn FnMut(Filmed) -> ControlFlow<()>,
    ) -> Result<Option<VideoFacts>, VideoError> {
        self.decoder.video(bytes, order, each)
    }

    /// An empty list of steps.
    pub(crate) fn steps(&self) -> Steps {
        Steps { clock: self.clock.clone(), taken: Vec::new() }
    }
}

/// One side of a document: a photo, or the sharpest frames of a video, the sharpest
/// first. Never empty.
pub(crate) struct Side {
    pub(crate) pictures: Vec<Picture>,
    pub(crate) media_type: &'static str,
}

/// Frames of a document's video that are read.
const READ: usize = 3;

/// A video of a document: half a minute, of which a dozen frames are compared.
const FILMED: VideoOrder = VideoOrder {
    limits: VideoLimits {
        max_bytes: 32 << 20,
        max_frames: 1_800,
        max_ms: 30_000,
        max_pixels: 3_840 * 2_160,
        max_side: 4_096,
    },
    pick: Pick::AtMost(12),
};

/// Reads both sides of a document, as often as they were filmed, and gives what the
/// readings agree upon; with it the picture of the front that it rests on.
pub(crate) fn read_sides<'a>(
    studio: &Studio,
    front: &'a Side,
    back: Option<&Side>,
    today: Date,
) -> Result<(&'a Picture, Reading), UseCaseError> {
    let of = |side: &'a Side, n: usize| side.pictures.get(n).or(side.pictures.first());
    let times = front.pictures.len().max(back.map_or(0, |back| back.pictures.len()));
    let mut readings = Vec::with_capacity(times);
    for n in 0..times {
        let Some(front) = of(front, n) else { break };
        let back = back.and_then(|back| back.pictures.get(n).or(back.pictures.first()));
        readings.push(studio.engines.documents.read(front, back, today)?);
    }
    let read = agreed(readings).and_then(|(best, reading)| Some((of(front, best)?, reading)));
    read.ok_or(UseCaseError::Internal { code: "no_picture", source: None })
}

/// Steps taken on a thread of the pool, for the call's trace.
pub(crate) struct Steps {
    clock: Arc<dyn Clock>,
    pub(super) taken: Vec<Taken>,
}

/// One of them.
pub(super) struct Taken {
    pub(super) name: &'static str,
    pub(super) outcome: &'static str,
    pub(super) took: Duration,
    pub(super) facts: Facts,
}

impl Steps {
    /// Takes a step and writes down how it went.
    pub(crate) fn step<T>(
        &mut self,
        name: &'static str,
        step: impl FnOnce() -> Result<T, UseCaseError>,
        facts: impl FnOnce(&T) -> Facts,
    ) -> Result<T, UseCaseError> {
        let start = self.clock.elapsed();
        let result = step();
        let took = self.clock.elapsed().saturating_sub(start);
        let (outcome, facts) = match &result {
            Ok(value) => ("ok", facts(value)),
            Err(UseCaseError::Picture { part, error }) => {
                (error.code(), Facts::new().code("part", part))
            }
            Err(UseCaseError::Video { part, error }) => {
                (error.code(), Facts::new().code("part", part))
            }
            Err(error) => (error.code(), Facts::new()),
        };
        self.taken.push(Taken { name, outcome, took, facts });
        result
    }
}

fn source_facts(part: &'static str, decoded: &Decoded) -> Facts {
    let facts = &decoded.facts;
    Facts::new()
        .code("part", part)
        .code("format", format_name(facts.format))
        .count("width", facts.width.into())
        .count("height", facts.height.into())
        .count("orientation", facts.orientation.into())
        .flag("animated", facts.animated)
}

fn film_facts(part: &'static str, facts: Option<&VideoFacts>) -> Facts {
    let said = Facts::new().code("part", part);
    let Some(facts) = facts else { return said };
    said.code("format", container_name(facts.container))
        .count("frames", facts.frames.into())
        .count("milliseconds", facts.length_us / 1_000)
        .count("turned", facts.turned.into())
}

const fn container_name(container: Container) -> &'static str {
    match container {
        Container::WebM => "webm",
        Container::Mp4 => "mp4",
    }
}

/// The media type of a picture.
pub(crate) const fn media_type(format: Format) -> &'static str {
    match format {
        Format::Jpeg => "image/jpeg",
        Format::Png => "image/png",
        Format::WebP => "image/webp",
        Format::Gif => "image/gif",
        Format::Tiff => "image/tiff",
        Format::Bmp => "image/bmp",
    }
}

const fn format_name(format: Format) -> &'static str {
    match format {
        Format::Jpeg => "jpeg",
        Format::Png => "png",
        Format::WebP => "webp",
        Format::Gif => "gif",
        Format::Tiff => "tiff",
        Format::Bmp => "bmp",
    }
}
