//! The parameters of a request in the Tencent dialect, as JSON and as a form.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| bonafide_tencent::fuzzing::parameters(bytes));
