//! What can go wrong here that is neither a verdict nor a reason.

use bonafide_inference::InferenceError;
use bonafide_media::PictureError;

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
    /// Two embeddings that were made by different networks.
    #[error("the two embeddings come from different embedders: embed both again with one")]
    Embedders,
    /// The five landmarks of a face coincide, so it cannot be put upright.
    #[error("the landmarks of the face coincide: detect it again")]
    Landmarks,
}
