//! A document that was filmed: which frames are worth reading, and what several
//! readings agree upon.

use std::collections::BTreeMap;

use bonafide_media::Picture;

use crate::{Check, CheckReason, FieldName, FieldValue, Outcome, Reading, Source, Warning};

/// How sharp a picture is as a whole: the mean square of the second differences of
/// its brightness, at about 640 pixels a side. Compares frames of one video; says
/// nothing of pictures of different things.
pub fn sharpness(picture: &Picture) -> f32 {
    let step = (picture.width().max(picture.height()) / 640).max(1) as usize;
    let luma = picture.luma();
    let (width, height) = (luma.width as usize, luma.height as usize);
    let (mut sum, mut count) = (0.0_f64, 0_u32);
    // Neighbours at full size: blur is lost where pixels are left out between them.
    for y in (1..height.saturating_sub(1)).step_by(step) {
        let rows = |y: usize| luma.values.get(y * width..(y + 1) * width).unwrap_or(&[]);
        let (above, row, below) = (rows(y - 1), rows(y), rows(y + 1));
        for x in (1..width.saturating_sub(1)).step_by(step) {
            let at = |row: &[u8], x: usize| row.get(x).map_or(0, |value| i32::from(*value));
            let around = at(above, x) + at(below, x) + at(row, x - 1) + at(row, x + 1);
            let second = f64::from(around - 4 * at(row, x));
            sum += second * second;
            count += 1;
        }
    }
    if count == 0 { 0.0 } else { (sum / f64::from(count)) as f32 }
}

/// What readings of several frames agree upon, and which of them it rests on; the
/// readings of the sharper frames come first. `None` of none.
///
/// The kind of document, its zone and its portrait are those of the best reading: one
/// whose zone is valid before one whose zone is not, then the one with more fields,
/// then the sharper one. Of each field the value with the most weight is taken: a
/// reading counts four times for what stands in a valid zone, twice for what zone and
/// visual zone both say, once otherwise; of equal weights the sharper frame's. Where
/// two valid zones differ, or no value has more than half of a field's weight, the
/// frames contradict each other, and [`Warning::FieldsDiffer`] says so: another
/// document may have been held up half-way.
pub fn agreed(readings: Vec<Reading>) -> Option<(usize, Reading)> {
    let merit = |reading: &Reading| (is_proven(reading), reading.fields.len());
    // Of equals the last would win: so backwards.
    let best = (0..readings.len()).rev().max_by_key(|at| readings.get(*at).map(merit))?;
    let mut differ = zones_differ(&readings);
    let mut fields = BTreeMap::new();
    for name in FieldName::ALL {
        let mut votes: Vec<(&FieldValue, u32)> = Vec::new();
        for reading in &readings {
            let Some(value) = reading.fields.get(&name) else { continue };
            let weight = weight(reading, value);
            match votes.iter_mut().find(|(other, _)| other.value == value.value) {
                Some((_, sum)) => *sum += weight,
                None => votes.push((value, weight)),
            }
        }
        let all: u32 = votes.iter().map(|(_, weight)| weight).sum();
        let Some((value, most)) = votes.into_iter().rev().max_by_key(|(_, weight)| *weight) else {
            continue;
        };
        differ |= most * 2 <= all;
        fields.insert(name, value.clone());
    }
    let mut reading = readings.into_iter().nth(best)?;
    // What was checked are the values of one frame: other ones are unchecked.
    let says = |fields: &BTreeMap<FieldName, FieldValue>| -> Vec<(FieldName, String)> {
        fields.iter().map(|(name, field)| (*name, field.value.clone())).collect()
    };
    if says(&reading.fields) != says(&fields) {
        for check in reading.checks.iter_mut().filter(|check| check.outcome == Outcome::Agree) {
            *check = Check::unavailable(check.name, CheckReason::Missing);
        }
    }
    reading.fields = fields;
    if differ && !reading.warnings.contains(&Warning::FieldsDiffer) {
        reading.warnings.push(Warning::FieldsDiffer);
        reading.warnings.sort_unstable();
    }
    Some((best, reading))
}

fn is_proven(reading: &Reading) -> bool {
    reading.mrz.as_ref().is_some_and(|zone| zone.valid)
}

fn weight(reading: &Reading, value: &FieldValue) -> u32 {
    match value.source {
        Source::Mrz | Source::Both if is_proven(reading) => 4,
        _ if value.agrees == Some(true) => 2,
        _ => 1,
    }
}

/// Whether two frames show valid zones that are not the same.
fn zones_differ(readings: &[Reading]) -> bool {
    let mut zones = readings.iter().filter_map(|reading| reading.mrz.as_ref());
    let Some(first) = zones.by_ref().find(|zone| zone.valid) else { return false };
    zones.any(|zone| zone.valid && zone.lines != first.lines)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{DocumentType, MrzReading};

    fn zone(line: &str, valid: bool) -> MrzReading {
        let lines = vec![line.to_owned()];
        MrzReading { format: "TD3".into(), lines, valid, checks: BTreeMap::new() }
    }

    fn reading(mrz: Option<MrzReading>, fields: &[(FieldName, &str, Source)]) -> Reading {
        let value = |value: &str, source| FieldValue {
            value: value.into(),
            source,
            agrees: None,
            confidence: None,
        };
        Reading {
            kind: DocumentType::Passport,
            document_type: crate::TypeName::default(),
            issuer: None,
            mrz,
            fields: fields.iter().map(|(name, text, from)| (*name, value(text, *from))).collect(),
            portrait: None,
            warnings: Vec::new(),
            checks: Vec::new(),
            angle: 0.0,
        }
    }

    #[test]
    fn one_reading_is_taken_as_it_is() {
        let only = reading(Some(zone("A", false)), &[(FieldName::Number, "X1", Source::Mrz)]);
        assert_eq!(agreed(vec![only.clone()]), Some((0, only)));
        assert_eq!(agreed(Vec::new()), None);
    }

    #[test]
    fn a_valid_zone_outweighs_two_misreadings() {
        let wrong = reading(None, &[(FieldName::Number, "X7", Source::Viz)]);
        let right = reading(Some(zone("A", true)), &[(FieldName::Number, "X1", Source::Mrz)]);
        let (best, found) = agreed(vec![wrong.clone(), wrong, right]).unwrap();
        assert_eq!((best, found.value(FieldName::Number)), (2, Some("X1")));
        assert!(found.warnings.is_empty());
    }

    #[test]
    fn most_frames_decide_where_nothing_is_proven() {
        let said = |text| reading(None, &[(FieldName::Surname, text, Source::Viz)]);
        let (best, found) = agreed(vec![said("MUSTEP"), said("MUSTER"), said("MUSTER")]).unwrap();
        assert_eq!((best, found.value(FieldName::Surname)), (0, Some("MUSTER")));
        assert!(found.warnings.is_empty());
        // One against one: the sharper frame, and a warning.
        let (_, found) = agreed(vec![said("MUSTEP"), said("MUSTER")]).unwrap();
        assert_eq!(found.value(FieldName::Surname), Some("MUSTEP"));
        assert_eq!(found.warnings, [Warning::FieldsDiffer]);
    }

    #[test]
    fn a_field_that_only_one_frame_shows_is_kept() {
        let two = [(FieldName::Surname, "MUSTER", Source::Viz), (FieldName::Sex, "F", Source::Viz)];
        let (best, found) = agreed(vec![reading(None, &two[..1]), reading(None, &two)]).unwrap();
        assert_eq!((best, found.value(FieldName::Sex)), (1, Some("F")));
        assert!(found.warnings.is_empty());
    }

    #[test]
    fn a_check_of_one_frame_says_nothing_of_anothers_value() {
        let said = |text| Reading {
            checks: vec![Check::agree(crate::CheckName::Number)],
            ..reading(None, &[(FieldName::Number, text, Source::Viz)])
        };
        let (_, found) = agreed(vec![said("1"), said("2"), said("2")]).unwrap();
        assert_eq!(found.checks[0].outcome, Outcome::Unavailable);
        let (_, found) = agreed(vec![said("1"), said("1")]).unwrap();
        assert_eq!(found.checks[0].outcome, Outcome::Agree);
    }

    #[test]
    fn two_documents_in_one_film_are_noticed() {
        let number = |zone, text| reading(Some(zone), &[(FieldName::Number, text, Source::Mrz)]);
        let (one, other) = (zone("A", true), zone("B", true));
        let film = vec![number(one.clone(), "1"), number(one.clone(), "1"), number(other, "2")];
        let (_, found) = agreed(film).unwrap();
        assert_eq!(
            (found.value(FieldName::Number), &found.warnings[..]),
            (Some("1"), &[Warning::FieldsDiffer][..],)
        );
        // A zone that was misread proves nothing.
        let film = vec![number(one.clone(), "1"), number(zone("A8", false), "7")];
        assert!(agreed(film).unwrap().1.warnings.is_empty());
    }

    #[test]
    fn a_sharper_picture_has_the_higher_figure() {
        let edge = |wide: u32| {
            let mut picture = Picture::filled(96, 64, [20; 3]).unwrap();
            for (x, y) in (0..96).flat_map(|x| (0..64).map(move |y| (x, y))) {
                let light = 20 + (x % 24).min(wide) * 180 / wide;
                picture.set_pixel(x, y, [light as u8; 3]);
            }
            sharpness(&picture)
        };
        assert!(edge(1) > edge(4) && edge(4) > edge(12));
        assert!(sharpness(&Picture::filled(1, 1, [0; 3]).unwrap()) == 0.0);
    }
}
