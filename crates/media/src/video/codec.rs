//! Coded frames to planes, by three decoders behind one face.

use rusty_h264_common::YuvFrame;
use rusty_h264_decoder as h264;
use rusty_vp9::{DecodedFrame, Vp9Decoder};

use super::colour::{Colour, Matrix, Planes};
use super::header::{self, Header};
use super::vp8::Vp8Decoder;
use super::{VideoCodec, VideoError, VideoLimits};

/// A video track being decoded.
pub(super) struct Stream {
    decoder: Decoder,
    limits: VideoLimits,
    colour: Option<Colour>,
    /// Lines of the frames, as the last header said.
    height: u32,
}

enum Decoder {
    Vp8(Box<Vp8Decoder>),
    Vp9(Box<Vp9Decoder>),
    H264(Box<h264::Decoder>, Avc),
}

impl Stream {
    /// A decoder of `codec`, told what the container has for it.
    pub(super) fn new(
        codec: VideoCodec,
        setup: Option<&[u8]>,
        limits: VideoLimits,
    ) -> Result<Self, VideoError> {
        let stream = |decoder| Self { decoder, limits, colour: None, height: 0 };
        Ok(match codec {
            VideoCodec::Vp8 => stream(Decoder::Vp8(Box::default())),
            VideoCodec::Vp9 => stream(Decoder::Vp9(Box::new(Vp9Decoder::new()))),
            VideoCodec::H264 => {
                let avc = Avc::of(setup.ok_or(VideoError::Corrupt)?)?;
                let decoder = Box::new(h264::Decoder::new());
                let mut stream = stream(Decoder::H264(decoder, avc));
                stream.sets()?;
                stream
            }
        })
    }

    /// How colours are stored where the container does not say. A stream that
    /// does not say either is taken for BT.601, as most recorders of cameras
    /// write it, and H.264 of 720 lines or more for BT.709.
    pub(super) fn colour(&self) -> Colour {
        let large = matches!(self.decoder, Decoder::H264(..)) && self.height >= 720;
        let matrix = if large { Matrix::Bt709 } else { Matrix::Bt601 };
        self.colour.unwrap_or(Colour { matrix, full: false })
    }

    /// Decodes the next frame; `None` if it is not one to be shown.
    pub(super) fn next(&mut self, coded: &[u8]) -> Result<Option<Planes>, VideoError> {
        let planes = match &mut self.decoder {
            Decoder::Vp8(decoder) => {
                let found = header::vp8(coded)?;
                self.limits.take(found, &mut self.colour, &mut self.height)?;
                decoder.next(coded)?
            }
            Decoder::Vp9(decoder) => {
                let found = header::vp9(coded)?;
                self.limits.take(found, &mut self.colour, &mut self.height)?;
                vp9_frame(decoder, coded)?.map(vp9_planes).transpose()?
            }
            Decoder::H264(decoder, avc) => {
                for set in avc.sets_in(coded) {
                    self.limits.take(
                        Some(header::h264(set)?),
                        &mut self.colour,
                        &mut self.height,
                    )?;
                }
                let unit = avc.with_start_codes(coded)?;
                decoder.decode(&unit).map_err(|error| h264_error(&error))?.map(h264_planes)
            }
        };
        if let Some(planes) = &planes {
            self.limits.check_size(planes.width, planes.height)?;
        }
        Ok(planes)
    }

    /// Reads the parameter sets that the container holds.
    fn sets(&mut self) -> Result<(), VideoError> {
        let Decoder::H264(decoder, avc) = &mut self.decoder else { return Ok(()) };
        for set in &avc.sets {
            if let Some(body) = sequence_set(set) {
                let found = header::h264(body)?;
                self.limits.take(Some(found), &mut self.colour, &mut self.height)?;
            }
            let unit = [&START[..], set].concat();
            decoder.decode(&unit).map_err(|error| h264_error(&error))?;
        }
        Ok(())
    }
}

impl VideoLimits {
    /// Takes note of a header, if its size is within the limits.
    fn take(
        &self,
        found: Option<Header>,
        colour: &mut Option<Colour>,
        lines: &mut u32,
    ) -> Result<(), VideoError> {
        if let Some(Header { width, height, colour: said }) = found {
            self.check_size(width, height)?;
            *colour = said;
            *lines = height;
        }
        Ok(())
    }
}

/// The frame that a packet shows; hidden ones come with it.
fn vp9_frame(decoder: &mut Vp9Decoder, coded: &[u8]) -> Result<Option<DecodedFrame>, VideoError> {
    /// No packet holds more.
    const MOST: usize = 8;
    decoder.push(coded, None).map_err(|_| VideoError::Corrupt)?;
    let mut shown = None;
    // Each call decodes one frame, and says "again" both of a hidden one and of
    // an empty queue.
    for _ in 0..MOST {
        match decoder.next_frame() {
            Ok(frame) => shown = Some(frame),
            Err(rusty_vp9::Error::Again) => {}
            Err(rusty_vp9::Error::Unsupported(_) | rusty_vp9::Error::Unimplemented(_)) => {
                return Err(VideoError::UnsupportedFeature { feature: "this kind of VP9" });
            }
            Err(_) => return Err(VideoError::Corrupt),
        }
    }
    Ok(shown)
}

fn vp9_planes(frame: DecodedFrame) -> Result<Planes, VideoError> {
    if (frame.bit_depth, frame.subsampling_x, frame.subsampling_y) != (8, 1, 1) {
        return Err(VideoError::UnsupportedFeature {
            feature: "VP9 with more than 4:2:0 and 8 bits",
        });
    }
    let planes: Vec<(Vec<u8>, usize)> = frame.planes.into_iter().zip(frame.strides).collect();
    let planes = planes.try_into().map_err(|_| VideoError::Corrupt)?;
    Ok(Planes { width: frame.width, height: frame.height, planes })
}

fn h264_planes(frame: YuvFrame) -> Planes {
    let (width, height) = (frame.width, frame.height);
    let chroma = width.div_ceil(2);
    Planes {
        // What does not fit is refused by its size next.
        width: u32::try_from(width).unwrap_or(u32::MAX),
        height: u32::try_from(height).unwrap_or(u32::MAX),
        planes: [(frame.y, width), (frame.u, chroma), (frame.v, chroma)],
    }
}

fn h264_error(error: &h264::DecodeError) -> VideoError {
    match error {
        h264::DecodeError::Unsupported(_) => {
            VideoError::UnsupportedFeature { feature: "this kind of H.264" }
        }
        _ => VideoError::Corrupt,
    }
}

const START: [u8; 4] = [0, 0, 0, 1];

/// How an MP4 file holds H.264 (ISO/IEC 14496-15, 5.3.3).
struct Avc {
    /// Bytes of a unit's length, 1 to 4.
    length: usize,
    /// Parameter sets.
    sets: Vec<Vec<u8>>,
}

impl Avc {
    fn of(setup: &[u8]) -> Result<Self, VideoError> {
        let [_, _, _, _, length, count, rest @ ..] = setup else { return Err(VideoError::Corrupt) };
        let mut avc = Self { length: usize::from(length & 3) + 1, sets: Vec::new() };
        let rest = avc.read(count & 31, rest)?;
        let (count, rest) = rest.split_first().ok_or(VideoError::Corrupt)?;
        avc.read(*count, rest)?;
        Ok(avc)
    }

    fn read<'a>(&mut self, count: u8, mut rest: &'a [u8]) -> Result<&'a [u8], VideoError> {
        for _ in 0..count {
            let (length, after) = rest.split_first_chunk().ok_or(VideoError::Corrupt)?;
            let length = usize::from(u16::from_be_bytes(*length));
            let (set, after) = after.split_at_checked(length).ok_or(VideoError::Corrupt)?;
            self.sets.push(set.to_vec());
            rest = after;
        }
        Ok(rest)
    }

    /// The units of a sample; one that is cut is the last.
    fn units<'a>(
        &self,
        mut sample: &'a [u8],
    ) -> impl Iterator<Item = Result<&'a [u8], VideoError>> {
        let length = self.length;
        std::iter::from_fn(move || {
            if sample.is_empty() {
                return None;
            }
            let unit = sample.split_at_checked(length).and_then(|(head, rest)| {
                let length = head.iter().fold(0, |sum, byte| sum << 8 | usize::from(*byte));
                rest.split_at_checked(length)
            });
            let Some((unit, rest)) = unit else {
                sample = &[];
                return Some(Err(VideoError::Corrupt));
            };
            sample = rest;
            Some(Ok(unit))
        })
    }

    /// Sequence parameter sets inside a sample, without their first byte.
    fn sets_in<'a>(&self, sample: &'a [u8]) -> impl Iterator<Item = &'a [u8]> {
        self.units(sample).filter_map(|unit| sequence_set(unit.ok()?))
    }

    /// A sample as the decoder wants it.
    fn with_start_codes(&self, sample: &[u8]) -> Result<Vec<u8>, VideoError> {
        let mut unit = Vec::with_capacity(sample.len() + 64);
        for one in self.units(sample) {
            unit.extend_from_slice(&START);
            unit.extend_from_slice(one?);
        }
        Ok(unit)
    }
}

/// What follows the first byte of a sequence parameter set; `None` of any other
/// unit.
fn sequence_set(unit: &[u8]) -> Option<&[u8]> {
    let (kind, body) = unit.split_first()?;
    (kind & 31 == 7).then_some(body)
}
