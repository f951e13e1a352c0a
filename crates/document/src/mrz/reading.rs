//! What a recogniser makes of a line: characters with doubts.

use std::fmt;

/// One character as it was read.
#[derive(Clone, PartialEq)]
pub struct Cell {
    /// The likeliest character.
    pub best: char,
    /// Its probability, 0 to 1.
    pub confidence: f32,
    /// Other characters it may be, with their probabilities.
    pub alternatives: Vec<(char, f32)>,
}

impl Cell {
    /// A filler that was not read but put in.
    pub(super) fn filler() -> Self {
        Self { best: '<', confidence: 0.0, alternatives: Vec::new() }
    }

    /// Probability of `c` here, 0 if the recogniser did not name it.
    pub(super) fn probability(&self, c: char) -> f32 {
        if c == self.best {
            return self.confidence;
        }
        let named = self.alternatives.iter().filter(|(other, _)| *other == c);
        named.map(|(_, p)| *p).fold(0.0, f32::max)
    }
}

/// A line as it was read, left to right.
#[derive(Clone, PartialEq, Default)]
pub struct LineReading {
    /// Its characters.
    pub cells: Vec<Cell>,
}

impl LineReading {
    /// A line of which nothing but the text is known.
    pub fn from_text(text: &str) -> Self {
        let cell = |best| Cell { best, confidence: 1.0, alternatives: Vec::new() };
        Self { cells: text.chars().map(cell).collect() }
    }

    /// The same line in the characters of the zone: upper case, what recognisers
    /// write for the filler as `<`, no spaces. Probabilities that are no
    /// numbers count as none.
    pub(super) fn normalised(&self) -> Vec<Cell> {
        let sane = |p: f32| if p.is_finite() { p.clamp(0.0, 1.0) } else { 0.0 };
        let cell = |cell: &Cell| {
            let alternatives = cell.alternatives.iter();
            Some(Cell {
                best: normal(cell.best)?,
                confidence: sane(cell.confidence),
                alternatives: alternatives
                    .filter_map(|(c, p)| Some((normal(*c)?, sane(*p))))
                    .collect(),
            })
        };
        self.cells.iter().filter_map(cell).collect()
    }
}

/// Personal values are not printed.
impl fmt::Debug for LineReading {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "LineReading({} cells)", self.cells.len())
    }
}

/// Personal values are not printed.
impl fmt::Debug for Cell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Cell").field("confidence", &self.confidence).finish_non_exhaustive()
    }
}

fn normal(c: char) -> Option<char> {
    match c {
        '«' | '‹' | '＜' | '〈' | 'Λ' | 'λ' | '≤' => Some('<'),
        _ if c.is_whitespace() => None,
        _ => {
            let mut upper = c.to_uppercase();
            // A letter whose capital is several (`ß`) is none of the zone's.
            if upper.len() == 1 { upper.next() } else { Some(c) }
        }
    }
}
