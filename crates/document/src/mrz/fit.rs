//! A line that is a little too short or too long, made as wide as its format.
//!
//! Recognisers lose and gain characters in runs, of fillers most of all. Where
//! the difference lies can only be guessed here; the caller keeps a guess only
//! if check digits then hold.

use super::format::{Field, Layout};
use super::reading::Cell;
use super::state::is_known_state;

/// One way to give a line its width.
#[derive(Clone)]
pub(super) struct Fit {
    pub(super) cells: Vec<Cell>,
    /// The first column that was put in or from which one was taken out; `None`
    /// if the line had its width.
    pub(super) changed: Option<usize>,
    /// Whether the guess needs no proof: only the padding after a name changed.
    pub(super) harmless: bool,
    /// Whether something else than a filler was put in or taken out.
    pub(super) guess: bool,
}

/// Most characters that a line with check digits may be short or long.
const MOST_DIFFERENT: usize = 2;

/// The ways to give `line` its width in the format, likeliest first; none if it
/// is too different.
pub(super) fn fits(layout: &Layout, index: usize, line: &[Cell]) -> Vec<Fit> {
    let width = layout.width;
    if line.len() == width {
        return vec![Fit { cells: line.to_vec(), changed: None, harmless: true, guess: false }];
    }
    let unchecked = !layout
        .checks
        .iter()
        .any(|rule| rule.over.iter().chain([&rule.digit]).any(|span| span.line == index));
    if unchecked {
        return name_line(layout, index, line).into_iter().collect();
    }
    if line.len().abs_diff(width) > MOST_DIFFERENT {
        return Vec::new();
    }
    let mut found: Vec<Fit> = Vec::new();
    let mut add = |cells: Vec<Cell>, at: usize, guess: bool| {
        let same = |fit: &Fit| fit.cells.iter().map(|c| c.best).eq(cells.iter().map(|c| c.best));
        if cells.len() == width && !found.iter().any(same) {
            found.push(Fit { cells, changed: Some(at), harmless: false, guess });
        }
    };
    if line.len() < width {
        let missing = width - line.len();
        for at in (0..=line.len()).rev() {
            let before = at.checked_sub(1).and_then(|before| line.get(before));
            let filler = is_filler(before) || is_filler(line.get(at));
            if filler || at == line.len() {
                add(inserted(line, at, &vec![Cell::filler(); missing]), at, false);
            }
            // A doubled character may have been read once.
            if missing == 1
                && let Some(cell) = line.get(at).filter(|cell| cell.best != '<')
            {
                add(inserted(line, at, &[Cell { confidence: 0.0, ..cell.clone() }]), at, true);
            }
        }
    } else {
        let surplus = line.len() - width;
        let mut starts: Vec<usize> = (0..=line.len() - surplus).collect();
        let doubt = |at: &usize| {
            let cut = line.get(*at..at + surplus).unwrap_or_default();
            cut.iter().map(|cell| if cell.best == '<' { 0.0 } else { cell.confidence }).sum::<f32>()
        };
        starts.sort_by(|a, b| doubt(a).total_cmp(&doubt(b)));
        for at in starts {
            let mut cells = line.to_vec();
            let guess = cells.drain(at..at + surplus).any(|cell| cell.best != '<');
            add(cells, at, guess);
        }
    }
    found.sort_by_key(|fit| fit.guess);
    found
}

/// A line without check digits: names. Only its padding can be corrected, and a
/// lost filler in the document code if the issuer then makes sense.
fn name_line(layout: &Layout, index: usize, line: &[Cell]) -> Option<Fit> {
    let width = layout.width;
    let mut cells = line.to_vec();
    let issuer = layout.span(Field::Issuer).filter(|span| span.line == index);
    let mut harmless = true;
    if let Some(span) = issuer {
        let code = |cells: &[Cell]| -> String {
            let at = cells.get(span.start..span.end).unwrap_or_default();
            at.iter().map(|cell| cell.best).collect::<String>().trim_end_matches('<').to_owned()
        };
        let with = inserted(&cells, 1, &[Cell::filler()]);
        if cells.len() < width && !is_known_state(&code(&cells)) && is_known_state(&code(&with)) {
            cells = with;
        }
    }
    let start = layout.span(Field::Name).filter(|s| s.line == index).map_or(0, |span| span.start);
    if cells.len() <= start + 2 {
        return None;
    }
    let changed = cells.len().min(width);
    if cells.len() > width {
        let surplus = cells.get(width..).unwrap_or_default();
        harmless = surplus.iter().all(|cell| cell.best == '<');
    } else if cells.len() < width {
        // Where the reading ends in a letter, part of the name may be missing.
        harmless = cells.iter().rev().take(2).all(|cell| cell.best == '<');
    }
    cells.resize(width, Cell::filler());
    Some(Fit { cells, changed: Some(changed), harmless, guess: false })
}

fn inserted(line: &[Cell], at: usize, cells: &[Cell]) -> Vec<Cell> {
    let (before, after) = line.split_at(at.min(line.len()));
    [before, cells, after].concat()
}

fn is_filler(cell: Option<&Cell>) -> bool {
    cell.is_some_and(|cell| cell.best == '<')
}
