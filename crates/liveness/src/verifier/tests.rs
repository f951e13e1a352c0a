//! The table and the maths on recordings that are computed, not rendered: what a
//! renderer makes of it is measured by `bonafide eval reflect`.

use bonafide_context::{Random, Seeded};
use proptest::prelude::*;

use super::*;
use crate::canonical::{CELLS, Cell, cells};
use crate::challenge::{Challenge, Level, Method, Reveal};
use crate::recording::{Frame, Light, Shown, Sight};
use crate::verdict::{Outcome, Reason};

/// A session as the model of the method has it: `light = gain * albedo * (room + screen)`.
struct Session {
    seed: u64,
    /// Light of the screen over that of the room, by cell.
    rho: fn(&Cell) -> f64,
    lag: f64,
    /// Relative noise of a cell's light.
    noise: f64,
    /// What the camera's exposure does.
    gain: fn(f64) -> f64,
    rate: f64,
    /// Which of the screen's channels each channel of the face answers.
    channels: [usize; 3],
}

const FACE: fn(&Cell) -> f64 = |cell| 0.3 * (1.0 + 0.8 * cell.answer);
const PAPER: fn(&Cell) -> f64 = |_| 0.3;

impl Default for Session {
    fn default() -> Self {
        Self {
            seed: 11,
            rho: FACE,
            lag: 0.09,
            noise: 0.01,
            gain: |_| 1.0,
            rate: 20.0,
            channels: [0, 1, 2],
        }
    }
}

impl Session {
    fn record(&self) -> Recording {
        let mut random = Seeded::new(self.seed);
        let challenge = Challenge::draw(Method::Reflective, Level::Standard, &mut random);
        let shown = shown(&challenge);
        let frames = (0..(4.95 * self.rate) as u32).map(|i| {
            let time_s = f64::from(i) / self.rate + 0.004 * random.unit();
            let lit = signal::averaged(time_s - self.lag, &shown, |now| {
                let mean = |k: usize| f64::midpoint(now.top[k], now.bottom[k]);
                [mean(0), mean(1), mean(2)]
            });
            let mut light: Light = Box::new([[0.0; 3]; CELLS]);
            for (cell, light) in cells().iter().zip(light.iter_mut()) {
                for ((k, light), albedo) in light.iter_mut().enumerate().zip([0.5, 0.3, 0.2]) {
                    let noise = 1.0 + self.noise * (random.unit() + random.unit() - 1.0) * 2.4;
                    let screen = (self.rho)(cell) * lit[self.channels[k]];
                    *light = (0.3 * (self.gain)(time_s) * albedo * (1.0 + screen) * noise) as f32;
                }
            }
            let sight = Sight {
                light,
                background: None,
                overexposed: 0.0,
                eye_distance: 0.25,
                centre: [0.5, 0.5],
            };
            Frame { time_s, seen: Seen::Face(Box::new(sight)) }
        });
        Recording { frames: frames.collect(), shown, exact_times: true }
    }

    fn judged(&self) -> Verdict {
        judge(&self.record(), &Settings::default(), &mut Seeded::new(1))
    }
}

fn shown(challenge: &Challenge) -> Vec<Shown> {
    let mut secrets = challenge.secrets().into_iter();
    let mut start = 0.0;
    let steps = challenge.schedule().into_iter().map(|step| {
        let (start_s, end_s) = (start, start + f64::from(step.ms()) / 1000.0);
        start = end_s;
        let (top, bottom) = match step.is_secret().then(|| secrets.next()).flatten() {
            Some(Reveal::Flash { top, bottom, .. }) => (top.levels(), bottom.levels()),
            _ => ([0.0; 3], [0.0; 3]),
        };
        Shown { start_s, end_s, top, bottom, secret: step.is_secret() }
    });
    steps.collect()
}

#[test]
fn a_face_that_reflects_the_sequence_is_accepted_and_its_figures_are_the_models() {
    let verdict = Session::default().judged();
    let f = &verdict.figures;
    assert_eq!(verdict.reason, Reason::Accept, "{f:?}");
    assert!((f.lag_s.unwrap() - 0.09).abs() < 0.01, "{f:?}");
    assert!(f.r2_window.unwrap() > 0.95 && f.p_value.unwrap() < 0.01, "{f:?}");
    assert_eq!((f.decoded, f.better_rivals), (Some(1.0), Some(0)));
}

/// The response relative to the mean face is `0.4 + 0.8 n_z - 0.5 n_y` over its mean: with
/// a small rho the logarithm barely bends it.
#[test]
fn slopes_are_recovered() {
    let rho: fn(&Cell) -> f64 = |cell| 0.05 * (0.4 + 0.8 * cell.towards - 0.5 * cell.upward);
    let f = Session { rho, noise: 0.001, ..Session::default() }.judged().figures;
    let mean = cells().iter().map(rho).sum::<f64>() / CELLS as f64 / 0.05;
    assert!((f.b_z.unwrap() - 0.8 / mean).abs() < 0.15, "{f:?}");
    assert!((f.b_y.unwrap() + 0.5 / mean).abs() < 0.15, "{f:?}");
}

#[test]
fn the_match_in_time_alone_lets_paper_through() {
    let paper = Session { rho: PAPER, ..Session::default() };
    let by = |settings| judge(&paper.record(), &settings, &mut Seeded::new(1)).reason;
    assert_eq!(by(Settings::published()), Reason::FlatSurface);
    assert_eq!(by(Settings::temporal()), Reason::Accept);
    let other = Session { channels: [1, 2, 0], ..Session::default() };
    let foreign = judge(&other.record(), &Settings::temporal(), &mut Seeded::new(1)).reason;
    assert_eq!(foreign, Reason::WrongSequence);
}

#[test]
fn paper_is_flat() {
    let verdict = Session { rho: PAPER, ..Session::default() }.judged();
    assert_eq!(verdict.reason, Reason::FlatSurface, "{:?}", verdict.figures);
    assert!(verdict.figures.shape.unwrap().abs() < 0.1, "{:?}", verdict.figures);
    let bent = Session { rho: |c| 0.3 - 0.002 * c.x * c.x + 0.01 * c.y, ..Session::default() };
    assert_eq!(bent.judged().reason, Reason::FlatSurface);
}

#[test]
fn a_jump_of_the_exposure_changes_nothing() {
    let steady = Session::default().judged().figures;
    let jump = |t: f64| if t > 2.3 { 2.0 } else { 1.0 };
    let verdict = Session { gain: jump, ..Session::default() }.judged();
    assert_eq!(verdict.reason, Reason::Accept);
    assert!((verdict.figures.r2.unwrap() - steady.r2.unwrap()).abs() < 0.01);
}

#[test]
fn exchanged_channels_and_another_sequence_are_the_wrong_sequence() {
    let exchanged = Session { channels: [2, 1, 0], ..Session::default() };
    assert_eq!(exchanged.judged().reason, Reason::WrongSequence);
    for seed in 20..40 {
        let mut recording = Session { seed, ..Session::default() }.record();
        let issued = Session { seed: seed + 100, ..Session::default() }.record();
        recording.shown = issued.shown;
        let verdict = judge(&recording, &Settings::default(), &mut Seeded::new(2));
        assert_eq!(verdict.reason, Reason::WrongSequence, "{:?}", verdict.figures);
        assert_eq!(verdict.outcome, Outcome::Rejected);
    }
}

#[test]
fn late_and_early_light_is_told() {
    let late = Session { lag: 0.39, ..Session::default() }.judged();
    assert_eq!(late.reason, Reason::TooLate, "{:?}", late.figures);
    let early = Session { lag: -0.04, ..Session::default() }.judged();
    assert_eq!(early.reason, Reason::TooEarly, "{:?}", early.figures);
    // Times of presentation come late by themselves.
    let mut weak = Session { lag: 0.26, ..Session::default() }.record();
    let judged =
        |recording: &Recording| judge(recording, &Settings::default(), &mut Seeded::new(3)).reason;
    assert_eq!(judged(&weak), Reason::TooLate);
    weak.exact_times = false;
    assert_eq!(judged(&weak), Reason::Accept);
}

#[test]
fn no_light_and_too_little_light_ask_again() {
    let none = Session { rho: |_| 0.0, noise: 0.003, ..Session::default() }.judged();
    assert_eq!(none.reason, Reason::NoReflection, "{:?}", none.figures);
    let bright = Session { rho: |c| 0.1 * FACE(c), noise: 0.06, ..Session::default() }.judged();
    assert_eq!(bright.reason, Reason::Inconclusive, "{:?}", bright.figures);
}

#[test]
fn too_few_frames_a_gap_a_lost_face_and_white_are_told_first() {
    let judged = |change: &dyn Fn(&mut Recording)| {
        let mut recording = Session::default().record();
        change(&mut recording);
        judge(&recording, &Settings::default(), &mut Seeded::new(4)).reason
    };
    assert_eq!(judged(&|r| r.frames.truncate(44)), Reason::TooFewFrames);
    assert_eq!(judged(&|r| drop(r.frames.drain(40..45))), Reason::TooFewFrames);
    assert_eq!(judged(&|r| r.frames.clear()), Reason::FaceLost);
    assert_eq!(judged(&|r| r.frames[7].seen = Seen::Several), Reason::FaceLost);
    assert_eq!(
        judged(&|r| r.frames[30..45].iter_mut().for_each(|f| f.seen = Seen::Nobody)),
        Reason::FaceLost
    );
    let sight = |r: &mut Recording, change: fn(&mut Sight)| match &mut r.frames[9].seen {
        Seen::Face(sight) => change(sight),
        _ => panic!("a face"),
    };
    assert_eq!(judged(&|r| sight(r, |s| s.overexposed = 0.7)), Reason::Overexposed);
    // One frame in which the eyes seem near is a detector's noise; a far face is far in all.
    assert_eq!(judged(&|r| sight(r, |s| s.eye_distance = 0.1)), Reason::Accept);
    let far = |r: &mut Recording| {
        for frame in &mut r.frames {
            if let Seen::Face(sight) = &mut frame.seen {
                sight.eye_distance = 0.12;
            }
        }
    };
    assert_eq!(judged(&far), Reason::FaceLost);
}

/// A mask of paper has the nose of a face and nothing else of it: its answer is asked for
/// beside such a nose, however much of one there is.
#[test]
fn a_paper_nose_is_no_answer_of_a_face() {
    let of = |response: &dyn Fn(&Cell, &[f64; 2]) -> f64| {
        let responses: Vec<f64> =
            cells().iter().zip(nose::normals()).map(|(cell, nose)| response(cell, nose)).collect();
        Answer::of(&responses, &[1.0; CELLS]).unwrap()
    };
    let face = of(&|cell, _| 1.0 + 0.1 * cell.y + cell.answer);
    assert!((face.whole - 1.0).abs() < 1e-9 && (face.beside_nose - 1.0).abs() < 1e-9);
    let mask = of(&|cell, [up, to]| 1.0 - 0.02 * cell.x * cell.x - 3.0 * up + 3.0 * to);
    assert!(mask.whole > 0.35 && mask.beside_nose.abs() < 1e-9, "{}", mask.whole);
}

/// Every legal sequence is looked at: as many as there are, by six orders of channels.
#[test]
fn all_rivals_of_a_standard_sequence_are_tried() {
    let recording = Session { rho: |_| 0.0, ..Session::default() }.record();
    let sights = Sights::of(&recording);
    let drift = Drift::new(&sights.times);
    let temporal = Temporal::of(&recording, &sights, &drift).unwrap();
    let rivals =
        Rivals::at(0.1, &sights.times, &recording.shown, &drift, &temporal.chroma).unwrap();
    // In two of them two channels are alike, which leaves three orders instead of six.
    let mut tried = 0;
    rivals.each_legal(|_, _| tried += 1);
    assert_eq!((tried - 2) * 6 + 2 * 3, 430_866);
    // On noise alone many sequences are better than any one.
    let better = rivals.better(&issued(&recording).unwrap(), &mut Seeded::new(5));
    assert!((100..71_500).contains(&better), "{better}");
}

#[test]
fn a_long_sequence_is_held_against_its_neighbours() {
    let mut random = Seeded::new(77);
    let challenge = Challenge::draw(Method::Reflective, Level::High, &mut random);
    let mut recording = Session::default().record();
    recording.shown = shown(&challenge);
    let sights = Sights::of(&recording);
    let drift = Drift::new(&sights.times);
    let temporal = Temporal::of(&recording, &sights, &drift).unwrap();
    let rivals =
        Rivals::at(0.1, &sights.times, &recording.shown, &drift, &temporal.chroma).unwrap();
    assert!(rivals.better(&issued(&recording).unwrap(), &mut random) > 0);
}

proptest! {
    /// Whatever the numbers are, there is a verdict, and odd numbers are never live.
    #[test]
    fn no_recording_panics(
        times in prop::collection::vec(prop_oneof![
            0.0..6.0_f64, Just(f64::NAN), Just(f64::INFINITY), Just(-1e300)], 0..70),
        lights in prop::collection::vec(prop_oneof![
            0.0..1.0_f32, Just(f32::NAN), Just(-1.0), Just(f32::MAX), Just(0.0)], 8),
        shown in prop::collection::vec((0.0..6.0_f64, 0.0..1.0_f64, 0..8_u8), 0..24),
    ) {
        let frames = times.iter().enumerate().map(|(i, time_s)| {
            let mut light: Light = Box::new([[0.0; 3]; CELLS]);
            for (at, value) in light.iter_mut().flatten().enumerate() {
                *value = lights[(at * 7 + i) % lights.len()];
            }
            let sight = Sight {
                light,
                background: Some([lights[0]; 3]),
                overexposed: lights[1],
                eye_distance: lights[2],
                centre: [lights[3]; 2],
            };
            Frame { time_s: *time_s, seen: Seen::Face(Box::new(sight)) }
        });
        let shown = shown.iter().map(|(start_s, length, bits)| {
            let level = [bits & 1, bits >> 1 & 1, bits >> 2 & 1].map(f64::from);
            Shown { start_s: *start_s, end_s: start_s + length, top: level, bottom: level, secret: true }
        });
        let recording = Recording {
            frames: frames.collect(),
            shown: shown.collect(),
            exact_times: true,
        };
        let verdict = judge(&recording, &Settings::default(), &mut Seeded::new(6));
        prop_assert_ne!(verdict.reason, Reason::Accept);
    }
}
