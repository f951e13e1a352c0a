//! What every answer wears, whoever gave it.

use axum::body::Body;
use axum::http::header::{
    ALLOW, CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderMap, HeaderName,
    REFERRER_POLICY, SET_COOKIE, STRICT_TRANSPORT_SECURITY, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderValue, Method, Response, StatusCode};
use bonafide_context::{Answered, CallId, Keeper};

use crate::door::{Entrance, Outcome};
use crate::problem::{METHODS, Problem};

/// The header with the call's id.
pub(crate) const CALL_ID: HeaderName = HeaderName::from_static("x-call-id");

/// Completes what a router answered by itself: a refusal without a body or in
/// plain text becomes a problem document (the text of a library's refusal may
/// quote the request), and OPTIONS is answered with the path's methods.
pub(crate) fn complete(
    mut response: Response<Body>,
    answered: Option<Answered>,
    method: &Method,
    call: CallId,
) -> Outcome {
    let status = response.status();
    if status == StatusCode::METHOD_NOT_ALLOWED && method == Method::OPTIONS {
        let allow = response.headers_mut().remove(ALLOW);
        return options(allow.as_ref());
    }
    let refused = status.is_client_error() || status.is_server_error();
    if refused && !speaks_for_itself(response.headers()) {
        let allow = response.headers_mut().remove(ALLOW);
        let mut outcome = Outcome::refused(Problem::of(status), call);
        if let Some(allow) = allow {
            outcome.response.headers_mut().insert(ALLOW, allow);
        }
        if let Some(answered) = answered {
            outcome.answered = answered;
        }
        return outcome;
    }
    let outcome = match (status.is_server_error(), status.is_client_error()) {
        (true, _) => "failed",
        (_, true) => "refused",
        _ => "ok",
    };
    let unnamed = Answered { call: None, interface: "none", outcome, code: "" };
    Outcome { response, answered: answered.unwrap_or(unnamed) }
}

/// The answer to OPTIONS: the methods of the path, beside OPTIONS itself.
pub(crate) fn options(allow: Option<&HeaderValue>) -> Outcome {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::NO_CONTENT;
    let named = allow.and_then(|allow| allow.to_str().ok()).map(|allow| format!("{allow},OPTIONS"));
    let methods = named.and_then(|named| HeaderValue::from_str(&named).ok()).unwrap_or(METHODS);
    response.headers_mut().insert(ALLOW, methods);
    let answered = Answered { call: None, interface: "none", outcome: "ok", code: "" };
    Outcome { response, answered }
}

/// Whether a cookie is the session of a user who logged in: of this host alone,
/// over TLS alone, out of the reach of scripts and of other sites. Its name is
/// the only one there is, and browsers hold its prefix to all of that too.
fn is_session(cookie: &HeaderValue) -> bool {
    if !Keeper::Cookies.works() {
        return true;
    }
    let Ok(text) = cookie.to_str() else { return false };
    let mut parts = text.split(';').map(str::trim);
    let named = parts.next().is_some_and(|pair| pair.starts_with("__Host-session="));
    let rules: Vec<&str> = parts.collect();
    let all = ["Path=/", "Secure", "HttpOnly", "SameSite=Strict"];
    named && all.iter().all(|rule| rules.contains(rule))
}

/// Whether an answer has a body in a form of its own.
fn speaks_for_itself(headers: &HeaderMap) -> bool {
    headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|form| !form.starts_with("text/plain"))
}

/// Adds the call's id and the headers that keep browsers from doing harm.
pub(crate) fn finish(response: &mut Response<Body>, call: CallId, entrance: Entrance) {
    let is_page = response
        .headers()
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|form| form.starts_with("text/html"));
    let headers = response.headers_mut();
    let id = HeaderValue::from_str(&call.to_string());
    if let Ok(id) = id {
        headers.entry(CALL_ID).or_insert(id);
    }
    // Row O22: no cookie but the session of the console.
    if !headers.get_all(SET_COOKIE).iter().all(is_session) {
        headers.remove(SET_COOKIE);
    }
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.entry(CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    if !is_page {
        headers
            .entry(CONTENT_SECURITY_POLICY)
            .or_insert(HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'"));
    }
    if entrance == Entrance::Tls {
        headers.insert(STRICT_TRANSPORT_SECURITY, HeaderValue::from_static("max-age=31536000"));
    }
}
