//! Any text as a phone number, with a region and without one: an assessment that never
//! shows the text, and an E.164 that is read as itself.

#![no_main]

use std::sync::LazyLock;

use bonafide_risk::{NoDns, NoSources, Phone, RegionCode, Request, Risk, Tables, Weights};
use libfuzzer_sys::fuzz_target;

static RISK: LazyLock<Risk> = LazyLock::new(|| {
    Risk::new(Tables::default(), Weights::built_in().expect("weights")).expect("plans")
});

fuzz_target!(|input: (&str, [u8; 2])| {
    let (text, region) = input;
    let region = std::str::from_utf8(&region).ok().and_then(|r| r.parse::<RegionCode>().ok());
    for region in [None, region] {
        let phone = Some(Phone::new(text.to_owned(), region));
        let request = Request { phone, ..Request::default() };
        let assessment = RISK.assess(&request, &NoSources, &NoDns);
        assert!(assessment.score <= 100 && (0.0..=1.0).contains(&assessment.coverage));
        if let Some(e164) = RISK.normal(&request).phone {
            let digits = e164.expose().strip_prefix('+').expect("a plus");
            assert!(digits.bytes().all(|b| b.is_ascii_digit()));
        }
    }
});
