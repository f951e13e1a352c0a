//! The pictures of a recording, in whatever form it came.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use bonafide_context::Sensitive;
use bonafide_liveness::package::{
    Digest, FrameClock, FrameType, RecordedFrame, RecordedVideo, Recording,
};
use bonafide_media::video::{Pick, VideoLimits, VideoOrder};
use bonafide_media::{Picture, encode_jpeg};
use bytes::Bytes;

use super::ChallengeRefusal;
use crate::UseCaseError;
use crate::app::Studio;

/// A frame has no more pixels: what shows a face well enough, and decodes at once.
const MOST_PIXELS: u64 = 2_500_000;
/// A film is not longer, in milliseconds: the longest challenge and its pauses.
const LONGEST_MS: u32 = 60_000;
/// Quality of the picture that is kept of a film, on the scale of libjpeg.
const QUALITY: u8 = 92;

/// The pictures of a recording.
pub(super) enum Pictures<'a> {
    /// Files of their own.
    Frames(&'a [RecordedFrame<'a>]),
    /// Frames of a video.
    Film(RecordedVideo<'a>, VideoOrder),
}

/// One of them.
pub(super) struct Shot {
    /// Its time by the page's clock, in seconds.
    pub(super) time_s: f64,
    /// `None` if it cannot be decoded, which counts as one without a face.
    pub(super) picture: Option<Picture>,
}

impl<'a> Pictures<'a> {
    /// Those of `recording`, of which there are no more than `most`.
    pub(super) fn of(recording: &'a Recording<'a>, most: usize) -> Self {
        match recording.video {
            None => Self::Frames(&recording.frames),
            Some(film) => {
                let limits = VideoLimits {
                    max_bytes: film.bytes.len(),
                    max_frames: u32::try_from(most).unwrap_or(u32::MAX),
                    max_ms: LONGEST_MS,
                    max_pixels: MOST_PIXELS,
                    ..VideoLimits::default()
                };
                Self::Film(film, VideoOrder { limits, pick: Pick::Every(1) })
            }
        }
    }

    /// Whether all times are the camera's own.
    pub(super) fn exact_times(&self) -> bool {
        match self {
            Self::Frames(frames) => frames.iter().all(|one| one.frame.clock == FrameClock::Capture),
            Self::Film(film, _) => film.video.clock == FrameClock::Capture,
        }
    }

    /// Hands each to `each`, in order.
    pub(super) fn each(
        &self,
        studio: &Studio,
        each: &mut dyn FnMut(Shot) -> Result<(), UseCaseError>,
    ) -> Result<(), UseCaseError> {
        match self {
            Self::Frames(frames) => frames.iter().try_for_each(|one| {
                let time_s = one.frame.at_ms.seconds();
                each(Shot { time_s, picture: decoded(studio, one)? })
            }),
            Self::Film(film, order) => {
                let start_s = film.video.start_ms.seconds();
                shown(studio, film, order, &mut |_, at_ms, picture| {
                    each(Shot { time_s: start_s + at_ms / 1_000.0, picture: Some(picture) })
                })
            }
        }
    }

    /// Those of these numbers. A film is decoded once more.
    pub(super) fn pick(
        &self,
        studio: &Studio,
        wanted: &[usize],
    ) -> Result<BTreeMap<usize, Picture>, UseCaseError> {
        let mut found = BTreeMap::new();
        match self {
            Self::Frames(frames) => {
                for at in wanted {
                    let Some(one) = frames.get(*at) else { continue };
                    if let Some(picture) = decoded(studio, one)? {
                        found.insert(*at, picture);
                    }
                }
            }
            Self::Film(film, order) => {
                shown(studio, film, order, &mut |at, _, picture| {
                    if wanted.contains(&at) {
                        found.insert(at, picture);
                    }
                    Ok(())
                })?;
            }
        }
        Ok(found)
    }

    /// One of them as a file, and its type: as it came, or written anew out of a film.
    pub(super) fn file(
        &self,
        at: usize,
        picture: &Picture,
    ) -> Result<Option<(&'static str, Sensitive<Bytes>)>, UseCaseError> {
        Ok(match self {
            Self::Frames(frames) => frames.get(at).map(|one| {
                let kind = match one.frame.kind {
                    FrameType::Jpeg => "image/jpeg",
                    FrameType::Webp => "image/webp",
                };
                (kind, Sensitive::new(Bytes::copy_from_slice(one.bytes)))
            }),
            Self::Film(..) => {
                let bytes = encode_jpeg(picture, QUALITY)
                    .map_err(|error| UseCaseError::internal("frame_unwritable", error))?;
                Some(("image/jpeg", Sensitive::new(bytes.into())))
            }
        })
    }

    /// Which pictures these are, whatever their order and times: by this a recording is
    /// known again that is handed in twice.
    pub(super) fn digest(&self) -> Digest {
        let mut hashes: Vec<[u8; 32]> = match self {
            Self::Frames(frames) => frames.iter().map(|one| *one.frame.sha256.as_bytes()).collect(),
            Self::Film(film, _) => vec![*film.video.sha256.as_bytes()],
        };
        hashes.sort_unstable();
        hashes.dedup();
        Digest::of(hashes.as_flattened())
    }
}

/// The picture of a frame that is a file of its own.
fn decoded(studio: &Studio, recorded: &RecordedFrame<'_>) -> Result<Option<Picture>, UseCaseError> {
    match studio.frame(recorded.bytes) {
        Ok(decoded) if decoded.picture.pixels() > MOST_PIXELS => {
            Err(ChallengeRefusal::FrameTooLarge.into())
        }
        Ok(decoded) => Ok(Some(decoded.picture)),
        Err(error) if error.is_ours() => Err(UseCaseError::Picture { part: "frame", error }),
        Err(_) => Ok(None),
    }
}

/// Hands each frame of a film to `each`: its number, its milliseconds from the first one,
/// and what it shows.
fn shown(
    studio: &Studio,
    film: &RecordedVideo<'_>,
    order: &VideoOrder,
    each: &mut dyn FnMut(usize, f64, Picture) -> Result<(), UseCaseError>,
) -> Result<(), UseCaseError> {
    let mut failed = None;
    let watched = studio.film(film.bytes, order, &mut |frame| match each(
        frame.index as usize,
        frame.at_ms(),
        frame.picture,
    ) {
        Ok(()) => ControlFlow::Continue(()),
        Err(error) => {
            failed = Some(error);
            ControlFlow::Break(())
        }
    });
    if let Some(error) = failed {
        return Err(error);
    }
    watched.map(|_| ()).map_err(|error| match error.is_ours() {
        true => UseCaseError::Video { part: "video", error },
        false => ChallengeRefusal::Video(error).into(),
    })
}
