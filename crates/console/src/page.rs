//! A page on its way to a browser.

use askama::Template;
use axum::body::Body;
use axum::http::header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderName, LOCATION, SET_COOKIE};
use axum::http::{HeaderValue, Response, StatusCode};
use bonafide_context::Answered;

/// Nothing but this server's own style and pictures, forms that come back here,
/// and no frame around it.
const POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; \
                      base-uri 'none'; frame-ancestors 'none'";

/// What else browsers are told: no sensors, no window that another site holds.
const ALSO: [(HeaderName, &str); 3] = [
    (
        HeaderName::from_static("permissions-policy"),
        "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
    ),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
];

/// A page, answered to `interface`.
pub(crate) fn page(
    interface: &'static str,
    status: StatusCode,
    template: &impl Template,
) -> Response<Body> {
    let (status, text) = match template.render() {
        Ok(text) => (status, text),
        // Writing into a string does not fail; if it ever does, say so.
        Err(_) => (StatusCode::INTERNAL_SERVER_ERROR, String::from("<h1>Sorry</h1>")),
    };
    let mut response = Response::new(Body::from(text));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    guard(&mut response);
    answered(&mut response, interface, "");
    response
}

/// Sends the browser on to a page of this server, to be read with GET.
pub(crate) fn see(interface: &'static str, path: &str) -> Response<Body> {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::SEE_OTHER;
    if let Ok(path) = HeaderValue::from_str(path) {
        response.headers_mut().insert(LOCATION, path);
    }
    guard(&mut response);
    answered(&mut response, interface, "");
    response
}

/// Adds a cookie.
pub(crate) fn with_cookie(
    mut response: Response<Body>,
    cookie: Option<HeaderValue>,
) -> Response<Body> {
    if let Some(cookie) = cookie {
        response.headers_mut().insert(SET_COOKIE, cookie);
    }
    response
}

/// What every answer of this room tells the browser.
pub(crate) fn guard(response: &mut Response<Body>) {
    let headers = response.headers_mut();
    headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    for (name, value) in ALSO {
        headers.insert(name, HeaderValue::from_static(value));
    }
}

/// What the door counts it as.
pub(crate) fn answered(response: &mut Response<Body>, interface: &'static str, code: &'static str) {
    let status = response.status();
    let outcome = match (status.is_server_error(), status.is_client_error()) {
        (true, _) => "failed",
        (_, true) => "refused",
        _ => "ok",
    };
    response.extensions_mut().insert(Answered { call: None, interface, outcome, code });
}
