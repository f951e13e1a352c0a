//! `RecognizeMacaoIDCardOCR`: reads a Macao resident identity card.

use bonafide_document::FieldName as F;
use bonafide_verify::interface;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::reading::{Card, CardKind, dashed, read_card};
use crate::action::{Action, Service, Support};
use crate::actions::answer;
use crate::code::Code;
use crate::context::Context;
use crate::fault::Fault;
use crate::input::Parameters;
use crate::picture::{back_picture, ocr_picture};

pub(in crate::actions) const ACTION: Action = Action {
    service: Service::Ocr,
    name: "RecognizeMacaoIDCardOCR",
    support: Support::Works {
        interface: &interface::DOCUMENTS_READ,
        handler: |cx, parameters| Box::pin(handle(cx, parameters)),
        limits: "pictures by URL; a processed picture (`RetImage` other than `portrait`); codes of \
                 names, date of first issue, symbol, height and kind of resident, which are empty; \
                 alarms of copies, screens and edited pictures (`WarnCardInfos` always has -9109)",
    },
};

const KIND: CardKind = CardKind {
    document_type: "mac_id",
    none: Code::ImageNoIdCard,
    say: "there is no Macao identity card in the picture: send its front, upright and whole",
};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Request {
    image_url: Option<String>,
    back_image_url: Option<String>,
    image_base64: Option<String>,
    back_image_base64: Option<String>,
    config: Option<String>,
}

/// What `Config` says, which is JSON in a text.
#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Config {
    ret_image: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Answer {
    cn_last_name: String,
    en_last_name: String,
    last_name_code: &'static str,
    cn_first_name: String,
    en_first_name: String,
    first_name_code: &'static str,
    #[serde(rename = "ID")]
    id: String,
    birthday: String,
    sex: String,
    first_issue_date: &'static str,
    current_issue_date: String,
    validity_period: String,
    symbol: &'static str,
    height: &'static str,
    ret_image: Option<String>,
    angle: Option<String>,
    resident_type: &'static str,
    warn_card_infos: Vec<i64>,
}

async fn handle(cx: &mut Context, parameters: Parameters) -> Result<Map<String, Value>, Fault> {
    let request: Request = parameters.into()?;
    let portrait = wants_portrait(request.config.as_deref().unwrap_or_default())?;
    let front = ocr_picture(cx, request.image_base64, request.image_url)?;
    let back = back_picture(cx, request.back_image_base64, request.back_image_url)?;
    answer(&told(read_card(cx, &KIND, front, back, portrait).await?))
}

/// Whether `Config` asks for the portrait.
fn wants_portrait(config: &str) -> Result<bool, Fault> {
    if config.is_empty() {
        return Ok(false);
    }
    let Config { ret_image } = serde_json::from_str(config).map_err(|_| {
        let say = "`Config`: a JSON object with `RetImage` in it, as a text";
        Fault::new(Code::ConfigFormat, say)
    })?;
    match ret_image.as_deref() {
        None | Some("") => Ok(false),
        Some("portrait") => Ok(true),
        Some(_) => {
            let say = "`RetImage`: only `portrait` is given back here";
            Err(Fault::new(Code::UnsupportedOperation, say))
        }
    }
}

/// Family names of two characters that are in use.
const OF_TWO: [&str; 12] = [
    "歐陽", "司徒", "司馬", "上官", "諸葛", "皇甫", "尉遲", "公孫", "慕容", "夏侯", "端木", "令狐",
];

/// Family and given name of a Chinese name, which a card prints in one.
fn divided(name: &str) -> (String, String) {
    let family = OF_TWO.into_iter().find(|family| name.starts_with(family));
    let first = || name.chars().next().map_or(0, char::len_utf8);
    let (family, given) = name.split_at(family.map_or_else(first, str::len));
    (family.to_owned(), given.to_owned())
}

fn told(card: Card) -> Answer {
    let Card { fields, portrait, alarms } = card;
    let (cn_last_name, cn_first_name) = divided(&fields.any(F::NativeName));
    Answer {
        cn_last_name,
        en_last_name: fields.any(F::Surname),
        last_name_code: "",
        cn_first_name,
        en_first_name: fields.any(F::GivenNames),
        first_name_code: "",
        id: fields.any(F::Number),
        birthday: fields.date(F::BirthDate, dashed),
        sex: fields.sex("M", "F"),
        first_issue_date: "",
        current_issue_date: fields.date(F::IssueDate, dashed),
        validity_period: fields.date(F::ExpiryDate, dashed),
        symbol: "",
        height: "",
        ret_image: (!portrait.is_empty()).then_some(portrait),
        angle: None,
        resident_type: "",
        warn_card_infos: alarms,
    }
}

#[cfg(test)]
mod tests {
    use super::super::reading::card;
    use super::super::reading::testing::{document, refuses};
    use super::*;

    #[test]
    fn a_card_is_told_with_the_names_of_the_interface() {
        let of = [
            (F::NativeName, "歐陽小明"),
            (F::Surname, "AO IEONG"),
            (F::GivenNames, "SIO MENG"),
            (F::BirthDate, "1997-04-22"),
            (F::Sex, "F"),
            (F::IssueDate, "2024-08-01"),
            (F::ExpiryDate, "2034-08-01"),
            (F::Number, "1500000(4)"),
        ];
        let told = told(card(document(&KIND, &of), &KIND).unwrap());
        let told = serde_json::to_value(told).unwrap();
        assert_eq!(ACTION.shape().unwrap().amiss(&told), None);
        for (name, value) in [
            ("CnLastName", "歐陽"),
            ("CnFirstName", "小明"),
            ("EnLastName", "AO IEONG"),
            ("EnFirstName", "SIO MENG"),
            ("Birthday", "22-04-1997"),
            ("CurrentIssueDate", "01-08-2024"),
            ("ValidityPeriod", "01-08-2034"),
            ("ID", "1500000(4)"),
        ] {
            assert_eq!(told[name], value, "{name}");
        }
        assert_eq!(told["RetImage"], Value::Null);
    }

    #[test]
    fn names_are_divided_behind_the_family_name() {
        let of = |name| {
            let (family, given) = divided(name);
            format!("{family}/{given}")
        };
        assert_eq!(["陳大文", "司徒文", "何", ""].map(of), ["陳/大文", "司徒/文", "何/", "/"]);
    }

    #[test]
    fn a_configuration_asks_for_the_portrait_or_for_nothing() {
        let code = |text| wants_portrait(text).map_err(|fault| fault.code);
        assert_eq!((code("").ok(), code("{}").ok()), (Some(false), Some(false)));
        assert_eq!(code(r#"{"RetImage":"portrait"}"#).ok(), Some(true));
        let processed = code(r#"{"RetImage":"preprocess"}"#);
        assert_eq!(processed.err(), Some(Code::UnsupportedOperation));
        for text in ["portrait", "[]", r#"{"Other":1}"#, r#"{"RetImage":1}"#] {
            assert_eq!(code(text).err(), Some(Code::ConfigFormat), "{text}");
        }
    }

    #[test]
    fn what_is_no_such_card_is_refused() {
        refuses(&KIND);
    }
}
