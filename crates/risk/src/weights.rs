//! What each reason weighs: a table with a version, printed in `docs/risk.md`.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::assessment::{Band, Contribution};
use crate::registered::Kind;
use crate::{Absent, Reason, SignalName};

/// The table that this build was made with.
const TEXT: &str = include_str!("../weights.toml");

/// What each reason adds to the score, what each signal counts in the coverage, and
/// where bands begin. Whole numbers, so that every machine adds up the same.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Weights {
    /// Of the table, as answers name it.
    pub version: String,
    bands: Bands,
    points: BTreeMap<Reason, i16>,
    coverage: BTreeMap<SignalName, u16>,
}

/// The first score of a band.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Bands {
    medium: u8,
    high: u8,
}

/// What is wrong with a table of weights.
#[derive(Debug, thiserror::Error)]
pub enum WeightsError {
    /// Not TOML of the expected form, or a name that there is not.
    #[error("the table of weights is not well-formed: {0}")]
    Form(#[from] Box<toml::de::Error>),
    /// A reason has no points.
    #[error("the table of weights gives no points to {0}")]
    NoPoints(Reason),
    /// A signal has no share.
    #[error("the table of weights gives no coverage to {0}")]
    NoCoverage(SignalName),
    /// A reason weighs more than a whole score, or bands do not follow each other.
    #[error("points lie between -100 and 100, and 0 < medium < high <= 100")]
    OutOfRange,
}

impl Weights {
    /// The table that this build was made with.
    pub fn built_in() -> Result<Self, WeightsError> {
        Self::parse(TEXT)
    }

    /// A table from its text: every reason and every signal, once.
    pub fn parse(text: &str) -> Result<Self, WeightsError> {
        let weights: Self = toml::from_str(text).map_err(Box::new)?;
        for reason in Reason::ALL {
            let points = weights.points.get(reason).ok_or(WeightsError::NoPoints(*reason))?;
            if !(-100..=100).contains(points) {
                return Err(WeightsError::OutOfRange);
            }
        }
        for signal in SignalName::ALL {
            weights.coverage.get(signal).ok_or(WeightsError::NoCoverage(*signal))?;
        }
        let Bands { medium, high } = weights.bands;
        if medium == 0 || medium >= high || high > 100 {
            return Err(WeightsError::OutOfRange);
        }
        Ok(weights)
    }

    /// What a reason adds to the score.
    pub fn points(&self, reason: Reason) -> i16 {
        self.points.get(&reason).copied().unwrap_or(0)
    }

    /// What a signal counts in the coverage.
    pub fn coverage(&self, signal: SignalName) -> u16 {
        self.coverage.get(&signal).copied().unwrap_or(0)
    }

    /// The first score of the bands medium and high.
    pub fn bands(&self) -> (u8, u8) {
        (self.bands.medium, self.bands.high)
    }

    /// Which band a score lies in.
    pub fn band(&self, score: u8) -> Band {
        match score {
            score if score >= self.bands.high => Band::High,
            score if score >= self.bands.medium => Band::Medium,
            _ => Band::Low,
        }
    }

    /// What each reason adds, the weightiest first and those of one weight in the
    /// order of the list; each counts once.
    pub fn contributions(&self, reasons: &[Reason]) -> Vec<Contribution> {
        let mut sorted: Vec<Contribution> = reasons
            .iter()
            .map(|reason| Contribution { reason: *reason, points: self.points(*reason) })
            .collect();
        sorted.sort_by_key(|of| (-of.points.abs(), of.reason));
        sorted.dedup();
        sorted
    }

    /// The score of these reasons: the sum of their points, of phone, e-mail and device
    /// each at least 0, cut to 100. So a number that a tenant knows as good excuses what
    /// speaks against the number, and not a driven browser.
    pub fn score(&self, reasons: &[Reason]) -> u8 {
        let contributions = self.contributions(reasons);
        let of = |kind: Kind| -> i32 {
            let own = contributions.iter().filter(|of| of.reason.kind() == kind);
            own.map(|of| i32::from(of.points)).sum::<i32>().max(0)
        };
        let sum: i32 = Kind::ALL.iter().map(|kind| of(*kind)).sum();
        u8::try_from(sum.min(100)).unwrap_or(100)
    }

    /// Share of what could be known that is known, in hundredths rounded down. What does
    /// not apply could not be known.
    pub(crate) fn share(&self, states: impl Iterator<Item = (SignalName, Option<Absent>)>) -> f64 {
        let (mut known, mut all) = (0u32, 0u32);
        for (signal, null) in states.filter(|(_, null)| *null != Some(Absent::NotApplicable)) {
            let weight = u32::from(self.coverage(signal));
            all += weight;
            known += if null.is_none() { weight } else { 0 };
        }
        f64::from((known * 100).checked_div(all).unwrap_or(0)) / 100.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_built_in_table_is_whole() {
        let weights = Weights::built_in().unwrap();
        assert!(weights.points.values().all(|points| *points != 0));
    }

    #[test]
    fn a_table_with_a_gap_is_refused() {
        let without = |line: &str| {
            assert!(TEXT.contains(line), "{line}");
            Weights::parse(&TEXT.replacen(line, "", 1))
        };
        assert!(matches!(without("phone_voip = "), Err(WeightsError::Form(_))));
        let text: String =
            TEXT.lines().filter(|l| !l.starts_with("phone_voip")).collect::<Vec<_>>().join("\n");
        assert!(matches!(Weights::parse(&text), Err(WeightsError::NoPoints(Reason::PhoneVoip))));
        let text: String = TEXT
            .lines()
            .filter(|l| !l.starts_with("\"phone.valid\""))
            .collect::<Vec<_>>()
            .join("\n");
        assert!(matches!(
            Weights::parse(&text),
            Err(WeightsError::NoCoverage(SignalName::PhoneValid))
        ));
        let text = TEXT.replacen("medium = ", "medium = 1", 1);
        assert!(matches!(Weights::parse(&text), Err(WeightsError::OutOfRange)));
    }

    proptest! {
        #[test]
        fn order_and_repetition_change_nothing(
            mut picked in proptest::sample::subsequence(Reason::ALL, 0..12).prop_shuffle(),
        ) {
            let weights = Weights::built_in().unwrap();
            let before = (weights.score(&picked), weights.contributions(&picked));
            picked.reverse();
            picked.extend(picked.clone());
            prop_assert_eq!(before, (weights.score(&picked), weights.contributions(&picked)));
        }
    }
}
