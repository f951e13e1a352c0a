//! Finding faces in a picture of any size.

use std::sync::Arc;

use bonafide_inference::{Model, Tensor};
use bonafide_media::{
    Affine, Border, Picture, Point, Rect, resize,
    tensor::{Planes, planes},
    warp_affine,
};
use serde::Serialize;

use crate::{FaceError, yunet};

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

impl Face {
    /// Distance between the eyes in pixels.
    pub fn eye_distance(&self) -> f32 {
        self.landmarks[0].distance(self.landmarks[1])
    }

    /// Carried to another frame of pixels.
    pub(crate) fn mapped(&self, scale: f32, x: f32, y: f32) -> Self {
        let point = |p: Point| Point::new(p.x * scale + x, p.y * scale + y);
        let r = self.area;
        Self {
            area: Rect::new(r.x * scale + x, r.y * scale + y, r.w * scale, r.h * scale),
            landmarks: self.landmarks.map(point),
            score: self.score,
        }
    }
}

/// The detector's network, ready to look at pictures.
pub(crate) struct Detector {
    model: Arc<Model>,
}

/// What a detection at this confidence is worth depends on the network; below
/// it YuNet answers to hands, prints and patterns.
const FLOOR: f32 = 0.6;

/// Long side in pixels of the passes over the whole picture, tried in turn
/// until one finds a face. A face that fills the picture is only found in the
/// smallest, which has a border for the missing hair and chin.
const PASSES: [Pass; 4] = [
    Pass { side: 320, border: 0 },
    Pass { side: 640, border: 0 },
    Pass { side: 160, border: 32 },
    Pass { side: 1280, border: 0 },
];

/// A picture is not enlarged further than this: there is no detail to gain.
const MOST_ENLARGED: f32 = 4.0;

/// The second look at a face: its box is scaled to `CLOSE_BOX` pixels inside
/// an input of `CLOSE_SIDE`, so that the landmarks are equally exact whatever
/// the size of picture and face.
const CLOSE_BOX: f32 = 112.0;
const CLOSE_SIDE: f32 = 192.0;

/// The second look is given to so many faces, the most prominent ones.
const CLOSE_LOOKS: usize = 3;

/// Intersection over union from which the second look shows the same face.
const SAME_FACE: f32 = 0.4;

/// Share of the first face's area from which another face is its rival.
const RIVAL: f32 = 0.5;

/// One look at the whole picture.
#[derive(Clone, Copy)]
struct Pass {
    side: u32,
    border: u32,
}

impl Detector {
    pub(crate) fn new(model: Arc<Model>) -> Self {
        Self { model }
    }

    /// The faces of `picture`, the most prominent first.
    pub(crate) fn faces(&self, picture: &Picture) -> Result<Vec<Face>, FaceError> {
        let mut faces = Vec::new();
        for pass in PASSES {
            faces = self.look(picture, pass)?;
            if !faces.is_empty() {
                break;
            }
        }
        sort_by_prominence(&mut faces, picture);
        for face in faces.iter_mut().take(CLOSE_LOOKS) {
            if let Some(closer) = self.look_closer(picture, face)? {
                *face = closer;
            }
        }
        let mut faces = yunet::each_once(faces);
        sort_by_prominence(&mut faces, picture);
        Ok(faces)
    }

    /// Looks at the whole picture, scaled.
    fn look(&self, picture: &Picture, pass: Pass) -> Result<Vec<Face>, FaceError> {
        let long = picture.width().max(picture.height()) as f32;
        let factor = (pass.side as f32 / long).min(MOST_ENLARGED);
        let scaled = |length: u32| ((length as f32 * factor).round() as u32).max(1);
        let small = resize(picture, scaled(picture.width()), scaled(picture.height()))?;
        let border = pass.border as f32;
        let small = match pass.border {
            0 => small,
            b => {
                let shift = Affine { m: [1.0, 0.0, -border, 0.0, 1.0, -border] };
                let (w, h) = (small.width() + 2 * b, small.height() + 2 * b);
                warp_affine(&small, &shift, w, h, Border::Colour([0; 3]))?
            }
        };
        let faces = self.run(&small, FLOOR)?;
        let back = 1.0 / factor;
        Ok(faces.iter().map(|f| f.mapped(back, -border * back, -border * back)).collect())
    }

    /// Looks again at one face, at the size the landmarks are best at; `None`
    /// if it is not seen there.
    fn look_closer(&self, picture: &Picture, face: &Face) -> Result<Option<Face>, FaceError> {
        let factor = CLOSE_BOX / face.area.w.max(face.area.h);
        let side = CLOSE_SIDE / factor;
        let center = face.area.center();
        let around = Rect::new(center.x - side / 2.0, center.y - side / 2.0, side, side);
        let part = around.intersect(picture.bounds());
        let Some(crop) = picture.crop(part) else {
            return Ok(None);
        };
        let scaled = |length: u32| ((length as f32 * factor).round() as u32).max(1);
        let (w, h) = (scaled(crop.width()), scaled(crop.height()));
        if w.max(h) > 2 * CLOSE_SIDE as u32 {
            return Ok(None);
        }
        let close = self.run(&resize(&crop, w, h)?, FLOOR * 0.75)?;
        let (x, y) = (part.x.floor(), part.y.floor());
        let same = close
            .iter()
            .map(|f| f.mapped(1.0 / factor, x, y))
            .map(|f| (f.area.iou(face.area), f))
            .filter(|(iou, _)| *iou >= SAME_FACE)
            .max_by(|a, b| a.0.total_cmp(&b.0));
        Ok(same.map(|(_, f)| Face { score: f.score.max(face.score), ..f }))
    }

    /// The faces of a picture as it is, in its pixels.
    fn run(&self, picture: &Picture, floor: f32) -> Result<Vec<Face>, FaceError> {
        let width = picture.width().next_multiple_of(yunet::GRID);
        let height = picture.height().next_multiple_of(yunet::GRID);
        let data = planes(picture, width, height, Planes::Bgr, 0.0, 1.0);
        let input = Tensor::new(&[1, 3, height as usize, width as usize], data);
        Ok(yunet::faces(&self.model.run(&input)?, width, height, floor)?)
    }
}

/// Whether it is unclear whose picture it is: another face has at least half
/// the first one's area.
pub(crate) fn has_rival(faces: &[Face]) -> bool {
    let Some((first, others)) = faces.split_first() else {
        return false;
    };
    others.iter().any(|face| face.area.area() >= RIVAL * first.area.area())
}

/// Large, central and certain first: the person the picture is of.
fn sort_by_prominence(faces: &mut [Face], picture: &Picture) {
    faces.sort_by(|a, b| prominence(b, picture).total_cmp(&prominence(a, picture)));
}

/// Area of the face, falling off with its distance from the middle of the
/// picture (to 1/e at 0.35 of its width or height), times its score.
fn prominence(face: &Face, picture: &Picture) -> f32 {
    let center = face.area.center();
    let (w, h) = (picture.width() as f32, picture.height() as f32);
    let off = ((center.x / w - 0.5).hypot(center.y / h - 0.5)) / 0.35;
    face.area.area() * (-off * off).exp() * face.score
}
