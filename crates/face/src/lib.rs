//! Faces: detect, align, embed, compare with calibrated thresholds, judge the
//! quality of a picture for that, and passive presentation-attack detection.
//!
//! [`FaceEngine`] is the way in; the answers are [`Comparison`] and
//! [`Liveness`]. No answer is a bare cosine: a [`Comparison`] carries its
//! decision, its threshold and the false match rate the threshold was
//! calibrated to, and what could not be measured is `unavailable`, never a
//! match and never live.

mod align;
mod calibration;
mod compare;
mod detect;
mod embed;
mod engine;
mod error;
mod eyes;
mod liveness;
mod mesh;
mod pose;
mod quality;
mod track;
mod yunet;

pub use calibration::{Calibration, CalibrationError, Embedders, Fmr, Threshold};
pub use compare::{Comparison, ComparisonReason, FoundFace, ImageSide, Match};
pub use detect::Face;
pub use embed::{Embedding, Similarity};
pub use engine::FaceEngine;
pub use error::FaceError;
pub use liveness::{Liveness, LivenessDecision, LivenessReason};
pub use mesh::{Expression, Mesh};
pub use pose::Pose;
pub use quality::{Quality, QualityReason};
pub use track::{Tracked, Tracker};
