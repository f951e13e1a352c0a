//! What the actions that read a document share: their alarms, their fields, and why a
//! document is refused.

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bonafide_context::{Date, Sensitive};
use bonafide_document::{CheckName, FieldName, FieldValue, Outcome, Source, Warning};
use bonafide_verify::{
    DocumentAnswer, DocumentWithPortrait, ReadDocument, Selection, read_document,
    read_document_with_portrait,
};
use bytes::Bytes;

use crate::code::Code;
use crate::context::Context;
use crate::fault::Fault;

/// What cards of every kind leave out.
pub(super) const LIMITS: &str = "pictures by URL; alarms of copies, screens and edited pictures \
                                 (`WarnCardInfos` always has -9109)";

/// Alarms of a document.
mod alarm {
    pub(super) const INCOMPLETE: i64 = -9101;
    pub(super) const GLARE: i64 = -9107;
    pub(super) const BLUR: i64 = -9108;
    /// There are alarms that are not looked for.
    pub(super) const NOT_ENABLED: i64 = -9109;
}

/// The alarms of the interface for what stands in the way of a document.
pub(super) fn alarms(warnings: &[Warning]) -> Vec<i64> {
    let found = warnings.iter().filter_map(|warning| match warning {
        Warning::CutOff => Some(alarm::INCOMPLETE),
        Warning::Glare => Some(alarm::GLARE),
        Warning::Blurred => Some(alarm::BLUR),
        _ => None,
    });
    found.chain([alarm::NOT_ENABLED]).collect()
}

/// Why there is no document of the kind that an action reads: what is wrong with the
/// picture, or else `none`.
pub(super) fn unread(warnings: &[Warning], none: Code, say: &'static str) -> Fault {
    for (warning, code, say) in [
        (Warning::TwoDocuments, Code::MultiCard, "there is more than one document in the picture"),
        (Warning::TooSmall, Code::IdCardTooSmall, "the document is too small: take it from nearer"),
        (Warning::Blurred, Code::ImageBlur, "the picture is blurred: take another"),
    ] {
        if warnings.contains(&warning) {
            return Fault::new(code, say);
        }
    }
    Fault::new(none, say)
}

/// Fields of a document, as they were read.
pub(super) struct Fields(pub(super) BTreeMap<FieldName, FieldValue>);

impl Fields {
    /// A field from wherever it was read; empty where it was not.
    pub(super) fn any(&self, name: FieldName) -> String {
        self.0.get(&name).map(|field| field.value.clone()).unwrap_or_default()
    }

    /// A field that was read in the visual zone.
    pub(super) fn seen(&self, name: FieldName) -> String {
        let seen = self.0.get(&name).filter(|field| field.source != Source::Mrz);
        seen.map(|field| field.value.clone()).unwrap_or_default()
    }

    /// A date, written as `how` says; empty for one of which a part is unknown.
    pub(super) fn date(&self, name: FieldName, how: impl Fn(Date) -> String) -> String {
        self.any(name).parse::<Date>().map(how).unwrap_or_default()
    }

    /// The sex in the words of a card; empty where it is neither of them.
    pub(super) fn sex(&self, male: &str, female: &str) -> String {
        match self.any(FieldName::Sex).as_str() {
            "M" => male.to_owned(),
            "F" => female.to_owned(),
            _ => String::new(),
        }
    }
}

/// `12-08-1974`.
pub(super) fn dashed(date: Date) -> String {
    format!("{:02}-{:02}-{:04}", date.day(), date.month(), date.year())
}

/// A kind of card: how document types are named here, and how the interface says that
/// there is none of it in the picture.
pub(super) struct CardKind {
    pub(super) document_type: &'static str,
    pub(super) none: Code,
    pub(super) say: &'static str,
}

/// A card that was read.
pub(super) struct Card {
    pub(super) fields: Fields,
    /// A JPEG file in base64; empty where it was not asked for or not found.
    pub(super) portrait: String,
    pub(super) alarms: Vec<i64>,
}

/// Reads a card of a kind, or says why it is none.
pub(super) async fn read_card(
    cx: &mut Context,
    kind: &CardKind,
    front: Sensitive<Bytes>,
    back: Option<Sensitive<Bytes>>,
    with_portrait: bool,
) -> Result<Card, Fault> {
    let asked = ReadDocument {
        front: front.into(),
        back: back.map(Into::into),
        consent: None,
        fields: Selection::All,
    };
    let (document, portrait) = if with_portrait {
        let done = read_document_with_portrait(&cx.app(), &mut cx.call, asked).await?;
        let DocumentWithPortrait { document, portrait } = cx.done(done);
        (document, portrait.map(|jpeg| STANDARD.encode(jpeg.expose())))
    } else {
        let done = read_document(&cx.app(), &mut cx.call, asked).await?;
        (cx.done(done), None)
    };
    Ok(Card { portrait: portrait.unwrap_or_default(), ..card(document, kind)? })
}

/// What was read as a card of this kind. What contradicts itself is refused: whoever
/// gets fields from this interface takes them for those of the card.
pub(super) fn card(document: DocumentAnswer, kind: &CardKind) -> Result<Card, Fault> {
    let warnings = document.warnings.unwrap_or_default();
    let named = document.document_type.unwrap_or_default();
    if named.0 != kind.document_type || warnings.contains(&Warning::TwoDocuments) {
        return Err(unread(&warnings, kind.none, kind.say));
    }
    let checks = document.checks.unwrap_or_default();
    let differs = checks
        .iter()
        .any(|check| check.outcome == Outcome::Differ && check.name != CheckName::Expiry);
    if differs || warnings.contains(&Warning::FieldsDiffer) {
        let say = "number, dates and sides of the card contradict each other, as printed or as \
                   read: take another picture";
        return Err(Fault::new(Code::IdCardInfoIllegal, say));
    }
    let fields = Fields(document.fields.unwrap_or_default());
    Ok(Card { fields, portrait: String::new(), alarms: alarms(&warnings) })
}

#[cfg(test)]
pub(super) mod testing {
    use bonafide_document::{Check, DocumentType, TypeName};

    use super::*;

    /// A card of a type with these fields, all read in the visual zone.
    pub(in super::super) fn document(kind: &CardKind, of: &[(FieldName, &str)]) -> DocumentAnswer {
        let field = |value: &str| FieldValue {
            value: value.to_owned(),
            source: Source::Viz,
            agrees: None,
            confidence: None,
        };
        DocumentAnswer {
            kind: Some(DocumentType::IdCard),
            document_type: Some(TypeName(kind.document_type.to_owned())),
            issuer: Some(None),
            mrz: Some(None),
            fields: Some(of.iter().map(|(name, value)| (*name, field(value))).collect()),
            portrait: Some(None),
            warnings: Some(vec![]),
            checks: Some(vec![]),
        }
    }

    /// That a kind of card is refused as this interface does it.
    pub(in super::super) fn refuses(kind: &CardKind) {
        let code = |document| card(document, kind).err().map(|fault| fault.code);
        let of = || document(kind, &[]);
        assert_eq!(code(of()), None);
        let other = DocumentAnswer { document_type: Some(TypeName::default()), ..of() };
        assert_eq!(code(other.clone()), Some(kind.none));
        let with = |warning| DocumentAnswer { warnings: Some(vec![warning]), ..other.clone() };
        assert_eq!(code(with(Warning::Blurred)), Some(Code::ImageBlur));
        assert_eq!(code(with(Warning::TooSmall)), Some(Code::IdCardTooSmall));
        let two = DocumentAnswer { warnings: Some(vec![Warning::TwoDocuments]), ..of() };
        assert_eq!(code(two), Some(Code::MultiCard));
        let check = |name, outcome| Check { name, outcome, reason: None };
        for (name, outcome, wanted) in [
            (CheckName::Number, Outcome::Differ, Some(Code::IdCardInfoIllegal)),
            (CheckName::NumberBirth, Outcome::Differ, Some(Code::IdCardInfoIllegal)),
            (CheckName::Sides, Outcome::Differ, Some(Code::IdCardInfoIllegal)),
            (CheckName::Number, Outcome::Unavailable, None),
            // Whoever reads a card that has run out is told when it did.
            (CheckName::Expiry, Outcome::Differ, None),
        ] {
            let checked = DocumentAnswer { checks: Some(vec![check(name, outcome)]), ..of() };
            assert_eq!(code(checked), wanted, "{name:?} {outcome:?}");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn alarms_are_those_of_the_interface() {
        let all = [Warning::CutOff, Warning::Glare, Warning::Blurred, Warning::Expired];
        assert_eq!(alarms(&all), [-9101, -9107, -9108, -9109]);
    }
}
