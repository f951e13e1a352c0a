//! Sampling a picture through a map, bilinear.

use crate::geometry::{Affine, Homography, Point, Quad, Rect};
use crate::resize::resize_part;
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
/// `to_source(p)`, centres of pixels at whole numbers.
///
/// Reads four pixels for each: where the map shrinks, fine detail turns into
/// noise. [`warp_affine_smooth`] does not have that fault.
pub fn warp_affine(
    picture: &Picture,
    to_source: &Affine,
    width: u32,
    height: u32,
    border: Border,
) -> Result<Picture, PictureError> {
    let [a, b, c, d, e, f] = to_source.m;
    sample_rows(picture, width, height, border, |y, row| {
        let (start_x, start_y) = (b * y as f32 + c, e * y as f32 + f);
        for (x, point) in row.iter_mut().enumerate() {
            *point = Point::new(start_x + a * x as f32, start_y + d * x as f32);
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
    let m = &to_source.m;
    sample_rows(picture, width, height, border, |y, row| {
        let y = f64::from(y);
        let (start_x, start_y, start_w) = (m[1] * y + m[2], m[4] * y + m[5], m[7] * y + m[8]);
        for (x, point) in row.iter_mut().enumerate() {
            let x = x as f64;
            let scale = 1.0 / (m[6] * x + start_w);
            *point = Point::new(
                ((m[0] * x + start_x) * scale) as f32,
                ((m[3] * x + start_y) * scale) as f32,
            );
        }
    })
}

/// What lies in `quad`, upright, as a `width` x `height` picture.
///
/// Corners are those of edges: the rectangle (0, 0, w, h) is the whole of a
/// w x h picture. Where the result is smaller than the source, the part around
/// the quad is first shrunk by area, so that nothing aliases: a text line of a
/// large photo stays as legible as if it had been photographed at that size.
///
/// # Errors
/// [`PictureError::Flat`] if the corners enclose no area.
pub fn warp_quad(
    picture: &Picture,
    quad: &Quad,
    width: u32,
    height: u32,
    border: Border,
) -> Result<Picture, PictureError> {
    let target = Quad::from_rect(Rect::new(0.0, 0.0, width as f32, height as f32));
    let shrink = (quad.width() / width as f32).min(quad.height() / height as f32);
    if shrink >= SMOOTH_FROM
        && let Some((small, quad)) = shrunk(picture, quad, shrink)
    {
        return between_centres(&small, &target, &quad, width, height, border);
    }
    between_centres(picture, &target, quad, width, height, border)
}

/// As [`warp_affine`], but where the map shrinks, the source is first shrunk by
/// area: for the face of a large photo that goes to 112 x 112 pixels.
pub fn warp_affine_smooth(
    picture: &Picture,
    to_source: &Affine,
    width: u32,
    height: u32,
    border: Border,
) -> Result<Picture, PictureError> {
    let edges = Quad::from_rect(Rect::new(0.0, 0.0, width as f32, height as f32));
    let quad = Quad(edges.0.map(|p| {
        let q = to_source.apply(Point::new(p.x - 0.5, p.y - 0.5));
        Point::new(q.x + 0.5, q.y + 0.5)
    }));
    warp_quad(picture, &quad, width, height, border)
}

/// Source pixels for one of the result from which on the source is shrunk
/// first. Below, four pixels see nearly all there is, and a second resampling
/// would blur more than it saves.
const SMOOTH_FROM: f32 = 1.5;

/// The part of `picture` around `quad`, `factor` times smaller, and the quad
/// in it; `None` if the quad lies outside.
fn shrunk(picture: &Picture, quad: &Quad, factor: f32) -> Option<(Picture, Quad)> {
    // A margin, so that the result's edge still sees its neighbours.
    let part = quad.bounds().grown(2.0 * factor).intersect(picture.bounds());
    let (x0, y0) = (part.x.floor(), part.y.floor());
    let (x1, y1) = ((part.x + part.w).ceil(), (part.y + part.h).ceil());
    if !(x1 > x0 && y1 > y0) {
        return None;
    }
    let part = Rect::new(x0, y0, x1 - x0, y1 - y0);
    let small =
        ((part.w / factor).round().max(1.0) as u32, (part.h / factor).round().max(1.0) as u32);
    let (sx, sy) = (small.0 as f32 / part.w, small.1 as f32 / part.h);
    let picture = resize_part(picture, part, small.0, small.1).ok()?;
    Some((picture, Quad(quad.0.map(|p| Point::new((p.x - x0) * sx, (p.y - y0) * sy)))))
}

/// Samples through the map from `target` to `source`, both in coordinates of
/// edges, half a pixel off those of centres.
fn between_centres(
    picture: &Picture,
    target: &Quad,
    source: &Quad,
    width: u32,
    height: u32,
    border: Border,
) -> Result<Picture, PictureError> {
    let shift = |by| Homography::from(Affine { m: [1.0, 0.0, by, 0.0, 1.0, by] });
    let map = Homography::between(target, source).ok_or(PictureError::Flat)?;
    let map = shift(0.5).then(&map).then(&shift(-0.5));
    warp_perspective(picture, &map, width, height, border)
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
    let stride = picture.width() as usize;
    let pixels = picture.colours();
    // Left of and above these a pixel has all its neighbours.
    let (last_x, last_y) = ((picture.width() - 1) as f32, (picture.height() - 1) as f32);
    for (y, row) in out.bytes_mut().chunks_exact_mut(width as usize * 3).enumerate() {
        fill(y as u32, &mut points);
        for (pixel, point) in row.as_chunks_mut::<3>().0.iter_mut().zip(&points) {
            // Not a number compares false and takes the long way.
            let inside = point.x >= 0.0 && point.y >= 0.0 && point.x < last_x && point.y < last_y;
            *pixel = if inside {
                let (x, y) = (point.x as usize, point.y as usize);
                let i = y * stride + x;
                let weights = weights(point.x - x as f32, point.y - y as f32);
                let upper = &pixels[i..i + 2];
                let lower = &pixels[i + stride..i + stride + 2];
                blend([upper[0], upper[1], lower[0], lower[1]], weights)
            } else {
                at_the_edge(picture, *point, border)
            };
        }
    }
    Ok(out)
}

/// Shares of four neighbours in 1/65,536, for a point this far (0 to 1) right
/// of and below the first.
fn weights(right: f32, below: f32) -> [u32; 4] {
    let (tx, ty) = ((right * 256.0) as u32, (below * 256.0) as u32);
    [(256 - tx) * (256 - ty), tx * (256 - ty), (256 - tx) * ty, tx * ty]
}

fn blend(colours: [[u8; 3]; 4], weights: [u32; 4]) -> [u8; 3] {
    let mut sum = [32_768u32; 3];
    for (colour, weight) in colours.iter().zip(weights) {
        for (total, value) in sum.iter_mut().zip(colour) {
            *total += u32::from(*value) * weight;
        }
    }
    sum.map(|s| (s >> 16) as u8)
}

/// The colour at a point some of whose neighbours lie outside.
fn at_the_edge(picture: &Picture, point: Point, border: Border) -> [u8; 3] {
    if !point.x.is_finite() || !point.y.is_finite() {
        return match border {
            Border::Colour(colour) => colour,
            Border::Nearest => picture.pixel(0, 0),
        };
    }
    let (w, h) = (picture.width() as i32, picture.height() as i32);
    let (fx, fy) = (point.x.floor(), point.y.floor());
    let (x, y) = (fx as i32, fy as i32);
    let neighbours = [(0, 0), (1, 0), (0, 1), (1, 1)].map(|(dx, dy)| {
        let (px, py) = (x.saturating_add(dx), y.saturating_add(dy));
        match border {
            Border::Colour(colour) if px < 0 || py < 0 || px >= w || py >= h => colour,
            _ => picture.pixel(px.max(0) as u32, py.max(0) as u32),
        }
    });
    blend(neighbours, weights(point.x - fx, point.y - fy))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

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
        let whole = Quad::from_rect(picture.bounds());
        assert_eq!(warp_quad(&picture, &whole, 40, 30, Border::Nearest).unwrap(), picture);
        let same =
            warp_affine_smooth(&picture, &Affine::IDENTITY, 40, 30, Border::Nearest).unwrap();
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

    #[test]
    fn a_quad_comes_out_in_reading_order() {
        let picture = gradient();
        let [a, b, c, d] = Quad::from_rect(Rect::new(10.0, 6.0, 20.0, 12.0)).0;
        // Read from the lower left corner upwards: a quarter turn.
        let turned = warp_quad(&picture, &Quad([d, a, b, c]), 12, 20, Border::Nearest).unwrap();
        let part = picture.crop(Rect::new(10.0, 6.0, 20.0, 12.0)).unwrap();
        assert_eq!(turned, part.turned(crate::QuarterTurn::Right));
        let flat = Quad([a, b, a, b]);
        assert_eq!(warp_quad(&picture, &flat, 4, 4, Border::Nearest), Err(PictureError::Flat));
    }

    #[test]
    fn shrinking_takes_the_mean_and_not_single_pixels() {
        // Stripes of one pixel: sampling alone gives black or white, never grey.
        let mut stripes = Picture::filled(400, 120, [0; 3]).unwrap();
        for x in (0..400).step_by(2) {
            (0..120).for_each(|y| stripes.set_pixel(x, y, [255; 3]));
        }
        let whole = Quad::from_rect(stripes.bounds());
        let small = warp_quad(&stripes, &whole, 100, 30, Border::Nearest).unwrap();
        let (low, high) = small.bytes().iter().fold((255, 0), |(l, h), &v| (v.min(l), v.max(h)));
        assert!(low > 100 && high < 155, "{low}..{high}");
        let coarse = Affine { m: [4.0, 0.0, 0.0, 0.0, 4.0, 0.0] };
        let sampled = warp_affine(&stripes, &coarse, 100, 30, Border::Nearest).unwrap();
        assert_eq!(sampled.pixel(10, 10), [255; 3]);
        let smooth = warp_affine_smooth(&stripes, &coarse, 100, 30, Border::Nearest).unwrap();
        assert!(smooth.pixel(10, 10)[0].abs_diff(128) < 28);
    }

    #[test]
    fn shrinking_keeps_the_place() {
        let mut picture = Picture::filled(600, 300, [0; 3]).unwrap();
        for y in 120..180 {
            (240..360).for_each(|x| picture.set_pixel(x, y, [255; 3]));
        }
        let quad = Quad::from_rect(Rect::new(180.0, 60.0, 240.0, 180.0));
        let small = warp_quad(&picture, &quad, 40, 30, Border::Nearest).unwrap();
        // The white box is the middle of the quad: columns 10 to 29, rows 10 to 19.
        assert_eq!((small.pixel(11, 11), small.pixel(28, 18)), ([255; 3], [255; 3]));
        assert_eq!((small.pixel(8, 15), small.pixel(31, 15)), ([0; 3], [0; 3]));
        assert_eq!((small.pixel(20, 8), small.pixel(20, 21)), ([0; 3], [0; 3]));
    }

    proptest! {
        #[test]
        fn no_map_panics(
            m in prop::array::uniform8(prop::num::f32::ANY),
            width in 1u32..40,
            height in 1u32..40,
        ) {
            let picture = gradient();
            let affine = Affine { m: [m[0], m[1], m[2], m[3], m[4], m[5]] };
            let quad = Quad([0, 2, 4, 6].map(|i| Point::new(m[i], m[i + 1])));
            for border in [Border::Nearest, Border::Colour([0; 3])] {
                let _ = warp_affine(&picture, &affine, width, height, border);
                let _ = warp_affine_smooth(&picture, &affine, width, height, border);
                let _ = warp_quad(&picture, &quad, width, height, border);
            }
        }
    }
}
