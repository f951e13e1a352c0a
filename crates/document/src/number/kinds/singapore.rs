//! Singapore.

use bonafide_context::Date;

use crate::mrz::PartialDate;
use crate::number::digits::{digits, weighted, year_of};
use crate::number::form::fits;
use crate::number::{Decoded, NumberKind, Proof, Status, Why};

/// The number of citizens and permanent residents: `S` or `T`, seven digits, a letter.
pub(super) const NRIC: NumberKind = NumberKind {
    id: "sgp_nric",
    state: "SGP",
    title: "NRIC number",
    proof: Proof::CheckDigit,
    source: "OECD, tax identification numbers, Singapore",
    judge: nric,
};

/// The number of foreigners: `F`, `G` or, since 2022, `M`.
pub(super) const FIN: NumberKind = NumberKind {
    id: "sgp_fin",
    state: "SGP",
    title: "FIN",
    proof: Proof::CheckDigit,
    source: "Immigration & Checkpoints Authority, M series of 2022",
    judge: |number, _| {
        check(number, "FGM")?;
        Ok(Decoded::new(number, Proof::CheckDigit).status(Status::Foreigner))
    },
};

fn nric(number: &str, today: Date) -> Result<Decoded, Why> {
    check(number, "ST")?;
    Ok(Decoded::new(number, Proof::CheckDigit).birth(year(number, today)))
}

/// Who was registered at birth has its year in the number: since 1968 with `S`, since
/// 2000 with `T`. Numbers below are older and say nothing.
fn year(number: &str, today: Date) -> Option<PartialDate> {
    let two: i32 = number.get(1..3)?.parse().ok()?;
    match number.get(..1)? {
        "S" if two >= 68 => year_of(1900 + two, today).ok(),
        "T" => year_of(2000 + two, today).ok(),
        _ => None,
    }
}

fn check(number: &str, first: &str) -> Result<(), Why> {
    if !fits(number, "@#{7}@") {
        return Err(Why::Form);
    }
    let series = &number[..1];
    let (start, letters) = match series {
        "S" => (0, "JZIHGFEDCBA"),
        "T" => (4, "JZIHGFEDCBA"),
        "F" => (0, "XWUTRQPNMLK"),
        "G" => (4, "XWUTRQPNMLK"),
        "M" => (3, "XWUTRQPNJLK"),
        _ => return Err(Why::Code),
    };
    if !first.contains(series) {
        return Err(Why::Code);
    }
    let values = digits(&number[1..8]).ok_or(Why::Form)?;
    let rest = (start + weighted(&values, &[2, 7, 6, 5, 4, 3, 2])) % 11;
    let letter = letters.chars().nth(rest as usize);
    if letter == number.chars().last() { Ok(()) } else { Err(Why::CheckDigit) }
}
