//! How far a threshold would move with other people.
//!
//! Pairs that share a person are not independent, so an interval from counts
//! of pairs is too narrow. Here each of ten groups of people is left out in
//! turn, with every pair it takes part in, and the spread of the ten thresholds
//! gives the interval (delete-a-group jackknife).

use crate::stats::Scores;
use crate::{EvalError, Progress, Workers};

const GROUPS: usize = 10;
/// Two-sided 95 % point of Student's t with nine degrees of freedom.
const STUDENT: f64 = 2.262;
/// The tail that is looked at: thresholds for up to half this false match rate.
const TAIL_RATE: f64 = 2e-3;

/// The highest impostor scores with the groups of their two people.
pub(super) struct Tail {
    /// Highest first.
    scores: Vec<(f32, usize, usize)>,
    /// Impostor pairs that are left without each group.
    left: Vec<usize>,
}

impl Tail {
    /// Goes through all pairs once more: most scores need not be remembered
    /// with their people.
    pub(super) fn collect(
        people: &[usize],
        all: &Scores,
        workers: Workers,
        progress: &mut dyn FnMut(Progress),
        similarity: &(impl Fn(usize, usize) -> Option<f32> + Sync),
    ) -> Result<Self, EvalError> {
        let lowest = all.at_fmr(TAIL_RATE).map_or(f32::INFINITY, |point| point.threshold);
        let rows = workers.map(people.len(), "intervals", progress, |a| {
            let mut row = Vec::new();
            for b in a + 1..people.len() {
                if let (Some(p), Some(q)) = (people.get(a), people.get(b))
                    && p != q
                    && let Some(score) = similarity(a, b).filter(|s| *s >= lowest)
                {
                    row.push((score, p % GROUPS, q % GROUPS));
                }
            }
            row
        })?;
        let mut scores: Vec<_> = rows.into_iter().flatten().collect();
        scores.sort_unstable_by(|a, b| b.0.total_cmp(&a.0));
        Ok(Self {
            scores,
            left: (0..GROUPS).map(|group| impostors_without(people, group)).collect(),
        })
    }

    /// The 95 % interval of the threshold for a false match rate; `None` if the
    /// rate leaves no impostor pair over, or the tail is too short for it.
    pub(super) fn threshold_interval(&self, rate: f64, threshold: f32) -> Option<[f32; 2]> {
        let mut thresholds = Vec::with_capacity(GROUPS);
        for (group, left) in self.left.iter().enumerate() {
            let allowed = (rate * *left as f64 + 1e-9).floor() as usize;
            if allowed == 0 {
                return None;
            }
            let kept = self.scores.iter().filter(|(_, p, q)| *p != group && *q != group);
            thresholds.push(f64::from(kept.map(|(score, ..)| *score).nth(allowed)?));
        }
        let mean = thresholds.iter().sum::<f64>() / GROUPS as f64;
        let squares: f64 = thresholds.iter().map(|t| (t - mean).powi(2)).sum();
        let error = ((GROUPS - 1) as f64 / GROUPS as f64 * squares).sqrt();
        let half = (STUDENT * error) as f32;
        Some([threshold - half, threshold + half])
    }
}

/// Impostor pairs among the pictures of the people outside a group.
fn impostors_without(people: &[usize], group: usize) -> usize {
    let mut pictures = vec![0_usize; people.iter().max().map_or(0, |highest| highest + 1)];
    for person in people.iter().filter(|person| **person % GROUPS != group) {
        if let Some(count) = pictures.get_mut(*person) {
            *count += 1;
        }
    }
    let pairs = |n: usize| n * n.saturating_sub(1) / 2;
    pairs(pictures.iter().sum()) - pictures.iter().map(|n| pairs(*n)).sum::<usize>()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn impostor_pairs_without_a_group() {
        // People 0 and 10 share group 0. Without it: two pictures of person 1
        // and one of person 2, so two impostor pairs.
        assert_eq!(impostors_without(&[0, 10, 1, 1, 2], 0), 2);
        // Without group 1: 0, 10 and 2 once each.
        assert_eq!(impostors_without(&[0, 10, 1, 1, 2], 1), 3);
    }

    #[test]
    fn the_interval_is_as_wide_as_the_groups_differ() {
        let interval = |scores: Vec<(f32, usize, usize)>| {
            Tail { scores, left: vec![1; GROUPS] }.threshold_interval(1.0, 0.5)
        };
        // Every group's removal leaves 0.5 as the second highest: no spread.
        let even = interval(vec![(0.5, 0, 1), (0.5, 2, 3), (0.5, 4, 5), (0.5, 6, 7)]).unwrap();
        assert_eq!(even, [0.5, 0.5]);
        // Without any of the groups 0 to 3 one of the two highest goes, and the
        // second highest is 0.3 instead of 0.5.
        let uneven = interval(vec![(0.6, 2, 3), (0.5, 0, 1), (0.3, 4, 5), (0.3, 6, 7)]).unwrap();
        let mean: f64 = (4.0 * 0.3 + 6.0 * 0.5) / 10.0;
        let squares = 4.0 * (0.3 - mean).powi(2) + 6.0 * (0.5 - mean).powi(2);
        let half = STUDENT * (0.9 * squares).sqrt();
        assert!((f64::from(uneven[1]) - 0.5 - half).abs() < 1e-6, "{uneven:?}");
        // No impostor pair may match: nothing to say.
        let none = Tail { scores: Vec::new(), left: vec![1; GROUPS] };
        assert_eq!(none.threshold_interval(0.5, 0.5), None);
    }
}
