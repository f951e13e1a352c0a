use super::*;
use crate::tests::{change, policy, strict};

fn changed(edit: &str, to: &str) -> Vec<Difference> {
    diff(&strict(), &policy(&change(edit, to), "strict").unwrap())
}

#[test]
fn nothing_differs_from_itself() {
    assert_eq!(diff(&strict(), &strict()), []);
}

#[test]
fn names_and_contacts_are_not_material() {
    let found = changed("version = 1", "version = 2");
    assert_eq!(found.len(), 1);
    assert!(found.iter().all(|one| !one.material && !one.asks_consent), "{found:?}");
}

#[test]
fn o17_a_material_change_is_told_apart_and_can_ask_again() {
    // More than was consented to: announced, and asked again.
    for (edit, to) in [
        ("keep = \"1d\"", "keep = \"2d\""),
        (
            "readers = [\"service\", \"reviewer\"]",
            "readers = [\"service\", \"reviewer\", \"operator\"]",
        ),
        ("service = \"controller\"", "service = \"processor\""),
        ("legal_hold = false", "legal_hold = true"),
    ] {
        let found = changed(edit, to);
        assert!(!found.is_empty() && found.iter().all(|one| one.material), "{edit}: {found:?}");
        assert!(found.iter().any(|one| one.asks_consent), "{edit}: {found:?}");
    }
    // Less: announced only.
    for (edit, to) in [("keep = \"1d\"", "keep = \"1h\""), ("warranty = true", "warranty = false")]
    {
        let found = changed(edit, to);
        assert!(found.iter().all(|one| one.material && !one.asks_consent), "{edit}: {found:?}");
        assert!(!found.is_empty());
    }
}

#[test]
fn o17_a_version_holds_from_its_day_and_not_before_it_was_announced() {
    let day = |text: &str| text.parse::<Date>().unwrap();
    let version = |edit: &str, to: &str, from: &str| {
        let text = change("version = 1", "version = 2").replace(edit, to);
        let from = format!("effective_from = \"{from}\"");
        policy(&text.replace("effective_from = \"2026-11-22\"", &from), "strict").unwrap()
    };
    let shorter = version("keep = \"1d\"", "keep = \"1h\"", "2026-12-01");
    let announced = day("2026-11-23");
    assert_eq!(earliest_start(&strict(), &shorter, announced), day("2026-12-23"));
    let words = version("title = \"Strict\"", "title = \"Default\"", "2026-12-01");
    assert_eq!(earliest_start(&strict(), &words, announced), day("2026-12-01"));

    let versions = [shorter, strict()];
    let holds = |on: &str| in_force(&versions, day(on)).map(Effective::version);
    assert_eq!(holds("2026-11-21"), None);
    assert_eq!(holds("2026-11-30"), Some(1));
    assert_eq!(holds("2026-12-01"), Some(2));
}

#[test]
fn a_purpose_that_ends_asks_nobody_and_one_that_begins_does() {
    let cell = "[categories.results.purposes.security]\nbasis = \"contract\"\nconsent = \"none\"\n\
                keep = \"1h\"\nkeep_by = { sdk = \"2h\" }\nreaders = [\"service\"]\n";
    let more = policy(
        &change("[categories.face_features]\n", &format!("{cell}\n[categories.face_features]\n")),
        "strict",
    );
    let more = more.unwrap();
    assert!(diff(&strict(), &more).iter().any(|one| one.asks_consent));
    let back = diff(&more, &strict());
    assert!(!back.is_empty() && back.iter().all(|one| one.material), "{back:?}");
    assert!(!back.iter().any(|one| one.asks_consent), "{back:?}");
}
