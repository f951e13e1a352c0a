//! Smoothing over the edges of blocks (RFC 6386, 15).

use super::blocks::{Grid, Kind};
use super::frame::{Frame, Plane};
use super::header::{FrameHead, Lasting};

/// Smooths a frame.
pub(super) fn smooth(frame: &mut Frame, grid: &Grid, head: &FrameHead, lasting: &Lasting) {
    if head.level == 0 {
        return;
    }
    for y in 0..grid.down {
        for x in 0..grid.across {
            let block = grid.block(x, y);
            let mut level =
                lasting.segments.of(&lasting.segments.levels, block.segment, head.level);
            level = level.clamp(0, 63);
            if lasting.differs {
                level += lasting.by_reference[usize::from(block.reference) % 4];
                level += match block.kind {
                    Kind::Whole(_) => 0,
                    Kind::Parts => lasting.by_mode[0],
                    Kind::Moved { still: true } => lasting.by_mode[1],
                    Kind::Moved { still: false } => lasting.by_mode[2],
                    Kind::Split => lasting.by_mode[3],
                };
                level = level.clamp(0, 63);
            }
            if level == 0 {
                continue;
            }
            let strength = Strength::of(level, head);
            let inner = !block.bare || !block.kind.has_second();
            let planes = if head.simple_filter { 1 } else { 3 };
            for (n, plane) in frame.planes.iter_mut().enumerate().take(planes) {
                let size = if n == 0 { 16 } else { 8 };
                let run = Run { strength: &strength, simple: head.simple_filter, size };
                run.over(plane, [x, y], inner);
            }
        }
    }
}

/// How much is smoothed.
struct Strength {
    /// A step at a block's edge that is larger stays.
    block: i32,
    /// The same inside a block.
    inner: i32,
    /// A step beside the edge that is larger means that there is a picture.
    beside: i32,
    /// A step beside the edge that is larger has only its two pixels changed.
    sharp: i32,
}

impl Strength {
    fn of(level: i32, head: &FrameHead) -> Self {
        let mut beside = level >> (i32::from(head.sharpness > 0) + i32::from(head.sharpness > 4));
        if head.sharpness > 0 {
            beside = beside.min(9 - head.sharpness);
        }
        let beside = beside.max(1);
        let sharp = match (head.key, level) {
            (true, 40..) => 2,
            (true, 15..) => 1,
            (false, 40..) => 3,
            (false, 20..) => 2,
            (false, 15..) => 1,
            _ => 0,
        };
        Self { block: (level + 2) * 2 + beside, inner: level * 2 + beside, beside, sharp }
    }
}

/// The edges of one block in one plane.
struct Run<'a> {
    strength: &'a Strength,
    simple: bool,
    size: usize,
}

impl Run<'_> {
    fn over(&self, plane: &mut Plane, [x, y]: [usize; 2], inner: bool) {
        let (left, top, stride) = (x * self.size, y * self.size, plane.stride);
        if x > 0 {
            self.edge(plane, plane.at(left, top), 1, stride, true);
        }
        if inner {
            for n in (4..self.size).step_by(4) {
                self.edge(plane, plane.at(left + n, top), 1, stride, false);
            }
        }
        if y > 0 {
            self.edge(plane, plane.at(left, top), stride, 1, true);
        }
        if inner {
            for n in (4..self.size).step_by(4) {
                self.edge(plane, plane.at(left, top + n), stride, 1, false);
            }
        }
    }

    /// An edge: `across` is from one side to the other, `along` to its next pixel.
    fn edge(&self, plane: &mut Plane, first: usize, across: usize, along: usize, of_block: bool) {
        let most = if of_block { self.strength.block } else { self.strength.inner };
        for n in 0..self.size {
            let at = first + n * along;
            let Some(pixels) = plane.bytes.get_mut(at - 4 * across..=at + 3 * across) else {
                return;
            };
            if self.simple {
                simple(pixels, across, most);
            } else {
                self.normal(pixels, across, most, of_block);
            }
        }
    }

    fn normal(&self, pixels: &mut [u8], across: usize, most: i32, of_block: bool) {
        let value = |n: usize| i32::from(pixels[n * across]);
        let [p3, p2, p1, p0] = [value(0), value(1), value(2), value(3)];
        let [q0, q1, q2, q3] = [value(4), value(5), value(6), value(7)];
        let beside = self.strength.beside;
        let steps = [p3 - p2, p2 - p1, p1 - p0, q1 - q0, q2 - q1, q3 - q2];
        if (p0 - q0).abs() * 2 + (p1 - q1).abs() / 2 > most
            || steps.iter().any(|step| step.abs() > beside)
        {
            return;
        }
        let sharp = (p1 - p0).abs() > self.strength.sharp || (q1 - q0).abs() > self.strength.sharp;
        let mut put = |n: usize, value: i32| pixels[n * across] = (value + 128) as u8;
        let [p2, p1, p0, q0, q1, q2] = [p2, p1, p0, q0, q1, q2].map(|value| value - 128);
        let outer = clamped(p1 - q1);
        if sharp || !of_block {
            let step = clamped(if sharp { outer } else { 0 } + 3 * (q0 - p0));
            let (down, up) = (clamped(step + 4) >> 3, clamped(step + 3) >> 3);
            put(4, clamped(q0 - down));
            put(3, clamped(p0 + up));
            if !sharp {
                let step = (down + 1) >> 1;
                put(5, clamped(q1 - step));
                put(2, clamped(p1 + step));
            }
            return;
        }
        let step = clamped(outer + 3 * (q0 - p0));
        for (weight, [p, q], [at_p, at_q]) in
            [(27, [p0, q0], [3, 4]), (18, [p1, q1], [2, 5]), (9, [p2, q2], [1, 6])]
        {
            let step = clamped((63 + step * weight) >> 7);
            put(at_q, clamped(q - step));
            put(at_p, clamped(p + step));
        }
    }
}

/// The filter that looks at two pixels on each side.
fn simple(pixels: &mut [u8], across: usize, most: i32) {
    let value = |n: usize| i32::from(pixels[n * across]) - 128;
    let [p1, p0, q0, q1] = [value(2), value(3), value(4), value(5)];
    if (p0 - q0).abs() * 2 + (p1 - q1).abs() / 2 > most {
        return;
    }
    let step = clamped(clamped(p1 - q1) + 3 * (q0 - p0));
    pixels[4 * across] = (clamped(q0 - (clamped(step + 4) >> 3)) + 128) as u8;
    pixels[3 * across] = (clamped(p0 + (clamped(step + 3) >> 3)) + 128) as u8;
}

fn clamped(value: i32) -> i32 {
    value.clamp(-128, 127)
}
