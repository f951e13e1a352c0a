//! What came in: the body within its limits, and the parameters of an action, held
//! against its shape.

mod check;
mod pairs;

pub(crate) use check::Parameters;
pub(crate) use pairs::Pairs;

use axum::body::Body;
use axum::http::{HeaderMap, header};
use bytes::Bytes;
use http_body_util::{BodyExt, LengthLimitError, Limited};

use crate::Settings;
use crate::code::Code;
use crate::fault::Fault;

/// The content type of a request without its parameters; `None` if there is none, or not
/// one.
pub(crate) fn content_type(headers: &HeaderMap) -> Option<String> {
    let mut all = headers.get_all(header::CONTENT_TYPE).iter();
    let text = all.next()?.to_str().ok()?;
    let essence = text.split(';').next()?.trim().to_ascii_lowercase();
    all.next().is_none().then_some(essence)
}

/// Reads a body whole.
pub(crate) async fn read(body: Body, settings: &Settings) -> Result<Bytes, Fault> {
    let limit = settings.body_bytes;
    let whole = Limited::new(body, limit).collect();
    match tokio::time::timeout(settings.body_time, whole).await {
        Ok(Ok(whole)) => Ok(whole.to_bytes()),
        Ok(Err(error)) if error.is::<LengthLimitError>() => Err(Fault::new(
            Code::RequestSizeLimitExceeded,
            format!("send a body of at most {limit} bytes"),
        )),
        Ok(Err(_)) => Err(Fault::new(Code::InvalidRequest, "the body was cut off: send it whole")),
        Err(_) => {
            let seconds = settings.body_time.as_secs();
            let say = format!("send the whole body within {seconds} s");
            Err(Fault::new(Code::InvalidRequest, say))
        }
    }
}

/// Reads parameters of a stranger for every action there is, for the fuzzer.
pub fn fuzz(bytes: &[u8]) {
    let pairs = Pairs::read(bytes);
    for service in crate::Service::ALL {
        for shape in crate::surface::shapes(service) {
            let _ = Parameters::of_json(bytes, shape);
            let _ = Parameters::of_pairs(&pairs, shape);
        }
    }
}
