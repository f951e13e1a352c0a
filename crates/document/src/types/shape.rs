//! What a value looks like, and the value in the form of the answer.

use bonafide_context::Date;
use serde::Deserialize;

use super::anchor::Key;
use super::calendar::{self, Calendar};
use super::file::FieldRule;
use crate::FieldName;
use crate::number::{NumberKind, Verdict};
use crate::viz::dates::Century;

/// What the value of a field looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Shape {
    /// A date.
    Date,
    /// The first date of a term.
    TermStart,
    /// The second date of a term.
    TermEnd,
    /// A number in one of the rule's forms.
    Number,
    /// `M`, `F` or `X`, from the words of the region's languages.
    Sex,
    /// One of the rule's words.
    Word,
    /// A name in Han characters.
    HanName,
    /// A name in Latin letters, as printed.
    LatinName,
    /// The part of a Latin name before its comma.
    BeforeComma,
    /// The part of a Latin name behind its comma.
    AfterComma,
    /// Text up to a date in the same line.
    BeforeDate,
    /// Any text.
    Text,
}

/// How values are to be read.
#[derive(Clone, Copy)]
pub(crate) struct Manner {
    /// For centuries.
    pub(crate) today: Date,
    /// The document's calendar.
    pub(crate) calendar: Calendar,
    /// The kind of the document's number.
    pub(crate) number: Option<&'static NumberKind>,
}

impl FieldRule {
    /// Whether the value is told from the text around it by what it looks like,
    /// so that several may stand in one line.
    pub(crate) fn is_part(&self) -> bool {
        !matches!(self.shape, Shape::HanName | Shape::LatinName | Shape::Text)
    }

    /// The value in `text`, if the text has the shape of one.
    pub(crate) fn value_of(&self, text: &str, manner: Manner) -> Option<String> {
        let text = text.trim();
        let Manner { today, calendar, .. } = manner;
        match self.shape {
            Shape::Date => {
                let century = match self.name {
                    FieldName::ExpiryDate => Century::Ahead,
                    _ => Century::Past,
                };
                calendar::read(calendar, text, century, today).map(|date| date.to_string())
            }
            Shape::TermStart => {
                calendar::read_all(calendar, text, today).first().map(ToString::to_string)
            }
            Shape::TermEnd => {
                calendar::read_all(calendar, text, today).get(1).map(ToString::to_string)
            }
            Shape::Number => self.number_of(text, manner).map(|found| found.value),
            Shape::Sex => sex(text).map(str::to_owned),
            Shape::Word => self.word(text),
            Shape::HanName => han_name(text),
            Shape::LatinName => latin_name(text),
            Shape::BeforeComma => split_name(text).map(|(surname, _)| surname),
            Shape::AfterComma => split_name(text).map(|(_, given)| given),
            Shape::BeforeDate => {
                let head = text.split(|c: char| c.is_ascii_digit()).next()?;
                let value = tidy(head);
                (value.chars().filter(|c| c.is_alphabetic()).count() >= 2).then_some(value)
            }
            Shape::Text => {
                let value = tidy(text);
                value.chars().any(char::is_alphanumeric).then_some(value)
            }
        }
    }

    /// The number in `text`: of several ways to read one that which its own
    /// check digit vouches for, then that which takes the text most as it is.
    pub(crate) fn number_of(&self, text: &str, manner: Manner) -> Option<Number> {
        let read = self.form.iter().filter_map(|form| in_form(form, text));
        read.map(|(value, changed)| {
            let kind = manner.number.filter(|_| self.name == FieldName::Number);
            let verdict = kind.map(|kind| kind.check(&value, manner.today));
            let refuted = matches!(verdict, Some(Verdict::Invalid(_)));
            Number { refuted, changed, value }
        })
        .min()
    }

    /// What the word in `text` that comes closest to one of the rule's means.
    fn word(&self, text: &str) -> Option<String> {
        let key = Key::of(text);
        self.words
            .iter()
            .filter_map(|(printed, meaning)| {
                let printed = Key::of(printed);
                Some((key.find(&printed)?.wrong, std::cmp::Reverse(printed.len()), meaning))
            })
            .min()
            .map(|(_, _, meaning)| meaning.clone())
    }
}

/// A number as it was read; the better readings come first.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Number {
    /// It is none of its kind.
    pub(crate) refuted: bool,
    /// Characters that were taken for what they look like.
    pub(crate) changed: usize,
    pub(crate) value: String,
}

/// The part of `text` that has a form (see [`FieldRule::form`]), with the form's
/// spaces. A letter that is read where the form has a digit is the digit it looks
/// like, and the other way round; gives how many are. It must not go on beyond the form.
pub(crate) fn in_form(form: &str, text: &str) -> Option<(String, usize)> {
    let form: Vec<char> = form.chars().collect();
    let text: Vec<char> = text.chars().filter(|c| !c.is_whitespace()).map(narrow).collect();
    let inner = |c: Option<&char>| c.is_some_and(char::is_ascii_digit);
    let at_start = |start: usize| {
        if start > 0 && inner(text.get(start - 1)) && form.first().is_some_and(|f| *f == '#') {
            return None;
        }
        let mut out = String::with_capacity(form.len());
        let (mut at, mut changed) = (start, 0);
        for want in &form {
            let found = text.get(at).copied();
            match (want, found) {
                ('#', Some(c)) => {
                    changed += usize::from(!c.is_ascii_digit());
                    out.push(digit(c)?);
                }
                ('@', Some(c)) => {
                    changed += usize::from(!c.is_ascii_alphabetic());
                    out.push(letter(c)?);
                }
                ('%', Some(c)) if c.is_ascii_alphanumeric() => out.push(c.to_ascii_uppercase()),
                ('#' | '@' | '%', _) => return None,
                // Brackets, hyphens and dots are lost or doubled by recognisers.
                (' ', _) => {
                    out.push(' ');
                    continue;
                }
                (mark, found) if !mark.is_alphanumeric() => {
                    out.push(*mark);
                    if found.is_none_or(char::is_alphanumeric) {
                        continue;
                    }
                }
                (mark, Some(c)) if c.eq_ignore_ascii_case(mark) => out.push(*mark),
                _ => return None,
            }
            at += 1;
        }
        if inner(text.get(at)) { None } else { Some((out, changed)) }
    };
    (0..text.len()).filter_map(at_start).min_by_key(|(_, changed)| *changed)
}

/// Full-width forms made ASCII.
fn narrow(c: char) -> char {
    match c {
        '！'..='～' => char::from_u32(c as u32 - 0xFEE0).unwrap_or(c),
        _ => c,
    }
}

fn digit(c: char) -> Option<char> {
    match c {
        '0'..='9' => Some(c),
        'O' | 'o' | 'D' | 'Q' | 'U' => Some('0'),
        'I' | 'l' | 'i' | '|' | '!' => Some('1'),
        'Z' | 'z' => Some('2'),
        'S' | 's' => Some('5'),
        'b' | 'G' => Some('6'),
        'T' => Some('7'),
        'B' => Some('8'),
        'g' | 'q' => Some('9'),
        _ => None,
    }
}

fn letter(c: char) -> Option<char> {
    match c {
        'A'..='Z' => Some(c),
        'a'..='z' => Some(c.to_ascii_uppercase()),
        '0' => Some('O'),
        '1' => Some('I'),
        '2' => Some('Z'),
        '5' => Some('S'),
        '8' => Some('B'),
        _ => None,
    }
}

/// Words for the two sexes, in the languages of the cards.
const SEXES: [(&str, &[&str]); 2] = [
    ("F", &["女", "F", "FEMALE", "PEREMPUAN", "NỮ", "NU", "หญิง", "여", "P"]),
    ("M", &["男", "M", "MALE", "LELAKI", "LAKI-LAKI", "LAKILAKI", "NAM", "ชาย", "남", "L"]),
];

fn sex(text: &str) -> Option<&'static str> {
    // A character of Han script may stand in a run of others.
    for (sex, words) in SEXES {
        let wide = words.iter().filter(|w| !w.is_ascii()).filter(|w| w.chars().count() == 1);
        if wide.into_iter().any(|word| text.contains(word)) {
            return Some(sex);
        }
    }
    let key = Key::of(text);
    if key.len() > 16 {
        return None;
    }
    let mut found = SEXES.iter().flat_map(|(sex, words)| {
        words.iter().filter_map(|word| {
            let word = Key::of(word);
            Some((key.find(&word)?.wrong, std::cmp::Reverse(word.len()), *sex))
        })
    });
    let first = found.next()?;
    Some(found.fold(first, std::cmp::min).2)
}

/// Whether a character is of Han script (the blocks that names use).
pub(crate) fn is_han(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}'
        | '\u{20000}'..='\u{323af}' | '々' | '〇')
}

/// Two to fifteen characters and the dot of transcribed names, spaces closed.
fn han_name(text: &str) -> Option<String> {
    let name: String = text
        .chars()
        .filter(|c| !c.is_whitespace())
        .map(|c| if matches!(c, '•' | '・' | '．' | '‧') { '·' } else { c })
        .collect();
    let name = name.trim_matches(|c: char| !is_han(c));
    let han = name.chars().filter(|c| is_han(*c)).count();
    let all = name.chars().count();
    ((2..=15).contains(&han) && name.chars().all(|c| is_han(c) || c == '·') && all - han <= 2)
        .then(|| name.to_owned())
}

/// Latin letters with the marks of names; digits that look like letters are.
fn latin_name(text: &str) -> Option<String> {
    let tidied = tidy(text);
    let letters = tidied.chars().filter(|c| c.is_alphabetic() && !is_han(*c)).count();
    let digits = tidied.chars().filter(char::is_ascii_digit).count();
    let foreign = tidied.chars().filter(|c| is_han(*c)).count();
    if letters < 2 || digits * 4 > letters || foreign > 0 {
        return None;
    }
    let name: String = tidied
        .chars()
        .map(|c| match c {
            '0' => 'O',
            '1' => 'I',
            '5' => 'S',
            '8' => 'B',
            '，' => ',',
            _ => c,
        })
        .collect();
    Some(spaced(&name))
}

/// A comma is followed by a space, as it is printed.
fn spaced(name: &str) -> String {
    let mut out = String::with_capacity(name.len() + 1);
    let mut comma = false;
    for c in name.chars() {
        if comma && c != ' ' {
            out.push(' ');
        }
        comma = c == ',';
        out.push(c);
    }
    out
}

fn split_name(text: &str) -> Option<(String, String)> {
    let name = latin_name(text)?;
    let (surname, given) = name.split_once(',').or_else(|| name.split_once('.'))?;
    let (surname, given) = (surname.trim(), given.trim());
    (!surname.is_empty() && !given.is_empty()).then(|| (surname.to_owned(), given.to_owned()))
}

/// Stray marks at the ends taken off, spaces single; between characters of Han
/// script there are none.
pub(crate) fn tidy(text: &str) -> String {
    let trimmed = text.trim_matches(|c: char| {
        !c.is_alphanumeric() && !matches!(c, '.' | ',' | ')' | '(' | '\'' | '）' | '（' | '"' | '#')
    });
    let trimmed = trimmed.trim_start_matches(['.', ',', ')', '）', '\'', '"', ' ']);
    let mut out = String::with_capacity(trimmed.len());
    for word in trimmed.split_whitespace() {
        let wide =
            out.chars().next_back().is_some_and(is_han) || word.chars().next().is_some_and(is_han);
        if !out.is_empty() && !wide {
            out.push(' ');
        }
        out.push_str(word);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn forms() {
        for (form, text, value) in [
            ("@######(#)", "Z683365(5)", Some("Z683365(5)")),
            ("@######(#)", "2683365(S)", Some("Z683365(5)")),
            ("@######(#)", "Z6833655", Some("Z683365(5)")),
            ("@######(#)", "Z 683365 （5）", Some("Z683365(5)")),
            ("@@######(#)", "AB123456(A)", None),
            ("######-##-####", "860218-10-5678", Some("860218-10-5678")),
            ("######-##-####", "860218105678", Some("860218-10-5678")),
            ("######-##-####", "8602181056789", None),
            ("@#######@", "S1234567D", Some("S1234567D")),
            ("@#######@", "51234567D", Some("S1234567D")),
            ("################", "NIK : 3171234567890123", Some("3171234567890123")),
            ("@#########", "A123456789", Some("A123456789")),
            ("#######(#)", "", None),
        ] {
            assert_eq!(in_form(form, text).map(|f| f.0).as_deref(), value, "{text}");
        }
    }

    #[test]
    fn sexes_in_the_languages_of_the_cards() {
        for (text, value) in [
            ("男", Some("M")),
            ("女 F", Some("F")),
            ("男M", Some("M")),
            ("PEREMPUAN", Some("F")),
            ("LELAKI", Some("M")),
            ("LAKI-LAKI", Some("M")),
            ("MALE", Some("M")),
            ("FEMALE", Some("F")),
            ("F", Some("F")),
            ("MARTIN", None),
            ("12", None),
        ] {
            assert_eq!(sex(text), value, "{text}");
        }
    }

    #[test]
    fn names() {
        assert_eq!(han_name("樂 永 晴").as_deref(), Some("樂永晴"));
        assert_eq!(han_name("买买提・吐尔逊").as_deref(), Some("买买提·吐尔逊"));
        assert_eq!(han_name("LOK"), None);
        assert_eq!(latin_name("LOK,Wing Ching").as_deref(), Some("LOK, Wing Ching"));
        assert_eq!(latin_name("R0SLI BIN AMIN").as_deref(), Some("ROSLI BIN AMIN"));
        assert_eq!(latin_name("860218-10-5678"), None);
        assert_eq!(split_name("LOK, Wing Ching"), Some(("LOK".into(), "Wing Ching".into())));
        assert_eq!(split_name("LOK"), None);
        assert_eq!(tidy(": 北京市 朝阳区 1号."), "北京市朝阳区1号.");
    }

    proptest! {
        #[test]
        fn no_text_panics(form in "[#@%()A-Z0-9 -]{0,12}", text in "(\\PC|[A-Z0-9()男女,]){0,24}") {
            if let Some((found, _)) = in_form(&form, &text) {
                prop_assert_eq!(found.chars().count(), form.chars().count());
            }
            sex(&text);
            han_name(&text);
            latin_name(&text);
            split_name(&text);
            tidy(&text);
        }
    }
}
