//! The chroma of the face with its noise evened out, so that in a bright room, where the
//! screen adds a hundredth to the light, one sequence can still be told from another.
//!
//! A plain mean over the face is as noisy as its noisiest cells (hair, beard, lips that
//! move), and blue is noisier than red. Here cells count by how quiet they are, and the two
//! channels are turned and scaled until their noise is alike and independent: least squares
//! after that is generalised least squares. What noise is, is asked of no sequence: it is
//! what remains when every flash may have a level of its own.

use super::linear::{Drift, cross, inverse, median, product, ridged};
use super::rivals::{MOST, REFLECTION};
use super::signal::{Sights, averaged};
use super::temporal::RIDGE;
use crate::canonical::CELLS;
use crate::challenge::SPLIT_PAIRS;
use crate::recording::Shown;

/// Each flash, full or split, and what stands before and after them.
const LEVELS: usize = MOST + 2 * SPLIT_PAIRS + 1;
/// No cell counts more than this share of the median variance allows: one that is white all
/// the time has no noise, and no answer.
const QUIET: f64 = 0.3;
/// Variance below which chroma is exact, for what is computed and not filmed.
const EXACT: f64 = 1e-12;

/// Chroma whose noise has unit covariance, up to one factor.
pub(crate) struct Whitened {
    /// Without drift, a row for each time.
    pub(crate) chroma: Vec<[f64; 2]>,
    /// Where a reflection of red, green and blue goes in it.
    pub(crate) directions: [[f64; 2]; 3],
}

impl Whitened {
    /// None for more flashes than a sequence has, or numbers that are none.
    pub(crate) fn of(
        sights: &Sights<'_>,
        shown: &[Shown],
        lag: f64,
        drift: &Drift,
    ) -> Option<Self> {
        let free = Free::of(sights, shown, lag, drift)?;
        let mut cells: Vec<Vec<[f64; 2]>> = (0..CELLS).map(|cell| sights.cell(cell)).collect();
        cells.iter_mut().for_each(|cell| drift.remove(cell));
        let variances: Vec<f64> = cells
            .iter()
            .map(|cell| {
                let [[red, _], [_, blue]] = free.noise(cell);
                red + blue
            })
            .collect();
        let floor = (QUIET * median(&variances)).max(f64::MIN_POSITIVE);
        let weights: Vec<f64> = variances.iter().map(|v| 1.0 / (v + floor)).collect();
        let whole: f64 = weights.iter().sum();
        let mut chroma = vec![[0.0; 2]; sights.times.len()];
        for (cell, weight) in cells.iter().zip(&weights) {
            for (sum, value) in chroma.iter_mut().flatten().zip(cell.iter().flatten()) {
                *sum += value * weight / whole;
            }
        }
        let turn = root(&free.noise(&chroma))?;
        let turned = |row: &[f64; 2]| {
            let [turned] = product(&[*row], &turn);
            turned
        };
        Some(Self {
            directions: REFLECTION.each_ref().map(turned),
            chroma: chroma.iter().map(turned).collect(),
        })
    }
}

/// The flashes, each with a level of its own.
struct Free {
    basis: Vec<[f64; LEVELS]>,
    inverse: [[f64; LEVELS]; LEVELS],
}

impl Free {
    fn of(sights: &Sights<'_>, shown: &[Shown], lag: f64, drift: &Drift) -> Option<Self> {
        let starts: Vec<f64> = shown.iter().filter(|s| s.secret).map(|s| s.start_s).collect();
        if starts.is_empty() || starts.len() >= LEVELS {
            return None;
        }
        let level = |now: &Shown| {
            let mut row = [0.0; LEVELS];
            let flash = starts.iter().position(|start| now.secret && *start == now.start_s);
            match flash.and_then(|at| row.get_mut(at)) {
                Some(value) => *value = 1.0,
                None => row[LEVELS - 1] = now.top.iter().sum::<f64>() / 3.0,
            }
            row
        };
        let times = sights.times.iter();
        let mut basis: Vec<_> = times.map(|time| averaged(time - lag, shown, level)).collect();
        drift.remove(&mut basis);
        let inverse = inverse(&ridged(cross(&basis, &basis), RIDGE))?;
        Some(Self { basis, inverse })
    }

    /// Covariance of what the levels leave of a signal without drift, summed over time.
    fn noise(&self, signal: &[[f64; 2]]) -> [[f64; 2]; 2] {
        let levels = product(&self.inverse, &cross(&self.basis, signal));
        let mut rest = signal.to_vec();
        for (rest, row) in rest.iter_mut().zip(&self.basis) {
            for (share, level) in row.iter().zip(&levels).filter(|(share, _)| **share != 0.0) {
                rest[0] -= share * level[0];
                rest[1] -= share * level[1];
            }
        }
        cross(&rest, &rest)
    }
}

/// `L` of `L L' = N^-1`, scaled so that the inverse has a mean of 1 on its diagonal: signals
/// keep their size.
fn root(noise: &[[f64; 2]; 2]) -> Option<[[f64; 2]; 2]> {
    let [[a, b], [_, c]] = inverse(&ridged(*noise, EXACT))?;
    let scale = (a + c) / 2.0;
    let (a, b, c) = (a / scale, b / scale, c / scale);
    let first = a.sqrt();
    let below = b / first;
    let second = (c - below * below).sqrt();
    let root = [[first, 0.0], [below, second]];
    root.iter().flatten().all(|value| value.is_finite()).then_some(root)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn noise_is_even_after_turning() {
        let noise = [[4.0, 3.0], [3.0, 9.0]];
        let turn = root(&noise).unwrap();
        let across = [[turn[0][0], turn[1][0]], [turn[0][1], turn[1][1]]];
        let [[a, b], [c, d]] = product(&product(&across, &noise), &turn);
        assert!((a - d).abs() < 1e-9 && b.abs() < 1e-9 && c.abs() < 1e-9, "{a} {b} {c} {d}");
        assert!(root(&[[f64::NAN; 2]; 2]).is_none() && root(&[[0.0; 2]; 2]).is_some());
    }
}
