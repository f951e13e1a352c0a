//! Why a challenge takes or tells nothing.

use bonafide_liveness::package;
use bonafide_media::video::VideoError;

/// Why a challenge is not issued, or takes or tells nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ChallengeRefusal {
    /// There is no such challenge, or it is someone else's.
    #[error("there is no such challenge")]
    NotFound,
    /// This server makes no screen flash.
    #[error("this server asks for movements only: leave `method` out, or name `actions`")]
    MethodOff,
    /// No videos here, or none for who asks.
    #[error(
        "a recording by video is asked for with a key of the application, where the server takes them: leave `recording` out"
    )]
    VideoOff,
    /// So many challenges are enough.
    #[error("too many challenges were issued: wait a minute, or begin anew")]
    TooMany,
    /// So many pictures of the position are enough.
    #[error("the position was asked about often enough: begin the recording")]
    TooManyPositions,
    /// The first part came too late, or one after it.
    #[error("the part came too late: ask for a new challenge")]
    Late,
    /// Its time is over.
    #[error("the time of this challenge is over: ask for a new one")]
    Expired,
    /// It was answered.
    #[error("this challenge was answered: a challenge is good for one recording")]
    Answered,
    /// It is being judged.
    #[error("this challenge is being judged: ask for the result")]
    Judging,
    /// A picture in the recording has more pixels than a frame may have.
    #[error("a frame has more pixels than allowed: record at 640 by 480 or the like")]
    FrameTooLarge,
    /// The video of a recording cannot be looked at.
    #[error("the recording cannot be looked at: {0}")]
    Video(VideoError),
    /// The part, or the recording, is not as it has to be.
    #[error(transparent)]
    Package(#[from] package::Refusal),
}

impl ChallengeRefusal {
    /// A stable name for programs.
    pub fn code(self) -> &'static str {
        match self {
            Self::NotFound => "challenge_not_found",
            Self::MethodOff => "method_off",
            Self::VideoOff => "video_off",
            Self::TooMany => "too_many_challenges",
            Self::TooManyPositions => "too_many_positions",
            Self::Late => "late",
            Self::Expired => "challenge_expired",
            Self::Answered => "answered",
            Self::Judging => "judging",
            Self::FrameTooLarge => "frame_too_large",
            Self::Video(error) => error.code(),
            Self::Package(refusal) => refusal.code(),
        }
    }
}
