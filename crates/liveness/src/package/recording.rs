//! A whole recording.

use std::collections::HashSet;

use super::binding::{Digest, Key};
use super::limits::Limits;
use super::manifest::{ClientFacts, ClockFacts, Event, Frame, Video};
use super::part::Part;
use super::progress::{Progress, Taken};
use super::refusal::Refusal;
use super::value::{Issued, Shown};

/// A whole recording: every part taken, every frame there, or the video.
#[derive(Clone, Debug)]
pub struct Recording<'a> {
    /// The clock that all times are of.
    pub clock: ClockFacts,
    /// Where it was recorded.
    pub client: ClientFacts,
    /// What was shown, in order.
    pub shown: Vec<Shown>,
    /// The frames, in order.
    pub frames: Vec<RecordedFrame<'a>>,
    /// The video in place of frames.
    pub video: Option<RecordedVideo<'a>>,
    /// What happened meanwhile, in order.
    pub events: Vec<Event>,
    /// One recording, one digest.
    pub digest: Digest,
}

/// A frame of a recording.
#[derive(Clone, Debug)]
pub struct RecordedFrame<'a> {
    /// What its part said of it.
    pub frame: Frame,
    /// The part that committed to it.
    pub part: u16,
    /// Its bytes.
    pub bytes: &'a [u8],
}

/// The video of a recording.
#[derive(Clone, Copy, Debug)]
pub struct RecordedVideo<'a> {
    /// What its part said of it.
    pub video: Video,
    /// Its bytes.
    pub bytes: &'a [u8],
}

impl<'a> Recording<'a> {
    /// Reads the parts of a recording, in order. `progress` is a new one, and
    /// `issued` all that was revealed by the end.
    pub fn read(
        parts: &[&'a [u8]],
        mut progress: Progress,
        key: &Key,
        issued: &[Issued],
        limits: &Limits,
    ) -> Result<Recording<'a>, Refusal> {
        let (mut facts, mut shown, mut events) = (None, Vec::new(), Vec::new());
        let (mut frames, mut bodies, mut video) = (Vec::new(), Vec::new(), None);
        for bytes in parts {
            let part = Part::open(bytes, key, limits)?;
            if progress.take(&part, issued, limits)? == Taken::Again {
                continue;
            }
            let manifest = part.manifest();
            if let (Some(clock), Some(client)) = (&manifest.clock, &manifest.client) {
                facts = Some((clock.clone(), client.clone()));
            }
            shown.extend(manifest.shown.iter().copied());
            events.extend(manifest.events.iter().copied());
            frames.extend(manifest.frames.iter().cloned().map(|frame| (manifest.part, frame)));
            bodies.extend(part.bodies());
            let film = manifest.video.zip(part.video());
            video = film.map(|(video, bytes)| RecordedVideo { video, bytes }).or(video);
        }
        progress.complete()?;
        let (clock, client) = facts.ok_or(Refusal::Facts)?;
        // Each frame's bytes came exactly once: `progress` saw to it.
        bodies.sort_unstable_by_key(|(i, _)| *i);
        let frames = frames
            .into_iter()
            .zip(bodies)
            .map(|((part, frame), (_, bytes))| RecordedFrame { frame, part, bytes })
            .collect();
        Ok(Recording { clock, client, shown, frames, video, events, digest: progress.digest() })
    }

    /// Frames whose bytes are those of an earlier one. A camera makes no two
    /// equal pictures; a still that is played in its place does.
    pub fn repeated(&self) -> usize {
        let mut seen = HashSet::new();
        self.frames.iter().filter(|frame| !seen.insert(frame.frame.sha256)).count()
    }
}
