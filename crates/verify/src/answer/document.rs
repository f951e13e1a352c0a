//! What was read from a document.

use std::collections::BTreeMap;

use bonafide_document::{
    Check, DocumentType, FieldName, FieldValue, MrzReading, PixelRect, Reading, TypeName, Warning,
};
use bonafide_policy::HeldPart;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Selectable, Selection, present};

/// What was read from a document, as far as it was asked for.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema, HeldPart)]
#[schema(title = "DocumentAnswer")]
pub struct DocumentAnswer {
    /// What kind of document it is.
    #[serde(rename = "type", default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    #[held(whole)]
    pub kind: Option<DocumentType>,
    /// Which document it is, as `GET /v1/document-types` names it; `unknown` if that
    /// could not be told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    #[held(whole)]
    pub document_type: Option<TypeName>,
    /// Issuing state or organisation, as a code of Doc 9303 (`UTO`, `D`).
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    #[schema(value_type = Option<String>)]
    pub issuer: Option<Option<String>>,
    /// The machine-readable zone; `null` if none was found. It repeats most of
    /// the fields: whoever wants only some of them does not ask for it.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    #[schema(value_type = Option<MrzReading>)]
    #[held(whole)]
    pub mrz: Option<Option<MrzReading>>,
    /// The fields that were asked for and found, from wherever they were read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    #[held(whole)]
    pub fields: Option<BTreeMap<FieldName, FieldValue>>,
    /// Where the portrait is in the front picture, as it was given.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    #[schema(value_type = Option<PixelRect>)]
    #[held(whole)]
    pub portrait: Option<Option<PixelRect>>,
    /// What stands in the way of trusting or reading it, in a fixed order.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    #[held(whole)]
    pub warnings: Option<Vec<Warning>>,
    /// What its parts say of each other; never `agree` where something is missing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    #[held(whole)]
    pub checks: Option<Vec<Check>>,
}

impl DocumentAnswer {
    /// What was asked for of a reading.
    pub fn of(reading: &Reading, asked: &Selection<DocumentField>) -> Self {
        let fields: BTreeMap<_, _> = reading
            .fields
            .iter()
            .filter(|(name, _)| asked.has(DocumentField::Field(**name)))
            .map(|(name, value)| (*name, value.clone()))
            .collect();
        let any = FieldName::ALL.into_iter().any(|name| asked.has(DocumentField::Field(name)));
        Self {
            kind: asked.pick(DocumentField::Type, reading.kind),
            document_type: asked.pick(DocumentField::DocumentType, reading.document_type.clone()),
            issuer: asked.pick(DocumentField::Issuer, reading.issuer.clone()),
            mrz: asked.pick(DocumentField::Mrz, reading.mrz.clone()),
            fields: any.then_some(fields),
            portrait: asked.pick(DocumentField::Portrait, reading.portrait),
            warnings: asked.pick(DocumentField::Warnings, reading.warnings.clone()),
            checks: asked.pick(DocumentField::Checks, reading.checks.clone()),
        }
    }

    /// Only what is asked for of what there is.
    #[must_use]
    pub fn narrowed(mut self, asked: &Selection<DocumentField>) -> Self {
        if let Some(fields) = &mut self.fields {
            fields.retain(|name, _| asked.has(DocumentField::Field(*name)));
        }
        let any = FieldName::ALL.into_iter().any(|name| asked.has(DocumentField::Field(name)));
        Self {
            kind: self.kind.filter(|_| asked.has(DocumentField::Type)),
            document_type: self.document_type.filter(|_| asked.has(DocumentField::DocumentType)),
            issuer: self.issuer.filter(|_| asked.has(DocumentField::Issuer)),
            mrz: self.mrz.filter(|_| asked.has(DocumentField::Mrz)),
            fields: self.fields.filter(|_| any),
            portrait: self.portrait.filter(|_| asked.has(DocumentField::Portrait)),
            warnings: self.warnings.filter(|_| asked.has(DocumentField::Warnings)),
            checks: self.checks.filter(|_| asked.has(DocumentField::Checks)),
        }
    }
}

/// What of a document can be asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DocumentField {
    /// `type`.
    Type,
    /// `issuer`.
    Issuer,
    /// `mrz`.
    Mrz,
    /// `portrait`: where it is.
    Portrait,
    /// `warnings`.
    Warnings,
    /// `document_type`.
    DocumentType,
    /// `checks`.
    Checks,
    /// A field by its name.
    Field(FieldName),
}

const fn all() -> [DocumentField; 7 + FieldName::ALL.len()] {
    let mut all = [DocumentField::Type; 7 + FieldName::ALL.len()];
    all[1] = DocumentField::Issuer;
    all[2] = DocumentField::Mrz;
    all[3] = DocumentField::Portrait;
    all[4] = DocumentField::Warnings;
    all[5] = DocumentField::DocumentType;
    all[6] = DocumentField::Checks;
    let mut next = 0;
    while next < FieldName::ALL.len() {
        all[7 + next] = DocumentField::Field(FieldName::ALL[next]);
        next += 1;
    }
    all
}

impl Selectable for DocumentField {
    const ALL: &'static [Self] = &all();

    fn name(self) -> &'static str {
        match self {
            Self::Type => "type",
            Self::Issuer => "issuer",
            Self::Mrz => "mrz",
            Self::Portrait => "portrait",
            Self::Warnings => "warnings",
            Self::DocumentType => "document_type",
            Self::Checks => "checks",
            Self::Field(name) => name.name(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bonafide_document::Source;
    use serde_json::{Value, json};

    fn reading() -> Reading {
        let field = |name: FieldName| FieldValue {
            value: format!("marker-{}", name.name()),
            source: Source::Both,
            agrees: Some(true),
            confidence: Some(0.5),
        };
        Reading {
            kind: DocumentType::Passport,
            document_type: TypeName("icao_passport".into()),
            issuer: Some("marker-issuer".into()),
            mrz: Some(MrzReading {
                format: "TD3".into(),
                lines: vec!["marker-mrz".into()],
                valid: true,
                checks: BTreeMap::new(),
            }),
            fields: FieldName::ALL.into_iter().map(|name| (name, field(name))).collect(),
            portrait: Some(PixelRect { x: 1, y: 2, w: 3, h: 4 }),
            warnings: vec![Warning::Glare],
            checks: Vec::new(),
            angle: 0.0,
        }
    }

    #[test]
    fn all_of_it_is_the_json_of_the_reading() {
        let answer = DocumentAnswer::of(&reading(), &Selection::All);
        assert_eq!(json!(answer), json!(reading()));
        let back: DocumentAnswer = serde_json::from_value(json!(answer)).unwrap();
        assert_eq!(back, answer);
        let nothing = Reading { mrz: None, portrait: None, ..reading() };
        let answer = DocumentAnswer::of(&nothing, &Selection::All);
        assert_eq!(json!(answer)["mrz"], Value::Null);
        assert_eq!(serde_json::from_value::<DocumentAnswer>(json!(answer)).unwrap(), answer);
    }

    #[test]
    fn d6_each_field_comes_only_if_it_was_asked_for() {
        for &field in DocumentField::ALL {
            let only = Selection::from_names([field.name()]).unwrap();
            let full = DocumentAnswer::of(&reading(), &Selection::All);
            for answer in [DocumentAnswer::of(&reading(), &only), full.narrowed(&only)] {
                let json = json!(answer);
                let members: Vec<_> = json.as_object().unwrap().keys().cloned().collect();
                if let DocumentField::Field(name) = field {
                    assert_eq!(members, ["fields"]);
                    let fields: Vec<_> = json["fields"].as_object().unwrap().keys().collect();
                    assert_eq!(fields, [name.name()]);
                } else {
                    assert_eq!(members, [field.name()]);
                }
                let markers = json.to_string().matches("marker-").count();
                assert!(markers <= 1, "{field:?}: {json}");
            }
        }
    }
}
