//! The interactive page at `/v1/docs`: everything it needs comes from this
//! server, and nothing else is let in.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::Path;
use axum::http::{HeaderValue, Response, StatusCode, header};
use axum::response::{IntoResponse, Redirect};
use axum::routing::get;
use utoipa_swagger_ui::Config;

/// Scripts and styles of this server only. The page sets styles of its own
/// elements while it runs, hence `unsafe-inline` for styles; it draws with
/// `data:` pictures.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; \
                      img-src 'self' data:; font-src 'self'; connect-src 'self'; \
                      form-action 'none'; base-uri 'none'; frame-ancestors 'none'";

pub(crate) fn routes() -> Router {
    let config = Arc::new(Config::from("/v1/openapi.json").validator_url("none").use_base_layout());
    let page = config.clone();
    Router::new()
        .route("/v1/docs", get(|| async { Redirect::permanent("/v1/docs/") }))
        .route("/v1/docs/", get(move || std::future::ready(file("", page.clone()))))
        .route(
            "/v1/docs/{*file}",
            get(move |Path(name): Path<String>| std::future::ready(file(&name, config.clone()))),
        )
}

fn file(name: &str, config: Arc<Config<'static>>) -> Response<Body> {
    let Ok(Some(found)) = utoipa_swagger_ui::serve(name, config) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let mut response = Response::new(Body::from(found.bytes.into_owned()));
    let headers = response.headers_mut();
    if let Ok(kind) = HeaderValue::from_str(&found.content_type) {
        headers.insert(header::CONTENT_TYPE, kind);
    }
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    response
}
