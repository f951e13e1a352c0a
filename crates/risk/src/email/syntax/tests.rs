//! The grammar, case by case.

use proptest::prelude::*;

use super::*;

fn standing(text: &str) -> Standing {
    parse(text).map_or(Standing::Invalid, |address| address.standing)
}

fn all(of: Standing, texts: &[&str]) {
    for text in texts {
        assert_eq!(standing(text), of, "{text:?}");
    }
}

#[test]
fn what_people_are_given() {
    all(
        Standing::Ordinary,
        &[
            "erika@example.org",
            "erika.mustermann+post@mail.example.co.uk",
            "!#$%&'*+-/=?^_`{|}~@example.org",
            "用户@例子.公司",
            "grüße@bücher.example",
            "x@xn--bcher-kva.example",
        ],
    );
}

#[test]
fn what_nobody_is_given() {
    let unusual =
        ["\"e r\"@example.org", "\"\"@example.org", "e@[192.0.2.1]", "e@localhost", "e@1.2.3.4"];
    all(Standing::Unusual, &unusual);
    all(
        Standing::Commented,
        &["(a)e@example.org", "e@example.org(a(b))", " e@example.org", "\r\n e@example.org"],
    );
    all(
        Standing::Obsolete,
        &[
            "e @example.org",
            "e . f@example.org",
            "\"e\".f@example.org",
            "e@ example .org",
            "\"\u{7}\"@example.org",
            " \r\n \r\n e@example.org",
        ],
    );
    all(Standing::HeaderOnly, &["e@a_b.org", "e@[one two]", "e@[a\\b]", "e@[IPv6:1]"]);
}

#[test]
fn what_is_no_address() {
    all(
        Standing::Invalid,
        &[
            "",
            "@",
            "e",
            "e@",
            "@example.org",
            ".e@example.org",
            "e.@example.org",
            "e..f@example.org",
            "e@f@example.org",
            "e f@example.org",
            "\"e@example.org",
            "\"e\"f@example.org",
            "(e@example.org",
            "e@.example.org",
            "e@example.org.",
            "e@-a.org",
            "e@a-.org",
            "e@[192.0.2.1",
            "e@[a]b",
            "e@[a[b]",
            "<e@example.org>",
            "e@example.org,f@example.org",
            "e@example.org\n",
            "e\0@example.org",
            "e@exa\u{202e}mple.org",
            "e@\u{3002}org",
        ],
    );
}

#[test]
fn lengths_are_those_of_mail_servers() {
    let of =
        |local: usize, label: usize| format!("{}@{}.org", "l".repeat(local), "d".repeat(label));
    assert_eq!(standing(&of(64, 63)), Standing::Ordinary);
    assert_eq!(standing(&of(65, 63)), Standing::HeaderOnly);
    assert_eq!(standing(&of(64, 64)), Standing::HeaderOnly);
    let long = format!("l@{}org", "d.".repeat(125));
    assert_eq!((long.len(), standing(&long)), (255, Standing::HeaderOnly));
    assert_eq!(standing(&long.replacen("d.", "", 1)), Standing::Ordinary);
    // Comments are no part of the address.
    assert_eq!(standing(&format!("({})e@example.org", "c".repeat(300))), Standing::Commented);
    // 64 signs beyond ASCII are more than 64 bytes.
    assert_eq!(standing(&format!("{}@example.org", "ü".repeat(33))), Standing::HeaderOnly);
}

#[test]
fn nesting_and_length_cost_no_stack() {
    assert_eq!(standing(&"(".repeat(100_000)), Standing::Invalid);
    let nested = format!("{}{}e@example.org", "(".repeat(50_000), ")".repeat(50_000));
    assert_eq!(standing(&nested), Standing::Commented);
    assert_eq!(standing(&"\"\\\"".repeat(10_000)), Standing::Invalid);
    assert_eq!(standing(&format!("{}@example.org", "l".repeat(10_000))), Standing::HeaderOnly);
}

fn parts(text: &str) -> (String, String, String) {
    let address = parse(text).unwrap();
    let Domain::Name { ascii, unicode } = &address.domain else { panic!("{text}") };
    (address.local.expose().clone(), ascii.expose().clone(), unicode.expose().clone())
}

#[test]
fn parts_are_what_they_mean() {
    let owned = |a: &str, b: &str, c: &str| (a.to_owned(), b.to_owned(), c.to_owned());
    assert_eq!(parts("\"e\\\"r\"@Example.ORG"), owned("e\"r", "example.org", "example.org"));
    assert_eq!(parts("e@Bücher.example"), owned("e", "xn--bcher-kva.example", "bücher.example"));
    assert_eq!(parts("e@xn--bcher-kva.example").2, "bücher.example");
    assert_eq!(parts("(x)e@example(y).org").1, "example.org");
}

proptest! {
    #[test]
    fn any_text_has_a_standing(text in "\\PC{0,80}") {
        standing(&text);
    }

    #[test]
    fn any_text_of_special_signs_has_a_standing(text in "[a\"\\\\()<>\\[\\]@.: \t\r\n\u{0}ü-]{0,40}") {
        standing(&text);
    }

    #[test]
    fn ordinary_addresses_come_apart_where_they_were_joined(
        local in "[a-z0-9]{1,10}(\\.[a-z0-9+_-]{1,10}){0,3}",
        domain in "[a-z]{1,10}(\\.[a-z]{2,10}){1,3}",
    ) {
        let text = format!("{local}@{domain}");
        prop_assert_eq!(standing(&text), Standing::Ordinary);
        prop_assert_eq!(parts(&text), (local, domain.clone(), domain));
    }

    #[test]
    fn every_name_can_be_quoted(local in "[ -~]{0,30}") {
        let quoted: String = local.chars().flat_map(|sign| ['\\', sign]).collect();
        let text = format!("\"{quoted}\"@example.org");
        prop_assert_eq!(standing(&text), Standing::Unusual);
        prop_assert_eq!(parts(&text).0, local);
    }
}
