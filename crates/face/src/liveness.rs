//! Passive presentation-attack detection on one still.

use serde::Serialize;

/// The answer to "is a live person before the camera". One signal among
/// several: what it does not catch is in `docs/`.
#[derive(Clone, Debug, PartialEq, Serialize)]
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
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
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
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
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
}
