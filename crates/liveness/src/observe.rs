//! From the pixels of a frame to the light of a face's cells.

use std::sync::LazyLock;

use bonafide_media::{Picture, Point};

use crate::canonical::{self, CELLS, Pose, SIDE};
use crate::recording::Sight;

/// Samples along a cell's side: enough for each pixel of a near face in a frame 480
/// pixels wide, and never fewer than three.
const SAMPLES: (f64, f64) = (3.0, 24.0);
/// Pixels of a frame that are looked at for background and overexposure, about.
const LOOKED_AT: f64 = 20_000.0;
/// Share of them that must be background for its mean to be taken.
const BACKGROUND_SHARE: f64 = 0.002;
/// A channel above this is white.
const WHITE: u8 = 250;

/// Reduces a frame with a face to numbers. None if the landmarks are no face's.
pub fn observe(frame: &Picture, landmarks: &[Point; 5]) -> Option<Sight> {
    let pose = Pose::of(landmarks)?;
    let width = f64::from(frame.width());
    let [eyes_x, eyes_y] = {
        let middle = landmarks[0].midpoint(landmarks[1]);
        [f64::from(middle.x), f64::from(middle.y)]
    };
    let (background, overexposed) = surroundings(frame, &pose);
    Some(Sight {
        light: cells(frame, &pose),
        background,
        overexposed,
        eye_distance: (f64::from(landmarks[0].distance(landmarks[1])) / width) as f32,
        centre: [(eyes_x / width) as f32, (eyes_y / width) as f32],
    })
}

fn cells(frame: &Picture, pose: &Pose) -> Box<[[f32; 3]; CELLS]> {
    let linear = linear();
    let side = (SIDE * pose.scale()).ceil().clamp(SAMPLES.0, SAMPLES.1);
    let step = SIDE / side;
    let count = side as u32;
    let mut light = Box::new([[0.0; 3]; CELLS]);
    for (cell, light) in canonical::cells().iter().zip(light.iter_mut()) {
        let mut sum = [0.0_f32; 3];
        let (left, bottom) = (cell.x - SIDE / 2.0 + step / 2.0, cell.y - SIDE / 2.0 + step / 2.0);
        let from = pose.pixel(left, bottom);
        let right = difference(pose.pixel(left + step, bottom), from);
        let up = difference(pose.pixel(left, bottom + step), from);
        for row in 0..count {
            let row = f64::from(row);
            let mut x = from[0] + row * up[0];
            let mut y = from[1] + row * up[1];
            for _ in 0..count {
                let pixel = nearest(frame, x, y);
                for (sum, value) in sum.iter_mut().zip(pixel) {
                    *sum += linear[usize::from(value)];
                }
                x += right[0];
                y += right[1];
            }
        }
        *light = sum.map(|sum| sum / (count * count) as f32);
    }
    light
}

fn difference(a: [f64; 2], b: [f64; 2]) -> [f64; 2] {
    [a[0] - b[0], a[1] - b[1]]
}

/// The pixel at a place; that of the nearest edge outside the frame.
fn nearest(frame: &Picture, x: f64, y: f64) -> [u8; 3] {
    // A cast cuts off and saturates; `round` is a call into the C library.
    let column = ((x + 0.5) as u32).min(frame.width() - 1);
    let row = ((y + 0.5) as u32).min(frame.height() - 1);
    frame.pixel(column, row)
}

/// Mean light of what is beside and above the head, and the share of white among the rest.
fn surroundings(frame: &Picture, pose: &Pose) -> (Option<[f32; 3]>, f32) {
    let linear = linear();
    let stride = ((frame.pixels() as f64 / LOOKED_AT).sqrt().floor() as usize).max(1);
    let (mut sum, mut behind) = ([0.0_f64; 3], 0_u32);
    let (mut rest, mut white) = (0_u32, 0_u32);
    for row in (0..frame.height()).step_by(stride) {
        for column in (0..frame.width()).step_by(stride) {
            let [x, y] = pose.centimetres(f64::from(column), f64::from(row));
            let pixel = frame.pixel(column, row);
            if (x.abs() > 10.8 && y > -3.0) || y > 14.0 {
                behind += 1;
                for (sum, value) in sum.iter_mut().zip(pixel) {
                    *sum += f64::from(linear[usize::from(value)]);
                }
            } else {
                rest += 1;
                white += u32::from(pixel.iter().any(|value| *value > WHITE));
            }
        }
    }
    let enough = f64::from(behind) >= BACKGROUND_SHARE * f64::from(behind + rest) && behind > 0;
    let mean = enough.then(|| sum.map(|sum| (sum / f64::from(behind)) as f32));
    (mean, white as f32 / rest.max(1) as f32)
}

/// sRGB (IEC 61966-2-1) to linear light.
fn linear() -> &'static [f32; 256] {
    static TABLE: LazyLock<[f32; 256]> = LazyLock::new(|| {
        let mut table = [0.0; 256];
        for (value, linear) in table.iter_mut().enumerate() {
            let v = value as f64 / 255.0;
            let light = if v <= 0.04045 { v / 12.92 } else { ((v + 0.055) / 1.055).powf(2.4) };
            *linear = light as f32;
        }
        table
    });
    &TABLE
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::canonical::LANDMARKS;

    fn landmarks(scale: f32, x: f32, y: f32) -> [Point; 5] {
        LANDMARKS.map(|[right, up]| Point::new(x + scale * right as f32, y - scale * up as f32))
    }

    #[test]
    fn a_frame_of_one_colour_gives_its_linear_light_everywhere() {
        let frame = Picture::filled(480, 624, [255, 188, 0]).unwrap();
        let sight = observe(&frame, &landmarks(16.0, 240.0, 300.0)).unwrap();
        for light in sight.light.iter().chain(&sight.background) {
            assert!((light[0] - 1.0).abs() < 1e-3, "{light:?}");
            assert!((light[1] - 0.5).abs() < 5e-3, "{light:?}");
            assert!(light[2] < 1e-6, "{light:?}");
        }
        assert!(sight.overexposed > 0.999);
        assert!((sight.eye_distance - 16.0 * 6.3 / 480.0).abs() < 1e-3);
    }

    #[test]
    fn a_cell_holds_what_lies_under_it() {
        // Everything right of the middle of the face is white.
        let mut rgb = Vec::new();
        for _ in 0..624 {
            for column in 0..480 {
                rgb.extend([if column >= 240 { 255 } else { 0 }; 3]);
            }
        }
        let frame = Picture::new(480, 624, rgb).unwrap();
        let sight = observe(&frame, &landmarks(16.0, 239.5, 300.0)).unwrap();
        for (cell, light) in canonical::cells().iter().zip(sight.light.iter()) {
            let wanted = (0.5 + cell.x / SIDE).clamp(0.0, 1.0);
            assert!((f64::from(light[0]) - wanted).abs() < 0.07, "{cell:?} {light:?}");
        }
    }

    #[test]
    fn a_face_that_reaches_over_the_edge_or_has_no_size_is_no_panic() {
        let frame = Picture::filled(8, 8, [9; 3]).unwrap();
        assert!(observe(&frame, &landmarks(900.0, -3e6, 1e9)).is_some());
        assert!(observe(&frame, &[Point::new(f32::NAN, 1.0); 5]).is_none());
        assert!(observe(&frame, &[Point::new(4.0, 4.0); 5]).is_none());
    }
}
