//! Open or closed eyes.
//!
//! A classifier of 24 x 24 grey pixels, cut out about each eye with the eyes level. Its
//! answer is taken as log-odds and held against the same face at rest, never by itself:
//! narrow eyes and glasses lie lower at rest (`docs/liveness.md` has the figures).

use std::sync::Arc;

use bonafide_inference::{InferenceError, Model, Role, Tensor};
use bonafide_media::{Affine, Border, Picture, Point, warp_affine_smooth};

use crate::FaceError;

/// Side of the network's input in pixels.
const SIDE: u32 = 24;
/// The side of what is cut out, in distances between the eyes. Of 0.45 to 0.95 the one
/// by which lids that were drawn shut, in four ways, were told best from the same eyes open.
const ACROSS: f32 = 0.5;

/// The log-odds that the person's right and left eye are open; `landmarks` as a detector
/// gives them.
pub(crate) fn open(
    model: &Arc<Model>,
    picture: &Picture,
    landmarks: &[Point; 5],
) -> Result<[f32; 2], FaceError> {
    let [right, left, ..] = *landmarks;
    let one = |eye| state(model, picture, eye, (right, left));
    Ok([one(right)?, one(left)?])
}

fn state(
    model: &Arc<Model>,
    picture: &Picture,
    eye: Point,
    eyes: (Point, Point),
) -> Result<f32, FaceError> {
    let map = around(eye, eyes).ok_or(FaceError::Landmarks)?;
    let crop = warp_affine_smooth(picture, &map, SIDE, SIDE, Border::Nearest)?;
    let grey = crop.luma().values.iter().map(|value| f32::from(*value) / 255.0).collect();
    let outputs = model.run(&Tensor::new(&[1, 1, SIDE as usize, SIDE as usize], grey))?;
    let mut pairs = outputs.iter().filter_map(|(_, tensor)| match tensor.data.as_slice() {
        [closed, open] => Some(open - closed),
        _ => None,
    });
    let odds = pairs.next().filter(|odds| odds.is_finite());
    odds.ok_or_else(|| InferenceError::Shape { role: Role::EyeState }.into())
}

/// From the network's pixels to those of the picture: the eye in the middle, the line
/// between the eyes level.
fn around(eye: Point, (right, left): (Point, Point)) -> Option<Affine> {
    let (across, down) = (left.x - right.x, left.y - right.y);
    let scale = ACROSS / SIDE as f32;
    let (a, b) = (across * scale, down * scale);
    let middle = (SIDE as f32 - 1.0) / 2.0;
    let x = eye.x - 0.5 - a * middle + b * middle;
    let y = eye.y - 0.5 - b * middle - a * middle;
    let sound = across.hypot(down) > 1.0 && x.is_finite() && y.is_finite();
    sound.then_some(Affine { m: [a, -b, x, b, a, y] })
}
