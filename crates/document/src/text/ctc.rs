//! Decoding of an MRZ line that must have a given number of characters.
//!
//! A greedy CTC decoder loses or doubles a filler now and then. A line of an
//! MRZ has 30, 36 or 44 characters, so the best path with exactly that many is
//! looked for instead (Viterbi over time, characters so far, and symbol).

use super::alphabet::{FILLER, SYMBOLS};
use super::recognize::MrzStep;

/// One character of a line, with what else it may be.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Slot {
    /// Probability of each symbol, in the order of the alphabet; sums to 1.
    pub(crate) odds: [f32; SYMBOLS],
}

impl Slot {
    /// Index of the most probable symbol.
    pub(crate) fn best(&self) -> usize {
        let mut best = FILLER;
        for (i, p) in self.odds.iter().enumerate() {
            if *p > self.odds[best] {
                best = i;
            }
        }
        best
    }

    /// Probability of the most probable symbol.
    pub(crate) fn confidence(&self) -> f32 {
        self.odds[self.best()]
    }
}

/// A line read as exactly so many characters.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct FixedLine {
    /// One entry a character.
    pub(crate) slots: Vec<Slot>,
    /// How much less probable (natural logarithm) this length is than the
    /// best path of any length; 0 if the best path has this length.
    pub(crate) cost: f32,
}

/// Longest line decoded: two more than the longest of any MRZ.
pub(crate) const MAX_LENGTH: usize = 46;
/// Least probability of anything, so that no path is impossible.
const FLOOR: f32 = 1e-5;
/// State index of the blank, after the symbols.
const BLANK: usize = SYMBOLS;
/// No way leads here.
const NOWHERE: f32 = f32::NEG_INFINITY;

/// The best paths of a line, for every length.
pub(crate) struct Lattice {
    steps: Vec<MrzStep>,
    /// `from[t][n][state]`: the state before, and whether a character was
    /// begun on the way (high bit).
    from: Vec<u8>,
    /// Score after the last step, `[n][state]`.
    last: Vec<[f32; SYMBOLS + 1]>,
}

const BEGUN: u8 = 0x80;

impl Lattice {
    /// Builds the lattice; the steps are normalised over blank and symbols.
    pub(crate) fn new(mut steps: Vec<MrzStep>) -> Self {
        for step in &mut steps {
            normalise(step);
        }
        let width = SYMBOLS + 1;
        let mut from = vec![0u8; steps.len() * (MAX_LENGTH + 1) * width];
        let mut scores = vec![[NOWHERE; SYMBOLS + 1]; MAX_LENGTH + 1];
        scores[0][BLANK] = 0.0;
        let mut next = scores.clone();
        for (t, step) in steps.iter().enumerate() {
            let blank = step.blank.ln();
            let logs = step.symbols.map(f32::ln);
            for n in 0..=MAX_LENGTH.min(t + 1) {
                let row = &mut from[(t * (MAX_LENGTH + 1) + n) * width..][..width];
                let (best, _) = two_best(&scores[n]);
                let ends = if scores[n][BLANK] >= scores[n][best] { BLANK } else { best };
                next[n][BLANK] = scores[n][ends] + blank;
                row[BLANK] = ends as u8;
                let previous = n.checked_sub(1).map(|p| {
                    let (best, second) = two_best(&scores[p]);
                    (&scores[p], best, second)
                });
                for c in 0..SYMBOLS {
                    let (mut score, mut origin) = (scores[n][c], c as u8);
                    if let Some((before, best, second)) = previous {
                        let other = if best == c { second } else { best };
                        for state in [BLANK, other] {
                            if before[state] > score {
                                (score, origin) = (before[state], state as u8 | BEGUN);
                            }
                        }
                    }
                    next[n][c] = score + logs[c];
                    row[c] = origin;
                }
            }
            std::mem::swap(&mut scores, &mut next);
        }
        Self { steps, from, last: scores }
    }

    /// The line read as exactly `length` characters; `None` if it has fewer
    /// steps than that.
    pub(crate) fn line(&self, length: usize) -> Option<FixedLine> {
        let best = |row: &[f32; SYMBOLS + 1]| row.iter().copied().fold(NOWHERE, f32::max);
        let row = self.last.get(length)?;
        let score = best(row);
        if score == NOWHERE {
            return None;
        }
        let free = self.last.iter().map(best).fold(NOWHERE, f32::max);
        let mut state = (0..=SYMBOLS).find(|&s| row[s] == score).unwrap_or(BLANK);
        let mut n = length;
        let mut slots = vec![Slot { odds: [0.0; SYMBOLS] }; length];
        for (t, step) in self.steps.iter().enumerate().rev() {
            let origin = self.from[(t * (MAX_LENGTH + 1) + n) * (SYMBOLS + 1) + state];
            if state != BLANK && n > 0 {
                let slot = &mut slots[n - 1];
                for (odd, p) in slot.odds.iter_mut().zip(step.symbols) {
                    *odd = odd.max(p);
                }
            }
            if origin & BEGUN != 0 {
                n = n.saturating_sub(1);
            }
            state = usize::from(origin & !BEGUN);
        }
        for slot in &mut slots {
            let sum: f32 = slot.odds.iter().sum();
            slot.odds.iter_mut().for_each(|p| *p /= sum.max(FLOOR));
        }
        Some(FixedLine { slots, cost: free - score })
    }
}

fn normalise(step: &mut MrzStep) {
    fn clean(p: f32) -> f32 {
        if p.is_finite() { p.clamp(0.0, 1.0) + FLOOR } else { FLOOR }
    }
    step.blank = clean(step.blank);
    step.symbols = step.symbols.map(clean);
    let sum: f32 = step.blank + step.symbols.iter().sum::<f32>();
    step.blank /= sum;
    step.symbols.iter_mut().for_each(|p| *p /= sum);
}

/// Indices of the best and second best symbol (the blank left out).
fn two_best(scores: &[f32; SYMBOLS + 1]) -> (usize, usize) {
    let (mut best, mut second) = (0, 1);
    if scores[1] > scores[0] {
        (best, second) = (1, 0);
    }
    for i in 2..SYMBOLS {
        if scores[i] > scores[best] {
            (best, second) = (i, best);
        } else if scores[i] > scores[second] {
            second = i;
        }
    }
    (best, second)
}

#[cfg(test)]
mod tests {
    use super::super::alphabet::{symbol, symbols_of};
    use super::*;
    use proptest::prelude::*;

    impl FixedLine {
        fn text(&self) -> String {
            self.slots.iter().map(|slot| symbol(slot.best())).collect()
        }
    }

    /// Steps of a line: a character, or `_` for the blank.
    fn steps(text: &str) -> Vec<MrzStep> {
        text.chars()
            .map(|c| {
                let mut step = MrzStep { blank: 0.02, symbols: [0.0; SYMBOLS] };
                match symbols_of(&c.to_string()) {
                    Some(s) => step.symbols[s] = 0.95,
                    None => step.blank = 0.95,
                }
                step
            })
            .collect()
    }

    #[test]
    fn repeats_fall_together_and_blanks_part() {
        let lattice = Lattice::new(steps("__AA_A_BB__<_<<_"));
        let line = lattice.line(5).unwrap();
        assert_eq!(line.text(), "AAB<<");
        assert!(line.cost.abs() < 1e-3);
        assert!(line.slots.iter().all(|slot| slot.confidence() > 0.9));
    }

    #[test]
    fn a_missing_filler_is_put_back_and_a_doubled_one_taken_out() {
        let lattice = Lattice::new(steps("_A_B_<_<<<<_<_"));
        let five = lattice.line(5).unwrap();
        assert_eq!(five.text(), "AB<<<");
        let six = lattice.line(6).unwrap();
        assert_eq!(six.text(), "AB<<<<");
        assert!(six.cost > 0.5);
        assert_eq!(lattice.line(4).unwrap().text(), "AB<<");
    }

    #[test]
    fn the_second_choice_is_kept() {
        let mut sure = steps("_A_");
        let zero = symbols_of("0").unwrap();
        sure[1].symbols[zero] = 0.4;
        let line = Lattice::new(sure).line(1).unwrap();
        assert!((line.slots[0].odds[zero] - 0.296).abs() < 0.01);
    }

    #[test]
    fn a_line_cannot_have_more_characters_than_steps() {
        assert!(Lattice::new(steps("AB")).line(3).is_none());
        assert!(Lattice::new(Vec::new()).line(1).is_none());
        assert_eq!(Lattice::new(Vec::new()).line(0).unwrap().text(), "");
        assert!(Lattice::new(steps("AB")).line(MAX_LENGTH + 1).is_none());
    }

    proptest! {
        #[test]
        fn every_length_gives_that_many(
            values in prop::collection::vec(prop::array::uniform4(-1.0f32..2.0), 1..60),
            length in 1usize..30,
        ) {
            let steps = values.iter().map(|v| {
                let mut step = MrzStep { blank: v[0], symbols: [0.0; SYMBOLS] };
                step.symbols[..3].copy_from_slice(&v[1..]);
                step
            }).collect();
            if let Some(line) = Lattice::new(steps).line(length) {
                prop_assert_eq!(line.slots.len(), length);
                prop_assert!(line.cost >= -1e-3);
                for slot in line.slots {
                    prop_assert!((slot.odds.iter().sum::<f32>() - 1.0).abs() < 1e-3);
                }
            }
        }
    }
}
