//! The ordered table from figures to a reason.

use serde::{Deserialize, Serialize};

use crate::verdict::{Figures, Reason};

/// Fewer frames than this within a flash are too few to read its colour.
pub(crate) const FRAMES_A_FLASH: usize = 4;

/// Where the table draws its lines.
///
/// The defaults come from simulation; with recordings of real people refit `slope`,
/// `noise` and the lags first.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Fewest frames with a face.
    pub frames: u32,
    /// Longest time without a frame, in seconds.
    pub gap_s: f64,
    /// Largest share of flashes with fewer than four frames.
    pub thin_flashes: f64,
    /// Largest share of frames without a face.
    pub lost: f64,
    /// Smallest median distance between the eyes as a share of the frame's width.
    pub eye_distance: f64,
    /// Largest share of white pixels.
    pub overexposed: f64,
    /// Smallest lag, in seconds.
    pub earliest_s: f64,
    /// Largest lag, in seconds, where frames carry the camera's own times.
    pub latest_s: f64,
    /// Largest lag, in seconds, where they do not.
    pub latest_weak_s: f64,
    /// Largest p-value of the sequence against decoys.
    pub p_value: f64,
    /// Smallest share of colours read back.
    pub decoded: f64,
    /// Smallest share of the chroma's variance between the flashes, for another sequence
    /// to be told from noise.
    pub steadiness: f64,
    /// Largest standard error of a cell's response.
    pub noise: f64,
    /// Largest response of the background over that of the face.
    pub background: f64,
    /// What is asked of the slope on the normals of a face.
    pub slope: Slope,
    /// Whether the issued sequence must explain the face better than every other.
    pub best_of_all: bool,
}

/// What is asked of the slope of the response on the normals of a face.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Slope {
    /// Of which of the two slopes.
    pub of: SlopeOf,
    /// Smallest.
    pub least: f64,
    /// Below this it is flat; from here to `least` the person is asked again.
    pub flat: f64,
    /// Smallest certainty.
    pub certainty: f64,
    /// Smallest certainty of the slope of the logarithm, whichever is judged: creased paper
    /// rarely reaches it.
    pub certainty_of_logarithm: f64,
    /// Smallest share of a face's answer, [`Figures::answer`].
    pub answer: f64,
    /// Smallest share of it beside the answer of a paper nose,
    /// [`Figures::answer_beside_nose`].
    pub answer_beside_nose: f64,
    /// Whether less certainty than that is flat, instead of a reason to ask again.
    pub unsure_is_flat: bool,
}

/// The two slopes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SlopeOf {
    /// That of the light itself, [`Figures::light_shape`].
    Light,
    /// That of its logarithm, [`Figures::shape`], as the method was published.
    Logarithm,
}

impl Default for Slope {
    fn default() -> Self {
        Self {
            of: SlopeOf::Light,
            least: 0.8,
            flat: 0.8,
            certainty: 4.0,
            certainty_of_logarithm: 3.0,
            answer: 0.4,
            answer_beside_nose: 0.36,
            unsure_is_flat: false,
        }
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            frames: 45,
            gap_s: 0.2,
            thin_flashes: 0.2,
            lost: 0.1,
            eye_distance: 60.0 / 480.0,
            overexposed: 0.6,
            earliest_s: -0.02,
            latest_s: 0.205,
            latest_weak_s: 0.3,
            p_value: 0.035,
            decoded: 7.0 / 8.0,
            steadiness: 0.6,
            noise: 0.3,
            background: 0.75,
            slope: Slope::default(),
            best_of_all: true,
        }
    }
}

impl Settings {
    /// The table as it was published with the method, before anything was tuned here: to
    /// hold one simulator against another.
    pub fn published() -> Self {
        Self {
            steadiness: 0.0,
            background: f64::INFINITY,
            overexposed: 0.35,
            noise: 0.12,
            slope: Slope {
                of: SlopeOf::Logarithm,
                least: 0.65,
                flat: 0.45,
                certainty: 4.0,
                certainty_of_logarithm: 4.0,
                answer: f64::NEG_INFINITY,
                answer_beside_nose: f64::NEG_INFINITY,
                unsure_is_flat: true,
            },
            best_of_all: false,
            ..Self::default()
        }
    }
}

impl Settings {
    /// [`Settings::published`] without its lines on how the surface lies: what the match
    /// in time lets through alone, which is most photographs.
    pub fn temporal() -> Self {
        let published = Self::published();
        let least = f64::NEG_INFINITY;
        let slope = Slope {
            least,
            flat: least,
            certainty: least,
            certainty_of_logarithm: least,
            answer: least,
            answer_beside_nose: least,
            ..published.slope
        };
        Self { noise: f64::INFINITY, slope, ..published }
    }
}

/// Chroma that follows no sequence and moves less than this is that of a face that
/// nothing coloured shines on.
const STILL: f64 = 0.018;
/// Chroma that moves more than this without following the sequence follows another.
const MOVED: f64 = 0.05;
/// Share of variance below which the sequence explains nothing.
const UNEXPLAINED: f64 = 0.25;
/// Share of variance and of colours from which a late sequence is surely this one.
const SURE: (f64, f64) = (0.45, 0.75);

impl Settings {
    /// The first line of the table that the figures meet.
    pub(crate) fn decide(&self, f: &Figures) -> Reason {
        let seen = f64::from(f.frames);
        let all = seen + f64::from(f.frames_lost);
        if f.frames_with_several > 0
            || f64::from(f.frames_lost) > self.lost * all
            || f.eye_distance < self.eye_distance
        {
            return Reason::FaceLost;
        }
        if f.frames < self.frames
            || f.longest_gap_s > self.gap_s
            || f.thin_flashes > self.thin_flashes
        {
            return Reason::TooFewFrames;
        }
        if f.overexposed > self.overexposed {
            return Reason::Overexposed;
        }
        // A figure that could not be computed decides nothing in favour.
        let (Some(lag), Some(r2), Some(r2_window), Some(a_u), Some(decoded)) =
            (f.lag_s, f.r2, f.r2_window, f.a_u, f.decoded)
        else {
            return Reason::NoReflection;
        };
        let latest = if f.lag_is_evidence { self.latest_s } else { self.latest_weak_s };
        let reflected = f.sign_min.is_some_and(|sign| sign > 0.0);
        if lag > latest && r2 > SURE.0 && decoded >= SURE.1 && reflected {
            return Reason::TooLate;
        }
        if r2_window < UNEXPLAINED && a_u < STILL {
            return Reason::NoReflection;
        }
        let follows =
            f.p_value.is_some_and(|p| p <= self.p_value) && decoded >= self.decoded && reflected;
        if !follows {
            return match () {
                () if a_u <= MOVED => Reason::NoReflection,
                // Chroma that moves while a colour stands is noise, not another sequence.
                () if f.steadiness.is_none_or(|s| s < self.steadiness) => Reason::Inconclusive,
                () => Reason::WrongSequence,
            };
        }
        // It follows, and another sequence fits as well: nobody is refused for that, and
        // nobody is let in.
        if self.best_of_all && f.better_rivals != Some(0) {
            return Reason::Inconclusive;
        }
        if lag > latest {
            return Reason::TooLate;
        }
        if lag < self.earliest_s {
            return Reason::TooEarly;
        }
        let (slope, certainty) = match self.slope.of {
            SlopeOf::Light => (f.light_shape, f.light_certainty),
            SlopeOf::Logarithm => (f.shape, f.certainty),
        };
        let (Some(noise), Some(slope), Some(certainty)) = (f.noise, slope, certainty) else {
            return Reason::Inconclusive;
        };
        if noise > self.noise {
            return Reason::Inconclusive;
        }
        if slope < self.slope.flat {
            return Reason::FlatSurface;
        }
        // What is behind a face is farther from the screen and answers less; what is behind
        // a display does not shine by itself and answers more.
        if f.background_ratio.is_some_and(|ratio| ratio > self.background) {
            return Reason::Inconclusive;
        }
        let sure = certainty >= self.slope.certainty
            && f.certainty.is_some_and(|c| c >= self.slope.certainty_of_logarithm);
        let answers = f.answer.is_some_and(|a| a >= self.slope.answer)
            && f.answer_beside_nose.is_some_and(|a| a >= self.slope.answer_beside_nose);
        match () {
            () if !sure && self.slope.unsure_is_flat => Reason::FlatSurface,
            () if sure && answers && slope >= self.slope.least => Reason::Accept,
            () => Reason::Inconclusive,
        }
    }
}
