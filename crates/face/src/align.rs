//! Putting a face upright at the size the embedders were trained on.

use bonafide_media::{Affine, Border, Picture, Point, warp_affine_smooth};

use crate::FaceError;

/// Side of an aligned face in pixels.
pub(crate) const SIDE: u32 = 112;

/// Where the five landmarks lie in an aligned face (the layout ArcFace
/// introduced, which SFace and the second embedder were trained on).
const TEMPLATE: [Point; 5] = [
    Point::new(38.2946, 51.6963),
    Point::new(73.5318, 51.5014),
    Point::new(56.0252, 71.7366),
    Point::new(41.5493, 92.3655),
    Point::new(70.7299, 92.2041),
];

/// The face with these landmarks, upright, [`SIDE`] x [`SIDE`]; outside the
/// picture it is black. The map is the similarity with the least squared error:
/// an affine or projective one would press every face into the same mean face.
pub(crate) fn upright(picture: &Picture, landmarks: &[Point; 5]) -> Result<Picture, FaceError> {
    let back = Affine::similarity(landmarks, &TEMPLATE)
        .and_then(|map| map.inverse())
        .ok_or(FaceError::Landmarks)?;
    Ok(warp_affine_smooth(picture, &back, SIDE, SIDE, Border::Colour([0; 3]))?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// A picture that is a smooth function of the place in the template, seen
    /// through `map` (template to picture).
    fn painted(width: u32, height: u32, map: &Affine) -> Picture {
        let back = map.inverse().unwrap();
        let mut picture = Picture::filled(width, height, [0; 3]).unwrap();
        for y in 0..height {
            for x in 0..width {
                let p = back.apply(Point::new(x as f32, y as f32));
                picture.set_pixel(x, y, [p.x, p.y, 60.0].map(|v| v.clamp(0.0, 255.0) as u8));
            }
        }
        picture
    }

    fn turned(scale: f32, angle: f32, x: f32, y: f32) -> Affine {
        let (sin, cos) = angle.sin_cos();
        Affine { m: [scale * cos, -scale * sin, x, scale * sin, scale * cos, y] }
    }

    fn is_the_template(face: &Picture) {
        for (x, y) in [(20, 30), (56, 56), (90, 20), (30, 90), (100, 100)] {
            let [red, green, _] = face.pixel(x, y);
            assert!((i64::from(red) - i64::from(x)).abs() <= 2, "{x},{y}: {red}");
            assert!((i64::from(green) - i64::from(y)).abs() <= 2, "{x},{y}: {green}");
        }
    }

    #[test]
    fn small_and_large_turned_faces_come_out_alike() {
        for (scale, angle, x, y) in
            [(0.9, 0.3, 60.0, 20.0), (0.5, -0.4, 20.0, 80.0), (6.0, 0.2, 200.0, 30.0)]
        {
            let map = turned(scale, angle, x, y);
            let side = (scale * 250.0) as u32 + 200;
            let picture = painted(side, side, &map);
            let face = upright(&picture, &TEMPLATE.map(|p| map.apply(p))).unwrap();
            is_the_template(&face);
        }
    }

    #[test]
    fn coinciding_landmarks_are_an_error() {
        let picture = Picture::filled(10, 10, [0; 3]).unwrap();
        let one = [Point::new(4.0, 4.0); 5];
        assert!(matches!(upright(&picture, &one), Err(FaceError::Landmarks)));
    }

    proptest! {
        #[test]
        fn wild_landmarks_do_not_panic(values in prop::array::uniform10(-1e6f32..1e6)) {
            let picture = Picture::filled(37, 21, [9; 3]).unwrap();
            let landmarks = [0, 1, 2, 3, 4].map(|i| Point::new(values[2 * i], values[2 * i + 1]));
            if let Ok(face) = upright(&picture, &landmarks) {
                prop_assert_eq!((face.width(), face.height()), (SIDE, SIDE));
            }
        }
    }
}
