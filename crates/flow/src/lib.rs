//! The hosted pages of a verification, below `/verify`: privacy notice and
//! consent, document, liveness, result.
//!
//! They are built from `web/` and committed, so that the binary has them whoever
//! builds it (`docs/decisions/0010-web.md`). The room only hands them out: the
//! person's token stands behind the `#` of the address and never comes here;
//! with it the pages talk to the native API like anybody else.

mod files;
#[cfg(test)]
mod tests;

use axum::Router;
use axum::body::Body;
use axum::extract::Path;
use axum::http::header::{
    ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_SECURITY_POLICY, CONTENT_TYPE,
    HeaderName, VARY,
};
use axum::http::{HeaderMap, HeaderValue, Response, StatusCode};
use axum::routing::get;
use bonafide_context::Answered;

use files::{File, Kind};

/// Scripts, styles and data of this server alone; pictures that the person has
/// just taken; no frame around it, no form that leads away.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
                      img-src 'self' blob:; media-src 'self' blob:; connect-src 'self'; \
                      form-action 'none'; base-uri 'none'; frame-ancestors 'none'";

/// What else browsers are told: the camera is for these pages, and nothing else is.
const ALSO: [(HeaderName, &str); 3] = [
    (
        HeaderName::from_static("permissions-policy"),
        "camera=(self), fullscreen=(self), screen-wake-lock=(self), microphone=(), \
         geolocation=(), payment=(), usb=()",
    ),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
];

/// What the pages are counted as.
const NAME: &str = "flow";

/// The pages.
pub fn routes() -> Router {
    Router::new()
        .route("/verify", get(|headers: HeaderMap| async move { found("index.html", &headers) }))
        .route("/verify/{file}", get(file))
        .route("/verify/texts/{file}", get(texts))
}

async fn file(Path(name): Path<String>, headers: HeaderMap) -> Response<Body> {
    found(&name, &headers)
}

async fn texts(Path(name): Path<String>, headers: HeaderMap) -> Response<Body> {
    found(&format!("texts/{name}"), &headers)
}

fn found(name: &str, headers: &HeaderMap) -> Response<Body> {
    let Some(file) = files::find(name) else {
        let mut missing = Response::new(Body::empty());
        *missing.status_mut() = StatusCode::NOT_FOUND;
        return counted(missing, "refused");
    };
    let small = headers
        .get(ACCEPT_ENCODING)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|all| all.split(',').any(|one| one.trim().starts_with("gzip")));
    counted(answer(file, small), "ok")
}

fn answer(file: &'static File, small: bool) -> Response<Body> {
    let bytes = if small { file.small.as_slice() } else { file.plain.as_bytes() };
    let mut response = Response::new(Body::from(bytes));
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(file.kind.content_type()));
    headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    headers.insert(VARY, HeaderValue::from_static("accept-encoding"));
    if small {
        headers.insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    }
    // The page names the others by what is in them; itself it is asked for anew.
    let keep = match file.kind {
        Kind::Page => "no-cache",
        Kind::Script | Kind::Style => "public, max-age=31536000, immutable",
        Kind::Texts => "public, max-age=3600",
    };
    headers.insert(CACHE_CONTROL, HeaderValue::from_static(keep));
    for (name, value) in ALSO {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}

fn counted(mut response: Response<Body>, outcome: &'static str) -> Response<Body> {
    response.extensions_mut().insert(Answered { call: None, interface: NAME, outcome, code: "" });
    response
}
