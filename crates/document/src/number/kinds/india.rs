//! India.

use crate::number::digits::{digits, verhoeff};
use crate::number::form::fits;
use crate::number::{Decoded, NumberKind, Proof, Why};

/// Twelve digits, drawn at random, the last a check digit after Verhoeff. Cards may
/// mask the first eight.
pub(super) const AADHAAR: NumberKind = NumberKind {
    id: "ind_aadhaar",
    state: "IND",
    title: "Aadhaar number",
    proof: Proof::CheckDigit,
    source: "UIDAI, A UID numbering scheme (2010)",
    judge: |number, _| aadhaar(number),
};

/// The tax number of the PAN card. Its last letter is a check letter whose rule is
/// not public.
pub(super) const PAN: NumberKind = NumberKind {
    id: "ind_pan",
    state: "IND",
    title: "permanent account number",
    proof: Proof::Structure,
    source: "Income Tax Department, structure of the PAN",
    judge: |number, _| pan(number),
};

fn aadhaar(number: &str) -> Result<Decoded, Why> {
    if !fits(number, "#{12}") {
        return Err(Why::Form);
    }
    if number.starts_with(['0', '1']) {
        return Err(Why::Code);
    }
    if !verhoeff(&digits(number).ok_or(Why::Form)?) {
        return Err(Why::CheckDigit);
    }
    Ok(Decoded::new(number, Proof::CheckDigit))
}

fn pan(number: &str) -> Result<Decoded, Why> {
    if !fits(number, "@{5}#{4}@") || number.get(5..9) == Some("0000") {
        return Err(Why::Form);
    }
    // The fourth letter is the kind of taxpayer: P for a person.
    if number.chars().nth(3) != Some('P') {
        return Err(Why::Code);
    }
    Ok(Decoded::new(number, Proof::Structure))
}
