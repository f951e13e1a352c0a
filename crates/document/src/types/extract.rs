//! The values of a page whose type is known.

use std::collections::BTreeMap;

use super::anchor::Key;
use super::file::{FieldRule, Side};
use super::shape::{Manner, Shape, is_han};
use crate::FieldName;
use crate::layout::Extent;
use crate::viz::{Labelled, VizLine};

/// What the side's rules find in the lines.
pub(crate) fn extract(
    side: &Side,
    lines: &[VizLine],
    manner: Manner,
) -> BTreeMap<FieldName, Labelled> {
    let pieces = pieces(side, lines);
    let page = Page { side, lines, pieces, manner };
    let mut taken = vec![false; page.pieces.len()];
    let mut values = page.labelled(&mut taken);
    for found in values.values_mut() {
        page.lengthen(found, &mut taken);
    }
    page.formed(&mut values, &mut taken);
    page.placed(&mut values, &mut taken);
    // A comma at the end leads on to a line that is not there.
    let whole = |mut value: Labelled| {
        value.value.truncate(value.value.trim_end_matches([',', ' ']).len());
        value
    };
    values.into_iter().map(|(name, found)| (name, whole(found.value))).collect()
}

/// A value and where it was found.
struct Found {
    value: Labelled,
    rule: usize,
    /// The last piece that it takes.
    piece: usize,
}

/// Part of a line: a label with what stands behind it, or text without one.
struct Piece {
    line: usize,
    /// Where the label lies, and its key; `None` for text without one.
    label: Option<(Extent, Key)>,
    text: String,
    /// Where the text lies.
    extent: Extent,
}

impl Piece {
    fn is_labelled(&self, labels: &[String]) -> bool {
        self.label.as_ref().is_some_and(|(_, key)| {
            labels.iter().any(|label| {
                let label = Key::of(label);
                label.len() == key.len() && key.find(&label).is_some_and(|place| place.wrong == 0)
            })
        })
    }
}

struct Page<'a> {
    side: &'a Side,
    lines: &'a [VizLine],
    pieces: Vec<Piece>,
    manner: Manner,
}

type Values = BTreeMap<FieldName, Found>;

impl Page<'_> {
    /// Values behind, beside or below their labels, the nearest first; fields
    /// with the same label may share one.
    fn labelled(&self, taken: &mut [bool]) -> Values {
        let mut pairs = Vec::new();
        for (r, rule) in self.rules().filter(|(_, rule)| !rule.label.is_empty()) {
            for (p, piece) in self.pieces.iter().enumerate() {
                if !piece.is_labelled(&rule.label) {
                    continue;
                }
                if let Some(value) = rule.value_of(&piece.text, self.manner) {
                    pairs.push((0.0, r, p, value));
                    continue;
                }
                let Some((label, _)) = &piece.label else { continue };
                if let Some(value) = rule.value_of(&self.row(piece), self.manner)
                    && rule.is_part()
                {
                    pairs.push((IN_ROW, r, p, value));
                }
                for (q, other) in self.pieces.iter().enumerate() {
                    if other.label.is_none()
                        && let Some(away) = away(label, &other.extent)
                        && let Some(value) = rule.value_of(&other.text, self.manner)
                    {
                        pairs.push((away, r, q, value));
                    }
                }
            }
        }
        pairs.sort_by(|a, b| a.0.total_cmp(&b.0));
        let mut values = Values::new();
        let mut owner: BTreeMap<usize, usize> = BTreeMap::new();
        for (_, r, p, value) in pairs {
            let Some(rule) = self.side.fields.get(r) else { continue };
            let shared = owner.get(&p).and_then(|o| self.side.fields.get(*o));
            let apart = |o: &FieldRule| o.label == rule.label || o.is_part() && rule.is_part();
            if values.contains_key(&rule.name) || shared.is_some_and(|o| !apart(o)) {
                continue;
            }
            owner.insert(p, r);
            self.put(&mut values, taken, r, p, value);
        }
        values
    }

    /// What stands behind a label in its row, however far apart: the parts of a
    /// date may be printed in columns of their own.
    fn row(&self, piece: &Piece) -> String {
        let Some((label, _)) = &piece.label else { return String::new() };
        let level = |other: &&Piece| {
            let (at, unit) = (other.extent, label.height.max(other.extent.height));
            at.left >= label.right - unit && (at.middle - label.middle).abs() < 0.6 * unit
        };
        let mut row: Vec<&Piece> =
            self.pieces.iter().filter(|p| p.label.is_none()).filter(level).collect();
        row.sort_by(|a, b| a.extent.left.total_cmp(&b.extent.left));
        let texts = std::iter::once(&piece.text).chain(row.iter().map(|piece| &piece.text));
        texts.map(String::as_str).collect::<Vec<_>>().join(" ")
    }

    /// Values that stand between two texts of the form, the nearest to the upper
    /// one first. Several that are told by their look may share a line.
    fn placed(&self, values: &mut Values, taken: &mut [bool]) {
        for (r, rule) in self.rules().filter(|(_, rule)| !rule.below.is_empty()) {
            if values.contains_key(&rule.name) {
                continue;
            }
            let middles = |texts: &[String]| -> Vec<f32> {
                let marks = self.pieces.iter().filter(|piece| piece.is_labelled(texts));
                marks.filter_map(|p| p.label.as_ref().map(|(at, _)| at.middle)).collect()
            };
            let before = rule.behind.and_then(|name| values.get(&name)).map(|found| found.piece);
            let top = middles(&rule.below).into_iter().reduce(f32::max);
            let top = match (rule.behind, before.and_then(|piece| self.pieces.get(piece))) {
                (Some(_), None) => continue,
                (Some(_), Some(piece)) => Some(piece.extent.middle),
                (None, _) => top,
            };
            let Some(top) = top else { continue };
            let bottom = middles(&rule.above).into_iter().reduce(f32::min);
            let first = self
                .pieces
                .iter()
                .enumerate()
                .filter(|(p, _)| rule.is_part() || !taken.get(*p).copied().unwrap_or(true))
                .filter(|(_, piece)| piece.label.is_none() || rule.shape == Shape::Word)
                .filter(|(_, piece)| piece.extent.middle > top)
                .filter(|(_, piece)| bottom.is_none_or(|bottom| piece.extent.middle < bottom))
                .filter_map(|(p, piece)| {
                    let text = match rule.shape {
                        // A word may be a mark of the type, too.
                        Shape::Word => &self.lines.get(piece.line)?.text,
                        _ => &piece.text,
                    };
                    Some((piece.extent.middle, p, rule.value_of(text, self.manner)?))
                })
                .min_by(|a, b| a.0.total_cmp(&b.0));
            if let Some((_, p, value)) = first {
                self.put(values, taken, r, p, value);
                if let Some(found) = values.get_mut(&rule.name) {
                    self.lengthen(found, taken);
                }
            }
        }
    }

    /// Numbers that are told by their form alone, wherever they stand.
    fn formed(&self, values: &mut Values, taken: &mut [bool]) {
        for (r, rule) in self.rules() {
            if rule.form.is_empty() || !rule.below.is_empty() || values.contains_key(&rule.name) {
                continue;
            }
            let best = self
                .pieces
                .iter()
                .enumerate()
                .filter_map(|(p, piece)| Some((rule.number_of(&piece.text, self.manner)?, p)))
                .filter(|(number, _)| number.changed <= MOST_CHANGED)
                .min();
            if let Some((number, p)) = best {
                self.put(values, taken, r, p, number.value);
            }
        }
    }

    /// A value of several lines: takes those that go on below, at the same left
    /// edge.
    fn lengthen(&self, found: &mut Found, taken: &mut [bool]) {
        let Some(rule) = self.side.fields.get(found.rule) else { return };
        for _ in 1..rule.lines {
            let Some(from) = self.pieces.get(found.piece) else { break };
            let next = self
                .pieces
                .iter()
                .enumerate()
                .filter(|(p, _)| !taken.get(*p).copied().unwrap_or(true))
                .filter(|(_, piece)| piece.label.is_none() && continues(from, piece, rule))
                .filter_map(|(p, piece)| {
                    Some((piece.extent.middle, p, rule.value_of(&piece.text, self.manner)?))
                })
                .min_by(|a, b| a.0.total_cmp(&b.0));
            let Some((_, p, value)) = next else { break };
            append(&mut found.value.value, &value);
            found.value.also.extend(self.pieces.get(p).map(|piece| piece.line));
            if let Some(taken) = taken.get_mut(p) {
                *taken = true;
            }
            found.piece = p;
        }
    }

    fn rules(&self) -> impl Iterator<Item = (usize, &FieldRule)> {
        self.side.fields.iter().enumerate()
    }

    fn put(&self, values: &mut Values, taken: &mut [bool], r: usize, p: usize, value: String) {
        let (Some(rule), Some(piece)) = (self.side.fields.get(r), self.pieces.get(p)) else {
            return;
        };
        if let Some(taken) = taken.get_mut(p) {
            *taken = true;
        }
        let value = Labelled::new(value, piece.line);
        values.entry(rule.name).or_insert(Found { value, rule: r, piece: p });
    }
}

/// How far a value stands from its label, in heights of the larger of them;
/// `None` if it is neither below nor to the right.
fn away(label: &Extent, value: &Extent) -> Option<f32> {
    let unit = label.height.max(value.height).max(1.0);
    let down = (value.middle - label.middle) / unit;
    let aside = (value.left - label.left) / unit;
    if (0.35..=2.6).contains(&down) && value.left < label.right + unit && aside > -1.5 {
        return Some(down + 0.25 * aside.abs());
    }
    let gap = (value.left - label.right) / unit;
    (down.abs() < 0.55 && (-1.0..=10.0).contains(&gap)).then_some(0.6 + 0.1 * gap.max(0.0))
}

/// Whether `next` is the line below `from` of the same value.
fn continues(from: &Piece, next: &Piece, rule: &FieldRule) -> bool {
    let unit = from.extent.height.min(next.extent.height).max(1.0);
    let down = (next.extent.middle - from.extent.middle) / unit;
    let aside = (next.extent.left - from.extent.left) / unit;
    // The lines of a name stand closer than what follows it.
    let (most, alike) = match rule.shape {
        Shape::Text => (2.2, 0.6),
        _ => (1.4, 0.8),
    };
    let ratio = unit / from.extent.height.max(next.extent.height).max(1.0);
    (0.5..most).contains(&down) && aside.abs() < 1.6 && ratio >= alike
}

/// Lines of Han script follow each other without a space.
fn append(value: &mut String, more: &str) {
    let wide = |c: Option<char>| c.is_some_and(is_han);
    if !(wide(value.chars().next_back()) || wide(more.chars().next())) {
        value.push(' ');
    }
    value.push_str(more);
}

/// How near a value counts that is put together from its row.
const IN_ROW: f32 = 1.0;
/// A number that is told by its form alone may have so many characters that had
/// to be taken for what they look like.
const MOST_CHANGED: usize = 2;
/// Below this a line is noise.
const MIN_CONFIDENCE: f32 = 0.5;

/// The lines cut at the labels in them.
fn pieces(side: &Side, lines: &[VizLine]) -> Vec<Piece> {
    let mut labels: Vec<&str> = side
        .fields
        .iter()
        .flat_map(|rule| [&rule.label, &rule.below, &rule.above])
        .chain(side.marks.iter().map(|mark| &mark.text))
        .chain([&side.other])
        .flatten()
        .map(String::as_str)
        .collect();
    labels.sort_unstable();
    labels.dedup();
    let labels: Vec<Key> = labels.into_iter().map(Key::of).collect();
    let mut pieces = Vec::new();
    for (i, line) in lines.iter().enumerate() {
        if line.confidence >= MIN_CONFIDENCE {
            cut(i, line, &labels, &mut pieces);
        }
    }
    pieces
}

fn cut(index: usize, line: &VizLine, labels: &[Key], pieces: &mut Vec<Piece>) {
    let key = Key::of(&line.text);
    let chars: Vec<char> = line.text.chars().collect();
    // Longer labels first: one may hold another.
    let mut places: Vec<_> =
        labels.iter().filter_map(|label| Some((key.find(label)?, label))).collect();
    places.sort_by_key(|(place, label)| (std::cmp::Reverse(label.len()), place.wrong));
    let mut kept: Vec<(usize, usize, &Key)> = Vec::new();
    for (place, label) in places {
        if kept.iter().all(|(start, end, _)| place.end <= *start || place.start >= *end) {
            kept.push((place.start, place.end, label));
        }
    }
    kept.sort_by_key(|(start, ..)| *start);
    let text =
        |from: usize, to: usize| -> String { chars.get(from..to).unwrap_or(&[]).iter().collect() };
    let first = kept.first().map_or(chars.len(), |(start, ..)| *start);
    let head = text(0, first);
    if head.chars().any(char::is_alphanumeric) {
        let extent = part(&line.extent, &chars, 0, first);
        pieces.push(Piece { line: index, label: None, text: head, extent });
    }
    for (i, (start, end, label)) in kept.iter().enumerate() {
        let until = kept.get(i + 1).map_or(chars.len(), |(next, ..)| *next);
        pieces.push(Piece {
            line: index,
            label: Some((part(&line.extent, &chars, *start, *end), (*label).clone())),
            text: text(*end, until),
            extent: part(&line.extent, &chars, *end, until),
        });
    }
}

/// Where some of a line's characters lie, by their usual widths.
fn part(extent: &Extent, chars: &[char], from: usize, to: usize) -> Extent {
    let width = |chars: &[char]| -> f32 {
        chars.iter().map(|c| if c.is_ascii() { 0.55 } else { 1.0 }).sum()
    };
    let all = width(chars).max(0.5);
    let at = |index: usize| {
        let before = width(chars.get(..index).unwrap_or(chars));
        extent.left + extent.length() * before / all
    };
    Extent { left: at(from), right: at(to), ..*extent }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::types::DocumentTypes;
    use bonafide_context::Date;
    use bonafide_media::{Quad, Rect};

    fn line(x: f32, y: f32, w: f32, h: f32, text: &str) -> VizLine {
        let quad = Quad::from_rect(Rect::new(x, y, w, h));
        let extent = Extent { left: x, right: x + w, middle: y + h / 2.0, height: h };
        VizLine { quad, extent, text: text.into(), confidence: 0.98, accurate: true }
    }

    fn values(id: &str, side: usize, lines: &[VizLine]) -> BTreeMap<&'static str, String> {
        let types = DocumentTypes::built_in().unwrap();
        let file = types.files().iter().find(|file| file.id == id).unwrap();
        let today = Date::new(2026, 11, 22).unwrap();
        let manner = Manner { today, calendar: file.calendar, number: None };
        extract(&file.sides[side], lines, manner)
            .into_iter()
            .map(|(name, found)| (name.name(), found.value))
            .collect()
    }

    #[test]
    fn labels_and_values_in_one_line_or_apart() {
        let found = values(
            "chn_resident_id",
            0,
            &[
                line(60.0, 40.0, 160.0, 24.0, "姓名张三丰"),
                line(60.0, 80.0, 220.0, 22.0, "性别男民族汉"),
                line(60.0, 120.0, 60.0, 22.0, "出生"),
                line(140.0, 120.0, 200.0, 22.0, "1990年3月18日"),
                line(60.0, 160.0, 400.0, 22.0, "住址某省某市某区某某路"),
                line(120.0, 190.0, 200.0, 22.0, "18号2单元301室"),
                line(60.0, 280.0, 180.0, 22.0, "公民身份号码"),
                line(270.0, 278.0, 330.0, 24.0, "11010119900318123X"),
            ],
        );
        let expected = [
            ("address", "某省某市某区某某路18号2单元301室"),
            ("birth_date", "1990-03-18"),
            ("ethnic_group", "汉"),
            ("native_name", "张三丰"),
            ("number", "11010119900318123X"),
            ("sex", "M"),
        ];
        assert_eq!(found, expected.map(|(n, v)| (n, v.to_owned())).into());
    }

    #[test]
    fn values_between_two_texts() {
        let found = values(
            "hkg_id",
            0,
            &[
                line(150.0, 20.0, 300.0, 24.0, "香港永久性居民身份證"),
                line(150.0, 46.0, 400.0, 20.0, "HONG KONG PERMANENT IDENTITY CARD"),
                line(200.0, 90.0, 100.0, 26.0, "樂永晴"),
                line(200.0, 120.0, 200.0, 22.0, "LOK,Wing Ching"),
                line(200.0, 150.0, 200.0, 20.0, "2867 3057 2532"),
                line(200.0, 180.0, 220.0, 18.0, "出生日期 Date of Birth"),
                line(200.0, 200.0, 120.0, 20.0, "03-06-1985"),
                line(340.0, 200.0, 60.0, 20.0, "女 F"),
                line(200.0, 225.0, 60.0, 20.0, "***AZ"),
                line(200.0, 250.0, 220.0, 18.0, "簽發日期 Date of Issue"),
                line(200.0, 272.0, 80.0, 20.0, "(06-96)"),
                line(200.0, 295.0, 100.0, 20.0, "26-11-18"),
                line(420.0, 295.0, 160.0, 26.0, "Z683365(5)"),
            ],
        );
        let expected = [
            ("birth_date", "1985-06-03"),
            ("given_names", "Wing Ching"),
            ("issue_date", "2018-11-26"),
            ("name_code", "2867 3057 2532"),
            ("native_name", "樂永晴"),
            ("number", "Z683365(5)"),
            ("sex", "F"),
            ("surname", "LOK"),
        ];
        assert_eq!(found, expected.map(|(n, v)| (n, v.to_owned())).into());
    }

    #[test]
    fn nothing_from_nothing() {
        assert!(values("hkg_id", 0, &[]).is_empty());
        assert!(values("sgp_nric", 0, &[line(0.0, 0.0, 0.0, 0.0, "")]).is_empty());
    }
}
