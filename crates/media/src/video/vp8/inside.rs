//! Prediction of a block from its neighbours in the same frame (RFC 6386, 12).

use super::blocks::{Block, Kind};
use super::frame::Plane;
use super::residual::{Residual, add};

/// Above the frame, and to the left of it.
const ABOVE: u8 = 127;
const LEFT: u8 = 129;

/// What stands around a square of `N` pixels a side.
struct Around<const N: usize> {
    above: [u8; N],
    left: [u8; N],
    corner: u8,
}

impl<const N: usize> Around<N> {
    fn of(plane: &Plane, x: usize, y: usize) -> Self {
        let mut around = Self { above: [ABOVE; N], left: [LEFT; N], corner: ABOVE };
        if y > 0 {
            let row = plane.at(x, y - 1);
            around.above.copy_from_slice(&plane.bytes[row..row + N]);
            around.corner = LEFT;
        }
        if x > 0 {
            for (n, left) in around.left.iter_mut().enumerate() {
                *left = plane.bytes[plane.at(x - 1, y + n)];
            }
            if y > 0 {
                around.corner = plane.bytes[plane.at(x - 1, y - 1)];
            }
        }
        around
    }
}

/// Predicts a whole square.
fn whole<const N: usize>(plane: &mut Plane, x: usize, y: usize, mode: u8) {
    let around = Around::<N>::of(plane, x, y);
    let sum = |values: &[u8; N]| values.iter().map(|value| u32::from(*value)).sum::<u32>();
    let n = N as u32;
    let mean = match (y > 0, x > 0) {
        (true, true) => (sum(&around.above) + sum(&around.left) + n) / (2 * n),
        (true, false) => (sum(&around.above) + n / 2) / n,
        (false, true) => (sum(&around.left) + n / 2) / n,
        (false, false) => 128,
    };
    for row in 0..N {
        let at = plane.at(x, y + row);
        let pixels = &mut plane.bytes[at..at + N];
        let left = around.left[row];
        match mode {
            0 => pixels.fill(mean as u8),
            1 => pixels.copy_from_slice(&around.above),
            2 => pixels.fill(left),
            _ => {
                let gradient = i32::from(left) - i32::from(around.corner);
                for (pixel, above) in pixels.iter_mut().zip(around.above) {
                    *pixel = (i32::from(above) + gradient).clamp(0, 255) as u8;
                }
            }
        }
    }
}

/// Predicts a block's brightness, and adds what is to be added.
pub(super) fn light(
    plane: &mut Plane,
    block: &Block,
    [x, y]: [usize; 2],
    across: usize,
    residual: Option<&Residual>,
) {
    let (left, top) = (x * 16, y * 16);
    match block.kind {
        Kind::Parts => {
            let beyond = beyond(plane, [x, y], across);
            for n in 0..16 {
                let (x, y) = (left + n % 4 * 4, top + n / 4 * 4);
                // To the right of the block there is only what stands above it.
                let right = match (n % 4, n) {
                    (3, _) => beyond,
                    (_, 0..4) if top == 0 => [ABOVE; 4],
                    _ => {
                        let at = plane.at(x + 4, y - 1);
                        std::array::from_fn(|n| plane.bytes[at + n])
                    }
                };
                part(plane, x, y, right, block.modes[n]);
                if let Some(residual) = residual.filter(|residual| residual.some[n]) {
                    let at = plane.at(x, y);
                    add(&residual.coefficients[n], &mut plane.bytes[at..], plane.stride);
                }
            }
        }
        Kind::Whole(mode) => {
            whole::<16>(plane, left, top, mode);
            if let Some(residual) = residual {
                add_light(plane, left, top, residual);
            }
        }
        Kind::Moved { .. } | Kind::Split => {}
    }
}

/// Four pixels above and to the right of a block.
fn beyond(plane: &Plane, [x, y]: [usize; 2], across: usize) -> [u8; 4] {
    if y == 0 {
        return [ABOVE; 4];
    }
    let at = plane.at(x * 16 + 15, y * 16 - 1);
    if x + 1 == across {
        // At the frame's edge its last pixel goes on.
        return [plane.bytes[at]; 4];
    }
    std::array::from_fn(|n| plane.bytes[at + 1 + n])
}

/// Adds to the sixteen subblocks of brightness.
pub(super) fn add_light(plane: &mut Plane, left: usize, top: usize, residual: &Residual) {
    for n in (0..16).filter(|n| residual.some[*n]) {
        let at = plane.at(left + n % 4 * 4, top + n / 4 * 4);
        add(&residual.coefficients[n], &mut plane.bytes[at..], plane.stride);
    }
}

/// Adds to the four subblocks of a colour difference, of which `first` is the first.
pub(super) fn add_colour(
    plane: &mut Plane,
    left: usize,
    top: usize,
    first: usize,
    residual: &Residual,
) {
    for n in (0..4).filter(|n| residual.some[first + n]) {
        let at = plane.at(left + n % 2 * 4, top + n / 2 * 4);
        add(&residual.coefficients[first + n], &mut plane.bytes[at..], plane.stride);
    }
}

/// Predicts a colour difference.
pub(super) fn colour(plane: &mut Plane, [x, y]: [usize; 2], mode: u8) {
    whole::<8>(plane, x * 8, y * 8, mode);
}

/// Predicts a subblock.
fn part(plane: &mut Plane, x: usize, y: usize, right: [u8; 4], mode: u8) {
    let Around { above, left, corner } = Around::<4>::of(plane, x, y);
    // From the lowest on the left over the corner to the last on the right.
    let mut edge = [0_i32; 13];
    let line = left.iter().rev().chain([&corner]).chain(&above).chain(&right);
    edge.iter_mut().zip(line).for_each(|(edge, value)| *edge = (*value).into());
    let three = |n: usize| (edge[n - 1] + 2 * edge[n] + edge[n + 1] + 2) >> 2;
    let two = |n: usize| (edge[n] + edge[n + 1] + 1) >> 1;
    let (corner, first) = (4, 5);
    let predicted = |r: usize, c: usize| match mode {
        0 => (edge[..4].iter().sum::<i32>() + edge[5..9].iter().sum::<i32>() + 4) >> 3,
        1 => (edge[first + c] + edge[3 - r] - edge[corner]).clamp(0, 255),
        2 => three(first + c),
        3 if r == 3 => (edge[1] + 3 * edge[0] + 2) >> 2,
        3 => three(3 - r),
        4 if r + c == 6 => (edge[11] + 3 * edge[12] + 2) >> 2,
        4 => three(first + r + c + 1),
        5 => three(corner + c - r),
        // Steeply down to the right.
        6 => match 2 * c as i32 - r as i32 {
            -3 => three(2),
            -2 => three(3),
            -1 => three(4),
            n if n % 2 == 0 => two(corner + n as usize / 2),
            n => three(first + n as usize / 2),
        },
        // Steeply down to the left.
        7 => match (r, c) {
            (2, 3) => three(10),
            (3, 3) => three(11),
            _ if r.is_multiple_of(2) => two(first + r / 2 + c),
            _ => three(first + r / 2 + c + 1),
        },
        // Flatly down to the right.
        8 => match 2 * r as i32 - c as i32 {
            -3 => three(6),
            -2 => three(5),
            -1 => three(4),
            n if n % 2 == 0 => two(3 - n as usize / 2),
            n => three(3 - n as usize / 2),
        },
        // Flatly up to the right.
        _ => match 2 * r + c {
            n if n > 5 => edge[0],
            5 => (edge[1] + 3 * edge[0] + 2) >> 2,
            n if n % 2 == 0 => two(2 - n / 2),
            n => three(2 - n / 2),
        },
    };
    let pixels: [[u8; 4]; 4] =
        std::array::from_fn(|r| std::array::from_fn(|c| predicted(r, c) as u8));
    for (r, row) in pixels.iter().enumerate() {
        let at = plane.at(x, y + r);
        plane.bytes[at..at + 4].copy_from_slice(row);
    }
}
