//! Files for the tests, made in the tests.

use image::ImageEncoder;
use jpeg_encoder::{ColorType, Encoder, SamplingFactor};

use crate::Picture;

/// A smooth picture whose corners differ: red grows to the right, green
/// downwards, blue marks the left upper quarter.
pub(super) fn photo(width: u32, height: u32) -> Picture {
    let mut picture = Picture::filled(width, height, [0; 3]).unwrap();
    for y in 0..height {
        for x in 0..width {
            let blue = if x * 2 < width && y * 2 < height { 200 } else { 40 };
            let share = |at: u32, of: u32| (at * 255 / of.max(2).saturating_sub(1).max(1)) as u8;
            picture.set_pixel(x, y, [share(x, width), share(y, height), blue]);
        }
    }
    picture
}

/// A JPEG of samples in any of the encoder's colour types.
pub(super) fn jpeg_of(samples: &[u8], (w, h): (u16, u16), kind: ColorType) -> Vec<u8> {
    let mut out = Vec::new();
    Encoder::new(&mut out, 95).encode(samples, w, h, kind).unwrap();
    out
}

/// A JPEG of a picture, baseline 4:2:0 or progressive.
pub(super) fn jpeg(picture: &Picture, progressive: bool) -> Vec<u8> {
    let mut out = Vec::new();
    let mut encoder = Encoder::new(&mut out, 95);
    encoder.set_sampling_factor(SamplingFactor::F_2_2);
    encoder.set_progressive(progressive);
    let (w, h) = (picture.width() as u16, picture.height() as u16);
    encoder.encode(picture.bytes(), w, h, ColorType::Rgb).unwrap();
    out
}

/// An EXIF block with nothing but the orientation.
pub(super) fn exif(orientation: u8, big_endian: bool) -> Vec<u8> {
    let short = |v: u16| if big_endian { v.to_be_bytes() } else { v.to_le_bytes() };
    let long = |v: u32| if big_endian { v.to_be_bytes() } else { v.to_le_bytes() };
    let mut out = if big_endian { b"MM\0*".to_vec() } else { b"II*\0".to_vec() };
    out.extend(long(8));
    out.extend(short(1));
    out.extend([short(0x0112), short(3)].concat());
    out.extend(long(1));
    out.extend([short(u16::from(orientation)), short(0)].concat());
    out.extend(long(0));
    out
}

/// The JPEG with a segment after its first marker.
pub(super) fn with_segment(jpeg: &[u8], marker: u8, body: &[u8]) -> Vec<u8> {
    let length = (body.len() as u16 + 2).to_be_bytes();
    [&jpeg[..2], &[0xff, marker], &length, body, &jpeg[2..]].concat()
}

/// The JPEG with an EXIF orientation.
pub(super) fn with_exif(jpeg: &[u8], orientation: u8) -> Vec<u8> {
    with_segment(jpeg, 0xe1, &[b"Exif\0\0", &exif(orientation, true)[..]].concat())
}

/// Where the body of the first segment with this marker starts.
pub(super) fn segment_body(jpeg: &[u8], marker: u8) -> usize {
    jpeg.windows(2).position(|w| w == [0xff, marker]).unwrap() + 4
}

/// A PNG of samples.
pub(super) fn png_of(
    samples: &[u8],
    (w, h): (u32, u32),
    colour: ::png::ColorType,
    depth: ::png::BitDepth,
) -> Vec<u8> {
    let mut out = Vec::new();
    let mut encoder = ::png::Encoder::new(&mut out, w, h);
    encoder.set_color(colour);
    encoder.set_depth(depth);
    if colour == ::png::ColorType::Indexed {
        encoder.set_palette(vec![250, 0, 0, 0, 250, 0, 0, 0, 250]);
        encoder.set_trns(vec![255, 255, 0]);
    }
    encoder.write_header().unwrap().write_image_data(samples).unwrap();
    out
}

/// A PNG chunk with its checksum.
pub(super) fn png_chunk(name: &[u8; 4], body: &[u8]) -> Vec<u8> {
    let named = [&name[..], body].concat();
    let crc = !named.iter().fold(u32::MAX, |crc, &byte| {
        (0..8).fold(
            crc ^ u32::from(byte),
            |c, _| if c & 1 == 1 { c >> 1 ^ 0xedb8_8320 } else { c >> 1 },
        )
    });
    [&(body.len() as u32).to_be_bytes()[..], &named, &crc.to_be_bytes()].concat()
}

/// A PNG of a header, 8-bit RGB, and chunks of one's own.
pub(super) fn png_with(width: u32, height: u32, interlaced: bool, chunks: &[Vec<u8>]) -> Vec<u8> {
    let size = [width.to_be_bytes(), height.to_be_bytes()].concat();
    let header = [&size[..], &[8, 2, 0, 0, u8::from(interlaced)]].concat();
    let mut out = b"\x89PNG\r\n\x1a\n".to_vec();
    out.extend(png_chunk(b"IHDR", &header));
    chunks.iter().for_each(|chunk| out.extend(chunk));
    out.extend(png_chunk(b"IEND", b""));
    out
}

/// The compressed pixels of a PNG, all IDAT chunks together.
pub(super) fn png_data(png: &[u8]) -> Vec<u8> {
    let mut data = Vec::new();
    let mut rest = &png[8..];
    while rest.len() >= 12 {
        let length = u32::from_be_bytes(rest[..4].try_into().unwrap()) as usize;
        if &rest[4..8] == b"IDAT" {
            data.extend(&rest[8..8 + length]);
        }
        rest = &rest[12 + length..];
    }
    data
}

/// A GIF of frames of one colour each.
pub(super) fn gif(width: u32, height: u32, frames: &[[u8; 4]]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut encoder = image::codecs::gif::GifEncoder::new(&mut out);
    for colour in frames {
        let frame = image::RgbaImage::from_pixel(width, height, image::Rgba(*colour));
        encoder.encode_frame(image::Frame::new(frame)).unwrap();
    }
    drop(encoder);
    out
}

/// A lossless WebP.
pub(super) fn webp(picture: &Picture) -> Vec<u8> {
    let mut out = Vec::new();
    image_webp::WebPEncoder::new(&mut out)
        .encode(picture.bytes(), picture.width(), picture.height(), image_webp::ColorType::Rgb8)
        .unwrap();
    out
}

/// A RIFF chunk.
pub(super) fn riff(name: &[u8; 4], body: &[u8]) -> Vec<u8> {
    let pad = vec![0; body.len() % 2];
    [&name[..], &(body.len() as u32).to_le_bytes(), body, &pad].concat()
}

/// A WebP container with flags (2 animated, 8 EXIF) around chunks.
pub(super) fn webp_with(flags: u8, width: u32, height: u32, chunks: &[Vec<u8>]) -> Vec<u8> {
    let side = |v: u32| (v - 1).to_le_bytes()[..3].to_vec();
    let header = [vec![flags, 0, 0, 0], side(width), side(height)].concat();
    let body = [b"WEBP".to_vec(), riff(b"VP8X", &header), chunks.concat()].concat();
    riff(b"RIFF", &body)
}

/// A TIFF of samples.
pub(super) fn tiff(samples: &[u8], (w, h): (u32, u32), kind: image::ExtendedColorType) -> Vec<u8> {
    let mut out = std::io::Cursor::new(Vec::new());
    image::codecs::tiff::TiffEncoder::new(&mut out).write_image(samples, w, h, kind).unwrap();
    out.into_inner()
}

/// A BMP of a picture.
pub(super) fn bmp(picture: &Picture) -> Vec<u8> {
    let mut out = Vec::new();
    let kind = image::ExtendedColorType::Rgb8;
    image::codecs::bmp::BmpEncoder::new(&mut out)
        .encode(picture.bytes(), picture.width(), picture.height(), kind)
        .unwrap();
    out
}

/// One small file of every format.
pub(super) fn one_of_each() -> Vec<Vec<u8>> {
    let picture = photo(24, 17);
    let rgb = picture.bytes();
    vec![
        jpeg(&picture, false),
        with_exif(&jpeg(&picture, true), 6),
        jpeg_of(&[40; 16 * 16 * 4], (16, 16), ColorType::CmykAsYcck),
        png_of(rgb, (24, 17), ::png::ColorType::Rgb, ::png::BitDepth::Eight),
        webp(&picture),
        gif(24, 17, &[[1, 2, 3, 255], [9, 9, 9, 255]]),
        tiff(rgb, (24, 17), image::ExtendedColorType::Rgb8),
        bmp(&picture),
    ]
}
