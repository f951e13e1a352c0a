//! `RecognizeSingaporeIDCardOCR`: reads a side of a Singapore identity card.

use bonafide_context::Date;
use bonafide_document::FieldName as F;
use bonafide_verify::interface;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::reading::{Card, CardKind, LIMITS, read_card};
use crate::action::{Action, Service, Support};
use crate::actions::answer;
use crate::code::Code;
use crate::context::Context;
use crate::fault::Fault;
use crate::input::Parameters;
use crate::picture::ocr_picture;

pub(in crate::actions) const ACTION: Action = Action {
    service: Service::Ocr,
    name: "RecognizeSingaporeIDCardOCR",
    support: Support::Works {
        interface: &interface::DOCUMENTS_READ,
        handler: |cx, parameters| Box::pin(handle(cx, parameters)),
        limits: LIMITS,
    },
};

const KIND: CardKind = CardKind {
    document_type: "sgp_nric",
    none: Code::ImageNoIdCard,
    say: "there is no Singapore identity card in the picture: send one side, upright and whole",
};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Request {
    image_base64: Option<String>,
    image_url: Option<String>,
    return_head_image: Option<bool>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Answer {
    ch_name: String,
    en_name: String,
    sex: String,
    country_of_birth: String,
    birthday: String,
    address: String,
    #[serde(rename = "ID")]
    id: String,
    race: String,
    #[serde(rename = "NRICCode")]
    nric_code: String,
    post_code: String,
    date_of_expiration: String,
    date_of_issue: String,
    photo: String,
    warn_card_infos: Vec<i64>,
}

async fn handle(cx: &mut Context, parameters: Parameters) -> Result<Map<String, Value>, Fault> {
    let request: Request = parameters.into()?;
    let portrait = request.return_head_image.unwrap_or(false);
    let front = ocr_picture(cx, request.image_base64, request.image_url)?;
    answer(&told(read_card(cx, &KIND, front, None, portrait).await?))
}

/// `12/04/1988`, as the card has it.
fn slashed(date: Date) -> String {
    format!("{:02}/{:02}/{:04}", date.day(), date.month(), date.year())
}

/// The six digits that an address in Singapore ends with.
fn post_code(address: &str) -> String {
    let digits = |part: &&str| part.len() == 6 && part.bytes().all(|byte| byte.is_ascii_digit());
    let last = address.split(|c: char| !c.is_ascii_alphanumeric()).rfind(|part| !part.is_empty());
    last.filter(digits).unwrap_or_default().to_owned()
}

fn told(card: Card) -> Answer {
    let Card { fields, portrait, alarms } = card;
    let (number, address) = (fields.any(F::Number), fields.any(F::Address));
    // Only the back has an address, and only the front a name.
    let back = !address.is_empty() && fields.any(F::FullName).is_empty();
    let (id, nric_code) = if back { (String::new(), number) } else { (number, String::new()) };
    Answer {
        ch_name: fields.any(F::NativeName),
        en_name: fields.any(F::FullName),
        sex: fields.sex("M", "F"),
        country_of_birth: fields.any(F::PlaceOfBirth),
        birthday: fields.date(F::BirthDate, slashed),
        post_code: post_code(&address),
        address,
        id,
        race: fields.any(F::EthnicGroup),
        nric_code,
        date_of_expiration: fields.date(F::ExpiryDate, slashed),
        date_of_issue: fields.date(F::IssueDate, slashed),
        photo: portrait,
        warn_card_infos: alarms,
    }
}

#[cfg(test)]
mod tests {
    use super::super::reading::card;
    use super::super::reading::testing::{document, refuses};
    use super::*;

    fn answered(of: &[(F, &str)]) -> Value {
        let told = told(card(document(&KIND, of), &KIND).unwrap());
        let told = serde_json::to_value(told).unwrap();
        assert_eq!(ACTION.shape().unwrap().amiss(&told), None);
        told
    }

    #[test]
    fn a_card_is_told_with_the_names_of_the_interface() {
        let front = answered(&[
            (F::FullName, "EXAMPLE TAN"),
            (F::NativeName, "陈例"),
            (F::EthnicGroup, "CHINESE"),
            (F::BirthDate, "1988-04-12"),
            (F::Sex, "M"),
            (F::PlaceOfBirth, "SINGAPORE"),
            (F::Number, "S8800001Z"),
        ]);
        for (name, value) in [
            ("ID", "S8800001Z"),
            ("EnName", "EXAMPLE TAN"),
            ("ChName", "陈例"),
            ("Race", "CHINESE"),
            ("Birthday", "12/04/1988"),
            ("CountryOfBirth", "SINGAPORE"),
            ("NRICCode", ""),
        ] {
            assert_eq!(front[name], value, "{name}");
        }
        let back = answered(&[
            (F::Address, "APT BLK 1 EXAMPLE ROAD #01-01 SINGAPORE 123456"),
            (F::IssueDate, "2018-05-02"),
            (F::Number, "S8800001Z"),
        ]);
        for (name, value) in [
            ("NRICCode", "S8800001Z"),
            ("ID", ""),
            ("PostCode", "123456"),
            ("DateOfIssue", "02/05/2018"),
        ] {
            assert_eq!(back[name], value, "{name}");
        }
        assert_eq!(post_code("BLK 123456 A"), "");
    }

    #[test]
    fn what_is_no_such_card_is_refused() {
        refuses(&KIND);
    }
}
