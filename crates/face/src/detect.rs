//! Finding faces in a picture of any size.

use bonafide_media::{Point, Rect};
use serde::Serialize;

/// A face in a picture.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Face {
    /// Where it is, in pixels of the picture; may reach over its edge.
    #[serde(rename = "box")]
    pub area: Rect,
    /// The person's right eye, left eye, nose tip, right and left corner of the
    /// mouth (right = on the left of the picture), in pixels.
    pub landmarks: [Point; 5],
    /// Confidence of the detector, 0 to 1.
    pub score: f32,
}
