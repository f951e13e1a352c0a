//! What a server keeps of a recording between two parts.

use serde::{Deserialize, Serialize};

use super::binding::{Digest, Nonce};
use super::limits::Limits;
use super::manifest::{Frame, FrameType};
use super::part::{Part, matches};
use super::refusal::Refusal;
use super::value::{Form, Issued, Thousandths};
use crate::challenge::Challenge;

/// What a server keeps of a recording between two parts: small, without
/// pictures, and written as it likes.
///
/// A part that is refused changes nothing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    challenge: String,
    nonce: Nonce,
    macs: Vec<Digest>,
    closed: bool,
    bytes: usize,
    entries: usize,
    frames: Vec<Committed>,
    starts: Vec<(u16, Thousandths)>,
    shown: Option<Thousandths>,
    event: Option<Thousandths>,
    reached: Option<u16>,
    #[serde(default)]
    form: Form,
    #[serde(default)]
    video: Option<Digest>,
}

/// A frame that a part committed to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Committed {
    at_ms: Thousandths,
    kind: FrameType,
    sha256: Digest,
    length: u32,
    here: bool,
}

/// What became of a part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taken {
    /// It is new, and counts.
    New,
    /// It was taken before, byte for byte: its answer got lost, and is given again.
    Again,
}

impl Progress {
    /// Nothing yet, of the recording in this form that answers `challenge`.
    pub fn new(challenge: impl Into<String>, nonce: Nonce, form: Form) -> Progress {
        Progress {
            challenge: challenge.into(),
            nonce,
            macs: Vec::new(),
            closed: false,
            bytes: 0,
            entries: 0,
            frames: Vec::new(),
            starts: Vec::new(),
            shown: None,
            event: None,
            reached: None,
            form,
            video: None,
        }
    }

    /// Takes the next part. `issued` is every step revealed so far.
    pub fn take(
        &mut self,
        part: &Part<'_>,
        issued: &[Issued],
        limits: &Limits,
    ) -> Result<Taken, Refusal> {
        let manifest = part.manifest();
        if manifest.challenge != self.challenge || manifest.nonce != self.nonce {
            return Err(Refusal::AnotherChallenge);
        }
        let number = usize::from(manifest.part);
        if let Some(mac) = self.macs.get(number) {
            return if *mac == part.mac() { Ok(Taken::Again) } else { Err(Refusal::PartTwice) };
        }
        if self.closed {
            return Err(Refusal::Closed);
        }
        if number >= limits.parts {
            return Err(Refusal::TooLarge);
        }
        if number != self.macs.len() {
            return Err(Refusal::OutOfOrder);
        }
        if manifest.previous != self.macs.last().copied() {
            return Err(Refusal::BrokenChain);
        }
        let first = number == 0;
        if manifest.clock.is_some() != first || manifest.client.is_some() != first {
            return Err(Refusal::Facts);
        }
        let mut next = self.clone();
        next.grow(part, limits)?;
        next.take_shown(part, issued)?;
        next.take_events(part)?;
        next.take_frames(part)?;
        next.take_video(part)?;
        next.macs.push(part.mac());
        next.closed = manifest.last;
        *self = next;
        Ok(Taken::New)
    }

    /// How many parts were taken.
    pub fn parts(&self) -> usize {
        self.macs.len()
    }

    /// How many bytes were taken.
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    /// In what form the recording comes.
    pub fn form(&self) -> Form {
        self.form
    }

    /// How many frames were committed to; those of a video are not known.
    pub fn frames(&self) -> usize {
        self.frames.len()
    }

    /// The furthest step of which a frame was committed to: one taken after it
    /// was shown. Decides which colours are revealed next.
    pub fn reached(&self) -> Option<u16> {
        self.reached
    }

    /// Of how many secret steps of `challenge` frames have arrived: what
    /// [`Challenge::revealed`] and [`Issued::of`] want to know. All of them where a
    /// video answers, which comes when everything was shown.
    pub fn answered(&self, challenge: &Challenge) -> usize {
        if self.form == Form::Video {
            return challenge.secrets().len();
        }
        let seen = self.reached.map_or(0, |step| usize::from(step) + 1);
        challenge.schedule().iter().take(seen).filter(|step| step.is_secret()).count()
    }

    /// Whether the last part was taken.
    pub fn is_closed(&self) -> bool {
        self.closed
    }

    /// SHA-256 over every part's HMAC: one recording, one digest.
    pub fn digest(&self) -> Digest {
        let macs: Vec<u8> = self.macs.iter().flat_map(|mac| *mac.as_bytes()).collect();
        Digest::of(&macs)
    }

    /// Whether the recording is whole.
    pub fn complete(&self) -> Result<(), Refusal> {
        if !self.closed {
            return Err(Refusal::Unfinished);
        }
        if self.frames.is_empty() && self.video.is_none() {
            return Err(Refusal::NoFrames);
        }
        if self.frames.iter().any(|frame| !frame.here) {
            return Err(Refusal::FramesMissing);
        }
        Ok(())
    }

    fn grow(&mut self, part: &Part<'_>, limits: &Limits) -> Result<(), Refusal> {
        let manifest = part.manifest();
        self.bytes = self.bytes.saturating_add(part.length());
        self.entries += manifest.shown.len().max(manifest.events.len());
        // What is only announced counts too: it is promised to come.
        let owed: usize = self.frames.iter().filter(|f| !f.here).map(|f| f.length as usize).sum();
        let frames = self.frames.len() + manifest.frames.len();
        if self.bytes.saturating_add(owed) > limits.recording_bytes
            || frames > limits.frames
            || self.entries > limits.entries
            || manifest.frames.iter().any(|frame| frame.length as usize > limits.frame_bytes)
        {
            return Err(Refusal::TooLarge);
        }
        Ok(())
    }

    fn take_shown(&mut self, part: &Part<'_>, issued: &[Issued]) -> Result<(), Refusal> {
        for shown in &part.manifest().shown {
            if self.shown.is_some_and(|last| shown.at_ms <= last) {
                return Err(Refusal::ClockBackwards);
            }
            self.shown = Some(shown.at_ms);
            let Some((step, look)) = shown.step else { continue };
            // A step is shown once, and none is left out.
            let expected = self.starts.last().map_or(Some(0), |(last, _)| last.checked_add(1));
            if Some(step) != expected || !issued.contains(&Issued { step, look }) {
                return Err(Refusal::NotIssued);
            }
            self.starts.push((step, shown.at_ms));
        }
        Ok(())
    }

    fn take_events(&mut self, part: &Part<'_>) -> Result<(), Refusal> {
        for event in &part.manifest().events {
            if self.event.is_some_and(|last| event.at_ms < last) {
                return Err(Refusal::ClockBackwards);
            }
            self.event = Some(event.at_ms);
        }
        Ok(())
    }

    fn take_frames(&mut self, part: &Part<'_>) -> Result<(), Refusal> {
        for frame in &part.manifest().frames {
            if usize::try_from(frame.i).ok() != Some(self.frames.len()) {
                return Err(Refusal::FrameOrder);
            }
            if self.frames.last().is_some_and(|last| frame.at_ms <= last.at_ms) {
                return Err(Refusal::ClockBackwards);
            }
            self.frames.push(Committed::of(frame));
            let seen = self.starts.iter().rev().find(|(_, start)| frame.at_ms >= *start);
            self.reached = self.reached.max(seen.map(|(step, _)| *step));
        }
        let here = part.manifest().frames.iter().filter(|frame| frame.here).count();
        for (i, body) in part.bodies().skip(here) {
            let frame = usize::try_from(i).ok().and_then(|i| self.frames.get_mut(i));
            let frame = frame.filter(|frame| !frame.here).ok_or(Refusal::UnknownFrame)?;
            if frame.length as usize != body.len() {
                return Err(Refusal::FrameHash);
            }
            matches(frame.kind, &frame.sha256, body)?;
            frame.here = true;
        }
        Ok(())
    }

    fn take_video(&mut self, part: &Part<'_>) -> Result<(), Refusal> {
        let manifest = part.manifest();
        let fits = match self.form {
            Form::Frames => manifest.video.is_none(),
            Form::Video => {
                manifest.frames.is_empty()
                    && manifest.late.is_empty()
                    && manifest.video.is_some() == manifest.last
            }
        };
        if !fits {
            return Err(Refusal::Form);
        }
        self.video = manifest.video.map(|video| video.sha256);
        Ok(())
    }
}

impl Committed {
    fn of(frame: &Frame) -> Committed {
        Committed {
            at_ms: frame.at_ms,
            kind: frame.kind,
            sha256: frame.sha256,
            length: frame.length,
            here: frame.here,
        }
    }
}
