//! What a lens, a sensor and a camera's JPEG do to a picture.

use bonafide_context::Random;
use bonafide_media::{Decoder, InProcess, Picture, encode_jpeg};

use crate::SpecimenError;

/// Gaussian blur, both directions.
pub(crate) fn blur(picture: &mut Picture, sigma: f32) {
    if sigma < 0.15 {
        return;
    }
    let sigma = sigma.min(12.0);
    let reach = (sigma * 3.0).ceil() as i64;
    let weights: Vec<(i64, i64, f32)> = (-reach..=reach)
        .map(|i| (i, 0, (-((i * i) as f32) / (2.0 * sigma * sigma)).exp()))
        .collect();
    convolve(picture, &weights);
    let down: Vec<_> = weights.iter().map(|&(i, _, w)| (0, i, w)).collect();
    convolve(picture, &down);
}

/// Mean along a straight path of `length` pixels.
pub(crate) fn motion(picture: &mut Picture, length: f32, degrees: f32) {
    if length < 1.0 {
        return;
    }
    let (sin, cos) = degrees.to_radians().sin_cos();
    let steps = (length.min(60.0) * 1.0).ceil() as i64;
    let path = (0..=steps).map(|i| {
        let along = i as f32 - steps as f32 / 2.0;
        ((along * cos).round() as i64, (along * sin).round() as i64, 1.0)
    });
    let path: Vec<_> = path.collect();
    convolve(picture, &path);
}

/// Weighted sum of shifted pictures (`dx`, `dy`, weight), edges repeated; row
/// by row, so that the inner loop runs along memory.
fn convolve(picture: &mut Picture, taps: &[(i64, i64, f32)]) {
    let (width, height) = (i64::from(picture.width()), i64::from(picture.height()));
    let stride = width as usize * 3;
    let total: f32 = taps.iter().map(|tap| tap.2).sum();
    // Whole-number arithmetic is as exact as eight bits need, and faster.
    let taps: Vec<(i64, i64, u32)> =
        taps.iter().map(|&(x, y, w)| (x, y, (w / total * 65_536.0).round() as u32)).collect();
    let whole: u32 = taps.iter().map(|tap| tap.2).sum::<u32>().max(1);
    let source = picture.bytes().to_vec();
    let mut sums = vec![0u32; stride];
    for (y, row) in picture.bytes_mut().chunks_exact_mut(stride).enumerate() {
        sums.fill(whole / 2);
        for &(dx, dy, weight) in &taps {
            let from_y = (y as i64 + dy).clamp(0, height - 1) as usize;
            let line = &source[from_y * stride..(from_y + 1) * stride];
            let shift = dx.clamp(-width, width);
            let inner = shift.unsigned_abs() as usize * 3;
            // What the shifted line covers of this row, then the repeated edge.
            if shift >= 0 {
                add(&mut sums[..stride - inner], &line[inner..], weight);
                add_edge(&mut sums[stride - inner..], &line[stride - 3..], weight);
            } else {
                add(&mut sums[inner..], &line[..stride - inner], weight);
                add_edge(&mut sums[..inner], &line[..3], weight);
            }
        }
        for (value, sum) in row.iter_mut().zip(&sums) {
            *value = (sum / whole).min(255) as u8;
        }
    }
}

fn add(sums: &mut [u32], line: &[u8], weight: u32) {
    for (sum, value) in sums.iter_mut().zip(line) {
        *sum += u32::from(*value) * weight;
    }
}

fn add_edge(sums: &mut [u32], edge: &[u8], weight: u32) {
    for (i, sum) in sums.iter_mut().enumerate() {
        *sum += u32::from(edge[i % 3]) * weight;
    }
}

/// Sensor noise: normal, of standard deviation `sigma`, mostly the same in the
/// three colours as after a camera's own smoothing of colour.
pub(crate) fn noise(picture: &mut Picture, sigma: f32, random: &mut dyn Random) {
    if sigma <= 0.0 {
        return;
    }
    let sigma = f64::from(sigma.min(80.0));
    // A table of deviates: a logarithm a pixel would cost seconds.
    let table: Vec<i16> =
        (0..4_096).map(|_| (random.normal() * sigma * 16.0).round() as i16).collect();
    let width = picture.width() as usize;
    let mut bits = vec![0u8; width * 4];
    for row in picture.bytes_mut().chunks_exact_mut(width * 3) {
        random.fill(&mut bits);
        for (pixel, bits) in row.as_chunks_mut::<3>().0.iter_mut().zip(bits.as_chunks::<4>().0) {
            let drawn = u32::from_le_bytes(*bits);
            let common = table[(drawn & 4_095) as usize];
            let red = table[(drawn >> 12 & 4_095) as usize];
            let blue = table[(drawn >> 20 & 4_095) as usize];
            for (value, own) in pixel.iter_mut().zip([red, 0, blue]) {
                let more = (common + own / 2 + 8) >> 4;
                *value = (i16::from(*value) + more).clamp(0, 255) as u8;
            }
        }
    }
}

/// The picture as a camera's JPEG of `quality` gives it back.
pub(crate) fn jpeg(picture: &Picture, quality: u8) -> Result<Picture, SpecimenError> {
    let bytes = encode_jpeg(picture, quality).map_err(|_| SpecimenError::Jpeg)?;
    Ok(InProcess::default().decode(&bytes).map_err(|_| SpecimenError::Jpeg)?.picture)
}
