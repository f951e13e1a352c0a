//! Finding text on a page with PP-OCR detection.

use bonafide_inference::{Model, Tensor};
use bonafide_media::tensor::{Planes, planes};
use bonafide_media::{Picture, resize};

use super::db::{ProbabilityMap, TextBox, decode};
use crate::DocumentError;

/// The network takes sides that are multiples of this.
const STEP: u32 = 32;

/// The text boxes of `picture` in its own pixels, largest first. The network
/// sees it with its long side at `long_side` pixels.
pub(crate) fn detect(
    model: &Model,
    picture: &Picture,
    long_side: u32,
) -> Result<Vec<TextBox>, DocumentError> {
    let scale = long_side as f32 / picture.width().max(picture.height()) as f32;
    let side = |pixels: u32| {
        let steps = (pixels as f32 * scale / STEP as f32).round() as u32;
        steps.clamp(1, long_side.div_ceil(STEP).max(1)) * STEP
    };
    let (width, height) = (side(picture.width()), side(picture.height()));
    let small = resize(picture, width, height)?;
    let input = planes(&small, width, height, Planes::Bgr, 127.5, 1.0 / 127.5);
    let shape = [1, 3, height as usize, width as usize];
    let outputs = model.run(&Tensor::new(&shape, input))?;
    let map = outputs.first()?;
    let [_, _, rows, columns] = map.shape[..] else {
        return Ok(Vec::new());
    };
    let (fx, fy) = (
        picture.width() as f32 / columns.max(1) as f32,
        picture.height() as f32 / rows.max(1) as f32,
    );
    let mut boxes = decode(&ProbabilityMap { width: columns, height: rows, values: &map.data });
    for found in &mut boxes {
        for corner in &mut found.quad.0 {
            corner.x *= fx;
            corner.y *= fy;
        }
    }
    Ok(boxes)
}
