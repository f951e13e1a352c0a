//! The structure of a JPEG file (ITU-T T.81, annex B), read before a decoder
//! sees a byte of it.
//!
//! The walk settles what a decoder cannot be asked: how large the picture is
//! before anything is reserved, whether the file is there to its end, whether
//! its scans can make a whole picture, and how much work they are. It also
//! copies out the segments that carry the picture and nothing else, so that no
//! parser of profiles, XMP or thumbnails is ever reached.

use std::ops::Range;

use super::{DecodeError, Limits};

/// Most scans of a progressive file. The usual encoders write 10, with
/// successive approximation of every band 30 to 40; each costs a pass over the
/// whole picture.
const MAX_SCANS: usize = 64;

/// Scans times pixels that are decoded at most: 40 passes over 50 megapixels.
const MAX_SCANNED_PIXELS: u64 = 2_000_000_000;

/// What a JPEG file is made of.
#[derive(Debug)]
pub(super) struct JpegLayout {
    /// The frame header.
    pub(super) frame: Frame,
    /// Colour transform of an Adobe segment: 0 none, 1 YCbCr, 2 YCCK.
    pub(super) adobe: Option<u8>,
    /// Value of the EXIF orientation tag, 1 without EXIF.
    pub(super) orientation: u8,
    /// Whether all coefficients must be held until the last scan.
    pub(super) buffered: bool,
    /// The file with the picture's segments only, from SOI to EOI.
    pub(super) stream: Vec<u8>,
}

/// A frame header (SOF0 to SOF2).
#[derive(Debug)]
pub(super) struct Frame {
    /// Width in pixels.
    pub(super) width: u32,
    /// Height in pixels.
    pub(super) height: u32,
    /// Whether coefficients come in several scans.
    pub(super) progressive: bool,
    /// One, three or four.
    pub(super) components: Vec<Component>,
}

/// One colour component.
#[derive(Debug)]
pub(super) struct Component {
    /// Its name in scan headers.
    pub(super) id: u8,
    /// Horizontal and vertical sampling, 1 to 4.
    sampling: (u32, u32),
    /// Whether a scan with its DC coefficients was seen.
    seen: bool,
}

impl JpegLayout {
    /// Reads `bytes` to the end of the first picture in it.
    pub(super) fn read(bytes: &[u8], limits: &Limits) -> Result<Self, DecodeError> {
        let mut walk = Walk::default();
        walk.kept.push(0..2);
        let mut at = 2;
        loop {
            let (marker, after) = next_marker(bytes, at)?;
            if matches!(marker, 0x01 | 0xd0..=0xd8) {
                at = after;
                continue;
            }
            if marker == EOI {
                walk.kept.push(after - 2..after);
                return walk.finish(bytes);
            }
            let segment = segment(bytes, after)?;
            at = segment.end;
            let body = &bytes[segment.start + 2..segment.end];
            if walk.segment(marker, body, limits)? {
                walk.kept.push(after - 2..segment.end);
            }
            if marker == SOS {
                let end = entropy_end(bytes, at);
                walk.scan(body, end - at)?;
                walk.kept.push(at..end);
                at = end;
            }
        }
    }
}

const EOI: u8 = 0xd9;
const SOS: u8 = 0xda;

#[derive(Default)]
struct Walk {
    frame: Option<Frame>,
    adobe: Option<u8>,
    orientation: Option<u8>,
    scans: usize,
    buffered: bool,
    kept: Vec<Range<usize>>,
}

impl Walk {
    /// Takes note of a segment; whether the decoder needs it.
    fn segment(&mut self, marker: u8, body: &[u8], limits: &Limits) -> Result<bool, DecodeError> {
        match marker {
            0xc0..=0xc2 => {
                if self.frame.is_some() {
                    return Err(DecodeError::Corrupt);
                }
                self.frame = Some(frame(marker, body, limits)?);
                Ok(true)
            }
            0xc3 | 0xc5..=0xc7 | 0xcb | 0xcf => unsupported("lossless or hierarchical jpeg"),
            0xc9 | 0xca | 0xcc | 0xcd | 0xce => unsupported("arithmetic-coded jpeg"),
            // Huffman tables, quantization tables, restart interval, scan.
            0xc4 | 0xdb | 0xdd | SOS => Ok(true),
            // Webcams leave the usual Huffman tables out and say so here.
            0xe0 => Ok(body.starts_with(b"AVI1\0")),
            0xe1 if self.orientation.is_none() && body.starts_with(b"Exif\0\0") => {
                self.orientation = Some(super::orientation::read_exif(body));
                Ok(false)
            }
            0xee if body.starts_with(b"Adobe") && body.len() >= 12 => {
                self.adobe = Some(body[11]);
                Ok(false)
            }
            _ => Ok(false),
        }
    }

    /// Takes note of a scan with `length` bytes of entropy-coded data.
    fn scan(&mut self, header: &[u8], length: usize) -> Result<(), DecodeError> {
        let frame = self.frame.as_mut().ok_or(DecodeError::Corrupt)?;
        let count = usize::from(*header.first().ok_or(DecodeError::Corrupt)?);
        let &[first, _, approximation] = header.get(1 + 2 * count..).ok_or(DecodeError::Corrupt)?
        else {
            return Err(DecodeError::Corrupt);
        };
        if count == 0 || count > frame.components.len() {
            return Err(DecodeError::Corrupt);
        }
        self.scans += 1;
        let pixels = u64::from(frame.width) * u64::from(frame.height);
        if self.scans > MAX_SCANS || pixels * self.scans as u64 > MAX_SCANNED_PIXELS {
            return unsupported("a jpeg with that many scans");
        }
        self.buffered |= frame.progressive || count < frame.components.len();
        // A first look at a component's DC coefficients: each of its blocks
        // has one, so a scan that is too short for them is a cut one.
        let opening = !frame.progressive || (first == 0 && approximation >> 4 == 0);
        if !opening {
            return Ok(());
        }
        let mut blocks = 0;
        for i in 0..count {
            let id = header[1 + 2 * i];
            blocks += frame.blocks(id);
            let component = frame.components.iter_mut().find(|c| c.id == id);
            let component = component.ok_or(DecodeError::Corrupt)?;
            if std::mem::replace(&mut component.seen, true) && !frame.progressive {
                return Err(DecodeError::Corrupt);
            }
        }
        // The shortest code has one bit: one for DC, in a baseline scan another
        // for "the rest is zero".
        let least_bits = blocks * if frame.progressive { 1 } else { 2 };
        if (length as u64) * 8 < least_bits { Err(DecodeError::Truncated) } else { Ok(()) }
    }

    fn finish(self, bytes: &[u8]) -> Result<JpegLayout, DecodeError> {
        let frame = self.frame.ok_or(DecodeError::Corrupt)?;
        if !frame.components.iter().all(|c| c.seen) {
            return Err(DecodeError::Truncated);
        }
        let mut stream = Vec::with_capacity(self.kept.iter().map(ExactSizeIterator::len).sum());
        for part in self.kept {
            stream.extend_from_slice(&bytes[part]);
        }
        Ok(JpegLayout {
            frame,
            adobe: self.adobe,
            orientation: self.orientation.unwrap_or(1),
            buffered: self.buffered,
            stream,
        })
    }
}

impl Frame {
    /// Blocks of 8 x 8 coefficients that the component `id` has at least.
    fn blocks(&self, id: u8) -> u64 {
        let most = self
            .components
            .iter()
            .fold((1, 1), |(h, v), c| (h.max(c.sampling.0), v.max(c.sampling.1)));
        self.components.iter().find(|c| c.id == id).map_or(0, |c| {
            let across = (self.width * c.sampling.0).div_ceil(most.0 * 8);
            let down = (self.height * c.sampling.1).div_ceil(most.1 * 8);
            u64::from(across) * u64::from(down)
        })
    }
}

/// Reads a frame header and checks the picture's size.
fn frame(marker: u8, body: &[u8], limits: &Limits) -> Result<Frame, DecodeError> {
    let &[bits, h1, h0, w1, w0, count, ref rest @ ..] = body else {
        return Err(DecodeError::Corrupt);
    };
    if bits != 8 {
        return unsupported("jpeg with more than 8 bits a sample");
    }
    let (width, height) = (u32::from_be_bytes([0, 0, w1, w0]), u32::from_be_bytes([0, 0, h1, h0]));
    if height == 0 && width > 0 {
        return unsupported("jpeg that does not give its height");
    }
    limits.check_size(width, height)?;
    if !matches!(count, 1 | 3 | 4) {
        return unsupported("jpeg with that number of colours");
    }
    if rest.len() != usize::from(count) * 3 {
        return Err(DecodeError::Corrupt);
    }
    let (entries, _) = rest.as_chunks::<3>();
    let components: Vec<Component> = entries
        .iter()
        .map(|&[id, sampling, _]| Component {
            id,
            sampling: (u32::from(sampling >> 4), u32::from(sampling & 15)),
            seen: false,
        })
        .collect();
    for (i, c) in components.iter().enumerate() {
        let valid = 1..=4;
        if !valid.contains(&c.sampling.0) || !valid.contains(&c.sampling.1) {
            return Err(DecodeError::Corrupt);
        }
        if components[..i].iter().any(|other| other.id == c.id) {
            return Err(DecodeError::Corrupt);
        }
    }
    let fits = |pick: fn(&Component) -> u32| {
        let most = components.iter().map(pick).max().unwrap_or(1);
        components.iter().all(|c| most % pick(c) == 0)
    };
    if !fits(|c| c.sampling.0) || !fits(|c| c.sampling.1) {
        return unsupported("jpeg with fractional sampling");
    }
    Ok(Frame { width, height, progressive: marker == 0xc2, components })
}

/// The next marker at or after `at`, and where it ends. Stray bytes between
/// segments and fill bytes are passed over, as other decoders do.
fn next_marker(bytes: &[u8], mut at: usize) -> Result<(u8, usize), DecodeError> {
    loop {
        let gap = bytes.get(at..).and_then(|b| b.iter().position(|&b| b == 0xff));
        at += gap.ok_or(DecodeError::Truncated)? + 1;
        match bytes.get(at) {
            None => return Err(DecodeError::Truncated),
            Some(0 | 0xff) => {}
            Some(&marker) => return Ok((marker, at + 1)),
        }
    }
}

/// The segment whose length field is at `at`, length field included.
fn segment(bytes: &[u8], at: usize) -> Result<Range<usize>, DecodeError> {
    let &[high, low] = bytes.get(at..at + 2).ok_or(DecodeError::Truncated)? else {
        return Err(DecodeError::Truncated);
    };
    let length = usize::from(u16::from_be_bytes([high, low]));
    if length < 2 {
        return Err(DecodeError::Corrupt);
    }
    if at + length > bytes.len() {
        return Err(DecodeError::Truncated);
    }
    Ok(at..at + length)
}

/// Where the entropy-coded data that starts at `at` ends: at the next marker
/// that is not a restart, or where the file does.
fn entropy_end(bytes: &[u8], mut at: usize) -> usize {
    while let Some(gap) = bytes[at..].iter().position(|&b| b == 0xff) {
        at += gap;
        match bytes.get(at + 1) {
            Some(0 | 0xd0..=0xd7) => at += 2,
            Some(0xff) => at += 1,
            _ => return at,
        }
    }
    bytes.len()
}

fn unsupported<T>(feature: &'static str) -> Result<T, DecodeError> {
    Err(DecodeError::UnsupportedFeature { feature })
}
