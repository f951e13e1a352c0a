//! Macao.

use crate::number::form::fits;
use crate::number::{Decoded, NumberKind, Proof, Why};

/// A digit for the kind of card held first (1, 5, 7; 8 and 0 on few), six digits, and
/// one in brackets that is a check digit of unpublished rule.
pub(super) const RESIDENT: NumberKind = NumberKind {
    id: "mac_resident",
    state: "MAC",
    title: "resident identity card number",
    proof: Proof::Structure,
    source: "Identification Services Bureau, resident identity card",
    judge: |number, _| {
        if !fits(number, "#{8}") {
            return Err(Why::Form);
        }
        if !number.starts_with(['0', '1', '5', '7', '8']) {
            return Err(Why::Code);
        }
        Ok(Decoded::new(number, Proof::Structure))
    },
};
