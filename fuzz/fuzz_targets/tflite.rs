//! Bytes from outside as a TensorFlow Lite model: converted or refused.
#![no_main]

use bonafide_inference::onnx::{Preparation, prepare};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let _ = prepare(bytes, &[Preparation::FromTflite]);
    let _ = prepare(&[&[8, 0, 0, 0], b"TFL3".as_slice(), bytes].concat(), &[Preparation::FromTflite]);
});
