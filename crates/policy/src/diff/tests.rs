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
