//! Lines to fields.

use std::fmt;

use bonafide_context::Date;
use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

use super::check::{Check, check_digit};
use super::date::PartialDate;
use super::format::{Field, Format, Layout, Span};
use super::state::is_known_state;
use super::write::Sex;

/// A machine-readable zone that was read, whether or not its check digits hold.
///
/// Serialised as `{"format", "lines", "valid", "checks"}`; the other values
/// reach an answer through its fields.
#[derive(Clone, PartialEq, Eq)]
pub struct Mrz {
    /// The layout.
    pub format: Format,
    /// The lines, each as wide as the format says.
    pub lines: Vec<String>,
    /// One or two characters, without fillers.
    pub document_code: String,
    /// Issuing state or organisation, without fillers.
    pub issuer: String,
    /// Document number; inner fillers (a space or hyphen in print) as spaces.
    pub number: String,
    /// Nationality without fillers; empty on the French card, which has none.
    pub nationality: String,
    /// Date of birth; `None` if the zone holds something else than a date.
    pub birth: Option<PartialDate>,
    /// Sex.
    pub sex: Sex,
    /// Date of expiry; `None` if there is none or it is not a date.
    pub expiry: Option<PartialDate>,
    /// Optional data without what a long document number takes of it; inner
    /// fillers as spaces.
    pub optional: String,
    /// Second optional data of TD1; office of issue of the French card.
    pub optional_2: String,
    /// Primary identifier, words parted by spaces.
    pub surname: String,
    /// Secondary identifier, words parted by spaces.
    pub given_names: String,
    /// The name fills its place to the last position, so that part of it may
    /// have been cut off (9303-4, 4.2.3).
    pub name_may_be_truncated: bool,
    /// Every check digit of the format and whether it holds.
    pub checks: Checks,
    /// What contradicts the format. With any of these the zone is not valid.
    pub issues: Vec<Issue>,
    /// What is odd without contradicting the format.
    pub warnings: Vec<Warning>,
}

impl Mrz {
    /// Whether every check digit of the format holds and nothing contradicts
    /// the format. It says nothing about expiry.
    pub fn valid(&self) -> bool {
        self.checks.all() && self.issues.is_empty()
    }

    /// Whether the date of expiry lies before `today`; `None` if there is none.
    pub fn expired(&self, today: Date) -> Option<bool> {
        Some(self.expiry?.full()? < today)
    }
}

/// Personal values are not printed.
impl fmt::Debug for Mrz {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mrz")
            .field("format", &self.format)
            .field("checks", &self.checks)
            .field("issues", &self.issues)
            .field("warnings", &self.warnings)
            .finish_non_exhaustive()
    }
}

impl Serialize for Mrz {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(4))?;
        map.serialize_entry("format", self.format.name())?;
        map.serialize_entry("lines", &self.lines)?;
        map.serialize_entry("valid", &self.valid())?;
        map.serialize_entry("checks", &self.checks)?;
        map.end()
    }
}

/// The check digits of a zone and whether each holds, in the order of the
/// format. Serialised as an object of booleans.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checks(Vec<(Check, bool)>);

impl Checks {
    /// Whether every check digit holds.
    pub fn all(&self) -> bool {
        !self.0.is_empty() && self.0.iter().all(|(_, holds)| *holds)
    }

    /// Whether this one holds; `None` if the format does not have it.
    pub fn get(&self, check: Check) -> Option<bool> {
        self.0.iter().find(|(c, _)| *c == check).map(|(_, holds)| *holds)
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = (Check, bool)> {
        self.0.iter().copied()
    }

    /// How many hold.
    pub(super) fn held(&self) -> usize {
        self.0.iter().filter(|(_, holds)| *holds).count()
    }
}

impl Serialize for Checks {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.iter().map(|(check, holds)| (check.name(), holds)))
    }
}

/// What makes a zone invalid beside its check digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Issue {
    /// The document code is not one of the format's.
    DocumentCode,
    /// A field holds characters that it cannot have.
    Characters(Field),
    /// A date that the calendar does not have, or is not complete where it must.
    Date(Field),
    /// A field that must be there is empty.
    Missing(Field),
    /// A line was read with another length than the format's, and the check
    /// digits do not prove where the difference lies.
    LineLength,
}

/// What is odd about a zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Warning {
    /// The issuer or nationality is not in the list of Doc 9303-3.
    UnknownState(Field),
    /// More than one pair of fillers parts the name.
    NameSeparators,
    /// The zone states no date of expiry, though its format has a place for it.
    NoExpiry,
}

/// Why lines cannot be read as a zone at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ParseError {
    /// No format has this number of lines of this length.
    #[error("give two lines of 44 or 36 characters, or three of 30")]
    Shape,
}

/// Reads exact lines, taking the format from their number, their length and the
/// document code.
pub fn parse<S: AsRef<str>>(lines: &[S], today: Date) -> Result<Mrz, ParseError> {
    let grid: Grid = lines.iter().map(|line| line.as_ref().chars().collect()).collect();
    let formats = formats_of(&grid);
    formats
        .into_iter()
        .map(|format| interpret(format, &grid, today))
        .reduce(|best, next| if rank(&next) > rank(&best) { next } else { best })
        .ok_or(ParseError::Shape)
}

fn rank(mrz: &Mrz) -> (bool, usize) {
    (mrz.valid(), mrz.checks.held() * 4 / mrz.format.layout().checks.len().max(1))
}

/// A zone as cells: lines of characters.
pub(super) type Grid = Vec<Vec<char>>;

/// The formats that lines of this shape and document code may be, the likelier
/// first.
pub(super) fn formats_of(grid: &Grid) -> Vec<Format> {
    let shaped =
        |f: &Format| grid.len() == f.lines() && grid.iter().all(|line| line.len() == f.width());
    let first = |n: usize| grid.first().and_then(|line| line.get(n)).copied();
    let visa = first(0) == Some('V');
    let french = (0..5).map_while(first).eq("IDFRA".chars());
    Format::ALL
        .into_iter()
        .filter(shaped)
        .filter(|format| match format {
            Format::MrvA | Format::MrvB => visa,
            Format::Td2 | Format::Td3 => !visa,
            Format::FrenchId => french,
            Format::Td1 => true,
        })
        .collect()
}

/// Which check digits hold.
pub(super) fn verify(layout: &Layout, grid: &Grid) -> Checks {
    let held = layout.checks.iter().map(|rule| {
        let digit = cells(grid, rule.digit).next();
        let over = || rule.over.iter().flat_map(|span| cells(grid, *span));
        let holds = match (rule.check, digit) {
            (Check::Number, Some('<')) if layout.long_numbers => {
                long_number(layout, grid).is_some_and(|long| long.holds)
            }
            (Check::Optional, Some('<')) => over().all(|c| c == '<'),
            (_, Some(digit)) => check_digit(over()) == Some(digit),
            (_, None) => false,
        };
        (rule.check, holds)
    });
    Checks(held.collect())
}

/// A document number that goes on in the optional data.
struct LongNumber {
    text: String,
    holds: bool,
    /// Characters it takes of the optional data, with check digit and filler.
    taken: usize,
}

/// Reads nine characters, a filler, the rest, its check digit and a filler.
///
/// Doc 9303 computes the digit over the number without the filler between;
/// Belgian cards of 2003 to 2020 included it. Either is taken.
fn long_number(layout: &Layout, grid: &Grid) -> Option<LongNumber> {
    let head: String = cells(grid, layout.span(Field::Number)?).collect();
    let rest: Vec<char> =
        cells(grid, layout.span(Field::Optional)?).take_while(|c| *c != '<').collect();
    let (digit, tail) = rest.split_last()?;
    if tail.is_empty() {
        return None;
    }
    let tail_text = || tail.iter().copied();
    let plain = check_digit(head.chars().chain(tail_text()));
    let belgian = check_digit(head.chars().chain(['<']).chain(tail_text()));
    let holds = digit.is_ascii_digit() && [plain, belgian].contains(&Some(*digit));
    Some(LongNumber { text: head.chars().chain(tail_text()).collect(), holds, taken: rest.len() })
}

fn cells(grid: &Grid, span: Span) -> impl Iterator<Item = char> {
    let line = grid.get(span.line).and_then(|line| line.get(span.start..span.end));
    line.into_iter().flatten().copied()
}

/// Reads a grid of the format's shape.
pub(super) fn interpret(format: Format, grid: &Grid, today: Date) -> Mrz {
    let layout = format.layout();
    let raw = |field: Field| -> String {
        layout.span(field).into_iter().flat_map(|span| cells(grid, span)).collect()
    };
    let mut issues = characters(layout, grid);
    let mut warnings = Vec::new();

    let document_code = spaced(&raw(Field::DocumentCode));
    if !has_code_of(format, &document_code) {
        issues.push(Issue::DocumentCode);
    }
    let mut state = |field: Field| {
        let code = raw(field).trim_end_matches('<').to_owned();
        if layout.span(field).is_some() {
            if code.is_empty() {
                issues.push(Issue::Missing(field));
            } else if code.contains('<') {
                issues.push(Issue::Characters(field));
            } else if !is_known_state(&code) {
                warnings.push(Warning::UnknownState(field));
            }
        }
        code
    };
    let issuer = state(Field::Issuer);
    let nationality = state(Field::Nationality);

    let mut number = raw(Field::Number);
    let mut optional = raw(Field::Optional);
    let digit = layout.span(Field::CheckDigit(Check::Number)).and_then(|s| cells(grid, s).next());
    if layout.long_numbers
        && digit == Some('<')
        && let Some(long) = long_number(layout, grid)
    {
        number = long.text;
        optional = optional.chars().skip(long.taken).collect();
    }
    let number = spaced(&number);
    if number.is_empty() {
        issues.push(Issue::Missing(Field::Number));
    }

    let expiry = read_expiry(format, &raw(Field::Expiry), today, &mut issues, &mut warnings);
    let birth =
        PartialDate::birth(&raw(Field::Birth), today, expiry.and_then(PartialDate::full)).ok();
    if birth.is_none() {
        issues.push(Issue::Date(Field::Birth));
    }

    let name = raw(Field::Name);
    let given = layout.span(Field::GivenNames).map(|_| raw(Field::GivenNames));
    let name_may_be_truncated = [Some(&name), given.as_ref()]
        .into_iter()
        .flatten()
        .any(|text| text.chars().next_back().is_some_and(|last| last != '<'));
    let (surname, given_names) = match &given {
        Some(given) => (spaced(&name), spaced(given)),
        None => split_name(&name, &mut warnings),
    };
    if surname.is_empty() && given_names.is_empty() {
        issues.push(Issue::Missing(Field::Name));
    }

    Mrz {
        format,
        lines: grid.iter().map(String::from_iter).collect(),
        document_code,
        issuer,
        number,
        nationality,
        birth,
        sex: match raw(Field::Sex).as_str() {
            "M" => Sex::Male,
            "F" => Sex::Female,
            _ => Sex::Unspecified,
        },
        expiry,
        optional: spaced(&optional),
        optional_2: spaced(&raw(Field::Optional2)),
        surname,
        given_names,
        name_may_be_truncated,
        checks: verify(layout, grid),
        issues,
        warnings,
    }
}

/// Fields with characters of the wrong class, each once.
fn characters(layout: &Layout, grid: &Grid) -> Vec<Issue> {
    let mut issues = Vec::new();
    for (line, cells) in grid.iter().enumerate() {
        for (column, c) in cells.iter().enumerate() {
            let field = layout.field_at(line, column);
            if let Some(field) = field.filter(|_| !layout.class_at(line, column).admits(*c))
                && !issues.contains(&Issue::Characters(field))
            {
                issues.push(Issue::Characters(field));
            }
        }
    }
    issues
}

/// Doc 9303-4, -5, -6 and -7, document code.
fn has_code_of(format: Format, code: &str) -> bool {
    let first = code.chars().next();
    match format {
        Format::Td3 => first == Some('P'),
        Format::MrvA | Format::MrvB => first == Some('V'),
        Format::Td1 | Format::Td2 => matches!(first, Some('A' | 'C' | 'I')),
        Format::FrenchId => code == "ID",
    }
}

fn read_expiry(
    format: Format,
    text: &str,
    today: Date,
    issues: &mut Vec<Issue>,
    warnings: &mut Vec<Warning>,
) -> Option<PartialDate> {
    if text.is_empty() {
        return None;
    }
    // Some cards are issued for life; passports and visas never are.
    if matches!(format, Format::Td1 | Format::Td2) && text.chars().all(|c| c == '<') {
        warnings.push(Warning::NoExpiry);
        return None;
    }
    let date = PartialDate::expiry(text, today).ok();
    if date.and_then(PartialDate::full).is_none() {
        issues.push(Issue::Date(Field::Expiry));
    }
    date
}

/// Primary identifier, two fillers, secondary identifier.
fn split_name(name: &str, warnings: &mut Vec<Warning>) -> (String, String) {
    let (surname, given) = name.split_once("<<").unwrap_or((name, ""));
    if given.trim_matches('<').contains("<<") {
        warnings.push(Warning::NameSeparators);
    }
    (spaced(surname), spaced(given))
}

/// Runs of fillers as single spaces, none at the ends.
fn spaced(text: &str) -> String {
    text.split('<').filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
pub(super) mod tests;
