//! Any bytes as an envelope: an error or, if they were sealed here, what was
//! sealed; a change of any byte is noticed.

#![no_main]

use bonafide_context::Seeded;
use bonafide_vault::seal::{Binding, Key};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: (Vec<u8>, usize, u8)| {
    let (bytes, at, change) = input;
    let mut random = Seeded::new(1);
    let key = Key::random(&mut random);
    let binding = Binding::new("content").part("apac/live/1300000001").number(7);
    // As they are, and behind the mark of the format.
    assert!(key.open(&binding, &bytes).is_err());
    assert!(key.open(&binding, &[b"BFE\x01", bytes.as_slice()].concat()).is_err());

    let mut envelope = key.seal(&binding, &bytes, &mut random).expect("it is sealed");
    assert_eq!(*key.open(&binding, &envelope).expect("it opens"), bytes);
    assert!(key.open(&Binding::new("content").part("apac"), &envelope).is_err());
    if change != 0 {
        let at = at % envelope.len();
        envelope[at] ^= change;
        assert!(key.open(&binding, &envelope).is_err());
    }
});
