//! The way in.

use std::sync::Arc;

use bonafide_inference::{InferenceError, Models, Role};
use bonafide_media::{Picture, Rect};

use crate::{
    Comparison, Embedders, Embedding, Face, FaceError, Fmr, Liveness, Quality, Similarity,
};

/// Everything that is asked of faces. Cheap to clone and to share; the
/// networks are loaded when they are first needed.
#[derive(Clone)]
pub struct FaceEngine {
    models: Arc<Models>,
    embedders: Embedders,
}

impl FaceEngine {
    /// With the second embedder if its weights are installed.
    pub fn new(models: Arc<Models>) -> Self {
        let embedders =
            if models.has(Role::FaceEmbedderSecond) { Embedders::Fused } else { Embedders::Sface };
        Self::with_embedders(models, embedders)
    }

    /// With these embedders.
    pub fn with_embedders(models: Arc<Models>, embedders: Embedders) -> Self {
        Self { models, embedders }
    }

    /// The embedders in use.
    pub fn embedders(&self) -> Embedders {
        self.embedders
    }

    /// The faces of a picture, the most prominent first.
    pub fn detect(&self, _picture: &Picture) -> Result<Vec<Face>, FaceError> {
        Err(self.missing(Role::FaceDetector))
    }

    /// The face as a vector.
    pub fn embed(&self, _picture: &Picture, _face: &Face) -> Result<Embedding, FaceError> {
        Err(self.missing(Role::FaceEmbedder))
    }

    /// How alike two faces are.
    pub fn similarity(&self, a: &Embedding, b: &Embedding) -> Result<Similarity, FaceError> {
        a.similarity(b)
    }

    /// How fit a face is for comparison.
    pub fn quality(&self, _picture: &Picture, _face: &Face) -> Quality {
        Quality { reasons: Vec::new() }
    }

    /// Compares the most prominent faces of two pictures.
    pub fn compare(&self, _a: &Picture, _b: &Picture, _fmr: Fmr) -> Result<Comparison, FaceError> {
        Err(self.missing(Role::FaceEmbedder))
    }

    /// Compares the portrait that lies at `portrait` in `document` (image a)
    /// with the most prominent face of `selfie` (image b).
    pub fn compare_portrait(
        &self,
        _document: &Picture,
        _portrait: Rect,
        _selfie: &Picture,
        _fmr: Fmr,
    ) -> Result<Comparison, FaceError> {
        Err(self.missing(Role::FaceEmbedder))
    }

    /// Whether the face of a picture is live.
    pub fn liveness(&self, _picture: &Picture) -> Result<Liveness, FaceError> {
        Err(self.missing(Role::FaceLiveness))
    }

    fn missing(&self, role: Role) -> FaceError {
        let _ = &self.models;
        InferenceError::Missing { role, path: std::path::PathBuf::new() }.into()
    }
}
