//! The video front door: any bytes give frames within the limits, in time, or an
//! error.
#![no_main]

use std::ops::ControlFlow;

use bonafide_media::video::{Pick, VideoLimits, VideoOrder};
use bonafide_media::{Decoder, InProcess};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    // Small enough that every run is quick.
    let limits = VideoLimits {
        max_frames: 12,
        max_ms: 5_000,
        max_pixels: 1 << 14,
        max_side: 512,
        ..VideoLimits::default()
    };
    let order = VideoOrder { limits, pick: Pick::Every(2) };
    let mut last: Option<(u32, u64)> = None;
    let facts = InProcess::default().video(bytes, &order, &mut |frame| {
        assert_eq!(frame.index % 2, 0);
        assert!(last.is_none_or(|(index, at)| frame.index > index && frame.at_us >= at));
        last = Some((frame.index, frame.at_us));
        assert!(frame.picture.pixels() <= limits.max_pixels);
        ControlFlow::Continue(())
    });
    if let Ok(Some(facts)) = facts {
        assert!(facts.frames <= limits.max_frames && facts.length_us <= 5_000_000);
        assert!(last.is_some_and(|(index, at)| index < facts.frames && at <= facts.length_us));
    }
});
