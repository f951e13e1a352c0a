//! Dates as they are printed in the visual zone.

use bonafide_context::Date;

/// Which side of today a two-digit year lies on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Century {
    /// Birth and issue: not after today.
    Past,
    /// Expiry: up to 30 years ahead of today.
    Ahead,
}

/// First letters of month names in the languages of the documents we know of
/// (Latin script, diacritics taken off).
const MONTHS: [&[&str]; 12] = [
    &["JAN", "ENE", "GEN", "STY", "TAM", "SIJ", "LED"],
    &["FEB", "FEV", "HEL", "VEL", "UNO", "LUT"],
    &["MAR", "MAE", "MRT", "MAA", "OZU", "BRE"],
    &["APR", "AVR", "ABR", "HUH", "TRA", "KWI", "DUB"],
    &["MAY", "MAI", "MEI", "MAG", "MAJ", "TOU", "SVI", "KVE"],
    &["JUN", "JUIN", "GIU", "KES", "LIPAN", "CZE", "CERVEN"],
    &["JUL", "JUIL", "LUG", "HEI", "SRP", "LIP"],
    &["AUG", "AOU", "AGO", "ELO", "KOL", "SIE", "SRPEN"],
    &["SEP", "SET", "SYY", "RUJ", "WRZ", "ZAR"],
    &["OCT", "OKT", "OTT", "OUT", "LOK", "PAZ", "RIJ"],
    &["NOV", "STU"],
    &["DEC", "DEZ", "DIC", "DES", "JOU", "PRO", "GRU"],
];

/// The date in `text`, if there is exactly one way to read one: `07 JUN 1984`,
/// `30 MAR/MAR 1972`, `12 AUG/AOUT 74`, `18.03.1990.`, `20-11-1991`,
/// `1990-03-18`, `13 071990`, `05/31/88` (month first only where the day
/// cannot be the month, or where `month_first` says so).
pub(crate) fn find_date(
    text: &str,
    century: Century,
    today: Date,
    month_first: bool,
) -> Option<Date> {
    let tokens = tokens(text);
    for (i, token) in tokens.iter().enumerate() {
        if let Token::Letters(_) = token
            && let Some(date) = around_month(&tokens, i, century, today)
                .or_else(|| after_month(&tokens, i, century, today))
        {
            return Some(date);
        }
    }
    let numbers: Vec<&str> = tokens
        .iter()
        .filter_map(|token| match token {
            Token::Digits(digits) => Some(digits.as_str()),
            Token::Letters(_) => None,
        })
        .collect();
    for window in numbers.windows(3) {
        let date = match [window[0].len(), window[1].len(), window[2].len()] {
            [4, 1..=2, 1..=2] => day(number(window[0])?, number(window[1])?, number(window[2])?),
            [1..=2, 1..=2, 2 | 4] => {
                let year = full_year(window[2], century, today)?;
                two_orders(window[0], window[1], year, month_first)
            }
            _ => None,
        };
        if date.is_some() {
            return date;
        }
    }
    // The gaps between the parts are lost: eight digits in a row or in two.
    for start in 0..numbers.len() {
        let joined: String = numbers[start..].iter().take(2).copied().collect();
        let single = numbers[start];
        for digits in [single, joined.as_str()] {
            if digits.len() == 8 {
                let year = full_year(digits.get(4..)?, century, today)?;
                let date = two_orders(digits.get(..2)?, digits.get(2..4)?, year, month_first);
                if date.is_some() {
                    return date;
                }
            }
        }
    }
    None
}

#[derive(Debug)]
enum Token {
    Digits(String),
    Letters(String),
}

fn tokens(text: &str) -> Vec<Token> {
    let mut tokens: Vec<Token> = Vec::new();
    let mut apart = true;
    for c in super::fold::fold(text).chars() {
        match (tokens.last_mut(), c) {
            (Some(Token::Digits(run)), '0'..='9') if !apart => run.push(c),
            (Some(Token::Letters(run)), 'A'..='Z') if !apart => run.push(c),
            (_, '0'..='9') => tokens.push(Token::Digits(c.to_string())),
            (_, 'A'..='Z') => tokens.push(Token::Letters(c.to_string())),
            _ => {}
        }
        apart = !c.is_ascii_alphanumeric();
    }
    tokens
}

/// `DD month [month] YYYY` with the month's name at `at`.
fn around_month(tokens: &[Token], at: usize, century: Century, today: Date) -> Option<Date> {
    let Token::Digits(day_text) = tokens.get(at.checked_sub(1)?)? else {
        return None;
    };
    let mut months: Vec<&str> = Vec::new();
    let mut year_text = None;
    for token in tokens.get(at..(at + 3).min(tokens.len()))? {
        match token {
            Token::Letters(name) => months.push(name),
            Token::Digits(digits) => {
                year_text = Some(digits);
                break;
            }
        }
    }
    // Of two languages the second is English or French: it decides.
    let month = months.iter().rev().find_map(|name| month_of(name))?;
    let year = full_year(year_text?, century, today)?;
    day(year, month, number(day_text)?)
}

/// `month DD YYYY` with the month's name at `at`.
fn after_month(tokens: &[Token], at: usize, century: Century, today: Date) -> Option<Date> {
    match tokens.get(at..at + 3)? {
        [Token::Letters(month), Token::Digits(day_text), Token::Digits(year)]
            if day_text.len() <= 2 && year.len() == 4 =>
        {
            day(full_year(year, century, today)?, month_of(month)?, number(day_text)?)
        }
        _ => None,
    }
}

fn month_of(name: &str) -> Option<i32> {
    let known = |length: usize| {
        let start = name.get(..length)?;
        MONTHS.iter().position(|names| names.contains(&start))
    };
    // Longer beginnings first: LIPAN is June, LIP is July.
    (3..=name.len().min(8)).rev().find_map(known).map(|i| i as i32 + 1)
}

fn number(text: &str) -> Option<i32> {
    text.parse().ok()
}

fn full_year(text: &str, century: Century, today: Date) -> Option<i32> {
    let year = number(text)?;
    match text.len() {
        4 => Some(year),
        2 => {
            let last = today.year() + if century == Century::Ahead { 30 } else { 0 };
            Some(last - (last - year).rem_euclid(100))
        }
        _ => None,
    }
}

fn two_orders(first: &str, second: &str, year: i32, month_first: bool) -> Option<Date> {
    let (a, b) = (number(first)?, number(second)?);
    let orders = if month_first { [(b, a), (a, b)] } else { [(a, b), (b, a)] };
    orders.into_iter().find_map(|(d, m)| day(year, m, d))
}

fn day(year: i32, month: i32, day: i32) -> Option<Date> {
    if !(1900..=2100).contains(&year) {
        return None;
    }
    Date::new(year, u32::try_from(month).ok()?, u32::try_from(day).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(text: &str) -> Option<String> {
        let today = Date::new(2026, 11, 22).unwrap();
        find_date(text, Century::Past, today, false).map(|date| date.to_string())
    }

    #[test]
    fn the_printed_forms() {
        for (text, date) in [
            ("07 JUN 1984", "1984-06-07"),
            ("17AUG 1958", "1958-08-17"),
            ("30 MAR/MAR 1972", "1972-03-30"),
            ("13 LIP/JUL2006", "2006-07-13"),
            ("12 AUG/AOÛT 74", "1974-08-12"),
            ("10 MAA/MAR 1965", "1965-03-10"),
            ("18.03.1990.", "1990-03-18"),
            ("20-11-1991", "1991-11-20"),
            ("1990-03-18", "1990-03-18"),
            ("05/31/88", "1988-05-31"),
            ("13 071990", "1990-07-13"),
            ("13 07 1990", "1990-07-13"),
            ("02112020", "2020-11-02"),
            ("DOB 01/06/1958", "1958-06-01"),
            ("AUGUST 26, 2003", "2003-08-26"),
        ] {
            assert_eq!(read(text).as_deref(), Some(date), "{text}");
        }
    }

    #[test]
    fn other_text_is_no_date() {
        for text in ["", "PARIS", "123456789", "32.13.1990", "12 XYZ 1990", "000-000-001", "MAY"] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    #[test]
    fn short_years_lie_on_their_side_of_today() {
        let today = Date::new(2026, 11, 22).unwrap();
        let ahead = |text| find_date(text, Century::Ahead, today, true).map(|d| d.to_string());
        assert_eq!(ahead("04/02/30").as_deref(), Some("2030-04-02"));
        assert_eq!(ahead("04/02/10").as_deref(), Some("2010-04-02"));
        assert_eq!(read("01 JAN 75").as_deref(), Some("1975-01-01"));
        assert_eq!(read("01 JAN 30").as_deref(), Some("1930-01-01"));
    }

    proptest! {
        #[test]
        fn no_text_panics(text in "\\PC{0,40}") {
            read(&text);
        }
    }
}
