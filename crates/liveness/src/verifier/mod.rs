//! The verifier: from a recording to a verdict, by small least squares in linear light.

mod decision;
mod linear;
mod nose;
mod response;
mod rivals;
mod shape;
mod signal;
mod temporal;
#[cfg(test)]
mod tests;
mod whitened;

use bonafide_context::Random;

pub use decision::{Settings, Slope, SlopeOf};

use self::linear::Drift;
use self::response::{Response, weights};
use self::rivals::Rivals;
use self::shape::{Answer, Shape};
use self::signal::Sights;
use self::temporal::Temporal;
use self::whitened::Whitened;
use crate::challenge::Colour;
use crate::recording::{Recording, Seen};
use crate::verdict::{Figures, Verdict};

/// Judges a recording of the issued sequence, which is what `recording.shown` holds.
///
/// `random` draws the decoys that the sequence is held against; a verdict barely depends
/// on it. Never fails: what cannot be computed is not live.
pub fn judge(recording: &Recording, settings: &Settings, random: &mut dyn Random) -> Verdict {
    let figures = measure(recording, random);
    let reason = settings.decide(&figures);
    Verdict { reason, outcome: reason.outcome(), figures }
}

/// Everything that can be measured on a recording.
fn measure(recording: &Recording, random: &mut dyn Random) -> Figures {
    let sights = Sights::of(recording);
    let mut figures = counted(recording, &sights);
    // Fewer frames than unknowns have no fit; the table says so first.
    if sights.times.len() <= 12 || !ascending(&sights.times) {
        return figures;
    }
    let drift = Drift::new(&sights.times);
    let Some(temporal) = Temporal::of(recording, &sights, &drift) else { return figures };
    figures.a_u = finite((temporal.energy / (2.0 * sights.times.len() as f64)).sqrt());
    figures.lag_s = finite(temporal.lag);
    figures.r2 = finite(temporal.r2);
    figures.r2_window = finite(temporal.r2_window);
    figures.decoded = finite(temporal.decoded);
    figures.sign_min = finite(temporal.sign_min());
    figures.rho = finite(temporal.logarithm().exp_m1());
    figures.steadiness = finite(temporal.steadiness);
    let (times, shown, chroma) = (&sights.times, &recording.shown, &temporal.chroma);
    let at_lags = rivals::at_lags(times, shown, &drift, chroma);
    let explained = temporal.r2_window * temporal.energy;
    figures.p_value = finite(rivals::p_value(&at_lags, explained, random));
    figures.better_rivals = Whitened::of(&sights, shown, temporal.lag, &drift)
        .and_then(|face| {
            let rivals = Rivals::at(temporal.lag, times, shown, &drift, &face.chroma)?;
            Some(rivals.answering(face.directions))
        })
        .zip(issued(recording))
        .map(|(rivals, issued)| rivals.better(&issued, random));
    let response = Response::of(&sights, shown, temporal.lag, &drift, &temporal.response);
    let Some(response) = response else { return figures };
    figures.noise = finite(response.noise());
    figures.background_ratio = response.background.and_then(finite);
    if let Some(shape) = Shape::of(&response.whole, &weights(&response.whole_variance)) {
        figures.b_y = finite(shape.b_y);
        figures.t_y = finite(shape.t_y);
        figures.b_z = finite(shape.b_z);
        figures.t_z = finite(shape.t_z);
        figures.shape = finite(shape.slope());
        figures.certainty = finite(shape.certainty());
    }
    let (light, variance) = response.unbent(temporal.logarithm());
    let weights = weights(&variance);
    if let Some(shape) = Shape::of(&light, &weights) {
        figures.light_shape = finite(shape.upright_slope());
        figures.light_certainty = finite(shape.certainty());
    }
    if let Some(answer) = Answer::of(&light, &weights) {
        figures.answer = finite(answer.whole);
        figures.answer_beside_nose = finite(answer.beside_nose);
    }
    figures.s_ny = shape::split(&response);
    figures
}

/// A figure that is no number is not there: nothing that compares may take it for good.
fn finite(value: f64) -> Option<f64> {
    value.is_finite().then_some(value)
}

fn ascending(times: &[f64]) -> bool {
    times.iter().all(|time| time.is_finite())
        && times.windows(2).all(|pair| pair.first() < pair.last())
}

/// The full-screen colours as shown; none if one of them is no colour of a sequence.
fn issued(recording: &Recording) -> Option<Vec<Colour>> {
    let full = recording.shown.iter().filter(|shown| shown.secret && shown.is_full());
    full.map(|shown| Colour::HUES.into_iter().find(|hue| hue.levels() == shown.top)).collect()
}

/// What counting frames tells.
fn counted(recording: &Recording, sights: &Sights<'_>) -> Figures {
    let several = recording.frames.iter().filter(|f| matches!(f.seen, Seen::Several)).count();
    let lost = recording.frames.len() - sights.seen.len();
    let gaps = sights.times.windows(2).map(|pair| match pair {
        [before, after] => after - before,
        _ => 0.0,
    });
    let flashes: Vec<_> = recording.shown.iter().filter(|shown| shown.secret).collect();
    let thin = flashes.iter().filter(|flash| {
        // Whatever the lag is, a flash is seen for as long as it is shown.
        let within = sights.times.iter().filter(|t| (flash.start_s..flash.end_s).contains(*t));
        within.count() < decision::FRAMES_A_FLASH
    });
    let extreme = |of: fn(&crate::recording::Sight) -> f32, pick: fn(f64, f64) -> f64| {
        sights.seen.iter().map(|sight| f64::from(of(sight))).reduce(pick).unwrap_or(0.0)
    };
    let eyes: Vec<f64> = sights.seen.iter().map(|sight| f64::from(sight.eye_distance)).collect();
    Figures {
        frames: u32::try_from(sights.seen.len()).unwrap_or(u32::MAX),
        frames_lost: u32::try_from(lost).unwrap_or(u32::MAX),
        frames_with_several: u32::try_from(several).unwrap_or(u32::MAX),
        longest_gap_s: gaps.fold(0.0, f64::max),
        thin_flashes: thin.count() as f64 / flashes.len().max(1) as f64,
        eye_distance: finite(linear::median(&eyes)).unwrap_or(0.0),
        overexposed: extreme(|sight| sight.overexposed, f64::max),
        lag_is_evidence: recording.exact_times,
        ..Figures::default()
    }
}
