//! Does the response over the face follow the surface of a face.
//!
//! Paper, a screen and a bent mask answer evenly or as a smooth quadratic; on a face the
//! answer follows the normals of nose, eye sockets, cheeks and chin.

use super::linear::{Fit, dot};
use super::nose;
use super::response::{Response, weights};
use crate::canonical::cells;

/// The fit of a response to the normals.
pub(crate) struct Shape {
    /// Slope on the upward part of the normals.
    pub(crate) b_y: f64,
    /// The same over its standard error.
    pub(crate) t_y: f64,
    /// Slope on the part towards the camera.
    pub(crate) b_z: f64,
    /// The same over its standard error.
    pub(crate) t_z: f64,
}

impl Shape {
    /// Of responses, one a cell, with their weights.
    pub(crate) fn of(responses: &[f64], weights: &[f64]) -> Option<Self> {
        let with_normals: Vec<[f64; 8]> = cells()
            .iter()
            .map(|cell| {
                let [a, b, c, d, e, f] = smooth(cell.x, cell.y);
                [a, b, c, d, e, f, cell.upward, cell.towards]
            })
            .collect();
        let fit = Fit::of(&with_normals, responses, weights)?;
        Some(Self {
            b_y: fit.coefficients[6],
            t_y: fit.t(6),
            b_z: fit.coefficients[7],
            t_z: fit.t(7),
        })
    }

    /// A face answers more where it faces the camera and less where it faces the light
    /// above.
    pub(crate) fn slope(&self) -> f64 {
        self.b_z - self.b_y
    }

    /// The same, with the part that points up counted twice: a sheet that is worn round a
    /// head turns away to the sides as a face does, but hardly up and down.
    pub(crate) fn upright_slope(&self) -> f64 {
        self.b_z - 2.0 * self.b_y
    }

    /// How sure it is.
    pub(crate) fn certainty(&self) -> f64 {
        self.t_z - self.t_y
    }
}

/// How much of the answer of a face there is in a response: 1 for the canonical face, 0 for
/// paper.
pub(crate) struct Answer {
    /// Beside what planes and bends make.
    pub(crate) whole: f64,
    /// Beside what a nose folded out of paper makes as well: what eye sockets, brows, lips,
    /// cheeks and chin answer, and the shape of the nose itself.
    pub(crate) beside_nose: f64,
}

impl Answer {
    /// In responses of the light, one a cell, with their weights.
    pub(crate) fn of(responses: &[f64], weights: &[f64]) -> Option<Self> {
        let smooth = cells().iter().map(|cell| (smooth(cell.x, cell.y), cell.answer));
        let bent: Vec<[f64; 7]> =
            smooth.clone().map(|([a, b, c, d, e, f], answer)| [a, b, c, d, e, f, answer]).collect();
        let nosed: Vec<[f64; 9]> = smooth
            .zip(nose::normals())
            .map(|(([a, b, c, d, e, f], answer), [up, to])| [a, b, c, d, e, f, *up, *to, answer])
            .collect();
        Some(Self {
            whole: Fit::of(&bent, responses, weights)?.coefficients[6],
            beside_nose: Fit::of(&nosed, responses, weights)?.coefficients[8],
        })
    }
}

/// What planes, tilts, bends and vignetting make: a quadratic over the face.
fn smooth(x: f64, y: f64) -> [f64; 6] {
    let (x, y) = (x / 7.0, y / 8.0);
    [1.0, x, y, x * x, y * y, x * y]
}

/// How what top light does more than bottom light follows the upward normals: a partial
/// correlation.
pub(crate) fn split(response: &Response) -> Option<f64> {
    let squares: f64 = response.whole.iter().map(|whole| whole * whole).sum();
    let pairs = response.split.iter().zip(&response.whole);
    let share = pairs.clone().map(|(split, whole)| split * whole).sum::<f64>() / squares;
    let rest: Vec<f64> = pairs.map(|(split, whole)| split - share * whole).collect();
    let weights = weights(&response.split_variance);
    let design: Vec<[f64; 6]> = cells().iter().map(|cell| smooth(cell.x, cell.y)).collect();
    let upward: Vec<f64> = cells().iter().map(|cell| cell.upward).collect();
    let left_over = |values: &[f64]| -> Option<Vec<f64>> {
        let fit = Fit::of(&design, values, &weights)?;
        let rows = design.iter().zip(values).zip(&weights);
        Some(rows.map(|((row, v), weight)| weight * (v - dot(row, &fit.coefficients))).collect())
    };
    let (a, b) = (left_over(&rest)?, left_over(&upward)?);
    let product = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
    let correlation = product(&a, &b) / (product(&a, &a) * product(&b, &b)).sqrt();
    correlation.is_finite().then_some(correlation)
}
