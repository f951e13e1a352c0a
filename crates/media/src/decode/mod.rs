//! The front door: bytes from outside to an upright [`Picture`].
//!
//! Nothing but the pixels comes through. Metadata (EXIF, XMP, comments, colour
//! profiles, embedded thumbnails) is skipped unread, with one exception: the
//! orientation tag, which is applied and reported. Colour profiles are
//! ignored: every picture is taken as sRGB.
//!
//! Sizes are checked from the header before memory for pixels is reserved, and
//! a picture that is not there in full is an error, never half a picture.

mod error;
mod format;
mod jpeg;
mod jpeg_layout;
mod orientation;
mod png;
mod raster;
mod rgb;
mod webp;

#[cfg(test)]
mod samples;
#[cfg(test)]
mod tests;

use std::ops::ControlFlow;

use serde::Serialize;

pub use error::DecodeError;
pub use format::Format;

use crate::Picture;
use crate::video::{self, Filmed, VideoError, VideoFacts, VideoOrder};
use orientation::Orientation;

/// Decodes untrusted bytes. In this process: [`InProcess`]; in processes of
/// their own: [`WorkerPool`](crate::worker::WorkerPool).
pub trait Decoder: Send + Sync {
    /// The upright picture in `bytes` and what the file said about itself.
    fn decode(&self, bytes: &[u8]) -> Result<Decoded, DecodeError>;

    /// Hands the frames of a video that `order` asks for to `each`, in the order
    /// in which they are shown, until there are no more or `each` breaks off.
    /// What the file said of itself comes at the end: `None` if `each` broke off.
    ///
    /// While `each` works, whoever decodes waits for it, so it must not decode
    /// anything itself.
    fn video(
        &self,
        bytes: &[u8],
        order: &VideoOrder,
        each: &mut dyn FnMut(Filmed) -> ControlFlow<()>,
    ) -> Result<Option<VideoFacts>, VideoError>;
}

/// A picture and where it comes from.
#[derive(Clone, Debug)]
pub struct Decoded {
    /// Upright, transparency over white.
    pub picture: Picture,
    /// Facts of the file.
    pub facts: SourceFacts,
}

/// What a file said about itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct SourceFacts {
    /// Kind of file.
    pub format: Format,
    /// Width in pixels as stored, before it was put upright.
    pub width: u32,
    /// Height in pixels as stored.
    pub height: u32,
    /// EXIF orientation, 1 (upright) to 8; 1 if the file has none.
    pub orientation: u8,
    /// Bits a sample as stored (of a palette's entries: 8).
    pub bit_depth: u8,
    /// How colours were stored.
    pub colour: ColourModel,
    /// Whether the file can show what lies behind it; blended over white.
    pub alpha: bool,
    /// Whether the file holds several frames; the first one was taken.
    pub animated: bool,
}

/// How a file stores colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ColourModel {
    /// Brightness only.
    Gray,
    /// Red, green, blue.
    Rgb,
    /// Brightness and two colour differences.
    YCbCr,
    /// Indices into a list of colours.
    Palette,
    /// Four printing inks.
    Cmyk,
    /// Four printing inks, three of them as brightness and differences.
    Ycck,
}

/// Bounds on what the front door lets in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of the file.
    pub max_bytes: usize,
    /// Pixels, width times height.
    pub max_pixels: u64,
    /// Pixels of the longer side.
    pub max_side: u32,
    /// Bytes reserved at one time while decoding, picture included.
    pub max_memory: u64,
}

impl Default for Limits {
    /// 32 MiB of file, 50 megapixels, 16,384 pixels a side, 512 MiB of memory.
    fn default() -> Self {
        Self {
            max_bytes: 32 << 20,
            max_pixels: 50_000_000,
            max_side: 16_384,
            max_memory: 512 << 20,
        }
    }
}

impl Limits {
    /// Checks a size that a header claims.
    pub(crate) fn check_size(&self, width: u32, height: u32) -> Result<(), DecodeError> {
        if width == 0 || height == 0 {
            return Err(DecodeError::Corrupt);
        }
        let max_pixels = self.max_pixels.min(Picture::MAX_PIXELS);
        if u64::from(width) * u64::from(height) > max_pixels {
            return Err(DecodeError::TooManyPixels { width, height, max_pixels });
        }
        if width.max(height) > self.max_side {
            return Err(DecodeError::SideTooLong { width, height, max_side: self.max_side });
        }
        Ok(())
    }

    /// Checks the memory that decoding will need.
    fn check_memory(&self, bytes: u64) -> Result<(), DecodeError> {
        if bytes > self.max_memory {
            return Err(DecodeError::TooMuchMemory { max_memory: self.max_memory });
        }
        Ok(())
    }
}

/// Decodes in this process. Safe for the memory of the process by its bounds;
/// a server that takes files from strangers puts a
/// [`WorkerPool`](crate::worker::WorkerPool) behind [`Decoder`] instead.
#[derive(Clone, Copy, Debug, Default)]
pub struct InProcess {
    /// What is let in.
    pub limits: Limits,
}

impl Decoder for InProcess {
    fn decode(&self, bytes: &[u8]) -> Result<Decoded, DecodeError> {
        if bytes.is_empty() {
            return Err(DecodeError::Empty);
        }
        if bytes.len() > self.limits.max_bytes {
            return Err(DecodeError::TooManyBytes { max_bytes: self.limits.max_bytes });
        }
        let Stored { facts, rgb } = match format::recognise(bytes)? {
            Format::Jpeg => jpeg::decode(bytes, &self.limits),
            Format::Png => png::decode(bytes, &self.limits),
            Format::WebP => webp::decode(bytes, &self.limits),
            Format::Gif => raster::gif(bytes, &self.limits),
            Format::Tiff => raster::tiff(bytes, &self.limits),
            Format::Bmp => raster::bmp(bytes, &self.limits),
        }?;
        let picture =
            Picture::new(facts.width, facts.height, rgb).map_err(|_| DecodeError::Corrupt)?;
        if facts.orientation >= 5 {
            // A quarter turn needs a second picture.
            self.limits.check_memory(picture.pixels() * 6)?;
        }
        let picture = Orientation::from_exif(facts.orientation).upright(picture);
        Ok(Decoded { picture, facts })
    }

    fn video(
        &self,
        bytes: &[u8],
        order: &VideoOrder,
        each: &mut dyn FnMut(Filmed) -> ControlFlow<()>,
    ) -> Result<Option<VideoFacts>, VideoError> {
        video::decode(bytes, order, each)
    }
}

/// A picture as the file stores it, not yet upright.
struct Stored {
    facts: SourceFacts,
    rgb: Vec<u8>,
}
