//! What can go wrong while a document is read, apart from its not being
//! readable: that is an answer, not an error.

use bonafide_inference::{InferenceError, Role};
use bonafide_media::PictureError;

/// Why no answer could be given. Never carries what was read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DocumentError {
    /// A network could not be loaded or run.
    #[error(transparent)]
    Inference(#[from] InferenceError),
    /// A picture could not be cut or scaled.
    #[error("could not cut the picture: {0}")]
    Picture(#[from] PictureError),
    /// A text recogniser came without its list of characters.
    #[error("the weights of {0:?} carry no `character` list: run `bonafide models fetch` again")]
    Dictionary(Role),
    /// A document type that this build was made with is not well-formed.
    #[error("the document type {0} is not well-formed; this is a fault of the program")]
    TypeFile(&'static str),
}
