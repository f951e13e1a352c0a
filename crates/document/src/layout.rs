//! Geometry of a page of text lines: which way it runs, which pieces are one
//! line, which lines are one block.

use bonafide_media::{Point, Quad, QuarterTurn};

/// A direction of reading: `right` along the lines, down across them.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Frame {
    /// Angle of the lines against the x axis, radians.
    pub(crate) angle: f32,
}

/// Where a line lies in a frame, in pixels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Extent {
    /// Left end.
    pub(crate) left: f32,
    /// Right end.
    pub(crate) right: f32,
    /// Middle, across the lines.
    pub(crate) middle: f32,
    /// Height.
    pub(crate) height: f32,
}

impl Extent {
    /// Length along the line.
    pub(crate) fn length(&self) -> f32 {
        self.right - self.left
    }

    /// How much of the shorter of the two lies beside the other, 0 to 1.
    pub(crate) fn overlap(&self, other: &Self) -> f32 {
        let common = self.right.min(other.right) - self.left.max(other.left);
        let shorter = self.length().min(other.length());
        if shorter > 0.0 { (common / shorter).clamp(0.0, 1.0) } else { 0.0 }
    }
}

impl Frame {
    /// The frame of these lines: their median direction, weighted by length.
    pub(crate) fn of(lines: &[Quad]) -> Self {
        let mut angles: Vec<(f32, f32)> =
            lines.iter().map(|quad| (quad.angle(), quad.width() * elongation(quad))).collect();
        angles.retain(|(angle, weight)| angle.is_finite() && weight.is_finite());
        angles.sort_by(|a, b| a.0.total_cmp(&b.0));
        let half = angles.iter().map(|(_, weight)| weight).sum::<f32>() / 2.0;
        let mut passed = 0.0;
        for (angle, weight) in angles {
            passed += weight;
            if passed >= half {
                return Self { angle };
            }
        }
        Self { angle: 0.0 }
    }

    /// `point` along and across the lines.
    pub(crate) fn project(&self, point: Point) -> Point {
        let (sin, cos) = self.angle.sin_cos();
        Point::new(point.x * cos + point.y * sin, point.y * cos - point.x * sin)
    }

    /// Where a line lies.
    pub(crate) fn extent(&self, quad: &Quad) -> Extent {
        let [a, b, c, d] = quad.0.map(|p| self.project(p));
        Extent {
            left: (a.x + d.x) / 2.0,
            right: (b.x + c.x) / 2.0,
            middle: (a.y + b.y + c.y + d.y) / 4.0,
            height: quad.height(),
        }
    }
}

/// Length over height, at most 8: long lines show the direction best, but one
/// of them must not outvote a page.
fn elongation(quad: &Quad) -> f32 {
    (quad.width() / quad.height().max(1.0)).min(8.0)
}

/// Whether most of the text runs up or down the picture.
pub(crate) fn runs_vertically(boxes: &[Quad]) -> bool {
    let (mut level, mut steep) = (0.0, 0.0);
    for quad in boxes {
        let weight = quad.width();
        if elongation(quad) < 2.0 || !weight.is_finite() {
            continue;
        }
        if quad.angle().cos().abs() >= std::f32::consts::FRAC_1_SQRT_2 {
            level += weight;
        } else {
            steep += weight;
        }
    }
    steep > level
}

/// Where `point` of a turned picture lies in the picture before the turn,
/// whose size is given. The turn is clockwise.
pub(crate) fn turned_back(point: Point, turn: QuarterTurn, width: f32, height: f32) -> Point {
    match turn {
        QuarterTurn::None => point,
        QuarterTurn::Right => Point::new(point.y, height - 1.0 - point.x),
        QuarterTurn::Half => Point::new(width - 1.0 - point.x, height - 1.0 - point.y),
        QuarterTurn::Left => Point::new(width - 1.0 - point.y, point.x),
    }
}

/// The same region read the other way round.
pub(crate) fn upside_down(quad: &Quad) -> Quad {
    let [a, b, c, d] = quad.0;
    Quad([c, d, a, b])
}

/// Gap between two pieces of one line, in line heights.
const MAX_GAP: f32 = 2.0;
/// Step across the line between two pieces of one line, in line heights.
const MAX_STEP: f32 = 0.4;

/// The lines with collinear neighbours joined: the detector cuts a long line
/// where its characters stand apart.
pub(crate) fn join_collinear(lines: &[Quad], frame: &Frame) -> Vec<Quad> {
    let mut sorted: Vec<Quad> = lines.to_vec();
    sorted.sort_by(|a, b| frame.extent(a).left.total_cmp(&frame.extent(b).left));
    let mut joined: Vec<Quad> = Vec::new();
    for piece in sorted {
        match joined.iter_mut().find(|line| continues(line, &piece, frame)) {
            Some(line) => {
                let ([a, b, c, d], [_, e, f, _]) = (line.0, piece.0);
                if frame.extent(&piece).right > frame.extent(line).right {
                    *line = Quad([a, e, f, d]);
                } else {
                    *line = Quad([a, b, c, d]);
                }
            }
            None => joined.push(piece),
        }
    }
    joined
}

/// Whether `piece` goes on where `line` ends.
fn continues(line: &Quad, piece: &Quad, frame: &Frame) -> bool {
    let (h, k) = (line.height(), piece.height());
    let tall = h.max(k);
    if tall > 1.6 * h.min(k) {
        return false;
    }
    let end = frame.project(line.0[1].midpoint(line.0[2]));
    let start = frame.project(piece.0[0].midpoint(piece.0[3]));
    // A long line knows its own direction, a short one takes the page's.
    let slope = |quad: &Quad| {
        if elongation(quad) >= 5.0 { (quad.angle() - frame.angle).tan() } else { 0.0 }
    };
    let gap = start.x - end.x;
    let step = start.y - (end.y + slope(line) * gap);
    (-1.5 * tall..=MAX_GAP * tall).contains(&gap) && step.abs() <= MAX_STEP * tall
}

/// The line with its ends moved to `left` and `right` of the frame, along its
/// own direction.
pub(crate) fn reach(quad: &Quad, frame: &Frame, left: f32, right: f32) -> Quad {
    let extent = frame.extent(quad);
    let length = extent.length();
    if length < 1.0 {
        return *quad;
    }
    let [a, b, c, d] = quad.0;
    let along = |from: Point, to: Point, at: f32| {
        let t = (at - extent.left) / length;
        Point::new(from.x + (to.x - from.x) * t, from.y + (to.y - from.y) * t)
    };
    Quad([along(a, b, left), along(a, b, right), along(d, c, right), along(d, c, left)])
}

#[cfg(test)]
mod tests {
    use super::*;
    use bonafide_media::Rect;

    fn line(x: f32, y: f32, w: f32, h: f32) -> Quad {
        Quad::from_rect(Rect::new(x, y, w, h))
    }

    fn rotated(quad: Quad, angle: f32) -> Quad {
        let (sin, cos) = angle.sin_cos();
        Quad(quad.0.map(|p| Point::new(p.x * cos - p.y * sin, p.x * sin + p.y * cos)))
    }

    #[test]
    fn the_frame_is_the_direction_of_the_long_lines() {
        let lines = [
            rotated(line(0.0, 0.0, 300.0, 10.0), 0.2),
            rotated(line(0.0, 30.0, 280.0, 10.0), 0.21),
            line(5.0, 5.0, 20.0, 14.0),
        ];
        assert!((Frame::of(&lines).angle - 0.2).abs() < 0.02);
        assert_eq!(Frame::of(&[]).angle, 0.0);
    }

    #[test]
    fn pieces_of_a_line_are_joined_and_rows_are_not() {
        for angle in [0.0, 0.3, -0.5] {
            let pieces = [
                line(0.0, 0.0, 200.0, 20.0),
                line(215.0, 1.0, 100.0, 20.0),
                line(0.0, 40.0, 200.0, 20.0),
                line(400.0, 0.0, 50.0, 20.0),
            ]
            .map(|quad| rotated(quad, angle));
            let joined = join_collinear(&pieces, &Frame { angle });
            assert_eq!(joined.len(), 3);
            assert!(joined.iter().any(|quad| (quad.width() - 315.0).abs() < 2.0));
        }
    }

    #[test]
    fn a_line_reaches_to_the_ends_it_is_given() {
        let quad = rotated(line(50.0, 100.0, 200.0, 20.0), 0.1);
        let frame = Frame { angle: 0.1 };
        let extent = frame.extent(&quad);
        let longer = reach(&quad, &frame, extent.left - 30.0, extent.right + 10.0);
        let now = frame.extent(&longer);
        assert!((now.left - extent.left + 30.0).abs() < 0.1);
        assert!((now.right - extent.right - 10.0).abs() < 0.1);
        assert!((now.middle - extent.middle).abs() < 0.1);
    }

    #[test]
    fn steep_text_is_seen() {
        let level = [line(0.0, 0.0, 200.0, 20.0), line(0.0, 40.0, 20.0, 20.0)];
        assert!(!runs_vertically(&level));
        assert!(runs_vertically(&level.map(|q| rotated(q, -std::f32::consts::FRAC_PI_2))));
        assert!(!runs_vertically(&[]));
    }

    #[test]
    fn turning_back_undoes_the_turn() {
        let mut picture = bonafide_media::Picture::filled(7, 4, [0; 3]).unwrap();
        picture.set_pixel(5, 1, [9; 3]);
        for turn in QuarterTurn::ALL {
            let turned = picture.turned(turn);
            let at = (0..turned.height())
                .flat_map(|y| (0..turned.width()).map(move |x| (x, y)))
                .find(|&(x, y)| turned.pixel(x, y) == [9; 3])
                .unwrap();
            let back = turned_back(Point::new(at.0 as f32, at.1 as f32), turn, 7.0, 4.0);
            assert_eq!(back, Point::new(5.0, 1.0), "{turn:?}");
        }
    }
}
