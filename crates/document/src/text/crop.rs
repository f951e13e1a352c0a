//! Cutting a text line out of a picture at the height the recogniser takes.

use bonafide_media::{Border, Homography, Picture, PictureError, Point, Quad, Rect};
use bonafide_media::{resize, warp_perspective};

/// Height of a line as PP-OCR recognition takes it.
pub(crate) const LINE_HEIGHT: u32 = 48;
/// Widest line: bounds the work on one box.
const MAX_WIDTH: u32 = 2_400;
/// Widths are multiples of this, so that few input shapes exist.
const STEP: u32 = 16;

/// The line inside `quad`, upright, [`LINE_HEIGHT`] high, as wide as its shape
/// asks times `stretch`. `None` for a quad without a shape.
pub(crate) fn crop_line(
    picture: &Picture,
    quad: &Quad,
    stretch: f32,
) -> Result<Option<Picture>, PictureError> {
    let (w, h) = (quad.width(), quad.height());
    if !(w.is_finite() && h.is_finite()) || w < 1.0 || h < 1.0 {
        return Ok(None);
    }
    let ideal = w / h * LINE_HEIGHT as f32 * stretch;
    let steps = (ideal / STEP as f32).round().clamp(1.0, (MAX_WIDTH / STEP) as f32);
    let width = steps as u32 * STEP;
    // Bilinear sampling skips pixels when it shrinks by more than two: sample
    // finer first, then take means.
    let fine = (h / (LINE_HEIGHT as f32 * 1.6)).ceil().clamp(1.0, 6.0) as u32;
    let Some(sampled) = crop_to(picture, quad, width * fine, LINE_HEIGHT * fine)? else {
        return Ok(None);
    };
    resize(&sampled, width, LINE_HEIGHT).map(Some)
}

/// What lies inside `quad`, as a `width` x `height` picture. Outside the
/// picture its edge is repeated.
pub(crate) fn crop_to(
    picture: &Picture,
    quad: &Quad,
    width: u32,
    height: u32,
) -> Result<Option<Picture>, PictureError> {
    let target = Quad::from_rect(Rect::new(0.0, 0.0, width as f32, height as f32));
    let shifted = Quad(target.0.map(|p| Point::new(p.x - 0.5, p.y - 0.5)));
    let Some(map) = Homography::between(&shifted, quad) else {
        return Ok(None);
    };
    warp_perspective(picture, &map, width, height, Border::Nearest).map(Some)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Left half black, right half white.
    fn halves() -> Picture {
        let mut picture = Picture::filled(400, 100, [0; 3]).unwrap();
        for y in 0..100 {
            for x in 200..400 {
                picture.set_pixel(x, y, [255; 3]);
            }
        }
        picture
    }

    #[test]
    fn a_line_comes_out_upright_at_its_height() {
        let quad = Quad::from_rect(Rect::new(100.0, 20.0, 200.0, 20.0));
        let line = crop_line(&halves(), &quad, 1.0).unwrap().unwrap();
        assert_eq!((line.width(), line.height()), (480, LINE_HEIGHT));
        assert_eq!(line.pixel(100, 24), [0; 3]);
        assert_eq!(line.pixel(400, 24), [255; 3]);
        let [a, b, c, d] = quad.0;
        let turned = crop_line(&halves(), &Quad([c, d, a, b]), 1.0).unwrap().unwrap();
        assert_eq!(turned.pixel(100, 24), [255; 3]);
    }

    #[test]
    fn a_quad_without_shape_has_no_line() {
        let point = Quad([Point::new(3.0, 3.0); 4]);
        assert!(crop_line(&halves(), &point, 1.0).unwrap().is_none());
        let nan = Quad([Point::new(f32::NAN, 3.0); 4]);
        assert!(crop_line(&halves(), &nan, 1.0).unwrap().is_none());
    }

    #[test]
    fn the_width_is_bounded() {
        let quad = Quad::from_rect(Rect::new(0.0, 0.0, 100_000.0, 2.0));
        assert_eq!(crop_line(&halves(), &quad, 1.0).unwrap().unwrap().width(), MAX_WIDTH);
    }
}
