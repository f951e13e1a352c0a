//! Actions of `ocr`: documents.

pub(super) mod mlid_passport_ocr;
