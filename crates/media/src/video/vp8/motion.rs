//! Prediction of a block from another frame (RFC 6386, 18).

use super::blocks::{Block, Kind, Way};
use super::frame::{Frame, Plane};
use super::tables::TAPS;

/// Predicts a block, brightness and colour.
pub(super) fn predict(to: &mut Frame, from: &Frame, block: &Block, [x, y]: [usize; 2]) {
    let (left, top) = (x * 16, y * 16);
    let [light, blue, red] = &mut to.planes;
    let [from_light, from_blue, from_red] = &from.planes;
    if block.kind == Kind::Split {
        for n in 0..16 {
            square::<4>(light, from_light, left + n % 4 * 4, top + n / 4 * 4, block.ways[n]);
        }
        for n in 0..4 {
            let (right, below) = (n % 2, n / 2);
            let way = mean(&block.ways, below * 8 + right * 2);
            let (left, top) = (x * 8 + right * 4, y * 8 + below * 4);
            square::<4>(blue, from_blue, left, top, way);
            square::<4>(red, from_red, left, top, way);
        }
        return;
    }
    let way = block.ways[15];
    square::<16>(light, from_light, left, top, way);
    // As many pixels here are twice as far; ways are even, so nothing is rounded.
    let way = Way { down: way.down / 2, across: way.across / 2 };
    square::<8>(blue, from_blue, x * 8, y * 8, way);
    square::<8>(red, from_red, x * 8, y * 8, way);
}

/// How four parts of brightness move in the mean, for the colour that they share.
fn mean(ways: &[Way; 16], first: usize) -> Way {
    let sum = |of: &dyn Fn(&Way) -> i32| {
        let sum: i32 = [0, 1, 4, 5].iter().map(|n| of(&ways[first + n])).sum();
        (sum + 4 * sum.signum().min(0) + 4 * i32::from(sum >= 0)) / 8
    };
    Way { down: sum(&|way| way.down), across: sum(&|way| way.across) }
}

/// Predicts a square of `N` pixels a side.
fn square<const N: usize>(to: &mut Plane, from: &Plane, x: usize, y: usize, way: Way) {
    /// Pixels that the weights reach before and after.
    const BEFORE: usize = 2;
    const REACH: usize = 5;
    /// Room for the largest square.
    const ROOM: usize = (16 + REACH) * (16 + REACH);
    let (right, below) = ((way.across & 7) as usize, (way.down & 7) as usize);
    let x0 = x as i64 + i64::from(way.across >> 3) - BEFORE as i64;
    let y0 = y as i64 + i64::from(way.down >> 3) - BEFORE as i64;
    let side = N + REACH;
    let (width, height) = (from.stride as i64, from.height as i64);
    let mut copied = [0; ROOM];
    let inside = x0 >= 0 && y0 >= 0 && x0 + side as i64 <= width && y0 + side as i64 <= height;
    let (source, stride) = if inside {
        (&from.bytes[from.at(x0 as usize, y0 as usize)..], from.stride)
    } else {
        // Outside, the pixels of the edge go on for ever.
        for (r, row) in copied.chunks_exact_mut(side).take(side).enumerate() {
            let y = (y0 + r as i64).clamp(0, height - 1) as usize;
            for (c, pixel) in row.iter_mut().enumerate() {
                let x = (x0 + c as i64).clamp(0, width - 1) as usize;
                *pixel = from.bytes[from.at(x, y)];
            }
        }
        (&copied[..], side)
    };
    let mut middle = [0_u8; ROOM];
    for r in 0..side {
        let row = &source[r * stride..r * stride + side];
        let out = &mut middle[r * N..(r + 1) * N];
        if right == 0 {
            out.copy_from_slice(&row[BEFORE..BEFORE + N]);
        } else {
            for (c, pixel) in out.iter_mut().enumerate() {
                *pixel = weighed(right, |n| row[c + n]);
            }
        }
    }
    for r in 0..N {
        let at = to.at(x, y + r);
        let out = &mut to.bytes[at..at + N];
        if below == 0 {
            out.copy_from_slice(&middle[(r + BEFORE) * N..(r + BEFORE + 1) * N]);
        } else {
            for (c, pixel) in out.iter_mut().enumerate() {
                *pixel = weighed(below, |n| middle[(r + n) * N + c]);
            }
        }
    }
}

#[inline]
fn weighed(eighths: usize, pixel: impl Fn(usize) -> u8) -> u8 {
    let taps = &TAPS[eighths];
    let sum: i32 = (0..6).map(|n| taps[n] * i32::from(pixel(n))).sum();
    ((sum + 64) >> 7).clamp(0, 255) as u8
}
