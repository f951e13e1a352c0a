//! Any bytes as a signed note, a checkpoint, keys and a trust policy: refused,
//! or written again as they were read.

#![no_main]

use bonafide_transparency::SignedCheckpoint;
use bonafide_transparency::note::{Keyring, Note, SigningKey, VerifierKey};
use bonafide_transparency::policy::Policy;
use libfuzzer_sys::fuzz_target;

/// A key whose signatures are in the corpus, if it has any.
const KEY: &str = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";

fuzz_target!(|bytes: &[u8]| {
    let trusted = Keyring::of(KEY.parse().expect("a key"));
    if let Ok(note) = Note::parse(bytes) {
        assert_eq!(note.to_text().as_bytes(), bytes);
        let _ = note.verify(&trusted);
    }
    if let Ok(checkpoint) = SignedCheckpoint::parse(bytes) {
        assert_eq!(checkpoint.to_text().as_bytes(), bytes);
        assert_eq!(checkpoint.checkpoint().to_text(), checkpoint.note().text());
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        if let Ok(key) = text.parse::<VerifierKey>() {
            assert_eq!(key.to_string(), text);
        }
        if let Ok(key) = text.parse::<SigningKey>() {
            assert_eq!(key.to_text().expose(), text);
        }
        let _ = text.parse::<Policy>();
    }
});
