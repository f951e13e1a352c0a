//! `HKIDCardOCR`: reads a Hong Kong identity card.

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
use crate::picture::ocr_picture;

pub(in crate::actions) const ACTION: Action = Action {
    service: Service::Ocr,
    name: "HKIDCardOCR",
    support: Support::Works {
        interface: &interface::DOCUMENTS_READ,
        handler: |cx, parameters| Box::pin(handle(cx, parameters)),
        limits: "pictures by URL; `DetectFake`; whether it is permanent, its symbol, the month of its \
                 first issue, the window and the second portrait; alarms of copies, screens and \
                 edited pictures (`WarnCardInfos` always has -9109)",
    },
};

const KIND: CardKind = CardKind {
    document_type: "hkg_id",
    none: Code::NoHkIdCard,
    say: "there is no Hong Kong identity card in the picture: send its front, upright and whole",
};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Request {
    return_head_image: Option<bool>,
    detect_fake: Option<bool>,
    image_base64: Option<String>,
    image_url: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Answer {
    cn_name: String,
    en_name: String,
    telex_code: String,
    sex: String,
    birthday: String,
    /// -1: it is not told.
    permanent: i64,
    id_num: String,
    symbol: &'static str,
    first_issue_date: &'static str,
    current_issue_date: String,
    fake_detect_result: Option<i64>,
    head_image: Option<String>,
    small_head_image: Option<String>,
    warning_code: [i64; 0],
    warn_card_infos: Vec<i64>,
    window_embedded_text: &'static str,
    #[serde(rename = "HKIDVersion")]
    hkid_version: Option<String>,
}

async fn handle(cx: &mut Context, parameters: Parameters) -> Result<Map<String, Value>, Fault> {
    let request: Request = parameters.into()?;
    if request.detect_fake == Some(true) {
        let say = "nothing here tells a forged card from a genuine one: leave `DetectFake` out";
        return Err(Fault::new(Code::UnsupportedOperation, say));
    }
    let portrait = request.return_head_image.unwrap_or(false);
    let front = ocr_picture(cx, request.image_base64, request.image_url)?;
    answer(&told(read_card(cx, &KIND, front, None, portrait).await?))
}

fn told(card: Card) -> Answer {
    let Card { fields, portrait, alarms } = card;
    let names = [fields.any(F::Surname), fields.any(F::GivenNames)];
    let names: Vec<String> = names.into_iter().filter(|name| !name.is_empty()).collect();
    let issued = |date: bonafide_context::Date| {
        format!("{:02}-{:02}-{:02}", date.day(), date.month(), date.year().rem_euclid(100))
    };
    Answer {
        cn_name: fields.any(F::NativeName),
        en_name: names.join(", "),
        telex_code: fields.any(F::NameCode).replace(' ', ""),
        sex: fields.sex("Male M", "Female F"),
        birthday: fields.date(F::BirthDate, dashed),
        permanent: -1,
        id_num: fields.any(F::Number),
        symbol: "",
        first_issue_date: "",
        current_issue_date: fields.date(F::IssueDate, issued),
        fake_detect_result: None,
        head_image: (!portrait.is_empty()).then_some(portrait),
        small_head_image: None,
        warning_code: [],
        warn_card_infos: alarms,
        window_embedded_text: "",
        hkid_version: None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::reading::card;
    use super::super::reading::testing::{document, refuses};
    use super::*;

    #[test]
    fn a_card_is_told_with_the_names_of_the_interface() {
        let of = [
            (F::Surname, "LOK"),
            (F::GivenNames, "Wing Ching"),
            (F::NativeName, "樂永晴"),
            (F::NameCode, "2867 3057 2532"),
            (F::Sex, "F"),
            (F::BirthDate, "1985-06-03"),
            (F::IssueDate, "2018-11-26"),
            (F::Number, "Z683365(5)"),
        ];
        let told = told(card(document(&KIND, &of), &KIND).unwrap());
        let told = serde_json::to_value(told).unwrap();
        assert_eq!(ACTION.shape().unwrap().amiss(&told), None);
        for (name, value) in [
            ("EnName", json!("LOK, Wing Ching")),
            ("CnName", json!("樂永晴")),
            ("TelexCode", json!("286730572532")),
            ("Sex", json!("Female F")),
            ("Birthday", json!("03-06-1985")),
            ("CurrentIssueDate", json!("26-11-18")),
            ("IdNum", json!("Z683365(5)")),
            ("Permanent", json!(-1)),
            ("HeadImage", json!(null)),
        ] {
            assert_eq!(told[name], value, "{name}");
        }
    }

    #[test]
    fn what_is_no_such_card_is_refused() {
        refuses(&KIND);
    }
}
