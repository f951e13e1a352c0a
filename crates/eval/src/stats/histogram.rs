//! Scores counted into bins of equal width, for plots.

/// Counts of scores between two ends.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Histogram {
    /// Lower end of the first bin.
    pub low: f32,
    /// Upper end of the last bin.
    pub high: f32,
    /// Scores in each bin. Scores outside count into the bin at that end.
    pub bins: Vec<u64>,
}

impl Histogram {
    /// Counts scores; what is not a finite number (a failed attempt) is left out.
    pub fn of(scores: &[f32], low: f32, high: f32, bins: usize) -> Self {
        let mut counts = vec![0; bins.max(1)];
        let last = counts.len() - 1;
        let per_unit = counts.len() as f32 / (high - low).max(f32::MIN_POSITIVE);
        for score in scores.iter().filter(|s| s.is_finite()) {
            // The cast cuts negative numbers to zero.
            let bin = ((score - low) * per_unit) as usize;
            if let Some(count) = counts.get_mut(bin.min(last)) {
                *count += 1;
            }
        }
        Self { low, high, bins: counts }
    }

    /// Each bin's share of all scores counted; all zero if there are none.
    pub fn shares(&self) -> Vec<f64> {
        let all = self.bins.iter().sum::<u64>().max(1) as f64;
        self.bins.iter().map(|count| *count as f64 / all).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scores_fall_into_bins_and_the_ends_take_the_rest() {
        let h = Histogram::of(&[-9.0, 0.0, 0.49, 0.5, 1.0, 7.0, f32::NAN], 0.0, 1.0, 2);
        assert_eq!(h.bins, [3, 3]);
        assert_eq!(h.shares(), [0.5, 0.5]);
        assert_eq!(Histogram::of(&[], 0.0, 0.0, 0).shares(), [0.0]);
    }
}
