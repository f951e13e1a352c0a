//! What a form sends.

use axum::body::to_bytes;
use axum::extract::Request;
use axum::http::header::{CONTENT_TYPE, HOST, ORIGIN};
use axum::http::{HeaderMap, Method};
use bonafide_context::Sensitive;

use crate::trouble::Trouble;

/// Bytes of a form at most.
const MOST: usize = 64 << 10;
/// Fields of a form at most.
const FIELDS: usize = 32;

/// A form's fields. What people write is in it: it has no `Debug`.
pub(crate) struct Form(Vec<(String, String)>);

impl Form {
    /// Reads a form that a page of this server has sent.
    pub(crate) async fn read(request: Request) -> Result<Self, Trouble> {
        if !is_from_here(request.method(), request.headers()) {
            return Err(Trouble::Foreign);
        }
        let kind = request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let is_form = kind.is_some_and(|kind| {
            kind.split(';').next().is_some_and(|kind| {
                kind.trim().eq_ignore_ascii_case("application/x-www-form-urlencoded")
            })
        });
        if !is_form {
            return Err(Trouble::Unreadable);
        }
        let body = to_bytes(request.into_body(), MOST).await.map_err(|_| Trouble::Unreadable)?;
        Self::parse(&body)
    }

    /// Reads the bytes of a form.
    pub(crate) fn parse(bytes: &[u8]) -> Result<Self, Trouble> {
        let fields: Vec<(String, String)> =
            url::form_urlencoded::parse(bytes).into_owned().take(FIELDS + 1).collect();
        if fields.len() > FIELDS {
            return Err(Trouble::Unreadable);
        }
        Ok(Self(fields))
    }

    /// What stands in a field; nothing where there is none.
    pub(crate) fn text(&self, name: &str) -> &str {
        self.0.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value)
    }

    /// The same of a secret.
    pub(crate) fn secret(&self, name: &str) -> Sensitive<String> {
        Sensitive::new(self.text(name).to_owned())
    }
}

/// Whether a request that changes something was sent by a page of this server:
/// browsers say so, and what they say no page can change. Whoever says nothing
/// is no browser of this decade; where a session is at stake, the form's token
/// is asked besides.
pub(crate) fn is_from_here(method: &Method, headers: &HeaderMap) -> bool {
    if method.is_safe() {
        return true;
    }
    let said = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    match (said("sec-fetch-site"), said(ORIGIN.as_str())) {
        (Some(site), _) => matches!(site, "same-origin" | "none"),
        (None, Some(origin)) => {
            let host = origin.split_once("://").map(|(_, host)| host);
            host.is_some() && host == said(HOST.as_str())
        }
        (None, None) => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_is_read_field_by_field() {
        let form = Form::parse(b"name=Ana+Example&message=a%26b%0D%0Ac&name=second").ok().unwrap();
        assert_eq!(form.text("name"), "Ana Example");
        assert_eq!(form.text("message"), "a&b\r\nc");
        assert_eq!(form.text("none"), "");
        assert!(Form::parse("a=1&".repeat(40).as_bytes()).is_err());
    }

    #[test]
    fn another_page_cannot_send_a_form() {
        let from = |name: &'static str, value: &'static str| {
            let headers: HeaderMap = [
                (HOST, "kyc.example".parse().unwrap()),
                (name.parse().unwrap(), value.parse().unwrap()),
            ]
            .into_iter()
            .collect();
            is_from_here(&Method::POST, &headers)
        };
        assert!(from("sec-fetch-site", "same-origin"));
        assert!(!from("sec-fetch-site", "cross-site"));
        assert!(!from("sec-fetch-site", "same-site"));
        assert!(from("origin", "https://kyc.example"));
        assert!(!from("origin", "https://shop.example"));
        assert!(!from("origin", "null"));
        assert!(is_from_here(&Method::GET, &HeaderMap::new()));
    }
}
