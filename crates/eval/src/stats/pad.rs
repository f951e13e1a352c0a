//! Errors of presentation-attack detection (ISO/IEC 30107-3).
//!
//! A presentation is classified as bona fide when its score is at or above the
//! threshold. **BPCER** is the share of bona fide presentations that are not
//! classified as such; **APCER** is, for each attack species by itself, the
//! share of attacks that are. A presentation without a score (non-response) is
//! never classified as bona fide: it counts into the BPCER, and is no error of
//! an attack; it is also reported apart.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::Proportion;

/// One presentation and what the detector made of it.
#[derive(Clone, Debug, PartialEq)]
pub struct PadTrial {
    /// The attack species, or `None` if bona fide.
    pub species: Option<String>,
    /// How bona fide it looks, high is live; `None` for a non-response.
    pub score: Option<f32>,
    /// Who it is, for counting people.
    pub person: String,
}

/// Presentations by species.
#[derive(Clone, Debug, Default)]
pub struct PadScores {
    bona_fide: Group,
    attacks: BTreeMap<String, Group>,
}

/// The errors among one kind of presentations.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct PadErrors {
    /// Wrongly classified, among all of this kind.
    #[serde(flatten)]
    pub errors: Proportion,
    /// How many of them got no answer.
    pub nonresponse: u64,
    /// How many people they come from.
    pub people: u64,
}

/// A threshold and the errors at it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PadPoint {
    /// Score at or above which a presentation is bona fide.
    pub threshold: f32,
    /// Bona fide presentations classified as attacks.
    pub bpcer: Option<f64>,
    /// Attacks classified as bona fide, by species.
    pub apcer: BTreeMap<String, f64>,
}

#[derive(Clone, Debug, Default)]
struct Group {
    /// Lowest first; -∞ for a non-response.
    scores: Vec<f32>,
    people: BTreeSet<String>,
}

impl PadScores {
    /// Sorts presentations into groups.
    pub fn new(trials: impl IntoIterator<Item = PadTrial>) -> Self {
        let mut all = Self::default();
        for trial in trials {
            let group = match trial.species {
                None => &mut all.bona_fide,
                Some(species) => all.attacks.entry(species).or_default(),
            };
            group.scores.push(trial.score.filter(|s| !s.is_nan()).unwrap_or(f32::NEG_INFINITY));
            group.people.insert(trial.person);
        }
        for group in all.attacks.values_mut().chain([&mut all.bona_fide]) {
            group.scores.sort_unstable_by(f32::total_cmp);
        }
        all
    }

    /// Bona fide presentations classified as attacks at a threshold.
    pub fn bpcer(&self, threshold: f32) -> PadErrors {
        self.bona_fide.errors(self.bona_fide.below(threshold))
    }

    /// Attacks classified as bona fide at a threshold, by species.
    pub fn apcer(&self, threshold: f32) -> BTreeMap<String, PadErrors> {
        let accepted = |group: &Group| group.scores.len() - group.below(threshold);
        self.attacks.iter().map(|(name, g)| (name.clone(), g.errors(accepted(g)))).collect()
    }

    /// All errors at a threshold, in short.
    pub fn at(&self, threshold: f32) -> PadPoint {
        let apcer = self.apcer(threshold);
        PadPoint {
            threshold,
            bpcer: self.bpcer(threshold).errors.share(),
            apcer: apcer.into_iter().filter_map(|(n, e)| Some((n, e.errors.share()?))).collect(),
        }
    }

    /// The highest threshold whose BPCER does not exceed `target`: it lies at a
    /// bona fide score, which is accepted. `None` without bona fide
    /// presentations, or if non-responses alone exceed the target.
    pub fn at_bpcer(&self, target: f64) -> Option<PadPoint> {
        let scores = &self.bona_fide.scores;
        let allowed = (target * scores.len() as f64 + 1e-9).floor() as usize;
        let accepted = scores.get(allowed).or(scores.last()).copied()?;
        (accepted > f32::NEG_INFINITY).then(|| self.at(accepted))
    }

    /// The lowest threshold at which no species' APCER exceeds `target`.
    /// `None` without attacks.
    pub fn at_apcer(&self, target: f64) -> Option<PadPoint> {
        let needed = |group: &Group| {
            let allowed = (target * group.scores.len() as f64 + 1e-9).floor() as usize;
            group.scores.iter().rev().nth(allowed).map_or(f32::MIN, |s| s.next_up().max(f32::MIN))
        };
        let threshold = self.attacks.values().map(needed).reduce(f32::max)?;
        Some(self.at(threshold))
    }

    /// Scores of the bona fide presentations that got one, lowest first.
    pub fn bona_fide_scores(&self) -> &[f32] {
        self.bona_fide.answered()
    }

    /// Scores of the attacks that got one, by species, lowest first.
    pub fn attack_scores(&self) -> impl Iterator<Item = (&str, &[f32])> {
        self.attacks.iter().map(|(name, group)| (name.as_str(), group.answered()))
    }
}

impl Group {
    fn below(&self, threshold: f32) -> usize {
        self.scores.partition_point(|s| *s < threshold)
    }

    fn answered(&self) -> &[f32] {
        let nonresponses = self.scores.partition_point(|s| *s == f32::NEG_INFINITY);
        self.scores.get(nonresponses..).unwrap_or_default()
    }

    fn errors(&self, wrong: usize) -> PadErrors {
        let nonresponse = self.scores.len() - self.answered().len();
        PadErrors {
            errors: Proportion::new(wrong as u64, self.scores.len() as u64),
            nonresponse: nonresponse as u64,
            people: self.people.len() as u64,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn trial(species: Option<&str>, score: Option<f32>, person: &str) -> PadTrial {
        PadTrial { species: species.map(str::to_owned), score, person: person.to_owned() }
    }

    fn sample() -> PadScores {
        PadScores::new([
            trial(None, Some(0.9), "a"),
            trial(None, Some(0.8), "a"),
            trial(None, Some(0.3), "b"),
            trial(None, None, "c"),
            trial(Some("print"), Some(0.1), "a"),
            trial(Some("print"), Some(0.5), "b"),
            trial(Some("replay"), None, "a"),
            trial(Some("replay"), Some(0.7), "b"),
        ])
    }

    #[test]
    fn nonresponses_reject_the_bona_fide_and_stop_attacks() {
        let s = sample();
        let bpcer = s.bpcer(0.5);
        assert_eq!(bpcer.errors, Proportion::new(2, 4));
        assert_eq!((bpcer.nonresponse, bpcer.people), (1, 3));
        let apcer = s.apcer(0.5);
        assert_eq!(apcer["print"].errors, Proportion::new(1, 2));
        assert_eq!(apcer["replay"].errors, Proportion::new(1, 2));
        assert_eq!((apcer["replay"].nonresponse, apcer["replay"].people), (1, 2));
    }

    #[test]
    fn thresholds_for_a_target() {
        let s = sample();
        // Half of four may be refused: the non-response and 0.3.
        let point = s.at_bpcer(0.5).unwrap();
        assert_eq!((point.threshold, point.bpcer), (0.8, Some(0.5)));
        assert_eq!(point.apcer["replay"], 0.0);
        assert_eq!(s.at_bpcer(0.2), None);
        // No attack may pass: just above the replay at 0.7.
        let point = s.at_apcer(0.0).unwrap();
        assert_eq!(point.threshold, 0.7_f32.next_up());
        assert_eq!(point.bpcer, Some(0.5));
        // One in two of each species may: print 0.5 passes, replay 0.7 passes.
        assert_eq!(s.at_apcer(0.5).unwrap().threshold, 0.1_f32.next_up());
    }

    #[test]
    fn nothing_gives_nothing() {
        let s = PadScores::new([]);
        assert_eq!(s.bpcer(0.5).errors.share(), None);
        assert_eq!((s.at_bpcer(0.1), s.at_apcer(0.1)), (None, None));
    }

    proptest! {
        #[test]
        fn targets_are_kept(
            live in prop::collection::vec(0.0..1.0f32, 1..40),
            attacks in prop::collection::vec((0..3u8, 0.0..1.0f32), 1..40),
            target in 0.0..1.0f64,
        ) {
            let s = PadScores::new(
                live.iter().map(|l| trial(None, Some(*l), "p")).chain(
                    attacks.iter().map(|(k, v)| trial(Some(&k.to_string()), Some(*v), "p")),
                ),
            );
            prop_assert!(s.at_bpcer(target).unwrap().bpcer.unwrap() <= target + 1e-9);
            let point = s.at_apcer(target).unwrap();
            prop_assert!(point.apcer.values().all(|a| *a <= target + 1e-9));
        }
    }
}
