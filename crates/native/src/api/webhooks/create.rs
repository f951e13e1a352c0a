//! `POST /v1/webhooks`.

use axum::http::{Method, StatusCode};
use bonafide_accounts::Action;
use bonafide_ledger::Facts;
use bonafide_verify::webhooks::{Endpoint, NewEndpoint};
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
    method: Method::POST,
    path: "/v1/webhooks",
    interface: &interface::WEBHOOKS_WRITE,
    who: Who::Key,
    takes: Takes::Json,
    replay: Replay::Once,
    doc: Doc {
        id: "createWebhook",
        tag: super::TAG,
        summary: "Create an endpoint for webhooks",
        description: "Its secret is shown in this answer and never again. What is posted is signed \
                      by the Standard Webhooks specification and carries ids and states, nothing \
                      of a person.",
        query: None,
        request: Some(schema_of::<NewEndpoint>),
        example: r#"{"url":"https://shop.example/hooks","events":["verification.approved","verification.declined"]}"#,
        answer: (
            StatusCode::CREATED,
            "The endpoint with its secret.",
            Some(schema_of::<ShownOnce>),
        ),
        problems: &[Code::NotPossible, Code::WrongState],
    },
    handler: |cx| Box::pin(handle(cx)),
};

/// An endpoint that was just made.
#[derive(Serialize, ToSchema)]
#[schema(as = NewWebhook)]
struct ShownOnce {
    /// The endpoint.
    #[serde(flatten)]
    endpoint: Endpoint,
    /// Signs what is posted: `whsec_` and base64.
    secret: String,
}

async fn handle(cx: &mut Context) -> Result<Answer, Problem> {
    let new: NewEndpoint = cx.body()?;
    let made = cx.webhooks()?.create_endpoint(&owner(cx), new).await;
    let made = made.inspect_err(|error| cx.call.step("webhook", error.code(), Facts::new()))?;
    cx.changes.extend(made.changes);
    cx.audit(Action::WebhookCreated, made.endpoint.id.as_str());
    Answer::created(&ShownOnce { endpoint: made.endpoint, secret: made.secret.to_string() })
}
