//! What is really written on a document, and when a value agrees with it.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::EvalError;
use crate::input::Sample;

/// The ground truth of an image, as the manifest's JSON has it.
#[derive(Deserialize)]
pub(super) struct Truth {
    /// TD1, TD2, TD3, MRVA, MRVB or FRA; null without a zone.
    #[serde(default)]
    pub(super) mrz_type: Option<String>,
    /// The lines of the zone; empty without one.
    #[serde(default)]
    pub(super) mrz: Vec<String>,
    /// Whether the printed check digits hold.
    #[serde(default)]
    pub(super) check_digits_valid: Option<bool>,
    /// Field values of the zone.
    #[serde(default)]
    fields: BTreeMap<String, Option<String>>,
    /// Field values of the visual zone.
    #[serde(default)]
    viz: BTreeMap<String, Option<String>>,
}

impl Truth {
    pub(super) fn of(sample: &Sample) -> Result<Self, EvalError> {
        serde_json::from_str(&sample.ground_truth).map_err(|_| EvalError::Row {
            line: sample.line,
            problem: "the ground truth is not the JSON of a document".to_owned(),
        })
    }

    pub(super) fn has_mrz(&self) -> bool {
        !self.mrz.is_empty()
    }

    pub(super) fn mrz_fields(&self) -> impl Iterator<Item = (&str, &str)> {
        known(&self.fields)
    }

    pub(super) fn viz_fields(&self) -> impl Iterator<Item = (&str, &str)> {
        known(&self.viz)
    }
}

fn known(fields: &BTreeMap<String, Option<String>>) -> impl Iterator<Item = (&str, &str)> {
    fields.iter().filter_map(|(name, value)| Some((canonical(name), value.as_deref()?)))
}

/// One name for a field that data sets and readers call differently.
pub(super) fn canonical(name: &str) -> &str {
    match name {
        "document_number" => "number",
        "birth_yymmdd" | "birth_date" | "date_of_birth" => "birth",
        "expiry_yymmdd" | "date_of_expiry" | "expiry_date" => "expiry",
        "date_of_issue" | "issue_date" => "issue",
        "given_names" | "given_name" | "name" => "given",
        "gender" => "sex",
        "id_number" | "personal_number" => "personal",
        "place_of_birth" | "birth_place" => "birth_place",
        "issuing_state" => "issuer",
        "document_code" => "doc_code",
        other => other,
    }
}

/// Whether two spellings of a field's value say the same: dates by their day
/// (two digits of the year, since the zone has no more), numbers by letters and
/// digits, the rest by words, all without regard to case.
pub(super) fn same_value(field: &str, a: &str, b: &str) -> bool {
    match field {
        "birth" | "expiry" | "issue" => match (day(a), day(b)) {
            (Some(a), Some(b)) => a == b,
            _ => letters_and_digits(a) == letters_and_digits(b),
        },
        "number" | "personal" => letters_and_digits(a) == letters_and_digits(b),
        "sex" => sex(a) == sex(b),
        _ => words(a) == words(b),
    }
}

/// `YYMMDD`, from that, `YYYY-MM-DD` or `DD-MM-YYYY` with any separator.
fn day(text: &str) -> Option<String> {
    let parts: Vec<&str> =
        text.split(|c: char| !c.is_ascii_alphanumeric()).filter(|p| !p.is_empty()).collect();
    let (year, month, day) = match parts.as_slice() {
        [day] if day.len() == 6 => return Some((*day).to_owned()),
        [year, month, day] if year.len() == 4 => (year, month, day),
        [day, month, year] if year.len() == 4 => (year, month, day),
        _ => return None,
    };
    Some(format!("{}{month:0>2}{day:0>2}", year.get(2..)?))
}

fn letters_and_digits(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_uppercase).collect()
}

fn words(text: &str) -> Vec<String> {
    text.split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(letters_and_digits)
        .collect()
}

/// M, F or, for unspecified in any spelling, X.
fn sex(text: &str) -> char {
    match text.trim().chars().next().map(|c| c.to_ascii_uppercase()) {
        Some('M') => 'M',
        Some('F') => 'F',
        _ => 'X',
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_agree_by_their_day() {
        assert!(same_value("birth", "1974-08-12", "740812"));
        assert!(same_value("birth", "20-11-1991", "1991-11-20"));
        assert!(same_value("expiry", "2.3.2029", "290302"));
        assert!(!same_value("birth", "1974-08-12", "740813"));
        assert!(!same_value("birth", "", "740813"));
        // Unknown day and month, as the zone writes them.
        assert!(same_value("birth", "74<<<<", "74<<<<"));
    }

    #[test]
    fn words_and_numbers_agree_without_case_and_punctuation() {
        assert!(same_value("given", "Maëlys-Gaëlle, Marie", "MAËLYS GAËLLE MARIE"));
        assert!(!same_value("given", "ANNA MARIA", "ANNAMARIA"));
        assert!(same_value("number", "000-123-456", "000123456"));
        assert!(!same_value("number", "000123456", "0001234S6"));
        assert!(same_value("sex", "female", "F"));
        assert!(same_value("sex", "<", ""));
        assert!(!same_value("sex", "M", "F"));
    }
}
