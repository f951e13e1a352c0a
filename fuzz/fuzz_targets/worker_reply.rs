//! What a taken-over worker may send: any header is a picture of exactly the
//! size it claims and the limits allow, a refusal, or no reply at all.
#![no_main]

use bonafide_media::Limits;
use bonafide_media::worker::frame::{HELLO, REPLY, Reply, hello, parse_hello, reply};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if let Some(said) = bytes.first_chunk::<HELLO>()
        && let Ok(isolation) = parse_hello(said)
    {
        assert_eq!(&hello(&isolation), said);
    }
    let Some(header) = bytes.first_chunk::<REPLY>() else { return };
    let sequence = header.first_chunk().map_or(0, |b| u64::from_le_bytes(*b));
    let limits = Limits::default();
    let Ok(said) = Reply::parse(header, sequence, &limits) else { return };
    assert!(Reply::parse(header, sequence.wrapping_add(1), &limits).is_err());
    // One meaning, one spelling.
    assert_eq!(&reply(sequence, &said), header);
    if let Reply::Picture { width, height, length, .. } = said {
        assert_eq!(length as u64, u64::from(width) * u64::from(height) * 3);
        assert!(u64::from(width) * u64::from(height) <= limits.max_pixels);
        assert!(width.max(height) <= limits.max_side && width.min(height) > 0);
    }
});
