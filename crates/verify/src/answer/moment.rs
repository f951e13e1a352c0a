//! Moments as answers write them.

use bonafide_context::Timestamp;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use utoipa::ToSchema;

/// A moment in UTC, written by RFC 3339 with milliseconds:
/// `2026-11-22T04:19:27.123Z`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, ToSchema)]
#[schema(value_type = String, format = DateTime, example = "2026-11-22T04:19:27.123Z")]
pub struct Moment(pub Timestamp);

const DAY_MS: u64 = 86_400_000;

impl std::fmt::Display for Moment {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let ms = self.0.0 % DAY_MS;
        let (hours, minutes) = (ms / 3_600_000, ms / 60_000 % 60);
        let (seconds, ms) = (ms / 1_000 % 60, ms % 1_000);
        write!(f, "{}T{hours:02}:{minutes:02}:{seconds:02}.{ms:03}Z", self.0.date())
    }
}

impl std::str::FromStr for Moment {
    type Err = MomentError;

    /// Reads what `Display` writes; the fraction may be left out.
    fn from_str(text: &str) -> Result<Self, MomentError> {
        let (date, time) =
            text.strip_suffix('Z').and_then(|text| text.split_once('T')).ok_or(MomentError)?;
        let date: bonafide_context::Date = date.parse().map_err(|_| MomentError)?;
        let (time, fraction) = time.split_once('.').unwrap_or((time, "000"));
        let number = |text: &str, width: usize, most: u64| match text.parse::<u64>() {
            Ok(n) if text.len() == width && n <= most && !text.starts_with('+') => Ok(n),
            _ => Err(MomentError),
        };
        let mut parts = time.split(':');
        let mut part = |most| number(parts.next().ok_or(MomentError)?, 2, most);
        let (hours, minutes, seconds) = (part(23)?, part(59)?, part(59)?);
        if parts.next().is_some() {
            return Err(MomentError);
        }
        let ms = number(fraction, 3, 999)?;
        let days = u64::try_from(date.days()).map_err(|_| MomentError)?;
        let seconds = (hours * 60 + minutes) * 60 + seconds;
        Ok(Self(Timestamp(days * DAY_MS + seconds * 1_000 + ms)))
    }
}

/// Not a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("write the moment in UTC, as 2026-11-22T04:19:27.123Z")]
pub struct MomentError;

impl From<Timestamp> for Moment {
    fn from(at: Timestamp) -> Self {
        Self(at)
    }
}

impl Serialize for Moment {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Moment {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_moment_is_written_in_utc() {
        assert_eq!(Moment(Timestamp(1_795_321_167_123)).to_string(), "2026-11-22T04:19:27.123Z");
        assert_eq!("1970-01-01T00:00:01Z".parse(), Ok(Moment(Timestamp(1_000))));
        for bad in
            ["", "2026-11-22", "2026-11-22T4:19:27Z", "2026-11-22T04:19:27", "2026-11-22T24:00:00Z"]
        {
            assert_eq!(bad.parse::<Moment>(), Err(MomentError), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn a_moment_round_trips(ms in 0u64..250_000_000_000_000) {
            let moment = Moment(Timestamp(ms));
            prop_assert_eq!(moment.to_string().parse(), Ok(moment));
        }

        #[test]
        fn no_text_panics(text in "[0-9TZ:.+-]{0,30}") {
            let _ = text.parse::<Moment>();
        }
    }
}
