//! Finding faces in a picture of any size.

use std::sync::Arc;

use bonafide_inference::{Model, Tensor};
use bonafide_media::{
    Affine, Border, Picture, Point, Rect, resize,
    tensor::{Planes, planes},
    warp_affine,
};
use serde::{Deserialize, Serialize};

use crate::pose::{Pose, pose};
use crate::{FaceError, yunet};

/// A face in a picture.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
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

    /// Which way it looks; `None` if the landmarks coincide.
    pub fn pose(&self) -> Option<Pose> {
        pose(&self.landmarks)
    }

    /// As seen in a mirror: right and left exchanged in a frame of this width.
    fn mirrored(&self, width: f32) -> Self {
        let [right_eye, left_eye, nose, right_mouth, left_mouth] =
            self.landmarks.map(|p| Point::new(width - p.x, p.y));
        let r = self.area;
        Self {
            area: Rect::new(width - r.x - r.w, r.y, r.w, r.h),
            landmarks: [left_eye, right_eye, nose, left_mouth, right_mouth],
            score: self.score,
        }
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

/// The passes that find a portrait on a page.
const ROUGH_PASSES: [Pass; 2] = [Pass { side: 320, border: 0 }, Pass { side: 640, border: 0 }];

/// The passes that find whom a camera films: near, and maybe filling the picture.
const FIRST_PASSES: [Pass; 2] = [Pass { side: 320, border: 0 }, Pass { side: 160, border: 32 }];

/// The pass that tells whether somebody else has come in beside whom a camera films.
const RIVAL_PASS: Pass = Pass { side: 192, border: 0 };

/// A picture is not enlarged further than this: there is no detail to gain.
const MOST_ENLARGED: f32 = 4.0;

/// The close looks at a face. YuNet's landmarks scatter by about 8 % of the
/// distance between the eyes from one scale to another; their mean over several
/// looks is what lowers the errors of comparison (FNMR at FMR 1e-4 on the dev
/// faces from 2.8 % to 2.4 %), and a fixed size of face makes them equally exact
/// whatever the size of the picture.
const CLOSE: [CloseLook; 3] = [
    CloseLook { face: 112.0, input: 192.0, mirrored: false },
    CloseLook { face: 80.0, input: 160.0, mirrored: false },
    CloseLook { face: 96.0, input: 192.0, mirrored: true },
];

/// The look that follows a face from frame to frame: as wide around the face as the
/// first close look, at 69 % of its pixels.
const FOLLOWING: CloseLook = CloseLook { face: 94.0, input: 160.0, mirrored: false };

/// So many faces are looked at closely, the most prominent ones.
const CLOSE_FACES: usize = 3;

/// The first look's landmarks count too if the face had so many pixels in it.
const FIRST_LOOK_COUNTS: f32 = 64.0;

/// Intersection over union from which a close look shows the same face.
const SAME_FACE: f32 = 0.4;

/// Share of the first face's area from which another face is its rival.
const RIVAL: f32 = 0.5;

/// One look at the whole picture.
#[derive(Clone, Copy)]
struct Pass {
    side: u32,
    border: u32,
}

/// One look at one face: its longer side scaled to `face` pixels in the middle
/// of a square of `input` pixels.
#[derive(Clone, Copy)]
struct CloseLook {
    face: f32,
    input: f32,
    mirrored: bool,
}

impl Detector {
    pub(crate) fn new(model: Arc<Model>) -> Self {
        Self { model }
    }

    /// The faces of `picture`, the most prominent first.
    pub(crate) fn faces(&self, picture: &Picture) -> Result<Vec<Face>, FaceError> {
        let long = picture.width().max(picture.height()) as f32;
        let mut faces = Vec::new();
        let mut scale = 1.0;
        for pass in PASSES {
            faces = self.look(picture, pass)?;
            scale = pass.factor(long);
            if !faces.is_empty() {
                break;
            }
        }
        sort_by_prominence(&mut faces, picture);
        for face in faces.iter_mut().take(CLOSE_FACES) {
            let first_counts = face.area.w.max(face.area.h) * scale >= FIRST_LOOK_COUNTS;
            *face = self.look_closely(picture, *face, first_counts)?;
        }
        let mut faces = yunet::each_once(faces);
        sort_by_prominence(&mut faces, picture);
        Ok(faces)
    }

    /// The boxes of the faces of `picture`, the most prominent first, as the
    /// first look finds them: for telling where a face is, not for comparing it.
    pub(crate) fn roughly(&self, picture: &Picture) -> Result<Vec<Rect>, FaceError> {
        for pass in ROUGH_PASSES {
            let mut faces = self.look(picture, pass)?;
            if !faces.is_empty() {
                sort_by_prominence(&mut faces, picture);
                return Ok(faces.iter().map(|face| face.area).collect());
            }
        }
        Ok(Vec::new())
    }

    /// The faces that the first look at the whole picture finds, the most prominent
    /// first, with landmarks as coarse as that look.
    pub(crate) fn first_look(&self, picture: &Picture) -> Result<Vec<Face>, FaceError> {
        for pass in FIRST_PASSES {
            let mut faces = self.look(picture, pass)?;
            if !faces.is_empty() {
                sort_by_prominence(&mut faces, picture);
                return Ok(faces);
            }
        }
        Ok(Vec::new())
    }

    /// The face that is where `last` was, or next to it; `None` if there is none.
    pub(crate) fn follow(&self, picture: &Picture, last: &Face) -> Result<Option<Face>, FaceError> {
        self.look_closer(picture, last, FOLLOWING)
    }

    /// The face that is where `first` saw it, by one close look; `None` if there is none.
    pub(crate) fn closer(
        &self,
        picture: &Picture,
        first: &Face,
    ) -> Result<Option<Face>, FaceError> {
        self.look_closer(picture, first, CLOSE[0])
    }

    /// Whether a face as large as `face`, or half of it, is elsewhere in the picture.
    pub(crate) fn has_company(&self, picture: &Picture, face: &Face) -> Result<bool, FaceError> {
        let mut faces = self.look(picture, RIVAL_PASS)?;
        faces.retain(|other| other.area.iou(face.area) < SAME_FACE);
        faces.insert(0, *face);
        Ok(has_rival(&faces))
    }

    /// Looks at the whole picture, scaled.
    fn look(&self, picture: &Picture, pass: Pass) -> Result<Vec<Face>, FaceError> {
        let factor = pass.factor(picture.width().max(picture.height()) as f32);
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

    /// The mean of the close looks at `first`, and of itself if it counts; if
    /// no look sees it, it is left as it is.
    fn look_closely(
        &self,
        picture: &Picture,
        first: Face,
        first_counts: bool,
    ) -> Result<Face, FaceError> {
        let mut seen = Vec::with_capacity(CLOSE.len() + 1);
        for look in CLOSE {
            seen.extend(self.look_closer(picture, &first, look)?);
        }
        let score = seen.iter().map(|f| f.score).sum::<f32>() / seen.len() as f32;
        if seen.is_empty() {
            return Ok(first);
        }
        if first_counts {
            seen.push(first);
        }
        Ok(Face { score, ..mean(&seen) })
    }

    /// Looks at one face; `None` if it is not seen there.
    fn look_closer(
        &self,
        picture: &Picture,
        face: &Face,
        look: CloseLook,
    ) -> Result<Option<Face>, FaceError> {
        let factor = look.face / face.area.w.max(face.area.h);
        let side = look.input / factor;
        let center = face.area.center();
        let around = Rect::new(center.x - side / 2.0, center.y - side / 2.0, side, side);
        let part = around.intersect(picture.bounds());
        let Some(crop) = picture.crop(part) else {
            return Ok(None);
        };
        let scaled = |length: u32| ((length as f32 * factor).round() as u32).max(1);
        let (w, h) = (scaled(crop.width()), scaled(crop.height()));
        // Whole pixels of a face of a few pixels may stretch far.
        if w.max(h) > 2 * look.input as u32 {
            return Ok(None);
        }
        let mut close = resize(&crop, w, h)?;
        if look.mirrored {
            close = close.mirrored();
        }
        let found = self.run(&close, FLOOR * 0.75)?;
        let (x, y) = (part.x.floor(), part.y.floor());
        let same = found
            .into_iter()
            .map(|f| if look.mirrored { f.mirrored(w as f32) } else { f })
            .map(|f| f.mapped(1.0 / factor, x, y))
            .map(|f| (f.area.iou(face.area), f))
            .filter(|(iou, _)| *iou >= SAME_FACE)
            .max_by(|a, b| a.0.total_cmp(&b.0));
        Ok(same.map(|(_, f)| f))
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

impl Pass {
    /// Pixels of this look a pixel of a picture with this longer side.
    fn factor(self, long: f32) -> f32 {
        (self.side as f32 / long).min(MOST_ENLARGED)
    }
}

/// Box, landmarks and score in the middle of all; `faces` is not empty.
fn mean(faces: &[Face]) -> Face {
    let n = faces.len().max(1) as f32;
    let of = |value: &dyn Fn(&Face) -> f32| faces.iter().map(value).sum::<f32>() / n;
    Face {
        area: Rect::new(of(&|f| f.area.x), of(&|f| f.area.y), of(&|f| f.area.w), of(&|f| f.area.h)),
        landmarks: [0, 1, 2, 3, 4]
            .map(|i| Point::new(of(&|f| f.landmarks[i].x), of(&|f| f.landmarks[i].y))),
        score: of(&|f| f.score),
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

#[cfg(test)]
mod tests {
    use super::*;

    fn face(x: f32, y: f32, side: f32) -> Face {
        let landmarks = [(0.3, 0.4), (0.7, 0.4), (0.5, 0.6), (0.35, 0.8), (0.65, 0.8)]
            .map(|(u, v)| Point::new(x + u * side, y + v * side));
        Face { area: Rect::new(x, y, side, side), landmarks, score: 0.9 }
    }

    #[test]
    fn the_large_and_central_face_comes_first() {
        let picture = Picture::filled(400, 400, [0; 3]).unwrap();
        let (corner, middle, small) =
            (face(0.0, 0.0, 110.0), face(150.0, 150.0, 100.0), face(190.0, 190.0, 20.0));
        let mut faces = [small, corner, middle];
        sort_by_prominence(&mut faces, &picture);
        assert_eq!(faces, [middle, corner, small]);
    }

    #[test]
    fn a_rival_is_a_face_of_like_size() {
        let first = face(150.0, 150.0, 100.0);
        assert!(!has_rival(&[]));
        assert!(!has_rival(&[first]));
        assert!(!has_rival(&[first, face(0.0, 0.0, 60.0)]));
        assert!(has_rival(&[first, face(0.0, 0.0, 80.0)]));
    }

    #[test]
    fn a_mirrored_face_keeps_its_right_eye_left_of_its_left() {
        let face = face(10.0, 20.0, 50.0);
        let mirrored = face.mirrored(100.0);
        assert_eq!(mirrored.area, Rect::new(40.0, 20.0, 50.0, 50.0));
        assert!(mirrored.landmarks[0].x < mirrored.landmarks[1].x);
        let back = mirrored.mirrored(100.0);
        for (p, q) in face.landmarks.iter().zip(back.landmarks) {
            assert!(p.distance(q) < 1e-4);
        }
    }

    #[test]
    fn the_mean_lies_between() {
        let mean = mean(&[face(0.0, 0.0, 100.0), face(10.0, 20.0, 120.0)]);
        assert_eq!(mean.area, Rect::new(5.0, 10.0, 110.0, 110.0));
        assert!((mean.landmarks[2].x - 60.0).abs() < 1e-4);
    }

    #[test]
    fn a_face_is_carried_to_the_picture() {
        let carried = face(10.0, 10.0, 10.0).mapped(2.0, 100.0, 50.0);
        assert_eq!(carried.area, Rect::new(120.0, 70.0, 20.0, 20.0));
        assert!(carried.landmarks[0].distance(Point::new(126.0, 78.0)) < 1e-4);
    }
}
