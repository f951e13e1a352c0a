//! `RecognizeIndonesiaIDCardOCR`: reads an Indonesian identity card.

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
    name: "RecognizeIndonesiaIDCardOCR",
    support: Support::Works {
        interface: &interface::DOCUMENTS_READ,
        handler: |cx, parameters| Box::pin(handle(cx, parameters)),
        limits: "pictures by URL; blood group, quarter, district, religion, marital status, \
                 occupation, province, city, dates of issue and expiry, which are empty; alarms of \
                 copies, screens and edited pictures (`WarnCardInfos` always has -9109)",
    },
};

const KIND: CardKind = CardKind {
    document_type: "idn_ktp",
    none: Code::ImageNoIdCard,
    say: "there is no Indonesian identity card in the picture: send its front, upright and whole",
};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Request {
    image_base64: Option<String>,
    image_url: Option<String>,
    return_head_image: Option<bool>,
    /// Both of its values are read by one reader.
    scene: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Answer {
    #[serde(rename = "NIK")]
    nik: String,
    nama: String,
    tempat_tgl_lahir: String,
    jenis_kelamin: String,
    gol_darah: &'static str,
    alamat: String,
    #[serde(rename = "RTRW")]
    rt_rw: &'static str,
    kel_desa: &'static str,
    kecamatan: &'static str,
    agama: &'static str,
    status_perkawinan: &'static str,
    perkerjaan: &'static str,
    kewarga_negaraan: &'static str,
    berlaku_hingga: &'static str,
    issued_date: &'static str,
    photo: String,
    provinsi: &'static str,
    kota: &'static str,
    warn_card_infos: Vec<i64>,
}

async fn handle(cx: &mut Context, parameters: Parameters) -> Result<Map<String, Value>, Fault> {
    let request: Request = parameters.into()?;
    if !matches!(request.scene.as_deref(), None | Some("" | "V1" | "V2")) {
        return Err(Fault::new(Code::InvalidParameterValue, "`Scene`: V1 or V2"));
    }
    let portrait = request.return_head_image.unwrap_or(false);
    let front = ocr_picture(cx, request.image_base64, request.image_url)?;
    answer(&told(read_card(cx, &KIND, front, None, portrait).await?))
}

fn told(card: Card) -> Answer {
    let Card { fields, portrait, alarms } = card;
    let born = [fields.any(F::PlaceOfBirth), fields.date(F::BirthDate, dashed)];
    let born: Vec<String> = born.into_iter().filter(|part| !part.is_empty()).collect();
    Answer {
        nik: fields.any(F::Number),
        nama: fields.any(F::FullName),
        tempat_tgl_lahir: born.join(" "),
        jenis_kelamin: fields.sex("LAKI-LAKI", "PEREMPUAN"),
        gol_darah: "",
        alamat: fields.any(F::Address),
        rt_rw: "",
        kel_desa: "",
        kecamatan: "",
        agama: "",
        status_perkawinan: "",
        perkerjaan: "",
        kewarga_negaraan: if fields.any(F::Nationality) == "IDN" { "WNI" } else { "" },
        berlaku_hingga: "",
        issued_date: "",
        photo: portrait,
        provinsi: "",
        kota: "",
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
            (F::FullName, "BUDI CONTOH"),
            (F::PlaceOfBirth, "JAKARTA"),
            (F::BirthDate, "1987-01-13"),
            (F::Sex, "M"),
            (F::Address, "JL CONTOH NO 1"),
            (F::Nationality, "IDN"),
            (F::Number, "3171011301870001"),
        ];
        let told = told(card(document(&KIND, &of), &KIND).unwrap());
        let told = serde_json::to_value(told).unwrap();
        assert_eq!(ACTION.shape().unwrap().amiss(&told), None);
        for (name, value) in [
            ("NIK", "3171011301870001"),
            ("Nama", "BUDI CONTOH"),
            ("TempatTglLahir", "JAKARTA 13-01-1987"),
            ("JenisKelamin", "LAKI-LAKI"),
            ("Alamat", "JL CONTOH NO 1"),
            ("KewargaNegaraan", "WNI"),
            ("RTRW", ""),
        ] {
            assert_eq!(told[name], value, "{name}");
        }
    }

    #[test]
    fn what_is_no_such_card_is_refused() {
        refuses(&KIND);
    }
}
