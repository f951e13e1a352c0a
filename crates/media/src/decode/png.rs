//! PNG through the `png` crate.

use std::io::Cursor;

use png::{BitDepth, ColorType, Decoder, DecodingError, Transformations};

use super::rgb::{Channels, Layout, decode_to_rgb};
use super::{ColourModel, DecodeError, Format, Limits, SourceFacts, Stored};

pub(super) fn decode(bytes: &[u8], limits: &Limits) -> Result<Stored, DecodeError> {
    let memory = usize::try_from(limits.max_memory).unwrap_or(usize::MAX);
    let mut decoder = Decoder::new_with_limits(Cursor::new(bytes), png::Limits { bytes: memory });
    // Compressed texts and profiles are never inflated.
    decoder.set_ignore_text_chunk(true);
    decoder.set_ignore_iccp_chunk(true);
    decoder.set_transformations(Transformations::EXPAND | Transformations::STRIP_16);
    let (width, height) = {
        let header = decoder.read_header_info()?;
        (header.width, header.height)
    };
    limits.check_size(width, height)?;
    let mut reader = decoder.read_info()?;
    let channels = match reader.output_color_type() {
        (ColorType::Grayscale, BitDepth::Eight) => Channels::Gray,
        (ColorType::GrayscaleAlpha, BitDepth::Eight) => Channels::GrayAlpha,
        (ColorType::Rgb, BitDepth::Eight) => Channels::Rgb,
        (ColorType::Rgba, BitDepth::Eight) => Channels::Rgba,
        _ => return Err(DecodeError::Corrupt),
    };
    let info = reader.info();
    let facts = SourceFacts {
        format: Format::Png,
        width,
        height,
        orientation: info.exif_metadata.as_deref().map_or(1, super::orientation::read_exif),
        bit_depth: info.bit_depth as u8,
        colour: match info.color_type {
            ColorType::Grayscale | ColorType::GrayscaleAlpha => ColourModel::Gray,
            ColorType::Rgb | ColorType::Rgba => ColourModel::Rgb,
            ColorType::Indexed => ColourModel::Palette,
        },
        alpha: matches!(channels, Channels::GrayAlpha | Channels::Rgba),
        animated: info.animation_control().is_some_and(|a| a.num_frames > 1),
    };
    let layout = Layout::eight_bit(channels);
    let rgb = decode_to_rgb((width, height), layout, 0, limits, |pixels| {
        let frame = reader.next_frame(pixels)?;
        // An animation's first frame must cover the picture.
        let whole = (frame.width, frame.height) == (width, height);
        if whole { Ok(()) } else { Err(DecodeError::Corrupt) }
    })?;
    Ok(Stored { facts, rgb })
}

impl From<DecodingError> for DecodeError {
    fn from(error: DecodingError) -> Self {
        match error {
            DecodingError::IoError(error) => error.into(),
            _ => Self::Corrupt,
        }
    }
}
