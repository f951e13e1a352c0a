//! The way in.

use std::sync::Arc;

use bonafide_inference::{Models, Role};
use bonafide_media::{Picture, Point, Rect};

use crate::compare::{Side, compare_faces};
use crate::detect::{Detector, has_rival};
use crate::embed::Embedder;
use crate::track::glance;
use crate::{
    Comparison, Embedders, Embedding, Face, FaceError, Fmr, ImageSide, Liveness, LivenessReason,
    Mesh, Quality, QualityReason, Similarity, Tracked, Tracker, eyes, liveness, mesh, quality,
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

    /// With these embedders, whatever is installed.
    pub fn with_embedders(models: Arc<Models>, embedders: Embedders) -> Self {
        Self { models, embedders }
    }

    /// The embedders in use.
    pub fn embedders(&self) -> Embedders {
        self.embedders
    }

    /// The faces of a picture, the most prominent first: large, central and
    /// certain. Empty if there is none.
    pub fn detect(&self, picture: &Picture) -> Result<Vec<Face>, FaceError> {
        Detector::new(self.models.get(Role::FaceDetector)?).faces(picture)
    }

    /// Where the faces of a picture are, the most prominent first, at a fraction
    /// of the cost of [`FaceEngine::detect`]: for finding a portrait on a page.
    pub fn locate(&self, picture: &Picture) -> Result<Vec<Rect>, FaceError> {
        Detector::new(self.models.get(Role::FaceDetector)?).roughly(picture)
    }

    /// The surface of a face that was found before; `None` where the network sees no
    /// face there.
    pub fn mesh(&self, picture: &Picture, face: &Face) -> Result<Option<Mesh>, FaceError> {
        mesh::mesh(&self.models.get(Role::FaceMesh)?, picture, face)
    }

    /// Whether [`FaceEngine::mesh`] has its network.
    pub fn has_mesh(&self) -> bool {
        self.models.has(Role::FaceMesh)
    }

    /// The log-odds that the person's right and left eye are open; `landmarks` are a
    /// face's that was found before.
    pub fn eyes(&self, picture: &Picture, landmarks: &[Point; 5]) -> Result<[f32; 2], FaceError> {
        eyes::open(&self.models.get(Role::EyeState)?, picture, landmarks)
    }

    /// Whether [`FaceEngine::eyes`] has its network.
    pub fn has_eyes(&self) -> bool {
        self.models.has(Role::EyeState)
    }

    /// Follows one face through the frames of a recording.
    pub fn track(&self) -> Result<Tracker, FaceError> {
        Ok(Tracker::new(Detector::new(self.models.get(Role::FaceDetector)?)))
    }

    /// Who is in front of the camera in one picture, quicker than [`FaceEngine::detect`].
    pub fn glance(&self, picture: &Picture) -> Result<Tracked, FaceError> {
        glance(&Detector::new(self.models.get(Role::FaceDetector)?), picture)
    }

    /// The face as a vector.
    pub fn embed(&self, picture: &Picture, face: &Face) -> Result<Embedding, FaceError> {
        Embedder::new(&self.models, self.embedders)?.embed(picture, face)
    }

    /// How alike two faces are; an error if the embeddings were made by
    /// different embedders.
    pub fn similarity(&self, a: &Embedding, b: &Embedding) -> Result<Similarity, FaceError> {
        a.similarity(b)
    }

    /// How fit a face is for comparison. Does not know of other faces: see
    /// [`QualityReason::SeveralFaces`].
    pub fn quality(&self, picture: &Picture, face: &Face) -> Quality {
        quality::measure(picture, face)
    }

    /// Compares the most prominent faces of two pictures.
    pub fn compare(&self, a: &Picture, b: &Picture, fmr: Fmr) -> Result<Comparison, FaceError> {
        let a = self.side(ImageSide::A, a, &self.detect(a)?)?;
        let b = self.side(ImageSide::B, b, &self.detect(b)?)?;
        compare_faces(a, b, self.embedders, fmr)
    }

    /// Compares a face that was found before with each of others that were, for the
    /// price of one embedding a face.
    pub fn compare_found(
        &self,
        one: (&Picture, &Face),
        others: &[(&Picture, &Face)],
        fmr: Fmr,
    ) -> Result<Vec<Comparison>, FaceError> {
        let one = self.side(ImageSide::A, one.0, std::slice::from_ref(one.1))?;
        let compare = |(picture, face): &(&Picture, &Face)| {
            let other = self.side(ImageSide::B, picture, std::slice::from_ref(*face))?;
            compare_faces(one.clone(), other, self.embedders, fmr)
        };
        others.iter().map(compare).collect()
    }

    /// Whether a face that was found before is live, as [`FaceEngine::liveness`].
    pub fn liveness_of(&self, picture: &Picture, face: &Face) -> Result<Liveness, FaceError> {
        if !self.models.has(Role::FaceLiveness) {
            return Ok(Liveness::unavailable(LivenessReason::NetworkMissing));
        }
        if face.area.w.max(face.area.h) < Liveness::SMALLEST_FACE {
            return Ok(Liveness::unavailable(LivenessReason::TooSmall));
        }
        let model = self.models.get(Role::FaceLiveness)?;
        Ok(Liveness::judged(liveness::score(&model, picture, face)?))
    }

    /// Whether the most prominent face of a picture is live. Never
    /// [`Live`](crate::LivenessDecision::Live) without a score: a missing network
    /// or face is `unavailable`, and so are several faces of like size.
    pub fn liveness(&self, picture: &Picture) -> Result<Liveness, FaceError> {
        if !self.models.has(Role::FaceLiveness) {
            return Ok(Liveness::unavailable(LivenessReason::NetworkMissing));
        }
        let faces = self.detect(picture)?;
        let Some(face) = faces.first() else {
            return Ok(Liveness::unavailable(LivenessReason::NoFace));
        };
        if has_rival(&faces) {
            return Ok(Liveness::unavailable(LivenessReason::SeveralFaces));
        }
        self.liveness_of(picture, face)
    }

    /// The first of `faces` with its quality and, if it is fit, its embedding.
    fn side(&self, image: ImageSide, picture: &Picture, faces: &[Face]) -> Result<Side, FaceError> {
        let Some(face) = faces.first() else {
            return Ok(Side { image, found: None, embedding: None });
        };
        let mut quality = quality::measure(picture, face);
        if has_rival(faces) {
            quality.reasons.push(QualityReason::SeveralFaces);
        }
        let embedding = match quality.is_usable() {
            true => Some(self.embed(picture, face)?),
            false => None,
        };
        Ok(Side { image, found: Some((*face, quality)), embedding })
    }
}
