//! YuNet (Wu, Peng, Yu: "YuNet: A Tiny Millisecond-level Face Detector",
//! 2023): from its twelve outputs to faces.

use bonafide_inference::{InferenceError, Outputs, Role};
use bonafide_media::{Point, Rect};

use crate::Face;

/// The input's width and height must be multiples of this.
pub(crate) const GRID: u32 = 32;

/// One anchor a cell, on three grids.
const STRIDES: [u32; 3] = [8, 16, 32];

/// Two boxes that share more than this (intersection over union) are one face.
const SAME_FACE: f32 = 0.3;

/// The outputs for one grid, row-major over its cells.
pub(crate) struct Head<'a> {
    /// Pixels a cell.
    pub(crate) stride: u32,
    /// `[N]`: it is a face.
    pub(crate) class: &'a [f32],
    /// `[N]`: something is there.
    pub(crate) object: &'a [f32],
    /// `[N, 4]`: centre in cells from the cell's corner, logarithm of the size
    /// in cells.
    pub(crate) boxes: &'a [f32],
    /// `[N, 10]`: five points in cells from the cell's corner.
    pub(crate) points: &'a [f32],
}

/// The faces in an input of `width` x `height` pixels that score at least
/// `floor`, best first, each once, in pixels of the input.
pub(crate) fn faces(
    outputs: &Outputs,
    width: u32,
    height: u32,
    floor: f32,
) -> Result<Vec<Face>, InferenceError> {
    let mut found = Vec::new();
    for stride in STRIDES {
        let values = |kind: &str| -> Result<&[f32], InferenceError> {
            Ok(&outputs.get(&format!("{kind}_{stride}"))?.data)
        };
        let head = Head {
            stride,
            class: values("cls")?,
            object: values("obj")?,
            boxes: values("bbox")?,
            points: values("kps")?,
        };
        found.extend(decode(&head, width, height, floor)?);
    }
    Ok(each_once(found))
}

/// The faces of one grid, in its own order.
pub(crate) fn decode(
    head: &Head<'_>,
    width: u32,
    height: u32,
    floor: f32,
) -> Result<Vec<Face>, InferenceError> {
    let columns = (width / head.stride) as usize;
    let cells = columns * (height / head.stride) as usize;
    let lengths =
        [head.class.len(), head.object.len(), head.boxes.len() / 4, head.points.len() / 10];
    if lengths.iter().any(|&n| n != cells) {
        return Err(InferenceError::Shape { role: Role::FaceDetector });
    }
    let stride = head.stride as f32;
    let mut found = Vec::new();
    for (i, (class, object)) in head.class.iter().zip(head.object).enumerate() {
        let score = (class.clamp(0.0, 1.0) * object.clamp(0.0, 1.0)).sqrt();
        if score.is_nan() || score < floor {
            continue;
        }
        let (column, row) = ((i % columns) as f32, (i / columns) as f32);
        let at = |x: f32, y: f32| Point::new((x + column) * stride, (y + row) * stride);
        let b = &head.boxes[i * 4..i * 4 + 4];
        let (center, w, h) = (at(b[0], b[1]), b[2].exp() * stride, b[3].exp() * stride);
        let area = Rect::new(center.x - w / 2.0, center.y - h / 2.0, w, h);
        let p = &head.points[i * 10..i * 10 + 10];
        let landmarks = [0, 1, 2, 3, 4].map(|k| at(p[2 * k], p[2 * k + 1]));
        let face = Face { area, landmarks, score };
        if is_finite(&face) {
            found.push(face);
        }
    }
    Ok(found)
}

/// Greedy non-maximum suppression, best first.
pub(crate) fn each_once(mut faces: Vec<Face>) -> Vec<Face> {
    faces.sort_by(|a, b| b.score.total_cmp(&a.score));
    let mut kept: Vec<Face> = Vec::new();
    for face in faces {
        if kept.iter().all(|k| k.area.iou(face.area) <= SAME_FACE) {
            kept.push(face);
        }
    }
    kept
}

fn is_finite(face: &Face) -> bool {
    let r = face.area;
    [r.x, r.y, r.w, r.h].iter().all(|v| v.is_finite())
        && r.w > 0.0
        && r.h > 0.0
        && face.landmarks.iter().all(|p| p.x.is_finite() && p.y.is_finite())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn face(x: f32, y: f32, side: f32, score: f32) -> Face {
        Face { area: Rect::new(x, y, side, side), landmarks: [Point::default(); 5], score }
    }

    #[test]
    fn a_cell_becomes_a_face() {
        // 4 x 2 cells of 16 pixels; the face is in column 2 of row 1.
        let mut class = [0.0; 8];
        let mut boxes = [0.0; 32];
        let mut points = [0.0; 80];
        class[6] = 0.81;
        boxes[24..28].copy_from_slice(&[0.5, -0.25, 2.0f32.ln(), 3.0f32.ln()]);
        points[60..70].copy_from_slice(&[-0.5, 0.0, 1.5, 0.0, 0.5, 0.5, 0.0, 1.0, 1.0, 1.0]);
        let head =
            Head { stride: 16, class: &class, object: &[1.0; 8], boxes: &boxes, points: &points };
        let found = decode(&head, 64, 32, 0.5).unwrap();
        assert_eq!(found.len(), 1);
        let Face { area, landmarks, score } = found[0];
        assert!((score - 0.9).abs() < 1e-6);
        assert!((area.center().x - 40.0).abs() < 1e-4 && (area.center().y - 12.0).abs() < 1e-4);
        assert!((area.w - 32.0).abs() < 1e-4 && (area.h - 48.0).abs() < 1e-4);
        assert_eq!(landmarks[1], Point::new(56.0, 16.0));
        assert_eq!(landmarks[4], Point::new(48.0, 32.0));
    }

    #[test]
    fn overlapping_boxes_are_one_face() {
        let kept = each_once(vec![
            face(2.0, 0.0, 100.0, 0.8),
            face(0.0, 0.0, 100.0, 0.9),
            face(300.0, 0.0, 40.0, 0.7),
        ]);
        assert_eq!(kept.iter().map(|f| f.score).collect::<Vec<_>>(), [0.9, 0.7]);
    }

    #[test]
    fn outputs_of_another_size_are_refused() {
        let head = Head { stride: 8, class: &[1.0], object: &[1.0], boxes: &[0.0; 4], points: &[] };
        assert!(decode(&head, 8, 8, 0.5).is_err());
        assert!(decode(&head, 640, 640, 0.5).is_err());
    }

    proptest! {
        #[test]
        fn wild_values_give_finite_faces(
            values in prop::collection::vec(prop::num::f32::ANY, 16 * 4),
        ) {
            let head = Head {
                stride: 8,
                class: &values[0..4],
                object: &[1.0; 4],
                boxes: &values[4..20],
                points: &values[20..60],
            };
            for found in each_once(decode(&head, 16, 16, 0.1).unwrap()) {
                prop_assert!(is_finite(&found));
                prop_assert!((0.1..=1.0).contains(&found.score));
            }
        }
    }
}
