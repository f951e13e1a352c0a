//! Heads that were scanned or modelled elsewhere, as Wavefront OBJ files.

use std::array::from_fn;

use bonafide_liveness::canonical::{LANDMARKS, Pose};
use bonafide_media::{Picture, Point};

use super::relief::Relief;

/// A mesh of triangles: x to the right of the picture, y up, z to the camera, in any unit.
#[derive(Clone, Debug, Default)]
pub struct Scan {
    points: Vec<[f64; 3]>,
    triangles: Vec<[usize; 3]>,
}

/// Why a file is no head.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ScanError {
    /// A line is no vertex or face, or a face names a vertex that is not there.
    #[error("line {0} of the mesh cannot be read; write it as wavefront obj with v and f lines")]
    Line(usize),
    /// Nothing to render.
    #[error("the mesh has no triangles, or no extent")]
    Empty,
    /// More than a head needs.
    #[error("the mesh has more than {} vertices or triangles; simplify it", Scan::MOST)]
    TooLarge,
    /// No face was seen on it from the front.
    #[error("no face is seen on the mesh from the front: turn it so that it looks along z, y up")]
    NoFace,
}

/// Width of the picture in which the face of a mesh is looked for.
const FRONT: u32 = 320;

impl Scan {
    /// Most vertices, and most triangles.
    pub const MOST: usize = 2_000_000;

    /// Reads vertices and faces of an OBJ file; everything else in it is passed over.
    pub fn obj(text: &str) -> Result<Self, ScanError> {
        let mut scan = Self::default();
        for (at, line) in text.lines().enumerate() {
            let wrong = ScanError::Line(at + 1);
            let mut words = line.split_ascii_whitespace();
            match words.next() {
                Some("v") => {
                    let mut next = || {
                        let value = words.next()?.parse::<f64>().ok()?;
                        value.is_finite().then_some(value)
                    };
                    let (Some(x), Some(y), Some(z)) = (next(), next(), next()) else {
                        return Err(wrong);
                    };
                    scan.points.push([x, y, z]);
                }
                Some("f") => {
                    let corners: Option<Vec<usize>> = words.map(|word| scan.corner(word)).collect();
                    let corners = corners.filter(|c| c.len() >= 3).ok_or(wrong)?;
                    for pair in corners.windows(2).skip(1) {
                        scan.triangles.push([corners[0], pair[0], pair[1]]);
                    }
                }
                _ => (),
            }
            if scan.points.len().max(scan.triangles.len()) > Self::MOST {
                return Err(ScanError::TooLarge);
            }
        }
        if scan.triangles.is_empty() { Err(ScanError::Empty) } else { Ok(scan) }
    }

    /// The vertex of `7`, `7/1`, `7//2` or `-1`.
    fn corner(&self, word: &str) -> Option<usize> {
        let number: i64 = word.split('/').next()?.parse().ok()?;
        let count = i64::try_from(self.points.len()).ok()?;
        let at = if number < 0 { count.checked_add(number)? } else { number - 1 };
        usize::try_from(at).ok().filter(|at| *at < self.points.len())
    }

    /// The head in the face's own frame. On the meshes of two published faces the places of
    /// eyes, nose and mouth are known; on others `find` tells where they are in a picture, as
    /// the product's detector does, which is less sure: a mesh has no colours.
    pub fn relief(
        &self,
        find: impl FnOnce(&Picture) -> Option<[Point; 5]>,
    ) -> Result<Relief, ScanError> {
        let bounds = |axis: usize| {
            let values = || self.points.iter().map(|point| point[axis]);
            (values().fold(f64::INFINITY, f64::min), values().fold(f64::NEG_INFINITY, f64::max))
        };
        let (x, y) = (bounds(0), bounds(1));
        let extent = (x.1 - x.0).max(y.1 - y.0);
        if extent.partial_cmp(&0.0) != Some(std::cmp::Ordering::Greater) {
            return Err(ScanError::Empty);
        }
        // From the front, with a margin such as a photograph has.
        let unit = 0.62 * f64::from(FRONT) / extent;
        let middle = [f64::midpoint(x.0, x.1), f64::midpoint(y.0, y.1)];
        let half = f64::from(FRONT) / 2.0;
        let pixels: Vec<[f64; 3]> = self
            .points
            .iter()
            .map(|[x, y, z]| {
                [half + (x - middle[0]) * unit, half - (y - middle[1]) * unit, z * unit]
            })
            .collect();
        let depths = self.depths(&pixels, FRONT as usize);
        let landmarks = known(&pixels).or_else(|| find(&front(&depths)?));
        let pose = landmarks.and_then(|l| Pose::of(&l)).ok_or(ScanError::NoFace)?;
        // The same mesh in centimetres, on the grid of the written heads.
        let step = 0.3;
        let grid =
            Relief::new((-8.2, 8.2), (-10.2, 10.0), step, |_, _| None, |_, _| [0.0; 3], LANDMARKS);
        let scale = pose.scale();
        let side = grid.columns.max(grid.rows);
        let on_grid: Vec<[f64; 3]> = pixels
            .iter()
            .map(|[x, y, z]| {
                let [x, y] = pose.centimetres(*x, *y);
                [(x - grid.left) / step, (y - grid.bottom) / step, z / scale]
            })
            .collect();
        let depths = self.depths(&on_grid, side);
        let at = |column: i64, row: i64| -> Option<f64> {
            let (column, row) = (usize::try_from(column).ok()?, usize::try_from(row).ok()?);
            (column < side).then(|| depths.get(row * side + column).copied().flatten()).flatten()
        };
        // As far out as the written heads: the bridge of the nose decides.
        let nose = at((-grid.left / step) as i64, ((2.0 - grid.bottom) / step) as i64);
        let out = 5.5 - nose.ok_or(ScanError::NoFace)?;
        Ok(Relief::new(
            (-8.2, 8.2),
            (-10.2, 10.0),
            step,
            |x, y| {
                let (u, v) = ((x - grid.left) / step, (y - grid.bottom) / step);
                let (column, row) = (u.floor() as i64, v.floor() as i64);
                let (a, b) = (u - u.floor(), v - v.floor());
                let mix = |low: f64, high: f64, share: f64| low + (high - low) * share;
                let below = mix(at(column, row)?, at(column + 1, row).or(at(column, row))?, a);
                let above = at(column, row + 1).zip(at(column + 1, row + 1));
                let above = above.map_or(below, |(left, right)| mix(left, right, a));
                Some(mix(below, above, b) + out)
            },
            // Relative to skin: the session's person lends the colour.
            |_, _| [1.0; 3],
            LANDMARKS,
        ))
    }

    /// The nearest depth at each point of a square grid; none beside the mesh.
    fn depths(&self, points: &[[f64; 3]], side: usize) -> Vec<Option<f64>> {
        let mut depths: Vec<Option<f64>> = vec![None; side * side];
        for corners in &self.triangles {
            let [Some(a), Some(b), Some(c)] = corners.map(|at| points.get(at)) else { continue };
            let area = (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]);
            if area.abs() < 1e-12 {
                continue;
            }
            let span = |axis: usize| {
                let values = [a[axis], b[axis], c[axis]];
                let low = values.into_iter().fold(f64::INFINITY, f64::min).ceil().max(0.0);
                let high = values.into_iter().fold(f64::NEG_INFINITY, f64::max).floor();
                (low as usize)..(high + 1.0).clamp(0.0, side as f64) as usize
            };
            for row in span(1) {
                for column in span(0) {
                    let (x, y) = (column as f64, row as f64);
                    let wb = ((x - a[0]) * (c[1] - a[1]) - (y - a[1]) * (c[0] - a[0])) / area;
                    let wc = ((b[0] - a[0]) * (y - a[1]) - (b[1] - a[1]) * (x - a[0])) / area;
                    if wb < -1e-9 || wc < -1e-9 || wb + wc > 1.0 + 1e-9 {
                        continue;
                    }
                    let z = a[2] + wb * (b[2] - a[2]) + wc * (c[2] - a[2]);
                    if let Some(depth) = depths.get_mut(row * side + column)
                        && depth.is_none_or(|nearest| z > nearest)
                    {
                        *depth = Some(z);
                    }
                }
            }
        }
        depths
    }
}

/// A published mesh, whose points have the same order in every copy.
struct Known {
    points: usize,
    /// Points whose middle is a landmark: the corners of the right and of the left eye, the
    /// tip of the nose, the right and the left corner of the mouth.
    landmarks: [[usize; 2]; 5],
}

const KNOWN: [Known; 2] = [
    // The canonical face of MediaPipe.
    Known { points: 468, landmarks: [[33, 133], [362, 263], [1, 1], [61, 61], [291, 291]] },
    // The reference of the Surrey face model, in its smallest resolution.
    Known { points: 845, landmarks: [[177, 181], [614, 610], [114, 114], [398, 398], [812, 812]] },
];
/// A landmark of a known mesh is no farther than this from that of an average face, in
/// centimetres; else it is another mesh of as many points.
const NEAR: f64 = 1.0;

/// The landmarks of a known mesh, if this is one.
fn known(pixels: &[[f64; 3]]) -> Option<[Point; 5]> {
    let known = KNOWN.iter().find(|known| known.points == pixels.len())?;
    let mut landmarks = [Point::new(0.0, 0.0); 5];
    for (landmark, [a, b]) in landmarks.iter_mut().zip(known.landmarks) {
        let (a, b) = pixels.get(a).zip(pixels.get(b))?;
        *landmark = Point::new(f64::midpoint(a[0], b[0]) as f32, f64::midpoint(a[1], b[1]) as f32);
    }
    let pose = Pose::of(&landmarks)?;
    let near = |(landmark, wanted): (&Point, &[f64; 2])| {
        let [x, y] = pose.centimetres(f64::from(landmark.x), f64::from(landmark.y));
        (x - wanted[0]).hypot(y - wanted[1]) < NEAR
    };
    landmarks.iter().zip(&LANDMARKS).all(near).then_some(landmarks)
}

/// The mesh from the front, lit from above, as a picture.
fn front(depths: &[Option<f64>]) -> Option<Picture> {
    let side = FRONT as usize;
    let at = |column: usize, row: usize| depths.get(row * side + column).copied().flatten();
    let bytes = (0..side * side).flat_map(|index| {
        let (column, row) = (index % side, index / side);
        let here = at(column, row);
        let slopes = here.map(|z| {
            let right = at(column + 1, row).map_or(0.0, |other| other - z);
            let down = at(column, row + 1).map_or(0.0, |other| other - z);
            [right, down]
        });
        let light = slopes.map_or(0.55, |[right, down]| {
            let length = (1.0 + right * right + down * down).sqrt();
            (0.25 + 0.6 * ((0.8 + 0.55 * down - 0.15 * right) / length).max(0.0)).min(1.0)
        });
        let tone: [f64; 3] = if here.is_some() { [225.0, 180.0, 155.0] } else { [150.0; 3] };
        from_fn::<u8, 3, _>(|k| (tone[k] * light) as u8)
    });
    Picture::new(FRONT, FRONT, bytes.collect()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faces_of_any_number_of_corners_are_read_and_nonsense_is_not() {
        let square = "# a square\nv 0 0 0\nv 1 0 0\nvt 0 0\nv 1 1 0.5\nv 0 1 0\nf 1/1 2//2 3 -1\n";
        let scan = Scan::obj(square).unwrap();
        assert_eq!(scan.triangles, [[0, 1, 2], [0, 2, 3]]);
        for (text, line) in
            [("v 0 0", 1), ("v 0 0 nan", 1), ("v 0 0 0\nf 1 2 3", 2), ("v 0 0 0\nf 1 1", 2)]
        {
            assert_eq!(Scan::obj(text).unwrap_err(), ScanError::Line(line), "{text}");
        }
        assert_eq!(Scan::obj("o nothing\n").unwrap_err(), ScanError::Empty);
    }

    #[test]
    fn landmarks_of_a_known_mesh_are_its_own_and_another_of_as_many_points_has_none() {
        for mesh in &KNOWN {
            let mut pixels = vec![[0.0; 3]; mesh.points];
            for (points, [x, y]) in mesh.landmarks.iter().zip(LANDMARKS) {
                for (point, aside) in points.iter().zip([-6.0, 6.0]) {
                    let aside = if points[0] == points[1] { 0.0 } else { aside };
                    pixels[*point] = [160.0 + 8.0 * x + aside, 150.0 - 8.0 * y, 3.0];
                }
            }
            let found = known(&pixels).unwrap();
            for (point, [x, y]) in found.iter().zip(LANDMARKS) {
                assert!((f64::from(point.x) - 160.0 - 8.0 * x).abs() < 1e-4, "{point:?}");
                assert!((f64::from(point.y) - 150.0 + 8.0 * y).abs() < 1e-4, "{point:?}");
            }
            assert!(known(&pixels[1..]).is_none());
            pixels[mesh.landmarks[2][0]] = [160.0, 60.0, 3.0];
            assert!(known(&pixels).is_none());
        }
    }

    /// A written head, exported and read back, has the shape that it had.
    #[test]
    fn a_head_survives_being_a_mesh() {
        use bonafide_context::Seeded;

        use crate::reflect::head::{Head, People};
        let head = Head::draw(People::Ordinary, 1.0, &mut Seeded::new(8));
        let mut text = String::new();
        let steps = |low: i32, high: i32| (low..=high).map(|n| f64::from(n) * 0.25);
        let (columns, rows) = (steps(-26, 26).count(), steps(-34, 34).count());
        for y in steps(-34, 34) {
            for x in steps(-26, 26) {
                let z = head.depth(x, y).unwrap_or(-2.0);
                text.push_str(&format!("v {} {} {}\n", 10.0 * x, 10.0 * y, 10.0 * z));
            }
        }
        for row in 0..rows - 1 {
            for column in 1..columns {
                let (a, b) = (row * columns + column, (row + 1) * columns + column);
                text.push_str(&format!("f {a} {} {} {b}\n", a + 1, b + 1));
            }
        }
        let scan = Scan::obj(&text).unwrap();
        let unit = 0.62 * f64::from(FRONT) / 170.0;
        let places = LANDMARKS.map(|[x, y]| {
            Point::new((160.0 + 10.0 * x * unit) as f32, (160.0 - 10.0 * y * unit) as f32)
        });
        let relief = scan.relief(|_| Some(places)).unwrap();
        let mut worst: f64 = 0.0;
        let offset = relief.place(27, 34).unwrap().z - head.depth(-0.1, 0.0).unwrap();
        for (column, row) in [(14, 30), (40, 30), (27, 50), (27, 15), (20, 42), (33, 22)] {
            let (x, y) = relief.at(column, row);
            let place = relief.place(column as i64, row as i64).unwrap();
            worst = worst.max((place.z - offset - head.depth(x, y).unwrap()).abs());
        }
        assert!(worst < 0.25, "{worst}");
        assert_eq!(scan.relief(|_| None).unwrap_err(), ScanError::NoFace);
    }
}
