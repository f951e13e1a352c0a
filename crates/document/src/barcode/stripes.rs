//! Where bars stand in a picture, and which way.

use bonafide_media::{Luma, Point};

/// A field of bars.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Stripes {
    /// Its middle, in pixels.
    pub(super) middle: Point,
    /// Direction across the bars against the x axis, radians, -π/2 to π/2.
    pub(super) angle: f32,
    /// Extent across the bars, quiet zones included, pixels.
    pub(super) length: f32,
    /// Extent along the bars, pixels.
    pub(super) breadth: f32,
}

/// Side of a block that is judged as one.
const BLOCK: usize = 24;
/// Blocks with weaker edges than this hold no bars, grey levels squared a pixel.
const LEAST_ENERGY: f32 = 250.0;
/// How far one direction must prevail: 1 is nothing but bars.
const LEAST_COHERENCE: f32 = 0.55;
/// Blocks that a field has at least.
const LEAST_BLOCKS: usize = 12;

/// The largest field of bars: blocks whose edges all run one way, by the structure
/// tensor, joined with neighbours that agree.
pub(super) fn stripes(luma: &Luma) -> Option<Stripes> {
    let (columns, rows) = (luma.width as usize / BLOCK, luma.height as usize / BLOCK);
    let blocks: Vec<Option<f32>> = (0..columns * rows)
        .map(|at| direction(luma, at % columns * BLOCK, at / columns * BLOCK))
        .collect();
    let mut known = vec![false; blocks.len()];
    let mut best: Vec<usize> = Vec::new();
    for start in 0..blocks.len() {
        if known[start] || blocks[start].is_none() {
            continue;
        }
        known[start] = true;
        let (mut field, mut next) = (vec![start], 0);
        while next < field.len() {
            let at = field[next];
            next += 1;
            for (dx, dy) in REACH {
                let (x, y) = ((at % columns) as i32 + dx, (at / columns) as i32 + dy);
                if x < 0 || y < 0 || x as usize >= columns || y as usize >= rows {
                    continue;
                }
                let other = y as usize * columns + x as usize;
                let agrees = match (blocks[at], blocks[other]) {
                    (Some(a), Some(b)) => apart(a, b) < MOST_APART,
                    _ => false,
                };
                if agrees && !known[other] {
                    known[other] = true;
                    field.push(other);
                }
            }
        }
        if field.len() > best.len() {
            best = field;
        }
    }
    if best.len() < LEAST_BLOCKS {
        return None;
    }
    Some(field_of(&best, &blocks, columns))
}

/// Neighbours, and those behind a gap of one.
const REACH: [(i32, i32); 12] = [
    (-1, 0),
    (1, 0),
    (0, -1),
    (0, 1),
    (-1, -1),
    (1, -1),
    (-1, 1),
    (1, 1),
    (-2, 0),
    (2, 0),
    (0, -2),
    (0, 2),
];
/// Neighbours of one field differ by less than this, radians.
const MOST_APART: f32 = 0.25;

fn apart(a: f32, b: f32) -> f32 {
    let difference = (a - b).abs() % std::f32::consts::PI;
    difference.min(std::f32::consts::PI - difference)
}

/// The direction of the edges of a block, if it is one.
fn direction(luma: &Luma, left: usize, top: usize) -> Option<f32> {
    let width = luma.width as usize;
    let (mut xx, mut yy, mut xy) = (0.0_f32, 0.0_f32, 0.0_f32);
    for y in top.max(1)..(top + BLOCK).min(luma.height as usize - 1) {
        let row = y * width;
        for x in left.max(1)..(left + BLOCK).min(width - 1) {
            let at = |i: usize| f32::from(luma.values[i]);
            let gx = at(row + x + 1) - at(row + x - 1);
            let gy = at(row + width + x) - at(row - width + x);
            xx += gx * gx;
            yy += gy * gy;
            xy += gx * gy;
        }
    }
    let energy = (xx + yy) / (BLOCK * BLOCK) as f32;
    let coherence = ((xx - yy).powi(2) + 4.0 * xy * xy).sqrt() / (xx + yy).max(1.0);
    (energy >= LEAST_ENERGY && coherence >= LEAST_COHERENCE)
        .then(|| 0.5 * (2.0 * xy).atan2(xx - yy))
}

/// Middle, mean direction and extent of the blocks.
fn field_of(field: &[usize], blocks: &[Option<f32>], columns: usize) -> Stripes {
    // Directions are the same after half a turn, so they are added at twice the angle.
    let (mut sin, mut cos) = (0.0, 0.0);
    for angle in field.iter().filter_map(|at| blocks[*at]) {
        sin += (2.0 * angle).sin();
        cos += (2.0 * angle).cos();
    }
    let angle = 0.5 * sin.atan2(cos);
    let (along, across) = (angle.cos(), angle.sin());
    let half = BLOCK as f32 / 2.0;
    let (mut least, mut most) = ([f32::MAX; 2], [f32::MIN; 2]);
    for at in field {
        let x = (at % columns * BLOCK) as f32 + half;
        let y = (at / columns * BLOCK) as f32 + half;
        let place = [x * along + y * across, y * along - x * across];
        for i in 0..2 {
            least[i] = least[i].min(place[i]);
            most[i] = most[i].max(place[i]);
        }
    }
    let (u, v) = ((least[0] + most[0]) / 2.0, (least[1] + most[1]) / 2.0);
    let margin = 4.0 * BLOCK as f32;
    Stripes {
        middle: Point::new(u * along - v * across, u * across + v * along),
        angle,
        length: most[0] - least[0] + margin,
        breadth: most[1] - least[1] + margin,
    }
}
