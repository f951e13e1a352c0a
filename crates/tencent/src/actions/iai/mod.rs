//! Actions of `iai`: faces in pictures.

pub(super) mod compare_face;
pub(super) mod detect_face;
pub(super) mod detect_live_face_accurate;
mod model;
