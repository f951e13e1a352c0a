//! Bangladesh.

use bonafide_context::Date;

use crate::number::digits::year_of;
use crate::number::form::fits;
use crate::number::{Decoded, NumberKind, Proof, Why};

/// The number of the national identity card: ten digits on the smart card; thirteen
/// on older ones, in registers with the year of birth before them.
pub(super) const NATIONAL: NumberKind = NumberKind {
    id: "bgd_national",
    state: "BGD",
    title: "national identity number",
    proof: Proof::Form,
    source: "Bangladesh Election Commission, NID registration",
    judge: |number, today| national(number, today),
};

fn national(number: &str, today: Date) -> Result<Decoded, Why> {
    if !fits(number, "#{10}|#{13}|#{17}") {
        return Err(Why::Form);
    }
    let birth = match number.get(..4) {
        Some(year) if number.len() == 17 => {
            Some(year_of(year.parse().map_err(|_| Why::Form)?, today)?)
        }
        _ => None,
    };
    Ok(Decoded::new(number, Proof::Form).birth(birth))
}
