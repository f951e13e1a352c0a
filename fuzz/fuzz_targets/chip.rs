//! Any bytes as the files of a chip and as a master list: no panic, and nothing that
//! nobody signed passes.

#![no_main]

use std::sync::LazyLock;

use bonafide_context::Date;
use bonafide_document::Outcome;
use bonafide_document::chip::{ChipData, MasterList};
use libfuzzer_sys::fuzz_target;

static TRUSTED: LazyLock<MasterList> = LazyLock::new(|| {
    let list = include_bytes!("../../crates/document/tests/chip/master_list.ml");
    MasterList::read(list.to_vec()).expect("a list")
});

/// A genuine object, so that the fuzzer need not find out what one looks like.
const GENUINE: &[u8] = include_bytes!("../../crates/document/tests/chip/sod_nist.bin");

fuzz_target!(|bytes: &[u8]| {
    let today = Date::from_days(20_800);
    let _ = MasterList::read(bytes.to_vec());
    // As it is, and over part of a genuine object.
    let mut over = GENUINE.to_vec();
    if let Some((at, rest)) = bytes.split_first_chunk::<2>() {
        let at = usize::from(u16::from_be_bytes(*at)) % over.len();
        let n = rest.len().min(over.len() - at);
        over[at..at + n].copy_from_slice(&rest[..n]);
    }
    for sod in [bytes, &over] {
        let groups = [(1, bytes.to_vec()), (2, bytes.to_vec())].into();
        let Ok(chip) = ChipData::new(sod.to_vec(), groups) else { return };
        let reading = chip.check(Some(&TRUSTED), None, today);
        assert!(reading.checks.iter().any(|check| check.outcome != Outcome::Agree));
    }
});
