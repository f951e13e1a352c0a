//! What can go wrong here that is neither a verdict nor a reason.

use bonafide_inference::InferenceError;
use bonafide_media::PictureError;

use crate::CalibrationError;

/// Why a face question could not be asked. Bad pictures and missing faces are
/// not errors: they are reasons in the answer.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FaceError {
    /// A network is missing or failed.
    #[error(transparent)]
    Inference(#[from] InferenceError),
    /// A picture of an impossible size was asked for.
    #[error(transparent)]
    Picture(#[from] PictureError),
    /// No threshold for what was asked.
    #[error(transparent)]
    Calibration(#[from] CalibrationError),
    /// Two embeddings that were made by different networks.
    #[error("the two embeddings come from different embedders: embed both again with one")]
    Embedders,
    /// A network gave a vector of length 0 or with values that are no numbers.
    #[error(
        "the embedder gave a vector without direction: check the models with `bonafide models verify`"
    )]
    Vector,
    /// The five landmarks of a face coincide, so it cannot be put upright.
    #[error("the landmarks of the face coincide: detect it again")]
    Landmarks,
}
