//! `GET /v1/webhooks/{id}`.

use axum::http::{Method, StatusCode};
use bonafide_verify::webhooks::{Endpoint, EndpointId};

use super::owner;

use crate::answer::Answer;
use crate::api::interface;
use crate::frame::Context;
use crate::openapi::schema_of;
use crate::problem::{Code, Problem};
use crate::route::{Doc, Replay, Route, Takes, Who};

pub(crate) const ROUTE: Route = Route {
    method: Method::GET,
    path: "/v1/webhooks/{id}",
    interface: &interface::WEBHOOKS_READ,
    who: Who::Key,
    takes: Takes::Nothing,
    replay: Replay::Reads,
    doc: Doc {
        id: "readWebhook",
        tag: super::TAG,
        summary: "Read an endpoint for webhooks",
        description: "Where it posts, what, and whether that works.",
        query: None,
        request: None,
        example: "",
        answer: (StatusCode::OK, "The endpoint.", Some(schema_of::<Endpoint>)),
        problems: &[Code::NotPossible],
    },
    handler: |cx| Box::pin(handle(cx)),
};

async fn handle(cx: &mut Context) -> Result<Answer, Problem> {
    let id: EndpointId = cx.named("id")?;
    Answer::ok(&cx.webhooks()?.read_endpoint(&owner(cx), &id).await?)
}
