//! Pictures as this interface sends them.

use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use bonafide_context::Sensitive;
use bytes::Bytes;

use crate::code::Code;
use crate::context::Context;
use crate::fault::Fault;

/// Padding may be missing.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// How a service tells what is wrong with a picture.
struct Codes {
    missing: Code,
    large: Code,
}

/// A picture of a request to `iai`; `member` is its name there.
pub(crate) fn iai_picture(
    cx: &Context,
    member: &str,
    base64: Option<String>,
    url: Option<String>,
) -> Result<Sensitive<Bytes>, Fault> {
    let codes = Codes { missing: Code::ImageEmpty, large: Code::ImageSizeExceed };
    picture(cx, member, base64, url, &codes)
}

/// A picture of a request to `ocr`.
pub(crate) fn ocr_picture(
    cx: &Context,
    base64: Option<String>,
    url: Option<String>,
) -> Result<Sensitive<Bytes>, Fault> {
    let codes = Codes { missing: Code::EmptyImage, large: Code::ImageSizeTooLarge };
    picture(cx, "ImageBase64", base64, url, &codes)
}

/// A picture of a back side, which may be left out.
pub(crate) fn back_picture(
    cx: &Context,
    base64: Option<String>,
    url: Option<String>,
) -> Result<Option<Sensitive<Bytes>>, Fault> {
    let given = |text: &Option<String>| text.as_ref().is_some_and(|text| !text.is_empty());
    if !given(&base64) && !given(&url) {
        return Ok(None);
    }
    let codes = Codes { missing: Code::EmptyImage, large: Code::ImageSizeTooLarge };
    picture(cx, "BackImageBase64", base64, url, &codes).map(Some)
}

fn picture(
    cx: &Context,
    member: &str,
    base64: Option<String>,
    url: Option<String>,
    codes: &Codes,
) -> Result<Sensitive<Bytes>, Fault> {
    // Where both are there the URL would count.
    if url.is_some_and(|url| !url.is_empty()) {
        let say = format!("this server fetches no pictures: send it as `{member}`, in base64");
        return Err(Fault::new(Code::UnsupportedOperation, say));
    }
    let text = base64.filter(|text| !text.is_empty()).ok_or_else(|| {
        Fault::new(codes.missing, format!("`{member}` is missing: send a picture in base64"))
    })?;
    // Samples of the interface send it as a page would.
    let text = match text.split_once(";base64,") {
        Some((head, text)) if head.starts_with("data:image/") => text,
        _ => &text,
    };
    let limit = cx.settings().picture_bytes;
    if text.len() / 4 * 3 > limit + 3 {
        let say = format!("`{member}`: send a picture of at most {limit} bytes");
        return Err(Fault::new(codes.large, say));
    }
    let bytes = BASE64.decode(text).map_err(|_| {
        let say = format!("`{member}` is not base64: send a picture in base64");
        Fault::new(Code::ImageDecodeFailed, say)
    })?;
    Ok(Sensitive::new(bytes.into()))
}
