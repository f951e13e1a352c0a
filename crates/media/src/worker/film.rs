//! What goes over the two pipes for a video. The request is that of a picture
//! ([`frame`](super::frame)) with these numbers in it; the answers have the
//! length of a picture's:
//!
//! | frame | bytes |
//! |---|---|
//! | a picture of the video | sequence 8, kind, 0 three, number 4, width 4, height 4, microsecond 8; then pixels |
//! | the end of it | sequence 8, kind, container, codec, quarter turns, frames 4, 0 eight, length in microseconds 8 |
//! | a refusal | sequence 8, kind, which, name, 0 five, width 4, height 4, 0 eight |
//!
//! As there, nothing is believed that contradicts itself, the order, or what
//! came before it.

use super::frame::{Malformed, REPLY, at, index, size, u32_at, u64_at, within};
use crate::video::{Container, Pick, VideoCodec, VideoError, VideoFacts, VideoLimits, VideoOrder};

/// Length of [`order`].
pub const ORDER: usize = 32;

/// The numbers of an order; 32 zeros ask for a picture.
pub fn order(order: &VideoOrder) -> [u8; ORDER] {
    let VideoOrder { limits, pick } = order;
    let (kind, count) = match *pick {
        Pick::Every(stride) => (1_u32, stride),
        Pick::AtMost(most) => (2, most),
    };
    let mut out = [0; ORDER];
    let numbers = [kind, count, limits.max_frames, limits.max_ms, limits.max_side];
    for (bytes, number) in out.chunks_exact_mut(4).zip(numbers) {
        bytes.copy_from_slice(&number.to_le_bytes());
    }
    out[24..].copy_from_slice(&limits.max_pixels.to_le_bytes());
    out
}

/// Reads [`order`]; `None` if a picture is asked for. `max_bytes` is what the
/// worker takes at all.
pub fn parse_order(bytes: &[u8; ORDER], max_bytes: usize) -> Result<Option<VideoOrder>, Malformed> {
    let number = |n: usize| u32_at(bytes, n * 4);
    let pick = match number(0) {
        0 => return Ok(None),
        1 => Pick::Every(number(1)),
        2 => Pick::AtMost(number(1)),
        _ => return Err(Malformed),
    };
    let limits = VideoLimits {
        max_bytes,
        max_frames: number(2),
        max_ms: number(3),
        max_pixels: u64_at(bytes, 24),
        max_side: number(4),
    };
    Ok(Some(VideoOrder { limits, pick }))
}

/// One answer to an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FilmReply {
    /// `width * height * 3` bytes of pixels follow.
    Picture {
        /// The frame's number among those shown.
        index: u32,
        /// Microseconds from the first frame.
        at_us: u64,
        /// Upright width.
        width: u32,
        /// Upright height.
        height: u32,
    },
    /// No picture follows any more.
    End(VideoFacts),
    /// The decoder refused the file, or the rest of it.
    Refused(VideoError),
}

/// The header of an answer.
pub fn reply(sequence: u64, reply: &FilmReply) -> [u8; REPLY] {
    let mut out = [0; REPLY];
    out[..8].copy_from_slice(&sequence.to_le_bytes());
    match *reply {
        FilmReply::Picture { index, at_us, width, height } => {
            out[8] = PICTURE;
            out[12..16].copy_from_slice(&index.to_le_bytes());
            size(&mut out, width, height);
            out[24..].copy_from_slice(&at_us.to_le_bytes());
        }
        FilmReply::End(facts) => {
            out[8] = END;
            out[9] = index(&CONTAINERS, &facts.container);
            out[10] = index(&CODECS, &facts.codec);
            out[11] = (facts.turned / 90) as u8;
            out[12..16].copy_from_slice(&facts.frames.to_le_bytes());
            out[24..].copy_from_slice(&facts.length_us.to_le_bytes());
        }
        FilmReply::Refused(error) => {
            out[8] = REFUSED;
            let (kind, name, (width, height)) = refusal(error);
            (out[9], out[10]) = (kind, name);
            size(&mut out, width, height);
        }
    }
    out
}

/// What an order has been answered so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SoFar {
    last: Option<(u32, u64)>,
    pictures: u32,
}

impl SoFar {
    /// Reads the header of the next answer to request `sequence`, and counts it.
    pub fn parse(
        &mut self,
        bytes: &[u8; REPLY],
        sequence: u64,
        order: &VideoOrder,
    ) -> Result<FilmReply, Malformed> {
        let limits = &order.limits;
        if u64_at(bytes, 0) != sequence {
            return Err(Malformed);
        }
        let (width, height) = (u32_at(bytes, 16), u32_at(bytes, 20));
        let (number, time) = (u32_at(bytes, 12), u64_at(bytes, 24));
        match bytes[8] {
            PICTURE if bytes[9..12] == [0; 3] => {
                limits.check_size(width, height).map_err(|_| Malformed)?;
                let expected = match (self.last, order.pick) {
                    (None, _) => number == 0 && time == 0,
                    (Some((last, at)), Pick::Every(stride)) => {
                        Some(number) == last.checked_add(stride.max(1)) && time >= at
                    }
                    (Some((last, at)), Pick::AtMost(most)) => {
                        number > last && time >= at && self.pictures < most.max(1)
                    }
                };
                if !expected || number >= limits.max_frames || time > limits.max_us() {
                    return Err(Malformed);
                }
                self.last = Some((number, time));
                self.pictures += 1;
                Ok(FilmReply::Picture { index: number, at_us: time, width, height })
            }
            END if (width, height) == (0, 0) => {
                let facts = VideoFacts {
                    container: at(&CONTAINERS, bytes[9])?,
                    codec: at(&CODECS, bytes[10])?,
                    frames: number,
                    length_us: time,
                    turned: u16::from(within(bytes[11], 0, 3)?) * 90,
                };
                let (last, at) = self.last.ok_or(Malformed)?;
                if number <= last
                    || number > limits.max_frames
                    || time < at
                    || time > limits.max_us()
                {
                    return Err(Malformed);
                }
                Ok(FilmReply::End(facts))
            }
            REFUSED if bytes[11..16] == [0; 5] && time == 0 => {
                refused(bytes[9], bytes[10], (width, height), limits).map(FilmReply::Refused)
            }
            _ => Err(Malformed),
        }
    }
}

impl VideoLimits {
    fn max_us(&self) -> u64 {
        u64::from(self.max_ms) * 1_000
    }
}

const PICTURE: u8 = 3;
const END: u8 = 4;
const REFUSED: u8 = 5;

const CONTAINERS: [Container; 2] = [Container::WebM, Container::Mp4];
const CODECS: [VideoCodec; 3] = [VideoCodec::Vp8, VideoCodec::Vp9, VideoCodec::H264];

/// Names that [`VideoError`] may carry. One that is not here (the first is for
/// those) costs its detail, nothing else.
const NAMES: [&str; 17] = [
    "this codec",
    "this kind of video",
    "AV1",
    "HEVC",
    "Theora",
    "MPEG-4 part 2",
    "Motion JPEG",
    "H.264 in Matroska",
    "an encrypted track",
    "an encrypted or packed track",
    "several frames in one block",
    "VP9 with more than 4:2:0 and 8 bits",
    "H.264 with more than 4:2:0 and 8 bits",
    "interlaced video",
    "another version of VP8",
    "this kind of VP9",
    "this kind of H.264",
];

/// A refusal as number, index of a name, and size.
fn refusal(error: VideoError) -> (u8, u8, (u32, u32)) {
    let plain = |kind| (kind, 0, (0, 0));
    match error {
        VideoError::Empty => plain(1),
        VideoError::NotAVideo => plain(2),
        VideoError::NoVideoTrack => plain(3),
        VideoError::UnknownCodec { codec } => (4, index(&NAMES, &codec), (0, 0)),
        VideoError::UnsupportedFeature { feature } => (5, index(&NAMES, &feature), (0, 0)),
        VideoError::Truncated => plain(6),
        VideoError::Corrupt => plain(7),
        VideoError::ClockBackwards => plain(8),
        VideoError::NoFrames => plain(9),
        VideoError::TooManyBytes { .. } => plain(10),
        VideoError::TooManyFrames { .. } => plain(11),
        VideoError::TooLarge { width, height } => (12, 0, (width, height)),
        VideoError::TooLong { .. } => plain(13),
        // Said by the pool, never by a decoder.
        VideoError::WorkerCrashed | VideoError::TookTooLong | VideoError::WorkerUnavailable => {
            plain(7)
        }
    }
}

/// Reads what [`refusal`] wrote.
fn refused(
    kind: u8,
    name: u8,
    (width, height): (u32, u32),
    limits: &VideoLimits,
) -> Result<VideoError, Malformed> {
    let named = matches!(kind, 4 | 5);
    if (!named && name != 0) || (kind != 12 && (width, height) != (0, 0)) {
        return Err(Malformed);
    }
    Ok(match kind {
        1 => VideoError::Empty,
        2 => VideoError::NotAVideo,
        3 => VideoError::NoVideoTrack,
        4 => VideoError::UnknownCodec { codec: at(&NAMES, name)? },
        5 => VideoError::UnsupportedFeature { feature: at(&NAMES, name)? },
        6 => VideoError::Truncated,
        7 => VideoError::Corrupt,
        8 => VideoError::ClockBackwards,
        9 => VideoError::NoFrames,
        10 => VideoError::TooManyBytes { max_bytes: limits.max_bytes },
        11 => VideoError::TooManyFrames { max_frames: limits.max_frames },
        // The limits are the pool's own, and so is the check.
        12 => match limits.check_size(width, height) {
            Err(error @ VideoError::TooLarge { .. }) => error,
            _ => return Err(Malformed),
        },
        13 => VideoError::TooLong { max_ms: limits.max_ms },
        _ => return Err(Malformed),
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn asked(pick: Pick) -> VideoOrder {
        VideoOrder { limits: VideoLimits::default(), pick }
    }

    fn picture(index: u32, at_us: u64) -> FilmReply {
        FilmReply::Picture { index, at_us, width: 640, height: 480 }
    }

    fn end(frames: u32) -> FilmReply {
        FilmReply::End(VideoFacts {
            container: Container::Mp4,
            codec: VideoCodec::H264,
            frames,
            length_us: 900_000,
            turned: 270,
        })
    }

    #[test]
    fn orders_come_back_as_they_were_given() {
        for pick in [Pick::Every(3), Pick::AtMost(12)] {
            let given = asked(pick);
            let max_bytes = given.limits.max_bytes;
            assert_eq!(parse_order(&order(&given), max_bytes), Ok(Some(given)));
        }
        assert_eq!(parse_order(&[0; ORDER], 1), Ok(None));
        assert_eq!(parse_order(&[9; ORDER], 1), Err(Malformed));
    }

    #[test]
    fn answers_come_back_as_they_were_sent() {
        let mut so_far = SoFar::default();
        let order = asked(Pick::Every(5));
        for sent in [picture(0, 0), picture(5, 166_666), picture(10, 333_333), end(13)] {
            let bytes = reply(7, &sent);
            assert_eq!(SoFar::default().parse(&bytes, 8, &order), Err(Malformed));
            assert_eq!(so_far.parse(&bytes, 7, &order), Ok(sent));
        }
        let errors = [
            VideoError::Empty,
            VideoError::NotAVideo,
            VideoError::NoVideoTrack,
            VideoError::UnknownCodec { codec: "HEVC" },
            VideoError::UnsupportedFeature { feature: "interlaced video" },
            VideoError::Truncated,
            VideoError::Corrupt,
            VideoError::ClockBackwards,
            VideoError::NoFrames,
            VideoError::TooManyBytes { max_bytes: order.limits.max_bytes },
            VideoError::TooManyFrames { max_frames: order.limits.max_frames },
            VideoError::TooLarge { width: 9_000, height: 20 },
            VideoError::TooLong { max_ms: order.limits.max_ms },
        ];
        for error in errors {
            let sent = FilmReply::Refused(error);
            assert_eq!(so_far.parse(&reply(7, &sent), 7, &order), Ok(sent));
        }
        let new = FilmReply::Refused(VideoError::UnknownCodec { codec: "something new" });
        let back = FilmReply::Refused(VideoError::UnknownCodec { codec: NAMES[0] });
        assert_eq!(so_far.parse(&reply(7, &new), 7, &order), Ok(back));
    }

    #[test]
    fn answers_that_contradict_the_order_are_none() {
        let every = asked(Pick::Every(5));
        let said = |before: &[FilmReply], last: FilmReply, order: &VideoOrder| {
            let mut so_far = SoFar::default();
            for one in before {
                so_far.parse(&reply(1, one), 1, order).unwrap();
            }
            so_far.parse(&reply(1, &last), 1, order)
        };
        let first = picture(0, 0);
        for wrong in [picture(4, 9), picture(0, 0), picture(10, 9), end(0)] {
            assert_eq!(said(&[first], wrong, &every), Err(Malformed), "{wrong:?}");
        }
        // Not the first, too late, back in time, no picture at all, too large.
        assert_eq!(said(&[], picture(5, 0), &every), Err(Malformed));
        assert_eq!(said(&[], picture(0, 1), &every), Err(Malformed));
        assert_eq!(said(&[first], picture(5, 60_000_001), &every), Err(Malformed));
        assert_eq!(said(&[first, picture(5, 9)], picture(10, 8), &every), Err(Malformed));
        assert_eq!(said(&[], end(5), &every), Err(Malformed));
        let large = FilmReply::Picture { index: 0, at_us: 0, width: 5_000, height: 10 };
        assert_eq!(said(&[], large, &every), Err(Malformed));
        let small = FilmReply::Refused(VideoError::TooLarge { width: 640, height: 480 });
        assert_eq!(said(&[], small, &every), Err(Malformed));
        let two = asked(Pick::AtMost(2));
        assert!(said(&[first], picture(7, 9), &two).is_ok());
        assert_eq!(said(&[first, picture(7, 9)], picture(14, 99), &two), Err(Malformed));
    }

    proptest! {
        /// Whatever is taken as an answer is one that an honest worker would
        /// have written, byte for byte.
        #[test]
        fn an_answer_has_one_spelling(
            head in prop::array::uniform8(0u8..16),
            tail in prop::array::uniform16(0u8..3),
        ) {
            let mut bytes = [0; REPLY];
            bytes[8..16].copy_from_slice(&head);
            bytes[16..].copy_from_slice(&tail);
            let order = asked(Pick::AtMost(9));
            let mut so_far = SoFar::default();
            so_far.parse(&reply(0, &picture(0, 0)), 0, &order).unwrap();
            if let Ok(said) = so_far.parse(&bytes, 0, &order) {
                prop_assert_eq!(reply(0, &said), bytes);
            }
        }
    }
}
