//! Recordings that our own simulator makes.

use bonafide_liveness::{Frame, Recording, Seen, Settings, observe};
use bonafide_media::{Decoder, Picture, Point};
use bonafide_specimen::reflect::{Presented, Relief, Session, Set, Shot};
use serde::Serialize;

use super::figures::{Judged, ReflectFigures};
use super::verdict;
use crate::{CpuClock, EvalError, Progress, Workers};

/// What is to be simulated.
pub struct Plan<'a> {
    /// Recordings of each kind.
    pub sessions: u64,
    /// Everything follows from it.
    pub seed: u64,
    /// Where conditions are drawn from.
    pub set: Set,
    /// Which kinds.
    pub kinds: &'a [Presented],
    /// Heads in place of the written ones, by name; each gets its share of the sessions.
    pub heads: &'a [(String, Relief)],
}

/// What turns frames into numbers.
pub trait Verifier: Sync {
    /// The door of the frames.
    fn decoder(&self) -> &dyn Decoder;

    /// Eyes for the frames of one recording, in their order; none without weights: then
    /// the cost is measured without.
    fn eyes(&self) -> Option<Box<dyn Eyes + '_>>;
}

/// What follows a face from frame to frame.
pub trait Eyes {
    /// Where the face of the next frame is, as the product finds it.
    fn next(&mut self, frame: &Picture) -> Option<[Point; 5]>;
}

/// CPU milliseconds of one recording of 75 frames 480 pixels wide.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Cost {
    /// Recordings measured.
    pub sessions: u64,
    /// Decoding the frames.
    pub decode_ms: f64,
    /// Following the face through them; 0 without weights.
    pub detect_ms: f64,
    /// Light of the cells of each.
    pub cells_ms: f64,
    /// From the light to the verdict.
    pub maths_ms: f64,
}

/// Every recording of a person is also held against so many sequences not issued for it.
const FOREIGN: usize = 5;
/// Width of the frames that errors are counted on: they carry the noise of a frame 480
/// wide that was binned, at a sixteenth of the cost.
const WIDTH: u32 = 120;
/// Width of the frames that the cost is measured on, how many, and how many recordings.
const FULL_WIDTH: u32 = 480;
const FULL_FRAMES: usize = 75;
const MEASURED: u64 = 3;

/// Films and judges: the counts, and each recording with its verdict.
///
/// # Errors
/// When a worker dies.
pub fn run(
    plan: &Plan<'_>,
    settings: &Settings,
    verifier: &dyn Verifier,
    workers: Workers,
    progress: &mut dyn FnMut(Progress),
) -> Result<(ReflectFigures, Vec<Judged>), EvalError> {
    let of_kind = usize::try_from(plan.sessions).unwrap_or(usize::MAX);
    let count = plan.kinds.len().saturating_mul(of_kind);
    let judged = workers.map(count, "recordings", progress, |at| {
        let kind = plan.kinds.get(at / of_kind.max(1)).copied().unwrap_or(Presented::BonaFide);
        one(plan, settings, verifier, kind, (at % of_kind.max(1)) as u64)
    })?;
    let data = "simulated recordings: no people, no phones, no attackers";
    let mut figures = ReflectFigures::of(data.to_owned(), &judged);
    let costs = workers
        .map(MEASURED as usize, "cost", progress, |at| cost(plan, settings, verifier, at as u64))?;
    let mean = |of: fn(&Cost) -> f64| costs.iter().map(of).sum::<f64>() / costs.len() as f64;
    let cost = Cost {
        sessions: MEASURED,
        decode_ms: mean(|c| c.decode_ms),
        detect_ms: mean(|c| c.detect_ms),
        cells_ms: mean(|c| c.cells_ms),
        maths_ms: mean(|c| c.maths_ms),
    };
    figures.cpu_ms_per_session =
        Some(cost.decode_ms + cost.detect_ms + cost.cells_ms + cost.maths_ms);
    figures.cpu = Some(cost);
    Ok((figures, judged))
}

/// A seed for each recording, whichever other kinds are asked for.
fn seed(plan: &Plan<'_>, kind: Presented, at: u64) -> u64 {
    let kind = kind as u64 + 1;
    plan.seed.wrapping_mul(0x9e37_79b9_7f4a_7c15).wrapping_add(kind << 40).wrapping_add(at)
}

fn one(
    plan: &Plan<'_>,
    settings: &Settings,
    verifier: &dyn Verifier,
    kind: Presented,
    at: u64,
) -> Judged {
    let seed = seed(plan, kind, at);
    let heads = plan.heads.len().max(1) as u64;
    let head = plan.heads.get((at % heads) as usize);
    let session = Session::draw(kind, plan.set, head.map(|(_, relief)| relief), seed);
    let (lux, skin) = (session.lux, session.skin);
    let condition = session.extreme.map(|extreme| extreme.name().to_owned());
    let shown = session.shown.clone();
    let others = if kind == Presented::BonaFide { FOREIGN } else { 0 };
    let foreign = session.foreign(others);
    let frames = session.film(WIDTH).iter().map(|shot| seen(verifier, shot)).collect();
    let mut recording = Recording { frames, shown, exact_times: true };
    let own = verdict(&recording, settings, seed);
    let mut against = |shown| {
        recording.shown = shown;
        verdict(&recording, settings, seed)
    };
    Judged {
        kind: kind.name().to_owned(),
        number: at,
        lux,
        skin,
        condition,
        head: head.map_or_else(|| "written".to_owned(), |(name, _)| name.clone()),
        verdict: own,
        foreign: foreign.into_iter().map(&mut against).collect(),
    }
}

fn seen(verifier: &dyn Verifier, shot: &Shot) -> Frame {
    let picture = verifier.decoder().decode(&shot.jpeg).ok().map(|decoded| decoded.picture);
    let sight = picture.and_then(|picture| observe(&picture, &shot.landmarks));
    let seen = sight.map_or(Seen::Nobody, |sight| Seen::Face(Box::new(sight)));
    Frame { time_s: shot.time_s, seen }
}

fn cost(plan: &Plan<'_>, settings: &Settings, verifier: &dyn Verifier, at: u64) -> Cost {
    let seed = seed(plan, Presented::BonaFide, at);
    let session = Session::draw(Presented::BonaFide, plan.set, None, seed);
    let shown = session.shown.clone();
    let mut shots = session.film(FULL_WIDTH);
    // As many as a recording has at 15 frames a second, spread over its time.
    let (all, mut kept) = (shots.len(), 0);
    shots.retain(|_| {
        kept += FULL_FRAMES;
        let keep = kept >= all;
        kept -= if keep { all } else { 0 };
        keep
    });
    let mut cost = Cost { sessions: 1, ..Cost::default() };
    let mut eyes = verifier.eyes();
    let mut frames = Vec::new();
    for shot in &shots {
        let (decoded, spent) = timed(|| verifier.decoder().decode(&shot.jpeg));
        cost.decode_ms += spent;
        let Ok(decoded) = decoded else { continue };
        let (found, spent) = timed(|| eyes.as_mut()?.next(&decoded.picture));
        cost.detect_ms += spent;
        let landmarks = found.unwrap_or(shot.landmarks);
        let (sight, spent) = timed(|| observe(&decoded.picture, &landmarks));
        cost.cells_ms += spent;
        let seen = sight.map_or(Seen::Nobody, |sight| Seen::Face(Box::new(sight)));
        frames.push(Frame { time_s: shot.time_s, seen });
    }
    let recording = Recording { frames, shown, exact_times: true };
    cost.maths_ms = timed(|| verdict(&recording, settings, seed)).1;
    cost
}

/// A result and the CPU milliseconds of this thread that it took.
fn timed<T>(work: impl FnOnce() -> T) -> (T, f64) {
    let clock = CpuClock::thread();
    let result = work();
    (result, clock.elapsed().as_secs_f64() * 1000.0)
}
