//! One face against another.

use serde::Serialize;

use crate::{Face, Fmr, Quality, QualityReason, Similarity};

/// The answer to "is it the same person".
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Comparison {
    /// Cosine of the embeddings; `null` if there is none.
    pub similarity: Option<Similarity>,
    /// The verdict.
    pub decision: Match,
    /// Similarity at or above which it is a match.
    pub threshold: f32,
    /// The false match rate `threshold` was calibrated to.
    pub fmr: Fmr,
    /// Why the verdict is unavailable or to be taken with care.
    pub reasons: Vec<ComparisonReason>,
    /// The faces that were compared.
    pub faces: Vec<FoundFace>,
}

/// A verdict on two faces.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Match {
    /// The same person, at the false match rate given.
    Match,
    /// Not shown to be the same person.
    NoMatch,
    /// Could not be compared.
    Unavailable,
}

/// Which of the two pictures.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ImageSide {
    /// The first.
    A,
    /// The second.
    B,
}

/// A face that took part in a comparison.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct FoundFace {
    /// Which picture it is in.
    pub image: ImageSide,
    /// Where it is.
    #[serde(flatten)]
    pub face: Face,
    /// How fit it is.
    pub quality: Quality,
}

/// Why a comparison is unavailable or to be taken with care; serialised as
/// `no_face_a`, `blurred_b` and so on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ComparisonReason {
    /// No face in this picture.
    NoFace(ImageSide),
    /// The face in this picture is not fit.
    Poor(QualityReason, ImageSide),
}

impl ComparisonReason {
    /// The reason as scripts see it.
    pub fn code(self) -> String {
        let (what, side) = match self {
            Self::NoFace(side) => ("no_face", side),
            Self::Poor(reason, side) => (reason.code(), side),
        };
        match side {
            ImageSide::A => format!("{what}_a"),
            ImageSide::B => format!("{what}_b"),
        }
    }
}

impl Serialize for ComparisonReason {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.code())
    }
}
