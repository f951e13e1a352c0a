//! From light to the bytes of a frame: exposure, white balance, noise, shutter, tone.

use std::array::from_fn;

use bonafide_context::Random;
use bonafide_liveness::{GREY, Shown};
use bonafide_media::Picture;

use super::scene::{Lens, Light};

/// What a camera does to light.
#[derive(Clone, Debug)]
pub(crate) struct Camera {
    /// Frames a second.
    pub(crate) rate: f64,
    /// Time constants of exposure and white balance, in seconds.
    pub(crate) exposure_settles: f64,
    pub(crate) white_settles: f64,
    /// How much of a cast the white balance takes away.
    pub(crate) white_strength: f64,
    /// Share of the newest frame in what is given out: temporal denoising.
    pub(crate) newest: f64,
    /// Strength of the S curve, and the saturation.
    pub(crate) contrast: f64,
    pub(crate) saturation: f64,
    /// Share of each channel that comes from the others.
    pub(crate) crosstalk: f64,
    /// From the first to the last row, in seconds.
    pub(crate) readout: f64,
    /// Electrons that fill a pixel of a frame 480 wide at the lowest gain, and the noise
    /// of reading one, in electrons.
    pub(crate) full: f64,
    pub(crate) read: f64,
    /// Mean brightness that the exposure aims at.
    pub(crate) target: f64,
}

/// Mean light (candela a square metre) of a scene that is exposed at the lowest gain.
const BRIGHT: f64 = 120.0;
/// Highest gain against that.
const MOST_GAIN: f64 = 160.0;

/// What the screen showed over time, as its pixels follow it.
pub(crate) struct Backlight {
    /// Running sums of top and bottom light, one a millisecond.
    sums: Vec<[f64; 6]>,
}

/// Milliseconds before the first moment of the display's clock that are known.
const BEFORE: f64 = 1.0;
const TICK: f64 = 0.001;

impl Backlight {
    /// For the colours shown, which pixels approach with a time constant.
    pub(crate) fn new(shown: &[Shown], settle: f64, black: f64) -> Self {
        let end = shown.last().map_or(0.0, |last| last.end_s) + 1.0;
        let mut state = [GREY; 6];
        let mut sum = [0.0; 6];
        let mut sums = vec![sum];
        let ticks = ((end + BEFORE) / TICK) as usize;
        let follow = 1.0 - (-TICK / settle).exp();
        let mut next = 0;
        for tick in 0..ticks {
            let time = tick as f64 * TICK - BEFORE;
            while shown.get(next).is_some_and(|shown| time >= shown.end_s) {
                next += 1;
            }
            let now = shown.get(next).filter(|shown| time >= shown.start_s);
            let wanted = now.map_or([GREY; 6], |now| {
                let ([a, b, c], [d, e, f]) = (now.top, now.bottom);
                [a, b, c, d, e, f]
            });
            for ((state, sum), wanted) in state.iter_mut().zip(&mut sum).zip(wanted) {
                *state += (black + (1.0 - black) * wanted - *state) * follow;
                *sum += *state;
            }
            sums.push(sum);
        }
        Self { sums }
    }

    /// The mean of top and bottom light over a span of time.
    pub(crate) fn mean(&self, from: f64, to: f64) -> [f64; 6] {
        let last = self.sums.len() - 1;
        let tick = |time: f64| (((time + BEFORE) / TICK).max(0.0) as usize).min(last);
        let first = tick(from).min(last.saturating_sub(1));
        let end = tick(to).max(first + 1).min(last);
        let (Some(a), Some(b)) = (self.sums.get(first), self.sums.get(end)) else {
            return [0.0; 6];
        };
        from_fn(|k| (b[k] - a[k]) / (end - first) as f64)
    }
}

/// A camera while it films.
pub(crate) struct Filming<'a> {
    camera: &'a Camera,
    lens: Lens,
    gain: f64,
    white: [f64; 3],
    before: Option<Vec<[f32; 3]>>,
    noise: Noise,
    tones: Vec<u8>,
}

impl<'a> Filming<'a> {
    pub(crate) fn new(camera: &'a Camera, lens: Lens, random: &mut dyn Random) -> Self {
        let noise = Noise(random.u64() | 1);
        let tones = tones(camera.contrast);
        Self { camera, lens, gain: 0.0, white: [1.0; 3], before: None, noise, tones }
    }

    /// Takes a frame at `time` on the display's clock, `since` seconds after the last.
    pub(crate) fn take(
        &mut self,
        light: &[Light],
        backlight: &Backlight,
        time: f64,
        since: f64,
        flicker: f64,
    ) -> Option<Picture> {
        let rows = f64::from(self.lens.height);
        let exposed = self.exposure_time();
        let lit: Vec<[f64; 6]> = (0..self.lens.height)
            .map(|row| {
                let read = time + self.camera.readout * (f64::from(row) / rows - 0.5);
                backlight.mean(read - exposed / 2.0, read + exposed / 2.0)
            })
            .collect();
        let width = self.lens.width as usize;
        let mut linear: Vec<[f32; 3]> = light
            .iter()
            .enumerate()
            .map(|(at, light)| {
                let lit = lit.get(at / width).copied().unwrap_or_default();
                from_fn(|k| {
                    let screen = light.top[k] * lit[k] + light.bottom[k] * lit[3 + k];
                    (light.room[k] * flicker + screen) as f32
                })
            })
            .collect();
        self.settle(&linear, since);
        self.expose(&mut linear);
        let bytes = linear.iter().flat_map(|pixel| self.develop(*pixel)).collect();
        Picture::new(self.lens.width, self.lens.height, bytes).ok()
    }

    /// Long in the dark, short in the light.
    fn exposure_time(&self) -> f64 {
        let longest = 0.9 / self.camera.rate.max(15.0);
        let analogue = self.gain * BRIGHT / self.camera.target;
        (longest * analogue.min(1.0)).clamp(0.002, longest)
    }

    /// Lets exposure and white balance follow what is seen.
    fn settle(&mut self, linear: &[[f32; 3]], since: f64) {
        let mut sum = [0.0_f64; 3];
        let mut count = 0.0;
        let (width, height) = (self.lens.width as usize, self.lens.height as usize);
        for (at, pixel) in linear.iter().enumerate() {
            let (x, y) = (at % width, at / width);
            // The middle counts, the rim does not.
            if x * 8 > width && x * 8 < width * 7 && y * 8 > height && y * 8 < height * 7 {
                for (sum, value) in sum.iter_mut().zip(pixel) {
                    *sum += f64::from(*value);
                }
                count += 1.0;
            }
        }
        let mean = sum.map(|sum| (sum / count).max(1e-6));
        let bright = 0.3 * mean[0] + 0.6 * mean[1] + 0.1 * mean[2];
        let wanted = (self.camera.target / bright).min(MOST_GAIN * self.camera.target / BRIGHT);
        let neutral: [f64; 3] = from_fn(|k| (mean[1] / mean[k]).powf(self.camera.white_strength));
        if self.gain == 0.0 {
            // The camera has looked at the scene for a while.
            self.gain = wanted;
            self.white = neutral;
            return;
        }
        let follow = |settles: f64| 1.0 - (-since / settles).exp();
        self.gain *= (wanted / self.gain).powf(follow(self.camera.exposure_settles));
        let quick = follow(self.camera.white_settles);
        for (white, neutral) in self.white.iter_mut().zip(neutral) {
            *white *= (neutral / *white).powf(quick);
        }
    }

    /// Gain, noise and temporal denoising.
    fn expose(&mut self, linear: &mut [[f32; 3]]) {
        let analogue = (self.gain * BRIGHT / self.camera.target).max(1.0);
        // A narrower frame is binned from one 480 wide.
        let binned = (480.0 / f64::from(self.lens.width)).powi(2);
        let full = self.camera.full / analogue * binned;
        let read = (self.camera.read * binned.sqrt() / full) as f32;
        let (gain, full) = (self.gain as f32, full as f32);
        for pixel in linear.iter_mut() {
            for value in pixel.iter_mut() {
                let clean = (*value * gain).min(1.2);
                let noise = (clean.max(0.0) / full + read * read).sqrt();
                *value = clean + noise * self.noise.normal();
            }
        }
        let newest = self.camera.newest as f32;
        if let Some(before) = &self.before {
            for (pixel, before) in linear.iter_mut().zip(before) {
                for (value, before) in pixel.iter_mut().zip(before) {
                    *value = newest * *value + (1.0 - newest) * before;
                }
            }
        }
        self.before = Some(linear.to_vec());
    }

    /// Crosstalk, white balance, saturation, tone: to the bytes of a pixel.
    fn develop(&self, pixel: [f32; 3]) -> [u8; 3] {
        let camera = self.camera;
        let sum: f32 = pixel.iter().sum();
        let leak = camera.crosstalk as f32;
        let mixed = pixel.map(|value| value * (1.0 - leak) + leak / 2.0 * (sum - value));
        let balanced: [f32; 3] = from_fn(|k| mixed[k] * self.white[k] as f32);
        let grey = 0.2126 * balanced[0] + 0.7152 * balanced[1] + 0.0722 * balanced[2];
        let saturation = camera.saturation as f32;
        balanced.map(|value| {
            let value = (grey + saturation * (value - grey)).clamp(0.0, 1.0);
            let at = (value * (TONES - 1) as f32).round() as usize;
            self.tones.get(at).copied().unwrap_or(255)
        })
    }
}

/// Steps of the table of tones.
const TONES: usize = 1 << 14;

/// From linear light to a byte: the sRGB curve, bent to an S.
fn tones(contrast: f64) -> Vec<u8> {
    let tone = |at: usize| {
        let value = at as f64 / (TONES - 1) as f64;
        let coded = if value <= 0.003_130_8 {
            12.92 * value
        } else {
            1.055 * value.powf(1.0 / 2.4) - 0.055
        };
        let smooth = coded * coded * (3.0 - 2.0 * coded);
        ((coded + contrast * (smooth - coded)) * 255.0).round() as u8
    };
    (0..TONES).map(tone).collect()
}

/// Quick noise: a recording needs millions of values.
struct Noise(u64);

impl Noise {
    /// About normal: four uniform values added.
    fn normal(&mut self) -> f32 {
        // xorshift64
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        let sum: u64 = (0..4).map(|at| self.0 >> (16 * at) & 0xffff).sum();
        // Four uniform values on 0..65535 have this mean and deviation.
        (sum as f32 - 131_070.0) / 37_837.0
    }
}
