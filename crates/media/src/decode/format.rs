//! What kind of file the bytes are, by their beginning alone: names and media
//! types that came with them are not trusted.

use serde::Serialize;

use super::DecodeError;

/// Kinds of file that are decoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// ITU-T T.81, baseline and progressive.
    Jpeg,
    /// Portable Network Graphics, animated ones too (first frame).
    Png,
    /// WebP, lossy, lossless and animated (first frame).
    WebP,
    /// Graphics Interchange Format (first frame).
    Gif,
    /// Tagged Image File Format (first page).
    Tiff,
    /// Windows bitmap.
    Bmp,
}

/// The kind of file, or why it is none that is taken.
pub(super) fn recognise(bytes: &[u8]) -> Result<Format, DecodeError> {
    let starts = |magic: &[u8]| bytes.starts_with(magic);
    let at = |offset: usize, text: &[u8]| bytes.get(offset..).is_some_and(|b| b.starts_with(text));
    if starts(b"\xff\xd8\xff") {
        return Ok(Format::Jpeg);
    }
    if starts(b"\x89PNG\r\n\x1a\n") {
        return Ok(Format::Png);
    }
    if starts(b"RIFF") && at(8, b"WEBP") {
        return Ok(Format::WebP);
    }
    if starts(b"GIF87a") || starts(b"GIF89a") {
        return Ok(Format::Gif);
    }
    if starts(b"II*\0") || starts(b"MM\0*") {
        return Ok(Format::Tiff);
    }
    // Two letters alone would take any text that begins with "BM": a bitmap
    // also gives the length of its second header, one of these.
    if starts(b"BM") && bytes.get(14..18).is_some_and(|n| BMP_HEADERS.contains(&[n[0], n[1]])) {
        return Ok(Format::Bmp);
    }
    match refused(bytes) {
        Some(format) => Err(DecodeError::UnsupportedFormat { format }),
        None if PREFIXES.iter().any(|magic| magic.starts_with(bytes)) => {
            Err(DecodeError::Truncated)
        }
        None => Err(DecodeError::NotAnImage),
    }
}

/// Lengths of bitmap headers, the two low bytes of four.
const BMP_HEADERS: [[u8; 2]; 7] = [[12, 0], [16, 0], [40, 0], [52, 0], [56, 0], [108, 0], [124, 0]];

/// Beginnings long enough that a shorter file is a cut one.
const PREFIXES: [&[u8]; 4] = [b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF89a", b"GIF87a"];

/// The name of a known kind of file that is not decoded.
fn refused(bytes: &[u8]) -> Option<&'static str> {
    const MAGIC: [(&[u8], &str); 11] = [
        (b"II+\0", "BigTIFF"),
        (b"MM\0+", "BigTIFF"),
        (b"\xff\x0a", "JPEG XL"),
        (b"\0\0\0\x0cJXL ", "JPEG XL"),
        (b"\0\0\0\x0cjP  ", "JPEG 2000"),
        (b"\xff\x4f\xff\x51", "JPEG 2000"),
        (b"8BPS", "Photoshop"),
        (b"\0\0\x01\0", "icon"),
        (b"PK\x03\x04", "ZIP"),
        (b"\x1a\x45\xdf\xa3", "WebM video"),
        (b"<svg", "SVG"),
    ];
    if let Some((_, name)) = MAGIC.iter().find(|(magic, _)| bytes.starts_with(magic)) {
        return Some(name);
    }
    if bytes.get(4..8) == Some(b"ftyp") {
        return Some(match bytes.get(8..12) {
            Some(b"avif" | b"avis") => "AVIF",
            Some(
                b"heic" | b"heix" | b"heim" | b"heis" | b"hevc" | b"hevx" | b"mif1" | b"msf1"
                | b"mif2",
            ) => "HEIC",
            _ => "video",
        });
    }
    // A PDF may have up to 1,024 bytes of something else before its header.
    let head = bytes.get(..1_024).unwrap_or(bytes);
    head.windows(5).any(|w| w == b"%PDF-").then_some("PDF")
}
