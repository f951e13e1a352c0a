//! `RecognizeMainlandIDCardOCR`: reads a side of a Mainland resident identity card.

use bonafide_context::Date;
use bonafide_document::FieldName as F;
use bonafide_verify::interface;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::reading::{Card, CardKind, read_card};
use crate::action::{Action, Service, Support};
use crate::actions::answer;
use crate::code::Code;
use crate::context::Context;
use crate::fault::Fault;
use crate::input::Parameters;
use crate::picture::ocr_picture;

pub(in crate::actions) const ACTION: Action = Action {
    service: Service::Ocr,
    name: "RecognizeMainlandIDCardOCR",
    support: Support::Works {
        interface: &interface::DOCUMENTS_READ,
        handler: |cx, parameters| Box::pin(handle(cx, parameters)),
        limits: "pictures by URL; a straightened card (`CropIdCard`); alarms of copies, screens and \
                 edited pictures (`WarnCardInfos` always has -9109)",
    },
};

const KIND: CardKind = CardKind {
    document_type: "chn_resident_id",
    none: Code::ImageNoIdCard,
    say: "there is no Mainland identity card in the picture: send one side, upright and whole",
};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Request {
    image_base64: Option<String>,
    image_url: Option<String>,
    card_side: Option<String>,
    crop_portrait: Option<bool>,
    crop_id_card: Option<bool>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Answer {
    name: String,
    sex: String,
    nation: String,
    birth: String,
    address: String,
    id_num: String,
    authority: String,
    valid_date: String,
    warn_card_infos: Vec<i64>,
    portrait_image: String,
    id_card_image: &'static str,
}

async fn handle(cx: &mut Context, parameters: Parameters) -> Result<Map<String, Value>, Fault> {
    let request: Request = parameters.into()?;
    if request.crop_id_card == Some(true) {
        let say = "no straightened card is given back here: leave `CropIdCard` out";
        return Err(Fault::new(Code::UnsupportedOperation, say));
    }
    let side = request.card_side.unwrap_or_default();
    if !["", "FRONT", "BACK"].contains(&side.as_str()) {
        return Err(Fault::new(Code::InvalidParameterValue, "`CardSide`: FRONT or BACK"));
    }
    let portrait = request.crop_portrait.unwrap_or(false);
    let front = ocr_picture(cx, request.image_base64, request.image_url)?;
    let answered = told(read_card(cx, &KIND, front, None, portrait).await?);
    of_side(&answered, &side)?;
    answer(&answered)
}

/// Refuses another side than the one that was named: the portrait's has the number, the
/// emblem's the authority.
fn of_side(answer: &Answer, side: &str) -> Result<(), Fault> {
    let other = match side {
        "FRONT" => answer.id_num.is_empty() && !answer.authority.is_empty(),
        "BACK" => answer.authority.is_empty() && !answer.id_num.is_empty(),
        _ => false,
    };
    if !other {
        return Ok(());
    }
    let say = "this is the other side of the card than `CardSide` says";
    Err(Fault::new(Code::CardSide, say))
}

/// `1987/1/3`, without zeros.
fn plain(date: Date) -> String {
    format!("{}/{}/{}", date.year(), date.month(), date.day())
}

/// `2010.07.21`, as the card has it.
fn dotted(date: Date) -> String {
    format!("{:04}.{:02}.{:02}", date.year(), date.month(), date.day())
}

fn told(card: Card) -> Answer {
    let Card { fields, portrait, alarms } = card;
    let term = [fields.date(F::IssueDate, dotted), fields.date(F::ExpiryDate, dotted)];
    let term: Vec<String> = term.into_iter().filter(|day| !day.is_empty()).collect();
    Answer {
        name: fields.any(F::NativeName),
        sex: fields.sex("男", "女"),
        nation: fields.any(F::EthnicGroup),
        birth: fields.date(F::BirthDate, plain),
        address: fields.any(F::Address),
        id_num: fields.any(F::Number),
        authority: fields.any(F::Authority),
        valid_date: term.join("-"),
        warn_card_infos: alarms,
        portrait_image: portrait,
        id_card_image: "",
    }
}

#[cfg(test)]
mod tests {
    use super::super::reading::card;
    use super::super::reading::testing::{document, refuses};
    use super::*;

    fn front() -> Answer {
        let of = [
            (F::NativeName, "张例"),
            (F::Sex, "M"),
            (F::EthnicGroup, "汉"),
            (F::BirthDate, "1987-01-03"),
            (F::Address, "某省某市某路1号"),
            (F::Number, "11010119870103001X"),
        ];
        told(card(document(&KIND, &of), &KIND).unwrap())
    }

    fn back() -> Answer {
        let of = [
            (F::Authority, "某市公安局"),
            (F::IssueDate, "2020-07-21"),
            (F::ExpiryDate, "2040-07-21"),
        ];
        told(card(document(&KIND, &of), &KIND).unwrap())
    }

    #[test]
    fn a_card_is_told_with_the_names_of_the_interface() {
        let [front, back] = [front(), back()].map(|side| serde_json::to_value(side).unwrap());
        for side in [&front, &back] {
            assert_eq!(ACTION.shape().unwrap().amiss(side), None);
        }
        for (name, value) in [
            ("Name", "张例"),
            ("Sex", "男"),
            ("Nation", "汉"),
            ("Birth", "1987/1/3"),
            ("IdNum", "11010119870103001X"),
            ("Authority", ""),
        ] {
            assert_eq!(front[name], value, "{name}");
        }
        assert_eq!(back["Authority"], "某市公安局");
        assert_eq!(back["ValidDate"], "2020.07.21-2040.07.21");
    }

    #[test]
    fn the_other_side_is_refused() {
        let code = |answer: &Answer, side| of_side(answer, side).err().map(|fault| fault.code);
        let (front, back) = (front(), back());
        for (answer, side, wanted) in [
            (&front, "FRONT", None),
            (&front, "BACK", Some(Code::CardSide)),
            (&back, "FRONT", Some(Code::CardSide)),
            (&back, "BACK", None),
            (&front, "", None),
            (&back, "", None),
        ] {
            assert_eq!(code(answer, side), wanted, "{side}");
        }
    }

    #[test]
    fn what_is_no_such_card_is_refused() {
        refuses(&KIND);
    }
}
