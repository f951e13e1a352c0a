//! Small values of a manifest: numbers, colours, what was shown.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::challenge::{Action, Challenge, Reveal, Step};

/// A number from 0 to 10^10 with three decimals at most, kept exactly, so that
/// it is written as browsers write it: a time in milliseconds to the
/// microsecond, a rate, a ratio.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Thousandths(u64);

/// A hundred and fifteen days in milliseconds: a page is not open longer.
const MOST: f64 = 1e10;

impl Thousandths {
    /// So many thousandths: microseconds, where milliseconds are counted.
    pub fn new(thousandths: u64) -> Thousandths {
        Thousandths(thousandths)
    }

    /// The nearest to `value`, if that is in range.
    pub fn of(value: f64) -> Option<Thousandths> {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "the range was checked: below 10^13"
        )]
        (0.0..=MOST).contains(&value).then(|| Thousandths((value * 1000.0).round() as u64))
    }

    /// The number.
    pub fn value(self) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "below 10^13, exact")]
        let thousandths = self.0 as f64;
        thousandths / 1000.0
    }

    /// Milliseconds as seconds.
    pub fn seconds(self) -> f64 {
        self.value() / 1000.0
    }
}

impl Serialize for Thousandths {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.0.is_multiple_of(1000) {
            serializer.serialize_u64(self.0 / 1000)
        } else {
            serializer.serialize_f64(self.value())
        }
    }
}

impl<'de> Deserialize<'de> for Thousandths {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Thousandths, D::Error> {
        Thousandths::of(f64::deserialize(deserializer)?)
            .ok_or_else(|| de::Error::custom("expected a number from 0 to 10^10"))
    }
}

/// An sRGB colour, `#rrggbb` in small letters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Rgb(pub [u8; 3]);

impl fmt::Display for Rgb {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [red, green, blue] = self.0;
        write!(f, "#{red:02x}{green:02x}{blue:02x}")
    }
}

impl Serialize for Rgb {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Rgb {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Rgb, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        let digits = text.strip_prefix('#').map(str::as_bytes).unwrap_or_default();
        let mut colour = [0; 3];
        let known = digits.len() == 6
            && colour.iter_mut().zip(digits.chunks_exact(2)).all(|(channel, pair)| {
                let value = pair.iter().try_fold(0, |value, digit| {
                    Some(value * 16 + b"0123456789abcdef".iter().position(|d| d == digit)?)
                });
                match value.and_then(|value| u8::try_from(value).ok()) {
                    Some(value) => {
                        *channel = value;
                        true
                    }
                    None => false,
                }
            });
        if known { Ok(Rgb(colour)) } else { Err(de::Error::custom("expected #rrggbb")) }
    }
}

/// In what form a recording comes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Form {
    /// Single pictures, which come while the sequence runs, and later colours are told
    /// as they do.
    #[default]
    Frames,
    /// A video file, which comes when everything was shown: the whole sequence is told
    /// beforehand.
    Video,
}

/// What a person is asked to do. Left and right are the person's own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Gesture {
    /// Look at the camera and hold still.
    Rest,
    /// Turn the head to the own left.
    TurnLeft,
    /// Turn the head to the own right.
    TurnRight,
    /// Nod once.
    Nod,
    /// Close both eyes and open them.
    Blink,
    /// Open the mouth and close it.
    OpenMouth,
}

impl From<Action> for Gesture {
    fn from(action: Action) -> Gesture {
        match action {
            Action::TurnLeft => Gesture::TurnLeft,
            Action::TurnRight => Gesture::TurnRight,
            Action::Nod => Gesture::Nod,
            Action::Blink => Gesture::Blink,
            Action::OpenMouth => Gesture::OpenMouth,
        }
    }
}

/// What a step of a challenge looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Look {
    /// The screen's upper and lower half.
    Colours {
        /// The upper half.
        top: Rgb,
        /// The lower half.
        bottom: Rgb,
    },
    /// A request to the person.
    Gesture(Gesture),
}

impl Look {
    /// The whole screen in one colour.
    fn whole(colour: Rgb) -> Look {
        Look::Colours { top: colour, bottom: colour }
    }
}

/// Grey that gives a quarter of full light.
const GREY: Rgb = Rgb([137; 3]);

/// A step that the server has revealed, and that a page may therefore show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Issued {
    /// The step's number in the schedule.
    pub step: u16,
    /// What it looks like.
    pub look: Look,
}

impl Issued {
    /// What of `challenge` a page knows when frames of the first `answered` secret
    /// steps have arrived.
    pub fn of(challenge: &Challenge, answered: usize) -> Vec<Issued> {
        let open = challenge.schedule().into_iter().enumerate().filter_map(|(step, kind)| {
            let look = match kind {
                Step::Grey { .. } => Look::whole(GREY),
                Step::Black { .. } => Look::whole(Rgb([0; 3])),
                Step::Rest { .. } => Look::Gesture(Gesture::Rest),
                Step::Flash { .. } | Step::Split { .. } | Step::Action { .. } => return None,
            };
            Some((step, look))
        });
        let secret = challenge.revealed(answered).into_iter().map(|reveal| match reveal {
            Reveal::Flash { step, top, bottom } => {
                let [top, bottom] = [top, bottom].map(|colour| {
                    Rgb([0, 1, 2].map(|channel| if colour.is_on(channel) { 255 } else { 0 }))
                });
                (step, Look::Colours { top, bottom })
            }
            Reveal::Action { step, action } => (step, Look::Gesture(action.into())),
        });
        let known = open.chain(secret);
        known
            .filter_map(|(step, look)| Some(Issued { step: step.try_into().ok()?, look }))
            .collect()
    }
}

/// An entry of the display log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "ShownText", into = "ShownText")]
pub struct Shown {
    /// The step of the challenge and its look; none: grey, while the page
    /// waited for colours.
    pub step: Option<(u16, Look)>,
    /// When the page changed, in milliseconds: the display's frame in which it
    /// was set.
    pub at_ms: Thousandths,
    /// The display's next frame, which confirms that it was shown.
    pub next_ms: Thousandths,
}

/// An entry as it is written.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ShownText {
    #[serde(skip_serializing_if = "Option::is_none")]
    hold: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    step: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    top: Option<Rgb>,
    #[serde(skip_serializing_if = "Option::is_none")]
    bottom: Option<Rgb>,
    #[serde(skip_serializing_if = "Option::is_none")]
    action: Option<Gesture>,
    at_ms: Thousandths,
    next_ms: Thousandths,
}

impl TryFrom<ShownText> for Shown {
    type Error = &'static str;

    fn try_from(text: ShownText) -> Result<Shown, &'static str> {
        let step = match (text.hold, text.step, text.top, text.bottom, text.action) {
            (Some(true), None, None, None, None) => None,
            (None, Some(step), Some(top), Some(bottom), None) => {
                Some((step, Look::Colours { top, bottom }))
            }
            (None, Some(step), None, None, Some(action)) => Some((step, Look::Gesture(action))),
            _ => return Err("expected a hold, a step with two colours, or a step with an action"),
        };
        if text.next_ms < text.at_ms {
            return Err("next_ms lies before at_ms");
        }
        Ok(Shown { step, at_ms: text.at_ms, next_ms: text.next_ms })
    }
}

impl From<Shown> for ShownText {
    fn from(shown: Shown) -> ShownText {
        let mut text = ShownText {
            hold: shown.step.is_none().then_some(true),
            step: shown.step.map(|(step, _)| step),
            top: None,
            bottom: None,
            action: None,
            at_ms: shown.at_ms,
            next_ms: shown.next_ms,
        };
        match shown.step {
            Some((_, Look::Colours { top, bottom })) => {
                text.top = Some(top);
                text.bottom = Some(bottom);
            }
            Some((_, Look::Gesture(action))) => text.action = Some(action),
            None => {}
        }
        text
    }
}
