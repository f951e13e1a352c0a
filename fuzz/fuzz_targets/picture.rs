//! The image front door: any bytes give a picture within the limits or an error.
#![no_main]

use bonafide_media::{Decoder, InProcess, Limits};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    // Small enough that every run is quick, large enough for every code path.
    let limits = Limits { max_pixels: 1 << 20, max_memory: 64 << 20, ..Limits::default() };
    if let Ok(decoded) = (InProcess { limits }).decode(bytes) {
        let (picture, facts) = (&decoded.picture, &decoded.facts);
        assert!(picture.pixels() <= limits.max_pixels);
        assert_eq!(picture.bytes().len() as u64, picture.pixels() * 3);
        let stored = match facts.orientation {
            5..=8 => (picture.height(), picture.width()),
            _ => (picture.width(), picture.height()),
        };
        assert_eq!((facts.width, facts.height), stored);
    }
});
