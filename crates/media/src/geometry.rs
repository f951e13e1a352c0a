//! Points, rectangles, quadrilaterals and the maps between them, in pixels:
//! x to the right, y down, the centre of the first pixel at (0, 0).

use serde::{Deserialize, Serialize};

/// A point in a picture.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Point {
    /// To the right.
    pub x: f32,
    /// Down.
    pub y: f32,
}

impl Point {
    /// The point (`x`, `y`).
    pub const fn new(x: f32, y: f32) -> Self {
        Self { x, y }
    }

    /// Euclidean distance in pixels.
    pub fn distance(self, other: Self) -> f32 {
        (self.x - other.x).hypot(self.y - other.y)
    }

    /// The point halfway to `other`.
    pub fn midpoint(self, other: Self) -> Self {
        Self::new((self.x + other.x) / 2.0, (self.y + other.y) / 2.0)
    }

    /// Both coordinates times `factor`.
    pub fn scaled(self, factor: f32) -> Self {
        Self::new(self.x * factor, self.y * factor)
    }
}

/// An axis-parallel rectangle: left upper corner, width and height.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Rect {
    /// Left edge.
    pub x: f32,
    /// Upper edge.
    pub y: f32,
    /// Width.
    pub w: f32,
    /// Height.
    pub h: f32,
}

impl Rect {
    /// The rectangle with this corner and size.
    pub const fn new(x: f32, y: f32, w: f32, h: f32) -> Self {
        Self { x, y, w, h }
    }

    /// Width times height; 0 for an empty rectangle.
    pub fn area(self) -> f32 {
        self.w.max(0.0) * self.h.max(0.0)
    }

    /// The middle.
    pub fn center(self) -> Point {
        Point::new(self.x + self.w / 2.0, self.y + self.h / 2.0)
    }

    /// Intersection over union with `other`, 0 to 1.
    pub fn iou(self, other: Self) -> f32 {
        let common = self.intersect(other).area();
        let union = self.area() + other.area() - common;
        if union > 0.0 { common / union } else { 0.0 }
    }

    /// The part that lies in both (size 0 if none does).
    pub fn intersect(self, other: Self) -> Self {
        let x = self.x.max(other.x);
        let y = self.y.max(other.y);
        let w = (self.x + self.w).min(other.x + other.w) - x;
        let h = (self.y + self.h).min(other.y + other.h) - y;
        Self::new(x, y, w.max(0.0), h.max(0.0))
    }

    /// All four edges moved outwards by `margin` pixels (inwards if negative).
    pub fn grown(self, margin: f32) -> Self {
        Self::new(self.x - margin, self.y - margin, self.w + 2.0 * margin, self.h + 2.0 * margin)
    }

    /// Everything times `factor`, corner included.
    pub fn scaled(self, factor: f32) -> Self {
        Self::new(self.x * factor, self.y * factor, self.w * factor, self.h * factor)
    }

    /// Whether `point` lies inside or on the edge.
    pub fn contains(self, point: Point) -> bool {
        point.x >= self.x
            && point.y >= self.y
            && point.x <= self.x + self.w
            && point.y <= self.y + self.h
    }

    /// The smallest rectangle around all `points`; `None` without points.
    pub fn around(points: &[Point]) -> Option<Self> {
        let first = points.first()?;
        let (mut low, mut high) = (*first, *first);
        for p in points {
            low = Point::new(low.x.min(p.x), low.y.min(p.y));
            high = Point::new(high.x.max(p.x), high.y.max(p.y));
        }
        Some(Self::new(low.x, low.y, high.x - low.x, high.y - low.y))
    }
}

/// Four corners in reading order: left upper, right upper, right lower, left
/// lower of whatever lies in it (a text line, a document).
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Quad(pub [Point; 4]);

impl Quad {
    /// The corners of a rectangle.
    pub fn from_rect(r: Rect) -> Self {
        Self([
            Point::new(r.x, r.y),
            Point::new(r.x + r.w, r.y),
            Point::new(r.x + r.w, r.y + r.h),
            Point::new(r.x, r.y + r.h),
        ])
    }

    /// Mean length of the upper and lower edge.
    pub fn width(self) -> f32 {
        let [a, b, c, d] = self.0;
        (a.distance(b) + d.distance(c)) / 2.0
    }

    /// Mean length of the left and right edge.
    pub fn height(self) -> f32 {
        let [a, b, c, d] = self.0;
        (a.distance(d) + b.distance(c)) / 2.0
    }

    /// Mean of the corners.
    pub fn center(self) -> Point {
        let [a, b, c, d] = self.0;
        a.midpoint(c).midpoint(b.midpoint(d))
    }

    /// Direction of the reading line against the x axis, in radians.
    pub fn angle(self) -> f32 {
        let [a, b, c, d] = self.0;
        let (left, right) = (a.midpoint(d), b.midpoint(c));
        (right.y - left.y).atan2(right.x - left.x)
    }

    /// The smallest axis-parallel rectangle around it.
    pub fn bounds(self) -> Rect {
        Rect::around(&self.0).unwrap_or_default()
    }

    /// Everything times `factor`.
    pub fn scaled(self, factor: f32) -> Self {
        Self(self.0.map(|p| p.scaled(factor)))
    }
}

/// A linear map with a shift: `x' = a·x + b·y + c`, `y' = d·x + e·y + f`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Affine {
    /// `[a, b, c, d, e, f]`.
    pub m: [f32; 6],
}

impl Affine {
    /// Leaves every point where it is.
    pub const IDENTITY: Self = Self { m: [1.0, 0.0, 0.0, 0.0, 1.0, 0.0] };

    /// The image of `p`.
    pub fn apply(&self, p: Point) -> Point {
        let [a, b, c, d, e, f] = self.m;
        Point::new(a * p.x + b * p.y + c, d * p.x + e * p.y + f)
    }

    /// The map back; `None` if this one flattens the plane.
    pub fn inverse(&self) -> Option<Self> {
        let [a, b, c, d, e, f] = self.m;
        let det = a * e - b * d;
        if det.abs() < 1e-12 || !det.is_finite() {
            return None;
        }
        let (ia, ib, id, ie) = (e / det, -b / det, -d / det, a / det);
        Some(Self { m: [ia, ib, -(ia * c + ib * f), id, ie, -(id * c + ie * f)] })
    }

    /// The similarity (rotation, one scale, shift) that carries `from` onto
    /// `to` with the least sum of squared distances (Umeyama 1991 without
    /// reflection). `None` for fewer than two pairs or coinciding points.
    pub fn similarity(from: &[Point], to: &[Point]) -> Option<Self> {
        if from.len() != to.len() || from.len() < 2 {
            return None;
        }
        let n = from.len() as f64;
        let mean = |points: &[Point]| {
            let (sx, sy) = points
                .iter()
                .fold((0.0, 0.0), |(x, y), p| (x + f64::from(p.x), y + f64::from(p.y)));
            (sx / n, sy / n)
        };
        let ((fx, fy), (tx, ty)) = (mean(from), mean(to));
        let (mut dot, mut cross, mut spread) = (0.0, 0.0, 0.0);
        for (p, q) in from.iter().zip(to) {
            let (px, py) = (f64::from(p.x) - fx, f64::from(p.y) - fy);
            let (qx, qy) = (f64::from(q.x) - tx, f64::from(q.y) - ty);
            dot += px * qx + py * qy;
            cross += px * qy - py * qx;
            spread += px * px + py * py;
        }
        if spread < 1e-9 || !spread.is_finite() {
            return None;
        }
        let (a, b) = (dot / spread, cross / spread);
        let shift_x = tx - (a * fx - b * fy);
        let shift_y = ty - (b * fx + a * fy);
        Some(Self { m: [a as f32, -b as f32, shift_x as f32, b as f32, a as f32, shift_y as f32] })
    }
}

/// A projective map of the plane, row by row.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Homography {
    /// 3 x 3, row by row.
    pub m: [f64; 9],
}

impl Homography {
    /// Leaves every point where it is.
    pub const IDENTITY: Self = Self { m: [1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0] };

    /// The image of `p`; points on the horizon come out as not finite.
    pub fn apply(&self, p: Point) -> Point {
        let m = &self.m;
        let (x, y) = (f64::from(p.x), f64::from(p.y));
        let w = m[6] * x + m[7] * y + m[8];
        Point::new(
            ((m[0] * x + m[1] * y + m[2]) / w) as f32,
            ((m[3] * x + m[4] * y + m[5]) / w) as f32,
        )
    }

    /// The map that carries the corners of `from` onto those of `to`; `None`
    /// if three corners lie on a line.
    pub fn between(from: &Quad, to: &Quad) -> Option<Self> {
        let mut system = [[0.0f64; 9]; 8];
        for (i, (p, q)) in from.0.iter().zip(&to.0).enumerate() {
            let (x, y) = (f64::from(p.x), f64::from(p.y));
            let (u, v) = (f64::from(q.x), f64::from(q.y));
            system[2 * i] = [x, y, 1.0, 0.0, 0.0, 0.0, -u * x, -u * y, u];
            system[2 * i + 1] = [0.0, 0.0, 0.0, x, y, 1.0, -v * x, -v * y, v];
        }
        let h = solve(system)?;
        Some(Self { m: [h[0], h[1], h[2], h[3], h[4], h[5], h[6], h[7], 1.0] })
    }

    /// First `self`, then `next`.
    pub fn then(&self, next: &Self) -> Self {
        let (a, b) = (&next.m, &self.m);
        let mut m = [0.0; 9];
        for row in 0..3 {
            for col in 0..3 {
                m[3 * row + col] = (0..3).map(|k| a[3 * row + k] * b[3 * k + col]).sum();
            }
        }
        Self { m }
    }

    /// The map back; `None` if this one flattens the plane.
    pub fn inverse(&self) -> Option<Self> {
        let m = &self.m;
        let cofactor = [
            m[4] * m[8] - m[5] * m[7],
            m[2] * m[7] - m[1] * m[8],
            m[1] * m[5] - m[2] * m[4],
            m[5] * m[6] - m[3] * m[8],
            m[0] * m[8] - m[2] * m[6],
            m[2] * m[3] - m[0] * m[5],
            m[3] * m[7] - m[4] * m[6],
            m[1] * m[6] - m[0] * m[7],
            m[0] * m[4] - m[1] * m[3],
        ];
        let det = m[0] * cofactor[0] + m[1] * cofactor[3] + m[2] * cofactor[6];
        if det.abs() < 1e-18 || !det.is_finite() {
            return None;
        }
        Some(Self { m: cofactor.map(|c| c / det) })
    }
}

impl From<Affine> for Homography {
    fn from(affine: Affine) -> Self {
        let [a, b, c, d, e, f] = affine.m.map(f64::from);
        Self { m: [a, b, c, d, e, f, 0.0, 0.0, 1.0] }
    }
}

/// Gauss elimination with partial pivoting of 8 equations (last column: right
/// side).
fn solve(mut rows: [[f64; 9]; 8]) -> Option<[f64; 8]> {
    for col in 0..8 {
        let pivot = (col..8).max_by(|&i, &j| rows[i][col].abs().total_cmp(&rows[j][col].abs()))?;
        if rows[pivot][col].abs() < 1e-10 || !rows[pivot][col].is_finite() {
            return None;
        }
        rows.swap(col, pivot);
        let lead = rows[col];
        for (i, row) in rows.iter_mut().enumerate() {
            if i != col {
                let factor = row[col] / lead[col];
                for (value, above) in row.iter_mut().zip(lead).skip(col) {
                    *value -= factor * above;
                }
            }
        }
    }
    let mut solution = [0.0; 8];
    for (i, row) in rows.iter().enumerate() {
        solution[i] = row[8] / row[i];
    }
    Some(solution)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn similarity_recovers_a_known_map() {
        let from = [Point::new(0.0, 0.0), Point::new(10.0, 0.0), Point::new(3.0, 7.0)];
        let (sin, cos) = 0.4f32.sin_cos();
        let known = Affine { m: [2.0 * cos, -2.0 * sin, 5.0, 2.0 * sin, 2.0 * cos, -3.0] };
        let to = from.map(|p| known.apply(p));
        let found = Affine::similarity(&from, &to).unwrap();
        for (a, b) in found.m.iter().zip(known.m) {
            assert!((a - b).abs() < 1e-4, "{found:?}");
        }
        assert!(Affine::similarity(&from[..1], &to[..1]).is_none());
        assert!(Affine::similarity(&[from[0]; 3], &to).is_none());
    }

    #[test]
    fn three_corners_on_a_line_have_no_homography() {
        let line = Quad([
            Point::new(0.0, 0.0),
            Point::new(1.0, 1.0),
            Point::new(2.0, 2.0),
            Point::new(3.0, 3.0),
        ]);
        let square = Quad::from_rect(Rect::new(0.0, 0.0, 1.0, 1.0));
        assert!(Homography::between(&line, &square).is_none());
    }

    proptest! {
        #[test]
        fn homography_carries_corners_and_back(jitter in prop::array::uniform8(-20.0f32..20.0)) {
            let from = Quad::from_rect(Rect::new(0.0, 0.0, 100.0, 60.0));
            let mut to = from;
            for (i, p) in to.0.iter_mut().enumerate() {
                *p = Point::new(p.x + jitter[2 * i], p.y + jitter[2 * i + 1]);
            }
            let map = Homography::between(&from, &to).unwrap();
            let back = map.inverse().unwrap();
            for (p, q) in from.0.iter().zip(&to.0) {
                prop_assert!(map.apply(*p).distance(*q) < 1e-2);
                prop_assert!(back.apply(*q).distance(*p) < 1e-2);
            }
            let round = map.then(&back);
            prop_assert!(round.apply(Point::new(31.0, 17.0)).distance(Point::new(31.0, 17.0)) < 1e-2);
        }

        #[test]
        fn affine_inverse_undoes(m in prop::array::uniform6(-3.0f32..3.0)) {
            let map = Affine { m };
            prop_assume!((m[0] * m[4] - m[1] * m[3]).abs() > 0.2);
            let p = Point::new(4.0, -2.0);
            prop_assert!(map.inverse().unwrap().apply(map.apply(p)).distance(p) < 1e-2);
        }
    }
}
