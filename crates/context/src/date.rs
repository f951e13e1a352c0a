//! Calendar days.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A day of the proleptic Gregorian calendar, years 1 to 9999.
///
/// Written and read as ISO 8601 (`2026-11-22`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Date {
    year: i16,
    month: u8,
    day: u8,
}

/// Why a date could not be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DateError {
    /// The text is not of the form `YYYY-MM-DD`.
    #[error("write the date as YYYY-MM-DD")]
    Form,
    /// The calendar has no such day.
    #[error("the calendar has no such day")]
    NoSuchDay,
}

impl Date {
    /// The day, if the calendar has it.
    pub fn new(year: i32, month: u32, day: u32) -> Result<Self, DateError> {
        if !(1..=9999).contains(&year) || !(1..=12).contains(&month) {
            return Err(DateError::NoSuchDay);
        }
        if day < 1 || day > days_in_month(year, month) {
            return Err(DateError::NoSuchDay);
        }
        let no_such_day = |_| DateError::NoSuchDay;
        Ok(Self {
            year: i16::try_from(year).map_err(no_such_day)?,
            month: u8::try_from(month).map_err(no_such_day)?,
            day: u8::try_from(day).map_err(no_such_day)?,
        })
    }

    /// Year, 1 to 9999.
    pub fn year(self) -> i32 {
        i32::from(self.year)
    }

    /// Month, 1 to 12.
    pub fn month(self) -> u32 {
        u32::from(self.month)
    }

    /// Day of the month, 1 to 31.
    pub fn day(self) -> u32 {
        u32::from(self.day)
    }

    /// Days since 1970-01-01 (negative before).
    pub fn days(self) -> i32 {
        // Counts from 0000-03-01, so that the leap day is the last of a year.
        let year = self.year() - i32::from(self.month <= 2);
        let era = year.div_euclid(400);
        let year_of_era = year.rem_euclid(400);
        let month_from_march = (i32::from(self.month) + 9) % 12;
        let day_of_year = (153 * month_from_march + 2) / 5 + i32::from(self.day) - 1;
        let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
        era * 146_097 + day_of_era - 719_468
    }

    /// The day that lies `days` after 1970-01-01, clamped to years 1 to 9999.
    pub fn from_days(days: i32) -> Self {
        let z = i64::from(days).clamp(-719_162, 2_932_896) + 719_468;
        let era = z.div_euclid(146_097);
        let day_of_era = z.rem_euclid(146_097);
        let year_of_era =
            (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let month_from_march = (5 * day_of_year + 2) / 153;
        let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
        let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
        let year = era * 400 + year_of_era + i64::from(month <= 2);
        Self { year: year as i16, month: month as u8, day: day as u8 }
    }

    /// Whole years from `birth` to this day, counting a birthday as reached on
    /// the day itself; someone born on 29 February has it on 1 March of other
    /// years. `None` if `birth` lies after this day.
    pub fn years_since(self, birth: Date) -> Option<u32> {
        if birth > self {
            return None;
        }
        let before_birthday = (self.month, self.day) < (birth.month, birth.day);
        u32::try_from(self.year() - birth.year() - i32::from(before_birthday)).ok()
    }
}

fn days_in_month(year: i32, month: u32) -> u32 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        _ => 31,
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

impl FromStr for Date {
    type Err = DateError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let bytes = text.as_bytes();
        if bytes.len() != 10 || bytes.get(4) != Some(&b'-') || bytes.get(7) != Some(&b'-') {
            return Err(DateError::Form);
        }
        let number = |range: std::ops::Range<usize>| {
            let digits = text.get(range).ok_or(DateError::Form)?;
            if !digits.bytes().all(|b| b.is_ascii_digit()) {
                return Err(DateError::Form);
            }
            digits.parse::<u32>().map_err(|_| DateError::Form)
        };
        let year = i32::try_from(number(0..4)?).map_err(|_| DateError::Form)?;
        Self::new(year, number(5..7)?, number(8..10)?)
    }
}

impl From<Date> for String {
    fn from(date: Date) -> Self {
        date.to_string()
    }
}

impl TryFrom<String> for Date {
    type Error = DateError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn known_days() {
        assert_eq!(Date::new(1970, 1, 1).unwrap().days(), 0);
        assert_eq!(Date::new(2000, 3, 1).unwrap().days(), 11_017);
        assert_eq!("2024-02-29".parse::<Date>().unwrap().to_string(), "2024-02-29");
        assert_eq!("2023-02-29".parse::<Date>(), Err(DateError::NoSuchDay));
        assert_eq!("2023-2-9".parse::<Date>(), Err(DateError::Form));
        assert_eq!("+023-02-09".parse::<Date>(), Err(DateError::Form));
    }

    #[test]
    fn age_changes_on_the_birthday() {
        let birth = Date::new(2008, 2, 29).unwrap();
        let age = |y, m, d| Date::new(y, m, d).unwrap().years_since(birth);
        assert_eq!(age(2026, 2, 28), Some(17));
        assert_eq!(age(2026, 3, 1), Some(18));
        assert_eq!(age(2008, 2, 29), Some(0));
        assert_eq!(age(2008, 2, 28), None);
    }

    proptest! {
        #[test]
        fn days_round_trip(days in -719_162..2_932_896i32) {
            prop_assert_eq!(Date::from_days(days).days(), days);
        }

        #[test]
        fn text_round_trips(days in -719_162..2_932_896i32) {
            let date = Date::from_days(days);
            prop_assert_eq!(date.to_string().parse::<Date>(), Ok(date));
        }
    }
}
