//! How fit a face is for comparison.

use serde::Serialize;

/// Measurements of one face, and what is wrong with it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Quality {
    /// What is wrong; empty for a good face.
    pub reasons: Vec<QualityReason>,
}

/// What may be wrong with a face.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum QualityReason {
    /// Too few pixels between the eyes.
    TooSmall,
    /// No fine detail.
    Blurred,
    /// Too little light on the face.
    Dark,
    /// So much light that detail is lost.
    Overexposed,
    /// Not looking at the camera.
    Turned,
    /// Something covers part of the face.
    Occluded,
    /// Another face of like size is in the picture.
    SeveralFaces,
}

impl QualityReason {
    /// The reason as scripts see it.
    pub fn code(self) -> &'static str {
        match self {
            Self::TooSmall => "too_small",
            Self::Blurred => "blurred",
            Self::Dark => "dark",
            Self::Overexposed => "overexposed",
            Self::Turned => "turned",
            Self::Occluded => "occluded",
            Self::SeveralFaces => "several_faces",
        }
    }
}
