//! Nigeria.

use crate::number::form::fits;
use crate::number::{Decoded, NumberKind, Proof, Why};

/// The national identification number: eleven digits, drawn at random.
pub(super) const NIN: NumberKind = NumberKind {
    id: "nga_nin",
    state: "NGA",
    title: "NIN",
    proof: Proof::Form,
    source: "National Identity Management Commission, NIN",
    judge: |number, _| {
        if fits(number, "#{11}") { Ok(Decoded::new(number, Proof::Form)) } else { Err(Why::Form) }
    },
};
