//! Characters put right: by the class of their position, by check digits, by
//! the list of states, and by the way a name is padded.

use bonafide_context::Date;

use super::check::Check;
use super::format::{Class, Field, Format, Layout, Span};
use super::parse::{Grid, interpret, verify};
use super::reading::Cell;
use super::state::is_known_state;

/// A zone as cells of the format's shape.
pub(super) type Sheet = Vec<Vec<Cell>>;

/// A character to put at a position, with the cost of doing so: how much less
/// likely it is than what was read, in nats.
#[derive(Clone, Copy)]
pub(super) struct Change {
    pub(super) line: usize,
    pub(super) column: usize,
    pub(super) to: char,
    cost: f32,
    /// Whether the recogniser itself thought of it.
    named: bool,
}

/// Probability of a look-alike that the recogniser did not name.
const LOOK_ALIKE: f32 = 0.02;
/// A character that the recogniser thought less likely than this is not tried.
const UNLIKELY: f32 = 0.005;
/// Where the recogniser was as sure as this only what it named is tried.
const SURE: f32 = 0.95;
/// Most characters changed in one field.
const MOST_CHANGES: usize = 3;
/// Two repairs whose costs differ by less than this are in doubt.
const MARGIN: f32 = 1.0;
/// Most repairs of one field that are tried together with those of others.
const MOST_VARIANTS: usize = 8;
/// Another reading at least this likely, in nats below the first, casts doubt.
const DOUBT: f32 = 3.0;

/// The best characters.
pub(super) fn grid(sheet: &Sheet) -> Grid {
    sheet.iter().map(|line| line.iter().map(|cell| cell.best).collect()).collect()
}

/// Letters where digits must be and the reverse, told by the position alone.
pub(super) fn by_class(layout: &Layout, sheet: &Sheet) -> Vec<Change> {
    let mut changes = Vec::new();
    for (line, cells) in sheet.iter().enumerate() {
        for (column, cell) in cells.iter().enumerate() {
            let class = layout.class_at(line, column);
            if class.admits(cell.best) {
                continue;
            }
            let named =
                cell.alternatives.iter().filter(|(c, p)| class.admits(*c) && *p >= UNLIKELY);
            let named = named.max_by(|a, b| a.1.total_cmp(&b.1)).map(|(c, _)| *c);
            if let Some(to) = named.or_else(|| counterpart(cell.best, class)) {
                changes.push(Change { line, column, to, cost: 0.0, named: true });
            }
        }
    }
    changes
}

/// Puts changes into the sheet; what was there stays as an alternative.
pub(super) fn apply(sheet: &mut Sheet, changes: &[Change]) {
    for change in changes {
        let cell = sheet.get_mut(change.line).and_then(|line| line.get_mut(change.column));
        if let Some(cell) = cell {
            let confidence = cell.probability(change.to);
            let before = std::mem::replace(&mut cell.best, change.to);
            cell.alternatives.push((before, cell.confidence));
            cell.confidence = confidence;
        }
    }
}

/// Look-alikes and second choices that make every check digit hold, if there is
/// one clearly likeliest way; `None` if there is none.
pub(super) fn by_check_digits(format: Format, sheet: &Sheet, today: Date) -> Option<Vec<Change>> {
    let layout = format.layout();
    let mut start = grid(sheet);
    let checks = verify(layout, &start);
    let failing: Vec<Check> = checks.iter().filter(|(_, holds)| !holds).map(|(c, _)| c).collect();
    let fields: Vec<Check> = failing.iter().copied().filter(|c| *c != Check::Composite).collect();
    if failing.is_empty() {
        return None;
    }
    // What no digit of its own covers may be wrong too if the composite fails.
    let mut free: Vec<Vec<Change>> = vec![Vec::new()];
    if failing.contains(&Check::Composite) {
        let spans = uncovered(layout);
        free.extend(options(layout, sheet, &spans).into_iter().map(|change| vec![change]));
    }
    let mut ways: Vec<Vec<Change>> = vec![Vec::new()];
    for check in &fields {
        let variants = variants(layout, sheet, *check);
        ways = ways
            .iter()
            .flat_map(|way| variants.iter().map(move |more| [way.as_slice(), more].concat()))
            .collect();
    }
    let mut found: Vec<Vec<Change>> = Vec::new();
    let mut untouched = 0;
    for extra in &free {
        // The unchanged remainder comes first: what is not needed is not touched.
        if !extra.is_empty() && untouched > 0 {
            break;
        }
        for way in &ways {
            let changes = [way.as_slice(), extra].concat();
            if changes.is_empty() || changes.iter().filter(|c| !c.named).count() > 1 {
                continue;
            }
            let undo = put(&mut start, &changes);
            if verify(layout, &start).all() && interpret(format, &start, today).valid() {
                found.push(changes);
            }
            restore(&mut start, undo);
        }
        untouched += usize::from(extra.is_empty()) * found.len();
    }
    found.sort_by(|a, b| total(a).total_cmp(&total(b)));
    match found.as_slice() {
        [] => None,
        [best, next, ..] if total(next) - total(best) < MARGIN => None,
        [best, ..] => Some(best.clone()),
    }
}

/// Whether other readings of a field's characters, hardly less likely, satisfy
/// its check digits as well: two errors can cancel (`25` for `ZS`), and some
/// look-alikes have the same value (`G` and `6`).
pub(super) fn in_doubt(layout: &Layout, sheet: &Sheet, field: Field) -> bool {
    let Some(span) = layout.span(field) else { return false };
    let mut start = grid(sheet);
    let held = verify(layout, &start);
    let mut likely = options(layout, sheet, &[span]);
    likely.retain(|change| change.cost < DOUBT);
    combinations(&likely, 2).into_iter().filter(|changes| total(changes) < DOUBT).any(|changes| {
        let undo = put(&mut start, &changes);
        let same = verify(layout, &start) == held;
        restore(&mut start, undo);
        same
    })
}

/// A state code that is not in the list, made one that is, if the doubts of the
/// recogniser or a look-alike lead to exactly one.
pub(super) fn state_code(layout: &Layout, sheet: &Sheet, field: Field) -> Vec<Change> {
    let Some(span) = layout.span(field) else { return Vec::new() };
    let mut start = grid(sheet);
    let known = |grid: &Grid| {
        let text: String = grid
            .get(span.line)
            .and_then(|l| l.get(span.start..span.end))
            .into_iter()
            .flatten()
            .collect();
        is_known_state(text.trim_end_matches('<'))
    };
    if known(&start) {
        return Vec::new();
    }
    let mut found: Vec<Vec<Change>> = Vec::new();
    for changes in combinations(&options(layout, sheet, &[span]), 2) {
        let undo = put(&mut start, &changes);
        if known(&start) {
            found.push(changes);
        }
        restore(&mut start, undo);
    }
    found.sort_by(|a, b| total(a).total_cmp(&total(b)));
    match found.as_slice() {
        [best, next, ..] if total(next) - total(best) >= MARGIN => best.clone(),
        [best] => best.clone(),
        _ => Vec::new(),
    }
}

/// Fillers after the given names that were read as letters.
///
/// Names have no check digit, so nothing is taken away without solid evidence:
/// a single letter that stands where no name can be (after the padding began),
/// fillers around it; or letters that the recogniser itself thought may well
/// be fillers.
pub(super) fn name_padding(layout: &Layout, sheet: &Sheet) -> Vec<Change> {
    let field =
        if layout.span(Field::GivenNames).is_some() { Field::GivenNames } else { Field::Name };
    let Some(span) = layout.span(field) else { return Vec::new() };
    let Some(cells) = sheet.get(span.line).and_then(|line| line.get(span.start..span.end)) else {
        return Vec::new();
    };
    let french = field == Field::GivenNames;
    let mut padding = false;
    let mut surname_ended = french;
    // The columns of the name's words, the last of which may have a wrong end.
    let mut kept: Vec<std::ops::Range<usize>> = Vec::new();
    let mut cleared: Vec<usize> = Vec::new();
    let mut at = 0;
    let mut before = 0;
    for run in cells.chunk_by(|a, b| (a.best == '<') == (b.best == '<')) {
        let columns = at..at + run.len();
        at = columns.end;
        if run.iter().all(|cell| cell.best == '<') {
            // A French card parts given names by two fillers.
            padding |= surname_ended && !kept.is_empty() && run.len() >= if french { 3 } else { 2 };
            if run.len() >= 2 && !surname_ended {
                surname_ended = true;
                kept.clear();
            }
            before = run.len();
            continue;
        }
        let after = cells.iter().skip(at).take_while(|cell| cell.best == '<').count();
        let lone = before >= 3
            && (after >= 2 || at == cells.len())
            && matches!(run, [cell] if JUNK.contains(cell.best));
        if padding && (lone || run.iter().all(may_be_filler)) {
            cleared.extend(columns);
        } else {
            kept.push(columns);
        }
    }
    if let (true, Some(word)) = (surname_ended, kept.last()) {
        let cells = cells.get(word.clone()).unwrap_or_default();
        let unsure = cells.iter().rev().take_while(|cell| may_be_filler(cell)).count();
        // One letter at least stays of the only given name.
        let unsure = if kept.len() == 1 { unsure.min(cells.len() - 1) } else { unsure };
        let followed = word.end < span.len();
        cleared.extend((word.end - unsure..word.end).filter(|_| followed));
    }
    let change = |column| Change {
        line: span.line,
        column: span.start + column,
        to: '<',
        cost: 0.0,
        named: true,
    };
    cleared.into_iter().map(change).collect()
}

/// Single letters that the recogniser thought may well be fillers, where a
/// filler is what stands there nearly always: the second character of the
/// document code, the inside of padding in optional data, and one of the two
/// fillers between the names if there is only one. `K` counts like `<` in check
/// digits, so these often cannot tell.
pub(super) fn doubtful_fillers(layout: &Layout, sheet: &Sheet) -> Vec<Change> {
    let cell = |line: usize, column: usize| sheet.get(line).and_then(|cells| cells.get(column));
    let filler = |line, column| cell(line, column).is_some_and(|cell| cell.best == '<');
    let doubtful = |line, column| {
        cell(line, column).is_some_and(|c| JUNK.contains(c.best) && may_be_filler(c))
    };
    let to_filler = |line, column| Change { line, column, to: '<', cost: 0.0, named: true };
    let mut start = grid(sheet);
    let held = verify(layout, &start).held();
    let mut found = Vec::new();
    for (field, span) in layout.spans {
        let columns = (span.start..span.end).filter(|column| doubtful(span.line, *column));
        let beside = |column: usize| {
            let before = column > span.start && filler(span.line, column - 1);
            let after = column + 1 < span.end && filler(span.line, column + 1);
            (before, after)
        };
        let changes: Vec<Change> = match field {
            Field::DocumentCode => {
                columns.filter(|c| *c > 0).map(|c| to_filler(span.line, c)).collect()
            }
            Field::Optional | Field::Optional2 => columns
                .filter(|column| beside(*column).0 && (beside(*column).1 || column + 1 == span.end))
                .map(|column| to_filler(span.line, column))
                .collect(),
            Field::Name if layout.span(Field::GivenNames).is_none() => {
                let text: String = (span.start..span.end)
                    .filter_map(|column| cell(span.line, column).map(|cell| cell.best))
                    .collect();
                let parted = text.trim_matches('<').contains("<<");
                let mut ends = columns.filter(|column| {
                    *column > span.start && {
                        let (before, after) = beside(*column);
                        let letter_after = !filler(span.line, column + 2);
                        (before && !after) || (after && !before && letter_after)
                    }
                });
                match (parted, ends.next(), ends.next()) {
                    (false, Some(column), None) => vec![to_filler(span.line, column)],
                    _ => Vec::new(),
                }
            }
            _ => Vec::new(),
        };
        for change in changes {
            let undo = put(&mut start, &[change]);
            if verify(layout, &start).held() < held {
                restore(&mut start, undo);
            } else {
                found.push(change);
            }
        }
    }
    found
}

/// Whether the recogniser itself thought that this may well be a filler.
fn may_be_filler(cell: &Cell) -> bool {
    cell.probability('<') >= 0.2 * cell.confidence.max(0.1)
}

/// What a filler looks like to a recogniser.
const JUNK: &str = "CKALESXGR";

/// Ways to change the span of a check digit so that it holds, cheapest first.
fn variants(layout: &Layout, sheet: &Sheet, check: Check) -> Vec<Vec<Change>> {
    let Some(rule) = layout.checks.iter().find(|rule| rule.check == check) else {
        return Vec::new();
    };
    let mut spans: Vec<Span> = rule.over.to_vec();
    spans.push(rule.digit);
    let mut start = grid(sheet);
    let mut cheapest = options(layout, sheet, &spans);
    cheapest.sort_by(|a, b| a.cost.total_cmp(&b.cost));
    cheapest.truncate(28);
    let mut found = Vec::new();
    for changes in combinations(&cheapest, MOST_CHANGES) {
        let undo = put(&mut start, &changes);
        if verify(layout, &start).get(check) == Some(true) {
            found.push(changes);
        }
        restore(&mut start, undo);
    }
    found.sort_by(|a, b| total(a).total_cmp(&total(b)));
    found.truncate(MOST_VARIANTS);
    found
}

/// Spans that only the composite digit covers, and that digit itself.
fn uncovered(layout: &Layout) -> Vec<Span> {
    let own = |field: &Field| {
        layout
            .checks
            .iter()
            .filter(|rule| rule.check != Check::Composite)
            .any(|rule| layout.span(*field).is_some_and(|span| rule.over.contains(&span)))
    };
    let optional = [Field::Optional, Field::Optional2].into_iter().filter(|f| !own(f));
    optional
        .chain([Field::CheckDigit(Check::Composite)])
        .filter_map(|field| layout.span(field))
        .collect()
}

/// Every other character that may stand in these spans.
fn options(layout: &Layout, sheet: &Sheet, spans: &[Span]) -> Vec<Change> {
    // From bare text nothing is known about doubts.
    let blind = sheet.iter().flatten().all(|cell| cell.confidence <= 0.0 || cell.confidence >= 1.0);
    let mut found = Vec::new();
    for span in spans {
        let cells = sheet.get(span.line).and_then(|line| line.get(span.start..span.end));
        for (i, cell) in cells.into_iter().flatten().enumerate() {
            let column = span.start + i;
            let class = layout.class_at(span.line, column);
            let named = cell.alternatives.iter().filter(|(_, p)| *p >= UNLIKELY).map(|(c, _)| *c);
            let mut others: Vec<char> = named.collect();
            others.extend(look_alikes(cell.best, class, cell.confidence));
            others.sort_unstable();
            others.dedup();
            for to in others {
                if to == cell.best || !class.admits(to) {
                    continue;
                }
                let likely = cell.probability(to);
                let named = likely >= UNLIKELY;
                if !named && cell.confidence >= SURE && !blind {
                    continue;
                }
                let likely = if named { likely } else { LOOK_ALIKE };
                let cost = (cell.confidence.max(UNLIKELY) / likely).ln().max(0.0);
                found.push(Change { line: span.line, column, to, cost, named });
            }
        }
    }
    found
}

/// Choices of one to `most` changes at different positions.
fn combinations(changes: &[Change], most: usize) -> Vec<Vec<Change>> {
    let mut all: Vec<Vec<Change>> = Vec::new();
    let mut longest: Vec<(usize, Vec<Change>)> = vec![(0, Vec::new())];
    for _ in 0..most {
        let mut longer = Vec::new();
        for (next, chosen) in &longest {
            for (i, change) in changes.iter().enumerate().skip(*next) {
                let taken = |c: &Change| (c.line, c.column) == (change.line, change.column);
                // One look-alike nobody thought of is a guess, two prove nothing.
                let guesses = chosen.iter().chain([change]).filter(|c| !c.named).count();
                if guesses <= 1 && !chosen.iter().any(taken) {
                    longer.push((i + 1, [chosen.as_slice(), &[*change]].concat()));
                }
            }
        }
        all.extend(longer.iter().map(|(_, chosen)| chosen.clone()));
        longest = longer;
    }
    all
}

fn total(changes: &[Change]) -> f32 {
    changes.iter().map(|change| change.cost).sum()
}

fn put(grid: &mut Grid, changes: &[Change]) -> Vec<(usize, usize, char)> {
    let mut undo = Vec::with_capacity(changes.len());
    for change in changes {
        if let Some(cell) = grid.get_mut(change.line).and_then(|l| l.get_mut(change.column)) {
            undo.push((change.line, change.column, std::mem::replace(cell, change.to)));
        }
    }
    undo
}

fn restore(grid: &mut Grid, undo: Vec<(usize, usize, char)>) {
    for (line, column, c) in undo.into_iter().rev() {
        if let Some(cell) = grid.get_mut(line).and_then(|l| l.get_mut(column)) {
            *cell = c;
        }
    }
}

/// The character of a class that looks like `c`.
fn counterpart(c: char, class: Class) -> Option<char> {
    let pairs: &[(&str, char)] = match class {
        Class::Digit => {
            &[("OQD", '0'), ("IL", '1'), ("Z", '2'), ("A", '4'), ("S", '5'), ("G", '6'), ("B", '8')]
        }
        Class::Letter => {
            &[("0", 'O'), ("1", 'I'), ("2", 'Z'), ("4", 'A'), ("5", 'S'), ("6", 'G'), ("8", 'B')]
        }
        Class::Sex => &[("KCL", '<')],
        Class::Any => &[],
    };
    pairs.iter().find(|(from, _)| from.contains(c)).map(|(_, to)| *to)
}

/// Characters that a recogniser confuses with `c` even when it is sure.
fn look_alikes(c: char, class: Class, confidence: f32) -> Vec<char> {
    let pairs: &[&str] = match class {
        Class::Any => &["O0", "Q0", "D0", "I1", "Z2", "S5", "B8", "G6"],
        Class::Letter if confidence < 0.9 => &["OQD", "IL", "CG", "UV", "EF", "<K", "<C", "BRP"],
        Class::Letter | Class::Digit | Class::Sex => &[],
    };
    pairs.iter().filter(|pair| pair.contains(c)).flat_map(|pair| pair.chars()).collect()
}
