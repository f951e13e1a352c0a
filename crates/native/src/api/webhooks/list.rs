//! `GET /v1/webhooks`.

use axum::http::{Method, StatusCode};
use bonafide_verify::webhooks::Endpoint;
use serde::Serialize;
use utoipa::ToSchema;

use super::owner;

use crate::answer::Answer;
use crate::api::interface;
use crate::frame::Context;
use crate::openapi::schema_of;
use crate::problem::{Code, Problem};
use crate::route::{Doc, Replay, Route, Takes, Who};

pub(crate) const ROUTE: Route = Route {
    method: Method::GET,
    path: "/v1/webhooks",
    interface: &interface::WEBHOOKS_READ,
    who: Who::Key,
    takes: Takes::Nothing,
    replay: Replay::Reads,
    doc: Doc {
        id: "listWebhooks",
        tag: super::TAG,
        summary: "List endpoints for webhooks",
        description: "All endpoints of the application, by id: there are at most twenty.",
        query: None,
        request: None,
        example: "",
        answer: (StatusCode::OK, "The endpoints.", Some(schema_of::<Endpoints>)),
        problems: &[Code::NotPossible],
    },
    handler: |cx| Box::pin(handle(cx)),
};

/// The endpoints of an application.
#[derive(Serialize, ToSchema)]
#[schema(as = WebhookList)]
struct Endpoints {
    /// By id.
    endpoints: Vec<Endpoint>,
}

async fn handle(cx: &mut Context) -> Result<Answer, Problem> {
    let endpoints = cx.webhooks()?.list_endpoints(&owner(cx)).await?;
    Answer::ok(&Endpoints { endpoints })
}
