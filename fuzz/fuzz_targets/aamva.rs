//! Any text as the barcode of a North American licence: as it is, and behind a header
//! that is right.

#![no_main]

use bonafide_document::barcode::aamva;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let begun = format!("@\n\u{1e}\rANSI 636014040002DL00410288ZC03290015DL{text}");
    for text in [text, &begun] {
        if let Ok(licence) = aamva::parse(text) {
            let _ = licence.number_verdict();
        }
    }
});
