//! One face against another.

use serde::{Deserialize, Serialize};

use crate::{
    Calibration, Embedders, Embedding, Face, FaceError, Fmr, Quality, QualityReason, Similarity,
};

/// The answer to "is it the same person".
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Comparison {
    /// Cosine of the embeddings; `null` if there is none.
    pub similarity: Option<Similarity>,
    /// The verdict.
    pub decision: Match,
    /// Similarity at or above which it is a match.
    pub threshold: f32,
    /// The false match rate `threshold` was calibrated to.
    #[cfg_attr(feature = "schema", schema(value_type = f64, example = 1e-4))]
    pub fmr: Fmr,
    /// Why the verdict is unavailable or to be taken with care.
    #[cfg_attr(feature = "schema", schema(value_type = Vec<String>, example = json!(["blurred_b"])))]
    pub reasons: Vec<ComparisonReason>,
    /// The faces that were compared.
    pub faces: Vec<FoundFace>,
}

/// A verdict on two faces.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
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
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ImageSide {
    /// The first.
    A,
    /// The second.
    B,
}

/// A face that took part in a comparison.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
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
    /// Every one of them.
    pub fn all() -> impl Iterator<Item = Self> {
        [ImageSide::A, ImageSide::B].into_iter().flat_map(|side| {
            let poor = QualityReason::ALL.into_iter().map(move |reason| Self::Poor(reason, side));
            std::iter::once(Self::NoFace(side)).chain(poor)
        })
    }

    /// What is wrong, whichever picture it is.
    pub fn what(self) -> &'static str {
        match self {
            Self::NoFace(_) => "no_face",
            Self::Poor(reason, _) => reason.code(),
        }
    }

    /// Which picture is to be taken again.
    pub fn side(self) -> ImageSide {
        match self {
            Self::NoFace(side) | Self::Poor(_, side) => side,
        }
    }

    /// The reason as scripts see it.
    pub fn code(self) -> String {
        let what = self.what();
        match self.side() {
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

impl<'de> Deserialize<'de> for ComparisonReason {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let code = String::deserialize(deserializer)?;
        Self::all()
            .find(|reason| reason.code() == code)
            .ok_or_else(|| serde::de::Error::custom("no such reason of a comparison"))
    }
}

/// One picture's part in a comparison.
#[derive(Clone)]
pub(crate) struct Side {
    pub(crate) image: ImageSide,
    /// The face that counts, and how fit it is.
    pub(crate) found: Option<(Face, Quality)>,
    /// None without a face, or if the face is not fit.
    pub(crate) embedding: Option<Embedding>,
}

/// The verdict on two sides: unavailable unless both have an embedding, a match
/// if the similarity reaches the threshold of `embedders` at `fmr`.
pub(crate) fn compare_faces(
    a: Side,
    b: Side,
    embedders: Embedders,
    fmr: Fmr,
) -> Result<Comparison, FaceError> {
    let threshold = Calibration::threshold(embedders, fmr)?.similarity;
    let similarity = match (&a.embedding, &b.embedding) {
        (Some(a), Some(b)) => Some(a.similarity(b)?),
        _ => None,
    };
    let decision = match similarity {
        None => Match::Unavailable,
        Some(Similarity(s)) if s >= threshold => Match::Match,
        Some(_) => Match::NoMatch,
    };
    let reasons = [&a, &b].into_iter().flat_map(reasons).collect();
    let faces = [a, b].into_iter().filter_map(found).collect();
    Ok(Comparison { similarity, decision, threshold, fmr, reasons, faces })
}

fn reasons(side: &Side) -> Vec<ComparisonReason> {
    match &side.found {
        None => vec![ComparisonReason::NoFace(side.image)],
        Some((_, quality)) => {
            quality.reasons.iter().map(|r| ComparisonReason::Poor(*r, side.image)).collect()
        }
    }
}

fn found(side: Side) -> Option<FoundFace> {
    side.found.map(|(face, quality)| FoundFace { image: side.image, face, quality })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_a_face_nothing_matches() {
        let side = |image| Side { image, found: None, embedding: None };
        let answer = compare_faces(
            side(ImageSide::A),
            side(ImageSide::B),
            Embedders::Sface,
            Fmr::OneInTenThousand,
        )
        .unwrap();
        assert_eq!(answer.decision, Match::Unavailable);
        let json = serde_json::to_value(&answer).unwrap();
        assert!(json["similarity"].is_null());
        assert_eq!(json["decision"], "unavailable");
        assert_eq!(json["fmr"], 1e-4);
        assert_eq!(json["reasons"], serde_json::json!(["no_face_a", "no_face_b"]));
        assert_eq!(json["faces"], serde_json::json!([]));
    }

    #[test]
    fn reasons_name_their_picture() {
        let reason = ComparisonReason::Poor(QualityReason::TooSmall, ImageSide::B);
        assert_eq!(reason.code(), "too_small_b");
    }
}
