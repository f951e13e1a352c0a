//! Numbers that nobody was given: repeated digits, digits that count, numbers set
//! aside for fiction.

/// So many digits of one kind in a row, or counting, are hardly chance.
const RUN: usize = 6;

/// Whether a digit is repeated six times, or a group of two or three digits fills the
/// last six or more. `national` are the digits without the country code.
pub(crate) fn repeated(national: &str) -> bool {
    let digits = national.as_bytes();
    let one = digits.chunk_by(|a, b| a == b).any(|run| run.len() >= RUN);
    one || (2..=4).any(|group| ends_in_groups(digits, group))
}

/// Whether the number ends in one group of digits three times over (twice, where the
/// group has four).
fn ends_in_groups(digits: &[u8], group: usize) -> bool {
    let times = if group < 4 { 3 } else { 2 };
    let Some(from) = digits.len().checked_sub(group * times) else { return false };
    let tail = digits.get(from..).unwrap_or_default();
    let mut groups = tail.chunks(group);
    let first = groups.next();
    groups.all(|next| Some(next) == first)
}

/// Whether six digits in a row count up or down by one, nine going on to nought.
pub(crate) fn sequential(national: &str) -> bool {
    let digits = national.as_bytes();
    let counts = |step: u8| {
        let next = move |a: &u8, b: &u8| (a - b'0' + step) % 10 == b - b'0';
        digits.chunk_by(next).any(|run| run.len() >= RUN)
    };
    counts(1) || counts(9)
}

/// Country code, beginning and length of national numbers that regulators have set
/// aside for films, books and tests: NANP 555-0100 to 555-0199 of every area code,
/// Ofcom's numbers for drama, ACMA's for creative works.
const FICTION: &[(u16, &str, usize)] = &[
    (44, "1134960", 10),
    (44, "1144960", 10),
    (44, "1154960", 10),
    (44, "1164960", 10),
    (44, "1174960", 10),
    (44, "1184960", 10),
    (44, "1214960", 10),
    (44, "1314960", 10),
    (44, "1414960", 10),
    (44, "1514960", 10),
    (44, "1614960", 10),
    (44, "2079460", 10),
    (44, "1914980", 10),
    (44, "2896496", 10),
    (44, "2920180", 10),
    (44, "1632960", 10),
    (44, "7700900", 10),
    (44, "8081570", 10),
    (44, "9098790", 10),
    (44, "3069990", 10),
    (61, "25550", 9),
    (61, "27010", 9),
    (61, "35550", 9),
    (61, "37010", 9),
    (61, "75550", 9),
    (61, "77010", 9),
    (61, "85550", 9),
    (61, "87010", 9),
    (61, "491570006", 9),
    (61, "491570110", 9),
    (61, "491570156", 9),
    (61, "491570157", 9),
    (61, "491570158", 9),
    (61, "491570159", 9),
];

/// Whether the number is set aside for fiction.
pub(crate) fn fictional(country_code: u16, national: &str) -> bool {
    let nanp = country_code == 1
        && national.len() == 10
        && national.get(3..8).is_some_and(|middle| middle == "55501");
    nanp || FICTION.iter().any(|(country, begins, length)| {
        *country == country_code && national.len() == *length && national.starts_with(begins)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn repetition_is_seen() {
        for yes in ["7000000000", "2012121212", "2123123123", "12341234", "5555555"] {
            assert!(repeated(yes), "{yes}");
        }
        for no in ["7946000123", "1212128", "5555500123", "12312341", ""] {
            assert!(!repeated(no), "{no}");
        }
    }

    #[test]
    fn counting_is_seen() {
        for yes in ["20123456", "9876541", "7890123", "3210987"] {
            assert!(sequential(yes), "{yes}");
        }
        for no in ["1234512345", "1357913579", "7946000123", ""] {
            assert!(!sequential(no), "{no}");
        }
    }

    #[test]
    fn numbers_of_fiction_are_known() {
        for (country, national) in
            [(1, "2025550143"), (44, "2079460321"), (44, "7700900123"), (61, "491570006")]
        {
            assert!(fictional(country, national), "{national}");
        }
        for (country, national) in
            [(1, "2025551234"), (44, "2079470321"), (61, "491571006"), (49, "2025550143")]
        {
            assert!(!fictional(country, national), "{national}");
        }
    }
}
