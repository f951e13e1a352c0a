//! The little linear algebra that the verifier needs: all systems are tiny.

use std::array::from_fn;

/// A slow drift is a polynomial of this degree in time.
const DEGREE: usize = 3;

/// Orthonormal polynomials over the times of a recording: what they can follow is
/// removed from every signal, be it drift of exposure, of white balance or a person
/// that comes nearer.
pub(crate) struct Drift {
    columns: Vec<[f64; DEGREE + 1]>,
}

impl Drift {
    pub(crate) const DEGREES: usize = DEGREE + 1;

    pub(crate) fn new(times: &[f64]) -> Self {
        let (first, last) = match times {
            [first, .., last] => (*first, *last),
            _ => (0.0, 1.0),
        };
        let half = ((last - first) / 2.0).max(f64::MIN_POSITIVE);
        let scaled = |time: &f64| (time - first) / half - 1.0;
        let mut columns: Vec<[f64; DEGREE + 1]> =
            times.iter().map(|t| from_fn(|power| scaled(t).powi(power as i32))).collect();
        // Modified Gram-Schmidt, twice for full precision.
        for at in 0..=DEGREE {
            for _ in 0..2 {
                for before in 0..at {
                    let dot: f64 = columns.iter().map(|row| row[at] * row[before]).sum();
                    columns.iter_mut().for_each(|row| row[at] -= dot * row[before]);
                }
            }
            let norm = columns.iter().map(|row| row[at] * row[at]).sum::<f64>().sqrt();
            columns.iter_mut().for_each(|row| row[at] /= norm.max(f64::MIN_POSITIVE));
        }
        Self { columns }
    }

    /// Takes the drift out of every column of a signal with a row for each time.
    pub(crate) fn remove<const K: usize>(&self, signal: &mut [[f64; K]]) {
        let mut along = [[0.0; K]; DEGREE + 1];
        for (row, basis) in signal.iter().zip(&self.columns) {
            for (along, basis) in along.iter_mut().zip(basis) {
                for (along, value) in along.iter_mut().zip(row) {
                    *along += basis * value;
                }
            }
        }
        for (row, basis) in signal.iter_mut().zip(&self.columns) {
            for (along, basis) in along.iter().zip(basis) {
                for (value, along) in row.iter_mut().zip(along) {
                    *value -= basis * along;
                }
            }
        }
    }
}

/// `A' B` of two signals with a row for each time.
pub(crate) fn cross<const K: usize, const L: usize>(
    a: &[[f64; K]],
    b: &[[f64; L]],
) -> [[f64; L]; K] {
    let mut out = [[0.0; L]; K];
    for (a, b) in a.iter().zip(b) {
        for (out, a) in out.iter_mut().zip(a) {
            for (out, b) in out.iter_mut().zip(b) {
                *out += a * b;
            }
        }
    }
    out
}

/// Sum of squares of a signal.
pub(crate) fn energy<const K: usize>(signal: &[[f64; K]]) -> f64 {
    signal.iter().flatten().map(|value| value * value).sum()
}

/// The inverse of a symmetric positive definite matrix; none if it is not.
pub(crate) fn inverse<const N: usize>(matrix: &[[f64; N]; N]) -> Option<[[f64; N]; N]> {
    // Cholesky: matrix = L L'.
    let mut lower = [[0.0; N]; N];
    for row in 0..N {
        for column in 0..=row {
            let known: f64 = (0..column).map(|k| lower[row][k] * lower[column][k]).sum();
            let rest = matrix[row][column] - known;
            lower[row][column] = if row == column {
                // A NaN is no positive number either.
                if rest.partial_cmp(&0.0) != Some(std::cmp::Ordering::Greater) {
                    return None;
                }
                rest.sqrt()
            } else {
                rest / lower[column][column]
            };
        }
    }
    // L y = e, L' x = y gives a column of the inverse, which is a row as well.
    let mut out = [[0.0; N]; N];
    for (unit, column) in out.iter_mut().enumerate() {
        let mut y = [0.0; N];
        for row in 0..N {
            let known: f64 = (0..row).map(|k| lower[row][k] * y[k]).sum();
            y[row] = (f64::from(u8::from(row == unit)) - known) / lower[row][row];
        }
        for row in (0..N).rev() {
            let known: f64 = (row + 1..N).map(|k| lower[k][row] * column[k]).sum();
            column[row] = (y[row] - known) / lower[row][row];
        }
    }
    Some(out)
}

/// Adds a small ridge to a diagonal.
pub(crate) fn ridged<const N: usize>(mut matrix: [[f64; N]; N], ridge: f64) -> [[f64; N]; N] {
    (0..N).for_each(|at| matrix[at][at] += ridge);
    matrix
}

/// `A B`.
pub(crate) fn product<const M: usize, const N: usize, const K: usize>(
    a: &[[f64; N]; M],
    b: &[[f64; K]; N],
) -> [[f64; K]; M] {
    from_fn(|row| from_fn(|column| (0..N).map(|k| a[row][k] * b[k][column]).sum()))
}

/// A weighted least-squares fit.
pub(crate) struct Fit<const N: usize> {
    pub(crate) coefficients: [f64; N],
    /// Weighted sum of squares that it leaves.
    pub(crate) rest: f64,
    /// Inverse of the weighted design's cross product.
    inverse: [[f64; N]; N],
    degrees: f64,
}

impl<const N: usize> Fit<N> {
    /// Fits `values` by rows of a design, each weighted by `weights` (applied to the
    /// residual, not to its square).
    pub(crate) fn of(design: &[[f64; N]], values: &[f64], weights: &[f64]) -> Option<Self> {
        let weighted = |row: &[f64; N], weight: &f64| row.map(|value| value * weight);
        let rows: Vec<[f64; N]> = design.iter().zip(weights).map(|(r, w)| weighted(r, w)).collect();
        let targets: Vec<[f64; 1]> = values.iter().zip(weights).map(|(v, w)| [v * w]).collect();
        let inverse = inverse(&cross(&rows, &rows))?;
        let coefficients = product(&inverse, &cross(&rows, &targets)).map(|[value]| value);
        let rest = rows
            .iter()
            .zip(&targets)
            .map(|(row, [target])| (target - dot(row, &coefficients)).powi(2))
            .sum();
        Some(Self { coefficients, rest, inverse, degrees: rows.len() as f64 - N as f64 })
    }

    /// A coefficient over its standard error.
    pub(crate) fn t(&self, at: usize) -> f64 {
        let variance = self.rest / self.degrees.max(1.0) * self.inverse[at][at];
        self.coefficients[at] / variance.sqrt().max(f64::MIN_POSITIVE)
    }
}

pub(crate) fn dot<const N: usize>(a: &[f64; N], b: &[f64; N]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// The middle value; NaN of nothing.
pub(crate) fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    match (sorted.get(sorted.len() / 2), sorted.get(sorted.len().wrapping_sub(1) / 2)) {
        (Some(high), Some(low)) => f64::midpoint(*low, *high),
        _ => f64::NAN,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cubic_is_drift_and_a_step_is_not() {
        let times: Vec<f64> = (0..90).map(|i| 0.3 + f64::from(i) * 0.05).collect();
        let drift = Drift::new(&times);
        let mut cubic: Vec<[f64; 1]> =
            times.iter().map(|t| [4.0 - t + 2.0 * t * t - 0.3 * t.powi(3)]).collect();
        drift.remove(&mut cubic);
        assert!(energy(&cubic) < 1e-18);
        let mut step: Vec<[f64; 1]> =
            times.iter().map(|t| [f64::from(u8::from(*t % 1.0 < 0.5))]).collect();
        let before = energy(&step);
        drift.remove(&mut step);
        assert!(energy(&step) > 0.2 * before);
    }

    #[test]
    fn an_inverse_undoes_and_a_singular_matrix_has_none() {
        let matrix = [[4.0, 1.0, 0.5], [1.0, 3.0, -0.2], [0.5, -0.2, 1.0]];
        let unit = product(&matrix, &inverse(&matrix).unwrap());
        for (row, line) in unit.iter().enumerate() {
            for (column, value) in line.iter().enumerate() {
                assert!((value - f64::from(u8::from(row == column))).abs() < 1e-12);
            }
        }
        assert!(inverse(&[[1.0, 1.0], [1.0, 1.0]]).is_none());
        assert!(inverse(&[[f64::NAN]]).is_none());
    }

    #[test]
    fn a_fit_finds_the_line_and_how_sure_it_is() {
        let design: Vec<[f64; 2]> = (0..50).map(|i| [1.0, f64::from(i)]).collect();
        let noise = |i: usize| if i.is_multiple_of(2) { 0.1 } else { -0.1 };
        let values: Vec<f64> =
            design.iter().enumerate().map(|(i, [_, x])| 2.0 - 0.5 * x + noise(i)).collect();
        let fit = Fit::of(&design, &values, &[1.0; 50]).unwrap();
        assert!((fit.coefficients[1] + 0.5).abs() < 1e-3 && fit.t(1) < -300.0);
    }

    #[test]
    fn the_middle_of_values() {
        assert_eq!(median(&[3.0, 1.0, 2.0]), 2.0);
        assert_eq!(median(&[4.0, 1.0]), 2.5);
        assert!(median(&[]).is_nan());
    }
}
