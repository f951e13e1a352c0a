//! `MLIDCardOCR`: reads a Malaysian identity card.

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
    name: "MLIDCardOCR",
    support: Support::Works {
        interface: &interface::DOCUMENTS_READ,
        handler: |cx, parameters| Box::pin(handle(cx, parameters)),
        limits: "pictures by URL; cards other than MyKad; alarms of copies, screens and edited \
                 pictures (`WarnCardInfos` always has -9109)",
    },
};

const KIND: CardKind = CardKind {
    document_type: "mys_mykad",
    none: Code::NoMasIdCard,
    say: "there is no Malaysian identity card in the picture: send its front, upright and whole",
};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Request {
    image_base64: Option<String>,
    back_image_base64: Option<String>,
    image_url: Option<String>,
    back_image_url: Option<String>,
    ret_image: Option<bool>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Answer {
    #[serde(rename = "ID")]
    id: String,
    name: String,
    address: String,
    sex: String,
    warn: [i64; 0],
    image: String,
    advanced_info: &'static str,
    r#type: &'static str,
    birthday: String,
    my_kad_number: &'static str,
    warn_card_infos: Vec<i64>,
}

async fn handle(cx: &mut Context, parameters: Parameters) -> Result<Map<String, Value>, Fault> {
    let request: Request = parameters.into()?;
    let portrait = request.ret_image.unwrap_or(false);
    let front = ocr_picture(cx, request.image_base64, request.image_url)?;
    let back = back_picture(cx, request.back_image_base64, request.back_image_url)?;
    answer(&told(read_card(cx, &KIND, front, back, portrait).await?))
}

fn told(card: Card) -> Answer {
    let Card { fields, portrait, alarms } = card;
    Answer {
        id: fields.any(F::Number),
        name: fields.any(F::FullName),
        address: fields.any(F::Address),
        sex: fields.sex("LELAKI", "PEREMPUAN"),
        warn: [],
        image: portrait,
        advanced_info: "1",
        r#type: "MyKad",
        birthday: fields.date(F::BirthDate, dashed),
        my_kad_number: "",
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
            (F::FullName, "SITI EXAMPLE BINTI CONTOH"),
            (F::Address, "1 JALAN CONTOH, 50000 KUALA LUMPUR"),
            (F::Sex, "F"),
            (F::BirthDate, "1986-02-18"),
            (F::Number, "860218-10-5678"),
        ];
        let told = told(card(document(&KIND, &of), &KIND).unwrap());
        let told = serde_json::to_value(told).unwrap();
        assert_eq!(ACTION.shape().unwrap().amiss(&told), None);
        for (name, value) in [
            ("ID", "860218-10-5678"),
            ("Name", "SITI EXAMPLE BINTI CONTOH"),
            ("Sex", "PEREMPUAN"),
            ("Birthday", "18-02-1986"),
            ("Type", "MyKad"),
            ("Image", ""),
        ] {
            assert_eq!(told[name], value, "{name}");
        }
    }

    #[test]
    fn what_is_no_such_card_is_refused() {
        refuses(&KIND);
    }
}
