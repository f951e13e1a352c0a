//! What a type's file may say. `docs/documents.md` explains it to whoever adds one.

use serde::Deserialize;

use super::calendar::Calendar;
use super::shape::Shape;
use super::{Measured, Script, SideName};
use crate::{DocumentType, FieldName};

/// One document type: a file below `crates/document/types`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct TypeFile {
    /// Name in answers and commands; also the file's name.
    pub(crate) id: String,
    /// What it is called in English.
    pub(crate) title: String,
    /// Which of the coarse kinds it is.
    pub(crate) kind: DocumentType,
    /// Issuing state or region as a code of Doc 9303; none for a type of many states.
    pub(crate) issuer: Option<String>,
    /// Width and height in millimetres.
    pub(crate) size_mm: [f32; 2],
    /// What its values are written in.
    pub(crate) scripts: Vec<Script>,
    /// Name of its number's format, as the number registry calls it.
    pub(crate) number: Option<String>,
    /// In which calendar its dates are printed.
    #[serde(default)]
    pub(crate) calendar: Calendar,
    /// Symbologies printed on it.
    #[serde(default)]
    pub(crate) barcodes: Vec<String>,
    /// On what the reading of it was measured.
    pub(crate) measured: Measured,
    /// Formats of its machine-readable zone (`TD1`).
    #[serde(default)]
    pub(crate) zone: Vec<String>,
    /// First letters of the zone's document code that the type stands for.
    #[serde(default)]
    pub(crate) zone_codes: Vec<String>,
    /// Fields that its zone states, for the list of types.
    #[serde(default)]
    pub(crate) zone_fields: Vec<FieldName>,
    /// Its sides.
    #[serde(default, rename = "side")]
    pub(crate) sides: Vec<Side>,
}

/// One side of a document.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Side {
    /// Which.
    pub(crate) name: SideName,
    /// Texts by which the side is recognised.
    #[serde(default, rename = "mark")]
    pub(crate) marks: Vec<Mark>,
    /// The weight of marks that must have been read.
    pub(crate) least: u32,
    /// Labels whose value is not wanted: never part of a value.
    #[serde(default)]
    pub(crate) other: Vec<String>,
    /// What is read from it.
    #[serde(default, rename = "field")]
    pub(crate) fields: Vec<FieldRule>,
}

/// A text that stands on every document of a type.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Mark {
    /// Ways to print it: one is enough.
    pub(crate) text: Vec<String>,
    /// How telling it is.
    pub(crate) weight: u32,
    /// Speaks against the type instead.
    #[serde(default)]
    pub(crate) against: bool,
}

/// Where a field stands and what it looks like.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct FieldRule {
    /// Which field.
    pub(crate) name: FieldName,
    /// Its printed label: the value stands behind, beside or below it.
    #[serde(default)]
    pub(crate) label: Vec<String>,
    /// Without a label: the value stands below this text, the nearest first …
    #[serde(default)]
    pub(crate) below: Vec<String>,
    /// … and above this one.
    #[serde(default)]
    pub(crate) above: Vec<String>,
    /// … and behind the last line of this field, which comes before in the file.
    pub(crate) behind: Option<FieldName>,
    /// What the value looks like.
    pub(crate) shape: Shape,
    /// Forms of a number: `#` a digit, `@` a letter, `%` either, anything else
    /// itself.
    #[serde(default)]
    pub(crate) form: Vec<String>,
    /// Printed words and what they mean, for `shape = "word"`.
    #[serde(default)]
    pub(crate) words: Vec<(String, String)>,
    /// Most lines that the value may take.
    #[serde(default = "one")]
    pub(crate) lines: usize,
}

fn one() -> usize {
    1
}
