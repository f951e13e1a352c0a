//! What a taken-over worker may send while it shows a video: pictures in order and
//! within the limits, an end, a refusal, or no answer at all.
#![no_main]

use bonafide_media::video::{Pick, VideoLimits, VideoOrder};
use bonafide_media::worker::film::{FilmReply, SoFar, reply};
use bonafide_media::worker::frame::REPLY;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let limits = VideoLimits::default();
    let order = VideoOrder { limits, pick: Pick::AtMost(9) };
    let (mut so_far, mut pictures) = (SoFar::default(), 0);
    for header in bytes.as_chunks::<REPLY>().0 {
        let sequence = header.first_chunk().map_or(0, |b| u64::from_le_bytes(*b));
        let Ok(said) = so_far.parse(header, sequence, &order) else { return };
        // One meaning, one spelling.
        assert_eq!(&reply(sequence, &said), header);
        if let FilmReply::Picture { index, width, height, .. } = said {
            pictures += 1;
            assert!(pictures <= 9 && index < limits.max_frames);
            assert!(u64::from(width) * u64::from(height) <= limits.max_pixels);
        }
    }
});
