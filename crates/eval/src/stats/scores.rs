//! Genuine and impostor scores and their error rates (ISO/IEC 19795-1).
//!
//! **The threshold rule.** Two samples match when their score is at or above
//! the threshold. The false match rate at a threshold is the share of impostor
//! scores at or above it. The threshold for a target rate is the smallest one
//! whose false match rate does not exceed the target: with m impostor scores
//! and k = ⌊target · m⌋ it lies just above the (k+1)-th highest of them (the
//! next number of the type `f32`). Scores tied with that one are all rejected,
//! never split, so the rate reached may be below the target, never above.
//!
//! **Failures.** A sample without a score (no face, unreadable) never matches:
//! among the genuine it is a false non-match, among the impostors a correct
//! one. So the rates here are those of whole attempts, what 19795-1 calls the
//! generalised (false reject) rates, not the rates of the samples that worked.

use serde::Serialize;

use super::Proportion;

/// The scores of genuine and impostor attempts, ready for questions.
#[derive(Clone, Debug, Default)]
pub struct Scores {
    genuine: Vec<f32>,
    impostor: Vec<f32>,
}

/// A threshold and the errors at it.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct OperatingPoint {
    /// Score at or above which two samples match.
    pub threshold: f32,
    /// Impostor attempts that match.
    pub fmr: Proportion,
    /// Genuine attempts that do not.
    pub fnmr: Proportion,
}

/// A threshold for telling genuine from impostor in a list of labelled pairs.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct BestAccuracy {
    /// Score at or above which a pair is called genuine.
    pub threshold: f32,
    /// Pairs told right.
    pub right: Proportion,
}

impl Scores {
    /// From scores in any order; `None` or NaN is an attempt that failed.
    pub fn new(
        genuine: impl IntoIterator<Item = Option<f32>>,
        impostor: impl IntoIterator<Item = Option<f32>>,
    ) -> Self {
        Self::from_raw(
            genuine.into_iter().map(|s| s.unwrap_or(FAILED)).collect(),
            impostor.into_iter().map(|s| s.unwrap_or(FAILED)).collect(),
        )
    }

    /// From scores in any order, without a copy: all pairs of some thousand
    /// samples are millions of scores. NaN and -∞ are attempts that failed.
    pub fn from_raw(mut genuine: Vec<f32>, mut impostor: Vec<f32>) -> Self {
        for scores in [&mut genuine, &mut impostor] {
            scores.iter_mut().filter(|s| s.is_nan()).for_each(|s| *s = FAILED);
            scores.sort_unstable_by(f32::total_cmp);
        }
        Self { genuine, impostor }
    }

    /// Genuine scores, lowest first; failures are -∞.
    pub fn genuine(&self) -> &[f32] {
        &self.genuine
    }

    /// Impostor scores, lowest first; failures are -∞.
    pub fn impostor(&self) -> &[f32] {
        &self.impostor
    }

    /// The errors at a threshold.
    pub fn at(&self, threshold: f32) -> OperatingPoint {
        let below = |scores: &[f32]| scores.partition_point(|s| *s < threshold) as u64;
        let (genuine, impostor) = (self.genuine.len() as u64, self.impostor.len() as u64);
        OperatingPoint {
            threshold,
            fmr: Proportion::new(impostor - below(&self.impostor), impostor),
            fnmr: Proportion::new(below(&self.genuine), genuine),
        }
    }

    /// The errors at the threshold for a target false match rate (see the top
    /// of this module). `None` without genuine or without impostor attempts.
    pub fn at_fmr(&self, target: f64) -> Option<OperatingPoint> {
        if self.genuine.is_empty() || self.impostor.is_empty() {
            return None;
        }
        // 0.01 · 1200 may fall a hair short of 12 in binary.
        let allowed = (target * self.impostor.len() as f64 + 1e-9).floor() as usize;
        let threshold = match self.impostor.iter().rev().nth(allowed) {
            Some(first_rejected) => just_above(*first_rejected),
            // Every impostor may match: then so may all that has a score.
            None => f32::MIN,
        };
        Some(self.at(threshold))
    }

    /// The equal error rate: the mean of FMR and FNMR where they are closest.
    pub fn equal_error_rate(&self) -> Option<OperatingPoint> {
        if self.genuine.is_empty() || self.impostor.is_empty() {
            return None;
        }
        // FNMR - FMR rises with the threshold, and changes only just above a
        // genuine or an impostor score: find the crossing by bisection in each.
        let difference = |point: &OperatingPoint| {
            point.fnmr.share().unwrap_or(0.0) - point.fmr.share().unwrap_or(0.0)
        };
        let crossing = |scores: &[f32]| {
            let i = scores.partition_point(|s| difference(&self.at(just_above(*s))) < 0.0);
            let before = i.checked_sub(1).and_then(|i| scores.get(i));
            [before.copied(), scores.get(i).copied()]
        };
        [crossing(&self.genuine), crossing(&self.impostor)]
            .into_iter()
            .flatten()
            .flatten()
            .map(|score| self.at(just_above(score)))
            .min_by(|a, b| difference(a).abs().total_cmp(&difference(b).abs()))
    }

    /// The threshold at which most pairs are told right; of several such the
    /// highest, since a false match costs more than a false non-match. It lies
    /// in the middle of its gap between scores. A failed attempt is told wrong,
    /// whichever kind it is. `None` if no attempt has a score.
    pub fn best_accuracy(&self) -> Option<BestAccuracy> {
        let all = (self.genuine.len() + self.impostor.len()) as u64;
        let scored = |scores: &[f32]| -> Vec<f32> {
            scores.iter().rev().copied().take_while(|s| *s > FAILED).collect()
        };
        let (genuine, impostor) = (scored(&self.genuine), scored(&self.impostor));
        // Walk down: above everything, no genuine pair is right yet and every
        // impostor pair that has a score is.
        let (mut g, mut i) = (0, 0);
        let mut best = (impostor.len(), None);
        let highest =
            genuine.first().into_iter().chain(impostor.first()).copied().reduce(f32::max)?;
        loop {
            let next = match (genuine.get(g), impostor.get(i)) {
                (Some(a), Some(b)) => a.max(*b),
                (Some(a), None) => *a,
                (None, Some(b)) => *b,
                (None, None) => break,
            };
            g += genuine.iter().skip(g).take_while(|s| **s >= next).count();
            i += impostor.iter().skip(i).take_while(|s| **s >= next).count();
            let right = g + impostor.len() - i;
            if right > best.0 {
                best = (right, Some(next));
            }
        }
        let threshold = match best.1 {
            None => just_above(highest),
            Some(lowest_match) => {
                let below = [&genuine, &impostor]
                    .into_iter()
                    .filter_map(|scores| scores.get(scores.partition_point(|s| *s >= lowest_match)))
                    .copied()
                    .reduce(f32::max);
                below.map_or(lowest_match, |b| between(b, lowest_match))
            }
        };
        Some(BestAccuracy { threshold, right: Proportion::new(best.0 as u64, all) })
    }

    /// Points of the detection error trade-off curve, the strictest first: at
    /// most `steps` thresholds, evenly spread over the normal deviates of the
    /// false match rate from one false match to 99 %.
    pub fn det_curve(&self, steps: usize) -> Vec<OperatingPoint> {
        let lowest = 1.0 / self.impostor.len().max(2) as f64;
        let (from, to) = (normal_deviate(lowest), normal_deviate(0.99));
        let target = |step: usize| {
            let part = step as f64 / steps.saturating_sub(1).max(1) as f64;
            normal_share(from + part * (to - from))
        };
        let mut points: Vec<OperatingPoint> =
            (0..steps).filter_map(|step| self.at_fmr(target(step))).collect();
        points.dedup_by_key(|p| (p.fmr, p.fnmr));
        points
    }
}

/// The score of an attempt that failed: below every threshold.
const FAILED: f32 = f32::NEG_INFINITY;

/// The smallest threshold that rejects `score`. A failed attempt is rejected
/// by any finite threshold, so there it is the smallest finite one.
fn just_above(score: f32) -> f32 {
    score.next_up().max(f32::MIN)
}

/// A threshold in the middle of a gap that accepts `accepted` and rejects
/// `rejected`, also when no number lies between the two.
fn between(rejected: f32, accepted: f32) -> f32 {
    let middle = f32::midpoint(rejected, accepted);
    if middle > rejected { middle } else { accepted }
}

/// The point a standard normal variable lies below with probability `p`: the
/// axes of a DET plot. `p` is kept within 1e-9 of 0 and 1.
///
/// By bisection on `normal_share`, which is accurate in both tails.
pub fn normal_deviate(p: f64) -> f64 {
    let p = p.clamp(1e-9, 1.0 - 1e-9);
    let (mut low, mut high) = (-7.0, 7.0);
    for _ in 0..60 {
        let middle = f64::midpoint(low, high);
        if normal_share(middle) < p {
            low = middle;
        } else {
            high = middle;
        }
    }
    f64::midpoint(low, high)
}

/// The share of a standard normal variable below `z` (Marsaglia's series near
/// the middle, the continued fraction of Laplace in the tails).
fn normal_share(z: f64) -> f64 {
    let density = (-0.5 * z * z).exp() / std::f64::consts::TAU.sqrt();
    if z.abs() < 3.0 {
        let (mut term, mut sum) = (z, z);
        for k in 1..100 {
            term *= z * z / f64::from(2 * k + 1);
            sum += term;
        }
        return 0.5 + sum * density;
    }
    let fraction = (1..=60).rev().fold(0.0, |tail, k| f64::from(k) / (z.abs() + tail));
    let beyond = density / (z.abs() + fraction);
    if z < 0.0 { beyond } else { 1.0 - beyond }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn scores(genuine: &[f32], impostor: &[f32]) -> Scores {
        Scores::from_raw(genuine.to_vec(), impostor.to_vec())
    }

    fn shares(point: OperatingPoint) -> (f64, f64) {
        (point.fmr.share().unwrap(), point.fnmr.share().unwrap())
    }

    #[test]
    fn the_threshold_lies_just_above_the_first_rejected_impostor() {
        // Ten impostors 0.0, 0.1 … 0.9; a rate of 0.2 allows two: 0.9 and 0.8.
        let impostor: Vec<f32> = (0..10).map(|i| i as f32 / 10.0).collect();
        let s = scores(&[0.65, 0.7, 0.75, 0.95], &impostor);
        let point = s.at_fmr(0.2).unwrap();
        assert_eq!(point.threshold, 0.7_f32.next_up());
        // 0.65 and, being at the rejected score itself, 0.7 do not match.
        assert_eq!(shares(point), (0.2, 0.5));
    }

    #[test]
    fn ties_are_never_split() {
        let s = scores(&[0.5, 0.9], &[0.1, 0.5, 0.5, 0.5]);
        // One false match of four is allowed, but three share the top score.
        assert_eq!(shares(s.at_fmr(0.25).unwrap()), (0.0, 0.5));
        assert_eq!(shares(s.at_fmr(0.75).unwrap()), (0.75, 0.0));
    }

    #[test]
    fn a_target_that_is_whole_in_decimals_is_not_lost_in_binary() {
        let impostor: Vec<f32> = (0..1_200).map(|i| i as f32).collect();
        let point = scores(&[0.0], &impostor).at_fmr(0.01).unwrap();
        assert_eq!(point.fmr, Proportion::new(12, 1_200));
    }

    #[test]
    fn a_failure_is_a_non_match_of_either_kind() {
        let s = Scores::new([Some(0.9), None, Some(f32::NAN)], [Some(0.1), None]);
        let point = s.at_fmr(0.0).unwrap();
        assert_eq!(point.fmr, Proportion::new(0, 2));
        assert_eq!(point.fnmr, Proportion::new(2, 3));
        // Even where every impostor may match, a failure does not.
        assert_eq!(s.at_fmr(1.0).unwrap().fnmr, Proportion::new(2, 3));
        assert_eq!(s.at_fmr(0.5).unwrap().fmr, Proportion::new(1, 2));
    }

    #[test]
    fn best_accuracy_counts_failures_as_wrong() {
        let s = Scores::new([Some(0.8), Some(0.6), None], [Some(0.2), Some(0.7), None]);
        // At 0.75: 0.8, 0.2 and 0.7 are right of six, and the failures wrong.
        let best = s.best_accuracy().unwrap();
        assert_eq!(best.right, Proportion::new(3, 6));
        assert_eq!(best.threshold, 0.75);
        assert_eq!(Scores::new([None], [None]).best_accuracy(), None);
    }

    #[test]
    fn of_equal_accuracies_the_highest_threshold() {
        // 0.75 and 0.45 are both right on three of four.
        let best = scores(&[0.8, 0.5], &[0.7, 0.4]).best_accuracy().unwrap();
        assert_eq!(best.threshold, 0.75);
        assert_eq!(best.right, Proportion::new(3, 4));
        // Hopeless scores: better to call all of them impostors.
        let best = scores(&[0.1], &[0.7, 0.8]).best_accuracy().unwrap();
        assert_eq!(best.right, Proportion::new(2, 3));
        assert!(best.threshold > 0.8);
    }

    #[test]
    fn equal_error_rate_of_a_symmetric_case() {
        let s = scores(&[0.4, 0.6, 0.7, 0.8], &[0.1, 0.2, 0.3, 0.5]);
        assert_eq!(shares(s.equal_error_rate().unwrap()), (0.25, 0.25));
        let apart = scores(&[0.8, 0.9], &[0.1, 0.2]).equal_error_rate().unwrap();
        assert_eq!(shares(apart), (0.0, 0.0));
    }

    #[test]
    fn normal_deviates_as_in_tables() {
        for (p, z) in [(0.5, 0.0), (0.975, 1.959_964), (0.001, -3.090_232), (1e-5, -4.264_891)] {
            assert!((normal_deviate(p) - z).abs() < 1e-5, "{p}: {}", normal_deviate(p));
        }
    }

    fn some_scores() -> impl Strategy<Value = Vec<f32>> {
        // Few distinct values, so that ties are common; some failures.
        let score =
            prop_oneof![8 => (0..20u8).prop_map(|v| f32::from(v) / 20.0), 1 => Just(FAILED)];
        prop::collection::vec(score, 1..60)
    }

    proptest! {
        #[test]
        fn the_rate_reached_keeps_the_target(
            g in some_scores(), i in some_scores(), target in 0.0..1.0f64,
        ) {
            let s = scores(&g, &i);
            let point = s.at_fmr(target).unwrap();
            prop_assert!(point.fmr.share().unwrap() <= target + 1e-9);
            // And no lower threshold does: one step down breaks it, or gains nothing.
            let lower = s.at(point.threshold.next_down());
            prop_assert!(lower.fmr.share().unwrap() > target || lower.fmr == point.fmr);
        }

        #[test]
        fn fnmr_falls_as_fmr_may_rise(g in some_scores(), i in some_scores()) {
            let curve = scores(&g, &i).det_curve(50);
            for pair in curve.windows(2) {
                prop_assert!(pair[0].fmr.count() <= pair[1].fmr.count());
                prop_assert!(pair[0].fnmr.count() >= pair[1].fnmr.count());
            }
        }

        #[test]
        fn best_accuracy_is_the_best_and_is_reached(g in some_scores(), i in some_scores()) {
            let s = scores(&g, &i);
            let scored = s.impostor().iter().filter(|v| **v > FAILED).count() as u64;
            let failed_impostors = s.impostor().len() as u64 - scored;
            let right_at = |t: f32| {
                let p = s.at(t);
                p.fnmr.of() - p.fnmr.count() + p.fmr.of() - p.fmr.count() - failed_impostors
            };
            if let Some(best) = s.best_accuracy() {
                prop_assert_eq!(right_at(best.threshold), best.right.count());
                for t in 0..=21u8 {
                    prop_assert!(right_at(f32::from(t) / 20.0) <= best.right.count());
                }
            }
        }

        #[test]
        fn the_equal_error_rate_is_the_closest_point(g in some_scores(), i in some_scores()) {
            let s = scores(&g, &i);
            let gap = |p: OperatingPoint| { let (a, b) = shares(p); (a - b).abs() };
            let found = gap(s.equal_error_rate().unwrap());
            for t in 0..=20u8 {
                prop_assert!(found <= gap(s.at((f32::from(t) / 20.0).next_up())) + 1e-12);
            }
        }
    }
}
