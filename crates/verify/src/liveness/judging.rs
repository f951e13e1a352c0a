//! Looking at a recording: on the pool, in one job.

use bonafide_context::{Sensitive, Timestamp};
use bonafide_face::{
    Expression, Face, Fmr, Liveness, LivenessDecision, LivenessReason, Match, Tracked,
};
use bonafide_ledger::Facts;
use bonafide_liveness::package::{Digest, Form, Issued, Limits, Look, Progress, Recording, Rgb};
use bonafide_liveness::{
    Action, Challenge, Frame, GREY, Method, Seen, Settings, Shown, Sight, actions, judge, observe,
};
use bonafide_media::Picture;
use bytes::Bytes;

use super::combine::{Evidence, Identity};
use super::held::{HeldAudit, HeldChallenge};
use super::pictures::{Pictures, Shot};
use super::row::Arrival;
use super::{ChallengeId, ChallengeRefusal};
use crate::UseCaseError;
use crate::app::{Steps, Studio};

/// A recording to be looked at.
pub(super) struct Job {
    pub(super) id: ChallengeId,
    pub(super) issued: Timestamp,
    /// In what form the recording was asked for.
    pub(super) form: Form,
    pub(super) secret: HeldChallenge,
    pub(super) parts: Vec<Sensitive<Bytes>>,
    pub(super) arrivals: Vec<Arrival>,
    pub(super) limits: Limits,
    /// How much later than by the page's clock a part may come, in seconds.
    pub(super) lag_s: f64,
    pub(super) fmr: Fmr,
    /// Draws the sequences that the issued one is compared with.
    pub(super) random: Box<dyn bonafide_context::Random>,
}

/// What was found.
pub(super) struct Found {
    /// All but whether it was judged before.
    pub(super) audit: HeldAudit,
    /// Which frames there were, whatever their order.
    pub(super) frames: Digest,
    /// The frame that the person is compared by, and its type.
    pub(super) best: Option<(&'static str, Sensitive<Bytes>)>,
}

/// A face does not jump further from one frame to the next, in eye distances.
const JUMP: f32 = 0.5;
/// Frames that may be the best one are looked at this closely.
const CANDIDATES: usize = 4;
/// Pictures that are judged each for itself.
const PASSIVE: usize = 3;
/// A frame that is darker than this share of the middle one is not the best.
const DARK: f32 = 0.5;

/// A frame with one face.
struct Sighted {
    /// Which frame.
    at: usize,
    /// Its time by the page's clock, in seconds.
    time_s: f64,
    face: Face,
    /// What it does, where movements were asked for and the mesh can be had.
    expression: Option<Expression>,
    /// The log-odds that its eyes are open, where movements were asked for and the
    /// network for it can be had.
    eyes: Option<[f32; 2]>,
    /// Logarithms of red over green and of blue over green, of the whole face.
    chroma: [f32; 2],
    /// Mean light of the face.
    light: f32,
}

/// Looks at a recording.
pub(super) fn look(
    studio: &Studio,
    steps: &mut Steps,
    job: &mut Job,
) -> Result<Found, UseCaseError> {
    let parts: Vec<&[u8]> = job.parts.iter().map(|part| part.expose().as_ref()).collect();
    let all = Issued::of(&job.secret.challenge, usize::MAX);
    let progress = Progress::new(job.id.as_str(), job.secret.nonce, job.form);
    let recording = Recording::read(&parts, progress, &job.secret.key(), &all, &job.limits)
        .map_err(ChallengeRefusal::from)?;
    let method = job.secret.challenge.method();
    let pictures = Pictures::of(&recording, job.limits.frames);
    let seen = steps.step(
        "liveness.look",
        || Looked::at(studio, &pictures, method),
        |seen| Facts::new().size("frames", seen.frames.len()).size("faces", seen.sighted.len()),
    )?;
    let exact_times = pictures.exact_times();
    let count = seen.frames.len();
    let (mut light, mut movements) = (None, None);
    match method {
        Method::Reflective => {
            let numbers = bonafide_liveness::Recording {
                frames: seen.frames,
                shown: shown(&recording, &job.secret.challenge),
                exact_times,
            };
            let judge = || Ok(judge(&numbers, &Settings::default(), job.random.as_mut()));
            let verdict = steps.step("liveness.light", judge, |verdict| {
                Facts::new().code("reason", verdict.reason.name())
            })?;
            light = Some(verdict);
        }
        Method::Actions => {
            let mesh = studio.engines.faces.has_mesh();
            let looks = looks(&seen.sighted, mesh);
            let verdict = actions::judge(&looks, &wanted(&recording, &job.secret.challenge));
            movements = Some(verdict);
        }
    }
    let chosen = Chosen::of(studio, &pictures, count, &seen.sighted, method)?;
    let (passive, scores) = steps.step(
        "liveness.passive",
        || passive(studio, &chosen.neutral),
        |(found, _)| Facts::new().flag("attack", found.decision == LivenessDecision::Attack),
    )?;
    let (identity, same_person) = steps.step(
        "liveness.identity",
        || identity(studio, &chosen, job.fmr),
        |(identity, _)| Facts::new().flag("same", *identity == Identity::Same),
    )?;
    let latest_s = latest(&job.arrivals);
    let jump = largest_jump(&seen.sighted);
    let evidence = Evidence {
        method,
        light: light.as_ref().map(|verdict: &bonafide_liveness::Verdict| verdict.reason),
        movements: movements.as_ref().map(|verdict: &actions::Verdict| verdict.reason),
        passive: passive.decision,
        passive_certain: !passive.reasons.contains(&LivenessReason::Uncertain),
        identity,
        continuous: jump < JUMP,
        in_time: latest_s <= job.lag_s,
        replayed: false,
    };
    let arrivals = job.arrivals.iter().map(|one| one.at.saturating_sub(job.issued.0));
    let audit = HeldAudit {
        evidence,
        light,
        movements,
        passive_scores: scores,
        same_person,
        largest_jump: jump,
        unreadable: seen.unreadable,
        repeated: u32::try_from(recording.repeated()).unwrap_or(u32::MAX),
        exact_times,
        filmed: job.form == Form::Video,
        latest_s,
        arrivals_ms: arrivals.collect(),
        client: Some(recording.client.clone()),
    };
    let best = match chosen.neutral.first() {
        Some(best) => pictures.file(best.at, &best.picture)?,
        None => None,
    };
    Ok(Found { audit, frames: pictures.digest(), best })
}

/// What every frame shows.
struct Looked {
    frames: Vec<Frame>,
    sighted: Vec<Sighted>,
    unreadable: u32,
}

impl Looked {
    /// One frame after another: only numbers are kept of each.
    fn at(studio: &Studio, pictures: &Pictures<'_>, method: Method) -> Result<Self, UseCaseError> {
        let faces = &studio.engines.faces;
        let mut tracker = faces.track()?;
        let moves = method == Method::Actions;
        let (mesh, eyes) = (moves && faces.has_mesh(), moves && faces.has_eyes());
        let mut looked = Self { frames: Vec::new(), sighted: Vec::new(), unreadable: 0 };
        pictures.each(studio, &mut |Shot { time_s, picture }| {
            let seen = match picture {
                None => {
                    looked.unreadable += 1;
                    Seen::Nobody
                }
                Some(picture) => match tracker.next(&picture)? {
                    Tracked::Nobody => Seen::Nobody,
                    Tracked::Several => Seen::Several,
                    Tracked::Face(face) => match observe(&picture, &face.landmarks) {
                        Some(sight) => {
                            let found = if mesh { faces.mesh(&picture, &face)? } else { None };
                            let expression = found.and_then(|mesh| mesh.expression());
                            let eyes = eyes.then(|| faces.eyes(&picture, &face.landmarks));
                            let eyes = eyes.transpose()?;
                            let at = looked.frames.len();
                            let sighted = Sighted::of(at, time_s, face, &sight);
                            looked.sighted.push(Sighted { expression, eyes, ..sighted });
                            Seen::Face(Box::new(sight))
                        }
                        None => Seen::Nobody,
                    },
                },
            };
            looked.frames.push(Frame { time_s, seen });
            Ok(())
        })?;
        Ok(looked)
    }
}

impl Sighted {
    fn of(at: usize, time_s: f64, face: Face, sight: &Sight) -> Self {
        let mut mean = [0.0_f32; 3];
        for cell in sight.light.iter() {
            mean.iter_mut().zip(cell).for_each(|(mean, value)| *mean += value);
        }
        let cells = sight.light.len().max(1) as f32;
        let [red, green, blue] = mean.map(|sum| sum / cells + FLOOR);
        let chroma = [(red / green).ln(), (blue / green).ln()];
        let light = (red + green + blue) / 3.0;
        Self { at, time_s, face, expression: None, eyes: None, chroma, light }
    }

    /// Degrees from looking straight on.
    fn turn(&self) -> f32 {
        self.face.pose().map_or(f32::INFINITY, |pose| pose.yaw.abs() + pose.pitch.abs())
    }
}

/// Keeps the logarithm of no light finite.
const FLOOR: f32 = 0.002;

/// Frames that are looked at once more.
struct Chosen {
    /// In neutral light, or looking straight on; the sharpest of them first.
    neutral: Vec<Closer>,
    /// From the first and from the second half: in the strongest colour, or looking
    /// straight on.
    others: Vec<Closer>,
}

/// A frame at close look.
struct Closer {
    at: usize,
    face: Face,
    picture: Picture,
}

impl Chosen {
    /// Out of a recording of `count` frames, some of which show a face.
    fn of(
        studio: &Studio,
        pictures: &Pictures<'_>,
        count: usize,
        sighted: &[Sighted],
        method: Method,
    ) -> Result<Self, UseCaseError> {
        let middle = |value: &dyn Fn(&Sighted) -> f32| median(sighted.iter().map(value).collect());
        let (red, blue) = (middle(&|one| one.chroma[0]), middle(&|one| one.chroma[1]));
        let bright = middle(&|one| one.light) * DARK;
        let off = |one: &Sighted| match method {
            Method::Reflective => (one.chroma[0] - red).hypot(one.chroma[1] - blue),
            Method::Actions => one.turn(),
        };
        let mut order: Vec<&Sighted> = sighted.iter().collect();
        order.sort_by(|a, b| off(a).total_cmp(&off(b)));
        let lit = order.iter().filter(|one| one.light >= bright).take(CANDIDATES);
        let lit: Vec<&Sighted> = lit.copied().collect();
        // From within the flashes; where heads move, looking straight on.
        let strongest = |first: bool| {
            let mut of_half = order.iter().filter(|one| (one.at < count / 2) == first);
            match method {
                Method::Reflective => of_half.next_back().copied(),
                Method::Actions => of_half.next().copied(),
            }
        };
        let strongest: Vec<&Sighted> = [true, false].into_iter().filter_map(strongest).collect();
        let wanted: Vec<usize> = lit.iter().chain(&strongest).map(|one| one.at).collect();
        let found = pictures.pick(studio, &wanted)?;
        let closer = |one: &&Sighted| {
            let picture = found.get(&one.at)?.clone();
            Some(Closer { at: one.at, face: one.face, picture })
        };
        let faces = &studio.engines.faces;
        let sharpness = |one: &Closer| {
            let quality = faces.quality(&one.picture, &one.face);
            if quality.is_usable() { quality.sharpness } else { f32::NEG_INFINITY }
        };
        let mut ranked: Vec<(f32, Closer)> =
            lit.iter().filter_map(closer).map(|one| (sharpness(&one), one)).collect();
        ranked.sort_by(|a, b| b.0.total_cmp(&a.0));
        let neutral = ranked.into_iter().map(|(_, one)| one).collect();
        Ok(Self { neutral, others: strongest.iter().filter_map(closer).collect() })
    }
}

/// Judges pictures each for itself; the middle one of the scores decides.
fn passive(studio: &Studio, neutral: &[Closer]) -> Result<(Liveness, Vec<f32>), UseCaseError> {
    let mut found = Vec::new();
    for one in neutral.iter().take(PASSIVE) {
        found.push(studio.engines.faces.liveness_of(&one.picture, &one.face)?);
    }
    let scores: Vec<f32> = found.iter().filter_map(|one| one.score).collect();
    found.sort_by(|a, b| {
        let score = |one: &Liveness| one.score.unwrap_or(f32::NEG_INFINITY);
        score(a).total_cmp(&score(b))
    });
    let middle = found.len().saturating_sub(1) / 2;
    let none = || Liveness {
        score: None,
        decision: LivenessDecision::Unavailable,
        threshold: Liveness::THRESHOLD,
        reasons: vec![LivenessReason::NoFace],
    };
    let decided = if found.is_empty() { none() } else { found.swap_remove(middle) };
    Ok((decided, scores))
}

/// Whether the best frame and others show one person, at the false match rate that a
/// comparison of two people is held to.
fn identity(
    studio: &Studio,
    chosen: &Chosen,
    fmr: Fmr,
) -> Result<(Identity, Vec<f32>), UseCaseError> {
    let (Some(best), 2) = (chosen.neutral.first(), chosen.others.len()) else {
        return Ok((Identity::Unknown, Vec::new()));
    };
    let others: Vec<(&Picture, &Face)> =
        chosen.others.iter().map(|other| (&other.picture, &other.face)).collect();
    let found = studio.engines.faces.compare_found((&best.picture, &best.face), &others, fmr)?;
    let alike = found.iter().filter_map(|one| one.similarity.map(|similarity| similarity.0));
    let alike: Vec<f32> = alike.collect();
    let has = |wanted: Match| found.iter().any(|one| one.decision == wanted);
    let identity = if has(Match::NoMatch) {
        Identity::Other
    } else if has(Match::Unavailable) {
        Identity::Unknown
    } else {
        Identity::Same
    };
    Ok((identity, alike))
}

/// The largest way of the face from one frame to the next, in eye distances.
fn largest_jump(sighted: &[Sighted]) -> f32 {
    let jump = |pair: &[Sighted]| {
        let [before, after] = pair else { return 0.0 };
        // What was not seen in between may have moved.
        if after.at - before.at > 1 {
            return 0.0;
        }
        let middle = |face: &Face| face.landmarks[0].midpoint(face.landmarks[1]);
        let eyes = before.face.eye_distance().max(f32::MIN_POSITIVE);
        middle(&before.face).distance(middle(&after.face)) / eyes
    };
    sighted.windows(2).map(jump).fold(0.0, f32::max)
}

/// How much later than by the page's clock the latest part arrived, in seconds: from
/// the first part on, whose own way is not known.
fn latest(arrivals: &[Arrival]) -> f64 {
    let mut known = arrivals.iter().filter_map(|one| Some((one.at, one.frame_s?)));
    let Some((first, first_s)) = known.next() else { return 0.0 };
    let late =
        |(at, frame_s): (u64, f64)| at.saturating_sub(first) as f64 / 1_000.0 - (frame_s - first_s);
    known.map(late).fold(0.0, f64::max)
}

/// What was on the screen, as light.
fn shown(recording: &Recording<'_>, challenge: &Challenge) -> Vec<Shown> {
    let schedule = challenge.schedule();
    let starts: Vec<f64> = recording.shown.iter().map(|one| one.at_ms.seconds()).collect();
    let lights = recording.shown.iter().enumerate().filter_map(|(n, one)| {
        let (secret, length_s, look) = match one.step {
            Some((step, look)) => {
                let step = schedule.get(usize::from(step))?;
                (step.is_secret(), f64::from(step.ms()) / 1_000.0, look)
            }
            None => (false, 0.0, Look::Colours { top: HOLD, bottom: HOLD }),
        };
        let Look::Colours { top, bottom } = look else { return None };
        let start_s = *starts.get(n)?;
        let end_s = starts.get(n + 1).copied().unwrap_or(start_s + length_s);
        Some(Shown { start_s, end_s, top: light(top), bottom: light(bottom), secret })
    });
    lights.collect()
}

/// Grey, as a page shows it while it waits.
const HOLD: Rgb = Rgb([137; 3]);

fn light(colour: Rgb) -> [f64; 3] {
    colour.0.map(|value| match value {
        0 => 0.0,
        255 => 1.0,
        _ => GREY,
    })
}

/// What the face did: by the mesh alone where it can be had, since two ways of telling a
/// pose do not agree to the degree.
fn looks(sighted: &[Sighted], mesh: bool) -> Vec<actions::Looked> {
    let look = |one: &Sighted| {
        let (pose, mouth) = if mesh {
            let found = one.expression?;
            (found.pose, Some(found.mouth))
        } else {
            (one.face.pose()?, None)
        };
        let eyes = one.eyes.map(|[right, left]| right.max(left));
        let (yaw, pitch) = (pose.yaw, pose.pitch);
        Some(actions::Looked { time_s: one.time_s, yaw, pitch, eyes, mouth })
    };
    sighted.iter().filter_map(look).collect()
}

/// What was asked for, when.
fn wanted(recording: &Recording<'_>, challenge: &Challenge) -> Vec<actions::Wanted> {
    let asked: Vec<Action> = match challenge {
        Challenge::Actions { actions, .. } => actions.clone(),
        Challenge::Reflective { .. } => Vec::new(),
    };
    let schedule = challenge.schedule();
    let secret = |step: u16| schedule.get(usize::from(step)).filter(|step| step.is_secret());
    let shown = recording.shown.iter().filter_map(|one| {
        let (step, _) = one.step?;
        let length_s = f64::from(secret(step)?.ms()) / 1_000.0;
        let start_s = one.at_ms.seconds();
        Some((start_s, start_s + length_s))
    });
    // One that was never shown was never made.
    let shown = shown.chain(std::iter::repeat((f64::INFINITY, f64::INFINITY)));
    asked
        .into_iter()
        .zip(shown)
        .map(|(action, (start_s, end_s))| actions::Wanted { action, start_s, end_s })
        .collect()
}

fn median(mut values: Vec<f32>) -> f32 {
    values.sort_by(f32::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or_default()
}
