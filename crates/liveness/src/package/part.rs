//! One part: magic, manifest, frames, HMAC.

use bonafide_media::video::Container;

use super::binding::{Digest, Key};
use super::limits::Limits;
use super::manifest::{FrameType, Manifest, Video, VideoType};
use super::refusal::Refusal;

/// What every part of version 1 begins with.
pub const MAGIC: &[u8; 8] = b"bnfdcap1";

/// Magic and the manifest's length.
const HEAD: usize = MAGIC.len() + 4;
/// The HMAC at the end.
const MAC: usize = 32;
/// A challenge's name is not longer.
const NAME: usize = 64;

/// A part whose HMAC is right and whose bytes are what the manifest says. Where
/// it belongs is [`Progress`](super::Progress)'s to say.
#[derive(Clone, Debug)]
pub struct Part<'a> {
    manifest: Manifest,
    bodies: Vec<&'a [u8]>,
    video: Option<&'a [u8]>,
    mac: Digest,
    length: usize,
}

impl<'a> Part<'a> {
    /// Reads a part. The HMAC is checked before anything else is read, so that
    /// only who has the challenge's key reaches the reader of the manifest.
    pub fn open(bytes: &'a [u8], key: &Key, limits: &Limits) -> Result<Part<'a>, Refusal> {
        let (head, rest) = bytes.split_first_chunk::<HEAD>().ok_or(Refusal::NotAPackage)?;
        let (magic, length) = head.split_at(MAGIC.len());
        if magic != MAGIC {
            return Err(Refusal::NotAPackage);
        }
        if bytes.len() > limits.recording_bytes {
            return Err(Refusal::TooLarge);
        }
        let length = length.iter().fold(0, |sum, byte| sum << 8 | usize::from(*byte));
        if length > limits.manifest_bytes {
            return Err(Refusal::TooLarge);
        }
        let (body, mac) = rest.split_last_chunk::<MAC>().ok_or(Refusal::Length)?;
        let (manifest, frames) = body.split_at_checked(length).ok_or(Refusal::Length)?;
        let mac = Digest::from_bytes(*mac);
        let sealed = bytes.get(..bytes.len() - MAC).ok_or(Refusal::Length)?;
        if !key.verifies(sealed, &mac) {
            return Err(Refusal::WrongMac);
        }
        let manifest: Manifest = serde_json::from_slice(manifest).map_err(|_| Refusal::Manifest)?;
        let (bodies, rest) = bodies(&manifest, frames, limits)?;
        let video = video(manifest.video.as_ref(), rest)?;
        Ok(Part { manifest, bodies, video, mac, length: bytes.len() })
    }

    /// What the part says of itself.
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// The HMAC, which the next part names.
    pub fn mac(&self) -> Digest {
        self.mac
    }

    /// How many bytes it is.
    pub fn length(&self) -> usize {
        self.length
    }

    /// Bytes of the video that came with it.
    pub fn video(&self) -> Option<&'a [u8]> {
        self.video
    }

    /// Bytes that came with it, by the frame's number.
    pub fn bodies(&self) -> impl Iterator<Item = (u32, &'a [u8])> {
        arriving(&self.manifest).map(|(i, _)| i).zip(self.bodies.iter().copied())
    }
}

/// Frames whose bytes come with a part, in their order, with their lengths.
fn arriving(manifest: &Manifest) -> impl Iterator<Item = (u32, u32)> {
    let here = manifest.frames.iter().filter(|frame| frame.here);
    here.map(|frame| (frame.i, frame.length)).chain(manifest.late.iter().map(|l| (l.i, l.length)))
}

/// Cuts a part's frames out of its bytes, and checks what needs no other part. Gives
/// what is left, too.
fn bodies<'a>(
    manifest: &Manifest,
    mut bytes: &'a [u8],
    limits: &Limits,
) -> Result<(Vec<&'a [u8]>, &'a [u8]), Refusal> {
    let entries = manifest.shown.len().max(manifest.events.len());
    if manifest.frames.len().max(manifest.late.len()) > limits.frames || entries > limits.entries {
        return Err(Refusal::TooLarge);
    }
    if manifest.challenge.len() > NAME {
        return Err(Refusal::Manifest);
    }
    if manifest.client.as_ref().is_some_and(|client| client.sdk.len() > NAME) {
        return Err(Refusal::Manifest);
    }
    let mut bodies = Vec::new();
    for (_, length) in arriving(manifest) {
        let length = length as usize;
        if length > limits.frame_bytes {
            return Err(Refusal::TooLarge);
        }
        let (body, rest) = bytes.split_at_checked(length).ok_or(Refusal::Length)?;
        bodies.push(body);
        bytes = rest;
    }
    for (frame, body) in manifest.frames.iter().filter(|frame| frame.here).zip(&bodies) {
        matches(frame.kind, &frame.sha256, body)?;
    }
    Ok((bodies, bytes))
}

/// What is left of a part's bytes is its video, or nothing.
fn video<'a>(video: Option<&Video>, bytes: &'a [u8]) -> Result<Option<&'a [u8]>, Refusal> {
    let Some(video) = video else {
        return if bytes.is_empty() { Ok(None) } else { Err(Refusal::Length) };
    };
    if bytes.len() != video.length as usize {
        return Err(Refusal::Length);
    }
    let kind = match Container::of(bytes) {
        Some(Container::WebM) => VideoType::Webm,
        Some(Container::Mp4) => VideoType::Mp4,
        None => return Err(Refusal::FrameType),
    };
    if kind != video.kind {
        return Err(Refusal::FrameType);
    }
    if Digest::of(bytes) != video.sha256 {
        return Err(Refusal::FrameHash);
    }
    Ok(Some(bytes))
}

/// Whether bytes are a picture of `kind` and the one that was committed to.
pub(super) fn matches(kind: FrameType, sha256: &Digest, body: &[u8]) -> Result<(), Refusal> {
    let begins = match kind {
        FrameType::Jpeg => body.starts_with(&[0xff, 0xd8, 0xff]),
        FrameType::Webp => body.starts_with(b"RIFF") && body.get(8..12) == Some(b"WEBP"),
    };
    if !begins {
        return Err(Refusal::FrameType);
    }
    if Digest::of(body) != *sha256 {
        return Err(Refusal::FrameHash);
    }
    Ok(())
}
