//! Hong Kong.

use crate::number::form::fits;
use crate::number::{Decoded, NumberKind, Proof, Why};

/// One or two letters, six digits, and a check digit in brackets.
pub(super) const IDENTITY_CARD: NumberKind = NumberKind {
    id: "hkg_identity_card",
    state: "HKG",
    title: "identity card number",
    proof: Proof::CheckDigit,
    source: "OECD, tax identification numbers, Hong Kong",
    judge: |number, _| identity_card(number),
};

fn identity_card(number: &str) -> Result<Decoded, Why> {
    if !fits(number, "@{1,2}#{6}#|@{1,2}#{6}A") {
        return Err(Why::Form);
    }
    // A missing first letter counts as a blank, 36.
    let blank = (number.len() == 8).then_some(36);
    let values = blank.into_iter().chain(number.chars().filter_map(|c| c.to_digit(36)));
    let sum: u32 = values.zip((1..=9).rev()).map(|(value, weight)| value * weight).sum();
    if !sum.is_multiple_of(11) {
        return Err(Why::CheckDigit);
    }
    Ok(Decoded::new(number, Proof::CheckDigit))
}
