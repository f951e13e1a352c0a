//! Why a part or a recording is not taken.

use thiserror::Error;

/// Why a part or a recording is not taken. Says nothing of what was in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum Refusal {
    /// Not a capture package of this version.
    #[error("this is no capture package of version 1: send what the capture library wrote")]
    NotAPackage,
    /// Ends before what it announces, or goes on after it.
    #[error("the part is shorter or longer than it says: send it whole")]
    Length,
    /// More parts, frames, entries or bytes than allowed.
    #[error("the recording is larger than allowed: record fewer or smaller frames")]
    TooLarge,
    /// The HMAC is not of this challenge's key.
    #[error("the part is not sealed with this challenge's key")]
    WrongMac,
    /// The manifest is not as described.
    #[error("the manifest is not as docs/capture-package.md describes it")]
    Manifest,
    /// Made for another challenge.
    #[error("the part belongs to another challenge")]
    AnotherChallenge,
    /// Parts before this one are missing.
    #[error("parts before this one are missing: send them in order")]
    OutOfOrder,
    /// A part of this number was taken, and it was another one.
    #[error("another part of this number was taken before")]
    PartTwice,
    /// Does not continue the part before it.
    #[error("the part does not continue the one before it")]
    BrokenChain,
    /// The last part was taken before.
    #[error("the recording is closed: its last part was taken before")]
    Closed,
    /// Facts that belong in the first part are missing there or stand elsewhere.
    #[error("facts of clock and client belong in the first part, and only there")]
    Facts,
    /// A time lies before the one that precedes it.
    #[error("the clock runs backwards")]
    ClockBackwards,
    /// Frames are not numbered one after another.
    #[error("frames are missing, repeated or out of order")]
    FrameOrder,
    /// A frame's bytes are not the ones that were committed to.
    #[error("a frame's bytes are not the ones that its hash says")]
    FrameHash,
    /// A frame's bytes are not of the type that is named.
    #[error("a frame is neither JPEG nor WebP as the manifest says")]
    FrameType,
    /// Bytes that nobody committed to, or that came before.
    #[error("bytes of a frame that nothing announced, or that came before")]
    UnknownFrame,
    /// Frames were committed to whose bytes never came.
    #[error("bytes of frames are missing that the recording committed to")]
    FramesMissing,
    /// No frame at all.
    #[error("the recording has no frame")]
    NoFrames,
    /// A video where frames were asked for, or the other way round, or not in the last part.
    #[error(
        "a video belongs into the last part of a recording that was asked for as one, and has no frames beside it"
    )]
    Form,
    /// Shows what the server had not revealed, or not in that order.
    #[error("what was shown is not what was issued")]
    NotIssued,
    /// The last part has not come.
    #[error("the recording is not closed: its last part is missing")]
    Unfinished,
}

impl Refusal {
    /// Every refusal.
    pub const ALL: [Refusal; 21] = [
        Refusal::NotAPackage,
        Refusal::Length,
        Refusal::TooLarge,
        Refusal::WrongMac,
        Refusal::Manifest,
        Refusal::AnotherChallenge,
        Refusal::OutOfOrder,
        Refusal::PartTwice,
        Refusal::BrokenChain,
        Refusal::Closed,
        Refusal::Facts,
        Refusal::ClockBackwards,
        Refusal::FrameOrder,
        Refusal::FrameHash,
        Refusal::FrameType,
        Refusal::UnknownFrame,
        Refusal::FramesMissing,
        Refusal::NoFrames,
        Refusal::Form,
        Refusal::NotIssued,
        Refusal::Unfinished,
    ];

    /// The name that machines read; it never changes.
    pub fn code(self) -> &'static str {
        match self {
            Refusal::NotAPackage => "not_a_package",
            Refusal::Length => "length",
            Refusal::TooLarge => "too_large",
            Refusal::WrongMac => "wrong_mac",
            Refusal::Manifest => "manifest",
            Refusal::AnotherChallenge => "another_challenge",
            Refusal::OutOfOrder => "out_of_order",
            Refusal::PartTwice => "part_twice",
            Refusal::BrokenChain => "broken_chain",
            Refusal::Closed => "closed",
            Refusal::Facts => "facts",
            Refusal::ClockBackwards => "clock_backwards",
            Refusal::FrameOrder => "frame_order",
            Refusal::FrameHash => "frame_hash",
            Refusal::FrameType => "frame_type",
            Refusal::UnknownFrame => "unknown_frame",
            Refusal::FramesMissing => "frames_missing",
            Refusal::NoFrames => "no_frames",
            Refusal::Form => "form",
            Refusal::NotIssued => "not_issued",
            Refusal::Unfinished => "unfinished",
        }
    }
}
