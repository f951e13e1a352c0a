//! The Philippines.

use crate::number::form::fits;
use crate::number::{Decoded, NumberKind, Proof, Why};

/// The common reference number of the UMID card.
pub(super) const CRN: NumberKind = form_only(
    "phl_umid_crn",
    "common reference number",
    "Social Security System, UMID",
    |number, _| of_form(number, "#{12}"),
);

/// The card number of PhilSys, sixteen digits that may be shown around.
pub(super) const PHILSYS: NumberKind = form_only(
    "phl_philsys",
    "PhilSys card number",
    "Republic Act 11055, PhilSys card number",
    |number, _| of_form(number, "#{16}"),
);

/// The number of the social security system.
pub(super) const SSS: NumberKind = form_only(
    "phl_sss",
    "social security number",
    "Social Security System, SS number",
    |number, _| of_form(number, "#{10}"),
);

/// The number of a driving licence: office, year, serial.
pub(super) const LICENCE: NumberKind = form_only(
    "phl_driving_licence",
    "driving licence number",
    "Land Transportation Office, licence card",
    |number, _| of_form(number, "@#{10}"),
);

/// None of these numbers has a check digit of public rule.
const fn form_only(
    id: &'static str,
    title: &'static str,
    source: &'static str,
    judge: fn(&str, bonafide_context::Date) -> Result<Decoded, Why>,
) -> NumberKind {
    NumberKind { id, state: "PHL", title, proof: Proof::Form, source, judge }
}

fn of_form(number: &str, form: &str) -> Result<Decoded, Why> {
    if fits(number, form) { Ok(Decoded::new(number, Proof::Form)) } else { Err(Why::Form) }
}
