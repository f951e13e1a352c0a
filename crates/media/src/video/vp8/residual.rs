//! What is added to a prediction: tokens, steps, transforms (RFC 6386, 13 and 14).

use super::bools::Bools;
use super::tables::{AC_STEPS, BANDS, DC_STEPS, LARGE, ZIGZAG};

/// Steps of a segment: first coefficient and others.
#[derive(Clone, Copy, Default)]
pub(super) struct Steps {
    light: [i32; 2],
    second: [i32; 2],
    colour: [i32; 2],
}

impl Steps {
    pub(super) fn of(step: i32, deltas: &[i32; 5]) -> Self {
        let at = |table: &[i32; 128], delta: i32| table[(step + delta).clamp(0, 127) as usize];
        let [light, second_dc, second_ac, colour_dc, colour_ac] = *deltas;
        Self {
            light: [at(&DC_STEPS, light), at(&AC_STEPS, 0)],
            second: [at(&DC_STEPS, second_dc) * 2, (at(&AC_STEPS, second_ac) * 155 / 100).max(8)],
            colour: [at(&DC_STEPS, colour_dc).min(132), at(&AC_STEPS, colour_ac)],
        }
    }
}

/// Which subblocks beside the next one had coefficients: four of brightness, two of each
/// colour, one of the second order.
pub(super) type Edge = [u8; 9];

/// The coefficients of a block.
pub(super) struct Residual {
    /// 16 of brightness, 4 of each colour.
    pub(super) coefficients: [[i32; 16]; 24],
    /// Which of them are not all zero.
    pub(super) some: [bool; 24],
}

impl Residual {
    /// Reads a block's tokens; `None` where there are none at all.
    pub(super) fn read(
        bools: &mut Bools<'_>,
        probabilities: &[[[[u8; 11]; 3]; 8]; 4],
        steps: &Steps,
        has_second: bool,
        above: &mut Edge,
        left: &mut Edge,
    ) -> Option<Self> {
        let mut residual = Self { coefficients: [[0; 16]; 24], some: [false; 24] };
        let mut any = false;
        let mut first = 0;
        let mut light = 3;
        if has_second {
            let mut second = [0; 16];
            let context = usize::from(above[8] + left[8]);
            let end = tokens(bools, &probabilities[1], context, 0, steps.second, &mut second);
            above[8] = u8::from(end > 0);
            left[8] = above[8];
            any = end > 0;
            if any {
                spread(&second, &mut residual);
            }
            (first, light) = (1, 0);
        }
        for n in 0..24 {
            let (kind, steps, x, y) = match n {
                0..16 => (light, steps.light, n % 4, n / 4),
                _ => {
                    // Two by two, of blue and then of red.
                    let (plane, n) = ((n - 16) / 4, n % 4);
                    (2, steps.colour, 4 + plane * 2 + n % 2, 4 + plane * 2 + n / 2)
                }
            };
            let first = if n < 16 { first } else { 0 };
            let context = usize::from(above[x] + left[y]);
            let out = &mut residual.coefficients[n];
            let end = tokens(bools, &probabilities[kind], context, first, steps, out);
            above[x] = u8::from(end > first);
            left[y] = above[x];
            any |= end > first;
            residual.some[n] |= end > first;
        }
        any.then_some(residual)
    }
}

/// Says beside which blocks nothing stands.
pub(super) fn clear(edge: &mut Edge, has_second: bool) {
    let length = if has_second { 9 } else { 8 };
    edge[..length].fill(0);
}

/// Reads a subblock; gives where it ended, `first` if at once.
fn tokens(
    bools: &mut Bools<'_>,
    probabilities: &[[[u8; 11]; 3]; 8],
    context: usize,
    first: usize,
    steps: [i32; 2],
    out: &mut [i32; 16],
) -> usize {
    let mut at = first;
    let mut p = &probabilities[BANDS[at]][context];
    if !bools.bool(p[0]) {
        return at;
    }
    loop {
        // No end follows a zero.
        while !bools.bool(p[1]) {
            at += 1;
            if at == 16 {
                return 16;
            }
            p = &probabilities[BANDS[at]][0];
        }
        let (value, context) = if bools.bool(p[2]) { (large(bools, p), 2) } else { (1, 1) };
        let value = if bools.flag() { -value } else { value };
        // Sixteen bits, as decoders keep them: no honest stream has more.
        out[ZIGZAG[at]] = ((value * steps[usize::from(at > 0)]) as i16).into();
        at += 1;
        if at == 16 {
            return 16;
        }
        p = &probabilities[BANDS[at]][context];
        if !bools.bool(p[0]) {
            return at;
        }
    }
}

/// A value of 2 or more.
fn large(bools: &mut Bools<'_>, p: &[u8; 11]) -> i32 {
    if !bools.bool(p[3]) {
        if !bools.bool(p[4]) {
            return 2;
        }
        return 3 + i32::from(bools.bool(p[5]));
    }
    let class = if !bools.bool(p[6]) {
        usize::from(bools.bool(p[7]))
    } else if !bools.bool(p[8]) {
        2 + usize::from(bools.bool(p[9]))
    } else {
        4 + usize::from(bools.bool(p[10]))
    };
    let (least, bits) = LARGE[class];
    least + bits.iter().fold(0, |sum, bit| sum << 1 | i32::from(bools.bool(*bit)))
}

/// The first coefficients of brightness from the block of the second order.
fn spread(second: &[i32; 16], residual: &mut Residual) {
    let turn = |[a, b, c, d]: [i32; 4]| {
        let (outer, inner) = (a + d, b + c);
        let (out, inn) = (a - d, b - c);
        [outer + inner, inn + out, outer - inner, out - inn]
    };
    let mut middle = [0; 16];
    for x in 0..4 {
        let column = turn([second[x], second[x + 4], second[x + 8], second[x + 12]]);
        for (y, value) in column.iter().enumerate() {
            middle[y * 4 + x] = *value;
        }
    }
    for y in 0..4 {
        let row = turn([middle[y * 4], middle[y * 4 + 1], middle[y * 4 + 2], middle[y * 4 + 3]]);
        for (x, value) in row.iter().enumerate() {
            let value = (value + 3) >> 3;
            residual.coefficients[y * 4 + x][0] = value;
            residual.some[y * 4 + x] = value != 0;
        }
    }
}

/// Adds a subblock to its prediction: four rows, `stride` apart.
pub(super) fn add(coefficients: &[i32; 16], pixels: &mut [u8], stride: usize) {
    let mut middle = [0; 16];
    for x in 0..4 {
        let c = coefficients;
        let column = turned([c[x], c[x + 4], c[x + 8], c[x + 12]]);
        for (y, value) in column.iter().enumerate() {
            middle[y * 4 + x] = *value;
        }
    }
    for (y, row) in middle.as_chunks::<4>().0.iter().enumerate() {
        let Some(pixels) = pixels.get_mut(y * stride..y * stride + 4) else { return };
        for (pixel, value) in pixels.iter_mut().zip(turned(*row)) {
            *pixel = (i32::from(*pixel) + ((value + 4) >> 3)).clamp(0, 255) as u8;
        }
    }
}

/// The inverse transform of four values (14.3).
fn turned([a, b, c, d]: [i32; 4]) -> [i32; 4] {
    // Square root of two times sine and cosine of an eighth of a turn, the latter less 1.
    let sine = |value: i32| value.wrapping_mul(35_468) >> 16;
    let cosine = |value: i32| value + (value.wrapping_mul(20_091) >> 16);
    let (sum, difference) = (a + c, a - c);
    let (minor, major) = (sine(b) - cosine(d), cosine(b) + sine(d));
    [sum + major, difference + minor, difference - minor, sum - major]
}
