//! The surface of a face as 468 points: eyelids, lips, and which way the head looks.
//!
//! The network is MediaPipe's face mesh (192 x 192 pixels in, x, y and depth of every
//! point out). It was made for pictures of people who use a camera; closed eyes it
//! draws as narrow ones, so that what counts is the change against the same face at
//! rest, never the figure by itself.

use std::sync::Arc;

use bonafide_inference::{InferenceError, Model, Role, Tensor};
use bonafide_media::{
    Affine, Border, Picture, Point,
    tensor::{Planes, planes},
    warp_affine_smooth,
};

use crate::{Face, FaceError, Pose};

/// Points of a face's surface, in pixels of the picture; depth in the same measure,
/// away from the camera.
#[derive(Clone, Debug, PartialEq)]
pub struct Mesh {
    points: Vec<[f32; 3]>,
    certainty: f32,
}

/// What a face does at a moment.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Expression {
    /// Which way the head looks, from points that no expression moves.
    pub pose: Pose,
    /// How far the person's right and left eye are open: the mean distance of the lids
    /// in distances between the eyes. About 0.12 to 0.2 in open ones.
    pub eyes: [f32; 2],
    /// How far the lips are apart, in distances between the eyes.
    pub mouth: f32,
}

/// Points of a mesh.
const POINTS: usize = 468;
/// Side of the network's input in pixels.
const SIDE: u32 = 192;
/// The network sees so much around the box of a detected face.
const AROUND: f32 = 1.5;
/// What shows no face is called one with less certainty.
const CERTAIN: f32 = 0.5;

/// Outer and inner corner of an eye, upper and lower lid outside and inside.
const EYES: [[usize; 6]; 2] = [[33, 133, 160, 144, 158, 153], [263, 362, 387, 373, 385, 380]];
/// Inner edges of the upper and the lower lip, in the middle and a little to the sides.
const LIPS: [[usize; 2]; 3] = [[13, 14], [82, 87], [312, 317]];
const NOSE_TIP: usize = 1;
const MOUTH: [usize; 2] = [61, 291];
/// Cheeks before the ears, and forehead and the base of the nose.
const ACROSS: [usize; 2] = [234, 454];
const DOWN: [usize; 2] = [10, 2];
/// How far the line from the forehead to the base of the nose leans back in a head that
/// looks straight on, in degrees: the nose stands out. Measured on the published mean
/// face.
const LEANS: f32 = 8.7;

impl Mesh {
    /// How sure the network is that there is a face, 0 to 1.
    pub fn certainty(&self) -> f32 {
        self.certainty
    }

    /// One of the 468 points, by its number in the published mesh.
    pub fn point(&self, number: usize) -> Option<Point> {
        self.points.get(number).map(|[x, y, _]| Point::new(*x, *y))
    }

    /// Where a detector's five landmarks lie: right eye, left eye, nose tip, right and
    /// left corner of the mouth.
    pub fn landmarks(&self) -> Option<[Point; 5]> {
        let [right, left] = EYES.map(|eye| {
            let (outer, inner) = (self.at(eye[0])?, self.at(eye[1])?);
            Some(Point::new((outer[0] + inner[0]) / 2.0, (outer[1] + inner[1]) / 2.0))
        });
        let [mouth_right, mouth_left] = MOUTH.map(|corner| self.point(corner));
        Some([right?, left?, self.point(NOSE_TIP)?, mouth_right?, mouth_left?])
    }

    /// What the face does; `None` for points that lie on one place.
    pub fn expression(&self) -> Option<Expression> {
        let unit = self.eye_distance()?;
        let gap = |a: usize, b: usize| Some(distance(self.at(a)?, self.at(b)?) / unit);
        let [right, left] = EYES.map(|[_, _, upper, lower, upper_in, lower_in]| {
            Some((gap(upper, lower)? + gap(upper_in, lower_in)?) / 2.0)
        });
        let [middle, one, other] = LIPS.map(|[upper, lower]| gap(upper, lower));
        let found = Expression {
            pose: self.pose()?,
            eyes: [right?, left?],
            mouth: (middle? + one? + other?) / 3.0,
        };
        let numbers = [found.pose.yaw, found.pose.pitch, found.pose.roll, found.mouth];
        numbers.iter().chain(&found.eyes).all(|value| value.is_finite()).then_some(found)
    }

    /// Distance between the middles of the eyes, in depth too.
    fn eye_distance(&self) -> Option<f32> {
        let [right, left] = EYES.map(|eye| {
            let (outer, inner) = (self.at(eye[0])?, self.at(eye[1])?);
            Some([0, 1, 2].map(|k| f32::midpoint(outer[k], inner[k])))
        });
        let unit = distance(right?, left?);
        (unit.is_finite() && unit > f32::EPSILON).then_some(unit)
    }

    fn pose(&self) -> Option<Pose> {
        let [across, down] = [ACROSS, DOWN].map(|[from, to]| {
            let (from, to) = (self.at(from)?, self.at(to)?);
            Some([0, 1, 2].map(|k| to[k] - from[k]))
        });
        let (across, down) = (across?, down?);
        Some(Pose {
            yaw: across[2].atan2(across[0].hypot(across[1])).to_degrees(),
            pitch: (-down[2]).atan2(down[0].hypot(down[1])).to_degrees() - LEANS,
            roll: across[1].atan2(across[0]).to_degrees(),
        })
    }

    fn at(&self, number: usize) -> Option<[f32; 3]> {
        self.points.get(number).copied()
    }
}

/// The mesh of a face that was found before; `None` where the network sees none.
pub(crate) fn mesh(
    model: &Arc<Model>,
    picture: &Picture,
    face: &Face,
) -> Result<Option<Mesh>, FaceError> {
    let (map, scale) = around(face).ok_or(FaceError::Landmarks)?;
    let crop = warp_affine_smooth(picture, &map, SIDE, SIDE, Border::Nearest)?;
    let data = planes(&crop, SIDE, SIDE, Planes::Rgb, 0.0, 1.0 / 255.0);
    let outputs = model.run(&Tensor::new(&[1, 3, SIDE as usize, SIDE as usize], data))?;
    let shape = || InferenceError::Shape { role: Role::FaceMesh };
    let of_length = |length: usize| {
        let found = outputs.iter().find(|(_, tensor)| tensor.data.len() == length);
        found.map(|(_, tensor)| tensor.data.as_slice()).ok_or_else(shape)
    };
    let certainty = of_length(1)?.iter().map(|logit| 1.0 / (1.0 + (-logit).exp())).sum();
    let points = of_length(POINTS * 3)?.chunks_exact(3).map(|p| {
        // The network counts from the crop's edge, maps from the middle of its first
        // pixel.
        let at = map.apply(Point::new(p[0] - 0.5, p[1] - 0.5));
        [at.x + 0.5, at.y + 0.5, p[2] * scale]
    });
    let mesh = Mesh { points: points.collect(), certainty };
    let sound = mesh.points.iter().flatten().all(|value| value.is_finite());
    Ok((sound && certainty >= CERTAIN).then_some(mesh))
}

/// From the network's pixels to those of the picture, and how many of these one is: the
/// face in the middle, its eyes level.
fn around(face: &Face) -> Option<(Affine, f32)> {
    let side = AROUND * face.area.w.max(face.area.h);
    let [right, left] = [face.landmarks[0], face.landmarks[1]];
    let (sin, cos) = (left.y - right.y).atan2(left.x - right.x).sin_cos();
    let scale = side / SIDE as f32;
    if !(scale.is_finite() && scale > 0.0 && sin.is_finite()) {
        return None;
    }
    let (a, b) = (scale * cos, scale * sin);
    let (centre, middle) = (face.area.center(), (SIDE as f32 - 1.0) / 2.0);
    let x = centre.x - 0.5 - a * middle + b * middle;
    let y = centre.y - 0.5 - b * middle - a * middle;
    Some((Affine { m: [a, -b, x, b, a, y] }, scale))
}

fn distance(a: [f32; 3], b: [f32; 3]) -> f32 {
    a.iter().zip(b).map(|(a, b)| (a - b) * (a - b)).sum::<f32>().sqrt()
}

#[cfg(test)]
mod tests {
    use bonafide_media::{Decoder as _, InProcess, Rect};
    use proptest::prelude::*;

    use super::*;
    use crate::FaceEngine;

    fn portrait(test: &str) -> Option<(FaceEngine, Picture)> {
        let models = bonafide_inference::testing::models(test)?;
        let photo = InProcess::default().decode(&models.asset("portrait.png").unwrap()).unwrap();
        Some((FaceEngine::new(models), photo.picture))
    }

    /// `picture` turned about its middle.
    fn tilted(picture: &Picture, degrees: f32) -> Picture {
        let (sin, cos) = degrees.to_radians().sin_cos();
        let (w, h) = (picture.width() as f32 / 2.0, picture.height() as f32 / 2.0);
        let map = Affine { m: [cos, sin, w - cos * w - sin * h, -sin, cos, h + sin * w - cos * h] };
        let border = Border::Nearest;
        warp_affine_smooth(picture, &map, picture.width(), picture.height(), border).unwrap()
    }

    /// How far each landmark lies from where it should, in distances between the eyes.
    fn off(found: [Point; 5], wanted: [Point; 5]) -> Vec<f32> {
        let unit = wanted[0].distance(wanted[1]);
        found.into_iter().zip(wanted).map(|(a, b)| a.distance(b) / unit).collect()
    }

    #[test]
    fn points_lie_where_the_detector_sees_eyes_nose_and_mouth() {
        let Some((engine, photo)) = portrait("mesh_points") else { return };
        let face = engine.detect(&photo).unwrap()[0];
        let mesh = engine.mesh(&photo, &face).unwrap().unwrap();
        assert!(mesh.certainty() > 0.9);
        let off = off(mesh.landmarks().unwrap(), face.landmarks);
        println!("{off:?} of the distance between the eyes");
        assert!(off.iter().sum::<f32>() / 5.0 < 0.1, "{off:?}");
        // A smile's corners and the tip of the nose are not the same points there.
        assert!(off[..2].iter().all(|off| *off < 0.08), "{off:?}");
        assert!(off[2..].iter().all(|off| *off < 0.2), "{off:?}");
        let found = mesh.expression().unwrap();
        println!("{found:?}");
        assert!(found.pose.yaw.abs() < 15.0 && found.pose.pitch.abs() < 15.0, "{found:?}");
        assert!(found.eyes.iter().all(|eye| (0.08..0.3).contains(eye)), "{found:?}");
        assert!((0.0..0.3).contains(&found.mouth), "{found:?}");
    }

    /// The detector's landmarks are a tenth of the eyes' distance off in a tilted face:
    /// the mesh, which is cut out by them, is not.
    #[test]
    fn the_mesh_of_a_tilted_face_is_tilted() {
        let Some((engine, photo)) = portrait("mesh_tilted") else { return };
        let look = |picture: &Picture| {
            let face = engine.detect(picture).unwrap()[0];
            engine.mesh(picture, &face).unwrap().unwrap()
        };
        let upright = look(&photo);
        for degrees in [15.0_f32, -15.0] {
            let (sin, cos) = degrees.to_radians().sin_cos();
            let (w, h) = (photo.width() as f32 / 2.0, photo.height() as f32 / 2.0);
            let turn = |p: Point| {
                let (x, y) = (p.x - w, p.y - h);
                Point::new(w + cos * x - sin * y, h + sin * x + cos * y)
            };
            let mesh = look(&tilted(&photo, degrees));
            let off = off(mesh.landmarks().unwrap(), upright.landmarks().unwrap().map(turn));
            println!("{degrees}: {off:?}");
            assert!(off.iter().all(|off| *off < 0.2), "{degrees}: {off:?}");
            let roll = mesh.expression().unwrap().pose.roll;
            let wanted = upright.expression().unwrap().pose.roll + degrees;
            assert!((roll - wanted).abs() < 6.0, "{degrees}: {roll}");
        }
    }

    #[test]
    fn a_mirrored_face_looks_the_other_way() {
        let Some((engine, photo)) = portrait("mesh_mirrored") else { return };
        let look = |picture: &Picture| {
            let face = engine.detect(picture).unwrap()[0];
            engine.mesh(picture, &face).unwrap().unwrap().expression().unwrap()
        };
        let (one, other) = (look(&photo), look(&photo.mirrored()));
        println!("{one:?} {other:?}");
        assert!((one.pose.yaw + other.pose.yaw).abs() < 5.0, "{one:?} {other:?}");
        assert!((one.eyes[0] - other.eyes[1]).abs() < 0.03, "{one:?} {other:?}");
        assert!((one.mouth - other.mouth).abs() < 0.03, "{one:?} {other:?}");
    }

    #[test]
    fn where_no_face_is_no_mesh_is_told() {
        let Some((engine, photo)) = portrait("mesh_nobody") else { return };
        let face = engine.detect(&photo).unwrap()[0];
        let empty = Picture::filled(photo.width(), photo.height(), [120; 3]).unwrap();
        assert_eq!(engine.mesh(&empty, &face).unwrap(), None);
        let nowhere = Face { landmarks: [Point::new(f32::NAN, 0.0); 5], ..face };
        assert!(engine.mesh(&photo, &nowhere).is_err());
    }

    proptest! {
        #[test]
        fn a_turned_surface_is_turned(yaw in -50.0f32..50.0, pitch in -35.0f32..35.0) {
            let mut mesh = Mesh { points: vec![[0.0; 3]; POINTS], certainty: 1.0 };
            let (sy, cy) = yaw.to_radians().sin_cos();
            let (sp, cp) = (pitch - 0.0).to_radians().sin_cos();
            let lean = LEANS.to_radians().tan();
            let points = [
                (234, [-7.0, 0.0, 3.0]),
                (454, [7.0, 0.0, 3.0]),
                (10, [0.0, -8.0, 0.0]),
                (2, [0.0, 2.0, -10.0 * lean]),
                (33, [-4.4, -2.6, 2.0]),
                (133, [-1.9, -2.6, 2.0]),
                (263, [4.4, -2.6, 2.0]),
                (362, [1.9, -2.6, 2.0]),
                (160, [-3.0, -3.0, 2.0]),
                (144, [-3.0, -2.0, 2.0]),
                (158, [-3.0, -3.0, 2.0]),
                (153, [-3.0, -2.0, 2.0]),
            ];
            for (at, [x, y, z]) in points {
                // Up is away from the camera above, near it below.
                let (y, z) = (cp * y + sp * z, cp * z - sp * y);
                mesh.points[at] = [cy * x - sy * z, y, cy * z + sy * x];
            }
            let found = mesh.expression().unwrap();
            prop_assert!((found.pose.yaw - yaw).abs() < 0.5, "{found:?}");
            // The turn shortens the picture's height no further than this.
            prop_assert!((found.pose.pitch - pitch).abs() < 0.5 + yaw.abs() / 2.0, "{found:?}");
            // A lid gap of one in eyes 6.3 apart, whichever way it is looked at.
            prop_assert!((found.eyes[0] - 1.0 / 6.3).abs() < 1e-3, "{found:?}");
        }

        #[test]
        fn the_middle_of_the_crop_is_the_middle_of_the_face(
            x in -50.0f32..500.0, y in -50.0f32..500.0, side in 20.0f32..300.0, turn in -3.0f32..3.0,
        ) {
            let (sin, cos) = turn.sin_cos();
            let centre = Point::new(x + side / 2.0, y + side / 2.0);
            let mut landmarks = [centre; 5];
            landmarks[1] = Point::new(centre.x + 10.0 * cos, centre.y + 10.0 * sin);
            let face = Face { area: Rect::new(x, y, side, side), landmarks, score: 1.0 };
            let (map, scale) = around(&face).unwrap();
            let at = map.apply(Point::new(95.5, 95.5));
            prop_assert!((at.x + 0.5 - centre.x).abs() < 0.01 && (at.y + 0.5 - centre.y).abs() < 0.01);
            prop_assert!((scale * 192.0 - 1.5 * side).abs() < 0.01);
        }
    }
}
