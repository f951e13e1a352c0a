//! The fields of the answer: the machine-readable zone and the visual zone put
//! side by side.

use std::collections::BTreeMap;

use bonafide_context::Date;

use crate::mrz::{Format, Mrz, Sex};
use crate::viz::dates::{Century, find_date};
use crate::viz::fold::{distance, letters_and_digits, name_key};
use crate::viz::{Labelled, VizLine};
use crate::{FieldName, FieldValue, Source};

/// The fields that a zone states.
pub(crate) fn mrz_fields(mrz: &Mrz) -> Vec<(FieldName, String)> {
    let date = |date: Option<crate::mrz::PartialDate>| {
        date.filter(|d| d.year().is_some()).map(|d| d.to_string()).unwrap_or_default()
    };
    let sex = match mrz.sex {
        Sex::Male => "M",
        Sex::Female => "F",
        Sex::Unspecified => "X",
    };
    let optional = match mrz.format {
        Format::Td3 => FieldName::PersonalNumber,
        _ => FieldName::Optional,
    };
    let mut fields = vec![
        (FieldName::Surname, mrz.surname.clone()),
        (FieldName::GivenNames, mrz.given_names.clone()),
        (FieldName::Number, mrz.number.clone()),
        (FieldName::Nationality, mrz.nationality.clone()),
        (FieldName::BirthDate, date(mrz.birth)),
        (FieldName::Sex, sex.to_owned()),
        (FieldName::ExpiryDate, date(mrz.expiry)),
        (optional, mrz.optional.clone()),
    ];
    fields.retain(|(_, value)| !value.is_empty());
    fields
}

/// What the visual zone says about a value of the zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// The same.
    Agrees,
    /// Something else stands where the value should.
    Differs,
    /// Nothing that could be compared.
    Silent,
}

/// Compares a value of the zone with the visual zone: with the value that
/// stands at its label, and with every line, since labels are not always read.
pub(crate) fn compare(
    name: FieldName,
    value: &str,
    lines: &[VizLine],
    labelled: Option<&Labelled>,
    today: Date,
) -> Verdict {
    let anywhere = name != FieldName::Sex;
    if anywhere && lines.iter().any(|line| says(name, value, &line.text, today)) {
        return Verdict::Agrees;
    }
    if matches!(name, FieldName::Surname | FieldName::GivenNames) && in_pieces(value, lines) {
        return Verdict::Agrees;
    }
    let Some(found) = labelled else {
        return Verdict::Silent;
    };
    if says(name, value, &found.value, today) {
        return Verdict::Agrees;
    }
    let differs = match name {
        FieldName::BirthDate | FieldName::ExpiryDate => value.len() == "YYYY-MM-DD".len(),
        FieldName::Sex => value != "X",
        FieldName::Number | FieldName::PersonalNumber => {
            // One character more or less of a run of zeros is the recogniser's
            // doing; a much longer or shorter one is a number of another kind.
            let (a, b) = (letters_and_digits(value), letters_and_digits(&found.value));
            let apart = a.len().abs_diff(b.len());
            apart == 0 || apart <= 2 && distance(&a, &b) >= 3
        }
        FieldName::Surname | FieldName::GivenNames => {
            let (a, b) = (name_key(value), name_key(&found.value));
            !a.contains(&b) && !b.contains(&a) && distance(&a, &b) > 1 + a.len().min(b.len()) / 5
        }
        // The zone has codes, the visual zone words.
        _ => false,
    };
    if differs { Verdict::Differs } else { Verdict::Silent }
}

/// Whether a text says this value.
pub(crate) fn says(name: FieldName, value: &str, text: &str, today: Date) -> bool {
    match name {
        FieldName::BirthDate | FieldName::ExpiryDate => {
            let century = if name == FieldName::BirthDate { Century::Past } else { Century::Ahead };
            [false, true].into_iter().any(|month_first| {
                find_date(text, century, today, month_first)
                    .is_some_and(|date| date.to_string() == value)
            })
        }
        // A single letter proves nothing away from its label.
        FieldName::Sex => {
            text.split(|c: char| !c.is_alphanumeric()).any(|word| word == value) && text.len() <= 5
        }
        FieldName::Number | FieldName::PersonalNumber | FieldName::Optional => {
            let (value, text) = (number_key(value), number_key(text));
            value.len() >= 5 && text.contains(&value)
        }
        FieldName::Surname | FieldName::GivenNames => {
            let (value, text) = (name_key(value), name_key(text));
            value.len() >= 2 && (text == value || value.len() >= 5 && text.contains(&value))
        }
        FieldName::Nationality => letters_and_digits(text) == value,
        _ => false,
    }
}

/// Whether every word of a name stands in some line as a word.
fn in_pieces(value: &str, lines: &[VizLine]) -> bool {
    let keys: Vec<String> = value.split(' ').map(name_key).collect();
    keys.iter().all(|key| {
        key.len() >= 2
            && lines.iter().any(|line| {
                line.text.split(|c: char| !c.is_alphanumeric()).any(|word| name_key(word) == *key)
            })
    })
}

/// A number with the letters and digits that look alike made one.
fn number_key(text: &str) -> String {
    letters_and_digits(text)
        .chars()
        .map(|c| match c {
            'O' | 'Q' | 'D' => '0',
            'I' | 'L' => '1',
            'Z' => '2',
            'S' => '5',
            'B' => '8',
            _ => c,
        })
        .collect()
}

/// The fields of the answer and whether any differs. `confirm` is asked before
/// the zones are said to differ: it reads a line again by better means and
/// says whether the other value stands.
pub(crate) fn merge(
    mrz: Option<&Mrz>,
    lines: &[VizLine],
    mut labelled: BTreeMap<FieldName, Labelled>,
    today: Date,
    mut confirm: impl FnMut(FieldName, &Labelled) -> bool,
) -> (BTreeMap<FieldName, FieldValue>, bool) {
    let mut fields = BTreeMap::new();
    let mut differ = false;
    for (name, value) in mrz.map(mrz_fields).unwrap_or_default() {
        let found = labelled.remove(&name);
        let mut verdict = compare(name, &value, lines, found.as_ref(), today);
        if verdict == Verdict::Differs && !found.as_ref().is_some_and(|f| confirm(name, f)) {
            verdict = Verdict::Silent;
        }
        let (source, agrees) = match verdict {
            Verdict::Agrees => (Source::Both, Some(true)),
            Verdict::Differs => (Source::Both, Some(false)),
            Verdict::Silent => (Source::Mrz, None),
        };
        differ |= verdict == Verdict::Differs;
        let confidence = None;
        fields.insert(name, FieldValue { value, source, agrees, confidence });
    }
    // The zone's own optional data is the personal number of many states.
    if fields.contains_key(&FieldName::PersonalNumber) {
        labelled.remove(&FieldName::PersonalNumber);
    }
    for (name, found) in labelled {
        let sure = |line: usize| lines.get(line).map(|line| line.confidence.clamp(0.0, 1.0));
        let confidence = found.lines().filter_map(sure).reduce(f32::min);
        let value =
            FieldValue { value: found.value, source: Source::Viz, agrees: None, confidence };
        fields.entry(name).or_insert(value);
    }
    (fields, differ)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layout::Extent;
    use bonafide_media::{Quad, Rect};

    fn today() -> Date {
        Date::new(2026, 11, 22).unwrap()
    }

    fn line(text: &str) -> VizLine {
        let extent = Extent { left: 0.0, right: 1.0, middle: 0.0, height: 1.0 };
        let quad = Quad::from_rect(Rect::new(0.0, 0.0, 1.0, 1.0));
        VizLine { quad, extent, text: text.into(), confidence: 0.99, accurate: false }
    }

    fn verdict(name: FieldName, value: &str, printed: &[&str], labelled: Option<&str>) -> Verdict {
        let lines: Vec<VizLine> = printed.iter().map(|text| line(text)).collect();
        let found = labelled.map(|value| Labelled::new(value, 0));
        compare(name, value, &lines, found.as_ref(), today())
    }

    #[test]
    fn equal_values_agree_however_they_are_printed() {
        use Verdict::Agrees;
        assert_eq!(verdict(FieldName::Surname, "MUELLER", &["Müller"], None), Agrees);
        assert_eq!(
            verdict(FieldName::GivenNames, "EVA MARIA", &["Eva", "Maria, née Bo"], None),
            Agrees
        );
        assert_eq!(verdict(FieldName::BirthDate, "1974-08-12", &["12 AUG/AOUT 74"], None), Agrees);
        assert_eq!(verdict(FieldName::Number, "ZS0000177", &["ZS 0000177"], None), Agrees);
        assert_eq!(verdict(FieldName::Number, "X0123456", &["XO123456"], None), Agrees);
        assert_eq!(verdict(FieldName::Sex, "F", &[], Some("F")), Agrees);
    }

    #[test]
    fn another_value_at_the_label_differs() {
        use Verdict::Differs;
        assert_eq!(verdict(FieldName::Surname, "MUSTER", &["BEISPIEL"], Some("BEISPIEL")), Differs);
        assert_eq!(
            verdict(FieldName::BirthDate, "1974-08-12", &["12 AUG 84"], Some("1984-08-12")),
            Differs
        );
        assert_eq!(
            verdict(FieldName::Number, "ZS0000177", &["ZS0000178"], Some("ZS0000178")),
            Differs
        );
        assert_eq!(verdict(FieldName::Sex, "F", &[], Some("M")), Differs);
    }

    #[test]
    fn what_cannot_be_compared_is_silent() {
        use Verdict::Silent;
        assert_eq!(verdict(FieldName::Surname, "MUSTER", &["other text"], None), Silent);
        assert_eq!(verdict(FieldName::Surname, "MUSTER", &["MUSTFR"], Some("MUSTFR")), Silent);
        assert_eq!(verdict(FieldName::Number, "AA0000000", &[], Some("AA000000")), Silent);
        assert_eq!(verdict(FieldName::Nationality, "UTO", &["UTOPIAN"], Some("UTOPIAN")), Silent);
        assert_eq!(
            verdict(FieldName::BirthDate, "1974", &["12 AUG 84"], Some("1984-08-12")),
            Silent
        );
    }

    #[test]
    fn a_difference_must_be_confirmed() {
        let lines = [
            "P<UTOMUSTER<<EVA<<<<<<<<<<<<<<<<<<<<<<<<<<<<",
            "L898902C36UTO7408122F1204159ZE184226B<<<<<10",
        ];
        let mrz = crate::mrz::parse(&lines, today()).unwrap();
        let labelled: BTreeMap<_, _> = [
            (FieldName::Surname, Labelled::new("BEISPIEL", 0)),
            (FieldName::PlaceOfBirth, Labelled::new("ZENITH", 0)),
        ]
        .into();
        let run = |sure: bool| merge(Some(&mrz), &[], labelled.clone(), today(), |_, _| sure);
        let (fields, differ) = run(true);
        assert!(differ);
        assert_eq!(fields[&FieldName::Surname].agrees, Some(false));
        assert_eq!(fields[&FieldName::Surname].value, "MUSTER");
        assert_eq!(fields[&FieldName::PlaceOfBirth].source, Source::Viz);
        let (fields, differ) = run(false);
        assert!(!differ);
        assert_eq!(fields[&FieldName::Surname].agrees, None);
    }
}
