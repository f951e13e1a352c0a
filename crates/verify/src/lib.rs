//! One verification: from what was read, compared and checked to a decision.

mod answer;
mod decide;
mod pool;

pub use answer::{
    ComparisonAnswer, ComparisonField, DetectedFace, DocumentAnswer, DocumentField, FaceField,
    FacesAnswer, LivenessAnswer, LivenessField, Selectable, Selection, UnknownField,
};
pub use decide::{Decision, Evidence, Reason, Rules, Verdict, decide};
pub use pool::{Busy, JobError, Permit, Pool, PoolLoad, PoolSettings, Ran, Running};
