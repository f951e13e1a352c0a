//! Who signed a request, and whether.
//!
//! Three ways are spoken by the official SDKs: TC3-HMAC-SHA256, where a header carries
//! the signature over method, host, content type and the hash of the body; and the older
//! HmacSHA1 and HmacSHA256, where the signature is a parameter among the others. What is
//! verified is always what was received, never what was made of it.

mod host;
mod tc3;
mod v1;

use axum::http::header::{AUTHORIZATION, HOST};
use axum::http::request::Parts;
use axum::http::uri::Authority;
use axum::http::{HeaderName, HeaderValue, Method};
use bonafide_context::Timestamp;

use crate::code::Code;
use crate::fault::Fault;
use crate::input::Pairs;

pub(crate) use tc3::Tc3;
pub(crate) use v1::{COMMON, V1};

/// How far a request's time may be from ours, either way.
pub(crate) const WINDOW_SECONDS: u64 = 300;

/// Session tokens travel here; the signature does not cover them.
const TOKEN: HeaderName = HeaderName::from_static("x-tc-token");

/// Any header with this name makes a request one of ours.
pub(crate) const ACTION: HeaderName = HeaderName::from_static("x-tc-action");

/// How a request is signed, as far as its head shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    /// In a header.
    Header,
    /// Among the parameters of the query.
    Query,
    /// Among the parameters of a form, if at all: the body says.
    Form,
    /// Not as this interface has it.
    Other,
}

impl Way {
    /// The way that the head of a request shows. It is chosen by what only this
    /// interface has, so that another one can share the path.
    pub(crate) fn of(asked: &Parts) -> Self {
        let authorization = asked.headers.get(AUTHORIZATION).map(HeaderValue::as_bytes);
        match authorization {
            Some(value) if value.starts_with(b"TC3-") => return Self::Header,
            Some(_) => return Self::Other,
            None if asked.headers.contains_key(ACTION) => return Self::Header,
            None => {}
        }
        let query = asked.uri.query().unwrap_or_default();
        if asked.method == Method::GET && v1::is_signed(form_urlencoded::parse(query.as_bytes())) {
            return Self::Query;
        }
        let is_form = crate::input::content_type(&asked.headers)
            .is_some_and(|kind| kind == "application/x-www-form-urlencoded");
        if asked.method == Method::POST && is_form { Self::Form } else { Self::Other }
    }
}

/// Whether the parameters of a form are signed as this interface has it.
pub(crate) fn is_signed_form(pairs: &Pairs) -> bool {
    v1::is_signed(pairs.iter())
}

/// A request's time, if it lies in the window.
pub(crate) fn in_window(seconds: u64, now: Timestamp) -> Result<u64, Fault> {
    if (now.0 / 1_000).abs_diff(seconds) > WINDOW_SECONDS {
        let say = format!(
            "the timestamp is more than {WINDOW_SECONDS} s from the server's time: set the clock"
        );
        return Err(Fault::new(Code::SignatureExpire, say));
    }
    Ok(seconds)
}

/// Refuses a session token: none was ever issued here, and what nobody vouches for is
/// not let pass.
pub(crate) fn no_token(asked: &Parts, pairs: Option<&Pairs>) -> Result<(), Fault> {
    let header = asked.headers.get(TOKEN).is_some_and(|value| !value.is_empty());
    let parameter = pairs.and_then(|pairs| pairs.get("Token")).is_some_and(|text| !text.is_empty());
    if header || parameter {
        return Err(Fault::new(
            Code::TokenFailure,
            "this server issues no session tokens: use the id and the secret of a key alone",
        ));
    }
    Ok(())
}

/// The text of `Host` as it was sent, which may be no host at all: SDKs put there, and
/// sign, whatever was configured as their endpoint.
pub(crate) fn host_text(asked: &Parts) -> Result<&str, Fault> {
    let sent = asked.headers.get(HOST).map(|value| value.to_str());
    match sent {
        Some(Ok(text)) => Ok(text.trim()),
        Some(Err(_)) => Err(Fault::new(Code::InvalidRequest, "send a `Host` that is text")),
        // HTTP/2 says it in its own way.
        None => asked
            .uri
            .authority()
            .map(Authority::as_str)
            .ok_or_else(|| Fault::new(Code::InvalidRequest, "send a `Host`")),
    }
}

/// Bytes as hexadecimal digits, lower-case.
pub(crate) fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digit = |nibble: u8| char::from(DIGITS[usize::from(nibble & 15)]);
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(*byte)]).collect()
}

/// The bytes of an even number of hexadecimal digits.
fn unhex(text: &str) -> Option<Vec<u8>> {
    let value = |digit: u8| char::from(digit).to_digit(16).and_then(|v| u8::try_from(v).ok());
    if !text.len().is_multiple_of(2) {
        return None;
    }
    text.as_bytes().chunks(2).map(|pair| Some(value(pair[0])? << 4 | value(pair[1])?)).collect()
}

/// Reads an `Authorization` and a form of a stranger, for the fuzzer.
pub fn fuzz(bytes: &[u8]) {
    if let Ok(text) = std::str::from_utf8(bytes) {
        let _ = tc3::Authorization::read(text);
        let _ = host::spellings(text);
    }
    let pairs = Pairs::read(bytes);
    let _ = V1::read(&Method::POST, "host", &pairs);
}

#[cfg(test)]
mod tests;
