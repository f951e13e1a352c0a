//! What is said about a document. Serialises to the stable JSON of
//! `bonafide document read`.

use std::collections::BTreeMap;
use std::fmt;

use bonafide_media::{Picture, PictureError, Rect};
use serde::{Deserialize, Serialize};

use crate::check::Check;
use crate::layout::Frame;
use crate::mrz::Mrz;
use crate::portrait::upright;

/// What was read from a document.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Reading {
    /// What kind of document it is.
    #[serde(rename = "type")]
    pub kind: DocumentType,
    /// Which document it is, as `GET /v1/document-types` names it.
    #[serde(default)]
    pub document_type: TypeName,
    /// Issuing state or organisation, as a code of Doc 9303 (`UTO`, `D`).
    pub issuer: Option<String>,
    /// The machine-readable zone; `None` if none was found.
    pub mrz: Option<MrzReading>,
    /// The fields, from wherever they were read.
    pub fields: BTreeMap<FieldName, FieldValue>,
    /// Where the portrait is in the front picture, as it was given.
    pub portrait: Option<PixelRect>,
    /// What stands in the way of trusting or reading it, in a fixed order.
    pub warnings: Vec<Warning>,
    /// What its parts say of each other.
    #[serde(default)]
    pub checks: Vec<Check>,
    /// Direction of its text in the front picture against the x axis, radians.
    #[serde(skip)]
    pub angle: f32,
}

impl Reading {
    /// The value of a field.
    pub fn value(&self, name: FieldName) -> Option<&str> {
        self.fields.get(&name).map(|field| field.value.as_str())
    }

    /// The portrait cut out of the front picture and put upright, whichever way
    /// that is turned; `None` if none was found.
    pub fn portrait_of(&self, front: &Picture) -> Result<Option<Picture>, PictureError> {
        let Some(place) = self.portrait else {
            return Ok(None);
        };
        let area = Rect::new(place.x as f32, place.y as f32, place.w as f32, place.h as f32);
        let frame = Frame { angle: self.angle };
        Ok(upright(front, area, &frame, f32::MAX)?.map(|(portrait, _)| portrait))
    }
}

/// A kind of document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum DocumentType {
    /// Passport book or passport-like travel document.
    Passport,
    /// Identity card, passport card, other official card.
    IdCard,
    /// Residence permit.
    ResidencePermit,
    /// Visa.
    Visa,
    /// Crew member certificate.
    CrewCertificate,
    /// Driving licence.
    DrivingLicence,
    /// None of these, or not readable.
    Unknown,
}

impl DocumentType {
    /// The name used in answers.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Passport => "passport",
            Self::IdCard => "id_card",
            Self::ResidencePermit => "residence_permit",
            Self::Visa => "visa",
            Self::CrewCertificate => "crew_certificate",
            Self::DrivingLicence => "driving_licence",
            Self::Unknown => "unknown",
        }
    }
}

/// The machine-readable zone as it was read.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct MrzReading {
    /// `TD1`, `TD2`, `TD3`, `MRVA`, `MRVB` or `FRA`.
    pub format: String,
    /// The lines as printed.
    pub lines: Vec<String>,
    /// Whether every check digit holds and every field has its form.
    pub valid: bool,
    /// Each check digit of the format, by name.
    pub checks: BTreeMap<String, bool>,
}

impl From<&Mrz> for MrzReading {
    fn from(mrz: &Mrz) -> Self {
        Self {
            format: mrz.format.name().to_owned(),
            lines: mrz.lines.clone(),
            valid: mrz.valid(),
            checks: mrz.checks.iter().map(|(c, holds)| (c.name().to_owned(), holds)).collect(),
        }
    }
}

/// The lines hold personal values.
impl fmt::Debug for MrzReading {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MrzReading")
            .field("format", &self.format)
            .field("valid", &self.valid)
            .field("checks", &self.checks)
            .finish_non_exhaustive()
    }
}

/// Names of the fields.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum FieldName {
    /// Surname (primary identifier).
    Surname,
    /// Given names (secondary identifier).
    GivenNames,
    /// Document number.
    Number,
    /// Nationality; from the MRZ a code of Doc 9303.
    Nationality,
    /// Date of birth, ISO 8601, unknown parts left out.
    BirthDate,
    /// `M`, `F` or `X`.
    Sex,
    /// Date of expiry, ISO 8601.
    ExpiryDate,
    /// Date of issue, ISO 8601.
    IssueDate,
    /// Place of birth.
    PlaceOfBirth,
    /// Issuing authority.
    Authority,
    /// Personal number.
    PersonalNumber,
    /// Optional data of the MRZ that is no personal number.
    Optional,
    /// Address of the holder.
    Address,
    /// Full name in Latin letters, where surname and given names are not told
    /// apart.
    FullName,
    /// Name in the script of the state, where it has another than Latin.
    NativeName,
    /// Telegraph codes of the characters of a Chinese name.
    NameCode,
    /// Ethnic group, as printed.
    EthnicGroup,
    /// Name of the father.
    Father,
    /// Name of the mother.
    Mother,
    /// Name of the spouse.
    Spouse,
    /// Military service, as printed.
    MilitaryService,
    /// Middle name: in the Philippines the mother's surname.
    MiddleName,
}

impl FieldName {
    /// Every one of them, in order.
    pub const ALL: [Self; 22] = [
        Self::Surname,
        Self::GivenNames,
        Self::Number,
        Self::Nationality,
        Self::BirthDate,
        Self::Sex,
        Self::ExpiryDate,
        Self::IssueDate,
        Self::PlaceOfBirth,
        Self::Authority,
        Self::PersonalNumber,
        Self::Optional,
        Self::Address,
        Self::FullName,
        Self::NativeName,
        Self::NameCode,
        Self::EthnicGroup,
        Self::Father,
        Self::Mother,
        Self::Spouse,
        Self::MilitaryService,
        Self::MiddleName,
    ];

    /// The name used in answers.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Surname => "surname",
            Self::GivenNames => "given_names",
            Self::Number => "number",
            Self::Nationality => "nationality",
            Self::BirthDate => "birth_date",
            Self::Sex => "sex",
            Self::ExpiryDate => "expiry_date",
            Self::IssueDate => "issue_date",
            Self::PlaceOfBirth => "place_of_birth",
            Self::Authority => "authority",
            Self::PersonalNumber => "personal_number",
            Self::Optional => "optional",
            Self::Address => "address",
            Self::FullName => "full_name",
            Self::NativeName => "native_name",
            Self::NameCode => "name_code",
            Self::EthnicGroup => "ethnic_group",
            Self::Father => "father",
            Self::Mother => "mother",
            Self::Spouse => "spouse",
            Self::MilitaryService => "military_service",
            Self::MiddleName => "middle_name",
        }
    }
}

/// Which document it is: the name of a type, or `unknown`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(transparent)]
pub struct TypeName(pub String);

impl TypeName {
    /// The name of what no type's file describes.
    pub const UNKNOWN: &'static str = "unknown";
}

impl Default for TypeName {
    fn default() -> Self {
        Self(Self::UNKNOWN.to_owned())
    }
}

/// A value and where it was read.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct FieldValue {
    /// The value; from the MRZ if it has the field.
    pub value: String,
    /// Where it was read.
    pub source: Source,
    /// Whether MRZ and visual zone say the same; `None` if only one of them
    /// was read.
    pub agrees: Option<bool>,
    /// How sure the recogniser was of the characters, 0 to 1: their mean
    /// probability. `None` for a value of the machine-readable zone, whose check
    /// digits say more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(nullable = false))]
    pub confidence: Option<f32>,
}

/// Values are personal.
impl fmt::Debug for FieldValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "FieldValue({:?}, agrees: {:?})", self.source, self.agrees)
    }
}

/// The part of the document where a value was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// Machine-readable zone.
    Mrz,
    /// Visual inspection zone.
    Viz,
    /// Both.
    Both,
    /// Neither: put right afterwards, as the person or the customer asked.
    Rectified,
}

/// Whole pixels of the picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct PixelRect {
    /// Left edge.
    pub x: u32,
    /// Upper edge.
    pub y: u32,
    /// Width.
    pub w: u32,
    /// Height.
    pub h: u32,
}

/// Something that stands in the way of trusting or reading the document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Warning {
    /// There is no document in the picture.
    NoDocument,
    /// There is more than one document in the picture.
    TwoDocuments,
    /// The document is too small to be read.
    TooSmall,
    /// The picture is blurred.
    Blurred,
    /// Light reflected from the document covers text.
    Glare,
    /// The document is turned or tilted, and could not be read for it.
    Turned,
    /// Part of the document lies outside the picture.
    CutOff,
    /// No machine-readable zone was found.
    NoMrz,
    /// A check digit of the machine-readable zone does not hold, as printed or
    /// as read.
    MrzNotValid,
    /// The document contradicts itself: the visual zone says something else than the
    /// machine-readable zone, one of the checks differs, or frames of one video do.
    FieldsDiffer,
    /// The date of expiry has passed.
    Expired,
}

impl Warning {
    /// The name used in answers.
    pub const fn name(self) -> &'static str {
        match self {
            Self::NoDocument => "no_document",
            Self::TwoDocuments => "two_documents",
            Self::TooSmall => "too_small",
            Self::Blurred => "blurred",
            Self::Glare => "glare",
            Self::Turned => "turned",
            Self::CutOff => "cut_off",
            Self::NoMrz => "no_mrz",
            Self::MrzNotValid => "mrz_not_valid",
            Self::FieldsDiffer => "fields_differ",
            Self::Expired => "expired",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reading() -> Reading {
        Reading {
            kind: DocumentType::Passport,
            document_type: TypeName("icao_passport".into()),
            issuer: Some("UTO".into()),
            mrz: Some(MrzReading {
                format: "TD3".into(),
                lines: vec!["P<UTOMUSTER<<EVA".into()],
                valid: false,
                checks: [("number".to_owned(), false)].into(),
            }),
            fields: [(
                FieldName::Surname,
                FieldValue {
                    value: "MUSTER".into(),
                    source: Source::Both,
                    agrees: Some(true),
                    confidence: None,
                },
            )]
            .into(),
            portrait: Some(PixelRect { x: 1, y: 2, w: 3, h: 4 }),
            warnings: vec![Warning::MrzNotValid],
            checks: Vec::new(),
            angle: 0.0,
        }
    }

    #[test]
    fn the_json_is_the_contract() {
        assert_eq!(
            serde_json::to_value(reading()).unwrap(),
            serde_json::json!({
                "type": "passport", "document_type": "icao_passport", "issuer": "UTO",
                "mrz": {"format": "TD3", "lines": ["P<UTOMUSTER<<EVA"], "valid": false,
                        "checks": {"number": false}},
                "fields": {"surname": {"value": "MUSTER", "source": "both", "agrees": true}},
                "portrait": {"x": 1, "y": 2, "w": 3, "h": 4},
                "warnings": ["mrz_not_valid"], "checks": [],
            })
        );
    }

    #[test]
    fn debug_shows_no_value() {
        assert!(!format!("{:?}", reading()).contains("MUSTER"));
    }

    #[test]
    fn field_names_are_spelt_alike_everywhere() {
        for name in FieldName::ALL {
            assert_eq!(serde_json::to_value(name).unwrap(), name.name());
        }
        for kind in [DocumentType::IdCard, DocumentType::CrewCertificate, DocumentType::Unknown] {
            assert_eq!(serde_json::to_value(kind).unwrap(), kind.name());
        }
        for warning in [Warning::NoDocument, Warning::CutOff, Warning::MrzNotValid] {
            assert_eq!(serde_json::to_value(warning).unwrap(), warning.name());
        }
    }
}
