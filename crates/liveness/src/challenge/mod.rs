//! What the server asks of the person and of the screen.

mod colour;
mod sequence;

use bonafide_context::Random;
use serde::{Deserialize, Serialize};

use crate::actions;

pub use colour::{Colour, ColourError};
pub use sequence::{Level, SPLIT_PAIRS, Sequence, is_legal};

/// Milliseconds of one flash: under three changes of colour a second (WCAG 2.3.1).
pub const FLASH_MS: u32 = 350;
/// Milliseconds of grey, then of black, before the first flash: the camera settles.
const GREY_BEFORE_MS: u32 = 300;
const BLACK_BEFORE_MS: u32 = 200;
const GREY_AFTER_MS: u32 = 250;
/// Milliseconds of rest before the first action, and of each action.
const REST_MS: u32 = 800;
const ACTION_MS: u32 = 3_000;
/// Linear light of the grey baseline as a share of full: sRGB 137.
pub const GREY: f64 = 0.25;
/// Flashes that are known when the sequence begins.
pub const REVEALED_AHEAD: usize = 4;

/// A movement that the person is asked for; left and right are the person's own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// Turn the head to the left and back.
    TurnLeft,
    /// Turn the head to the right and back.
    TurnRight,
    /// Nod.
    Nod,
    /// Close both eyes for a moment and open them.
    Blink,
    /// Open the mouth and close it.
    OpenMouth,
}

impl Action {
    /// All of them.
    pub const ALL: [Self; 5] =
        [Self::TurnLeft, Self::TurnRight, Self::Nod, Self::Blink, Self::OpenMouth];
}

/// How liveness is asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Method {
    /// The screen's light, the face's answer.
    #[default]
    Reflective,
    /// Movements in an order that the server chose: also the way of people to whom
    /// flashing light does harm.
    Actions,
}

/// What stands on the screen for a while. Which colours a flash shows is told
/// apart, and late.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Step {
    /// The whole screen in grey, a quarter of full light.
    Grey {
        /// How long, in milliseconds.
        ms: u32,
    },
    /// The whole screen dark.
    Black {
        /// How long, in milliseconds.
        ms: u32,
    },
    /// The whole screen in one colour.
    Flash {
        /// How long, in milliseconds.
        ms: u32,
    },
    /// The top half in one colour, the bottom half in its complement.
    Split {
        /// How long, in milliseconds.
        ms: u32,
    },
    /// Nothing is asked yet.
    Rest {
        /// How long, in milliseconds.
        ms: u32,
    },
    /// A movement is asked for.
    Action {
        /// How long, in milliseconds.
        ms: u32,
    },
}

impl Step {
    /// How long it stands, in milliseconds.
    pub fn ms(self) -> u32 {
        match self {
            Self::Grey { ms }
            | Self::Black { ms }
            | Self::Flash { ms }
            | Self::Split { ms }
            | Self::Rest { ms }
            | Self::Action { ms } => ms,
        }
    }

    /// Whether what it shows is secret until it is revealed.
    pub fn is_secret(self) -> bool {
        matches!(self, Self::Flash { .. } | Self::Split { .. } | Self::Action { .. })
    }
}

/// What a secret step shows, once it may be known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Reveal {
    /// A flash.
    Flash {
        /// Which step of the schedule.
        step: usize,
        /// Colour of the top half.
        top: Colour,
        /// Colour of the bottom half; the same for a full-screen flash.
        bottom: Colour,
    },
    /// A movement.
    Action {
        /// Which step of the schedule.
        step: usize,
        /// What is asked.
        action: Action,
    },
}

impl Reveal {
    /// Which step of the schedule.
    pub fn step(self) -> usize {
        match self {
            Self::Flash { step, .. } | Self::Action { step, .. } => step,
        }
    }
}

/// A random, single-use demand.
///
/// It holds the secret: keep it where secrets are kept until it has been answered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "method")]
pub enum Challenge {
    /// Colours of the screen.
    Reflective {
        /// Which.
        sequence: Sequence,
    },
    /// Movements of head and face.
    Actions {
        /// Which, in their order.
        actions: Vec<Action>,
        /// Out of how many kinds they were drawn.
        kinds: usize,
    },
}

impl Challenge {
    /// Draws one; movements out of all that can be told anywhere.
    pub fn draw(method: Method, level: Level, random: &mut dyn Random) -> Self {
        match method {
            Method::Reflective => Self::Reflective { sequence: Sequence::draw(level, random) },
            Method::Actions => Self::movements(&actions::judged(actions::Sees::ALL), random),
        }
    }

    /// Draws movements out of those that can be judged
    /// ([`judged`](crate::actions::judged)).
    pub fn movements(of: &[Action], random: &mut dyn Random) -> Self {
        Self::Actions { actions: actions::draw(of, random), kinds: of.len() }
    }

    /// How it asks.
    pub fn method(&self) -> Method {
        match self {
            Self::Reflective { .. } => Method::Reflective,
            Self::Actions { .. } => Method::Actions,
        }
    }

    /// How hard it is to guess, in bits.
    pub fn entropy_bits(&self) -> f64 {
        match self {
            Self::Reflective { sequence } if sequence.full.len() > Level::Standard.colours() => {
                Sequence::entropy_bits(Level::High)
            }
            Self::Reflective { .. } => Sequence::entropy_bits(Level::Standard),
            Self::Actions { kinds, .. } => actions::entropy_bits(*kinds),
        }
    }

    /// What is shown for how long; tells nothing of the secret but its length.
    pub fn schedule(&self) -> Vec<Step> {
        match self {
            Self::Reflective { sequence } => {
                let mut steps =
                    vec![Step::Grey { ms: GREY_BEFORE_MS }, Step::Black { ms: BLACK_BEFORE_MS }];
                steps.extend(sequence.full.iter().map(|_| Step::Flash { ms: FLASH_MS }));
                steps.extend([Step::Split { ms: FLASH_MS }; 2 * SPLIT_PAIRS]);
                steps.push(Step::Grey { ms: GREY_AFTER_MS });
                steps
            }
            Self::Actions { actions, .. } => std::iter::once(Step::Rest { ms: REST_MS })
                .chain(actions.iter().map(|_| Step::Action { ms: ACTION_MS }))
                .collect(),
        }
    }

    /// What every secret step shows, in order.
    pub fn secrets(&self) -> Vec<Reveal> {
        let places = self.schedule().into_iter().enumerate();
        let places = places.filter(|(_, step)| step.is_secret()).map(|(at, _)| at);
        match self {
            Self::Reflective { sequence } => {
                let full = sequence.full.iter().map(|colour| (*colour, *colour));
                let splits = sequence.splits.iter().flat_map(|colour| {
                    [(*colour, colour.complement()), (colour.complement(), *colour)]
                });
                places
                    .zip(full.chain(splits))
                    .map(|(step, (top, bottom))| Reveal::Flash { step, top, bottom })
                    .collect()
            }
            Self::Actions { actions, .. } => places
                .zip(actions)
                .map(|(step, action)| Reveal::Action { step, action: *action })
                .collect(),
        }
    }

    /// The secrets that may be known when frames of the first `answered` secret steps
    /// have arrived: four flashes ahead, or the next movement.
    pub fn revealed(&self, answered: usize) -> Vec<Reveal> {
        let ahead = match self {
            Self::Reflective { .. } => REVEALED_AHEAD,
            Self::Actions { .. } => 1,
        };
        let mut secrets = self.secrets();
        secrets.truncate(answered.saturating_add(ahead));
        secrets
    }
}

#[cfg(test)]
mod tests {
    use bonafide_context::Seeded;

    use super::*;

    #[test]
    fn a_schedule_tells_lengths_and_no_colour() {
        let mut random = Seeded::new(7);
        let challenge = Challenge::draw(Method::Reflective, Level::Standard, &mut random);
        let schedule = challenge.schedule();
        assert_eq!(schedule.iter().map(|step| step.ms()).sum::<u32>(), 4_950);
        let other = Challenge::draw(Method::Reflective, Level::Standard, &mut random);
        assert_eq!(other.schedule(), schedule);
        assert_ne!(other, challenge);
    }

    #[test]
    fn secrets_are_revealed_four_ahead_and_all_in_the_end() {
        let mut random = Seeded::new(7);
        let challenge = Challenge::draw(Method::Reflective, Level::High, &mut random);
        let all = challenge.secrets();
        assert_eq!(all.len(), 16);
        assert_eq!(challenge.revealed(0), all[..4]);
        assert_eq!(challenge.revealed(5), all[..9]);
        assert_eq!(challenge.revealed(usize::MAX), all);
        let Reveal::Flash { top, bottom, .. } = all[12] else { panic!("a split flash") };
        assert_eq!(bottom, top.complement());
        let Reveal::Flash { top: next, .. } = all[13] else { panic!("a split flash") };
        assert_eq!(next, bottom);
    }

    #[test]
    fn how_hard_movements_are_to_guess_is_told_by_what_they_were_drawn_of() {
        let mut random = Seeded::new(9);
        let all = Challenge::draw(Method::Actions, Level::Standard, &mut random);
        assert!((all.entropy_bits() - 320_f64.log2()).abs() < 1e-9);
        let head = Challenge::movements(&actions::OF_THE_HEAD, &mut random);
        assert!((head.entropy_bits() - 24_f64.log2()).abs() < 1e-9);
        assert_eq!((all.secrets().len(), head.secrets().len()), (4, 4));
    }

    #[test]
    fn a_challenge_survives_being_kept() {
        let mut random = Seeded::new(3);
        for method in [Method::Reflective, Method::Actions] {
            let challenge = Challenge::draw(method, Level::Standard, &mut random);
            let text = serde_json::to_string(&challenge).unwrap();
            assert_eq!(serde_json::from_str::<Challenge>(&text).unwrap(), challenge);
        }
    }
}
