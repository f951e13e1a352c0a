//! The networks, loaded once.

use std::sync::Arc;

use bonafide_document::DocumentReader;
use bonafide_face::FaceEngine;
use bonafide_inference::{InferenceError, Models, Role};

/// What looks at pictures.
pub struct Engines {
    /// Faces.
    pub faces: FaceEngine,
    /// Documents.
    pub documents: DocumentReader,
}

/// Every network that a server needs from its first call on.
const NEEDED: [Role; 5] = [
    Role::FaceDetector,
    Role::FaceEmbedder,
    Role::TextDetector,
    Role::TextRecognizerFast,
    Role::TextRecognizer,
];

/// Networks that are used where they are installed; without them an answer
/// says what is missing.
const WELCOME: [Role; 4] =
    [Role::FaceEmbedderSecond, Role::FaceLiveness, Role::FaceMesh, Role::EyeState];

impl Engines {
    /// Engines that load a network when it is first needed.
    pub fn lazy(models: Arc<Models>) -> Self {
        let faces = FaceEngine::new(models.clone());
        let finder = faces.clone();
        let documents = DocumentReader::new(models).with_face_finder(Box::new(move |page| {
            // A page whose faces cannot be looked for is a page without
            // portrait: the document is read all the same.
            finder.locate(page).unwrap_or_default()
        }));
        Self { faces, documents }
    }

    /// Engines with every network loaded, so that no caller waits for it and
    /// one that is missing is known at the start.
    pub fn load(models: Arc<Models>) -> Result<Self, InferenceError> {
        let welcome = WELCOME.into_iter().filter(|role| models.has(*role));
        for role in NEEDED.into_iter().chain(welcome) {
            models.get(role)?;
        }
        Ok(Self::lazy(models))
    }
}
