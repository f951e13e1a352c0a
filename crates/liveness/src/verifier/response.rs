//! How strongly each cell of the face answers the screen, relative to the whole face.

use super::linear::{Drift, cross, inverse, median, product, ridged};
use super::signal::{Sights, colours};
use super::temporal::RIDGE;
use crate::canonical::CELLS;
use crate::recording::Shown;

/// Relative responses of the cells.
pub(crate) struct Response {
    /// To the light of the whole screen; 1 is the mean of the face.
    pub(crate) whole: Vec<f64>,
    /// Variance of each.
    pub(crate) whole_variance: Vec<f64>,
    /// To the light of the top half minus that of the bottom half.
    pub(crate) split: Vec<f64>,
    /// Variance of each.
    pub(crate) split_variance: Vec<f64>,
    /// Response of the background.
    pub(crate) background: Option<f64>,
}

impl Response {
    /// Responses at a lag, by the response of the whole face.
    pub(crate) fn of(
        sights: &Sights<'_>,
        shown: &[Shown],
        lag: f64,
        drift: &Drift,
        face: &[[f64; 2]; 3],
    ) -> Option<Self> {
        let mut lit = colours(&sights.times, shown, lag);
        drift.remove(&mut lit);
        let inverse = inverse(&ridged(cross(&lit, &lit), RIDGE))?;
        let size: f64 = face.iter().flatten().map(|value| value * value).sum();
        let degrees = sights.times.len() as f64 - (Drift::DEGREES + lit.first()?.len()) as f64;
        if size <= 0.0 || degrees <= 0.0 {
            return None;
        }
        // Along the face's own response: its part in the whole and in the split columns.
        let certainty = |from: usize| {
            let mut sum = 0.0;
            for channel in 0..2 {
                for (row, a) in face.iter().enumerate() {
                    for (column, b) in face.iter().enumerate() {
                        sum += a[channel] * inverse[from + row][from + column] * b[channel];
                    }
                }
            }
            sum / (size * size)
        };
        let (whole_certainty, split_certainty) = (certainty(0), certainty(3));
        let along = |coefficients: &[[f64; 2]], face: &[[f64; 2]; 3]| {
            let pairs = coefficients.iter().flatten().zip(face.iter().flatten());
            pairs.map(|(a, b)| a * b).sum::<f64>() / size
        };
        let regress = |mut signal: Vec<[f64; 2]>| {
            drift.remove(&mut signal);
            let coefficients = product(&inverse, &cross(&lit, &signal));
            let mut rest = 0.0;
            for (row, values) in lit.iter().zip(&signal) {
                for (channel, value) in values.iter().enumerate() {
                    let fitted: f64 =
                        row.iter().zip(&coefficients).map(|(x, b)| x * b[channel]).sum();
                    rest += (value - fitted).powi(2);
                }
            }
            (coefficients, rest / degrees / 2.0)
        };
        let mut out = Self {
            whole: Vec::with_capacity(CELLS),
            whole_variance: Vec::with_capacity(CELLS),
            split: Vec::with_capacity(CELLS),
            split_variance: Vec::with_capacity(CELLS),
            background: sights.background().map(|signal| along(&regress(signal).0[..3], face)),
        };
        for cell in 0..CELLS {
            let (coefficients, variance) = regress(sights.cell(cell));
            out.whole.push(along(&coefficients[..3], face));
            out.whole_variance.push(variance * whole_certainty);
            out.split.push(along(&coefficients[3..], face));
            out.split_variance.push(variance * split_certainty);
        }
        Some(out)
    }

    /// Responses of the light itself, with their variances: what was measured is
    /// `ln(1 + rho)`, and it is rho that follows the surface. `mean` is that logarithm for
    /// the whole face.
    pub(crate) fn unbent(&self, mean: f64) -> (Vec<f64>, Vec<f64>) {
        // A cell cannot answer so much more than the face; noise can say so.
        const MOST: f64 = 4.0;
        // No head is the canonical one: this much is the model's own error.
        const MODEL: f64 = 0.05;
        let mean = mean.clamp(0.01, 4.0);
        let whole = mean.exp_m1();
        let bounded = |response: &f64| mean * response.clamp(-1.0, MOST);
        let light = |response: &f64| bounded(response).exp_m1() / whole;
        let slope = |response: &f64| mean * bounded(response).exp() / whole;
        let spread = self.whole.iter().zip(&self.whole_variance);
        let spread = spread.map(|(r, v)| v * slope(r).powi(2) + MODEL * MODEL);
        (self.whole.iter().map(light).collect(), spread.collect())
    }

    /// Standard error of one cell's response.
    pub(crate) fn noise(&self) -> f64 {
        median(&self.whole_variance).sqrt()
    }
}

/// Weights for a fit over cells: the surer, the heavier, but none above all others.
pub(crate) fn weights(variances: &[f64]) -> Vec<f64> {
    let floor = (0.3 * median(variances)).max(f64::MIN_POSITIVE);
    variances.iter().map(|variance| 1.0 / (variance + floor).sqrt()).collect()
}
