//! Pictures as the numbers a network takes: `[1, 3, height, width]`.

use crate::Picture;

/// Order of the colour planes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Planes {
    /// Red first.
    Rgb,
    /// Blue first.
    Bgr,
}

/// The picture as three planes, each value `(byte - mean) * scale`, written to
/// the left upper corner of a `width` x `height` input; what the picture does
/// not cover stays `0.0`.
pub fn planes(
    picture: &Picture,
    width: u32,
    height: u32,
    order: Planes,
    mean: f32,
    scale: f32,
) -> Vec<f32> {
    let plane = width as usize * height as usize;
    let mut out = vec![0.0; plane * 3];
    let (red, rest) = out.split_at_mut(plane);
    let (green, blue) = rest.split_at_mut(plane);
    let (first, third) = match order {
        Planes::Rgb => (red, blue),
        Planes::Bgr => (blue, red),
    };
    let columns = picture.width().min(width) as usize;
    for y in 0..picture.height().min(height) {
        let start = y as usize * width as usize;
        for (x, pixel) in picture.row(y).chunks_exact(3).take(columns).enumerate() {
            first[start + x] = (f32::from(pixel[0]) - mean) * scale;
            green[start + x] = (f32::from(pixel[1]) - mean) * scale;
            third[start + x] = (f32::from(pixel[2]) - mean) * scale;
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn planes_are_ordered_and_padded() {
        let picture = Picture::new(1, 1, vec![10, 20, 30]).unwrap();
        let rgb = planes(&picture, 2, 1, Planes::Rgb, 0.0, 1.0);
        assert_eq!(rgb, [10.0, 0.0, 20.0, 0.0, 30.0, 0.0]);
        let bgr = planes(&picture, 2, 1, Planes::Bgr, 10.0, 0.5);
        assert_eq!(bgr, [10.0, 0.0, 5.0, 0.0, 0.0, 0.0]);
    }
}
