//! Why a file gave no picture.

/// Why a file gave no picture. The text is written for the person who sent the
/// file; [`DecodeError::code`] is for programs and stays the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DecodeError {
    /// No bytes at all.
    #[error("the file is empty; send the picture again")]
    Empty,
    /// Not a kind of file that anyone shows as a picture.
    #[error("this is not an image; send a jpeg or png photo")]
    NotAnImage,
    /// A known kind of file that is not taken.
    #[error("{format} files are not supported; send the picture as jpeg or png")]
    UnsupportedFormat {
        /// Name of the format.
        format: &'static str,
    },
    /// A supported kind of file, stored in a way that is not.
    #[error("{feature} is not supported; save the picture again as an ordinary jpeg or png")]
    UnsupportedFeature {
        /// What the file uses.
        feature: &'static str,
    },
    /// The file stops before the picture does.
    #[error("the image is cut off, part of the file is missing; send it again")]
    Truncated,
    /// The bytes contradict themselves.
    #[error("the image file is damaged; send it again or take a new picture")]
    Corrupt,
    /// The file is longer than [`Limits::max_bytes`](super::Limits::max_bytes).
    #[error("the file is too long; send at most {max_bytes} bytes")]
    TooManyBytes {
        /// The limit.
        max_bytes: usize,
    },
    /// More pixels than [`Limits::max_pixels`](super::Limits::max_pixels).
    #[error(
        "the image has {width} x {height} pixels; send at most {} megapixels",
        max_pixels / 1_000_000
    )]
    TooManyPixels {
        /// Width as the header claims.
        width: u32,
        /// Height as the header claims.
        height: u32,
        /// The limit.
        max_pixels: u64,
    },
    /// A side longer than [`Limits::max_side`](super::Limits::max_side).
    #[error("the image has {width} x {height} pixels; send at most {max_side} pixels a side")]
    SideTooLong {
        /// Width as the header claims.
        width: u32,
        /// Height as the header claims.
        height: u32,
        /// The limit.
        max_side: u32,
    },
    /// Decoding would need more than
    /// [`Limits::max_memory`](super::Limits::max_memory).
    #[error(
        "decoding the image takes more than {} MiB of memory; \
         save it with fewer pixels or as an ordinary jpeg",
        max_memory >> 20
    )]
    TooMuchMemory {
        /// The limit.
        max_memory: u64,
    },
    /// The worker process died, or answered with something that is no answer.
    #[error("decoding the image failed; save it as an ordinary jpeg or take a new picture")]
    WorkerCrashed,
    /// The worker process was still at it when its time was up.
    #[error("decoding the image took too long; send it with fewer pixels or as an ordinary jpeg")]
    TookTooLong,
    /// No worker process could be had: none came up, or none was free in time.
    #[error("images cannot be decoded at the moment; try again later")]
    WorkerUnavailable,
}

impl DecodeError {
    /// A stable name for programs.
    pub fn code(self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::NotAnImage => "not_an_image",
            Self::UnsupportedFormat { .. } => "unsupported_format",
            Self::UnsupportedFeature { .. } => "unsupported_feature",
            Self::Truncated => "truncated",
            Self::Corrupt => "corrupt",
            Self::TooManyBytes { .. } => "too_many_bytes",
            Self::TooManyPixels { .. } => "too_many_pixels",
            Self::SideTooLong { .. } => "side_too_long",
            Self::TooMuchMemory { .. } => "too_much_memory",
            Self::WorkerCrashed => "worker_crashed",
            Self::TookTooLong => "took_too_long",
            Self::WorkerUnavailable => "worker_unavailable",
        }
    }

    /// Whether the fault is the server's own: the same file may pass later.
    pub fn is_ours(self) -> bool {
        matches!(self, Self::WorkerUnavailable)
    }
}

/// A reader that ran out of bytes means a cut file, anything else a damaged one.
impl From<std::io::Error> for DecodeError {
    fn from(error: std::io::Error) -> Self {
        match error.kind() {
            std::io::ErrorKind::UnexpectedEof => Self::Truncated,
            _ => Self::Corrupt,
        }
    }
}
