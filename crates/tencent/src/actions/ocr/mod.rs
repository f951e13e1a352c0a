//! Actions of `ocr`: documents.

pub(super) mod hkid_card_ocr;
pub(super) mod mlid_card_ocr;
pub(super) mod mlid_passport_ocr;
mod reading;
pub(super) mod recognize_indonesia_id_card_ocr;
pub(super) mod recognize_macao_id_card_ocr;
pub(super) mod recognize_mainland_id_card_ocr;
pub(super) mod recognize_singapore_id_card_ocr;
