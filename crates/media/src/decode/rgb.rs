//! Decoded samples to RGB, in the buffer they are in.

use super::{DecodeError, Limits};

/// Samples of one pixel, in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Channels {
    /// Brightness.
    Gray,
    /// Brightness, opacity.
    GrayAlpha,
    /// Red, green, blue.
    Rgb,
    /// Red, green, blue, opacity.
    Rgba,
}

/// How decoded pixels lie in memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Layout {
    /// Samples of a pixel.
    pub(super) channels: Channels,
    /// Bytes of a sample: 1, or 2 in the byte order of the machine.
    pub(super) sample: usize,
}

impl Layout {
    /// 8-bit samples.
    pub(super) const fn eight_bit(channels: Channels) -> Self {
        Self { channels, sample: 1 }
    }

    fn pixel_bytes(self) -> usize {
        self.sample
            * match self.channels {
                Channels::Gray => 1,
                Channels::GrayAlpha => 2,
                Channels::Rgb => 3,
                Channels::Rgba => 4,
            }
    }
}

/// Lets `decode` write the pixels of a picture and returns them as RGB,
/// transparency blended over white. One buffer serves both, so that memory for
/// a second copy of a large photo is never needed. `overhead` is what the
/// decoder reserves besides.
pub(super) fn decode_to_rgb<E>(
    (width, height): (u32, u32),
    layout: Layout,
    overhead: u64,
    limits: &Limits,
    decode: impl FnOnce(&mut [u8]) -> Result<(), E>,
) -> Result<Vec<u8>, DecodeError>
where
    DecodeError: From<E>,
{
    limits.check_size(width, height)?;
    let step = layout.pixel_bytes();
    let pixels = u64::from(width) * u64::from(height);
    limits.check_memory((pixels * step.max(3) as u64).saturating_add(overhead))?;
    let pixels = usize::try_from(pixels).map_err(|_| DecodeError::Corrupt)?;
    let mut buffer = vec![0; pixels * step.max(3)];
    decode(&mut buffer[..pixels * step])?;
    if layout != Layout::eight_bit(Channels::Rgb) {
        spread(&mut buffer, pixels, layout);
        buffer.truncate(pixels * 3);
        buffer.shrink_to_fit();
    }
    Ok(buffer)
}

/// Turns the pixels at the start of `buffer` into RGB at the start of `buffer`.
/// Pixels that grow are taken from the end, so that none is overwritten before
/// it was read.
fn spread(buffer: &mut [u8], pixels: usize, layout: Layout) {
    let step = layout.pixel_bytes();
    let mut convert = |i: usize| {
        let mut pixel = [0; 8];
        pixel[..step].copy_from_slice(&buffer[i * step..(i + 1) * step]);
        let rgb = colour(pixel, layout);
        buffer[i * 3..i * 3 + 3].copy_from_slice(&rgb);
    };
    if step < 3 {
        (0..pixels).rev().for_each(&mut convert);
    } else {
        (0..pixels).for_each(&mut convert);
    }
}

fn colour(pixel: [u8; 8], layout: Layout) -> [u8; 3] {
    let s = match layout.sample {
        1 => [pixel[0], pixel[1], pixel[2], pixel[3]],
        _ => [0, 2, 4, 6].map(|i| (u16::from_ne_bytes([pixel[i], pixel[i + 1]]) >> 8) as u8),
    };
    match layout.channels {
        Channels::Gray => [s[0]; 3],
        Channels::GrayAlpha => [over_white(s[0], s[1]); 3],
        Channels::Rgb => [s[0], s[1], s[2]],
        Channels::Rgba => [over_white(s[0], s[3]), over_white(s[1], s[3]), over_white(s[2], s[3])],
    }
}

/// `value` seen through with opacity `alpha` before white, rounded.
fn over_white(value: u8, alpha: u8) -> u8 {
    let (value, alpha) = (u32::from(value), u32::from(alpha));
    ((value * alpha + 255 * (255 - alpha) + 127) / 255) as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn samples_become_rgb_in_place() {
        let rgb = |channels, sample, bytes: &[u8]| {
            let layout = Layout { channels, sample };
            let width = (bytes.len() / layout.pixel_bytes()) as u32;
            decode_to_rgb((width, 1), layout, 0, &Limits::default(), |out: &mut [u8]| {
                out.copy_from_slice(bytes);
                Ok::<(), DecodeError>(())
            })
            .unwrap()
        };
        assert_eq!(rgb(Channels::Gray, 1, &[1, 2]), [1, 1, 1, 2, 2, 2]);
        assert_eq!(rgb(Channels::GrayAlpha, 1, &[9, 0, 8, 255]), [255, 255, 255, 8, 8, 8]);
        assert_eq!(
            rgb(Channels::Rgba, 1, &[0, 100, 255, 128, 1, 2, 3, 255]),
            [127, 177, 255, 1, 2, 3]
        );
        let wide = |v: u16| v.to_ne_bytes();
        let deep = [wide(0x1234), wide(0xabcd), wide(0xffff)].concat();
        assert_eq!(rgb(Channels::Rgb, 2, &deep), [0x12, 0xab, 0xff]);
        assert_eq!(
            rgb(Channels::Gray, 2, &deep),
            [0x12, 0x12, 0x12, 0xab, 0xab, 0xab, 255, 255, 255]
        );
    }

    #[test]
    fn memory_is_counted_before_it_is_reserved() {
        let limits = Limits { max_memory: 1_000, ..Limits::default() };
        let never = |_: &mut [u8]| -> Result<(), DecodeError> { panic!("decoder was called") };
        let layout = Layout::eight_bit(Channels::Gray);
        let error = decode_to_rgb((20, 20), layout, 0, &limits, never);
        assert_eq!(error, Err(DecodeError::TooMuchMemory { max_memory: 1_000 }));
    }
}
