//! `bonafide openapi`: the native API's description, as it is committed.

use crate::failure::Failure;
use crate::output::Answer;

pub(crate) fn run() -> Result<Answer, Failure> {
    let text = bonafide_native::openapi()
        .to_pretty_json()
        .map_err(|error| Failure::ours("no_json", error))?;
    Ok(Answer { json: text.clone(), text, done: true })
}
