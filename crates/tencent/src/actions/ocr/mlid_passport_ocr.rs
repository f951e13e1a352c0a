//! `MLIDPassportOCR`: reads the data page of a passport.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bonafide_context::Date;
use bonafide_document::{DocumentType, FieldName, MrzReading, Warning};
use bonafide_verify::{
    DocumentAnswer, DocumentWithPortrait, ReadDocument, Selection, interface,
    read_document_with_portrait,
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::reading::{Fields, LIMITS, alarms, unread};
use crate::action::{Action, Service, Support};
use crate::actions::answer;
use crate::code::Code;
use crate::context::Context;
use crate::fault::Fault;
use crate::input::Parameters;
use crate::picture::ocr_picture;

pub(in crate::actions) const ACTION: Action = Action {
    service: Service::Ocr,
    name: "MLIDPassportOCR",
    support: Support::Works {
        interface: &interface::DOCUMENTS_READ,
        handler: |cx, parameters| Box::pin(handle(cx, parameters)),
        limits: LIMITS,
    },
};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Request {
    image_base64: Option<String>,
    ret_image: Option<bool>,
    image_url: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Answer {
    #[serde(rename = "ID")]
    id: String,
    name: String,
    date_of_birth: String,
    sex: String,
    date_of_expiration: String,
    issuing_country: String,
    nationality: String,
    warn: [i64; 0],
    image: String,
    advanced_info: &'static str,
    code_set: String,
    code_crc: String,
    surname: String,
    given_name: String,
    r#type: String,
    passport_recognize_infos: Printed,
    warn_card_infos: Vec<i64>,
    card_count: i64,
    is_complete: bool,
}

/// What was read of the visual zone; empty where it was not.
#[derive(Default, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Printed {
    r#type: String,
    issuing_country: String,
    #[serde(rename = "PassportID")]
    passport_id: String,
    surname: String,
    given_name: String,
    name: String,
    nationality: String,
    date_of_birth: String,
    sex: String,
    date_of_issuance: String,
    date_of_expiration: String,
    signature: String,
    issue_place: String,
    issuing_authority: String,
    birth_place: String,
}

async fn handle(cx: &mut Context, parameters: Parameters) -> Result<Map<String, Value>, Fault> {
    let request: Request = parameters.into()?;
    let front = ocr_picture(cx, request.image_base64, request.image_url)?;
    let asked =
        ReadDocument { front: front.into(), back: None, consent: None, fields: Selection::All };
    let done = read_document_with_portrait(&cx.app(), &mut cx.call, asked).await?;
    let DocumentWithPortrait { document, portrait } = cx.done(done);
    let image = match portrait.filter(|_| request.ret_image.unwrap_or(false)) {
        Some(jpeg) => STANDARD.encode(jpeg.expose()),
        None => String::new(),
    };
    answer(&Answer { image, ..passport(document)? })
}

/// A passport as this interface tells it, or why it is none.
fn passport(document: DocumentAnswer) -> Result<Answer, Fault> {
    let warnings = document.warnings.unwrap_or_default();
    let zone = document.mrz.flatten();
    let kind = document.kind.unwrap_or(DocumentType::Unknown);
    let Some(zone) = zone.filter(|_| kind == DocumentType::Passport) else {
        let say = "there is no passport in the picture: send its data page, upright and whole";
        return Err(unread(&warnings, Code::NoPassport, say));
    };
    if !zone.valid {
        let say = "a check digit of the machine-readable zone does not hold: take another picture";
        return Err(Fault::new(Code::FieldException, say));
    }
    if warnings.contains(&Warning::FieldsDiffer) {
        let say = "the visual zone says something else than the machine-readable zone";
        return Err(Fault::new(Code::MrzInconsistent, say));
    }
    if warnings.contains(&Warning::TwoDocuments) {
        return Err(Fault::new(Code::MultiCard, "there is more than one document in the picture"));
    }
    let fields = Fields(document.fields.unwrap_or_default());
    let of = |name| fields.any(name);
    let MrzReading { lines, .. } = zone;
    let kind = lines.first().map_or("", |line| line.get(..2).unwrap_or_default());
    let kind = kind.trim_end_matches('<').to_owned();
    let issuer = document.issuer.flatten().unwrap_or_default();
    let answer = Answer {
        id: of(FieldName::Number),
        name: full_name(&of(FieldName::Surname), &of(FieldName::GivenNames)),
        date_of_birth: digits(&of(FieldName::BirthDate)),
        sex: of(FieldName::Sex),
        date_of_expiration: digits(&of(FieldName::ExpiryDate)),
        issuing_country: issuer,
        nationality: of(FieldName::Nationality),
        warn: [],
        image: String::new(),
        advanced_info: "1",
        surname: of(FieldName::Surname),
        given_name: of(FieldName::GivenNames),
        r#type: kind,
        passport_recognize_infos: fields.printed(),
        warn_card_infos: alarms(&warnings),
        card_count: 1,
        is_complete: false,
        code_crc: lines.get(1).cloned().unwrap_or_default(),
        code_set: lines.into_iter().next().unwrap_or_default(),
    };
    let needed = [
        &answer.id,
        &answer.name,
        &answer.date_of_birth,
        &answer.sex,
        &answer.date_of_expiration,
        &answer.issuing_country,
        &answer.nationality,
    ];
    let is_complete = needed.iter().all(|value| !value.is_empty());
    Ok(Answer { is_complete, ..answer })
}

impl Fields {
    fn printed(&self) -> Printed {
        let of = |name| self.seen(name);
        let date = |name| spoken(&self.seen(name));
        let (surname, given_name) = (of(FieldName::Surname), of(FieldName::GivenNames));
        Printed {
            passport_id: of(FieldName::Number),
            name: full_name(&surname, &given_name),
            surname,
            given_name,
            nationality: of(FieldName::Nationality),
            date_of_birth: date(FieldName::BirthDate),
            sex: of(FieldName::Sex),
            date_of_issuance: date(FieldName::IssueDate),
            date_of_expiration: date(FieldName::ExpiryDate),
            issuing_authority: of(FieldName::Authority),
            birth_place: of(FieldName::PlaceOfBirth),
            ..Printed::default()
        }
    }
}

fn full_name(surname: &str, given: &str) -> String {
    [surname, given].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
}

/// `19900411` of `1990-04-11`; empty for a date of which a part is unknown.
fn digits(date: &str) -> String {
    date.parse::<Date>().map(|date| date.to_string().replace('-', "")).unwrap_or_default()
}

/// `11 Apr 1990` of `1990-04-11`, as passports print it; empty for a date of which a part
/// is unknown.
fn spoken(date: &str) -> String {
    const MONTHS: [&str; 12] =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let Ok(date) = date.parse::<Date>() else { return String::new() };
    let month = usize::try_from(date.month()).ok().and_then(|at| MONTHS.get(at.checked_sub(1)?));
    month.map(|month| format!("{:02} {month} {}", date.day(), date.year())).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use bonafide_document::{FieldValue, Source};

    use super::*;

    fn document() -> DocumentAnswer {
        let field = |value: &str, source| FieldValue {
            value: value.to_owned(),
            source,
            agrees: (source == Source::Both).then_some(true),
            confidence: None,
        };
        let fields = [
            (FieldName::Surname, field("ERIKSSON", Source::Both)),
            (FieldName::GivenNames, field("ANNA MARIA", Source::Mrz)),
            (FieldName::Number, field("L898902C3", Source::Both)),
            (FieldName::Nationality, field("UTO", Source::Mrz)),
            (FieldName::BirthDate, field("1974-08-12", Source::Both)),
            (FieldName::Sex, field("F", Source::Both)),
            (FieldName::ExpiryDate, field("2032-04-15", Source::Both)),
            (FieldName::IssueDate, field("2022-04-16", Source::Viz)),
        ];
        let zone = MrzReading {
            format: "TD3".to_owned(),
            lines: vec![
                "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<".to_owned(),
                "L898902C36UTO7408122F3204159ZE184226B<<<<<10".to_owned(),
            ],
            valid: true,
            checks: BTreeMap::new(),
        };
        DocumentAnswer {
            kind: Some(DocumentType::Passport),
            document_type: None,
            issuer: Some(Some("UTO".to_owned())),
            mrz: Some(Some(zone)),
            fields: Some(fields.into()),
            portrait: Some(None),
            checks: None,
            warnings: Some(vec![]),
        }
    }

    fn refused(document: DocumentAnswer) -> &'static str {
        passport(document).err().map_or("", |fault| fault.code.as_str())
    }

    #[test]
    fn a_passport_is_told_with_the_names_of_the_interface() {
        let told = serde_json::to_value(passport(document()).unwrap()).unwrap();
        assert_eq!(ACTION.shape().unwrap().amiss(&told), None);
        for (name, value) in [
            ("ID", "L898902C3"),
            ("Name", "ERIKSSON ANNA MARIA"),
            ("DateOfBirth", "19740812"),
            ("DateOfExpiration", "20320415"),
            ("IssuingCountry", "UTO"),
            ("Type", "P"),
            ("CodeCrc", "L898902C36UTO7408122F3204159ZE184226B<<<<<10"),
        ] {
            assert_eq!(told[name], value, "{name}");
        }
        assert_eq!(told["IsComplete"], true);
        assert_eq!(told["WarnCardInfos"], serde_json::json!([-9109]));
        let printed = &told["PassportRecognizeInfos"];
        assert_eq!(printed["DateOfIssuance"], "16 Apr 2022");
        assert_eq!(printed["GivenName"], "", "it was read in the other zone alone");
    }

    #[test]
    fn what_is_not_certain_is_no_passport() {
        let with = |warning| DocumentAnswer { warnings: Some(vec![warning]), ..document() };
        let without = |warning| DocumentAnswer { mrz: Some(None), ..with(warning) };
        assert_eq!(refused(with(Warning::FieldsDiffer)), Code::MrzInconsistent.as_str());
        assert_eq!(refused(with(Warning::TwoDocuments)), Code::MultiCard.as_str());
        assert_eq!(refused(without(Warning::NoDocument)), Code::NoPassport.as_str());
        assert_eq!(refused(without(Warning::Blurred)), Code::ImageBlur.as_str());
        assert_eq!(refused(without(Warning::TooSmall)), Code::IdCardTooSmall.as_str());
        let card = DocumentAnswer { kind: Some(DocumentType::IdCard), ..document() };
        assert_eq!(refused(card), Code::NoPassport.as_str());
        let mut damaged = document();
        if let Some(Some(zone)) = &mut damaged.mrz {
            zone.valid = false;
        }
        assert_eq!(refused(damaged), Code::FieldException.as_str());
    }

    #[test]
    fn what_was_not_read_is_empty_and_said() {
        let mut partly = document();
        if let Some(fields) = &mut partly.fields {
            fields.remove(&FieldName::Sex);
            if let Some(birth) = fields.get_mut(&FieldName::BirthDate) {
                birth.value = "1974".to_owned();
            }
        }
        let told = serde_json::to_value(passport(partly).unwrap()).unwrap();
        assert_eq!((&told["Sex"], &told["DateOfBirth"]), (&"".into(), &"".into()));
        assert_eq!(told["IsComplete"], false);
    }
}
