use std::ops::ControlFlow;

use proptest::prelude::*;

use super::samples::{Mp4, Webm, element, every, h264_frame, numbered, one_of_each, vp8_frame};
use super::*;

fn order(pick: Pick) -> VideoOrder {
    VideoOrder { limits: VideoLimits::default(), pick }
}

fn all(file: &[u8], order: &VideoOrder) -> Result<(VideoFacts, Vec<Filmed>), VideoError> {
    let mut frames = Vec::new();
    let facts = decode(file, order, &mut |one| {
        frames.push(one);
        ControlFlow::Continue(())
    })?;
    Ok((facts.unwrap(), frames))
}

fn error(file: &[u8]) -> VideoError {
    all(file, &order(Pick::Every(1))).unwrap_err()
}

/// The brightness of a frame of [`numbered`], as its number.
fn number(frame: &Filmed) -> u32 {
    let [r, g, b] = frame.picture.pixel(3, 3);
    assert!(r == g && g == b);
    // 16 to 235 is 0 to 255.
    let light = (f64::from(r) * 219.0 / 255.0 + 16.0).round() as u32;
    (light - 40) / 10
}

#[test]
fn each_kind_gives_its_frames_in_time() {
    let expected = [
        (Container::WebM, VideoCodec::Vp8, 6, 40_000),
        (Container::WebM, VideoCodec::Vp9, 7, 33_000),
        (Container::Mp4, VideoCodec::H264, 6, 40_000),
        (Container::Mp4, VideoCodec::H264, 8, 40_000),
    ];
    for (file, (container, codec, count, pace)) in one_of_each().iter().zip(expected) {
        assert_eq!(Container::of(file), Some(container));
        let (facts, frames) = all(file, &order(Pick::Every(1))).unwrap();
        let length_us = u64::from(count - 1) * pace;
        let turned = 0;
        assert_eq!(facts, VideoFacts { container, codec, frames: count, length_us, turned });
        for (n, frame) in (0..count).zip(&frames) {
            assert_eq!((frame.index, frame.at_us), (n, u64::from(n) * pace));
            assert_eq!((frame.picture.width(), frame.picture.height()), (64, 48));
        }
        assert_eq!(frames.len(), count as usize);
        if codec == VideoCodec::H264 {
            assert!(frames.iter().all(|one| number(one) == one.index));
        }
    }
}

#[test]
fn a_bar_of_vp9_stands_where_it_was_drawn() {
    let (_, frames) = all(&one_of_each()[1], &order(Pick::Every(1))).unwrap();
    for frame in &frames {
        let bar = frame.index * 8 + 4;
        for x in (4..64).step_by(8) {
            let [light, ..] = frame.picture.pixel(x, 20);
            let drawn = if x == bar { 220.0 } else { f64::from(60 + x) };
            let drawn = (drawn - 16.0) * 255.0 / 219.0;
            assert!(
                (f64::from(light) - drawn).abs() < 20.0,
                "frame {} x {x}: {light}",
                frame.index
            );
        }
    }
}

#[test]
fn frames_are_picked_as_asked() {
    let file = Mp4::new(16, 16).file(&every(40, numbered(16, 16, 10)));
    let picked = |pick| {
        let (facts, frames) = all(&file, &order(pick)).unwrap();
        assert_eq!(facts.frames, 10);
        assert!(frames.iter().all(|one| number(one) == one.index));
        assert!(frames.iter().all(|one| one.at_us == u64::from(one.index) * 40_000));
        frames.iter().map(|one| one.index).collect::<Vec<_>>()
    };
    assert_eq!(picked(Pick::Every(4)), [0, 4, 8]);
    assert_eq!(picked(Pick::Every(0)).len(), 10);
    assert_eq!(picked(Pick::AtMost(3)), [0, 4, 8]);
    assert_eq!(picked(Pick::AtMost(100)).len(), 10);
    assert_eq!(picked(Pick::AtMost(0)), [0]);
    let mut seen = 0;
    let broken_off = decode(&file, &order(Pick::Every(1)), &mut |_| {
        seen += 1;
        if seen == 3 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    });
    assert_eq!((broken_off, seen), (Ok(None), 3));
}

#[test]
fn frames_that_are_decoded_early_are_shown_in_time() {
    let frames = numbered(16, 16, 5);
    // Decoded 0 4 2 1 3, as with frames that look both ways.
    let packets: Vec<(u32, Vec<u8>)> =
        [0_usize, 4, 2, 1, 3].iter().map(|n| (*n as u32 * 40, frames[*n].clone())).collect();
    for fragments in [0, 2] {
        let file = Mp4 { fragments, ..Mp4::new(16, 16) }.file(&packets);
        let (_, shown) = all(&file, &order(Pick::Every(1))).unwrap();
        assert_eq!(shown.iter().map(number).collect::<Vec<_>>(), [0, 1, 2, 3, 4]);
        assert!(shown.iter().all(|one| one.at_us == u64::from(one.index) * 40_000));
    }
}

#[test]
fn a_turned_track_is_put_upright() {
    // Bright above, dark below.
    let frame = h264_frame(32, 16, &|_, y| [if y < 8 { 235 } else { 16 }, 128, 128]);
    let turned = [
        ([1, 0, 0, 1], 0, (32, 16), (9, 2)),
        ([0, 1, -1, 0], 90, (16, 32), (12, 9)),
        ([-1, 0, 0, -1], 180, (32, 16), (9, 12)),
        ([0, -1, 1, 0], 270, (16, 32), (2, 9)),
    ];
    for (matrix, degrees, size, bright) in turned {
        let file = Mp4 { matrix, last: true, ..Mp4::new(32, 16) }.file(&[(0, frame.clone())]);
        let (facts, frames) = all(&file, &order(Pick::Every(1))).unwrap();
        let picture = &frames[0].picture;
        assert_eq!((facts.turned, (picture.width(), picture.height())), (degrees, size));
        assert_eq!(picture.pixel(bright.0, bright.1), [255; 3], "{degrees}");
        let opposite = picture.pixel(size.0 - 1 - bright.0, size.1 - 1 - bright.1);
        assert_eq!(opposite, [0; 3], "{degrees}");
    }
}

#[test]
fn colours_are_read_as_signalled() {
    let red = |y, u, v| h264_frame(16, 16, &|_, _| [y, u, v]);
    let shown = |colour, frame: Vec<u8>| {
        let file = Mp4 { colour, ..Mp4::new(16, 16) }.file(&[(0, frame)]);
        all(&file, &order(Pick::Every(1))).unwrap().1[0].picture.pixel(5, 5)
    };
    let is_red = |[r, g, b]: [u8; 3]| r > 250 && g < 5 && b < 5;
    // Small H.264 that does not say is BT.601, limited.
    assert!(is_red(shown(None, red(81, 90, 240))));
    assert!(is_red(shown(Some((6, false)), red(81, 90, 240))));
    assert!(is_red(shown(Some((1, false)), red(63, 102, 240))));
    assert!(is_red(shown(Some((6, true)), red(76, 85, 255))));
    assert!(!is_red(shown(Some((1, false)), red(81, 90, 240))));
    // WebM says it in another way.
    let grey = |colour| {
        let webm = Webm { colour, sized: true, ..Webm::new("V_VP8", 16, 16) };
        let file = webm.file(&[(0, vp8_frame(16, 16))]);
        all(&file, &order(Pick::Every(1))).unwrap().1[0].picture.pixel(5, 5)[0]
    };
    assert_ne!(grey(Some((6, 2))), grey(Some((6, 1))));
    assert_eq!(grey(Some((2, 0))), grey(None));
}

#[test]
fn what_is_no_video_says_why() {
    assert_eq!(error(b""), VideoError::Empty);
    for file in [&b"text"[..], b"\xff\xd8\xff\xe0", b"RIFF\0\0\0\0WEBP", b"\0\0\0\x18ftypheic"] {
        assert_eq!(error(file), VideoError::NotAVideo);
    }
    let frames = every(40, vec![vp8_frame(16, 16); 3]);
    let sound = Webm { kind: 2, ..Webm::new("A_OPUS", 16, 16) }.file(&frames);
    assert_eq!(error(&sound), VideoError::NoVideoTrack);
    assert_eq!(error(&element(&[0x1a, 0x45, 0xdf, 0xa3], b"")), VideoError::NoVideoTrack);
    let packets = every(40, numbered(16, 16, 3));
    let sound = Mp4 { handler: b"soun", ..Mp4::new(16, 16) }.file(&packets);
    assert_eq!(error(&sound), VideoError::NoVideoTrack);
    let unknown = |codec| VideoError::UnknownCodec { codec };
    assert_eq!(error(&Webm::new("V_AV1", 16, 16).file(&frames)), unknown("AV1"));
    assert_eq!(error(&Webm::new("V_REAL", 16, 16).file(&frames)), unknown("this codec"));
    assert_eq!(error(&Mp4 { kind: b"hvc1", ..Mp4::new(16, 16) }.file(&packets)), unknown("HEVC"));
    assert_eq!(error(&Webm::new("V_VP8", 16, 16).file(&[])), VideoError::NoFrames);
    assert_eq!(error(&Mp4::new(16, 16).file(&[])), VideoError::NoFrames);
}

#[test]
fn a_clock_that_runs_backwards_is_refused() {
    let at = |times: [u32; 3]| times.map(|at| (at, vp8_frame(16, 16)));
    assert!(
        all(&Webm::new("V_VP8", 16, 16).file(&at([0, 40, 80])), &order(Pick::Every(1))).is_ok()
    );
    let backwards = Webm::new("V_VP8", 16, 16).file(&at([40, 80, 39]));
    assert_eq!(error(&backwards), VideoError::ClockBackwards);
    // Thirty frames before the first one that is due.
    let mut packets = every(40, numbered(16, 16, 20));
    packets.rotate_left(1);
    assert_eq!(error(&Mp4::new(16, 16).file(&packets)), VideoError::ClockBackwards);
}

#[test]
fn limits_hold() {
    let files = one_of_each();
    let with = |limits: VideoLimits, file: &[u8]| {
        all(file, &VideoOrder { limits, pick: Pick::Every(1) }).map(drop)
    };
    let limits = VideoLimits::default();
    for file in &files {
        let max_bytes = file.len() - 1;
        let short = VideoLimits { max_bytes, ..limits };
        assert_eq!(with(short, file), Err(VideoError::TooManyBytes { max_bytes }));
        let few = VideoLimits { max_frames: 5, ..limits };
        assert_eq!(with(few, file), Err(VideoError::TooManyFrames { max_frames: 5 }));
        let brief = VideoLimits { max_ms: 190, ..limits };
        assert_eq!(with(brief, file), Err(VideoError::TooLong { max_ms: 190 }));
        let large = VideoError::TooLarge { width: 64, height: 48 };
        assert_eq!(with(VideoLimits { max_pixels: 3_071, ..limits }, file), Err(large));
        assert_eq!(with(VideoLimits { max_side: 63, ..limits }, file), Err(large));
        let exact = VideoLimits { max_pixels: 3_072, max_side: 64, ..limits };
        assert_eq!(with(exact, file), Ok(()));
    }
    let many = Webm::new("V_VP8", 16, 16).file(&every(1, vec![vp8_frame(16, 16); 10_000]));
    let max_frames = limits.max_frames;
    assert_eq!(error(&many), VideoError::TooManyFrames { max_frames });
}

#[test]
fn a_stream_that_is_larger_than_its_container_says_is_refused_before_it_is_decoded() {
    let frame = vp8_frame(16_000, 16_000);
    let file = Webm::new("V_VP8", 64, 48).file(&[(0, frame)]);
    assert_eq!(error(&file), VideoError::TooLarge { width: 16_000, height: 16_000 });
}

#[test]
fn a_file_that_stops_early_is_never_taken_for_a_whole_one() {
    for file in one_of_each() {
        let whole = all(&file, &order(Pick::Every(1))).unwrap().1.len();
        for length in (1..file.len()).step_by(61).chain(file.len() - 40..file.len()) {
            match all(&file[..length], &order(Pick::Every(1))) {
                // A recorder may stop between two blocks, or two fragments.
                Ok((_, frames)) => assert!(frames.len() < whole),
                Err(error) => assert!(
                    matches!(
                        error,
                        VideoError::Truncated
                            | VideoError::NotAVideo
                            | VideoError::NoVideoTrack
                            | VideoError::NoFrames
                    ),
                    "{error:?} at {length} of {}",
                    file.len()
                ),
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    /// Bytes that are bent anywhere give frames within the limits or an error.
    #[test]
    fn no_bent_file_panics_or_outgrows_its_bounds(
        which in 0_usize..4,
        bends in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>(), any::<bool>()), 1..8),
    ) {
        let mut file = one_of_each().swap_remove(which);
        let headers = file.len().min(900);
        for (at, value, anywhere) in bends {
            let length = if anywhere { file.len() } else { headers };
            file[at.index(length)] = value;
        }
        let limits = VideoLimits {
            max_pixels: 1 << 16,
            max_side: 512,
            max_frames: 40,
            max_ms: 5_000,
            ..VideoLimits::default()
        };
        if let Ok((facts, frames)) = all(&file, &VideoOrder { limits, pick: Pick::Every(2) }) {
            prop_assert!(facts.frames <= 40 && facts.length_us <= 5_000_000);
            prop_assert!(frames.iter().all(|one| one.picture.pixels() <= 1 << 16));
            prop_assert!(frames.windows(2).all(|two| two[0].at_us <= two[1].at_us));
        }
    }

    #[test]
    fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..300), start in 0_usize..3) {
        let heads: [&[u8]; 3] = [b"", b"\x1a\x45\xdf\xa3\x80", b"\0\0\0\x0cftypisom"];
        let file = [heads[start], &bytes].concat();
        let _ = all(&file, &order(Pick::Every(1)));
    }
}
