//! Finding the machine-readable zone among the lines of a page, and reading
//! its characters.

use bonafide_context::Date;
use bonafide_media::{Picture, Quad};

use crate::DocumentError;
use crate::layout::{Extent, Frame, join_collinear, reach};
use crate::mrz::{Cell, Check, Context, Field, LineReading, Proof, read};
use crate::text::alphabet::{FILLER, SYMBOLS, symbol, twin};
use crate::text::crop::crop_line;
use crate::text::ctc::{FixedLine, Lattice, Slot};
use crate::text::recognize::{Reading, Recognizer};

/// A line of an MRZ is at least this many times longer than high, as the
/// detector draws it.
const MIN_ELONGATION: f32 = 8.0;
/// Most lines read as possible MRZ.
const MAX_CANDIDATES: usize = 14;
/// Lines in a zone and characters in each of them.
const SHAPES: [(usize, usize); 3] = [(3, 30), (2, 36), (2, 44)];
/// Blocks that are worth a look, the best first.
const MAX_BLOCKS: usize = 3;
/// A block whose lines fit worse than this (nats a line) is no zone.
const MAX_COST: f32 = 40.0;

/// A long line and what it says.
pub(crate) struct LongLine {
    pub(crate) quad: Quad,
    pub(crate) extent: Extent,
    pub(crate) reading: Reading,
    lattice: Lattice,
}

impl LongLine {
    /// Reads the line inside `quad`; `None` for a quad without a shape.
    pub(crate) fn read(
        recognizer: &Recognizer,
        picture: &Picture,
        quad: Quad,
        frame: &Frame,
    ) -> Result<Option<Self>, DocumentError> {
        let Some(line) = crop_line(picture, &quad, recognizer.mrz_stretch())? else {
            return Ok(None);
        };
        let (reading, steps) = recognizer.text_and_mrz(&line)?;
        let lattice = Lattice::new(steps);
        Ok(Some(Self { quad, extent: frame.extent(&quad), reading, lattice }))
    }

    /// The line as exactly `length` MRZ characters.
    fn fixed(&self, length: usize) -> Option<FixedLine> {
        self.lattice.line(length)
    }
}

/// The long lines of a page, longest first: what may be MRZ.
pub(crate) fn candidates(lines: &[Quad], frame: &Frame) -> Vec<Quad> {
    let mut long = join_collinear(lines, frame);
    long.retain(|quad| quad.width() >= MIN_ELONGATION * quad.height());
    long.sort_by(|a, b| b.width().total_cmp(&a.width()));
    long.truncate(MAX_CANDIDATES);
    long
}

/// A zone, where it is and how it reads.
#[derive(Clone)]
pub(crate) struct Zone {
    /// Its lines, from the top.
    pub(crate) lines: Vec<(Quad, FixedLine)>,
    /// What they say.
    pub(crate) reading: crate::mrz::Reading,
    /// How badly the lines fit, nats a line.
    cost: f32,
}

impl Zone {
    fn new(mut lines: Vec<(Quad, FixedLine)>, today: Date) -> Option<Self> {
        if let Some((_, first)) = lines.first_mut() {
            prefer_letter(first, 1);
        }
        let three = lines.len() == 3;
        if let Some((_, names)) = lines.get_mut(if three { 2 } else { 0 }) {
            fold_digits(names, if three { 0 } else { 2 });
        }
        let readings: Vec<LineReading> = lines.iter().map(|(_, line)| to_reading(line)).collect();
        let reading = read(&readings, &Context { today })?;
        let cost = lines.iter().map(|(_, line)| doubt(line)).sum::<f32>() / lines.len() as f32;
        (reading.source.len() == lines.len()).then_some(Self { lines, reading, cost })
    }

    /// Valid before invalid, then more check digits, then the better fit.
    pub(crate) fn rank(&self) -> (bool, i32, i32) {
        let held = self.reading.mrz.checks.iter().filter(|(_, holds)| *holds).count();
        let all = self.reading.mrz.checks.iter().count().max(1);
        (self.reading.mrz.valid(), (held * 12 / all) as i32, -(self.cost * 10.0) as i32)
    }

    /// Whether it is a zone at all, if not a valid one: some check digit holds
    /// over a field that is not empty, or it reads too well to be chance.
    fn plausible(&self) -> bool {
        let mrz = &self.reading.mrz;
        let held = |check| mrz.checks.get(check) == Some(true);
        let proved = held(Check::Birth) || held(Check::Expiry) || held(Check::Number);
        mrz.valid() || proved && self.cost < MAX_COST || self.cost < MAX_COST / 4.0
    }

    /// Whether it was read without doubt, be its check digits right or not.
    pub(crate) fn is_clear(&self) -> bool {
        self.reading.mrz.valid() || self.cost < MAX_COST / 8.0
    }

    /// The lines that want another reading: all if a check digit fails, else
    /// those with a field that no check digit settles.
    fn open_lines(&self) -> Vec<usize> {
        let mrz = &self.reading.mrz;
        if !mrz.valid() {
            return (0..self.lines.len()).collect();
        }
        let mut open: Vec<usize> = Vec::new();
        for (i, (_, line)) in self.lines.iter().enumerate() {
            let text: Vec<char> = mrz.lines.get(i).map(|l| l.chars().collect()).unwrap_or_default();
            let unsure = line.slots.iter().zip(&text).any(|(slot, c)| {
                either(slot, index_of(*c)) < if *c == '<' { SURE_FILLER } else { SURE }
            });
            if unsure && self.unproved_in(i) || line.slots.iter().any(is_blind) {
                open.push(i);
            }
        }
        if !self.reading.wants_second_opinion.is_empty() {
            return (0..self.lines.len()).collect();
        }
        open
    }

    /// Whether line `i` has a field that no check digit vouches for.
    fn unproved_in(&self, i: usize) -> bool {
        let names = match self.lines.len() {
            3 => 2,
            _ => 0,
        };
        let proof = |field| self.reading.proof(field);
        i == names && proof(Field::Name) != Proof::Held
            || i != names && proof(Field::Optional) == Proof::Unchecked
    }
}

/// A character of a field without check digit is sure from this probability.
const SURE: f32 = 0.85;
/// A filler is taken with less: what else stands after a name is noise.
const SURE_FILLER: f32 = 0.5;

/// Whether a check digit cannot tell the character from another that it may be:
/// the weights are odd and not 5, so two characters whose values differ by 10 or
/// 20 (`0`, `A`, `K`, `U` and the filler) give the same digit in any place.
fn is_blind(slot: &Slot) -> bool {
    const POSSIBLE: f32 = 0.04;
    let value = |index: usize| symbol(index).to_digit(36).unwrap_or(0) % 10;
    let best = slot.best();
    (0..SYMBOLS).any(|i| i != best && slot.odds[i] >= POSSIBLE && value(i) == value(best))
}

fn index_of(c: char) -> usize {
    (0..SYMBOLS).find(|&i| symbol(i) == c).unwrap_or(FILLER)
}

/// How unlikely the line is: of this length, and in its characters.
fn doubt(line: &FixedLine) -> f32 {
    line.cost + line.slots.iter().map(|slot| -slot.confidence().max(1e-6).ln()).sum::<f32>()
}

/// Takes the digit at `place` for its twin, a letter. The second character of a
/// document code is a letter (Doc 9303-5, 4.2.2) but for a few cards that
/// number their types, so the zone's own rules must let other digits stand.
fn prefer_letter(line: &mut FixedLine, place: usize) {
    if let Some(slot) = line.slots.get_mut(place)
        && let Some(other) = twin(slot.best())
        && symbol(slot.best()).is_ascii_digit()
    {
        let best = slot.best();
        slot.odds.swap(best, other);
    }
}

/// Names have no digits (Doc 9303-3, 6): what looks like one is its twin. The
/// French card has digits after its name, in the columns left out here.
fn fold_digits(line: &mut FixedLine, from: usize) {
    let to = if line.slots.len() == 36 { 30 } else { line.slots.len() };
    for slot in line.slots.iter_mut().take(to).skip(from) {
        for i in 0..SYMBOLS {
            if let Some(letter) = twin(i).filter(|_| symbol(i).is_ascii_digit()) {
                slot.odds[letter] += slot.odds[i];
                slot.odds[i] = 0.0;
            }
        }
    }
}

/// Probability of a symbol or its twin.
fn either(slot: &Slot, index: usize) -> f32 {
    slot.odds[index] + twin(index).map_or(0.0, |twin| slot.odds[twin])
}

fn to_reading(line: &FixedLine) -> LineReading {
    let cell = |slot: &Slot| {
        let best = slot.best();
        let alternatives = (0..SYMBOLS)
            .filter(|&i| i != best && slot.odds[i] >= 0.01)
            .map(|i| (symbol(i), slot.odds[i]))
            .collect();
        Cell { best: symbol(best), confidence: slot.odds[best], alternatives }
    };
    LineReading { cells: line.slots.iter().map(cell).collect() }
}

/// The best zone among the long lines; `None` if there is none.
pub(crate) fn find(
    long: &[LongLine],
    recognizer: &Recognizer,
    picture: &Picture,
    frame: &Frame,
    today: Date,
) -> Result<Option<Zone>, DocumentError> {
    let mut best: Option<Zone> = None;
    for block in blocks(long).iter().filter(|block| block.cost < MAX_COST).take(MAX_BLOCKS) {
        let lines = complete(block, long, recognizer, picture, frame)?;
        if let Some(zone) = Zone::new(lines, today).filter(Zone::plausible)
            && best.as_ref().is_none_or(|best| zone.rank() > best.rank())
        {
            best = Some(zone);
        }
        if best.as_ref().is_some_and(|zone| zone.reading.mrz.valid()) {
            break;
        }
    }
    Ok(best)
}

/// Whether the page holds a second valid zone, of another document.
pub(crate) fn another(
    zone: &Zone,
    long: &[LongLine],
    recognizer: &Recognizer,
    picture: &Picture,
    frame: &Frame,
    today: Date,
) -> Result<bool, DocumentError> {
    let taken: Vec<Extent> = zone.lines.iter().map(|(quad, _)| frame.extent(quad)).collect();
    let apart = |block: &Block| {
        block.members.iter().all(|&i| {
            let own = &long[i].extent;
            taken
                .iter()
                .all(|e| (e.middle - own.middle).abs() > 0.5 * e.height || e.overlap(own) == 0.0)
        })
    };
    for block in blocks(long).iter().filter(|b| b.cost < MAX_COST / 2.0 && apart(b)).take(1) {
        let lines = complete(block, long, recognizer, picture, frame)?;
        if let Some(other) = Zone::new(lines, today)
            && other.reading.mrz.valid()
            && other.reading.mrz.number != zone.reading.mrz.number
        {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The zone read again by another recogniser where its check digits do not
/// settle it, both readings weighed together.
pub(crate) fn second_opinion(
    zone: &Zone,
    recognizer: impl FnOnce() -> Result<std::sync::Arc<Recognizer>, DocumentError>,
    picture: &Picture,
    frame: &Frame,
    today: Date,
) -> Result<Zone, DocumentError> {
    let open = zone.open_lines();
    if open.is_empty() {
        return Ok(zone.clone());
    }
    let recognizer = recognizer()?;
    let mut fused = zone.lines.clone();
    let mut other = zone.lines.clone();
    for i in open {
        let Some((quad, first)) = zone.lines.get(i) else {
            continue;
        };
        let again = LongLine::read(&recognizer, picture, *quad, frame)?;
        if let Some(second) = again.and_then(|line| line.fixed(first.slots.len())) {
            fused[i].1 = fuse(first, &second);
            other[i].1 = second;
        }
    }
    // Where one reading is valid and the mean of both is not, it stands: check
    // digits know better than probabilities.
    let mut best: Option<Zone> = None;
    for lines in [fused, other] {
        if let Some(next) = Zone::new(lines, today)
            && best
                .as_ref()
                .is_none_or(|best| next.reading.mrz.valid() && !best.reading.mrz.valid())
        {
            best = Some(next);
        }
    }
    let best = best.unwrap_or_else(|| zone.clone());
    let keep_first = zone.reading.mrz.valid() && !best.reading.mrz.valid();
    Ok(if keep_first { zone.clone() } else { best })
}

/// Mean of two readings of one line; a reading that fits its length much worse
/// than the other has its characters in the wrong places and does not count.
fn fuse(first: &FixedLine, second: &FixedLine) -> FixedLine {
    const MUCH: f32 = 4.0;
    if first.cost > second.cost + MUCH {
        return second.clone();
    }
    if second.cost > first.cost + MUCH {
        return first.clone();
    }
    let mean = |(a, b): (&Slot, &Slot)| {
        let mut odds = a.odds;
        for (p, q) in odds.iter_mut().zip(b.odds) {
            *p = f32::midpoint(*p, q);
        }
        Slot { odds }
    };
    FixedLine {
        slots: first.slots.iter().zip(&second.slots).map(mean).collect(),
        cost: first.cost.min(second.cost),
    }
}

/// Lines that may be a zone together.
#[derive(Clone, Debug)]
struct Block {
    /// Their places among the long lines, from the top.
    members: Vec<usize>,
    /// Characters a line.
    length: usize,
    /// How badly the lines fit this length, in nats a line.
    cost: f32,
}

/// The blocks of two or three lines that may be a zone, best first.
fn blocks(lines: &[LongLine]) -> Vec<Block> {
    let mut order: Vec<usize> = (0..lines.len()).collect();
    order.sort_by(|&a, &b| lines[a].extent.middle.total_cmp(&lines[b].extent.middle));
    let mut found = Vec::new();
    for (count, length) in SHAPES {
        for start in 0..order.len() {
            let Some(members) = stacked(lines, &order[start..], count) else {
                continue;
            };
            let costs: Option<Vec<f32>> =
                members.iter().map(|&i| Some(doubt(&lines[i].fixed(length)?))).collect();
            if let Some(costs) = costs {
                let cost = costs.iter().sum::<f32>() / count as f32;
                found.push(Block { members, length, cost });
            }
        }
    }
    found.sort_by(|a, b| a.cost.total_cmp(&b.cost));
    found
}

/// The first of `order` and the lines below it, `count` in all, if they stand
/// like the lines of a zone: alike in height, side by side, evenly apart.
fn stacked(lines: &[LongLine], order: &[usize], count: usize) -> Option<Vec<usize>> {
    let mut members = vec![*order.first()?];
    let mut step = None;
    for &next in &order[1..] {
        if members.len() == count {
            break;
        }
        let (above, below) = (&lines[*members.last()?].extent, &lines[next].extent);
        let tall = above.height.max(below.height);
        let apart = below.middle - above.middle;
        if apart < 0.5 * tall || above.overlap(below) < 0.5 {
            continue;
        }
        let alike = tall < 1.7 * above.height.min(below.height);
        let near = apart < 3.0 * tall;
        let even = step.is_none_or(|s: f32| apart < 1.5 * s && apart > s / 1.5);
        if !(alike && near && even) {
            return None;
        }
        step = Some(apart);
        members.push(next);
    }
    (members.len() == count).then_some(members)
}

/// The lines of a block. A line that does not have its length is read again
/// between the ends of the others: the detector loses fillers at the end of a
/// line, and takes in what stands beside it.
fn complete(
    block: &Block,
    lines: &[LongLine],
    recognizer: &Recognizer,
    picture: &Picture,
    frame: &Frame,
) -> Result<Vec<(Quad, FixedLine)>, DocumentError> {
    let extents: Vec<Extent> = block.members.iter().map(|&i| lines[i].extent).collect();
    let left = extents.iter().map(|e| e.left).fold(f32::MAX, f32::min);
    let right = extents.iter().map(|e| e.right).fold(f32::MIN, f32::max);
    let pitch = (right - left) / block.length as f32;
    let mut read = Vec::new();
    for &i in &block.members {
        let line = &lines[i];
        let Some(mut best) = line.fixed(block.length) else {
            continue;
        };
        let mut quad = line.quad;
        // Where the others end, and where the longest ends.
        let mut spans: Vec<(f32, f32)> = Vec::new();
        for span in extents.iter().map(|e| (e.left, e.right)).chain([(left, right)]) {
            let apart = |(l, r): (f32, f32)| (span.0 - l).abs().max((span.1 - r).abs());
            let own = (line.extent.left, line.extent.right);
            if spans.iter().chain([&own]).all(|known| apart(*known) > 0.7 * pitch) {
                spans.push(span);
            }
        }
        for (from, to) in spans {
            if best.cost < SURE_LENGTH {
                break;
            }
            let whole = reach(&line.quad, frame, from, to);
            if let Some(again) = LongLine::read(recognizer, picture, whole, frame)?
                && let Some(fixed) = again.fixed(block.length)
                && doubt(&fixed) < doubt(&best)
            {
                (quad, best) = (whole, fixed);
            }
        }
        read.push((quad, best));
    }
    Ok(read)
}

/// A line that fits its length at this cost needs no other ends.
const SURE_LENGTH: f32 = 1.0;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn check_digits_are_blind_to_values_ten_apart() {
        let slot = |rival: char| {
            let mut odds = [0.0; SYMBOLS];
            odds[index_of('0')] = 0.8;
            odds[index_of(rival)] = 0.2;
            Slot { odds }
        };
        assert!(['A', 'K', 'U', '<'].map(slot).iter().all(is_blind));
        assert!(!['1', 'O', 'D', 'B'].map(slot).iter().any(is_blind));
    }
}
