//! The visual inspection zone: printed labels and the values that stand beside
//! or below them.

pub(crate) mod dates;
pub(crate) mod fold;
pub(crate) mod labels;
mod values;

use std::collections::BTreeMap;

use bonafide_context::Date;
use bonafide_media::Quad;

use crate::FieldName;
use crate::layout::Extent;
use labels::{Found, Label};
use values::{numbered, value_of};

/// A line of the visual zone.
#[derive(Clone)]
pub(crate) struct VizLine {
    pub(crate) quad: Quad,
    pub(crate) extent: Extent,
    pub(crate) text: String,
    /// Mean probability of its characters.
    pub(crate) confidence: f32,
    /// Read by a recogniser that need not be asked again.
    pub(crate) accurate: bool,
}

/// A value that stands with its label.
#[derive(Clone, PartialEq)]
pub(crate) struct Labelled {
    /// In the form of the answer: dates in ISO 8601, numbers without spaces.
    pub(crate) value: String,
    /// Which line it was read from.
    pub(crate) line: usize,
    /// Further lines of the same value.
    pub(crate) also: Vec<usize>,
}

impl Labelled {
    /// A value read from one line.
    pub(crate) fn new(value: impl Into<String>, line: usize) -> Self {
        Self { value: value.into(), line, also: Vec::new() }
    }

    /// Every line it was read from.
    pub(crate) fn lines(&self) -> impl Iterator<Item = usize> {
        std::iter::once(self.line).chain(self.also.iter().copied())
    }

    /// The same, if the lines of its picture begin at `offset` of all.
    pub(crate) fn moved(mut self, offset: usize) -> Self {
        self.line += offset;
        self.also.iter_mut().for_each(|line| *line += offset);
        self
    }
}

/// How the values of this page are to be read.
#[derive(Clone, Copy)]
pub(crate) struct Manner {
    /// For centuries.
    pub(crate) today: Date,
    /// Month before day, as in the United States.
    pub(crate) month_first: bool,
    /// A driving licence: its fields are numbered (ISO/IEC 18013-1, AAMVA).
    pub(crate) numbered: bool,
}

/// The values of the page, by field.
pub(crate) fn labelled_values(lines: &[VizLine], manner: Manner) -> BTreeMap<FieldName, Labelled> {
    let labels: Vec<Option<Found>> = lines
        .iter()
        .map(|line| if line.confidence >= 0.5 { labels::find(&line.text) } else { None })
        .collect();
    let mut values = BTreeMap::new();
    if manner.numbered {
        for (i, line) in lines.iter().enumerate() {
            if let Some((name, value)) = numbered(&line.text, manner) {
                values.entry(name).or_insert(Labelled::new(value, i));
            }
        }
    }
    for (i, found) in labels.iter().enumerate() {
        if let Some(Found { label: Label::Field(name), rest: Some(rest) }) = found
            && let Some(value) = value_of(*name, rest, manner)
        {
            values.entry(*name).or_insert(Labelled::new(value, i));
        }
    }
    for (name, i, value) in nearest_pairs(lines, &labels, manner) {
        if !values.contains_key(&name) && !values.values().any(|taken| taken.line == i) {
            values.insert(name, Labelled::new(value, i));
        }
    }
    full_name(lines, &labels, manner, &mut values);
    values
}

/// Field, value line and value of every label with a fitting line near it, the
/// closest first.
fn nearest_pairs(
    lines: &[VizLine],
    labels: &[Option<Found>],
    manner: Manner,
) -> Vec<(FieldName, usize, String)> {
    let mut pairs = Vec::new();
    for (i, found) in labels.iter().enumerate() {
        let Some(Found { label: Label::Field(name), .. }) = found else {
            continue;
        };
        for (j, line) in lines.iter().enumerate() {
            if labels[j].is_some() || line.confidence < MIN_CONFIDENCE {
                continue;
            }
            if let Some(distance) = distance(&lines[i].extent, &line.extent)
                && let Some(value) = value_of(*name, &line.text, manner)
            {
                pairs.push((distance, *name, j, value));
            }
        }
    }
    pairs.sort_by(|a, b| a.0.total_cmp(&b.0));
    pairs.into_iter().map(|(_, name, j, value)| (name, j, value)).collect()
}

/// Below this a line is noise.
const MIN_CONFIDENCE: f32 = 0.6;

/// How far a value stands from its label, in label heights; `None` if it is
/// neither below nor to the right.
fn distance(label: &Extent, value: &Extent) -> Option<f32> {
    let unit = label.height.max(0.6 * value.height).max(1.0);
    let down = (value.middle - label.middle) / unit;
    let aside = (value.left - label.left) / unit;
    if (0.35..=3.4).contains(&down)
        && value.left < label.right
        && value.right > label.left
        && aside > -3.0
    {
        return Some(down + 0.25 * aside.abs());
    }
    let gap = (value.left - label.right) / unit;
    let level = down.abs() < 0.55;
    (level && (-1.0..=10.0).contains(&gap)).then_some(1.2 + 0.3 * gap.max(0.0))
}

/// `Name / Nom` above one line or two: surname, then given names.
fn full_name(
    lines: &[VizLine],
    labels: &[Option<Found>],
    manner: Manner,
    values: &mut BTreeMap<FieldName, Labelled>,
) {
    if values.contains_key(&FieldName::Surname) || values.contains_key(&FieldName::GivenNames) {
        return;
    }
    let Some(label) =
        labels.iter().position(|l| l.as_ref().is_some_and(|l| l.label == Label::FullName))
    else {
        return;
    };
    let below = |from: &Extent, taken: Option<usize>| {
        lines
            .iter()
            .enumerate()
            .filter(|(j, line)| labels[*j].is_none() && Some(*j) != taken && line.confidence >= 0.6)
            .filter_map(|(j, line)| {
                let value = value_of(FieldName::Surname, &line.text, manner)?;
                Some((distance(from, &line.extent)?, j, value))
            })
            .min_by(|a, b| a.0.total_cmp(&b.0))
    };
    let Some((_, first, value)) = below(&lines[label].extent, None) else {
        return;
    };
    if let Some((surname, given)) = value.split_once(',') {
        let (surname, given) = (surname.trim().to_owned(), given.trim().to_owned());
        values.insert(FieldName::Surname, Labelled::new(surname, first));
        values.insert(FieldName::GivenNames, Labelled::new(given, first));
        return;
    }
    let under = below(&lines[first].extent, Some(first)).filter(|(_, j, _)| {
        (lines[*j].extent.left - lines[first].extent.left).abs() < lines[first].extent.height
    });
    if let Some((_, second, given)) = under {
        values.insert(FieldName::GivenNames, Labelled::new(given, second));
    }
    values.insert(FieldName::Surname, Labelled::new(value, first));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(x: f32, y: f32, w: f32, h: f32, text: &str) -> VizLine {
        let quad = Quad::from_rect(bonafide_media::Rect::new(x, y, w, h));
        let extent = Extent { left: x, right: x + w, middle: y + h / 2.0, height: h };
        VizLine { quad, extent, text: text.into(), confidence: 0.98, accurate: false }
    }

    fn manner() -> Manner {
        Manner { today: Date::new(2026, 11, 22).unwrap(), month_first: false, numbered: false }
    }

    fn value(values: &BTreeMap<FieldName, Labelled>, name: FieldName) -> Option<&str> {
        values.get(&name).map(|found| found.value.as_str())
    }

    #[test]
    fn values_below_their_labels_in_two_columns() {
        let lines = [
            line(230.0, 67.0, 73.0, 20.0, "Surname"),
            line(228.0, 85.0, 112.0, 25.0, "MUSTER"),
            line(230.0, 110.0, 97.0, 24.0, "Given Name"),
            line(230.0, 132.0, 77.0, 24.0, "EVA MARIA"),
            line(229.0, 158.0, 102.0, 24.0, "Date of birth"),
            line(370.0, 158.0, 36.0, 21.0, "Sex"),
            line(228.0, 178.0, 137.0, 23.0, "17 AUG 1958"),
            line(366.0, 179.0, 23.0, 20.0, "F"),
        ];
        let found = labelled_values(&lines, manner());
        assert_eq!(value(&found, FieldName::Surname), Some("MUSTER"));
        assert_eq!(value(&found, FieldName::GivenNames), Some("EVA MARIA"));
        assert_eq!(value(&found, FieldName::BirthDate), Some("1958-08-17"));
        assert_eq!(value(&found, FieldName::Sex), Some("F"));
        assert_eq!(found.len(), 4);
    }

    #[test]
    fn values_to_the_right_and_in_the_label_line() {
        let lines = [
            line(231.0, 300.0, 105.0, 20.0, "Card Expires:"),
            line(370.0, 297.0, 87.0, 24.0, "04.02.2010"),
            line(20.0, 20.0, 200.0, 20.0, "Passport No. XY1234567"),
        ];
        let found = labelled_values(&lines, manner());
        assert_eq!(value(&found, FieldName::ExpiryDate), Some("2010-02-04"));
        assert_eq!(value(&found, FieldName::Number), Some("XY1234567"));
    }

    #[test]
    fn one_label_for_the_whole_name() {
        let lines = [
            line(409.0, 54.0, 109.0, 26.0, "Name/ Nom"),
            line(413.0, 81.0, 190.0, 39.0, "MUSTER"),
            line(413.0, 126.0, 113.0, 43.0, "EVA"),
        ];
        let found = labelled_values(&lines, manner());
        assert_eq!(value(&found, FieldName::Surname), Some("MUSTER"));
        assert_eq!(value(&found, FieldName::GivenNames), Some("EVA"));
    }

    #[test]
    fn the_numbered_fields_of_a_driving_licence() {
        let lines = [
            line(147.0, 65.0, 200.0, 20.0, "4dLIC#WDLABCD456DG"),
            line(147.0, 82.0, 69.0, 19.0, "1 MUSTER"),
            line(147.0, 97.0, 69.0, 19.0, "2 EVA M."),
            line(146.0, 129.0, 129.0, 21.0, "3DOB01/06/1958"),
        ];
        let manner = Manner { numbered: true, month_first: true, ..manner() };
        let found = labelled_values(&lines, manner);
        assert_eq!(value(&found, FieldName::Surname), Some("MUSTER"));
        assert_eq!(value(&found, FieldName::GivenNames), Some("EVA M."));
        assert_eq!(value(&found, FieldName::BirthDate), Some("1958-01-06"));
        assert_eq!(value(&found, FieldName::Number), Some("WDLABCD456DG"));
    }

    #[test]
    fn nothing_from_nothing() {
        assert!(labelled_values(&[], manner()).is_empty());
        assert!(labelled_values(&[line(0.0, 0.0, 0.0, 0.0, "")], manner()).is_empty());
    }
}
