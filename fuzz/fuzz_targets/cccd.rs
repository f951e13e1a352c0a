//! Any text as the code of a Vietnamese identity card: as it is, and behind a number.

#![no_main]

use bonafide_context::Date;
use bonafide_document::barcode::cccd;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let begun = format!("001090012345|{text}");
    for text in [text, &begun] {
        if let Ok(card) = cccd::parse(text) {
            let _ = card.number_verdict(Date::from_days(20_779));
        }
    }
});
