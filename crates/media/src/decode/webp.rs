//! WebP through the `image-webp` crate.

use std::io::Cursor;

use image_webp::{DecodingError, WebPDecoder};

use super::rgb::{Channels, Layout, decode_to_rgb};
use super::{ColourModel, DecodeError, Format, Limits, SourceFacts, Stored};

pub(super) fn decode(bytes: &[u8], limits: &Limits) -> Result<Stored, DecodeError> {
    let chunks = Chunks::read(bytes, limits)?;
    let mut decoder = WebPDecoder::new(Cursor::new(bytes))?;
    decoder.set_memory_limit(bytes.len());
    let (width, height) = decoder.dimensions();
    limits.check_size(width, height)?;
    let alpha = decoder.has_alpha();
    let channels = if alpha { Channels::Rgba } else { Channels::Rgb };
    let pixels = u64::from(width) * u64::from(height);
    let overhead = (pixels + chunks.frame_pixels) * if alpha || chunks.frames > 0 { 4 } else { 2 };
    let rgb =
        decode_to_rgb((width, height), Layout::eight_bit(channels), overhead, limits, |out| {
            decoder.read_image(out)
        })?;
    let facts = SourceFacts {
        format: Format::WebP,
        width,
        height,
        orientation: chunks.exif.map_or(1, super::orientation::read_exif),
        bit_depth: 8,
        colour: if chunks.lossy { ColourModel::YCbCr } else { ColourModel::Rgb },
        alpha,
        animated: chunks.frames > 1,
    };
    Ok(Stored { facts, rgb })
}

/// What the chunks of the container say.
#[derive(Default)]
struct Chunks<'a> {
    exif: Option<&'a [u8]>,
    frames: u32,
    lossy: bool,
    frame_pixels: u64,
}

impl<'a> Chunks<'a> {
    /// Walks the container. The picture inside gives its own size, which the
    /// decoder reserves memory for before it compares it with the canvas: it is
    /// checked here.
    fn read(bytes: &'a [u8], limits: &Limits) -> Result<Self, DecodeError> {
        let mut found = Self::default();
        let mut rest = bytes.get(12..).unwrap_or(&[]);
        while let Some((name, body, after)) = chunk(rest) {
            match name {
                b"EXIF" if found.exif.is_none() => found.exif = Some(body),
                b"ANMF" => {
                    found.frames += 1;
                    // Only the first frame is ever decoded.
                    if found.frames == 1 {
                        found.animated_frame(body, limits)?;
                    }
                }
                _ => {
                    found.frame(name, body, limits)?;
                }
            }
            rest = after;
        }
        Ok(found)
    }

    /// Checks the pictures in an animation's frame (RFC 9649, section 2.7.1.1):
    /// the decoder takes their size on trust where they come with opacity.
    fn animated_frame(&mut self, body: &[u8], limits: &Limits) -> Result<(), DecodeError> {
        let &[_, _, _, _, _, _, w0, w1, w2, h0, h1, h2, _, _, _, _, ref inner @ ..] = body else {
            return Err(DecodeError::Corrupt);
        };
        let side = |a, b, c| u32::from_le_bytes([a, b, c, 0]) + 1;
        let size = (side(w0, w1, w2), side(h0, h1, h2));
        let mut rest = inner;
        while let Some((name, body, after)) = chunk(rest) {
            if self.frame(name, body, limits)?.is_some_and(|picture| picture != size) {
                return Err(DecodeError::Corrupt);
            }
            rest = after;
        }
        limits.check_size(size.0, size.1)
    }

    /// The size of a picture chunk, checked; `None` for other chunks.
    fn frame(
        &mut self,
        name: &[u8],
        body: &[u8],
        limits: &Limits,
    ) -> Result<Option<(u32, u32)>, DecodeError> {
        let (width, height) = match (name, body) {
            // RFC 6386, section 9.1: frame tag, start code, 14-bit sizes.
            (b"VP8 ", &[_, _, _, _, _, _, w0, w1, h0, h1, ..]) => {
                self.lossy = true;
                let side = |low, high| u32::from(u16::from_le_bytes([low, high]) & 0x3fff);
                (side(w0, w1), side(h0, h1))
            }
            // RFC 9649, section 3.4: signature, two 14-bit sizes less one.
            (b"VP8L", &[_, a, b, c, d, ..]) => {
                let bits = u32::from_le_bytes([a, b, c, d]);
                ((bits & 0x3fff) + 1, (bits >> 14 & 0x3fff) + 1)
            }
            _ => return Ok(None),
        };
        limits.check_size(width, height)?;
        self.frame_pixels = self.frame_pixels.max(u64::from(width) * u64::from(height));
        Ok(Some((width, height)))
    }
}

/// The first RIFF chunk of `bytes`: name, body (as much as is there), the rest.
fn chunk(bytes: &[u8]) -> Option<(&[u8], &[u8], &[u8])> {
    let (name, rest) = bytes.split_at_checked(4)?;
    let (length, rest) = rest.split_first_chunk::<4>()?;
    let length = usize::try_from(u32::from_le_bytes(*length)).ok()?;
    let body = rest.get(..length).unwrap_or(rest);
    let after = rest.get(length.saturating_add(length % 2)..).unwrap_or(&[]);
    Some((name, body, after))
}

impl From<DecodingError> for DecodeError {
    fn from(error: DecodingError) -> Self {
        match error {
            DecodingError::IoError(error) => error.into(),
            DecodingError::UnsupportedFeature(_) => {
                Self::UnsupportedFeature { feature: "this kind of webp" }
            }
            _ => Self::Corrupt,
        }
    }
}
