//! Passive presentation-attack detection on one still.
//!
//! One weak signal: the network (MiniFASNet-shaped, training data unstated)
//! sees most prints and many screens, misses good replays, and knows nothing of
//! masks or injected pictures. See `docs/benchmarks.md` for its errors and the
//! number of people behind them.

use bonafide_inference::{InferenceError, Model, Role, Tensor};
use bonafide_media::{
    Picture, Rect, resize,
    tensor::{Planes, planes},
};
use serde::{Deserialize, Serialize};

use crate::{Face, FaceError};

/// The answer to "is a live person before the camera".
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Liveness {
    /// Probability that the face is bona fide, 0 to 1; `null` if there is none.
    pub score: Option<f32>,
    /// The verdict.
    pub decision: LivenessDecision,
    /// Score at or above which it is live.
    pub threshold: f32,
    /// Why it is an attack, unavailable, or to be taken with care.
    pub reasons: Vec<LivenessReason>,
}

/// A verdict on liveness.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum LivenessDecision {
    /// Bona fide, as far as one still can tell.
    Live,
    /// A print, a screen or the like was seen.
    Attack,
    /// Could not be judged.
    Unavailable,
}

/// Why a liveness verdict is as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum LivenessReason {
    /// No face was found.
    NoFace,
    /// The face has too few pixels to be judged.
    TooSmall,
    /// Several faces of like size: whose liveness is asked is not known.
    SeveralFaces,
    /// The network of this check is not installed.
    NetworkMissing,
    /// The network sees a presented picture.
    PresentationAttack,
    /// Live, but with a score at which screens pass too: another check should
    /// decide.
    Uncertain,
}

impl LivenessReason {
    /// The reason as scripts see it.
    pub const fn code(self) -> &'static str {
        match self {
            Self::NoFace => "no_face",
            Self::TooSmall => "too_small",
            Self::SeveralFaces => "several_faces",
            Self::NetworkMissing => "network_missing",
            Self::PresentationAttack => "presentation_attack",
            Self::Uncertain => "uncertain",
        }
    }
}

impl Liveness {
    /// Score at or above which a face is live. Genuine phone photos score as
    /// low as 0.08, prints at most 0.02 (dev stills), so it lies between, far
    /// below the 0.5 that the network was trained for. Screens pass more often
    /// there (3 of 30 against 1), hence [`LivenessReason::Uncertain`]. Several
    /// crops, scales and mirrored views were tried: their mean or median errs as
    /// often as one crop.
    pub const THRESHOLD: f32 = 0.05;

    /// Score below which a live face is [`LivenessReason::Uncertain`].
    pub const CERTAIN: f32 = 0.5;

    /// The face's longer side in pixels from which it can be judged.
    pub const SMALLEST_FACE: f32 = 40.0;

    /// The verdict of a score.
    pub(crate) fn judged(score: f32) -> Self {
        let (decision, reasons) = if score >= Self::CERTAIN {
            (LivenessDecision::Live, vec![])
        } else if score >= Self::THRESHOLD {
            (LivenessDecision::Live, vec![LivenessReason::Uncertain])
        } else {
            (LivenessDecision::Attack, vec![LivenessReason::PresentationAttack])
        };
        Self { score: Some(score), decision, threshold: Self::THRESHOLD, reasons }
    }

    /// No verdict, for this reason.
    pub(crate) fn unavailable(reason: LivenessReason) -> Self {
        Self {
            score: None,
            decision: LivenessDecision::Unavailable,
            threshold: Self::THRESHOLD,
            reasons: vec![reason],
        }
    }
}

/// Side of the network's input.
const SIDE: u32 = 128;

/// The network sees so much around the face: edges of paper and screens lie
/// there.
const CONTEXT: f32 = 2.7;

/// Which of the network's three classes is a live face.
const LIVE: usize = 0;

/// The probability that `face` is bona fide.
pub(crate) fn score(model: &Model, picture: &Picture, face: &Face) -> Result<f32, FaceError> {
    let crop =
        picture.crop(context(face.area, picture.bounds())).unwrap_or_else(|| picture.clone());
    let input = resize(&crop, SIDE, SIDE)?;
    let data = planes(&input, SIDE, SIDE, Planes::Bgr, 0.0, 1.0);
    let outputs = model.run(&Tensor::new(&[1, 3, SIDE as usize, SIDE as usize], data))?;
    let logits = &outputs.first()?.data;
    let shape = || InferenceError::Shape { role: Role::FaceLiveness };
    let live = softmax(logits).get(LIVE).copied().ok_or_else(shape)?;
    if live.is_finite() { Ok(live) } else { Err(shape().into()) }
}

/// The face with its surroundings: as many times the face as the picture has
/// room for, moved rather than cut at the picture's edge, since the network was
/// trained on whole crops.
fn context(face: Rect, bounds: Rect) -> Rect {
    let room = ((bounds.w - 1.0) / face.w).min((bounds.h - 1.0) / face.h);
    let times = room.clamp(f32::MIN_POSITIVE, CONTEXT);
    let (w, h) = (face.w * times, face.h * times);
    let center = face.center();
    let x = (center.x - w / 2.0).min(bounds.w - 1.0 - w).max(0.0);
    let y = (center.y - h / 2.0).min(bounds.h - 1.0 - h).max(0.0);
    Rect::new(x, y, w, h)
}

fn softmax(logits: &[f32]) -> Vec<f32> {
    let top = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let powers: Vec<f32> = logits.iter().map(|v| (v - top).exp()).collect();
    let sum: f32 = powers.iter().sum();
    powers.iter().map(|p| p / sum).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_score_decides() {
        assert_eq!(Liveness::judged(0.97).decision, LivenessDecision::Live);
        assert!(Liveness::judged(0.97).reasons.is_empty());
        assert_eq!(Liveness::judged(0.2).reasons, [LivenessReason::Uncertain]);
        assert_eq!(Liveness::judged(0.2).decision, LivenessDecision::Live);
        assert_eq!(Liveness::judged(0.04).decision, LivenessDecision::Attack);
        assert_eq!(Liveness::judged(f32::NAN).decision, LivenessDecision::Attack);
    }

    #[test]
    fn an_answer_reads_as_promised() {
        let text = serde_json::to_string(&Liveness::unavailable(LivenessReason::NoFace)).unwrap();
        assert_eq!(
            text,
            r#"{"score":null,"decision":"unavailable","threshold":0.05,"reasons":["no_face"]}"#
        );
    }

    #[test]
    fn context_is_moved_inside() {
        let bounds = Rect::new(0.0, 0.0, 1001.0, 1001.0);
        assert_eq!(
            context(Rect::new(0.0, 0.0, 100.0, 100.0), bounds),
            Rect::new(0.0, 0.0, 270.0, 270.0)
        );
        let all = context(Rect::new(300.0, 300.0, 800.0, 500.0), bounds);
        assert_eq!((all.x, all.w), (0.0, 1000.0));
    }

    #[test]
    fn softmax_is_a_distribution() {
        let p = softmax(&[900.0, 900.0, -900.0]);
        assert!((p[0] - 0.5).abs() < 1e-6 && p[2] == 0.0);
        assert!(softmax(&[]).is_empty());
    }

    proptest! {
        #[test]
        fn context_stays_inside(
            x in -500.0f32..1500.0, y in -500.0f32..1500.0,
            w in 0.5f32..3000.0, h in 0.5f32..3000.0,
        ) {
            let bounds = Rect::new(0.0, 0.0, 1000.0, 700.0);
            let r = context(Rect::new(x, y, w, h), bounds);
            prop_assert!(r.x >= 0.0 && r.y >= 0.0);
            prop_assert!(r.x + r.w <= 1000.1 && r.y + r.h <= 700.1);
            prop_assert!(r.w > 0.0 && r.h > 0.0);
        }
    }
}
