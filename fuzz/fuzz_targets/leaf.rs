//! Any bytes as a leaf: refused, or the one spelling of what they say.

#![no_main]

use bonafide_transparency::leaf::Leaf;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let begun = [b"{\"v\":1,\"type\":\"deletion\",", bytes].concat();
    for bytes in [bytes, &begun] {
        if let Ok(leaf) = Leaf::decode(bytes) {
            assert_eq!(leaf.encode().as_deref(), Ok(bytes));
        }
    }
});
