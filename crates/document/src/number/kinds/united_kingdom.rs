//! United Kingdom.

use bonafide_context::Date;

use crate::mrz::{PartialDate, Sex};
use crate::number::form::fits;
use crate::number::{Decoded, NumberKind, Proof, Why};

/// The driver number of Great Britain: surname, birthday around the month (a woman's
/// plus fifty), initials, three characters of the computer; some licences print two
/// digits of the issue behind it.
pub(super) const LICENCE: NumberKind = NumberKind {
    id: "gbr_driving_licence",
    state: "GBR",
    title: "driver number",
    proof: Proof::Structure,
    source: "DVLA, driver number format",
    judge: licence,
};

fn licence(number: &str, today: Date) -> Result<Decoded, Why> {
    if !fits(number, "?{5}#{6}??#@@|?{5}#{6}??#@@##") {
        return Err(Why::Form);
    }
    // A short name is filled up with nines, at its end.
    let name = number[..5].trim_end_matches('9');
    let initials = &number[11..13];
    if !name.chars().all(|c| c.is_ascii_uppercase())
        || initials.starts_with(|c: char| c.is_ascii_digit() && c != '9')
    {
        return Err(Why::Form);
    }
    let part = |range: std::ops::Range<usize>| number[range].parse::<u32>().map_err(|_| Why::Form);
    let (decade, month, day, year) = (part(5..6)?, part(6..8)?, part(8..10)?, part(10..11)?);
    let (month, sex) = if month > 50 { (month - 50, Sex::Female) } else { (month, Sex::Male) };
    let birth = birthday((decade * 10 + year) as i32, month, day, today).ok_or(Why::Date)?;
    Ok(Decoded::new(&number[..16], Proof::Structure).birth(Some(birth)).sex(sex))
}

/// The latest day that makes the driver old enough.
fn birthday(year: i32, month: u32, day: u32, today: Date) -> Option<PartialDate> {
    [2000, 1900].into_iter().find_map(|century| {
        let date = Date::new(century + year, month, day).ok()?;
        today.years_since(date).is_some_and(|age| age >= YOUNGEST).then(|| date.into())
    })
}

/// A provisional licence can be had three months before the sixteenth birthday.
const YOUNGEST: u32 = 15;
