//! Any text as a number of every kind: what is valid stays valid in its own writing.

#![no_main]

use bonafide_context::Date;
use bonafide_document::number::{KINDS, Verdict, licence_of};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let today = Date::from_days(20_779);
    for kind in KINDS {
        if let Verdict::Valid(found) = kind.check(text, today) {
            assert!(kind.check(&found.number, today).decoded().is_some());
        }
    }
    let _ = licence_of("MO", text);
});
