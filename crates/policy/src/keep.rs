//! Periods as policy files write them.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::file::suggest;
use crate::{ClosingEvent, Period};

/// How long data of a cell rests: `call`, `15m`, `2h`, `30d`, or
/// `until contract-ends`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub enum Keep {
    /// It never rests: it lives in memory until the call is answered.
    Call,
    /// So many seconds from the first stored byte; at least one.
    Seconds(u64),
    /// Until something ends.
    Until(ClosingEvent),
}

const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;
/// No period is longer than this: what is meant to rest for ever is a mistake.
const LONGEST: u64 = 100 * 366 * DAY;

const UNITS: [(char, u64); 4] = [('d', DAY), ('h', HOUR), ('m', MINUTE), ('s', 1)];

/// Why a text is no period.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeepError {
    /// It has another form.
    #[error(
        "`{0}` is no period: write `call`, a number with s, m, h or d, or `until` and an event"
    )]
    Form(String),
    /// Nothing by this name ends anything.
    #[error(
        "unknown event `{0}`, expected one of `contract-ends`, `account-closes`, `replaced`{1}"
    )]
    Event(String, String),
    /// It is nothing, or longer than a century.
    #[error("`{0}` is out of range: write `call` for what never rests, and at most a century")]
    Range(String),
}

impl Keep {
    /// The period as the stores count it. What never rests has a period of
    /// nothing: it is due with its first byte, and the vault refuses it.
    pub const fn period(self) -> Period {
        match self {
            Self::Call => Period::NONE,
            Self::Seconds(seconds) => Period::For(Duration::from_secs(seconds)),
            Self::Until(_) => Period::UntilClosed,
        }
    }

    /// Whether this is at most as long as another. A number of days counts as
    /// shorter than an open end, and two different ends cannot be compared.
    pub fn within(self, other: Self) -> bool {
        match (self, other) {
            (Self::Until(a), Self::Until(b)) => a == b,
            _ => self.seconds() <= other.seconds(),
        }
    }

    /// Seconds; `u64::MAX` for an open end.
    pub(crate) const fn seconds(self) -> u64 {
        match self {
            Self::Call => 0,
            Self::Seconds(seconds) => seconds,
            Self::Until(_) => u64::MAX,
        }
    }
}

impl fmt::Display for Keep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Call => f.write_str("call"),
            Self::Until(event) => write!(f, "until {event}"),
            Self::Seconds(seconds) => {
                let (unit, size) = UNITS
                    .into_iter()
                    .find(|(_, size)| seconds.is_multiple_of(*size))
                    .unwrap_or(('s', 1));
                write!(f, "{}{unit}", seconds / size)
            }
        }
    }
}

impl FromStr for Keep {
    type Err = KeepError;

    fn from_str(text: &str) -> Result<Self, KeepError> {
        let form = || KeepError::Form(shortened(text));
        if text == "call" {
            return Ok(Self::Call);
        }
        if let Some(event) = text.strip_prefix("until ") {
            return event.parse().map(Self::Until).map_err(|_| {
                let names = ClosingEvent::ALL.iter().map(|event| event.as_str());
                let hint = suggest(event, names)
                    .map_or_else(String::new, |known| format!(": did you mean `{known}`?"));
                KeepError::Event(shortened(event), hint)
            });
        }
        let unit = text.chars().last().ok_or_else(form)?;
        let (_, size) = UNITS.into_iter().find(|(name, _)| *name == unit).ok_or_else(form)?;
        let digits = text.strip_suffix(unit).unwrap_or_default();
        if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
            return Err(form());
        }
        let number: u64 = digits.parse().map_err(|_| KeepError::Range(shortened(text)))?;
        number
            .checked_mul(size)
            .filter(|seconds| (1..=LONGEST).contains(seconds))
            .map(Self::Seconds)
            .ok_or_else(|| KeepError::Range(shortened(text)))
    }
}

impl From<Keep> for String {
    fn from(keep: Keep) -> Self {
        keep.to_string()
    }
}

impl TryFrom<String> for Keep {
    type Error = KeepError;

    fn try_from(text: String) -> Result<Self, KeepError> {
        text.parse()
    }
}

/// What a message quotes of a value: a line of it at most.
fn shortened(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(40).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn periods_are_read_as_written() {
        assert_eq!("call".parse(), Ok(Keep::Call));
        assert_eq!("2h".parse(), Ok(Keep::Seconds(7_200)));
        assert_eq!("72h".parse::<Keep>().unwrap().to_string(), "3d");
        assert_eq!("until contract-ends".parse(), Ok(Keep::Until(ClosingEvent::ContractEnds)));
        for wrong in ["", "h", "2", "2 h", "-2h", "2.5h", "0d", "40000d", "für immer", "2y"] {
            assert!(wrong.parse::<Keep>().is_err(), "{wrong}");
        }
        let error = "until contract-end".parse::<Keep>().unwrap_err().to_string();
        assert!(error.ends_with("did you mean `contract-ends`?"), "{error}");
    }

    #[test]
    fn an_open_end_is_longer_than_any_number_of_days() {
        let of = |text: &str| text.parse::<Keep>().unwrap();
        assert!(of("call").within(of("1s")));
        assert!(of("30d").within(of("until contract-ends")));
        assert!(!of("until contract-ends").within(of("36500d")));
        assert!(!of("until contract-ends").within(of("until replaced")));
    }

    proptest! {
        #[test]
        fn a_period_round_trips(seconds in 1..=LONGEST) {
            let keep = Keep::Seconds(seconds);
            prop_assert_eq!(keep.to_string().parse::<Keep>(), Ok(keep));
        }

        #[test]
        fn no_text_panics(text in ".{0,40}") {
            let _ = text.parse::<Keep>();
        }
    }
}
