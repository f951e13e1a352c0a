//! Dates as documents print them: in the calendars of the region.

use bonafide_context::Date;
use serde::{Deserialize, Serialize};

use crate::viz::dates::{Century, find_date};

/// How a document counts its years.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Calendar {
    /// The common era.
    #[default]
    Gregorian,
    /// Taiwan's: year 1 was 1912.
    Roc,
    /// Thailand's: 543 years ahead.
    Buddhist,
    /// Japan's, by the reign: Meiji, Taisho, Showa, Heisei, Reiwa.
    JapaneseEra,
}

/// The first year of each reign, less one. A year is printed as a number or,
/// the first one, as 元.
const ERAS: [(&str, i32); 5] =
    [("明治", 1867), ("大正", 1911), ("昭和", 1925), ("平成", 1988), ("令和", 2018)];

/// The date in `text`, read in `calendar`; common-era dates of four digits are
/// understood in every calendar, for cards print both.
pub(crate) fn read(calendar: Calendar, text: &str, century: Century, today: Date) -> Option<Date> {
    let numbers = numbers(text);
    let foreign = match calendar {
        Calendar::Gregorian => None,
        Calendar::Roc => three(&numbers, |year| (year < 200).then_some(year + 1911)),
        Calendar::Buddhist => three_reversed(&numbers, |year| (year > 2400).then(|| year - 543)),
        Calendar::JapaneseEra => ERAS.iter().find_map(|(name, before)| {
            let (_, rest) = text.split_once(name)?;
            three(&self::numbers(rest), |year| (year < 70).then_some(before + year))
        }),
    };
    foreign.or_else(|| {
        let date = find_date(text, century, today, false)?;
        let buddhist = calendar == Calendar::Buddhist && date.year() > today.year() + 100;
        (!buddhist).then_some(date)
    })
}

/// Every date in `text`, from left to right.
pub(crate) fn read_all(calendar: Calendar, text: &str, today: Date) -> Vec<Date> {
    let parts = numbers(text);
    if calendar == Calendar::Gregorian {
        let full = |n: &[(i32, usize)]| match n {
            [(year, 4), (month, 1 | 2), (day, 1 | 2)] => day_of(*year, *month, *day),
            _ => None,
        };
        let mut found = Vec::new();
        let mut at = 0;
        while let Some(window) = parts.get(at..at + 3) {
            if let Some(date) = full(window) {
                found.push(date);
                at += 3;
            } else {
                at += 1;
            }
        }
        return found;
    }
    read(calendar, text, Century::Past, today).into_iter().collect()
}

/// The runs of digits with their lengths; 元 is the first year.
fn numbers(text: &str) -> Vec<(i32, usize)> {
    let text = text.replace("元年", "1年");
    text.split(|c: char| !c.is_ascii_digit())
        .filter_map(|run| Some((run.parse().ok()?, run.len())))
        .collect()
}

/// Year, month, day.
fn three(numbers: &[(i32, usize)], year: impl Fn(i32) -> Option<i32>) -> Option<Date> {
    numbers.windows(3).find_map(|n| match n {
        [(y, 1..=3), (month, 1 | 2), (day, 1 | 2)] => day_of(year(*y)?, *month, *day),
        _ => None,
    })
}

/// Day, month by number, year of four digits.
fn three_reversed(numbers: &[(i32, usize)], year: impl Fn(i32) -> Option<i32>) -> Option<Date> {
    numbers.windows(3).find_map(|n| match n {
        [(day, 1 | 2), (month, 1 | 2), (y, 4)] => day_of(year(*y)?, *month, *day),
        _ => None,
    })
}

fn day_of(year: i32, month: i32, day: i32) -> Option<Date> {
    if !(1850..=2200).contains(&year) {
        return None;
    }
    Date::new(year, u32::try_from(month).ok()?, u32::try_from(day).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn today() -> Date {
        Date::new(2026, 11, 22).unwrap()
    }

    fn one(calendar: Calendar, text: &str) -> Option<String> {
        read(calendar, text, Century::Past, today()).map(|date| date.to_string())
    }

    #[test]
    fn the_calendars_of_the_region() {
        for (calendar, text, date) in [
            (Calendar::Gregorian, "1990年3月18日", Some("1990-03-18")),
            (Calendar::Gregorian, "03-06-1985", Some("1985-06-03")),
            (Calendar::Roc, "民國57年6月5日", Some("1968-06-05")),
            (Calendar::Roc, "中華民國 94年7月1日(北市)換發", Some("2005-07-01")),
            (Calendar::Roc, "民國114年12月31日", Some("2025-12-31")),
            (Calendar::JapaneseEra, "昭和61年5月1日生", Some("1986-05-01")),
            (Calendar::JapaneseEra, "令和元年5月2日", Some("2019-05-02")),
            (Calendar::JapaneseEra, "2025年05月31日まで有効", Some("2025-05-31")),
            (Calendar::Buddhist, "19/07/2533", Some("1990-07-19")),
            (Calendar::Buddhist, "19 Jul. 1990", Some("1990-07-19")),
            (Calendar::Roc, "民國57年13月5日", None),
            (Calendar::Gregorian, "长期", None),
        ] {
            assert_eq!(one(calendar, text).as_deref(), date, "{text}");
        }
    }

    #[test]
    fn both_ends_of_a_term() {
        let both = read_all(Calendar::Gregorian, "2015.03.18-2035.03.18", today());
        assert_eq!(both.map_to_text(), ["2015-03-18", "2035-03-18"]);
        let one = read_all(Calendar::Gregorian, "2015.03.18-长期", today());
        assert_eq!(one.map_to_text(), ["2015-03-18"]);
    }

    trait Text {
        fn map_to_text(&self) -> Vec<String>;
    }

    impl Text for Vec<Date> {
        fn map_to_text(&self) -> Vec<String> {
            self.iter().map(ToString::to_string).collect()
        }
    }

    proptest! {
        #[test]
        fn no_text_panics(text in "(\\PC|[0-9年月日民國昭和元./-]){0,40}") {
            for calendar in [Calendar::Gregorian, Calendar::Roc, Calendar::Buddhist, Calendar::JapaneseEra] {
                one(calendar, &text);
                read_all(calendar, &text, today());
            }
        }
    }
}
