//! JPEG through `zune-jpeg`.

use zune_jpeg::JpegDecoder;
use zune_jpeg::zune_core::bytestream::ZCursor;
use zune_jpeg::zune_core::colorspace::ColorSpace;
use zune_jpeg::zune_core::options::DecoderOptions;

use super::jpeg_layout::JpegLayout;
use super::rgb::{Channels, Layout, decode_to_rgb};
use super::{ColourModel, DecodeError, Format, Limits, SourceFacts, Stored};

pub(super) fn decode(bytes: &[u8], limits: &Limits) -> Result<Stored, DecodeError> {
    let mut layout = JpegLayout::read(bytes, limits)?;
    let (width, height) = (layout.frame.width, layout.frame.height);
    let colour = colour_model(&layout);
    let options = DecoderOptions::default()
        .set_max_width(width as usize)
        .set_max_height(height as usize)
        // Without this a picture that breaks off is filled up with grey.
        .set_strict_mode(true)
        .jpeg_set_out_colorspace(match colour {
            // Three planes that are red, green and blue already: asked for as
            // what the decoder takes them for, they come out untouched.
            ColourModel::Rgb if !named_rgb(&layout) => ColorSpace::YCbCr,
            _ => ColorSpace::RGB,
        });
    let stream = std::mem::take(&mut layout.stream);
    let stream = if colour == ColourModel::Ycck { with_ycck(&stream) } else { stream };
    let overhead = overhead(&layout, stream.len());
    let rgb = decode_to_rgb(
        (width, height),
        Layout::eight_bit(Channels::Rgb),
        overhead,
        limits,
        |pixels| {
            let mut decoder = JpegDecoder::new_with_options(ZCursor::new(&stream), options);
            // The structure was sound and the end there: what fails now is in
            // the coded data itself.
            decoder.decode_into(pixels).map_err(|_| DecodeError::Corrupt)
        },
    )?;
    let facts = SourceFacts {
        format: Format::Jpeg,
        width,
        height,
        orientation: layout.orientation,
        bit_depth: 8,
        colour,
        alpha: false,
        animated: false,
    };
    Ok(Stored { facts, rgb })
}

/// What the components are, by the rules of libjpeg: the Adobe segment decides
/// where there is one, then the components' names. Four inks are taken as
/// inverted (255 is no ink), which is how the programs that write them do.
fn colour_model(layout: &JpegLayout) -> ColourModel {
    match (layout.frame.components.len(), layout.adobe) {
        (1, _) => ColourModel::Gray,
        (3, Some(0)) => ColourModel::Rgb,
        (3, Some(_)) => ColourModel::YCbCr,
        (3, None) if named_rgb(layout) => ColourModel::Rgb,
        (3, None) => ColourModel::YCbCr,
        (_, Some(2)) => ColourModel::Ycck,
        _ => ColourModel::Cmyk,
    }
}

fn named_rgb(layout: &JpegLayout) -> bool {
    layout.frame.components.iter().map(|c| c.id).eq(*b"RGB")
}

/// Puts the one Adobe segment back that the decoder must see.
fn with_ycck(stream: &[u8]) -> Vec<u8> {
    let segment = *b"\xff\xee\0\x0eAdobe\0\x64\0\0\0\0\x02";
    let (start, rest) = stream.split_at(stream.len().min(2));
    [start, &segment, rest].concat()
}

/// Bytes the decoder reserves besides the picture.
fn overhead(layout: &JpegLayout, stream: usize) -> u64 {
    let padded = |side: u32| u64::from(side.next_multiple_of(32));
    let held = if layout.buffered {
        // 16-bit coefficients of every component, as if none were subsampled.
        padded(layout.frame.width)
            * padded(layout.frame.height)
            * layout.frame.components.len() as u64
            * 2
    } else {
        0
    };
    held + stream as u64
}
