//! Pictures to files: for specimens, portraits and reports.

use jpeg_encoder::{ColorType, Encoder, SamplingFactor};

use crate::Picture;

/// Why a picture could not be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EncodeError {
    /// A JPEG has at most 65,535 pixels a side.
    #[error("the picture is too long for a jpeg; shrink it or write a png")]
    TooLong,
    /// The encoder gave up, which no picture should make it do.
    #[error("the picture could not be encoded; this is a fault of the program")]
    Failed,
}

/// The picture as a baseline JPEG without metadata, colours at half the
/// resolution (4:2:0) as cameras store them.
///
/// `quality` is 1 to 100 on the scale of libjpeg; other values are clamped.
pub fn encode_jpeg(picture: &Picture, quality: u8) -> Result<Vec<u8>, EncodeError> {
    let side = |pixels| u16::try_from(pixels).map_err(|_| EncodeError::TooLong);
    let (width, height) = (side(picture.width())?, side(picture.height())?);
    let mut out = Vec::new();
    let mut encoder = Encoder::new(&mut out, quality.clamp(1, 100));
    encoder.set_sampling_factor(SamplingFactor::F_2_2);
    encoder
        .encode(picture.bytes(), width, height, ColorType::Rgb)
        .map_err(|_| EncodeError::Failed)?;
    Ok(out)
}

/// The picture as an 8-bit RGB PNG without metadata, compressed for speed.
pub fn encode_png(picture: &Picture) -> Result<Vec<u8>, EncodeError> {
    let mut out = Vec::new();
    let mut encoder = png::Encoder::new(&mut out, picture.width(), picture.height());
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_compression(png::Compression::Fast);
    let mut writer = encoder.write_header().map_err(|_| EncodeError::Failed)?;
    writer.write_image_data(picture.bytes()).map_err(|_| EncodeError::Failed)?;
    writer.finish().map_err(|_| EncodeError::Failed)?;
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Decoder, InProcess};

    fn pattern() -> Picture {
        let rgb = (0..64 * 48).flat_map(|i| [(i % 64 * 3) as u8, (i / 64 * 4) as u8, 90]).collect();
        Picture::new(64, 48, rgb).unwrap()
    }

    #[test]
    fn png_keeps_every_pixel() {
        let picture = pattern();
        let read = InProcess::default().decode(&encode_png(&picture).unwrap()).unwrap();
        assert_eq!(read.picture, picture);
    }

    #[test]
    fn jpeg_keeps_the_look_and_quality_costs_bytes() {
        let picture = pattern();
        let fine = encode_jpeg(&picture, 95).unwrap();
        assert!(encode_jpeg(&picture, 20).unwrap().len() < fine.len());
        let read = InProcess::default().decode(&fine).unwrap().picture;
        let differences = read.bytes().iter().zip(picture.bytes()).map(|(a, b)| a.abs_diff(*b));
        assert!(differences.max().unwrap() < 12);
    }

    #[test]
    fn a_jpeg_has_a_longest_side() {
        let long = Picture::filled(65_536, 1, [0; 3]).unwrap();
        assert_eq!(encode_jpeg(&long, 90), Err(EncodeError::TooLong));
        encode_png(&long).unwrap();
    }
}
