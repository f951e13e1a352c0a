//! Does the colour of the face follow the colours of the screen, and how late.

use super::linear::{Drift, cross, energy, inverse, product, ridged};
use super::signal::{Sights, colours};
use crate::challenge::Colour;
use crate::recording::{Recording, Shown};

/// Lags that are tried, in steps of 10 ms: from -50 to 550 ms.
const STEP: f64 = 0.01;
const STEPS: std::ops::RangeInclusive<i32> = -5..=55;
/// Lags of a screen and a camera without a detour, in steps.
const WINDOW: std::ops::RangeInclusive<i32> = 0..=25;
pub(crate) const RIDGE: f64 = 1e-6;
/// Frames count as steady from so long after a colour has come to the camera until so
/// long before it goes, in seconds.
const STEADY: (f64, f64) = (0.06, 0.01);

/// The best fit of the sequence to the chroma of the face.
pub(crate) struct Temporal {
    /// Chroma without drift.
    pub(crate) chroma: Vec<[f64; 2]>,
    /// Its sum of squares.
    pub(crate) energy: f64,
    /// Lag at the best fit, between the steps.
    pub(crate) lag: f64,
    /// Share of the chroma's variance explained there.
    pub(crate) r2: f64,
    /// The same at the best lag of the window.
    pub(crate) r2_window: f64,
    /// Response of both chroma channels to red, green and blue.
    pub(crate) response: [[f64; 2]; 3],
    /// Share of the full-screen colours that can be read back.
    pub(crate) decoded: f64,
    /// Share of the chroma's variance between flashes, of all in them.
    pub(crate) steadiness: f64,
}

impl Temporal {
    pub(crate) fn of(recording: &Recording, sights: &Sights<'_>, drift: &Drift) -> Option<Self> {
        let raw = sights.face();
        let mut chroma = raw.clone();
        drift.remove(&mut chroma);
        let energy = energy(&chroma);
        let fit = |lag: f64| Explained::by(&sights.times, &recording.shown, lag, drift, &chroma);
        let fits: Vec<(i32, Explained)> =
            STEPS.filter_map(|step| Some((step, fit(f64::from(step) * STEP)?))).collect();
        let share = |fit: &Explained| fit.variance / energy.max(f64::MIN_POSITIVE);
        let better =
            |a: &&(i32, Explained), b: &&(i32, Explained)| a.1.variance.total_cmp(&b.1.variance);
        let (step, best) = fits.iter().max_by(better)?;
        let near =
            |off: i32| fits.iter().find(|(s, _)| *s == step + off).map(|(_, fit)| share(fit));
        let offset = match (near(-1), near(1)) {
            (Some(before), Some(after)) => peak(before, share(best), after),
            _ => 0.0,
        };
        let window = fits.iter().filter(|(step, _)| WINDOW.contains(step));
        let grid = f64::from(*step) * STEP;
        Some(Self {
            lag: grid + offset * STEP,
            r2: share(best),
            r2_window: window.map(|(_, fit)| share(fit)).fold(0.0, f64::max),
            response: best.response,
            decoded: decoded(recording, &sights.times, drift, &raw, grid, &best.response),
            steadiness: steadiness(recording, &sights.times, &chroma, grid),
            chroma,
            energy,
        })
    }

    /// The weakest of the four responses that a reflection makes positive, over the
    /// mean of their sizes.
    pub(crate) fn sign_min(&self) -> f64 {
        let signs = self.signs();
        let mean = signs.iter().map(|sign| sign.abs()).sum::<f64>() / signs.len() as f64;
        signs.into_iter().fold(f64::INFINITY, f64::min) / mean.max(f64::MIN_POSITIVE)
    }

    /// Mean response of a channel: the logarithm of 1 + light of the screen over light of
    /// the room.
    pub(crate) fn logarithm(&self) -> f64 {
        let [red, green, green_too, blue] = self.signs();
        (red + f64::midpoint(green, green_too) + blue) / 3.0
    }

    fn signs(&self) -> [f64; 4] {
        let [red, green, blue] = self.response;
        [red[0], -green[0], -green[1], blue[1]]
    }
}

/// How much of the variance within the flashes goes away when each flash has a level of its
/// own: close to 1 where light is steady while a colour stands, whatever the colours are.
fn steadiness(recording: &Recording, times: &[f64], chroma: &[[f64; 2]], lag: f64) -> f64 {
    let (mut within, mut all) = (0.0, 0.0);
    for flash in recording.shown.iter().filter(|shown| shown.secret) {
        let steady = flash.start_s + STEADY.0..=flash.end_s - STEADY.1;
        let lit = times.iter().zip(chroma).filter(|(time, _)| steady.contains(&(*time - lag)));
        let values: Vec<[f64; 2]> = lit.map(|(_, value)| *value).collect();
        for channel in 0..2 {
            let sum: f64 = values.iter().map(|value| value[channel]).sum();
            let squares: f64 = values.iter().map(|value| value[channel].powi(2)).sum();
            all += squares;
            within += squares - sum * sum / (values.len() as f64).max(1.0);
        }
    }
    1.0 - within / all.max(f64::MIN_POSITIVE)
}

/// How well colours at one lag explain the chroma.
struct Explained {
    variance: f64,
    response: [[f64; 2]; 3],
}

impl Explained {
    fn by(
        times: &[f64],
        shown: &[Shown],
        lag: f64,
        drift: &Drift,
        chroma: &[[f64; 2]],
    ) -> Option<Self> {
        let mut means: Vec<[f64; 3]> =
            colours(times, shown, lag).into_iter().map(|[r, g, b, ..]| [r, g, b]).collect();
        drift.remove(&mut means);
        let along = cross(&means, chroma);
        let response = product(&inverse(&ridged(cross(&means, &means), RIDGE))?, &along);
        let pairs = response.iter().flatten().zip(along.iter().flatten());
        Some(Self { variance: pairs.map(|(a, b)| a * b).sum(), response })
    }
}

/// Where a parabola through three values at -1, 0 and 1 is highest.
fn peak(before: f64, at: f64, after: f64) -> f64 {
    let bend = before - 2.0 * at + after;
    if bend < 0.0 { 0.5 * (before - after) / bend } else { 0.0 }
}

/// Reads the full-screen colours back from the face: the share that comes out right.
fn decoded(
    recording: &Recording,
    times: &[f64],
    drift: &Drift,
    raw: &[[f64; 2]],
    lag: f64,
    response: &[[f64; 2]; 3],
) -> f64 {
    let expected = |levels: &[f64]| -> [f64; 2] {
        let mut out = [0.0; 2];
        for (level, response) in levels.iter().zip(response) {
            for (out, response) in out.iter_mut().zip(response) {
                *out += level * response;
            }
        }
        out
    };
    // The slow part of what the colours do not explain is drift; the rest is signal.
    let lit = colours(times, &recording.shown, lag);
    let explained: Vec<[f64; 2]> = lit.iter().map(|row| expected(&row[..3])).collect();
    let unexplained: Vec<[f64; 2]> =
        raw.iter().zip(&explained).map(|(raw, e)| [raw[0] - e[0], raw[1] - e[1]]).collect();
    let mut quick = unexplained.clone();
    drift.remove(&mut quick);
    let signal: Vec<[f64; 2]> = quick
        .iter()
        .zip(&explained)
        .map(|(quick, explained)| [quick[0] + explained[0], quick[1] + explained[1]])
        .collect();
    let (mut right, mut all) = (0_u32, 0_u32);
    for flash in recording.shown.iter().filter(|shown| shown.secret && shown.is_full()) {
        all += 1;
        let steady = flash.start_s + STEADY.0..=flash.end_s - STEADY.1;
        let (mut sum, mut count) = ([0.0; 2], 0.0);
        for (time, value) in times.iter().zip(&signal) {
            if steady.contains(&(time - lag)) {
                sum = [sum[0] + value[0], sum[1] + value[1]];
                count += 1.0;
            }
        }
        let far = |hue: &Colour| {
            let wanted = expected(&hue.levels());
            (sum[0] / count - wanted[0]).hypot(sum[1] / count - wanted[1])
        };
        let nearest = Colour::HUES.into_iter().min_by(|a, b| far(a).total_cmp(&far(b)));
        right += u32::from(count > 0.0 && nearest.is_some_and(|hue| hue.levels() == flash.top));
    }
    f64::from(right) / f64::from(all.max(1))
}
