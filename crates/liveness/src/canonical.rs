//! The face's own frame: where its cells are and how they lie to the light.
//!
//! A plane in centimetres, x to the right of the picture, y up, through a face of
//! average size that looks straight ahead. Its normals are those of the MediaPipe
//! canonical face model (Apache-2.0), orthographic, averaged over each cell; so is the
//! answer to a screen's light that goes with them.

use std::sync::LazyLock;

use bonafide_media::Point;

/// Cells that are used: of 13 x 15, without eyes, mouth and rim.
pub const CELLS: usize = 145;
const COLUMNS: usize = 13;
const ROWS: usize = 15;
/// Side of a cell, in centimetres.
pub const SIDE: f64 = 1.1;

/// Where the five landmarks lie: right eye, left eye (the person's; on the left and right
/// of the picture), nose tip, right and left corner of the mouth.
pub const LANDMARKS: [[f64; 2]; 5] =
    [[-3.15, 2.62], [3.15, 2.62], [0.0, -1.13], [-2.46, -4.34], [2.46, -4.34]];

/// A used cell.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Cell {
    /// Centre, in centimetres.
    pub x: f64,
    /// Centre, in centimetres.
    pub y: f64,
    /// The upward part of its normal.
    pub upward: f64,
    /// The part of its normal towards the camera.
    pub towards: f64,
    /// How much more than a smooth surface it answers the light of a screen in a lit room,
    /// as a share of the face's mean answer.
    pub answer: f64,
}

/// The used cells, row by row from the top, each row from the left.
pub fn cells() -> &'static [Cell; CELLS] {
    static TABLE: LazyLock<[Cell; CELLS]> = LazyLock::new(table);
    &TABLE
}

fn table() -> [Cell; CELLS] {
    let mut out = [Cell::default(); CELLS];
    let rows = UPWARD.iter().zip(&TOWARDS).zip(&ANSWER).enumerate();
    let used = rows.flat_map(|(row, ((upward, towards), answer))| {
        let columns = upward.iter().zip(towards).zip(answer).enumerate();
        let columns = columns.filter(|(_, ((upward, _), _))| **upward != ___);
        columns.map(move |(column, ((up, to), answer))| Cell {
            x: SIDE * (column as f64 + 0.5 - COLUMNS as f64 / 2.0),
            y: 8.2 - SIDE * (row as f64 + 0.5),
            upward: f64::from(*up) / 100.0,
            towards: f64::from(*to) / 100.0,
            answer: f64::from(*answer) / 100.0,
        })
    });
    out.iter_mut().zip(used).for_each(|(cell, used)| *cell = used);
    out
}

/// The similarity (no reflection) that brings five landmarks of a picture, in pixels,
/// closest to [`LANDMARKS`], turned round: from centimetres to pixels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pose {
    /// Pixels a centimetre along the picture's axes for one centimetre to the right.
    right: [f64; 2],
    /// Pixels of the origin.
    origin: [f64; 2],
}

impl Pose {
    /// None for landmarks that lie on one point.
    pub fn of(landmarks: &[Point; 5]) -> Option<Self> {
        // Complex least squares: pixel = a * centimetre + b, with the picture's y
        // turned up.
        let from = LANDMARKS;
        let to = landmarks.map(|p| [f64::from(p.x), -f64::from(p.y)]);
        let mean = |points: &[[f64; 2]; 5]| {
            let sum = points.iter().fold([0.0; 2], |s, p| [s[0] + p[0], s[1] + p[1]]);
            sum.map(|s| s / points.len() as f64)
        };
        let (from_mean, to_mean) = (mean(&from), mean(&to));
        let (mut re, mut im, mut size) = (0.0, 0.0, 0.0);
        for (f, t) in from.iter().zip(&to) {
            let f = [f[0] - from_mean[0], f[1] - from_mean[1]];
            let t = [t[0] - to_mean[0], t[1] - to_mean[1]];
            re += f[0] * t[0] + f[1] * t[1];
            im += f[0] * t[1] - f[1] * t[0];
            size += f[0] * f[0] + f[1] * f[1];
        }
        let right = [re / size, im / size];
        let origin = [
            to_mean[0] - right[0] * from_mean[0] + right[1] * from_mean[1],
            to_mean[1] - right[1] * from_mean[0] - right[0] * from_mean[1],
        ];
        let finite = right.iter().chain(&origin).all(|v| v.is_finite());
        (finite && right[0].hypot(right[1]) > 1e-6).then_some(Self { right, origin })
    }

    /// Pixels of a point in centimetres; y of the picture points down.
    pub fn pixel(&self, x: f64, y: f64) -> [f64; 2] {
        let [re, im] = self.right;
        [self.origin[0] + re * x - im * y, -(self.origin[1] + im * x + re * y)]
    }

    /// Centimetres of a pixel.
    pub fn centimetres(&self, x: f64, y: f64) -> [f64; 2] {
        let [re, im] = self.right;
        let (dx, dy) = (x - self.origin[0], -y - self.origin[1]);
        let size = re * re + im * im;
        [(re * dx + im * dy) / size, (re * dy - im * dx) / size]
    }

    /// Pixels of a centimetre.
    pub fn scale(&self) -> f64 {
        self.right[0].hypot(self.right[1])
    }
}

/// An unused cell.
const ___: i8 = i8::MAX;

/// The part of the normals that points up, in hundredths; `___` where a cell is unused.
#[rustfmt::skip]
const UPWARD: [[i8; COLUMNS]; ROWS] = [
    [___, ___, ___, ___,  33,  32,  31,  32,  33, ___, ___, ___, ___],
    [___,  20,  27,  29,  28,  26,  25,  26,  28,  29,  27,  20, ___],
    [___,  15,  19,  18,  16,  13,  10,  13,  16,  18,  19,  15, ___],
    [  3,  -2, -17, -31, -36, -24, -14, -24, -36, -31, -17,  -2,   3],
    [  0, -22, ___, ___, ___, -23,  18, -23, ___, ___, ___, -22,   0],
    [  3,   1, ___, ___, ___,  27,  50,  27, ___, ___, ___,   1,   3],
    [  2,   9,  17,  20,  28,  33,  51,  33,  28,  20,  17,   9,   2],
    [ -4,   2,  10,  16,  17,  28,  31,  28,  17,  16,  10,   2,  -4],
    [-11,  -6,   0,   6,   8, -42, -38, -42,   8,   6,   0,  -6, -11],
    [-16, -13,  -9,  -1,  10,   2, -29,   2,  10,  -1,  -9, -13, -16],
    [___, -18, -15, -13, ___, ___, ___, ___, ___, -13, -15, -18, ___],
    [___, -23, -18, -18, ___, ___, ___, ___, ___, -18, -18, -23, ___],
    [___, -29, -22, -12, -11, -22, -32, -22, -11, -12, -22, -29, ___],
    [___, ___, -31, -15,  -3,  -3,  -7,  -3,  -3, -15, -31, ___, ___],
    [___, ___, ___, -30, -17, -13, -12, -13, -17, -30, ___, ___, ___],
];

/// The part of the normals that points to the camera, in hundredths.
#[rustfmt::skip]
const TOWARDS: [[i8; COLUMNS]; ROWS] = [
    [___, ___, ___, ___,  90,  94,  95,  94,  90, ___, ___, ___, ___],
    [___,  61,  75,  85,  92,  96,  97,  96,  92,  85,  75,  61, ___],
    [___,  60,  77,  89,  95,  98,  99,  98,  95,  89,  77,  60, ___],
    [ 46,  61,  81,  89,  89,  92,  97,  92,  89,  89,  81,  61,  46],
    [ 48,  67, ___, ___, ___,  78,  87,  78, ___, ___, ___,  67,  48],
    [ 50,  75, ___, ___, ___,  59,  73,  59, ___, ___, ___,  75,  50],
    [ 50,  71,  87,  92,  83,  51,  75,  51,  83,  92,  87,  71,  50],
    [ 48,  69,  84,  90,  81,  50,  85,  50,  81,  90,  84,  69,  48],
    [ 43,  67,  81,  90,  83,  50,  71,  50,  83,  90,  81,  67,  43],
    [ 36,  63,  77,  87,  86,  83,  83,  83,  86,  87,  77,  63,  36],
    [___,  57,  73,  82, ___, ___, ___, ___, ___,  82,  73,  57, ___],
    [___,  52,  71,  84, ___, ___, ___, ___, ___,  84,  71,  52, ___],
    [___,  44,  65,  82,  85,  88,  93,  88,  85,  82,  65,  44, ___],
    [___, ___,  55,  75,  86,  93,  98,  93,  86,  75,  55, ___, ___],
    [___, ___, ___,  62,  79,  92,  97,  92,  79,  62, ___, ___, ___],
];

/// What the surface makes of the light, in hundredths: the answer of the same face model,
/// rendered with the occlusion of its own folds (`crates/specimen`), over its mean, without
/// its quadratic part, the same on both sides; the median over 94 rooms below 200 lux.
#[rustfmt::skip]
const ANSWER: [[i8; COLUMNS]; ROWS] = [
    [___, ___, ___, ___, -27, -27, -28, -27, -27, ___, ___, ___, ___],
    [___,   4, -16, -22, -24, -23, -24, -23, -24, -22, -16,   4, ___],
    [___,  -5, -13,  -4,   2,   6,   5,   6,   2,  -4, -13,  -5, ___],
    [ 13,   0,  23,  73, 110,  93,  78,  93, 110,  73,  23,   0,  13],
    [ 14,  13, ___, ___, ___,  33, -12,  33, ___, ___, ___,  13,  14],
    [ 14,   3, ___, ___, ___, -41, -70, -41, ___, ___, ___,   3,  14],
    [ 12,  -6,  -6,  -2, -33, -64, -69, -64, -33,  -2,  -6,  -6,  12],
    [ 10,  -5,  -6,  -4, -34, -52, -42, -52, -34,  -4,  -6,  -5,  10],
    [  6,  -4,   2,   8, -12,   2,  36,   2, -12,   8,   2,  -4,   6],
    [  0,  -8,   3,  14,  -9,   6,  50,   6,  -9,  14,   3,  -8,   0],
    [___,  -9,  -1,  15, ___, ___, ___, ___, ___,  15,  -1,  -9, ___],
    [___, -18,  -8,  16, ___, ___, ___, ___, ___,  16,  -8, -18, ___],
    [___, -33, -16,   0,   5,  23,  37,  23,   5,   0, -16, -33, ___],
    [___, ___, -31, -16,   0,  30,  50,  30,   0, -16, -31, ___, ___],
    [___, ___, ___, -27,  -9,  28,  53,  28,  -9, -27, ___, ___, ___],
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_145_cells_and_both_tables_agree_on_which() {
        let used = |table: &[[i8; COLUMNS]; ROWS]| table.map(|row| row.map(|value| value != ___));
        assert_eq!(used(&UPWARD), used(&TOWARDS));
        assert_eq!(used(&UPWARD), used(&ANSWER));
        assert_eq!(used(&UPWARD).iter().flatten().filter(|used| **used).count(), CELLS);
        assert!(cells().iter().all(|cell| cell.upward.hypot(cell.towards) <= 1.005));
        // The nose's underside looks down, the forehead up.
        let nearest = |x: f64, y: f64| {
            let far = |c: &&Cell| (c.x - x).hypot(c.y - y);
            cells().iter().min_by(|a, b| far(a).total_cmp(&far(b))).unwrap()
        };
        assert!(nearest(0.0, -2.0).upward < 0.0 && nearest(0.0, 7.6).upward > 0.3);
    }

    #[test]
    fn a_pose_is_recovered_from_its_landmarks() {
        let turned = |x: f64, y: f64| {
            let (sin, cos) = 0.3_f64.sin_cos();
            let (x, y) = (12.0 * (cos * x - sin * y), 12.0 * (sin * x + cos * y));
            Point::new(200.0 + x as f32, 300.0 - y as f32)
        };
        let pose = Pose::of(&LANDMARKS.map(|[x, y]| turned(x, y))).unwrap();
        assert!((pose.scale() - 12.0).abs() < 1e-4);
        for cell in cells() {
            let [x, y] = pose.pixel(cell.x, cell.y);
            let wanted = turned(cell.x, cell.y);
            assert!(
                (x - f64::from(wanted.x)).abs() < 1e-3 && (y - f64::from(wanted.y)).abs() < 1e-3
            );
            let [x, y] = pose.centimetres(x, y);
            assert!((x - cell.x).abs() < 1e-6 && (y - cell.y).abs() < 1e-6);
        }
        assert_eq!(Pose::of(&[Point::new(5.0, 5.0); 5]), None);
    }
}
