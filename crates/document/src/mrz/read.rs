//! Lines as a recogniser read them to a zone: find it, put it right as far as
//! check digits prove, and say how sure each field is.

use bonafide_context::Date;

use super::check::Check;
use super::fit::{Fit, fits};
use super::format::{Field, Format};
use super::parse::{Grid, Issue, Mrz, formats_of, interpret, verify};
use super::reading::{Cell, LineReading};
use super::repair::{
    Change, Sheet, apply, by_check_digits, by_class, doubtful_fillers, grid, in_doubt,
    name_padding, state_code,
};
use super::state::is_known_state;

/// What reading depends on beside the lines.
#[derive(Clone, Copy, Debug)]
pub struct Context {
    /// Today, for the centuries of two-digit years.
    pub today: Date,
}

/// A zone with what was done to read it.
#[derive(Clone, Debug)]
pub struct Reading {
    /// The zone.
    pub mrz: Mrz,
    /// Every position that is not as it was read.
    pub repairs: Vec<Repair>,
    /// Which of the given lines it is made of, in order.
    pub source: Vec<usize>,
    /// Fields whose check digits do not settle how they read: look-alikes were
    /// swapped or characters put in, or another reading, hardly less likely,
    /// satisfies the same digits. Ask another recogniser or the visual zone.
    pub wants_second_opinion: Vec<Field>,
}

impl Reading {
    /// Whether the zone is valid and its check digits settle how it reads. A
    /// zone that is valid but not settled wants a second opinion before anyone
    /// relies on it: with a wrong digit in print, a swap of look-alikes makes
    /// the digits hold in one case of a few.
    pub fn settled(&self) -> bool {
        self.mrz.valid() && self.wants_second_opinion.is_empty()
    }

    /// How far the check digits vouch for a field.
    pub fn proof(&self, field: Field) -> Proof {
        let layout = self.mrz.format.layout();
        let Some(span) = layout.span(field) else { return Proof::Unchecked };
        let over = |check: Check| {
            let rule = layout.checks.iter().find(|rule| rule.check == check);
            rule.is_some_and(|rule| {
                rule.over
                    .iter()
                    .any(|s| s.line == span.line && s.start <= span.start && span.end <= s.end)
            })
        };
        let mut checks = self.mrz.checks.iter().filter(|(check, _)| over(*check)).peekable();
        let repaired = self.repairs.iter().any(|repair| repair.field == Some(field));
        if checks.peek().is_none() {
            Proof::Unchecked
        } else if !checks.all(|(_, holds)| holds) {
            Proof::Failed
        } else if repaired {
            Proof::Repaired
        } else {
            Proof::Held
        }
    }
}

/// How far check digits vouch for a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Proof {
    /// Every digit over it holds, as it was read.
    Held,
    /// Every digit over it holds after a repair.
    Repaired,
    /// No digit covers it: it was merely read.
    Unchecked,
    /// A digit over it does not hold.
    Failed,
}

/// A position that is not as it was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Repair {
    /// Line, from 0.
    pub line: usize,
    /// Column, from 0.
    pub column: usize,
    /// What stands there.
    pub field: Option<Field>,
    /// Why it was changed.
    pub kind: RepairKind,
}

/// Why a position was changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RepairKind {
    /// A digit stood where only letters may, or the reverse.
    Class,
    /// With this character every check digit holds.
    CheckDigit,
    /// Fillers were put in or taken out here, and every check digit holds; or
    /// the padding after a name was made as long as it must be.
    Length,
    /// A doubled character was put in or a surplus one taken out here, and every
    /// check digit holds.
    Guess,
    /// The code is the only one of a known state that it can be.
    State,
    /// A filler that was read as a letter, as the recogniser itself suspected.
    Padding,
}

/// Most lines that are considered, from the last: the zone stands at the foot.
const MOST_LINES: usize = 16;
/// Most lines between two lines of one zone.
const MOST_BETWEEN: usize = 2;
/// Most ways of fitting the lines of one zone that are looked at.
const MOST_FITS: usize = 400;

/// Finds the zone among `lines` (from the top; others may stand before, after
/// and between) and reads it; `None` if no lines look like a zone.
///
/// A zone whose check digits disagree is returned too: it is read, not valid.
pub fn read(lines: &[LineReading], context: &Context) -> Option<Reading> {
    let lines: Vec<(usize, Vec<Cell>)> = lines
        .iter()
        .map(LineReading::normalised)
        .enumerate()
        .filter(|(_, cells)| (8..=52).contains(&cells.len()))
        .collect();
    let lines = lines.get(lines.len().saturating_sub(MOST_LINES)..).unwrap_or_default();
    let mut candidates: Vec<Candidate> = Vec::new();
    for format in Format::ALL {
        for chosen in choices(lines.len(), format.lines()) {
            let picked: Vec<&(usize, Vec<Cell>)> =
                chosen.iter().filter_map(|i| lines.get(*i)).collect();
            candidates.extend(Candidate::best(format, &picked, context.today));
        }
    }
    candidates.sort_by_key(|candidate| std::cmp::Reverse(candidate.score));
    candidates.truncate(4);
    candidates
        .into_iter()
        .map(|candidate| candidate.finish(context.today))
        .reduce(|best, next| if rank(&next) > rank(&best) { next } else { best })
}

fn rank(reading: &Reading) -> (bool, usize) {
    let checks = reading.mrz.format.layout().checks.len().max(1);
    (reading.mrz.valid(), reading.mrz.checks.held() * 60 / checks)
}

/// Rising choices of `count` out of `lines`, with few left out between.
fn choices(lines: usize, count: usize) -> Vec<Vec<usize>> {
    let mut all: Vec<Vec<usize>> = (0..lines).map(|i| vec![i]).collect();
    for _ in 1..count {
        all = all
            .into_iter()
            .flat_map(|chosen| {
                let next = chosen.last().map_or(0, |last| last + 1);
                (next..lines.min(next + MOST_BETWEEN + 1))
                    .map(move |i| [chosen.as_slice(), &[i]].concat())
            })
            .collect();
    }
    all
}

/// Lines that may be a zone, fitted to the format and put right by class.
struct Candidate {
    format: Format,
    sheet: Sheet,
    repairs: Vec<Repair>,
    source: Vec<usize>,
    /// Whether the lines were read with the length they must have.
    length_known: bool,
    score: usize,
}

impl Candidate {
    /// The likeliest way to read these lines in this format, if any is likely.
    fn best(format: Format, lines: &[&(usize, Vec<Cell>)], today: Date) -> Option<Self> {
        let layout = format.layout();
        let mut ways: Vec<Vec<Fit>> = vec![Vec::new()];
        for (index, (_, cells)) in lines.iter().enumerate() {
            let fits = fits(layout, index, cells);
            ways = ways
                .iter()
                .flat_map(|way| {
                    fits.iter().map(move |fit| [way.as_slice(), std::slice::from_ref(fit)].concat())
                })
                .take(MOST_FITS)
                .collect();
        }
        let source: Vec<usize> = lines.iter().map(|(at, _)| *at).collect();
        let mut best: Option<Self> = None;
        let mut proved: Vec<(usize, Grid)> = Vec::new();
        for way in ways {
            let guesses = way.iter().filter(|fit| fit.guess).count();
            let Some(candidate) = Self::new(format, way, &source) else { continue };
            let text = grid(&candidate.sheet);
            if verify(layout, &text).all() && interpret(format, &text, today).valid() {
                proved.push((guesses, text));
            }
            if best.as_ref().is_none_or(|best| candidate.score > best.score) {
                best = Some(candidate);
            }
        }
        let mut best = best?;
        // Several different ways to the right length that all satisfy the check
        // digits prove none of them; a lost filler is likelier than a lost digit.
        let fewest = proved.iter().map(|(guesses, _)| *guesses).min();
        proved.retain(|(guesses, _)| Some(*guesses) == fewest);
        proved.dedup();
        let held = verify(layout, &grid(&best.sheet)).all();
        best.length_known |= held && proved.len() == 1;
        Some(best)
    }

    fn new(format: Format, way: Vec<Fit>, source: &[usize]) -> Option<Self> {
        let layout = format.layout();
        let length_known = way.iter().all(|fit| fit.harmless);
        let changed = way.iter().enumerate().filter_map(|(line, fit)| {
            let kind = if fit.guess { RepairKind::Guess } else { RepairKind::Length };
            let column = fit.changed?;
            Some(Repair { line, column, field: layout.field_at(line, column), kind })
        });
        let mut repairs: Vec<Repair> = changed.collect();
        let mut sheet: Sheet = way.into_iter().map(|fit| fit.cells).collect();
        let changes = by_class(layout, &sheet);
        let wrong_class = changes.len();
        apply(&mut sheet, &changes);
        note(&mut repairs, format, &changes, RepairKind::Class);
        let text = grid(&sheet);
        if !formats_of(&text).contains(&format) {
            return None;
        }
        let score = likeness(format, &text, wrong_class, repairs.len())?;
        Some(Self { format, sheet, repairs, source: source.to_vec(), length_known, score })
    }

    fn finish(mut self, today: Date) -> Reading {
        let layout = self.format.layout();
        let fillers = doubtful_fillers(layout, &self.sheet);
        apply(&mut self.sheet, &fillers);
        note(&mut self.repairs, self.format, &fillers, RepairKind::Padding);
        for (changes, kind) in [
            (state_code(layout, &self.sheet, Field::Issuer), RepairKind::State),
            (state_code(layout, &self.sheet, Field::Nationality), RepairKind::State),
            (name_padding(layout, &self.sheet), RepairKind::Padding),
        ] {
            apply(&mut self.sheet, &changes);
            note(&mut self.repairs, self.format, &changes, kind);
        }
        // With a guessed length there is too much freedom for swaps to prove anything.
        if self.length_known
            && let Some(changes) = by_check_digits(self.format, &self.sheet, today)
        {
            apply(&mut self.sheet, &changes);
            note(&mut self.repairs, self.format, &changes, RepairKind::CheckDigit);
        }
        let mut mrz = interpret(self.format, &grid(&self.sheet), today);
        if !self.length_known {
            mrz.issues.push(Issue::LineLength);
        }
        let checked =
            [Field::Number, Field::Birth, Field::Expiry, Field::Optional, Field::Optional2];
        let wants_second_opinion =
            checked.into_iter().filter(|field| self.is_unsettled(*field)).collect();
        Reading { mrz, repairs: self.repairs, source: self.source, wants_second_opinion }
    }

    fn is_unsettled(&self, field: Field) -> bool {
        let layout = self.format.layout();
        let Some(span) = layout.span(field) else { return false };
        let guessed = |repair: &Repair| match repair.kind {
            RepairKind::CheckDigit => repair.field == Some(field),
            RepairKind::Length => field == Field::Number && repair.field == Some(field),
            // Everything after the place has moved.
            RepairKind::Guess => repair.line == span.line && repair.column < span.end,
            RepairKind::Class | RepairKind::State | RepairKind::Padding => false,
        };
        self.repairs.iter().any(guessed) || in_doubt(layout, &self.sheet, field)
    }
}

fn note(repairs: &mut Vec<Repair>, format: Format, changes: &[Change], kind: RepairKind) {
    let layout = format.layout();
    repairs.extend(changes.iter().map(|change| Repair {
        line: change.line,
        column: change.column,
        field: layout.field_at(change.line, change.column),
        kind,
    }));
}

/// How much the lines look like a zone of the format, in points; `None` if they
/// do not look like one.
fn likeness(format: Format, text: &Grid, wrong_class: usize, repairs: usize) -> Option<usize> {
    let layout = format.layout();
    let checks = verify(layout, text);
    let get = |field: Field| -> String {
        let span = layout.span(field);
        let cells = span.and_then(|s| text.get(s.line)?.get(s.start..s.end));
        cells.unwrap_or_default().iter().collect()
    };
    let state = is_known_state(get(Field::Issuer).trim_end_matches('<'));
    let code = matches!(get(Field::DocumentCode).chars().next(), Some('P' | 'V' | 'I' | 'A' | 'C'));
    let digits = |field| get(field).chars().filter(char::is_ascii_digit).count();
    let dates = digits(Field::Birth) + digits(Field::Expiry);
    let cells = text.iter().map(Vec::len).sum::<usize>().max(1);
    let admitted = text.iter().enumerate().flat_map(|(line, cells)| {
        cells.iter().enumerate().map(move |(column, c)| layout.class_at(line, column).admits(*c))
    });
    let alien = admitted.filter(|admitted| !admitted).count();
    let fillers = text.iter().flatten().filter(|c| **c == '<').count();
    let held = checks.held();
    // Any of three strong signs: digits that hold, or the looks of a zone.
    let looks = state && code && dates >= 4 && fillers * 12 >= cells;
    let plausible = alien * 8 <= cells
        && wrong_class * 4 <= cells
        && (looks || (held >= 2 && fillers > 2 && (state || code)));
    let score = 1_000
        + 400 * held / layout.checks.len().max(1)
        + 100 * usize::from(checks.all())
        + 20 * usize::from(state)
        + 20 * usize::from(code);
    plausible.then(|| score.saturating_sub(3 * (repairs + alien)))
}

#[cfg(test)]
mod tests;
