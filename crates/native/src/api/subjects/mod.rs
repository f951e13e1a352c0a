//! `/v1/subjects`: a person by the customer's own reference, and what he may ask
//! for.

pub(crate) mod breaches;
pub(crate) mod delete;
pub(crate) mod export;
pub(crate) mod find;
pub(crate) mod hold;
pub(crate) mod object;
pub(crate) mod read;
pub(crate) mod rectify;
pub(crate) mod release;
pub(crate) mod restrict;
pub(crate) mod unrestrict;

use bonafide_context::Sensitive;

use crate::frame::Context;
use crate::problem::Problem;

const TAG: &str = "Data subjects";

/// Whom the path names: a reference as the customer writes it, percent-encoded, or
/// the `sub_…` of an answer.
fn whom(cx: &Context) -> Result<Sensitive<String>, Problem> {
    let text = cx.parameter("ref").ok_or_else(Problem::not_found)?;
    Ok(Sensitive::new(text.to_owned()))
}
