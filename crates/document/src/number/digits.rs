//! Digits, dates and check digits that several kinds share.

use bonafide_context::Date;

use super::Why;
use crate::mrz::PartialDate;

/// The values of digits; any other character is `None`.
pub(super) fn digits(text: &str) -> Option<Vec<u32>> {
    text.chars().map(|c| c.to_digit(10)).collect()
}

/// The sum of values times weights, as far as both go.
pub(super) fn weighted(values: &[u32], weights: &[u32]) -> u32 {
    values.iter().zip(weights).map(|(v, w)| v * w).sum()
}

/// The day of `YYYYMMDD` if it is one and not after today.
pub(super) fn day_of(text: &str, today: Date) -> Result<PartialDate, Why> {
    let part = |range: std::ops::Range<usize>| text.get(range).and_then(|t| t.parse::<u32>().ok());
    let (Some(year), Some(month), Some(day)) = (part(0..4), part(4..6), part(6..8)) else {
        return Err(Why::Date);
    };
    let date = Date::new(year as i32, month, day).map_err(|_| Why::Date)?;
    if date > today || date.year() < EARLIEST { Err(Why::Date) } else { Ok(date.into()) }
}

/// Nobody alive was born before.
const EARLIEST: i32 = 1880;

/// The day of `YYMMDD`: in the latest century that does not put it after today.
pub(super) fn short_day_of(text: &str, today: Date) -> Result<PartialDate, Why> {
    PartialDate::birth(text, today, None).ok().filter(|date| date.full().is_some()).ok_or(Why::Date)
}

/// A year of birth of which nothing else is known.
pub(super) fn year_of(year: i32, today: Date) -> Result<PartialDate, Why> {
    if year > today.year() {
        return Err(Why::Date);
    }
    PartialDate::new(Some(year), None, None).map_err(|_| Why::Date)
}

/// Whether the last digit is the one of Verhoeff's dihedral scheme.
pub(super) fn verhoeff(values: &[u32]) -> bool {
    let mut sum = 0_usize;
    for (at, digit) in values.iter().rev().enumerate() {
        let mut turned = *digit as usize;
        for _ in 0..at % 8 {
            turned = TURN[turned];
        }
        sum = dihedral(sum, turned);
    }
    sum == 0
}

/// Verhoeff's permutation of ten.
const TURN: [usize; 10] = [1, 5, 7, 6, 2, 8, 3, 0, 9, 4];

/// The product in the group of turns (0 to 4) and reflections (5 to 9) of a
/// pentagon.
fn dihedral(a: usize, b: usize) -> usize {
    match (a < 5, b < 5) {
        (true, true) => (a + b) % 5,
        (true, false) => (a + b - 5) % 5 + 5,
        (false, true) => (a - 5 + 5 - b) % 5 + 5,
        (false, false) => (a + 5 - b) % 5,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn verhoeff_of_the_textbook() {
        assert!(verhoeff(&[2, 3, 6, 3]));
        assert!(!verhoeff(&[2, 3, 6, 4]));
        // Every change of one digit and every swap of two neighbours is seen.
        let good = [1, 4, 2, 8, 5, 7, 0];
        assert!(verhoeff(&good));
        for at in 0..good.len() {
            for other in 0..10 {
                let mut wrong = good;
                wrong[at] = other;
                assert_eq!(verhoeff(&wrong), other == good[at]);
            }
        }
        for at in 1..good.len() {
            let mut wrong = good;
            wrong.swap(at - 1, at);
            assert!(!verhoeff(&wrong));
        }
    }
}
