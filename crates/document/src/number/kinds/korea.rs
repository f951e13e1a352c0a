//! Republic of Korea.

use bonafide_context::Date;

use crate::mrz::Sex;
use crate::number::digits::{day_of, digits, weighted};
use crate::number::form::fits;
use crate::number::{Decoded, NumberKind, Proof, Status, Why};

/// The resident registration number: birthday, century and sex, six digits. Until
/// October 2020 the last was a check digit; since then it is drawn like the others, and
/// nothing in the number says when it was given, so a check digit that does not hold
/// condemns no number.
pub(super) const RESIDENT: NumberKind = NumberKind {
    id: "kor_resident",
    state: "KOR",
    title: "resident registration number",
    proof: Proof::Structure,
    source: "Enforcement rules of the Resident Registration Act, article 2 (as of 2020-10-05)",
    judge: |number, today| resident(number, today, ["9", "0", "1", "2", "3", "4"]),
};

/// The foreigner's registration number: the same with other digits for century and sex.
pub(super) const FOREIGNER: NumberKind = NumberKind {
    id: "kor_foreigner",
    state: "KOR",
    title: "foreigner registration number",
    proof: Proof::Structure,
    source: "Immigration Act, article 31 (5)",
    judge: |number, today| {
        let number = resident(number, today, ["", "", "5", "6", "7", "8"])?;
        Ok(number.status(Status::Foreigner))
    },
};

/// The number of a driving licence: region, year, serial, two digits whose rule is not
/// public.
pub(super) const LICENCE: NumberKind = NumberKind {
    id: "kor_driving_licence",
    state: "KOR",
    title: "driving licence number",
    proof: Proof::Structure,
    source: "Korean National Police Agency, codes of the regions",
    judge: |number, _| licence(number),
};

/// `marks` are the seventh digits of men and women born from 1800, 1900 and 2000.
fn resident(number: &str, today: Date, marks: [&str; 6]) -> Result<Decoded, Why> {
    if !fits(number, "#{13}") {
        return Err(Why::Form);
    }
    let mark = marks.iter().position(|mark| *mark == &number[6..7]).ok_or(Why::Code)?;
    let birth = day_of(&format!("{}{}", 18 + mark / 2, &number[..6]), today)?;
    let values = digits(number).ok_or(Why::Form)?;
    let sum = weighted(&values, &[2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5]);
    // Foreigners' numbers count from 13 instead of 11.
    let from = if marks[2] == "5" { 13 } else { 11 };
    let holds = values[12] == (from - sum % 11) % 10;
    let proof = if holds { Proof::CheckDigit } else { Proof::Structure };
    let sex = if mark % 2 == 0 { Sex::Male } else { Sex::Female };
    Ok(Decoded::new(number, proof).birth(Some(birth)).sex(sex))
}

fn licence(number: &str) -> Result<Decoded, Why> {
    if !fits(number, "#{12}") {
        return Err(Why::Form);
    }
    let code = &number[..2];
    let (_, name) = REGIONS.iter().find(|(known, _)| *known == code).ok_or(Why::Code)?;
    Ok(Decoded::new(number, Proof::Structure).place(code, Some(name)))
}

const REGIONS: &[(&str, &str)] = &[
    ("11", "Seoul"),
    ("12", "Busan"),
    ("13", "Gyeonggi (south)"),
    ("14", "Gangwon"),
    ("15", "North Chungcheong"),
    ("16", "South Chungcheong"),
    ("17", "North Jeolla"),
    ("18", "South Jeolla"),
    ("19", "North Gyeongsang"),
    ("20", "South Gyeongsang"),
    ("21", "Jeju"),
    ("22", "Daegu"),
    ("23", "Incheon"),
    ("24", "Gwangju"),
    ("25", "Daejeon"),
    ("26", "Ulsan"),
    ("28", "Gyeonggi (north)"),
];
