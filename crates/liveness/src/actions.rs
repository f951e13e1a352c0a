//! Movements of head and face, in an order that the server chose: the second method, and
//! the way of people to whom flashing light does harm.
//!
//! Judged over time, from which way the head looked in each frame, how far the mouth was
//! open, and whether the eyes were. Five landmarks tell the first to about ten degrees, and
//! nothing of eyes and mouth: what is asked for depends on what can be seen ([`Sees`]). A
//! photograph that is turned looks straight on in its own picture, and
//! one that is bent does for a good part of the way; a video of a person who moves, or a
//! face that is computed on the way, is not told from a living one.
//!
//! # The rule
//!
//! Rest is the median of the frames before the first request. In the time of each
//! request, against rest:
//!
//! | made | if |
//! |---|---|
//! | turn, nod | the head turns by 18 degrees, or bows and rises by 14; 1.25 times as clearly as any other movement of the head |
//! | open mouth | the head keeps still, and the lips part by a tenth of the distance between the eyes, held for 0.3 s |
//! | blink | head and mouth keep still, and the log-odds that an eye is open fall by 3, from rest or from 3, for both eyes, held for 0.3 s |
//! | – | anything else, or what is not taken back to 0.6 by the last third of the time |
//!
//! The eyes are asked to stay closed for a moment: people blink without being asked,
//! but a tenth of a second only, and a closing that short counts for nothing, neither
//! for who was asked nor against who was asked something else.

use bonafide_context::Random;
use serde::{Deserialize, Serialize};

use crate::challenge::Action;
use crate::verdict::Outcome;

/// The movements that five landmarks show.
pub const OF_THE_HEAD: [Action; 3] = [Action::TurnLeft, Action::TurnRight, Action::Nod];

/// What can be told of a face beside where it looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sees {
    /// How far the lips are apart: by the mesh of the face.
    pub mouth: bool,
    /// Whether the eyes are open: by a network of its own, for the mesh hardly narrows
    /// where lids close.
    pub eyes: bool,
}

impl Sees {
    /// Everything that is asked for anywhere.
    pub const ALL: Self = Self { mouth: true, eyes: true };
}

/// The movements that are asked for.
pub fn judged(sees: Sees) -> Vec<Action> {
    let more = [(Action::OpenMouth, sees.mouth), (Action::Blink, sees.eyes)];
    let more = more.into_iter().filter_map(|(action, seen)| seen.then_some(action));
    OF_THE_HEAD.into_iter().chain(more).collect()
}

/// Movements of a challenge.
const COUNT: usize = 4;

/// Degrees by which a head has to turn, or to bow and rise.
const TURN: f32 = 18.0;
const NOD: f32 = 14.0;
/// By how much the log-odds of an open eye have to fall, for both eyes.
const CLOSED: f32 = 3.0;
/// They are counted from here, where they are higher at rest: what is even is not closed.
const SURELY_OPEN: f32 = 3.0;
/// Eyes that are no more open than this at rest are not seen: glasses may hide them.
const SEEN_OPEN: f32 = -1.0;
/// Distances between the eyes by which the lips have to part.
const OPENED: f32 = 0.1;
/// Eyes and mouth have to stay so for this long, seen in so many frames.
const HELD_S: f64 = 0.3;
const HELD_FRAMES: usize = 3;
/// One movement of the head must stand out so many times over any other.
const STANDS_OUT: f32 = 1.25;
/// By the end of its time a movement must be taken back to this share.
const TAKEN_BACK: f32 = 0.6;
/// Frames of rest, and of each movement, at least.
const LEAST_REST: usize = 4;
const LEAST_FRAMES: usize = 8;
/// Nobody moves sooner after the request: it was known before.
const REACTION_S: f64 = 0.1;

/// What a face did at a moment.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Looked {
    /// When, in seconds.
    pub time_s: f64,
    /// Degrees to the right of the picture: the person's own left.
    pub yaw: f32,
    /// Degrees up.
    pub pitch: f32,
    /// The log-odds that the eye is open that is so more surely (both are asked to
    /// close); `None` where nothing told them.
    pub eyes: Option<f32>,
    /// How far the lips are apart, in distances between the eyes; `None` where no mesh
    /// told it.
    pub mouth: Option<f32>,
}

/// A movement that was asked for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Wanted {
    /// Which.
    pub action: Action,
    /// From when on, in seconds.
    pub start_s: f64,
    /// Until when.
    pub end_s: f64,
}

/// Why movements were judged as they were.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// Each was made when it was asked for.
    Accept,
    /// Too few frames with a face.
    TooFewFrames,
    /// One was not made, or not clearly.
    NotSeen,
    /// Another was made.
    AnotherMovement,
    /// One was begun before it was asked for.
    TooEarly,
}

/// The verdict on the movements of a recording.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Verdict {
    /// Why.
    pub reason: Reason,
    /// What was seen of each that was asked for.
    pub seen: Vec<Seen>,
}

/// What was seen in the time of one movement, against rest.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Seen {
    /// What was asked for.
    pub asked: Action,
    /// What was made, if one stood out.
    pub made: Option<Action>,
    /// Furthest turn to the person's left, in degrees.
    pub left: f32,
    /// Furthest turn to the person's right, in degrees.
    pub right: f32,
    /// From the lowest to the highest look, in degrees.
    pub nod: f32,
    /// By how much the log-odds of an open eye stayed lower for a moment.
    #[serde(default)]
    pub closed: Option<f32>,
    /// By how much the lips stayed apart for a moment, in distances between the eyes.
    #[serde(default)]
    pub opened: Option<f32>,
    /// Seconds from the request to half of the movement.
    pub after_s: Option<f64>,
}

impl Verdict {
    /// What follows from it. Whatever is unknown is not live.
    pub fn outcome(&self) -> Outcome {
        match self.reason {
            Reason::Accept => Outcome::Accepted,
            Reason::TooFewFrames | Reason::NotSeen => Outcome::NonResponse,
            Reason::AnotherMovement | Reason::TooEarly => Outcome::Rejected,
        }
    }
}

/// Draws movements of `of`, none twice in a row: see [`entropy_bits`].
pub fn draw(of: &[Action], random: &mut dyn Random) -> Vec<Action> {
    let mut drawn: Vec<Action> = Vec::with_capacity(COUNT);
    while drawn.len() < COUNT {
        let last = drawn.last().copied();
        let open: Vec<Action> = of.iter().copied().filter(|action| last != Some(*action)).collect();
        let at = usize::try_from(random.below(open.len().max(1) as u64)).unwrap_or(0);
        let Some(next) = open.get(at) else { break };
        drawn.push(*next);
    }
    drawn
}

/// How hard an order out of so many kinds of movements is to guess: 24 orders of three
/// kinds, 4.6 bits; 108 of four, 6.8 bits; 320 of five, 8.3 bits. They are few; that each is told only when the
/// one before was made, and that tries are counted, is what stands against guessing.
pub fn entropy_bits(kinds: usize) -> f64 {
    let kinds = kinds.max(2) as f64;
    kinds.log2() + (COUNT - 1) as f64 * (kinds - 1.0).log2()
}

/// Judges movements: `looks` in the order of their times.
pub fn judge(looks: &[Looked], wanted: &[Wanted]) -> Verdict {
    let mut seen = Vec::with_capacity(wanted.len());
    let Some(first) = wanted.first() else {
        return Verdict { reason: Reason::NotSeen, seen };
    };
    let before: Vec<&Looked> = looks.iter().filter(|look| look.time_s < first.start_s).collect();
    if before.len() < LEAST_REST {
        return Verdict { reason: Reason::TooFewFrames, seen };
    }
    let rest = Rest::of(&before);
    let mut enough = true;
    for one in wanted {
        let time = looks.iter().filter(|look| (one.start_s..one.end_s).contains(&look.time_s));
        let time: Vec<Change> = time.map(|look| rest.change(look)).collect();
        enough &= time.len() >= LEAST_FRAMES;
        seen.push(look_at(&time, one));
    }
    let other = |seen: &Seen| seen.made.is_some_and(|made| made != seen.asked);
    let early = |seen: &Seen| seen.after_s.is_some_and(|after| after < REACTION_S);
    let reason = if !enough {
        Reason::TooFewFrames
    } else if seen.iter().any(other) {
        Reason::AnotherMovement
    } else if seen.iter().any(|seen| seen.made.is_none()) {
        Reason::NotSeen
    } else if seen.iter().any(early) {
        Reason::TooEarly
    } else {
        Reason::Accept
    };
    Verdict { reason, seen }
}

/// What a face does when nothing is asked yet.
struct Rest {
    yaw: f32,
    pitch: f32,
    eyes: Option<f32>,
    mouth: Option<f32>,
}

/// What is different from rest at a moment: degrees to the left of the person and up, the
/// fall of the log-odds of an open eye, and the lips' parting.
#[derive(Clone, Copy)]
struct Change {
    time_s: f64,
    yaw: f32,
    pitch: f32,
    closed: Option<f32>,
    opened: Option<f32>,
}

impl Rest {
    fn of(before: &[&Looked]) -> Self {
        let middle = |value: &dyn Fn(&Looked) -> Option<f32>| {
            let known: Vec<f32> = before.iter().filter_map(|look| value(look)).collect();
            (known.len() >= LEAST_REST).then(|| median(known))
        };
        let always = |value: &dyn Fn(&Looked) -> f32| {
            median(before.iter().map(|look| value(look)).collect())
        };
        Self {
            yaw: always(&|look| look.yaw),
            pitch: always(&|look| look.pitch),
            eyes: middle(&|look| look.eyes).filter(|odds| *odds >= SEEN_OPEN),
            mouth: middle(&|look| look.mouth),
        }
    }

    fn change(&self, look: &Looked) -> Change {
        let number = |value: f32| Some(value).filter(|value| value.is_finite());
        let eyes = self.eyes.zip(look.eyes);
        let mouth = self.mouth.zip(look.mouth);
        Change {
            time_s: look.time_s,
            yaw: look.yaw - self.yaw,
            pitch: look.pitch - self.pitch,
            closed: eyes.and_then(|(rest, now)| number(rest.min(SURELY_OPEN) - now)),
            opened: mouth.and_then(|(rest, now)| number(now - rest)),
        }
    }
}

/// What was made in the time of one movement.
fn look_at(time: &[Change], wanted: &Wanted) -> Seen {
    let most = |value: &dyn Fn(&Change) -> f32| time.iter().map(value).fold(0.0_f32, f32::max);
    let left = most(&|look| look.yaw);
    let right = most(&|look| -look.yaw);
    let nod = most(&|look| look.pitch) + most(&|look| -look.pitch);
    let mut strengths = [
        (left / TURN, Action::TurnLeft),
        (right / TURN, Action::TurnRight),
        (nod / NOD, Action::Nod),
    ];
    strengths.sort_by(|a, b| b.0.total_cmp(&a.0));
    let [(strongest, of_head), (second, _), _] = strengths;
    let (closed, opened) = (held(time, &|look| look.closed), held(time, &|look| look.opened));
    let enough = |held: Option<Held>, least: f32| held.filter(|held| held.least >= least);
    let (action, clear) = if strongest >= 1.0 {
        (of_head, strongest >= STANDS_OUT * second)
    } else if enough(opened, OPENED).is_some() {
        (Action::OpenMouth, true)
    } else if enough(closed, CLOSED).is_some() {
        (Action::Blink, true)
    } else {
        (of_head, false)
    };
    let share = |value: Option<f32>, of: Option<Held>| {
        value.zip(of).map_or(0.0, |(value, of)| value / of.least.max(f32::MIN_POSITIVE))
    };
    let amount = |look: &Change| match action {
        Action::TurnLeft => look.yaw / left.max(f32::MIN_POSITIVE),
        Action::TurnRight => -look.yaw / right.max(f32::MIN_POSITIVE),
        Action::Nod => look.pitch.abs() / (nod / 2.0).max(f32::MIN_POSITIVE),
        Action::Blink => share(look.closed, closed),
        Action::OpenMouth => share(look.opened, opened),
    };
    let last = wanted.end_s - (wanted.end_s - wanted.start_s) / 3.0;
    let end = time.iter().filter(|look| look.time_s >= last).map(&amount);
    let back = end.fold(f32::INFINITY, f32::min) <= TAKEN_BACK;
    let began = match action {
        Action::Blink => closed.map(|held| held.since_s),
        Action::OpenMouth => opened.map(|held| held.since_s),
        _ => time.iter().find(|look| amount(look) >= 0.5).map(|look| look.time_s),
    };
    Seen {
        asked: wanted.action,
        made: (clear && back).then_some(action),
        left,
        right,
        nod,
        closed: closed.map(|held| held.least),
        opened: opened.map(|held| held.least),
        after_s: began.map(|began| began - wanted.start_s),
    }
}

/// Something that lasted.
#[derive(Clone, Copy)]
struct Held {
    /// The least of it in that time.
    least: f32,
    /// Since when it was more than half of that, in seconds.
    since_s: f64,
}

/// The most that lasted for [`HELD_S`] without a break.
fn held(time: &[Change], value: &dyn Fn(&Change) -> Option<f32>) -> Option<Held> {
    let known: Vec<(f64, f32)> =
        time.iter().filter_map(|look| value(look).map(|value| (look.time_s, value))).collect();
    let mut most: Option<(f32, usize)> = None;
    for (first, (start_s, _)) in known.iter().enumerate() {
        let later = known.iter().skip(first);
        let Some(last) = later.clone().position(|(at, _)| *at >= start_s + HELD_S) else { break };
        if last + 1 < HELD_FRAMES {
            continue;
        }
        let least = later.take(last + 1).map(|(_, value)| *value).fold(f32::INFINITY, f32::min);
        if most.is_none_or(|(most, _)| least > most) {
            most = Some((least, first));
        }
    }
    let (least, first) = most?;
    let before = known.iter().take(first + 1).rev();
    let since = before.take_while(|(_, value)| *value >= least / 2.0).last();
    Some(Held { least, since_s: since.map_or(f64::INFINITY, |(at, _)| *at) })
}

fn median(mut values: Vec<f32>) -> f32 {
    values.sort_by(f32::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use bonafide_context::Seeded;

    use super::*;

    /// What a person at rest does, as the camera sees it.
    const REST: Looked =
        Looked { time_s: 0.0, yaw: 4.0, pitch: -3.0, eyes: Some(8.0), mouth: Some(0.02) };

    /// A person who does `made` when `asked`, at 15 frames a second; how far he moves
    /// (in degrees; eyes and mouth as far as that is of 30) and after how long. He blinks
    /// every second besides, as people do.
    fn film(made: &[Action], degrees: f32, after_s: f64) -> Vec<Looked> {
        let mut looks = Vec::new();
        let end = 0.8 + 3.0 * made.len() as f64;
        let mut time_s = 0.0;
        while time_s < end {
            let mut look = Looked { time_s, ..REST };
            if time_s % 1.0 > 0.88 {
                look.eyes = Some(-6.0);
            }
            if time_s >= 0.8 {
                let step = ((time_s - 0.8) / 3.0).floor();
                let within = time_s - 0.8 - 3.0 * step - after_s;
                // There in half a second, held for one, back in half a second.
                let share = (within / 0.5).min((2.0 - within) / 0.5).clamp(0.0, 1.0) as f32;
                move_by(&mut look, made.get(step as usize).copied(), degrees, share);
            }
            looks.push(look);
            time_s += 1.0 / 15.0;
        }
        looks
    }

    fn move_by(look: &mut Looked, action: Option<Action>, degrees: f32, share: f32) {
        let part = share * (degrees / 30.0).min(1.0);
        match action {
            Some(Action::TurnLeft) => look.yaw += degrees * share,
            Some(Action::TurnRight) => look.yaw -= degrees * share,
            Some(Action::Nod) => look.pitch -= degrees * share,
            Some(Action::Blink) => look.eyes = look.eyes.map(|odds| odds - 14.0 * part),
            // Who opens the mouth lowers the chin a little.
            Some(Action::OpenMouth) => {
                look.mouth = look.mouth.map(|apart| apart + 0.25 * part);
                look.pitch -= 5.0 * part;
            }
            None => {}
        }
    }

    fn wanted(actions: &[Action]) -> Vec<Wanted> {
        let times = (0..).map(|n| 0.8 + 3.0 * f64::from(n));
        let want = |(action, start_s): (&Action, f64)| Wanted {
            action: *action,
            start_s,
            end_s: start_s + 3.0,
        };
        actions.iter().zip(times).map(want).collect()
    }

    #[test]
    fn every_order_that_is_drawn_is_accepted_from_who_follows_it() {
        for (mouth, eyes, count, bits) in [
            (true, true, 320, 8.3),
            (true, false, 108, 6.75),
            (false, true, 108, 6.75),
            (false, false, 24, 4.6),
        ] {
            let kinds = judged(Sees { mouth, eyes });
            let mut random = Seeded::new(5);
            let mut orders = std::collections::BTreeSet::new();
            for _ in 0..3_000 {
                let asked = draw(&kinds, &mut random);
                assert!(asked.windows(2).all(|two| two[0] != two[1]), "{asked:?}");
                if orders.insert(format!("{asked:?}")) {
                    let mut looks = film(&asked, 30.0, 0.4);
                    for look in &mut looks {
                        look.mouth = look.mouth.filter(|_| mouth);
                        look.eyes = look.eyes.filter(|_| eyes);
                    }
                    let verdict = judge(&looks, &wanted(&asked));
                    assert_eq!(verdict.reason, Reason::Accept, "{verdict:?}");
                }
            }
            assert_eq!(orders.len(), count);
            assert!((entropy_bits(kinds.len()) - f64::log2(count as f64)).abs() < 1e-9);
            assert!((entropy_bits(kinds.len()) - bits).abs() < 0.05);
        }
        assert!(draw(&[], &mut Seeded::new(1)).is_empty());
    }

    /// Each of the five against each: only what was asked for is accepted.
    #[test]
    fn no_movement_passes_for_another() {
        for asked in Action::ALL {
            for made in Action::ALL {
                let verdict = judge(&film(&[made], 30.0, 0.4), &wanted(&[asked]));
                let wanted = if asked == made { Reason::Accept } else { Reason::AnotherMovement };
                assert_eq!(verdict.reason, wanted, "{asked:?} {made:?} {verdict:?}");
                assert_eq!(verdict.seen[0].made, Some(made));
            }
            let still = judge(&film(&[asked], 0.0, 0.4), &wanted(&[asked]));
            assert_eq!(still.reason, Reason::NotSeen, "{asked:?} {still:?}");
            // Ten degrees, or a third of what eyes and mouth did: not clearly.
            let little = judge(&film(&[asked], 10.0, 0.4), &wanted(&[asked]));
            assert_eq!(little.reason, Reason::NotSeen, "{asked:?} {little:?}");
            let early = judge(&film(&[asked], 30.0, -0.4), &wanted(&[asked]));
            assert_ne!(early.reason, Reason::Accept, "{asked:?} {early:?}");
        }
    }

    #[test]
    fn who_blinks_as_people_do_has_not_closed_the_eyes_when_asked() {
        let verdict = judge(&film(&[Action::Blink], 0.0, 0.4), &wanted(&[Action::Blink]));
        assert_eq!(verdict.reason, Reason::NotSeen);
        assert!(verdict.seen[0].closed.unwrap() < 0.5, "{verdict:?}");
        // Nor has who closes them and never opens them again.
        let mut shut = film(&[Action::Blink], 0.0, 0.4);
        for look in shut.iter_mut().filter(|look| look.time_s > 1.5) {
            look.eyes = Some(-8.0);
        }
        assert_eq!(judge(&shut, &wanted(&[Action::Blink])).reason, Reason::NotSeen);
    }

    /// Narrow eyes lie lower at rest, and fall as far; dark glasses hide them.
    #[test]
    fn eyes_are_held_against_themselves() {
        let of = |rest: f32| {
            let mut looks = film(&[Action::Blink], 30.0, 0.4);
            looks.iter_mut().for_each(|look| look.eyes = look.eyes.map(|odds| odds - 8.0 + rest));
            judge(&looks, &wanted(&[Action::Blink])).reason
        };
        assert_eq!(
            [of(20.0), of(12.0), of(4.0), of(-0.5), of(-3.0)]
                .map(|reason| reason == Reason::Accept),
            [false, true, true, true, false]
        );
    }

    #[test]
    fn what_nothing_tells_of_eyes_and_mouth_was_not_seen() {
        for asked in [Action::Blink, Action::OpenMouth] {
            let mut looks = film(&[asked], 30.0, 0.4);
            let unseen = |look: &mut Looked| (look.eyes, look.mouth) = (None, None);
            looks.iter_mut().for_each(unseen);
            assert_eq!(judge(&looks, &wanted(&[asked])).reason, Reason::NotSeen);
            // Nor where rest was not seen: there is nothing to hold it against.
            let mut looks = film(&[asked], 30.0, 0.4);
            let rest = looks.iter_mut().filter(|look| look.time_s < 0.8);
            rest.for_each(unseen);
            assert_eq!(judge(&looks, &wanted(&[asked])).reason, Reason::NotSeen);
        }
    }

    #[test]
    fn who_does_something_else_or_nothing_or_knows_it_before_is_not_accepted() {
        use Action::{Nod, TurnLeft, TurnRight};
        let asked = [TurnLeft, Nod, TurnRight, Nod];
        let of = |looks: &[Looked]| judge(looks, &wanted(&asked)).reason;
        assert_eq!(of(&film(&[TurnRight, Nod, TurnLeft, Nod], 30.0, 0.4)), Reason::AnotherMovement);
        assert_eq!(of(&film(&[TurnLeft, TurnRight, Nod, Nod], 30.0, 0.4)), Reason::AnotherMovement);
        assert_eq!(of(&film(&asked, 8.0, 0.4)), Reason::NotSeen);
        assert_eq!(of(&film(&[], 30.0, 0.4)), Reason::TooFewFrames);
        assert_eq!(of(&film(&asked, 30.0, -0.4)), Reason::TooEarly);
        assert_eq!(of(&[]), Reason::TooFewFrames);
        assert_eq!(judge(&film(&asked, 30.0, 0.4), &[]).reason, Reason::NotSeen);
        let few: Vec<Looked> = film(&asked, 30.0, 0.4).into_iter().step_by(9).collect();
        assert_eq!(of(&few), Reason::TooFewFrames);
        for reason in [Reason::NotSeen, Reason::AnotherMovement, Reason::TooEarly] {
            assert_ne!(Verdict { reason, seen: vec![] }.outcome(), Outcome::Accepted);
        }
    }

    #[test]
    fn what_is_no_number_is_not_accepted() {
        let asked = [Action::TurnLeft];
        let mut looks = film(&asked, 30.0, 0.4);
        looks.iter_mut().for_each(|look| look.yaw = f32::NAN);
        assert_ne!(judge(&looks, &wanted(&asked)).reason, Reason::Accept);
        for asked in [Action::Blink, Action::OpenMouth] {
            let mut looks = film(&[asked], 30.0, 0.4);
            let odd = (Some(f32::NAN), Some(f32::INFINITY));
            looks.iter_mut().for_each(|look| (look.eyes, look.mouth) = odd);
            assert_ne!(judge(&looks, &wanted(&[asked])).reason, Reason::Accept);
        }
    }
}
