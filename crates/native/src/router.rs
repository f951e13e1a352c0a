//! The router, made from the route table.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Router;
use axum::extract::Request;
use axum::http::{HeaderValue, header};
use axum::response::IntoResponse;
use axum::routing::{MethodFilter, MethodRouter, any, get};
use bonafide_verify::App;
use bytes::Bytes;
use utoipa::openapi::OpenApi;

use crate::frame::{Native, nowhere, serve};
use crate::problem::{Code, Problem};
use crate::route::Route;
use crate::{Settings, api, docs};

/// The native API over the rooms below, and its OpenAPI document. Every request
/// needs a [`crate::door::ClientAddress`] in its extensions; one that also has a
/// call id there is answered under that name.
pub fn routes(app: Arc<App>) -> (Router, OpenApi) {
    routes_with(app, Settings::default())
}

/// [`routes`] under other limits.
pub fn routes_with(app: Arc<App>, settings: Settings) -> (Router, OpenApi) {
    let native = Arc::new(Native { app, settings });
    let document = openapi();
    let mut paths = BTreeMap::<&str, (MethodRouter, Vec<&str>)>::new();
    for route in api::routes() {
        let (methods, names) = paths.entry(route.path).or_default();
        names.push(route.method.as_str());
        *methods = std::mem::take(methods).on(filter(route), handler(&native, route));
    }
    let mut router = Router::new();
    for (path, (methods, names)) in paths {
        router = router.route(path, methods.fallback(elsewhere(&native, allowed(&names))));
    }
    let router = router
        .route("/v1/openapi.json", get(published(&document)))
        .merge(docs::routes())
        .route("/v1", any(elsewhere(&native, None)))
        .route("/v1/{*rest}", any(elsewhere(&native, None)));
    (router, document)
}

/// The OpenAPI document of the native API.
pub fn openapi() -> OpenApi {
    crate::openapi::document(api::routes())
}

/// The names of the interfaces that can be called, for prices and limits.
pub fn interfaces() -> impl Iterator<Item = &'static str> {
    api::routes().iter().map(|route| route.interface.name)
}

fn filter(route: &Route) -> MethodFilter {
    MethodFilter::try_from(route.method.clone()).unwrap_or(MethodFilter::GET)
}

fn handler(
    native: &Arc<Native>,
    route: &'static Route,
) -> impl Fn(Request) -> futures::Answering + Clone + Send + Sync + 'static {
    let native = native.clone();
    move |request| Box::pin(serve(native.clone(), route, request))
}

/// What a path answers to a method that it has not, or that is no path.
fn elsewhere(
    native: &Arc<Native>,
    allow: Option<String>,
) -> impl Fn(Request) -> futures::Answering + Clone + Send + Sync + 'static {
    let native = native.clone();
    move |request| {
        let problem = match &allow {
            Some(methods) => Problem::new(Code::MethodNotAllowed, "see `allow` for those it has")
                .allow(methods.clone()),
            None => Problem::new(
                Code::NotFound,
                "there is no such path: `GET /v1/openapi.json` lists those that there are",
            ),
        };
        let response = nowhere(&native, &request, &problem);
        Box::pin(async move { response })
    }
}

fn allowed(names: &[&str]) -> Option<String> {
    let mut all = names.to_vec();
    if all.contains(&"GET") {
        all.push("HEAD");
    }
    Some(all.join(", "))
}

fn published(
    document: &OpenApi,
) -> impl Fn() -> std::future::Ready<axum::response::Response> + Clone + Send + Sync + 'static {
    let bytes = Bytes::from(serde_json::to_vec(document).unwrap_or_default());
    move || {
        let json = (header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        std::future::ready(([json], bytes.clone()).into_response())
    }
}

mod futures {
    use std::future::Future;
    use std::pin::Pin;

    use axum::body::Body;
    use axum::http::Response;

    /// An answer on its way.
    pub(super) type Answering = Pin<Box<dyn Future<Output = Response<Body>> + Send>>;
}
