//! Dates of the zone: two-digit years, and parts that are not known.

use std::fmt;

use bonafide_context::Date;

/// A date of which the year, month or day may be unknown.
///
/// Printed as ISO 8601, unknown parts at the end left out (`1974-08`, `1974`),
/// other unknown parts as `X` (`1974-XX-12`, `XXXX-08`).
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct PartialDate {
    year: Option<i32>,
    month: Option<u32>,
    day: Option<u32>,
}

/// Why a partial date could not be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the calendar has no such day, whatever the unknown parts are")]
pub struct PartialDateError;

impl PartialDate {
    /// A date nothing of which is known.
    pub const UNKNOWN: Self = Self { year: None, month: None, day: None };

    /// The date with these parts, if some day of the calendar has them.
    pub fn new(
        year: Option<i32>,
        month: Option<u32>,
        day: Option<u32>,
    ) -> Result<Self, PartialDateError> {
        // An unknown year may be a leap year, an unknown month may have 31 days.
        match Date::new(year.unwrap_or(2000), month.unwrap_or(1), day.unwrap_or(1)) {
            Ok(_) => Ok(Self { year, month, day }),
            Err(_) => Err(PartialDateError),
        }
    }

    /// The year with its century.
    pub fn year(self) -> Option<i32> {
        self.year
    }

    /// Month, 1 to 12.
    pub fn month(self) -> Option<u32> {
        self.month
    }

    /// Day of the month, 1 to 31.
    pub fn day(self) -> Option<u32> {
        self.day
    }

    /// The day, if every part is known.
    pub fn full(self) -> Option<Date> {
        Date::new(self.year?, self.month?, self.day?).ok()
    }

    /// The first day it may be, if the year is known.
    pub fn earliest(self) -> Option<Date> {
        Date::new(self.year?, self.month.unwrap_or(1), self.day.unwrap_or(1)).ok()
    }

    /// The six characters of the zone: `YYMMDD` with `<<` for what is unknown.
    pub fn to_mrz(self) -> String {
        let two =
            |part: Option<u32>| part.map_or_else(|| "<<".to_owned(), |n| format!("{:02}", n % 100));
        let year = self.year.and_then(|year| u32::try_from(year).ok());
        two(year) + &two(self.month) + &two(self.day)
    }

    /// Reads `YYMMDD` as a date of birth: the latest century that puts it
    /// neither after `today` nor after `expiry`.
    ///
    /// Nobody is issued a document before birth, so a document that expired in
    /// 2012 and says `25` belongs to someone born in 1925.
    pub(crate) fn birth(
        text: &str,
        today: Date,
        expiry: Option<Date>,
    ) -> Result<Self, PartialDateError> {
        let [year, month, day] = parts(text)?;
        let Some(year) = year else { return Self::new(None, month, day) };
        let limit = expiry.map_or(today, |expiry| expiry.min(today));
        let century = today.year() - today.year().rem_euclid(100);
        for century in [century, century - 100] {
            let date = Self::new(Some(century + year as i32), month, day);
            if date.ok().and_then(Self::earliest).is_some_and(|first| first <= limit) {
                return date;
            }
        }
        Err(PartialDateError)
    }

    /// Reads `YYMMDD` as a date of expiry: the year among the hundred that end
    /// [`EXPIRY_AHEAD`] years after today.
    pub(super) fn expiry(text: &str, today: Date) -> Result<Self, PartialDateError> {
        let [year, month, day] = parts(text)?;
        let Some(year) = year else { return Self::new(None, month, day) };
        let last = today.year() + EXPIRY_AHEAD;
        let year = last - (last - year as i32).rem_euclid(100);
        Self::new(Some(year), month, day)
    }
}

/// No state issues for longer than 15 years, and machine-readable documents go
/// back to 1980: with 30 years ahead both ends have room.
pub(super) const EXPIRY_AHEAD: i32 = 30;

impl From<Date> for PartialDate {
    fn from(date: Date) -> Self {
        Self { year: Some(date.year()), month: Some(date.month()), day: Some(date.day()) }
    }
}

impl fmt::Display for PartialDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.year {
            Some(year) => write!(f, "{year:04}")?,
            None => f.write_str("XXXX")?,
        }
        match (self.month, self.day) {
            (None, None) => Ok(()),
            (Some(month), None) => write!(f, "-{month:02}"),
            (Some(month), Some(day)) => write!(f, "-{month:02}-{day:02}"),
            (None, Some(day)) => write!(f, "-XX-{day:02}"),
        }
    }
}

/// A date of birth is a personal value.
impl fmt::Debug for PartialDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PartialDate(***)")
    }
}

/// Year (two digits), month and day, each known or `<<`.
fn parts(text: &str) -> Result<[Option<u32>; 3], PartialDateError> {
    let bytes: [u8; 6] = text.as_bytes().try_into().map_err(|_| PartialDateError)?;
    let part = |at: usize| match [bytes[at], bytes[at + 1]] {
        [b'<', b'<'] => Ok(None),
        [tens @ b'0'..=b'9', units @ b'0'..=b'9'] => {
            Ok(Some(u32::from(tens - b'0') * 10 + u32::from(units - b'0')))
        }
        _ => Err(PartialDateError),
    };
    Ok([part(0)?, part(2)?, part(4)?])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn today() -> Date {
        Date::new(2026, 11, 22).unwrap()
    }

    fn birth(text: &str, expiry: Option<&str>) -> Option<String> {
        let expiry = expiry.map(|date| date.parse().unwrap());
        PartialDate::birth(text, today(), expiry).ok().map(|date| date.to_string())
    }

    fn expiry(text: &str) -> Option<String> {
        PartialDate::expiry(text, today()).ok().map(|date| date.to_string())
    }

    #[test]
    fn nobody_is_born_in_the_future() {
        assert_eq!(birth("261122", None).as_deref(), Some("2026-11-22"));
        assert_eq!(birth("261123", None).as_deref(), Some("1926-11-23"));
        assert_eq!(birth("27<<<<", None).as_deref(), Some("1927"));
        assert_eq!(birth("2611<<", None).as_deref(), Some("2026-11"));
    }

    #[test]
    fn nobody_is_born_after_the_document_expired() {
        assert_eq!(birth("250101", Some("2012-04-15")).as_deref(), Some("1925-01-01"));
        assert_eq!(birth("110101", Some("2012-04-15")).as_deref(), Some("2011-01-01"));
    }

    #[test]
    fn unknown_parts() {
        assert_eq!(birth("<<<<<<", None).as_deref(), Some("XXXX"));
        assert_eq!(birth("<<0812", None).as_deref(), Some("XXXX-08-12"));
        assert_eq!(birth("74<<12", None).as_deref(), Some("1974-XX-12"));
        for wrong in ["74<812", "7408", "740000", "74A812", "741301", "740231", "７40812"] {
            assert_eq!(birth(wrong, None), None, "{wrong}");
        }
    }

    #[test]
    fn leap_days_belong_to_their_century() {
        assert_eq!(birth("000229", None).as_deref(), Some("2000-02-29"));
        assert_eq!(birth("260229", None), None);
        assert_eq!(birth("<<0229", None).as_deref(), Some("XXXX-02-29"));
    }

    #[test]
    fn expiry_looks_thirty_years_ahead() {
        assert_eq!(expiry("120415").as_deref(), Some("2012-04-15"));
        assert_eq!(expiry("561231").as_deref(), Some("2056-12-31"));
        assert_eq!(expiry("570101").as_deref(), Some("1957-01-01"));
        assert_eq!(expiry("961210").as_deref(), Some("1996-12-10"));
    }

    #[test]
    fn debug_shows_nothing() {
        assert_eq!(format!("{:?}", PartialDate::from(today())), "PartialDate(***)");
    }
}
