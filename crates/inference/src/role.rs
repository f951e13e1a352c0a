//! The jobs that a network does here.

use serde::{Deserialize, Serialize};

/// A job, named in `models/manifest.toml` in this spelling.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Faces with five landmarks (YuNet).
    FaceDetector,
    /// Aligned face to a feature vector (SFace).
    FaceEmbedder,
    /// A second, independent feature vector, fused with the first.
    FaceEmbedderSecond,
    /// Live or presented, from one still (MiniFASNet).
    FaceLiveness,
    /// A face to 468 points of its surface (MediaPipe face mesh).
    FaceMesh,
    /// An eye, open or closed.
    EyeState,
    /// Text regions of a page (PP-OCR detection).
    TextDetector,
    /// Text line to characters, fast (PP-OCR recognition, tiny).
    TextRecognizerFast,
    /// Text line to characters, accurate (PP-OCR recognition, small).
    TextRecognizer,
    /// The accurate one with Han characters and kana: every class it was trained
    /// on.
    TextRecognizerHan,
}
