//! Where pictures are looked at: what a job on the pool has at hand.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::Duration;

use bonafide_context::{Clock, Sensitive};
use bonafide_ledger::Facts;
use bonafide_media::video::{Filmed, VideoError, VideoFacts, VideoOrder};
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
