use super::*;
use proptest::prelude::*;

fn read(text: &str) -> Result<Parsed, String> {
    let source = Source { path: "a.toml".to_owned(), text: text.to_owned() };
    Parsed::read(&source).map_err(|finding| finding.to_string())
}

const HEAD: &str = "name = \"a\"\nversion = 1\neffective_from = \"2026-11-22\"\n";

#[test]
fn a_mistyped_key_is_named_with_its_line_and_what_was_meant() {
    let error = read(&format!("{HEAD}\n[categories.face_medai]\n")).unwrap_err();
    assert!(error.starts_with("a.toml:5: unknown variant `face_medai`"), "{error}");
    assert!(error.contains("did you mean `face_media`?"), "{error}");
    let text = format!("{HEAD}[categories.results.purposes.service]\nreader = []\n");
    let error = read(&text).unwrap_err();
    assert!(error.starts_with("a.toml:5: unknown field `reader`"), "{error}");
    assert!(error.contains("did you mean `readers`?"), "{error}");
}

#[test]
fn a_mistyped_value_is_named_with_its_line_and_what_was_meant() {
    let text = format!("{HEAD}[categories.results.purposes.service]\n\nconsent = \"enforced\"\n");
    let error = read(&text).unwrap_err();
    assert!(error.starts_with("a.toml:6: unknown variant `enforced`"), "{error}");
    assert!(error.contains("did you mean `enforce`?"), "{error}");
    let text = format!("{HEAD}[categories.results.purposes.service]\nkeep = \"2 hours\"\n");
    let error = read(&text).unwrap_err();
    assert!(error.starts_with("a.toml:5: `2 hours` is no period: write"), "{error}");
    let error = read(&format!("{HEAD}[jurisdictions]\nallowed = [\"sg\"]\n")).unwrap_err();
    assert!(error.starts_with("a.toml:5: write a country as two capital letters"), "{error}");
}

#[test]
fn a_cell_said_twice_is_an_error_with_its_line() {
    let text = format!("{HEAD}training = \"never\"\ntraining = \"consented\"\n");
    let error = read(&text).unwrap_err();
    assert!(error.starts_with("a.toml:5: duplicate key"), "{error}");
}

#[test]
fn what_every_file_must_say_of_itself_is_asked_for() {
    let error = read("name = \"a\"\n").unwrap_err();
    assert!(error.contains("missing field `version`"), "{error}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn no_text_panics(text in "\\PC{0,200}") {
        let _ = read(&text);
    }

    #[test]
    fn no_change_of_a_policy_panics(at in 0usize..12_000, with in "[\\[\\]\"=.{}a-z0-9\n]{0,3}", cut in 0usize..9) {
        let mut text = include_str!("../../../../policies/strict.toml").to_owned();
        let from = text.floor_char_boundary(at.min(text.len()));
        let to = text.floor_char_boundary((from + cut).min(text.len()));
        text.replace_range(from..to, &with);
        if let Ok(parsed) = read(&text) {
            prop_assert!(parsed.cells.values.len() > 10);
        }
    }
}
