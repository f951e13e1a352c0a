//! A nose folded out of paper: what a mask has to show of a face.

use std::array::from_fn;
use std::sync::LazyLock;

use crate::canonical::{CELLS, SIDE, cells};

/// Radius of the head that the paper is worn round, and how far its nose stands out, in
/// centimetres. A fit finds out how strong the answer of such a nose is.
const RADIUS: f64 = 9.0;
const HEIGHT: f64 = 1.5;
/// Places a cell's normals are averaged over, along each side.
const PLACES: i32 = 4;

/// The normals of a sheet with a nose at each cell: the part that points up and the part
/// towards the camera.
pub(super) fn normals() -> &'static [[f64; 2]; CELLS] {
    static NORMALS: LazyLock<[[f64; 2]; CELLS]> = LazyLock::new(|| {
        let mut out = [[0.0; 2]; CELLS];
        for (cell, out) in cells().iter().zip(&mut out) {
            *out = mean_normal(cell.x, cell.y);
        }
        out
    });
    &NORMALS
}

fn mean_normal(x: f64, y: f64) -> [f64; 2] {
    let off = |at: i32| SIDE * ((f64::from(at) + 0.5) / f64::from(PLACES) - 0.5);
    let mut sum = [0.0; 2];
    for (column, row) in (0..PLACES).flat_map(|row| (0..PLACES).map(move |column| (column, row))) {
        let normal = normal(x + off(column), y + off(row));
        sum = from_fn(|k| sum[k] + normal[k]);
    }
    sum.map(|sum| sum / f64::from(PLACES * PLACES))
}

fn normal(x: f64, y: f64) -> [f64; 2] {
    const STEP: f64 = 1e-3;
    let right = (depth(x + STEP, y) - depth(x - STEP, y)) / (2.0 * STEP);
    let up = (depth(x, y + STEP) - depth(x, y - STEP)) / (2.0 * STEP);
    let length = (1.0 + right * right + up * up).sqrt();
    [-up / length, 1.0 / length]
}

/// A cylinder that goes on straight where it is steep, with a ridge from between the eyes
/// that ends below the tip of the nose.
fn depth(x: f64, y: f64) -> f64 {
    let bound = x.abs().min(RADIUS * 0.85);
    let inner = (RADIUS * RADIUS - bound * bound).sqrt();
    let ridge = 0.5 * hill(x, y + 0.4, 1.5, 2.0) + 0.5 * hill(x, y + 0.9, 1.2, 1.3);
    inner - RADIUS - bound / inner * (x.abs() - bound) + HEIGHT * ridge
}

fn hill(x: f64, y: f64, wide: f64, high: f64) -> f64 {
    (-(x / wide).powi(2) - (y / high).powi(2)).exp()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_paper_nose_points_up_above_its_tip_and_down_below_and_the_cheeks_are_a_cylinder() {
        for (cell, [upward, towards]) in cells().iter().zip(normals()) {
            assert!(upward.hypot(*towards) <= 1.0);
            if cell.x.abs() > 5.0 {
                let round = (1.0 - (cell.x / RADIUS).powi(2)).sqrt();
                assert!(upward.abs() < 0.01 && (towards - round).abs() < 0.02, "{cell:?}");
            } else if cell.x == 0.0 && (0.5..1.5).contains(&cell.y) {
                assert!(*upward > 0.2, "{cell:?} {upward}");
            } else if cell.x == 0.0 && (-2.5..-1.5).contains(&cell.y) {
                assert!(*upward < -0.2, "{cell:?} {upward}");
            }
        }
    }
}
