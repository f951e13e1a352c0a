//! GIF, TIFF and BMP through the `image` crate.

use std::io::Cursor;

use image::codecs::{bmp::BmpDecoder, gif::GifDecoder, tiff::TiffDecoder};
use image::error::ImageError;
use image::{ColorType, ExtendedColorType, ImageDecoder};

use super::rgb::{Channels, Layout, decode_to_rgb};
use super::{ColourModel, DecodeError, Format, Limits, SourceFacts, Stored};

pub(super) fn gif(bytes: &[u8], limits: &Limits) -> Result<Stored, DecodeError> {
    // Logical screen: bytes 6 to 9, before the decoder reads the palette.
    let &[w0, w1, h0, h1] = bytes.get(6..10).ok_or(DecodeError::Truncated)? else {
        return Err(DecodeError::Truncated);
    };
    let size = |low, high| u32::from(u16::from_le_bytes([low, high]));
    limits.check_size(size(w0, w1), size(h0, h1))?;
    let walk = GifWalk::read(bytes);
    // A first frame that is larger than the screen has a buffer of its own.
    let (frame_width, frame_height) = walk.first.ok_or(DecodeError::Truncated)?;
    limits.check_size(frame_width, frame_height)?;
    let overhead = u64::from(frame_width) * u64::from(frame_height) * 4;
    let mut stored = decode(
        GifDecoder::new(Cursor::new(bytes)).map_err(|e| error(&e, limits))?,
        Format::Gif,
        overhead,
        limits,
    )?;
    stored.facts.colour = ColourModel::Palette;
    stored.facts.alpha = walk.transparent;
    stored.facts.animated = walk.frames > 1;
    Ok(stored)
}

pub(super) fn tiff(bytes: &[u8], limits: &Limits) -> Result<Stored, DecodeError> {
    let decoder = TiffDecoder::new(Cursor::new(bytes)).map_err(|e| error(&e, limits))?;
    let (width, height) = decoder.dimensions();
    // Strips are unpacked before they are put in place.
    let overhead = decoder.total_bytes().max(u64::from(width) * u64::from(height) * 4);
    let mut stored = decode(decoder, Format::Tiff, overhead, limits)?;
    stored.facts.orientation = super::orientation::read_exif(bytes);
    Ok(stored)
}

pub(super) fn bmp(bytes: &[u8], limits: &Limits) -> Result<Stored, DecodeError> {
    decode(
        BmpDecoder::new(Cursor::new(bytes)).map_err(|e| error(&e, limits))?,
        Format::Bmp,
        0,
        limits,
    )
}

fn decode(
    mut decoder: impl ImageDecoder,
    format: Format,
    overhead: u64,
    limits: &Limits,
) -> Result<Stored, DecodeError> {
    let (width, height) = decoder.dimensions();
    limits.check_size(width, height)?;
    let mut bounds = image::Limits::no_limits();
    bounds.max_alloc = Some(limits.max_memory);
    decoder.set_limits(bounds).map_err(|e| error(&e, limits))?;
    let colour = decoder.color_type();
    let (channels, sample) = match colour {
        ColorType::L8 => (Channels::Gray, 1),
        ColorType::La8 => (Channels::GrayAlpha, 1),
        ColorType::Rgb8 => (Channels::Rgb, 1),
        ColorType::Rgba8 => (Channels::Rgba, 1),
        ColorType::L16 => (Channels::Gray, 2),
        ColorType::La16 => (Channels::GrayAlpha, 2),
        ColorType::Rgb16 => (Channels::Rgb, 2),
        ColorType::Rgba16 => (Channels::Rgba, 2),
        _ => return Err(DecodeError::UnsupportedFeature { feature: "floating-point colour" }),
    };
    let facts = SourceFacts {
        format,
        width,
        height,
        orientation: 1,
        bit_depth: if sample == 1 { 8 } else { 16 },
        colour: match decoder.original_color_type() {
            ExtendedColorType::Cmyk8 | ExtendedColorType::Cmyk16 => ColourModel::Cmyk,
            _ if colour.has_color() => ColourModel::Rgb,
            _ => ColourModel::Gray,
        },
        alpha: colour.has_alpha(),
        animated: false,
    };
    let layout = Layout { channels, sample };
    let rgb = decode_to_rgb((width, height), layout, overhead, limits, |pixels| {
        decoder.read_image(pixels).map_err(|e| error(&e, limits))
    })?;
    Ok(Stored { facts, rgb })
}

/// The frames of a GIF, counted without decoding one (GIF89a, sections 17 to 27).
#[derive(Default)]
struct GifWalk {
    first: Option<(u32, u32)>,
    frames: u32,
    transparent: bool,
}

impl GifWalk {
    /// Walks as far as the blocks are sound; the decoder reports what is not.
    fn read(bytes: &[u8]) -> Self {
        let mut walk = Self::default();
        let _ = walk.blocks(bytes);
        walk
    }

    fn blocks(&mut self, bytes: &[u8]) -> Option<()> {
        let table = |packed: u8| if packed & 0x80 == 0 { 0 } else { 3 << ((packed & 7) + 1) };
        let mut at = 13 + table(*bytes.get(10)?);
        loop {
            at = match *bytes.get(at)? {
                0x21 => {
                    // Graphic control: bit 0 says whether one index is clear.
                    if *bytes.get(at + 1)? == 0xf9 && self.frames == 0 {
                        self.transparent = bytes.get(at + 3)? & 1 == 1;
                    }
                    sub_blocks(bytes, at + 2)?
                }
                0x2c => {
                    let d = bytes.get(at + 1..at + 10)?;
                    let size = |i: usize| u32::from(u16::from_le_bytes([d[i], d[i + 1]]));
                    self.frames += 1;
                    self.first.get_or_insert((size(4), size(6)));
                    sub_blocks(bytes, at + 11 + table(d[8]))?
                }
                _ => return None,
            };
        }
    }
}

/// Where the chain of sub-blocks at `at` ends.
fn sub_blocks(bytes: &[u8], mut at: usize) -> Option<usize> {
    loop {
        let length = usize::from(*bytes.get(at)?);
        at += 1 + length;
        if length == 0 {
            return Some(at);
        }
    }
}

/// What an error of the `image` crate means.
fn error(error: &ImageError, limits: &Limits) -> DecodeError {
    match error {
        ImageError::Unsupported(_) => {
            DecodeError::UnsupportedFeature { feature: "this kind of image file" }
        }
        ImageError::Limits(_) => DecodeError::TooMuchMemory { max_memory: limits.max_memory },
        error if cut_off(error) => DecodeError::Truncated,
        _ => DecodeError::Corrupt,
    }
}

/// Whether a reader at its end is what lies behind `error`.
fn cut_off(error: &(dyn std::error::Error + 'static)) -> bool {
    let mut cause = Some(error);
    while let Some(error) = cause {
        if let Some(error) = error.downcast_ref::<std::io::Error>() {
            return error.kind() == std::io::ErrorKind::UnexpectedEof;
        }
        cause = error.source();
    }
    false
}
