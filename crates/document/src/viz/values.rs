//! Whether a text can be the value of a field, and the value in the form of
//! the answer.

use super::Manner;
use super::dates::{Century, find_date};
use super::fold::{fold, letters_and_digits};
use crate::FieldName;

/// The value of `name` in `text`, if the text has the shape of one.
pub(crate) fn value_of(name: FieldName, text: &str, manner: Manner) -> Option<String> {
    let text = text.trim();
    let date = |century| {
        find_date(text, century, manner.today, manner.month_first).map(|date| date.to_string())
    };
    match name {
        FieldName::BirthDate => date(Century::Past),
        FieldName::IssueDate => date(Century::Past),
        FieldName::ExpiryDate => date(Century::Ahead),
        FieldName::Sex => sex(text).map(str::to_owned),
        FieldName::Number | FieldName::PersonalNumber | FieldName::Optional => number(text),
        FieldName::Surname | FieldName::GivenNames | FieldName::MiddleName => {
            let (letters, digits) = census(text);
            (letters >= 1 && digits * 4 <= letters).then(|| without_digits(&tidy(text)))
        }
        FieldName::Nationality | FieldName::PlaceOfBirth => {
            let (letters, digits) = census(text);
            (letters >= 2 && digits <= letters && date(Century::Past).is_none()).then(|| tidy(text))
        }
        FieldName::Authority
        | FieldName::Address
        | FieldName::FullName
        | FieldName::NativeName
        | FieldName::NameCode
        | FieldName::EthnicGroup
        | FieldName::Father
        | FieldName::Mother
        | FieldName::Spouse
        | FieldName::MilitaryService => {
            (census(text).0 >= 2 && date(Century::Past).is_none()).then(|| tidy(text))
        }
    }
}

/// `M`, `F` or `X` among the words of `text`: on bilingual documents one of two
/// letters is the English or French one (`K/F`, `Ž/F`, `V/F`).
fn sex(text: &str) -> Option<&'static str> {
    let folded = fold(text);
    let words: Vec<&str> =
        folded.split(|c: char| !c.is_ascii_alphabetic()).filter(|w| !w.is_empty()).collect();
    if words.len() > 3 || words.iter().any(|word| word.len() > 6) {
        return None;
    }
    words.iter().rev().find_map(|word| match *word {
        "M" | "MALE" => Some("M"),
        "F" | "FEMALE" => Some("F"),
        "X" => Some("X"),
        _ => None,
    })
}

/// The longest word with a digit in it, hyphens kept, spaces between digits
/// closed.
fn number(text: &str) -> Option<String> {
    let kept: String = text
        .chars()
        .filter(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '/' | ' '))
        .collect();
    let digits = kept.chars().filter(char::is_ascii_digit).count();
    let key = letters_and_digits(&kept);
    if digits < 2 || !(5..=20).contains(&key.len()) {
        return None;
    }
    // A word before the number is what is left of a label.
    let words: Vec<&str> = kept
        .split(' ')
        .filter(|w| w.len() <= 3 || w.contains(|c: char| c.is_ascii_digit()))
        .collect();
    let joined: String = words.concat();
    (letters_and_digits(&joined).len() >= 5).then_some(joined)
}

/// Names have no digits: what looks like one is a letter.
fn without_digits(name: &str) -> String {
    name.chars()
        .map(|c| match c {
            '0' => 'O',
            '1' => 'I',
            '5' => 'S',
            '8' => 'B',
            _ => c,
        })
        .collect()
}

fn census(text: &str) -> (usize, usize) {
    let letters = text.chars().filter(|c| c.is_alphabetic()).count();
    (letters, text.chars().filter(char::is_ascii_digit).count())
}

/// Stray marks at the ends taken off, spaces single.
fn tidy(text: &str) -> String {
    let trimmed = text
        .trim_matches(|c: char| !c.is_alphanumeric() && !matches!(c, '.' | ')' | '(' | '\''))
        .trim_start_matches('.');
    trimmed.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A field of a driving licence, by the number in front of it.
pub(crate) fn numbered(text: &str, manner: Manner) -> Option<(FieldName, String)> {
    let text = text.trim();
    let field = |lead: &str, name: FieldName, words: &[&str]| {
        let rest = text.strip_prefix(lead).or_else(|| text.strip_prefix(&lead.to_uppercase()))?;
        let mut rest = rest.trim_start_matches(['.', ' ', ':']);
        for word in words {
            rest = rest.strip_prefix(word).unwrap_or(rest).trim_start();
        }
        // Several fields may stand in one line: the first word is the value.
        let rest = match name {
            FieldName::Number => rest.split_whitespace().next()?,
            _ => rest,
        };
        value_of(name, rest, manner).map(|value| (name, value))
    };
    field("4a", FieldName::IssueDate, &["ISS"])
        .or_else(|| field("4b", FieldName::ExpiryDate, &["EXP"]))
        .or_else(|| field("4d", FieldName::Number, &["LIC#", "LIC", "DLN", "DL", "NO."]))
        .or_else(|| field("3", FieldName::BirthDate, &["DOB"]))
        .or_else(|| field("1 ", FieldName::Surname, &["FN", "LN"]))
        .or_else(|| field("1.", FieldName::Surname, &[]))
        .or_else(|| field("2 ", FieldName::GivenNames, &["GN", "FN"]))
        .or_else(|| field("2.", FieldName::GivenNames, &[]))
        .or_else(|| field("5.", FieldName::Number, &[]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use bonafide_context::Date;
    use proptest::prelude::*;

    fn manner() -> Manner {
        Manner { today: Date::new(2026, 11, 22).unwrap(), month_first: false, numbered: true }
    }

    #[test]
    fn shapes() {
        for (name, text, value) in [
            (FieldName::Sex, "Ž/F", Some("F")),
            (FieldName::Sex, "K/F", Some("F")),
            (FieldName::Sex, "MARTIN", None),
            (FieldName::Number, "ZS 0000177", Some("ZS0000177")),
            (FieldName::Number, "000-123-456", Some("000-123-456")),
            (FieldName::Number, "X4RTBPFW4", Some("X4RTBPFW4")),
            (FieldName::Number, "SPECIMEN", None),
            (FieldName::Surname, "DE BRUIJN .", Some("DE BRUIJN .")),
            (FieldName::Surname, "MUSTERM1NN", Some("MUSTERMINN")),
            (FieldName::Surname, "12345", None),
            (FieldName::PlaceOfBirth, "Bulçar, ALB", Some("Bulçar, ALB")),
            (FieldName::PlaceOfBirth, "01 JAN 1980", None),
            (FieldName::ExpiryDate, "18.03.2025.", Some("2025-03-18")),
        ] {
            assert_eq!(value_of(name, text, manner()).as_deref(), value, "{text}");
        }
    }

    proptest! {
        #[test]
        fn no_text_panics(text in "\\PC{0,40}") {
            numbered(&text, manner());
            for name in [FieldName::Sex, FieldName::Number, FieldName::Surname, FieldName::Authority] {
                value_of(name, &text, manner());
            }
        }
    }
}
