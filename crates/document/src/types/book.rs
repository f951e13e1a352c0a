//! The types this build knows.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use bonafide_context::Date;
use bonafide_inference::Role;
use serde::{Deserialize, Serialize};

use super::calendar::Calendar;
use super::extract::extract;
use super::file::{Side, TypeFile};
use super::recognise::Recognised;
use super::shape::Manner;
use crate::mrz::Mrz;
use crate::reader;
use crate::viz::Labelled;
use crate::{DocumentError, DocumentType, FieldName, number};

/// The files, each under its name.
const FILES: &[(&str, &str)] = &[
    ("chn_resident_id", include_str!("../../types/chn_resident_id.toml")),
    ("hkg_id", include_str!("../../types/hkg_id.toml")),
    ("icao_id_card", include_str!("../../types/icao_id_card.toml")),
    ("icao_passport", include_str!("../../types/icao_passport.toml")),
    ("icao_visa", include_str!("../../types/icao_visa.toml")),
    ("idn_ktp", include_str!("../../types/idn_ktp.toml")),
    ("mac_id", include_str!("../../types/mac_id.toml")),
    ("mys_mykad", include_str!("../../types/mys_mykad.toml")),
    ("phl_philsys", include_str!("../../types/phl_philsys.toml")),
    ("sgp_nric", include_str!("../../types/sgp_nric.toml")),
    ("twn_id", include_str!("../../types/twn_id.toml")),
];

/// Every document type that this build reads.
#[derive(Clone, Debug)]
pub struct DocumentTypes {
    files: Vec<TypeFile>,
}

impl DocumentTypes {
    /// The types that this build was made with, read once.
    pub fn built_in() -> Result<&'static Self, DocumentError> {
        static BOOK: OnceLock<Result<DocumentTypes, &'static str>> = OnceLock::new();
        let book = BOOK.get_or_init(|| {
            let files = FILES.iter().map(|(name, text)| Self::parse(text).map_err(|_| *name));
            Ok(Self { files: files.collect::<Result<_, _>>()? })
        });
        book.as_ref().map_err(|name| DocumentError::TypeFile(name))
    }

    fn parse(text: &str) -> Result<TypeFile, toml::de::Error> {
        toml::from_str(text)
    }

    /// What can be told about each, in the order of their names.
    pub fn list(&self) -> Vec<TypeInfo> {
        self.files.iter().map(TypeInfo::of).collect()
    }

    /// Which recogniser reads the values of a picture best.
    pub(crate) fn recognizer(&self, side: &reader::Side) -> Role {
        let file = side.known.and_then(|known| self.files.get(known.file));
        match file.is_some_and(|file| file.scripts.iter().any(|script| script.is_han())) {
            true => Role::TextRecognizerHan,
            false => Role::TextRecognizer,
        }
    }

    fn side(&self, found: Recognised) -> Option<(&TypeFile, &Side)> {
        let file = self.files.get(found.file)?;
        Some((file, file.sides.get(found.side)?))
    }

    /// The type that the pictures show; `None` if none is made out, or two show
    /// different ones.
    pub(crate) fn agreed(&self, sides: &[reader::Side]) -> Option<&TypeFile> {
        let mut files = sides.iter().filter_map(|side| side.known).map(|known| known.file);
        let first = files.next()?;
        if files.all(|file| file == first) { self.files.get(first) } else { None }
    }

    /// The values of a picture whose type is made out.
    pub(crate) fn extract(
        &self,
        side: &reader::Side,
        today: Date,
    ) -> Option<BTreeMap<FieldName, Labelled>> {
        let (file, rules) = self.side(side.known?)?;
        let number = file.number.as_deref().and_then(number::find);
        let manner = Manner { today, calendar: file.calendar, number };
        Some(extract(rules, &side.lines, manner))
    }

    pub(crate) fn files(&self) -> &[TypeFile] {
        &self.files
    }

    /// The type whose machine-readable zone this is: one of the zone's issuer
    /// before one of every state.
    pub(crate) fn of_zone(&self, mrz: &Mrz) -> Option<&TypeFile> {
        let format = mrz.format.name();
        let fits = |file: &&TypeFile| {
            file.zone.iter().any(|zone| zone == format)
                && file.zone_codes.iter().any(|code| mrz.document_code.starts_with(code.as_str()))
                && file.issuer.as_ref().is_none_or(|issuer| *issuer == mrz.issuer)
        };
        self.files.iter().filter(fits).max_by_key(|file| file.issuer.is_some())
    }
}

/// What is told about a type.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct TypeInfo {
    /// Its name in answers.
    pub id: String,
    /// What it is called.
    pub title: String,
    /// Which of the coarse kinds it is.
    pub kind: DocumentType,
    /// Issuing state or region as a code of Doc 9303; `null` for a type of many states.
    pub issuer: Option<String>,
    /// What its values are written in.
    pub scripts: Vec<Script>,
    /// Width and height in millimetres.
    pub size_mm: [f32; 2],
    /// In which calendar its dates are printed.
    pub calendar: Calendar,
    /// Format of its number, where there is one to check.
    pub number: Option<String>,
    /// Formats of its machine-readable zone.
    pub zone: Vec<String>,
    /// Symbologies printed on it.
    pub barcodes: Vec<String>,
    /// On what the reading of it was measured.
    pub measured: Measured,
    /// Its sides and what is read from each.
    pub sides: Vec<SideInfo>,
}

/// What is told about a side.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct SideInfo {
    /// Which side.
    pub name: SideName,
    /// What is read from it.
    pub fields: Vec<FieldInfo>,
}

/// What is told about a field.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct FieldInfo {
    /// Which.
    pub name: FieldName,
    /// Whether the machine-readable zone states it.
    pub zone: bool,
}

impl TypeInfo {
    fn of(file: &TypeFile) -> Self {
        let mut sides: Vec<SideInfo> = file
            .sides
            .iter()
            .map(|side| SideInfo {
                name: side.name,
                fields: side
                    .fields
                    .iter()
                    .map(|rule| FieldInfo { name: rule.name, zone: false })
                    .collect(),
            })
            .collect();
        if !file.zone_fields.is_empty() {
            let zone = file.zone_fields.iter().map(|&name| FieldInfo { name, zone: true });
            // A TD1 has its zone on the back, every other format on the front.
            let behind = file.zone.iter().any(|zone| zone == "TD1");
            let name = if behind { SideName::Back } else { SideName::Front };
            match sides.iter_mut().find(|side| side.name == name) {
                Some(side) => side.fields.extend(zone),
                None => sides.push(SideInfo { name, fields: zone.collect() }),
            }
        }
        for side in &mut sides {
            side.fields.sort_by_key(|field| (field.name, field.zone));
            side.fields.dedup_by_key(|field| field.name);
        }
        Self {
            id: file.id.clone(),
            title: file.title.clone(),
            kind: file.kind,
            issuer: file.issuer.clone(),
            scripts: file.scripts.clone(),
            size_mm: file.size_mm,
            calendar: file.calendar,
            number: file.number.clone(),
            zone: file.zone.clone(),
            barcodes: file.barcodes.clone(),
            measured: file.measured,
            sides,
        }
    }
}

/// What the values of a document are written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Script {
    /// Latin letters and Arabic digits.
    Latin,
    /// Simplified Chinese.
    Hans,
    /// Traditional Chinese.
    Hant,
    /// Japanese: kanji and kana.
    Japanese,
    /// Hangul.
    Hangul,
    /// Thai.
    Thai,
    /// Latin letters with the marks of Vietnamese.
    Vietnamese,
}

impl Script {
    /// Whether it is written in Han characters.
    pub(crate) fn is_han(self) -> bool {
        matches!(self, Self::Hans | Self::Hant | Self::Japanese)
    }
}

/// A side of a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum SideName {
    /// With the portrait; the data page of a booklet.
    Front,
    /// The other one.
    Back,
}

/// On what the reading of a type was measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Measured {
    /// On nothing yet.
    NotYet,
    /// Only on specimens that this project renders.
    Specimens,
    /// On published pictures of real documents, too.
    RealPictures,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::types::shape::Shape;

    #[test]
    fn every_file_is_sound() {
        let types = DocumentTypes::built_in().unwrap();
        for ((name, _), file) in FILES.iter().zip(types.files()) {
            assert_eq!(*name, file.id);
            assert!(file.id.bytes().all(|b| b.is_ascii_lowercase() || b == b'_'), "{name}");
            for side in &file.sides {
                let weight: u32 = side.marks.iter().filter(|m| !m.against).map(|m| m.weight).sum();
                assert!(side.least > 0 && weight >= side.least, "{name} can never be recognised");
                for rule in &side.fields {
                    let placed = !rule.label.is_empty() || !rule.below.is_empty();
                    let formed = rule.shape == Shape::Number;
                    assert!(placed || formed, "{name}: {:?} is nowhere", rule.name);
                    assert_eq!(formed, !rule.form.is_empty(), "{name}: {:?}", rule.name);
                    let worded = rule.shape == Shape::Word;
                    assert_eq!(worded, !rule.words.is_empty(), "{name}: {:?}", rule.name);
                    assert!((1..=6).contains(&rule.lines), "{name}: {:?}", rule.name);
                }
            }
            let number = file.number.as_deref();
            assert!(number.is_none_or(|id| number::find(id).is_some()), "{name}: {number:?}");
            let [width, height] = file.size_mm;
            assert!((70.0..=130.0).contains(&width) && (50.0..=100.0).contains(&height), "{name}");
            assert_eq!(file.zone.is_empty(), file.zone_codes.is_empty(), "{name}");
            assert!(!file.scripts.is_empty(), "{name}");
        }
        let mut names: Vec<_> = FILES.iter().map(|(name, _)| name).collect();
        names.dedup();
        assert!(names.is_sorted() && names.len() == FILES.len());
    }

    #[test]
    fn a_misspelt_file_is_refused() {
        let text = FILES[0].1.replacen("title", "tittle", 1);
        assert!(DocumentTypes::parse(&text).is_err());
    }
}
