//! Pictures that the caller names, and the engines that look at them.

use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::sync::Arc;

use bonafide_document::{DocumentError, DocumentReader};
use bonafide_face::{FaceEngine, FaceError};
use bonafide_inference::Models;
use bonafide_media::{DecodeError, Decoder, InProcess, Limits, Picture};

use crate::failure::Failure;
use crate::output::Global;

/// The upright picture in a file. What is wrong with it is the caller's to mend.
pub(crate) fn picture(path: &Path) -> Result<Picture, Failure> {
    let limits = Limits::default();
    let unreadable = |error: std::io::Error| {
        Failure::caller("file_unreadable", format!("cannot read {}: {error}", path.display()))
    };
    let file = File::open(path).map_err(unreadable)?;
    let mut bytes = Vec::new();
    // One byte more than is allowed, so that the decoder can say so.
    file.take(limits.max_bytes as u64 + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    let unusable =
        |error: DecodeError| Failure::caller(error.code(), format!("{}: {error}", path.display()));
    InProcess { limits }.decode(&bytes).map(|decoded| decoded.picture).map_err(unusable)
}

/// The models, opened once for a command.
pub(crate) fn models(global: &Global) -> Result<Arc<Models>, Failure> {
    Ok(Arc::new(Models::open(&global.models_folder())?))
}

/// A reader that finds the portrait by its face.
pub(crate) fn document_reader(models: &Arc<Models>) -> DocumentReader {
    let faces = FaceEngine::new(models.clone());
    DocumentReader::new(models.clone()).with_face_finder(Box::new(move |page| {
        // A page whose faces cannot be looked for is a page without portrait:
        // the document is read all the same.
        faces.locate(page).unwrap_or_default()
    }))
}

impl From<DocumentError> for Failure {
    fn from(error: DocumentError) -> Self {
        match error {
            DocumentError::Inference(error) => error.into(),
            other => Self::ours("document_failed", other),
        }
    }
}

impl From<FaceError> for Failure {
    fn from(error: FaceError) -> Self {
        match error {
            FaceError::Inference(error) => error.into(),
            other => Self::ours("face_failed", other),
        }
    }
}
