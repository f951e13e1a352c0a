//! One side of a document: photos of it or a short video, and what several looks at it
//! agree upon.

use std::ops::ControlFlow;

use bonafide_context::{Date, Sensitive};
use bonafide_document::{Reading, agreed, sharpness};
use bonafide_ledger::Facts;
use bonafide_media::video::{Container, Pick, VideoFacts, VideoLimits, VideoOrder};
use bonafide_media::{Decoded, Picture};
use bytes::Bytes;

use super::studio::media_type;
use super::{Steps, Studio};
use crate::UseCaseError;

/// Pictures of one side that are read.
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

/// The files that show one side of a document: photos of it, or one short video. Never
/// empty.
#[derive(Clone, Debug)]
pub struct SideFiles(Vec<Sensitive<Bytes>>);

impl SideFiles {
    /// Photos of one side at most.
    pub const MOST: usize = 5;

    /// From one to [`MOST`](Self::MOST) files; `None` of any other number.
    pub fn new(files: Vec<Sensitive<Bytes>>) -> Option<Self> {
        (1..=Self::MOST).contains(&files.len()).then_some(Self(files))
    }

    /// Bytes of all of them.
    pub(crate) fn size(&self) -> usize {
        self.0.iter().map(|file| file.expose().len()).sum()
    }

    /// One of them, by what [`Shot::file`] says.
    pub(crate) fn into_file(mut self, at: usize) -> Option<Sensitive<Bytes>> {
        (at < self.0.len()).then(|| self.0.swap_remove(at))
    }
}

impl From<Sensitive<Bytes>> for SideFiles {
    fn from(file: Sensitive<Bytes>) -> Self {
        Self(vec![file])
    }
}

/// What of a side is read: a photo, or the sharpest of several photos or of the frames
/// of a video, the sharpest first. Never empty.
pub(crate) struct Side(Vec<Shot>);

/// One picture of a side.
pub(crate) struct Shot {
    pub(crate) picture: Picture,
    /// In which of the files it stands.
    pub(crate) file: usize,
    /// Of that file.
    pub(crate) media_type: &'static str,
}

impl Side {
    /// What stands against the `n`th picture of the other side: a side that was taken
    /// less often shows its sharpest again.
    pub(crate) fn shot(&self, n: usize) -> Result<&Shot, UseCaseError> {
        let shot = self.0.get(n).or(self.0.first());
        shot.ok_or(UseCaseError::Internal { code: "no_picture", source: None })
    }

    fn sharpest(mut shots: Vec<(f32, Shot)>) -> Vec<(f32, Shot)> {
        shots.sort_by(|a, b| b.0.total_cmp(&a.0));
        shots.truncate(READ);
        shots
    }

    fn of(shots: Vec<(f32, Shot)>) -> Self {
        Self(shots.into_iter().map(|(_, shot)| shot).collect())
    }
}

impl Studio {
    /// What the files show that are called `part` in the request.
    pub(crate) fn side(
        &self,
        steps: &mut Steps,
        part: &'static str,
        files: &SideFiles,
    ) -> Result<Side, UseCaseError> {
        if let [file] = files.0.as_slice() {
            return match Container::of(file.expose()) {
                Some(container) => self.filmed_side(steps, part, file, container),
                None => Ok(Side(vec![self.photo(steps, part, file, 0)?])),
            };
        }
        let mut shots = Vec::new();
        for (at, file) in files.0.iter().enumerate() {
            if Container::of(file.expose()).is_some() {
                let reason = "a video comes alone: send one video, or photos".to_owned();
                return Err(UseCaseError::Invalid { member: part, reason });
            }
            let shot = self.photo(steps, part, file, at)?;
            shots.push((sharpness(&shot.picture), shot));
            shots = Side::sharpest(shots);
        }
        Ok(Side::of(shots))
    }

    fn photo(
        &self,
        steps: &mut Steps,
        part: &'static str,
        file: &Sensitive<Bytes>,
        at: usize,
    ) -> Result<Shot, UseCaseError> {
        let Decoded { picture, facts } = self.decoded(steps, part, file)?;
        Ok(Shot { picture, file: at, media_type: media_type(facts.format) })
    }

    fn filmed_side(
        &self,
        steps: &mut Steps,
        part: &'static str,
        file: &Sensitive<Bytes>,
        container: Container,
    ) -> Result<Side, UseCaseError> {
        let mut best = Vec::new();
        let watch = || {
            let watched = self.film(file.expose(), &FILMED, &mut |frame| {
                let media_type = container.media_type();
                let shot = Shot { picture: frame.picture, file: 0, media_type };
                best.push((sharpness(&shot.picture), shot));
                best = Side::sharpest(std::mem::take(&mut best));
                ControlFlow::Continue(())
            });
            watched.map_err(|error| UseCaseError::Video { part, error })
        };
        steps.step("decode", watch, |facts| film_facts(part, facts.as_ref()))?;
        Ok(Side::of(best))
    }
}

/// Reads both sides of a document, as often as they were taken, and gives what the
/// readings agree upon; with it, which [`Side::shot`] it rests on.
pub(crate) fn read_sides(
    studio: &Studio,
    front: &Side,
    back: Option<&Side>,
    today: Date,
) -> Result<(usize, Reading), UseCaseError> {
    let times = front.0.len().max(back.map_or(0, |back| back.0.len()));
    let mut readings = Vec::with_capacity(times);
    for n in 0..times {
        let back = back.map(|back| back.shot(n)).transpose()?;
        let back = back.map(|shot| &shot.picture);
        readings.push(studio.engines.documents.read(&front.shot(n)?.picture, back, today)?);
    }
    agreed(readings).ok_or(UseCaseError::Internal { code: "no_picture", source: None })
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
