//! Any bytes as the fields of an Aadhaar code, and as its compressed form: nobody signed
//! them.

#![no_main]

use std::io::Write;

use bonafide_document::Outcome;
use bonafide_document::barcode::aadhaar;
use flate2::Compression;
use flate2::write::GzEncoder;
use libfuzzer_sys::fuzz_target;
use num_bigint::BigUint;

fuzz_target!(|bytes: &[u8]| {
    let mut packed = GzEncoder::new(Vec::new(), Compression::none());
    let fields = [bytes, &[1; 256]].concat();
    if packed.write_all(&fields).is_err() {
        return;
    }
    let Ok(packed) = packed.finish() else { return };
    let raw = [&[0x1F, 0x8B][..], bytes].concat();
    for packed in [&packed, &raw] {
        if let Ok(card) = aadhaar::parse(&BigUint::from_bytes_be(packed).to_string(), None) {
            assert_eq!(card.signed, Outcome::Unavailable);
        }
    }
});
