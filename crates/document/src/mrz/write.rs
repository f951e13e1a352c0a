//! Fields to lines.

use std::fmt;

use super::check::{Check, check_digit};
use super::date::PartialDate;
use super::format::{Field, Format, Layout, Rule, Span};
use super::name::transliterate;

/// What stands in a zone, as the holder's document says it.
///
/// Text is upper case; names may hold national letters, which are
/// transliterated. A field that the format does not have must be empty.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Fields {
    /// `P`, `ID`, `V` …: one or two characters.
    pub document_code: String,
    /// Issuing state or organisation, one to three letters (`UTO`, `D`).
    pub issuer: String,
    /// Document number; up to nine characters, on TD1 and TD2 more.
    pub number: String,
    /// One to three letters.
    pub nationality: String,
    /// Date of birth, perhaps in part unknown.
    pub birth: PartialDate,
    /// Sex.
    pub sex: Sex,
    /// Date of expiry; the French card has none.
    pub expiry: Option<PartialDate>,
    /// Primary identifier.
    pub surname: String,
    /// Secondary identifier.
    pub given_names: String,
    /// Optional data (on a passport: the personal number).
    pub optional: String,
    /// Second optional data of TD1; office of issue of the French card.
    pub optional_2: String,
}

/// Personal values are not printed.
impl fmt::Debug for Fields {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Fields").finish_non_exhaustive()
    }
}

impl Default for PartialDate {
    fn default() -> Self {
        Self::UNKNOWN
    }
}

/// Sex as the zone states it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub enum Sex {
    /// `F`
    Female,
    /// `M`
    Male,
    /// `<` in the zone, `X` in the visual zone.
    #[default]
    Unspecified,
}

impl Sex {
    /// The character of the zone.
    pub fn to_mrz(self) -> char {
        match self {
            Self::Female => 'F',
            Self::Male => 'M',
            Self::Unspecified => '<',
        }
    }

    /// The character of the visual zone.
    pub fn letter(self) -> char {
        match self {
            Self::Unspecified => 'X',
            known => known.to_mrz(),
        }
    }
}

/// Why fields cannot be written in a format.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WriteError {
    /// A field is longer than its place (names are truncated instead).
    #[error("{0:?} is too long for the format: shorten it")]
    TooLong(Field),
    /// A field holds characters that cannot be written there.
    #[error("{0:?} holds characters that the zone cannot have there: use A to Z, 0 to 9")]
    Characters(Field),
    /// The format needs the field.
    #[error("{0:?} is empty, but the format needs it")]
    Missing(Field),
    /// The format has no such field.
    #[error("{0:?} is given, but the format has no place for it")]
    NoPlace(Field),
}

/// Writes the lines of `format`, with check digits and names truncated as Doc
/// 9303 says where they do not fit.
pub fn write(format: Format, fields: &Fields) -> Result<Vec<String>, WriteError> {
    let layout = format.layout();
    let mut zone = Zone { layout, lines: vec![vec!['<'; layout.width]; layout.lines] };
    zone.put(Field::DocumentCode, &required(Field::DocumentCode, &fields.document_code)?)?;
    zone.put(Field::Issuer, &required(Field::Issuer, &fields.issuer)?)?;
    zone.put(Field::Nationality, &plain(Field::Nationality, &fields.nationality)?)?;
    zone.put(Field::Birth, &fields.birth.to_mrz())?;
    zone.put(Field::Sex, &fields.sex.to_mrz().to_string())?;
    if let Some(expiry) = fields.expiry {
        zone.put(Field::Expiry, &expiry.to_mrz())?;
    }
    zone.put_names(&fields.surname, &fields.given_names)?;
    let number_goes_on = zone.put_number(&fields.number, &fields.optional)?;
    zone.put(Field::Optional2, &plain(Field::Optional2, &fields.optional_2)?)?;
    for rule in layout.checks {
        zone.put_check(rule, number_goes_on)?;
    }
    Ok(zone.lines.into_iter().map(String::from_iter).collect())
}

struct Zone {
    layout: &'static Layout,
    lines: Vec<Vec<char>>,
}

impl Zone {
    fn put(&mut self, field: Field, text: &str) -> Result<(), WriteError> {
        let Some(span) = self.layout.span(field) else {
            return if text.is_empty() { Ok(()) } else { Err(WriteError::NoPlace(field)) };
        };
        if text.chars().count() > span.len() {
            return Err(WriteError::TooLong(field));
        }
        let class = |i: usize| self.layout.class_at(span.line, span.start + i);
        if text.chars().enumerate().any(|(i, c)| !class(i).admits(c)) {
            return Err(WriteError::Characters(field));
        }
        self.place(span, text);
        Ok(())
    }

    fn place(&mut self, span: Span, text: &str) {
        let cells = self.lines.get_mut(span.line).and_then(|line| line.get_mut(span.start..));
        for (cell, c) in cells.into_iter().flatten().zip(text.chars()) {
            *cell = c;
        }
    }

    fn put_names(&mut self, surname: &str, given: &str) -> Result<(), WriteError> {
        let surname = words(Field::Name, surname)?;
        let given = words(Field::GivenNames, given)?;
        if surname.is_empty() && given.is_empty() {
            return Err(WriteError::Missing(Field::Name));
        }
        let room = self.layout.span(Field::Name).map_or(0, Span::len);
        match self.layout.span(Field::GivenNames) {
            None => self.put(Field::Name, &name_field(&surname, &given, room)),
            Some(span) => {
                self.put(Field::Name, &squeeze(&surname, room))?;
                // The French card parts given names by two fillers.
                let mut text = given.join("<<");
                text.truncate(span.len());
                self.put(Field::GivenNames, &text)
            }
        }
    }

    /// Says whether the number goes on in the optional data.
    fn put_number(&mut self, number: &str, optional: &str) -> Result<bool, WriteError> {
        let number = required(Field::Number, number)?;
        let optional = plain(Field::Optional, optional)?;
        let room = self.layout.span(Field::Number).map_or(0, Span::len);
        if number.len() <= room || !self.layout.long_numbers {
            self.put(Field::Number, &number)?;
            self.put(Field::Optional, &optional)?;
            return Ok(false);
        }
        let (head, tail) = number.split_at(room);
        if tail.contains('<') {
            return Err(WriteError::Characters(Field::Number));
        }
        let digit = check_digit(number.chars()).ok_or(WriteError::Characters(Field::Number))?;
        self.put(Field::Number, head)?;
        let continued = format!("{tail}{digit}");
        if self.layout.span(Field::Optional).is_none_or(|s| continued.len() > s.len()) {
            return Err(WriteError::TooLong(Field::Number));
        }
        let text = if optional.is_empty() { continued } else { format!("{continued}<{optional}") };
        self.put(Field::Optional, &text)?;
        Ok(true)
    }

    fn put_check(&mut self, rule: &Rule, number_goes_on: bool) -> Result<(), WriteError> {
        let field = Field::CheckDigit(rule.check);
        let over: String = rule.over.iter().flat_map(|span| self.cells(*span)).collect();
        let digit = match rule.check {
            // Its digit stands at the end of its continuation.
            Check::Number if number_goes_on => '<',
            // An empty personal number may go without (9303-4, 4.2.2).
            Check::Optional if over.chars().all(|c| c == '<') => '<',
            _ => check_digit(over.chars()).ok_or(WriteError::Characters(field))?,
        };
        self.place(rule.digit, &digit.to_string());
        Ok(())
    }

    fn cells(&self, span: Span) -> impl Iterator<Item = char> {
        let line = self.lines.get(span.line);
        line.and_then(|line| line.get(span.start..span.end)).into_iter().flatten().copied()
    }
}

/// Text other than names: spaces and hyphens are written as fillers.
fn plain(field: Field, text: &str) -> Result<String, WriteError> {
    text.trim()
        .chars()
        .map(|c| match c {
            'A'..='Z' | '0'..='9' | '<' => Ok(c),
            ' ' | '-' | '/' => Ok('<'),
            _ => Err(WriteError::Characters(field)),
        })
        .collect()
}

fn required(field: Field, text: &str) -> Result<String, WriteError> {
    let text = plain(field, text)?;
    if text.chars().all(|c| c == '<') { Err(WriteError::Missing(field)) } else { Ok(text) }
}

fn words(field: Field, name: &str) -> Result<Vec<String>, WriteError> {
    let written = transliterate(name);
    if written.is_empty() && !name.trim().is_empty() {
        return Err(WriteError::Characters(field));
    }
    Ok(written.split(' ').filter(|word| !word.is_empty()).map(str::to_owned).collect())
}

/// Surname, two fillers, given names; where that is too long, shortened so that
/// at least the first given name's initial is there and the last position is a
/// letter, which tells the reader that something may be missing (9303-4, 4.2.3).
fn name_field(surname: &[String], given: &[String], room: usize) -> String {
    if given.is_empty() {
        return squeeze(surname, room);
    }
    let joined = surname.join("<");
    // Two fillers and an initial.
    let head =
        if joined.len() + 3 > room { squeeze(surname, room.saturating_sub(3)) } else { joined };
    let rest = room.saturating_sub(head.len() + 2);
    format!("{head}<<{}", squeeze(given, rest))
}

/// Words joined by fillers, cut to `room` so that the last position is a
/// letter: where the cut falls on a filler the longest word before it gives up
/// a letter.
fn squeeze(words: &[String], room: usize) -> String {
    let mut words = words.to_vec();
    loop {
        let mut joined = words.join("<");
        if joined.len() <= room {
            return joined;
        }
        joined.truncate(room);
        if !joined.ends_with('<') {
            return joined;
        }
        let before = joined.split('<').filter(|word| !word.is_empty()).count();
        let longest = words.iter_mut().take(before).max_by_key(|word| word.len());
        match longest.filter(|word| word.len() > 1) {
            Some(word) => drop(word.pop()),
            None => return joined.trim_end_matches('<').to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bonafide_context::Date;

    fn eriksson() -> Fields {
        Fields {
            document_code: "P".into(),
            issuer: "UTO".into(),
            number: "L898902C3".into(),
            nationality: "UTO".into(),
            birth: Date::new(1974, 8, 12).unwrap().into(),
            sex: Sex::Female,
            expiry: Some(Date::new(2012, 4, 15).unwrap().into()),
            surname: "Eriksson".into(),
            given_names: "Anna Maria".into(),
            optional: "ZE184226B".into(),
            optional_2: String::new(),
        }
    }

    #[test]
    fn the_specimens_of_doc_9303() {
        assert_eq!(
            write(Format::Td3, &eriksson()).unwrap(),
            [
                "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<",
                "L898902C36UTO7408122F1204159ZE184226B<<<<<10"
            ]
        );
        let card = Fields {
            document_code: "I".into(),
            number: "D23145890".into(),
            optional: String::new(),
            ..eriksson()
        };
        assert_eq!(
            write(Format::Td1, &card).unwrap(),
            [
                "I<UTOD231458907<<<<<<<<<<<<<<<",
                "7408122F1204159UTO<<<<<<<<<<<6",
                "ERIKSSON<<ANNA<MARIA<<<<<<<<<<"
            ]
        );
        assert_eq!(
            write(Format::Td2, &card).unwrap(),
            ["I<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<", "D231458907UTO7408122F1204159<<<<<<<6"]
        );
    }

    #[test]
    fn a_long_number_goes_on_in_the_optional_data() {
        let card = Fields {
            document_code: "I".into(),
            number: "D23145890734".into(),
            birth: Date::new(1934, 7, 12).unwrap().into(),
            expiry: Some(Date::new(1995, 7, 12).unwrap().into()),
            sex: Sex::Male,
            surname: "Stevenson".into(),
            given_names: "Peter John".into(),
            optional: String::new(),
            ..eriksson()
        };
        assert_eq!(
            write(Format::Td1, &card).unwrap(),
            [
                "I<UTOD23145890<7349<<<<<<<<<<<",
                "3407127M9507122UTO<<<<<<<<<<<2",
                "STEVENSON<<PETER<JOHN<<<<<<<<<"
            ]
        );
        let td3 = Fields { document_code: "P".into(), ..card };
        assert_eq!(write(Format::Td3, &td3), Err(WriteError::TooLong(Field::Number)));
    }

    #[test]
    fn names_are_truncated_as_doc_9303_shows() {
        let name = |surname: &str, given: &str| {
            let fields =
                Fields { surname: surname.into(), given_names: given.into(), ..eriksson() };
            write(Format::Td3, &fields).unwrap()[0].clone()
        };
        assert_eq!(
            name("Nilavadhanananda", "Chayapa Dejthamrong Krasuang"),
            "P<UTONILAVADHANANANDA<<CHAYAPA<DEJTHAMRONG<K"
        );
        assert_eq!(
            name("Bennelong Wooloomooloo Warrandyte Warnambool", "Dingo Potoroo"),
            "P<UTOBENNELONG<WOOLOOMOOLOO<WARRANDYTE<WA<<D"
        );
    }

    #[test]
    fn what_cannot_be_written_is_named() {
        let with = |change: fn(&mut Fields)| {
            let mut fields = eriksson();
            change(&mut fields);
            write(Format::Td3, &fields)
        };
        assert_eq!(with(|f| f.issuer = "UT0".into()), Err(WriteError::Characters(Field::Issuer)));
        assert_eq!(with(|f| f.number = String::new()), Err(WriteError::Missing(Field::Number)));
        assert_eq!(with(|f| f.surname = "李".into()), Err(WriteError::Characters(Field::Name)));
        assert_eq!(with(|f| f.optional_2 = "A".into()), Err(WriteError::NoPlace(Field::Optional2)));
        assert_eq!(
            with(|f| f.document_code = "PAS".into()),
            Err(WriteError::TooLong(Field::DocumentCode))
        );
    }

    #[test]
    fn debug_shows_nothing() {
        assert_eq!(format!("{:?}", eriksson()), "Fields { .. }");
    }
}
