//! Malaysia.

use bonafide_context::Date;

use crate::mrz::Sex;
use crate::number::digits::short_day_of;
use crate::number::form::fits;
use crate::number::{Decoded, NumberKind, Proof, Why};

/// MyKad, MyKid, MyPR and MyKAS: birthday, place of birth, serial (odd for men).
pub(super) const MYKAD: NumberKind = NumberKind {
    id: "mys_mykad",
    state: "MYS",
    title: "identity card number",
    proof: Proof::Structure,
    source: "National Registration Department (JPN), codes of states and countries",
    judge: mykad,
};

/// The armed forces' card: a serial of their own.
pub(super) const MYTENTERA: NumberKind = NumberKind {
    id: "mys_mytentera",
    state: "MYS",
    title: "armed forces card number",
    proof: Proof::Form,
    source: "Ministry of Defence, MyTentera",
    judge: |number, _| {
        if fits(number, "T#{5,8}|#{5,8}") {
            Ok(Decoded::new(number, Proof::Form))
        } else {
            Err(Why::Form)
        }
    },
};

fn mykad(number: &str, today: Date) -> Result<Decoded, Why> {
    if !fits(number, "#{12}") {
        return Err(Why::Form);
    }
    let birth = short_day_of(&number[..6], today)?;
    let code: u32 = number[6..8].parse().map_err(|_| Why::Form)?;
    let odd = matches!(number.as_bytes()[11], b'1' | b'3' | b'5' | b'7' | b'9');
    Ok(Decoded::new(number, Proof::Structure)
        .birth(Some(birth))
        .sex(if odd { Sex::Male } else { Sex::Female })
        .place(&number[6..8], Some(place(code).ok_or(Why::Code)?)))
}

/// The state, or what lies outside; `None` for codes that were never given out.
fn place(code: u32) -> Option<&'static str> {
    Some(match code {
        1 | 21..=24 => "Johor",
        2 | 25..=27 => "Kedah",
        3 | 28 | 29 => "Kelantan",
        4 | 30 => "Melaka",
        5 | 31 | 59 => "Negeri Sembilan",
        6 | 32 | 33 => "Pahang",
        7 | 34 | 35 => "Pulau Pinang",
        8 | 36..=39 => "Perak",
        9 | 40 => "Perlis",
        10 | 41..=44 => "Selangor",
        11 | 45 | 46 => "Terengganu",
        12 | 47..=49 => "Sabah",
        13 | 50..=53 => "Sarawak",
        14 | 54..=57 => "Kuala Lumpur",
        15 | 58 => "Labuan",
        16 => "Putrajaya",
        82 => "a state of Malaysia that is not known",
        60..=68 | 71 | 72 | 74..=79 | 83..=93 | 98 | 99 => "outside Malaysia",
        _ => return None,
    })
}
