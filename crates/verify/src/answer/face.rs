//! What was found of faces.

use bonafide_face::{
    Comparison, ComparisonReason, Face, Fmr, FoundFace, Liveness, LivenessDecision, LivenessReason,
    Match, Quality, Similarity,
};
use bonafide_media::{Point, Rect};
use bonafide_policy::HeldPart;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Selectable, Selection, present};

macro_rules! fields {
    ($(#[$meta:meta])* $name:ident { $($variant:ident = $text:literal,)+ }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name {
            $(#[doc = concat!("`", $text, "`.")] $variant,)+
        }

        impl Selectable for $name {
            const ALL: &'static [Self] = &[$(Self::$variant,)+];

            fn name(self) -> &'static str {
                match self { $(Self::$variant => $text,)+ }
            }
        }
    };
}

fields! {
    /// What of a comparison can be asked for.
    ComparisonField {
        Similarity = "similarity",
        Decision = "decision",
        Threshold = "threshold",
        Fmr = "fmr",
        Reasons = "reasons",
        Faces = "faces",
    }
}

fields! {
    /// What of each detected face can be asked for.
    FaceField {
        Box = "box",
        Landmarks = "landmarks",
        Score = "score",
        Quality = "quality",
    }
}

fields! {
    /// What of a liveness verdict can be asked for.
    LivenessField {
        Score = "score",
        Decision = "decision",
        Threshold = "threshold",
        Reasons = "reasons",
    }
}

/// Whether two faces are the same person's, as far as it was asked for.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema, HeldPart)]
#[schema(title = "ComparisonAnswer")]
pub struct ComparisonAnswer {
    /// Cosine of the embeddings; `null` if there is none.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    #[schema(value_type = Option<f32>, minimum = -1.0, maximum = 1.0)]
    #[held(whole)]
    pub similarity: Option<Option<Similarity>>,
    /// The verdict.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    #[held(whole)]
    pub decision: Option<Match>,
    /// Similarity at or above which it is a match.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub threshold: Option<f32>,
    /// The false match rate `threshold` was calibrated to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = f64, nullable = false, required = false, example = 1e-4)]
    #[held(whole)]
    pub fmr: Option<Fmr>,
    /// Why the verdict is unavailable or to be taken with care: what is wrong
    /// and with which of the pictures (`blurred_b`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Vec<String>, nullable = false, required = false)]
    #[held(whole)]
    pub reasons: Option<Vec<ComparisonReason>>,
    /// The faces that were compared.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    #[held(whole)]
    pub faces: Option<Vec<FoundFace>>,
}

impl ComparisonAnswer {
    /// What was asked for of a comparison.
    pub fn of(comparison: &Comparison, asked: &Selection<ComparisonField>) -> Self {
        Self {
            similarity: asked.pick(ComparisonField::Similarity, comparison.similarity),
            decision: asked.pick(ComparisonField::Decision, comparison.decision),
            threshold: asked.pick(ComparisonField::Threshold, comparison.threshold),
            fmr: asked.pick(ComparisonField::Fmr, comparison.fmr),
            reasons: asked.pick(ComparisonField::Reasons, comparison.reasons.clone()),
            faces: asked.pick(ComparisonField::Faces, comparison.faces.clone()),
        }
    }
}

/// The faces of a picture, the most prominent first.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct FacesAnswer {
    /// The faces; empty if there is none.
    pub faces: Vec<DetectedFace>,
    /// Width and height of the upright picture in pixels: for dialects that tell it.
    #[serde(skip)]
    pub size: Option<(u32, u32)>,
}

/// A face in a picture, as far as it was asked for.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct DetectedFace {
    /// Where it is, in pixels of the upright picture; may reach over its edge.
    #[serde(rename = "box", default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub area: Option<Rect>,
    /// The person's right eye, left eye, nose tip, right and left corner of the
    /// mouth, in pixels.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Vec<Point>, nullable = false, required = false, min_items = 5, max_items = 5)]
    pub landmarks: Option<[Point; 5]>,
    /// Confidence of the detector, 0 to 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub score: Option<f32>,
    /// How fit it is for comparison.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub quality: Option<Quality>,
}

impl DetectedFace {
    /// What was asked for of a face; its quality is measured only then.
    pub fn of(
        face: &Face,
        asked: &Selection<FaceField>,
        quality: impl FnOnce() -> Quality,
    ) -> Self {
        Self {
            area: asked.pick(FaceField::Box, face.area),
            landmarks: asked.pick(FaceField::Landmarks, face.landmarks),
            score: asked.pick(FaceField::Score, face.score),
            quality: asked.has(FaceField::Quality).then(quality),
        }
    }
}

/// Whether a living person was before the camera, as far as it was asked for.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema, HeldPart)]
#[schema(title = "LivenessAnswer")]
pub struct LivenessAnswer {
    /// Probability that the face is bona fide, 0 to 1; `null` if there is none.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    #[schema(value_type = Option<f32>)]
    pub score: Option<Option<f32>>,
    /// The verdict.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    #[held(whole)]
    pub decision: Option<LivenessDecision>,
    /// Score at or above which it is live.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub threshold: Option<f32>,
    /// Why it is an attack, unavailable, or to be taken with care.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    #[held(whole)]
    pub reasons: Option<Vec<LivenessReason>>,
}

impl LivenessAnswer {
    /// What was asked for of a verdict.
    pub fn of(liveness: &Liveness, asked: &Selection<LivenessField>) -> Self {
        Self {
            score: asked.pick(LivenessField::Score, liveness.score),
            decision: asked.pick(LivenessField::Decision, liveness.decision),
            threshold: asked.pick(LivenessField::Threshold, liveness.threshold),
            reasons: asked.pick(LivenessField::Reasons, liveness.reasons.clone()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bonafide_face::QualityReason;
    use serde_json::{Value, json};

    fn members(value: &Value) -> Vec<&str> {
        value.as_object().unwrap().keys().map(String::as_str).collect()
    }

    fn comparison() -> Comparison {
        Comparison {
            similarity: Some(Similarity(0.5)),
            decision: Match::Match,
            threshold: 0.25,
            fmr: Fmr::OneInTenThousand,
            reasons: ComparisonReason::all().collect(),
            faces: vec![],
        }
    }

    #[test]
    fn d6_each_member_comes_only_if_it_was_asked_for() {
        for &field in ComparisonField::ALL {
            let only = Selection::from_names([field.name()]).unwrap();
            assert_eq!(members(&json!(ComparisonAnswer::of(&comparison(), &only))), [field.name()]);
        }
        let liveness = Liveness {
            score: None,
            decision: LivenessDecision::Unavailable,
            threshold: 0.05,
            reasons: vec![LivenessReason::NoFace],
        };
        for &field in LivenessField::ALL {
            let only = Selection::from_names([field.name()]).unwrap();
            assert_eq!(members(&json!(LivenessAnswer::of(&liveness, &only))), [field.name()]);
        }
        let face = Face { area: Rect::default(), landmarks: [Point::default(); 5], score: 0.5 };
        let quality = || Quality {
            eye_distance: 1.0,
            sharpness: 1.0,
            brightness: 1.0,
            overexposed: 0.0,
            pose: None,
            detection: 0.5,
            eyes: 1.0,
            lower_face: 1.0,
            reasons: vec![QualityReason::TooSmall],
        };
        for &field in FaceField::ALL {
            let only = Selection::from_names([field.name()]).unwrap();
            assert_eq!(members(&json!(DetectedFace::of(&face, &only, quality))), [field.name()]);
        }
    }

    #[test]
    fn all_of_it_is_the_json_of_the_engine_and_can_be_read_back() {
        let answer = ComparisonAnswer::of(&comparison(), &Selection::All);
        assert_eq!(json!(answer), json!(comparison()));
        assert_eq!(serde_json::from_value::<ComparisonAnswer>(json!(answer)).unwrap(), answer);
    }
}
