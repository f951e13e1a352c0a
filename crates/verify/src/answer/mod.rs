//! What the use cases answer, in the names of the vision rooms, and what of it
//! was asked for.
//!
//! A member that was not asked for is absent; one that was asked for and not
//! found is `null`.

mod document;
mod face;
mod moment;
mod selection;

pub use document::{DocumentAnswer, DocumentField};
pub use face::{
    ComparisonAnswer, ComparisonField, DetectedFace, FaceField, FacesAnswer, LivenessAnswer,
    LivenessField,
};
pub use moment::{Moment, MomentError};
pub use selection::{Selectable, Selection, UnknownField};

/// Reads a member that may be `null` as found there, not as absent.
fn present<'de, D, T>(deserializer: D) -> Result<Option<Option<T>>, D::Error>
where
    D: serde::Deserializer<'de>,
    T: serde::Deserialize<'de>,
{
    serde::Deserialize::deserialize(deserializer).map(Some)
}
