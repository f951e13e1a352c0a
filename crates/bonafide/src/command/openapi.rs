//! `bonafide openapi`: the native API's description, as it is committed.

use crate::failure::Failure;
use crate::output::Answer;

pub(crate) fn run() -> Result<Answer, Failure> {
    let text = bonafide_native::openapi()
        .to_pretty_json()
        .map_err(|error| Failure::ours("no_json", error))?;
    Ok(Answer { json: text.clone(), text, done: true })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use bonafide_native::Code;

    /// Who answers a request, the door or the room behind it, is nothing that a
    /// client knows: there is one list of codes.
    #[test]
    fn the_published_codes_and_those_of_the_door_are_one_list() {
        let door: BTreeSet<_> = bonafide_server::problem_codes()
            .map(|(code, status)| (code, status.as_u16()))
            .collect();
        let published = |codes: &[Code]| -> BTreeSet<_> {
            codes.iter().map(|code| (code.as_str(), code.status().as_u16())).collect()
        };
        assert_eq!(door, published(Code::OF_THE_DOOR));
        assert!(door.is_subset(&published(Code::ALL)));
        let document = serde_json::to_value(bonafide_native::openapi()).unwrap();
        let listed = document.pointer("/components/schemas/Code/enum").unwrap();
        assert!(door.iter().all(|(code, _)| listed.as_array().unwrap().contains(&(*code).into())));
    }
}
