//! Any bytes as the path of a tile, as a bundle of entries and as hashes:
//! refused, or written again as they were read.

#![no_main]

use bonafide_transparency::storage::Resource;
use bonafide_transparency::tile::{decode_bundle, decode_hashes, encode_bundle, encode_hashes};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: (&[u8], u16)| {
    let (bytes, width) = input;
    if let Ok(text) = std::str::from_utf8(bytes) {
        for text in [text.to_owned(), format!("tile/{text}")] {
            if let Ok(resource) = text.parse::<Resource>() {
                assert_eq!(resource.to_string(), text);
            }
        }
    }
    if let Ok(entries) = decode_bundle(bytes, width) {
        assert_eq!(encode_bundle(&entries).as_deref(), Ok(bytes));
    }
    if let Some(hashes) = decode_hashes(bytes, width) {
        assert_eq!(encode_hashes(&hashes), bytes);
    }
});
