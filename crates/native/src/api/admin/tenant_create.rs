//! `POST /v1/tenants`.

use axum::http::{Method, StatusCode};
use bonafide_accounts::{Actor, NewTenant};
use serde::Deserialize;
use utoipa::ToSchema;

use super::ShownTenant;

use crate::answer::Answer;
use crate::api::interface;
use crate::frame::Context;
use crate::openapi::schema_of;
use crate::problem::Problem;
use crate::route::{Doc, Replay, Route, Takes, Who};

pub(crate) const ROUTE: Route = Route {
    method: Method::POST,
    path: "/v1/tenants",
    interface: &interface::ACCOUNTS_WRITE,
    who: Who::Operator,
    takes: Takes::Json,
    replay: Replay::Sealed,
    doc: Doc {
        id: "createTenant",
        tag: super::TAG,
        summary: "Create a tenant",
        description: "For the operator's own key only.",
        query: None,
        request: Some(schema_of::<Request>),
        example: r#"{"name":"Example Bank"}"#,
        answer: (StatusCode::CREATED, "The tenant.", Some(schema_of::<ShownTenant>)),
        problems: &[],
    },
    handler: |cx| Box::pin(handle(cx)),
};

/// A tenant to be made.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = CreateTenantRequest)]
struct Request {
    /// As you call it.
    #[schema(min_length = 1, max_length = 100, example = "Example Bank")]
    name: String,
    /// Under which policy; left out, the installation's own.
    #[serde(default)]
    #[schema(nullable = false, min_length = 1, max_length = 64, pattern = "^[a-z0-9-]+$")]
    policy: Option<String>,
}

async fn handle(cx: &mut Context) -> Result<Answer, Problem> {
    let Request { name, policy } = cx.body()?;
    let actor = Actor::caller(&cx.caller);
    let planned = cx.app().accounts().create_tenant(&actor, NewTenant { name, policy }).await?;
    let made = cx.planned(planned);
    Answer::created(&ShownTenant::from(made))
}
