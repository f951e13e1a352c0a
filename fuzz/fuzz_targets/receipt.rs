//! Any bytes as a receipt and as a request to a witness: refused, or written
//! again as they were read; and no receipt that nobody signed is believed.

#![no_main]

use bonafide_transparency::Receipt;
use bonafide_transparency::policy::Policy;
use bonafide_transparency::witness::AddCheckpoint;
use libfuzzer_sys::fuzz_target;

/// Nobody has signed a checkpoint with this key.
const KEY: &str = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";

fuzz_target!(|bytes: &[u8]| {
    let policy = Policy::new([KEY.parse().expect("a key")], [], 0).expect("a policy");
    // As they are, and behind what every receipt begins with.
    let begun = [b"c2sp.org/tlog-proof@v1\nextra ", bytes].concat();
    for bytes in [bytes, &begun] {
        if let Ok(receipt) = Receipt::parse(bytes) {
            assert_eq!(receipt.to_text().as_bytes(), bytes);
            assert!(receipt.verify(&policy).is_err());
        }
    }
    if let Ok(request) = AddCheckpoint::parse(bytes) {
        assert_eq!(request.to_text().as_bytes(), bytes);
    }
});
