//! TC3-HMAC-SHA256.

use aws_lc_rs::{constant_time, digest, hmac};
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, Method};
use bonafide_context::Timestamp;
use zeroize::Zeroizing;

use super::{hex, host, unhex};
use crate::code::Code;
use crate::fault::Fault;

const ALGORITHM: &str = "TC3-HMAC-SHA256";
const TIMESTAMP: HeaderName = HeaderName::from_static("x-tc-timestamp");
const CONTENT_HASH: HeaderName = HeaderName::from_static("x-tc-content-sha256");
/// What the hash of the body is taken of where the body is not covered.
const UNSIGNED: &str = "UNSIGNED-PAYLOAD";
/// Headers that every signature has to cover.
const ALWAYS: [&str; 2] = ["content-type", "host"];

/// An `Authorization` header, taken apart. Nothing of it is believed yet.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Authorization<'a> {
    pub(super) secret_id: &'a str,
    /// `2023-11-14`.
    pub(super) date: &'a str,
    /// Which may be anything: one SDK takes the first label of the endpoint for it.
    pub(super) service: &'a str,
    /// As they are listed, which is the order in which they were signed.
    pub(super) headers: Vec<&'a str>,
    pub(super) signature: Vec<u8>,
}

impl<'a> Authorization<'a> {
    /// Reads `TC3-HMAC-SHA256 Credential=…, SignedHeaders=…, Signature=…`; anything else
    /// is `None`.
    pub(super) fn read(text: &'a str) -> Option<Self> {
        let rest = text.strip_prefix(ALGORITHM)?.strip_prefix(' ')?;
        let (mut credential, mut headers, mut signature) = (None, None, None);
        for part in rest.split(',').map(str::trim) {
            let (name, value) = part.split_once('=')?;
            let place = match name {
                "Credential" => &mut credential,
                "SignedHeaders" => &mut headers,
                "Signature" => &mut signature,
                _ => return None,
            };
            if place.replace(value).is_some() {
                return None;
            }
        }
        // The service may have slashes in it, the others not.
        let (secret_id, scope) = credential?.split_once('/')?;
        let (date, scope) = scope.split_once('/')?;
        let service = scope.strip_suffix("/tc3_request")?;
        let headers: Vec<&str> = headers?.split(';').collect();
        let signature = unhex(signature?).filter(|bytes| bytes.len() == 32)?;
        let named = headers.iter().all(|name| !name.is_empty() && name.len() <= 64);
        (named && headers.len() <= 16).then_some(Self {
            secret_id,
            date,
            service,
            headers,
            signature,
        })
    }
}

/// A request with a signature in its header.
#[derive(Debug)]
pub(crate) struct Tc3<'a> {
    authorization: Authorization<'a>,
    /// Seconds since 1970, as they were sent.
    timestamp: &'a str,
    method: &'a Method,
    /// Of a GET, as it was sent; else empty.
    query: &'a str,
    host: &'a str,
    headers: &'a HeaderMap,
    unsigned: bool,
}

impl<'a> Tc3<'a> {
    /// What the head of a request says of its signature.
    pub(crate) fn read(asked: &'a Parts, host: &'a str) -> Result<Self, Fault> {
        let wrong = || {
            Fault::new(
                Code::InvalidAuthorization,
                "send one `Authorization: TC3-HMAC-SHA256 Credential=…, SignedHeaders=…, \
                 Signature=…` that covers content-type and host",
            )
        };
        let one = |name: &HeaderName| {
            let mut all = asked.headers.get_all(name).iter();
            let value = all.next()?.to_str().ok()?;
            all.next().is_none().then_some(value)
        };
        let authorization = one(&AUTHORIZATION).and_then(Authorization::read).ok_or_else(wrong)?;
        if !ALWAYS.iter().all(|name| authorization.headers.contains(name)) {
            return Err(wrong());
        }
        let timestamp = one(&TIMESTAMP).ok_or_else(|| {
            Fault::new(Code::MissingParameter, "send one `X-TC-Timestamp`, in seconds since 1970")
        })?;
        let query = match asked.method {
            Method::GET => asked.uri.query().unwrap_or_default(),
            _ => "",
        };
        let unsigned = one(&CONTENT_HASH).is_some_and(|value| value == UNSIGNED);
        let (method, headers) = (&asked.method, &asked.headers);
        Ok(Self { authorization, timestamp, method, query, host, headers, unsigned })
    }

    /// Which key it names.
    pub(crate) fn secret_id(&self) -> &'a str {
        self.authorization.secret_id
    }

    /// When it was signed, in seconds since 1970: within the window, and on the day that
    /// the key was derived for.
    pub(crate) fn signed_at(&self, now: Timestamp) -> Result<u64, Fault> {
        let digits =
            !self.timestamp.is_empty() && self.timestamp.bytes().all(|b| b.is_ascii_digit());
        let seconds: u64 = self.timestamp.parse().ok().filter(|_| digits).ok_or_else(|| {
            Fault::new(Code::InvalidParameter, "`X-TC-Timestamp` is a number of seconds since 1970")
        })?;
        let seconds = super::in_window(seconds, now)?;
        let date = Timestamp(seconds.saturating_mul(1_000)).date().to_string();
        if date != self.authorization.date {
            let say = "the date of the credential is not that of `X-TC-Timestamp` in UTC";
            return Err(Fault::new(Code::SignatureFailure, say));
        }
        Ok(seconds)
    }

    /// Whether the signature is that of this request with this body under this secret.
    pub(crate) fn is_by(&self, secret: &[u8], body: &[u8]) -> bool {
        let key = self.key(secret);
        self.canonical(body).iter().any(|canonical| {
            let made = hmac::sign(&key, self.string_to_sign(canonical).as_bytes());
            let theirs = &self.authorization.signature;
            constant_time::verify_slices_are_equal(made.as_ref(), theirs).is_ok()
        })
    }

    /// The canonical request, in every spelling that the client may have signed; empty if
    /// a header was signed that was not sent.
    pub(super) fn canonical(&self, body: &[u8]) -> Vec<String> {
        let covered = match (self.unsigned, self.method) {
            (true, _) => UNSIGNED.as_bytes(),
            (false, &Method::GET) => b"",
            (false, _) => body,
        };
        let body = sha256(covered);
        let names = self.authorization.headers.join(";");
        let mut all: Vec<String> = Vec::new();
        for host in host::spellings(self.host) {
            // Some SDKs lower the values they sign, and send them as they were.
            for lower in [false, true] {
                let Some(headers) = self.canonical_headers(&host, lower) else { return Vec::new() };
                let method = self.method;
                let canonical = format!("{method}\n/\n{}\n{headers}\n{names}\n{body}", self.query);
                if !all.contains(&canonical) {
                    all.push(canonical);
                }
            }
        }
        all
    }

    fn canonical_headers(&self, host: &str, lower: bool) -> Option<String> {
        let mut text = String::new();
        for name in &self.authorization.headers {
            let value =
                if *name == "host" { host } else { self.headers.get(*name)?.to_str().ok()? };
            let value = if lower { value.to_lowercase() } else { value.to_owned() };
            text.push_str(&format!("{name}:{}\n", value.trim()));
        }
        Some(text)
    }

    pub(super) fn string_to_sign(&self, canonical: &str) -> String {
        let Authorization { date, service, .. } = self.authorization;
        let hash = sha256(canonical.as_bytes());
        format!("{ALGORITHM}\n{}\n{date}/{service}/tc3_request\n{hash}", self.timestamp)
    }

    /// The key of the day and the service, derived from the secret.
    pub(super) fn key(&self, secret: &[u8]) -> hmac::Key {
        let first = Zeroizing::new([b"TC3", secret].concat());
        let scope = [self.authorization.date, self.authorization.service, "tc3_request"];
        scope.iter().fold(hmac::Key::new(hmac::HMAC_SHA256, &first), |key, part| {
            hmac::Key::new(hmac::HMAC_SHA256, hmac::sign(&key, part.as_bytes()).as_ref())
        })
    }
}

pub(super) fn sha256(bytes: &[u8]) -> String {
    hex(digest::digest(&digest::SHA256, bytes).as_ref())
}
