//! Sampling a picture through a map, bilinear.

use crate::geometry::{Affine, Homography, Point};
use crate::{Picture, PictureError};

/// What lies outside the picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Border {
    /// This colour.
    Colour([u8; 3]),
    /// The nearest pixel of the edge, repeated.
    Nearest,
}

/// A `width` x `height` picture whose pixel `p` is the one of `picture` at
/// `to_source(p)`.
pub fn warp_affine(
    picture: &Picture,
    to_source: &Affine,
    width: u32,
    height: u32,
    border: Border,
) -> Result<Picture, PictureError> {
    let [a, _, _, d, _, _] = to_source.m;
    sample_rows(picture, width, height, border, |y, row| {
        let start = to_source.apply(Point::new(0.0, y as f32));
        for (x, point) in row.iter_mut().enumerate() {
            *point = Point::new(start.x + a * x as f32, start.y + d * x as f32);
        }
    })
}

/// As [`warp_affine`], through a projective map.
pub fn warp_perspective(
    picture: &Picture,
    to_source: &Homography,
    width: u32,
    height: u32,
    border: Border,
) -> Result<Picture, PictureError> {
    sample_rows(picture, width, height, border, |y, row| {
        for (x, point) in row.iter_mut().enumerate() {
            *point = to_source.apply(Point::new(x as f32, y as f32));
        }
    })
}

fn sample_rows(
    picture: &Picture,
    width: u32,
    height: u32,
    border: Border,
    mut fill: impl FnMut(u32, &mut [Point]),
) -> Result<Picture, PictureError> {
    let mut out = Picture::filled(width, height, [0; 3])?;
    let mut points = vec![Point::default(); width as usize];
    for (y, row) in out.bytes_mut().chunks_exact_mut(width as usize * 3).enumerate() {
        fill(y as u32, &mut points);
        for (pixel, point) in row.chunks_exact_mut(3).zip(&points) {
            pixel.copy_from_slice(&bilinear(picture, *point, border));
        }
    }
    Ok(out)
}

/// The colour at `point`, weights in 1/256.
fn bilinear(picture: &Picture, point: Point, border: Border) -> [u8; 3] {
    let (w, h) = (picture.width() as i32, picture.height() as i32);
    if !point.x.is_finite() || !point.y.is_finite() {
        return outside(picture, 0, 0, border);
    }
    let (fx, fy) = (point.x.floor(), point.y.floor());
    let (x, y) = (fx as i32, fy as i32);
    let (tx, ty) = (((point.x - fx) * 256.0) as u32, ((point.y - fy) * 256.0) as u32);
    let weights = [(256 - tx) * (256 - ty), tx * (256 - ty), (256 - tx) * ty, tx * ty];
    let mut sum = [0u32; 3];
    if x >= 0 && y >= 0 && x < w - 1 && y < h - 1 {
        let bytes = picture.bytes();
        let stride = w as usize * 3;
        let i = y as usize * stride + x as usize * 3;
        let (upper, lower) = (&bytes[i..i + 6], &bytes[i + stride..i + stride + 6]);
        for c in 0..3 {
            sum[c] = u32::from(upper[c]) * weights[0]
                + u32::from(upper[c + 3]) * weights[1]
                + u32::from(lower[c]) * weights[2]
                + u32::from(lower[c + 3]) * weights[3];
        }
    } else {
        for (k, weight) in weights.into_iter().enumerate() {
            let px = x.saturating_add(k as i32 % 2);
            let py = y.saturating_add(k as i32 / 2);
            let colour = if px >= 0 && py >= 0 && px < w && py < h {
                picture.pixel(px as u32, py as u32)
            } else {
                outside(picture, px, py, border)
            };
            for c in 0..3 {
                sum[c] += u32::from(colour[c]) * weight;
            }
        }
    }
    sum.map(|s| ((s + 32_768) >> 16) as u8)
}

fn outside(picture: &Picture, x: i32, y: i32, border: Border) -> [u8; 3] {
    match border {
        Border::Colour(colour) => colour,
        Border::Nearest => picture.pixel(x.max(0) as u32, y.max(0) as u32),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geometry::{Quad, Rect};

    fn gradient() -> Picture {
        let mut picture = Picture::filled(40, 30, [0; 3]).unwrap();
        for y in 0..30 {
            for x in 0..40 {
                picture.set_pixel(x, y, [x as u8 * 6, y as u8 * 8, 100]);
            }
        }
        picture
    }

    #[test]
    fn identity_changes_nothing() {
        let picture = gradient();
        let same = warp_affine(&picture, &Affine::IDENTITY, 40, 30, Border::Nearest).unwrap();
        assert_eq!(same, picture);
        let same =
            warp_perspective(&picture, &Homography::IDENTITY, 40, 30, Border::Nearest).unwrap();
        assert_eq!(same, picture);
    }

    #[test]
    fn outside_is_the_border() {
        let picture = gradient();
        let shift = Affine { m: [1.0, 0.0, 1_000.0, 0.0, 1.0, 0.0] };
        let out = warp_affine(&picture, &shift, 4, 4, Border::Colour([1, 2, 3])).unwrap();
        assert!(out.bytes().chunks(3).all(|p| p == [1, 2, 3]));
        let out = warp_affine(&picture, &shift, 4, 1, Border::Nearest).unwrap();
        assert_eq!(out.pixel(0, 0), picture.pixel(39, 0));
    }

    #[test]
    fn a_horizon_does_not_panic() {
        let picture = gradient();
        let from = Quad::from_rect(Rect::new(0.0, 0.0, 40.0, 30.0));
        let horizon = Homography { m: [1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.1, 0.0, -1.0] };
        assert!(Homography::between(&from, &from).is_some());
        warp_perspective(&picture, &horizon, 64, 64, Border::Nearest).unwrap();
    }
}
