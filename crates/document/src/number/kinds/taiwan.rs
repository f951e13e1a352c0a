//! Taiwan.

use crate::mrz::Sex;
use crate::number::digits::weighted;
use crate::number::form::fits;
use crate::number::{Decoded, NumberKind, Proof, Status, Why};

/// The number of nationals: a letter for the place of first registration, `1` for men or
/// `2` for women, seven digits, a check digit.
pub(super) const NATIONAL: NumberKind = NumberKind {
    id: "twn_national",
    state: "TWN",
    title: "national identification number",
    proof: Proof::CheckDigit,
    source: "Department of Household Registration, unified number",
    judge: |number, _| {
        if !fits(number, "@#{9}") {
            return Err(Why::Form);
        }
        if !matches!(number.as_bytes()[1], b'1' | b'2') {
            return Err(Why::Code);
        }
        Ok(judged(number)?.status(Status::Citizen))
    },
};

/// The number of residents without registration: since 2021 like that of nationals with
/// `8` or `9`; before that with a second letter, `A` and `C` for men, `B` and `D` for women.
pub(super) const RESIDENT: NumberKind = NumberKind {
    id: "twn_resident",
    state: "TWN",
    title: "resident certificate number",
    proof: Proof::CheckDigit,
    source: "National Immigration Agency, unified number of 2021 and before",
    judge: |number, _| {
        if !fits(number, "@#{9}|@@#{8}") {
            return Err(Why::Form);
        }
        if !matches!(number.as_bytes()[1], b'8' | b'9' | b'A'..=b'D') {
            return Err(Why::Code);
        }
        Ok(judged(number)?.status(Status::Foreigner))
    },
};

fn judged(number: &str) -> Result<Decoded, Why> {
    let mut characters = number.chars();
    let first = characters.next().ok_or(Why::Form)?;
    let letter =
        |c: char| PLACES.iter().position(|(known, _)| *known == c).map(|at| at as u32 + 10);
    let area = letter(first).ok_or(Why::Code)?;
    let mut values = vec![area / 10, area % 10];
    for c in characters {
        // Of an old second letter only the units count.
        values.push(c.to_digit(10).or_else(|| letter(c).map(|v| v % 10)).ok_or(Why::Form)?);
    }
    if !weighted(&values, &[1, 9, 8, 7, 6, 5, 4, 3, 2, 1, 1]).is_multiple_of(10) {
        return Err(Why::CheckDigit);
    }
    let male = matches!(number.as_bytes()[1], b'1' | b'8' | b'A' | b'C');
    let name = PLACES.iter().find(|(known, _)| *known == first).map(|(_, name)| *name);
    Ok(Decoded::new(number, Proof::CheckDigit)
        .sex(if male { Sex::Male } else { Sex::Female })
        .place(&number[..1], name))
}

/// The letters in the order of their values, from 10.
const PLACES: [(char, &str); 26] = [
    ('A', "Taipei City"),
    ('B', "Taichung City"),
    ('C', "Keelung City"),
    ('D', "Tainan City"),
    ('E', "Kaohsiung City"),
    ('F', "New Taipei City"),
    ('G', "Yilan County"),
    ('H', "Taoyuan City"),
    ('J', "Hsinchu County"),
    ('K', "Miaoli County"),
    ('L', "Taichung County"),
    ('M', "Nantou County"),
    ('N', "Changhua County"),
    ('P', "Yunlin County"),
    ('Q', "Chiayi County"),
    ('R', "Tainan County"),
    ('S', "Kaohsiung County"),
    ('T', "Pingtung County"),
    ('U', "Hualien County"),
    ('V', "Taitung County"),
    ('X', "Penghu County"),
    ('Y', "Yangmingshan"),
    ('W', "Kinmen County"),
    ('Z', "Lienchiang County"),
    ('I', "Chiayi City"),
    ('O', "Hsinchu City"),
];
