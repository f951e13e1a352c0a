//! Why a file gave no video.

/// Why a file gave no video. The text is written for the person who sent the
/// file; [`VideoError::code`] is for programs and stays the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum VideoError {
    /// No bytes at all.
    #[error("the file is empty; send the video again")]
    Empty,
    /// Neither WebM nor MP4.
    #[error("this is not a video; send a webm or mp4 file")]
    NotAVideo,
    /// Sound, subtitles, or nothing.
    #[error("the file has no video track; record with the camera")]
    NoVideoTrack,
    /// A codec that is not decoded.
    #[error("{codec} is not supported; record as vp8, vp9 or h.264")]
    UnknownCodec {
        /// Its name.
        codec: &'static str,
    },
    /// A known codec, used in a way that is not decoded.
    #[error("{feature} is not supported; record as an ordinary webm or mp4")]
    UnsupportedFeature {
        /// What the file uses.
        feature: &'static str,
    },
    /// The file stops before it should.
    #[error("the video is cut off, part of the file is missing; send it again")]
    Truncated,
    /// The bytes contradict themselves.
    #[error("the video file is damaged; record it again")]
    Corrupt,
    /// A frame is shown before the one that precedes it.
    #[error("the clock of the video runs backwards; record it again")]
    ClockBackwards,
    /// A video track without a frame.
    #[error("the video has no frame; record it again")]
    NoFrames,
    /// Longer than [`VideoLimits::max_bytes`](super::VideoLimits::max_bytes).
    #[error("the video file is too large; send at most {max_bytes} bytes")]
    TooManyBytes {
        /// The limit.
        max_bytes: usize,
    },
    /// More than [`VideoLimits::max_frames`](super::VideoLimits::max_frames).
    #[error("the video has too many frames; send at most {max_frames}")]
    TooManyFrames {
        /// The limit.
        max_frames: u32,
    },
    /// A frame larger than the limits on pixels and sides allow.
    #[error("the video has frames of {width} x {height} pixels; record smaller ones")]
    TooLarge {
        /// Width as the file claims.
        width: u32,
        /// Height as the file claims.
        height: u32,
    },
    /// Longer than [`VideoLimits::max_ms`](super::VideoLimits::max_ms).
    #[error("the video is too long; send at most {} seconds", max_ms / 1_000)]
    TooLong {
        /// The limit.
        max_ms: u32,
    },
    /// The worker process died, or answered with something that is no answer.
    #[error("decoding the video failed; record it again or take photos")]
    WorkerCrashed,
    /// The worker process was still at it when its time was up.
    #[error("decoding the video took too long; record a shorter or smaller one")]
    TookTooLong,
    /// No worker process could be had: none came up, or none was free in time.
    #[error("videos cannot be decoded at the moment; try again later")]
    WorkerUnavailable,
}

impl VideoError {
    /// A stable name for programs.
    pub fn code(self) -> &'static str {
        match self {
            Self::Empty => "video_empty",
            Self::NotAVideo => "not_a_video",
            Self::NoVideoTrack => "no_video_track",
            Self::UnknownCodec { .. } => "unknown_codec",
            Self::UnsupportedFeature { .. } => "video_unsupported",
            Self::Truncated => "video_truncated",
            Self::Corrupt => "video_corrupt",
            Self::ClockBackwards => "video_clock_backwards",
            Self::NoFrames => "video_no_frames",
            Self::TooManyBytes { .. } => "video_too_many_bytes",
            Self::TooManyFrames { .. } => "video_too_many_frames",
            Self::TooLarge { .. } => "video_too_large",
            Self::TooLong { .. } => "video_too_long",
            Self::WorkerCrashed => "video_worker_crashed",
            Self::TookTooLong => "video_took_too_long",
            Self::WorkerUnavailable => "worker_unavailable",
        }
    }

    /// Whether the fault is the server's own: the same file may pass later.
    pub fn is_ours(self) -> bool {
        matches!(self, Self::WorkerUnavailable)
    }
}
