//! What the pages look like, from this server: one sheet, one icon.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::LazyLock;

use axum::Router;
use axum::body::Body;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::http::{HeaderValue, Response};
use axum::routing::get;
use bonafide_policy::render;

use crate::page::{answered, guard};

/// The sheet of the documents, and what pages have beyond documents.
static SHEET: LazyLock<String> =
    LazyLock::new(|| format!("{}{}", render::STYLE, include_str!("style.css")));

/// Where a page finds it. The name changes with what is in it, so that browsers
/// may keep it for long.
static PATH: LazyLock<String> = LazyLock::new(|| {
    let mut hash = DefaultHasher::new();
    SHEET.hash(&mut hash);
    format!("/pages/style.css?v={:016x}", hash.finish())
});

const ICON: &str = r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="8" fill="#1f5f5b"/><path d="M9 16.5l5 5 9.5-11" fill="none" stroke="#fff" stroke-width="3.2" stroke-linecap="round" stroke-linejoin="round"/></svg>"##;

/// Where a page finds the sheet.
pub(crate) fn path() -> &'static str {
    &PATH
}

pub(crate) fn routes() -> Router {
    Router::new()
        .route("/pages/style.css", get(|| async { file("text/css; charset=utf-8", &SHEET) }))
        .route("/pages/icon.svg", get(|| async { file("image/svg+xml", ICON) }))
}

fn file(kind: &'static str, text: &'static str) -> Response<Body> {
    let mut response = Response::new(Body::from(text));
    guard(&mut response);
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    let long = HeaderValue::from_static("public, max-age=31536000, immutable");
    headers.insert(CACHE_CONTROL, long);
    answered(&mut response, "pages", "");
    response
}
