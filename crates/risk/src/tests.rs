//! Requests from text to answer: shape, determinism, bad input, and nothing shown.

use bonafide_context::Sensitive;
use proptest::prelude::*;
use serde_json::Value;

use crate::device::{Group, KEYS};
use crate::*;

const DOCS: &str = include_str!("../../../docs/risk.md");

fn risk() -> Risk {
    let mut tables = Tables::default();
    let suffixes =
        "// ===BEGIN ICANN DOMAINS===\ncom\norg\nuk\nco.uk\n// ===END ICANN DOMAINS===\n";
    for (table, text) in [
        (TableName::DisposableDomains, "thrown.com\n"),
        (TableName::FreeDomains, "gmail.com\n"),
        (TableName::RoleNames, "info\n"),
        (TableName::PublicSuffixes, suffixes),
        (TableName::PhoneCarriers, "447400\tExample Mobile\n"),
        (TableName::PhoneAreas, "44\tUnited Kingdom\n4420\tLondon\n"),
        (TableName::PhoneTimeZones, "44\tEurope/London\n"),
        (TableName::TimeZones, "GB\t+513030-0000731\tEurope/London\n"),
    ] {
        tables.install(table, text.as_bytes(), "1.0, 2026-11-23".to_owned()).unwrap();
    }
    Risk::new(tables, Weights::built_in().unwrap()).unwrap()
}

fn request(text: &str) -> Request {
    serde_json::from_str(text).unwrap()
}

fn number(text: &str) -> Request {
    Request { phone: Some(Phone::new(text.to_owned(), None)), ..Request::default() }
}

fn address(text: &str) -> Request {
    Request { email: Some(Email::new(text.to_owned())), ..Request::default() }
}

fn assess(request: &Request) -> Assessment {
    risk().assess(request, &NoSources, &NoDns)
}

const WHOLE: &str = r#"{
    "phone": {"number": "(020) 7946-0123 ext. 4", "default_region": "GB"},
    "email": {"address": "Erika.Mustermann+Shop@GMail.com"},
    "device": {"device": {"os": "Windows", "owner": "Erika", "time_zone": "Europe/London",
                          "vendor_id": "7QX"},
               "browser": {"user_agent": "Mozilla/5.0 (Windows NT 10.0) Chrome/130.0.0.0",
                           "hint_brands": "\"Chromium\";v=\"99\"", "webdriver": false},
               "network": {"country": "GB"}}
}"#;

struct Sources;

impl Registered for Sources {
    fn ask(&self, kind: Kind, normal: &Sensitive<String>) -> Vec<Registration> {
        let of = |source: &str, meaning, answer| Registration {
            source: source.parse().unwrap(),
            meaning,
            answer,
        };
        let customer = match kind {
            Kind::Phone => "+442079460123",
            Kind::Email => "erikamustermann@gmail.com",
            Kind::Device => "vendor:7QX",
        };
        vec![
            of("tenant:customers", Meaning::Good, Signal::Known(normal.expose() == customer)),
            of("provider:example", Meaning::Bad, Signal::Null(Absent::SourceUnavailable)),
        ]
    }

    fn nothing_to_ask(&self, kind: Kind) -> Vec<Registration> {
        let mut all = self.ask(kind, &Sensitive::default());
        all.iter_mut().for_each(|of| of.answer = Signal::Null(Absent::Unreadable));
        all
    }
}

#[test]
fn the_answer_has_this_shape() {
    let assessment = risk().assess(&request(WHOLE), &Sources, &NoDns);
    insta::assert_json_snapshot!(assessment);
}

#[test]
fn s4_what_a_policy_cuts_down_to_has_this_shape() {
    let assessment = risk().assess(&request(WHOLE), &Sources, &NoDns);
    insta::assert_json_snapshot!(assessment.cut());
}

/// Every text of an answer, at whatever depth, with the names of members.
fn texts(value: &Value) -> Vec<String> {
    match value {
        Value::String(text) => vec![text.clone()],
        Value::Array(all) => all.iter().flat_map(texts).collect(),
        Value::Object(members) => {
            members.iter().flat_map(|(name, of)| [vec![name.clone()], texts(of)].concat()).collect()
        }
        _ => Vec::new(),
    }
}

#[test]
fn s4_every_text_of_an_answer_is_a_name_of_a_list_or_out_of_a_table() {
    let assessment = risk().assess(&request(WHOLE), &Sources, &NoDns);
    let tables = ["London", "Europe/London", "1.0, 2026-11-23"];
    for text in texts(&serde_json::to_value(&assessment).unwrap()) {
        let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b"._:-".contains(&b);
        let listed = text.bytes().all(plain) || text == "GB" || tables.contains(&text.as_str());
        assert!(listed, "{text}");
    }
}

#[test]
fn sources_count_and_their_silence_does_not() {
    let with = risk().assess(&number("+44 20 7946 0123"), &Sources, &NoDns);
    assert!(with.reasons.contains(&Reason::PhoneKnownGood));
    let stranger = risk().assess(&number("+44 20 7946 0124"), &Sources, &NoDns);
    assert!(!stranger.reasons.contains(&Reason::PhoneKnownGood));
    let without = assess(&number("+44 20 7946 0124"));
    assert_eq!(stranger.score, without.score);
    assert!(stranger.coverage < without.coverage, "a silent source is missing");
    let unreadable = risk().assess(&number("no number"), &Sources, &NoDns);
    let registered = unreadable.signals.phone.unwrap().registered;
    assert!(registered.values().all(|answer| *answer == Signal::Null(Absent::Unreadable)));
}

#[test]
fn gathered_answers_are_those_of_their_kind() {
    let source = Source::provider("example").unwrap();
    let of = |kind, answer| {
        (kind, Registration { source: source.clone(), meaning: Meaning::Bad, answer })
    };
    let gathered =
        Gathered(vec![of(Kind::Phone, Signal::Known(true)), of(Kind::Email, Signal::Known(false))]);
    let found = risk().assess(&number("+44 7400 519283"), &gathered, &NoDns).reasons;
    assert_eq!(found, [Reason::PhoneKnownBad]);
    assert_eq!(risk().assess(&address("e@firm.com"), &gathered, &NoDns).reasons, []);
}

#[test]
fn what_is_known_as_good_excuses_nothing_of_another_kind() {
    let driven =
        request(r#"{"phone":{"number":"+442079460123"},"device":{"browser":{"webdriver":true}}}"#);
    let assessment = risk().assess(&driven, &Sources, &NoDns);
    assert!(assessment.reasons.contains(&Reason::PhoneKnownGood));
    let weights = Weights::built_in().unwrap();
    let alone = weights.points(Reason::DeviceAutomation);
    assert!(i16::from(assessment.score) >= alone, "{}", assessment.score);
}

#[test]
fn the_same_gives_the_same() {
    let (one, other) = (risk(), risk());
    let first = one.assess(&request(WHOLE), &Sources, &NoDns);
    for risk in [&one, &other] {
        assert_eq!(risk.assess(&request(WHOLE), &Sources, &NoDns), first);
    }
}

#[test]
fn an_empty_request_is_an_empty_answer() {
    let assessment = assess(&Request::default());
    assert_eq!((assessment.score, assessment.band, assessment.coverage), (0, Band::Low, 0.0));
    assert_eq!(assessment.signals, Signals::default());
}

#[test]
fn phone_numbers_give_their_reasons() {
    for (text, expected) in [
        ("+44 7400 519283", vec![]),
        ("+44 20 7183 8751", vec![Reason::PhoneFixedLine]),
        ("+44 7700 900123", vec![Reason::PhoneInvalid, Reason::PhoneExample]),
        ("+44 909 8790 123", vec![Reason::PhoneExample, Reason::PhonePremiumRate]),
        ("+44 56 1829 5673", vec![Reason::PhoneVoip]),
        ("+44 808 157 1123", vec![Reason::PhoneNoSubscriber]),
        ("+44 70 1829 5673", vec![Reason::PhonePersonalNumber]),
        ("+44 7", vec![Reason::PhoneImpossible]),
        ("+999 123456", vec![Reason::PhoneImpossible]),
        ("+44 2", vec![Reason::PhoneImpossible]),
        ("+34 218294567", vec![Reason::PhoneInvalid]),
        ("erika", vec![Reason::PhoneUnreadable]),
        ("+44 7400 777777", vec![Reason::PhoneRepeatedDigits]),
        ("+44 7400 345678", vec![Reason::PhoneSequentialDigits]),
    ] {
        assert_eq!(assess(&number(text)).reasons, expected, "{text}");
    }
}

#[test]
fn tables_of_prefixes_speak_of_valid_numbers_alone() {
    let phone = |text: &str| assess(&number(text)).signals.phone.unwrap();
    let mobile = phone("+44 7400 519283");
    assert_eq!(mobile.carrier.known().unwrap().as_str(), "Example Mobile");
    assert_eq!(mobile.carrier_is_original_assignment, Signal::Known(true));
    let line = phone("+44 20 7183 8751");
    assert_eq!(line.area.known().unwrap().as_str(), "London");
    assert_eq!(line.carrier, Signal::Null(Absent::NotInTables));
    assert_eq!(phone("+44 20 1").area, Signal::Null(Absent::NotApplicable));
}

#[test]
fn a_number_without_country_is_null_and_no_reason() {
    let assessment = assess(&number("020 7183 8751"));
    assert_eq!(assessment.reasons, []);
    assert_eq!(assessment.signals.phone.unwrap().valid, Signal::Null(Absent::NoCountry));
    let there = request(r#"{"phone":{"number":"020 7183 8751","default_region":"GB"}}"#);
    assert!(assess(&there).signals.phone.unwrap().valid.is_true());
    let nowhere = request(r#"{"phone":{"number":"020 7183 8751","default_region":"ZZ"}}"#);
    assert_eq!(assess(&nowhere).signals.phone.unwrap().valid, Signal::Null(Absent::NoCountry));
}

/// The bad input of the founding issue, each with something to look for in what comes
/// out.
#[test]
fn bad_input_is_assessed_or_refused_and_never_shown() {
    let long = format!("ERIKSSON{}@firm.com", "l".repeat(10_000));
    let quotes = format!("\"{}ERIKSSON\"@firm.com", "\\\"".repeat(20));
    for text in [
        "ERIKSSON\u{430}@gm\u{430}il.com",
        "\u{202e}ERIKSSON@firm.com\u{202c}",
        long.as_str(),
        quotes.as_str(),
        "\"\"ERIKSSON\"\"@firm.com",
        "ERIKSSON@firm.com\r\nBcc: x@firm.com",
        "ERIKSSON",
    ] {
        let shown = format!("{:?}", assess(&address(text)));
        assert!(!shown.to_lowercase().contains("eriksson"), "{shown}");
        assert!(assess(&address(text)).score > 0, "{text}");
    }
    for text in [
        "1-800-FLOWERS5550100",
        "+44 20 7946 5550100 ext 99",
        "\u{ff0b}\u{ff14}\u{ff14}5550100",
        "\u{202e}+445550100",
        "+5550100+5550100",
        &"5550100".repeat(2_000),
    ] {
        let shown = serde_json::to_string(&assess(&number(text))).unwrap();
        assert!(!shown.contains("5550100"), "{shown}");
    }
}

#[test]
fn normal_forms_are_those_that_sources_are_asked_for() {
    let normal = risk().normal(&request(WHOLE));
    let of = |text: &Option<Sensitive<String>>| text.as_ref().map(|text| text.expose().clone());
    assert_eq!(of(&normal.phone).as_deref(), Some("+442079460123"));
    assert_eq!(of(&normal.email).as_deref(), Some("erikamustermann@gmail.com"));
    assert_eq!(of(&normal.domain).as_deref(), Some("gmail.com"));
    assert_eq!(of(&normal.device).as_deref(), Some("vendor:7QX"));
    assert!(!format!("{normal:?}").contains("gmail"));
    for (domain, organisation) in [
        ("mail.a.firm.co.uk", "firm.co.uk"),
        ("firm.co.uk", "firm.co.uk"),
        ("co.uk", "co.uk"),
        ("a.b.nowhere", "b.nowhere"),
    ] {
        let normal = risk().normal(&address(&format!("e@{domain}")));
        assert_eq!(of(&normal.organisation).as_deref(), Some(organisation), "{domain}");
        assert_eq!(of(&normal.domain).as_deref(), Some(domain));
    }
    let bare = Risk::new(Tables::default(), Weights::built_in().unwrap()).unwrap();
    assert_eq!(of(&bare.normal(&address("e@firm.com")).organisation), None);
}

#[test]
fn the_documentation_lists_every_reason_signal_and_fact() {
    let weights = Weights::built_in().unwrap();
    for reason in Reason::ALL {
        let row = format!("| `{reason}` | {:+} |", weights.points(*reason));
        assert!(DOCS.contains(&row), "{row}");
    }
    for signal in SignalName::ALL {
        let row = DOCS.lines().find(|line| line.starts_with(&format!("| `{signal}` |")));
        let share = format!("| {} |", weights.coverage(*signal));
        assert!(row.is_some_and(|row| row.ends_with(&share)), "{signal} {share}");
    }
    for reason in Absent::ALL {
        assert!(DOCS.contains(&format!("| `{reason}` |")), "{reason}");
    }
    for group in Group::ALL {
        let row = DOCS.lines().find(|line| line.starts_with(&format!("| `{group}` |"))).unwrap();
        for key in KEYS.iter().filter(|key| key.group == *group) {
            assert!(row.contains(&format!("`{}`", key.name)), "{}", key.name);
        }
    }
    let (medium, high) = weights.bands();
    assert!(DOCS.contains(&format!("`medium` from {medium}, `high` from {high}")));
    assert!(DOCS.contains(&format!("Table of weights `{}`", weights.version)));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn whatever_is_written_is_assessed(text in "\\PC{0,60}") {
        let risk = risk();
        for request in [number(&text), address(&text)] {
            let assessment = risk.assess(&request, &NoSources, &NoDns);
            prop_assert!(assessment.score <= 100);
            prop_assert!((0.0..=1.0).contains(&assessment.coverage));
        }
    }

    #[test]
    fn e164_of_a_valid_number_is_read_as_itself(digits in "[1-9][0-9]{6,14}") {
        let risk = risk();
        let request = number(&format!("+{digits}"));
        let phone = risk.assess(&request, &NoSources, &NoDns).signals.phone;
        let valid = phone.is_some_and(|signals| signals.valid.is_true());
        if let Some(e164) = risk.normal(&request).phone.filter(|_| valid) {
            let again = risk.normal(&number(e164.expose())).phone;
            prop_assert_eq!(again, Some(e164));
        }
    }

    #[test]
    fn a_folded_address_is_folded_to_itself(
        local in "[a-zA-Z0-9.+_-]{1,20}",
        domain in "(gmail|firm|googlemail)\\.com",
    ) {
        let risk = risk();
        if let Some(email) = risk.normal(&address(&format!("{local}@{domain}"))).email {
            // A tag that is all that is left of the name is a name.
            let again = risk.normal(&address(email.expose())).email;
            prop_assert!(again.is_none() || again == Some(email));
        }
    }
}
