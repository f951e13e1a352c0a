//! One call, one answer: nothing is kept but the trace.

mod check_liveness;
mod compare_faces;
mod detect_faces;
mod read_document;

pub use check_liveness::{CheckLiveness, check_liveness};
pub use compare_faces::{CompareFaces, compare_faces, face_thresholds};
pub use detect_faces::{DetectFaces, detect_faces};
pub use read_document::{
    DocumentWithPortrait, ReadDocument, read_document, read_document_with_portrait,
};

pub(crate) use check_liveness::liveness_facts;
pub(crate) use compare_faces::comparison_facts;
pub(crate) use read_document::reading_facts;
