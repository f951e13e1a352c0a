//! Cambodia.

use crate::number::form::fits;
use crate::number::{Decoded, NumberKind, Proof, Why};

/// The number of the identity card: nine digits; cards print a tenth in brackets, of
/// which no rule is public.
pub(super) const IDENTITY_CARD: NumberKind = NumberKind {
    id: "khm_identity_card",
    state: "KHM",
    title: "identity card number",
    proof: Proof::Form,
    source: "specimens of the General Department of Identification",
    judge: |number, _| {
        if fits(number, "#{9,10}") { Ok(Decoded::new(number, Proof::Form)) } else { Err(Why::Form) }
    },
};
