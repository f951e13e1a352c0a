//! The signature of a request in the Tencent dialect.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| bonafide_tencent::fuzzing::signature(bytes));
