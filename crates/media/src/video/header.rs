//! What a coded frame says of its size and colours before it is decoded: sizes
//! are to be refused before memory is reserved for them.

use super::VideoError;
use super::bits::Bits;
use super::colour::{Colour, Matrix};

/// What a header says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Header {
    pub(super) width: u32,
    pub(super) height: u32,
    pub(super) colour: Option<Colour>,
}

const CORRUPT: VideoError = VideoError::Corrupt;

/// Of a VP8 key frame (RFC 6386, 9.1); `None` for any other frame.
pub(super) fn vp8(coded: &[u8]) -> Result<Option<Header>, VideoError> {
    let first = coded.first().ok_or(CORRUPT)?;
    if first & 1 == 1 {
        return Ok(None);
    }
    let [a, b, c, w, x, y, z] = *coded.get(3..).and_then(<[u8]>::first_chunk).ok_or(CORRUPT)?;
    if [a, b, c] != [0x9d, 0x01, 0x2a] {
        return Err(CORRUPT);
    }
    let side = |low: u8, high: u8| u32::from(u16::from_le_bytes([low, high]) & 0x3fff);
    Ok(Some(Header { width: side(w, x), height: side(y, z), colour: None }))
}

/// Of a VP9 key frame (its bitstream specification, 6.2); `None` for any other.
pub(super) fn vp9(coded: &[u8]) -> Result<Option<Header>, VideoError> {
    let mut bits = Bits::new(coded);
    if bits.number(2)? != 2 {
        return Err(CORRUPT);
    }
    let profile = u32::from(bits.bit()?) | u32::from(bits.bit()?) << 1;
    if profile != 0 {
        return Err(VideoError::UnsupportedFeature {
            feature: "VP9 with more than 4:2:0 and 8 bits",
        });
    }
    let (again, inter) = (bits.bit()?, bits.bit()?);
    if again || inter {
        return Ok(None);
    }
    bits.number(2)?;
    if bits.number(24)? != 0x49_8342 {
        return Err(CORRUPT);
    }
    let matrix = match bits.number(3)? {
        1 => Some(Matrix::Bt601),
        2 => Some(Matrix::Bt709),
        3 | 4 => Some(Matrix::Bt601),
        5 => Some(Matrix::Bt2020),
        // RGB is no 4:2:0.
        7 => return Err(CORRUPT),
        _ => None,
    };
    let full = bits.bit()?;
    let (width, height) = (bits.number(16)? + 1, bits.number(16)? + 1);
    let colour = matrix.map(|matrix| Colour { matrix, full });
    Ok(Some(Header { width, height, colour }))
}

/// Of an H.264 sequence parameter set without its first byte (7.3.2.1.1), its
/// bytes as they stand in the file.
pub(super) fn h264(set: &[u8]) -> Result<Header, VideoError> {
    let set = unescaped(set);
    let mut bits = Bits::new(&set);
    let profile = bits.number(8)?;
    bits.number(16)?;
    bits.golomb()?;
    if matches!(profile, 100 | 110 | 122 | 244 | 44 | 83 | 86 | 118 | 128 | 138 | 139 | 134 | 135) {
        let chroma = bits.golomb()?;
        let deep = [bits.golomb()?, bits.golomb()?] != [0, 0];
        if chroma != 1 || deep {
            return Err(VideoError::UnsupportedFeature {
                feature: "H.264 with more than 4:2:0 and 8 bits",
            });
        }
        bits.bit()?;
        if bits.bit()? {
            (0..8).try_for_each(|list| scaling_list(&mut bits, if list < 6 { 16 } else { 64 }))?;
        }
    }
    bits.golomb()?;
    match bits.golomb()? {
        0 => drop(bits.golomb()?),
        1 => {
            bits.bit()?;
            bits.signed()?;
            bits.signed()?;
            let cycle = bits.golomb()?;
            (0..cycle.min(255)).try_for_each(|_| bits.signed().map(drop))?;
        }
        _ => {}
    }
    bits.golomb()?;
    bits.bit()?;
    let (across, down) = (bits.golomb()?, bits.golomb()?);
    let frames_only = bits.bit()?;
    if !frames_only {
        return Err(VideoError::UnsupportedFeature { feature: "interlaced video" });
    }
    bits.bit()?;
    let mut crop = [0; 4];
    if bits.bit()? {
        for side in &mut crop {
            *side = bits.golomb()?;
        }
    }
    let side = |blocks: u32, cut: [u32; 2]| {
        let whole = u64::from(blocks).saturating_add(1).saturating_mul(16);
        let cut = u64::from(cut[0]).saturating_add(cut[1].into()).saturating_mul(2);
        u32::try_from(whole.saturating_sub(cut)).unwrap_or(u32::MAX)
    };
    let (width, height) = (side(across, [crop[0], crop[1]]), side(down, [crop[2], crop[3]]));
    // What is only said is not worth an error.
    let colour = said_of_colour(&mut bits).unwrap_or(None);
    Ok(Header { width, height, colour })
}

/// The part of the video usability information (annex E) that speaks of colour.
fn said_of_colour(bits: &mut Bits<'_>) -> Result<Option<Colour>, VideoError> {
    const EXTENDED: u32 = 255;
    if !bits.bit()? {
        return Ok(None);
    }
    if bits.bit()? && bits.number(8)? == EXTENDED {
        bits.number(32)?;
    }
    if bits.bit()? {
        bits.bit()?;
    }
    if !bits.bit()? {
        return Ok(None);
    }
    bits.number(3)?;
    let full = bits.bit()?;
    if !bits.bit()? {
        return Ok(None);
    }
    bits.number(16)?;
    let matrix = u8::try_from(bits.number(8)?).ok().and_then(Matrix::coded);
    Ok(matrix.map(|matrix| Colour { matrix, full }))
}

/// Passes over a scaling list (7.3.2.1.1.1).
fn scaling_list(bits: &mut Bits<'_>, length: usize) -> Result<(), VideoError> {
    if !bits.bit()? {
        return Ok(());
    }
    let (mut last, mut next) = (8_i64, 8_i64);
    for _ in 0..length {
        if next != 0 {
            next = (last + bits.signed()? + 256).rem_euclid(256);
        }
        last = if next == 0 { last } else { next };
    }
    Ok(())
}

/// Bytes without those that keep a start code from appearing in them.
fn unescaped(bytes: &[u8]) -> Vec<u8> {
    let mut plain = Vec::with_capacity(bytes.len());
    let mut zeros = 0;
    for byte in bytes {
        if zeros >= 2 && *byte == 3 {
            zeros = 0;
            continue;
        }
        zeros = if *byte == 0 { zeros + 1 } else { 0 };
        plain.push(*byte);
    }
    plain
}
