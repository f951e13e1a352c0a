//! Any text as an e-mail address: a standing, and if mail can be sent to it a normal
//! form that has itself for its normal form.

#![no_main]

use std::sync::LazyLock;

use bonafide_risk::{Email, NoDns, NoSources, Request, Risk, Standing, Tables, Weights, standing};
use libfuzzer_sys::fuzz_target;

static RISK: LazyLock<Risk> = LazyLock::new(|| {
    Risk::new(Tables::default(), Weights::built_in().expect("weights")).expect("plans")
});

fn request(text: &str) -> Request {
    Request { email: Some(Email::new(text.to_owned())), ..Request::default() }
}

fuzz_target!(|text: &str| {
    let found = standing(text);
    let assessment = RISK.assess(&request(text), &NoSources, &NoDns);
    let valid = assessment.signals.email.is_some_and(|signals| signals.valid.is_true());
    assert_eq!(valid, found <= Standing::Unusual && text.len() <= bonafide_risk::LONGEST);
    let normal = RISK.normal(&request(text));
    if let (Some(domain), Some(email)) = (&normal.domain, &normal.email) {
        assert!(domain.expose().is_ascii());
        assert!(email.expose().contains('@'));
    }
});
