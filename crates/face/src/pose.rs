//! Which way a face looks, from its five landmarks.

use bonafide_media::Point;
use serde::{Deserialize, Serialize};

/// Turn of a head in degrees, 0 looking straight into the camera. From five
/// points only: good to about 10 degrees, so fit for refusing profiles, not for
/// measuring.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Pose {
    /// To the right of the picture is positive.
    pub yaw: f32,
    /// Up is positive.
    pub pitch: f32,
    /// Clockwise is positive.
    pub roll: f32,
}

/// Eyes, nose tip and corners of the mouth of a mean head, in tenths of the
/// distance between the eyes: x to the right of the picture, y down, z away from
/// the camera. x and y are the mean frontal face that embedders align to; the
/// depths are those of a mean adult head (nose tip about 26 mm, corners of the
/// mouth about 6 mm before the eyes, which are 64 mm apart).
const HEAD: [[f64; 3]; 5] =
    [[-5.0, 0.0, 0.0], [5.0, 0.0, 0.0], [0.0, 5.7, -4.1], [-4.1, 11.5, -1.0], [4.1, 11.5, -1.0]];

/// The pose that carries the mean head onto these landmarks with the least
/// squared error under weak perspective; `None` for coinciding landmarks.
pub(crate) fn pose(landmarks: &[Point; 5]) -> Option<Pose> {
    let head = centred(HEAD);
    let seen = centred(landmarks.map(|p| [f64::from(p.x), f64::from(p.y), 0.0]));
    let mut moment = [[0.0; 3]; 3];
    let mut cross = [[0.0; 3]; 2];
    for (h, s) in head.iter().zip(&seen) {
        for j in 0..3 {
            for (i, row) in moment.iter_mut().enumerate() {
                row[j] += h[i] * h[j];
            }
            for (i, row) in cross.iter_mut().enumerate() {
                row[j] += s[i] * h[j];
            }
        }
    }
    let inverse = inverse(&moment)?;
    let across = unit(times(cross[0], &inverse))?;
    let down = unit(times(cross[1], &inverse))?;
    // Noise leaves the two axes not quite at right angles; the third is.
    let away = unit(product(across, down))?;
    let eyes = (landmarks[1].x - landmarks[0].x, landmarks[1].y - landmarks[0].y);
    Some(Pose {
        yaw: (-across[2]).atan2(away[2]).to_degrees() as f32,
        pitch: down[2].clamp(-1.0, 1.0).asin().to_degrees() as f32,
        roll: eyes.1.atan2(eyes.0).to_degrees(),
    })
}

fn centred(points: [[f64; 3]; 5]) -> [[f64; 3]; 5] {
    let mean = [0, 1, 2].map(|i| points.iter().map(|p| p[i]).sum::<f64>() / 5.0);
    points.map(|p| [p[0] - mean[0], p[1] - mean[1], p[2] - mean[2]])
}

fn times(row: [f64; 3], m: &[[f64; 3]; 3]) -> [f64; 3] {
    [0, 1, 2].map(|j| (0..3).map(|i| row[i] * m[i][j]).sum())
}

fn product(a: [f64; 3], b: [f64; 3]) -> [f64; 3] {
    [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]]
}

fn unit(v: [f64; 3]) -> Option<[f64; 3]> {
    let length = v.iter().map(|x| x * x).sum::<f64>().sqrt();
    (length.is_finite() && length > 1e-9).then(|| v.map(|x| x / length))
}

fn inverse(m: &[[f64; 3]; 3]) -> Option<[[f64; 3]; 3]> {
    let columns = [product(m[1], m[2]), product(m[2], m[0]), product(m[0], m[1])];
    let det: f64 = (0..3).map(|i| m[0][i] * columns[0][i]).sum();
    (det.is_finite() && det.abs() > 1e-12)
        .then(|| [0, 1, 2].map(|i| [0, 1, 2].map(|j| columns[j][i] / det)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The mean head, turned by pitch, then yaw, then roll, as a far camera
    /// sees it.
    fn seen(yaw: f64, pitch: f64, roll: f64) -> [Point; 5] {
        let (sin_yaw, cos_yaw) = (-yaw).to_radians().sin_cos();
        let (sin_pitch, cos_pitch) = pitch.to_radians().sin_cos();
        let (sin_roll, cos_roll) = roll.to_radians().sin_cos();
        HEAD.map(|[x, y, z]| {
            let (y, z) = (cos_pitch * y + sin_pitch * z, -sin_pitch * y + cos_pitch * z);
            let x = cos_yaw * x + sin_yaw * z;
            let (x, y) = (cos_roll * x - sin_roll * y, sin_roll * x + cos_roll * y);
            Point::new((100.0 + 7.0 * x) as f32, (80.0 + 7.0 * y) as f32)
        })
    }

    fn close(a: f32, b: f64) -> bool {
        (f64::from(a) - b).abs() < 0.5
    }

    #[test]
    fn a_straight_face_is_straight() {
        let pose = pose(&seen(0.0, 0.0, 0.0)).unwrap();
        assert!(close(pose.yaw, 0.0) && close(pose.pitch, 0.0) && close(pose.roll, 0.0));
    }

    #[test]
    fn a_nose_to_the_right_looks_right_and_a_nose_up_looks_up() {
        let mut landmarks = seen(0.0, 0.0, 0.0);
        landmarks[2].x += 15.0;
        assert!(pose(&landmarks).unwrap().yaw > 15.0);
        let mut landmarks = seen(0.0, 0.0, 0.0);
        landmarks[2].y -= 12.0;
        assert!(pose(&landmarks).unwrap().pitch > 10.0);
    }

    #[test]
    fn coinciding_landmarks_have_no_pose() {
        assert_eq!(pose(&[Point::new(3.0, 3.0); 5]), None);
        assert_eq!(pose(&[Point::new(f32::NAN, 3.0); 5]), None);
    }

    proptest! {
        #[test]
        fn a_known_turn_is_found(yaw in -60.0f64..60.0, pitch in -40.0f64..40.0) {
            let found = pose(&seen(yaw, pitch, 0.0)).unwrap();
            prop_assert!(close(found.yaw, yaw), "{found:?}");
            prop_assert!(close(found.pitch, pitch), "{found:?}");
        }

        #[test]
        fn roll_is_the_eye_line(roll in -170.0f64..170.0) {
            prop_assert!(close(pose(&seen(0.0, 0.0, roll)).unwrap().roll, roll));
        }
    }
}
