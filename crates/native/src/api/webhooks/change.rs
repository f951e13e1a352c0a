//! `PATCH /v1/webhooks/{id}`.

use axum::http::{Method, StatusCode};
use bonafide_accounts::Action;
use bonafide_verify::webhooks::{ChangedEndpoint, Endpoint, EndpointId};

use super::owner;

use crate::answer::Answer;
use crate::api::interface;
use crate::frame::Context;
use crate::openapi::schema_of;
use crate::problem::{Code, Problem};
use crate::route::{Doc, Replay, Route, Takes, Who};

pub(crate) const ROUTE: Route = Route {
    method: Method::PATCH,
    path: "/v1/webhooks/{id}",
    interface: &interface::WEBHOOKS_WRITE,
    who: Who::Key,
    takes: Takes::Json,
    replay: Replay::Reads,
    doc: Doc {
        id: "changeWebhook",
        tag: super::TAG,
        summary: "Change an endpoint for webhooks",
        description: "What is left out stays as it is. Switching on forgets earlier failures.",
        query: None,
        request: Some(schema_of::<ChangedEndpoint>),
        example: r#"{"enabled":true}"#,
        answer: (StatusCode::OK, "The endpoint.", Some(schema_of::<Endpoint>)),
        problems: &[Code::NotPossible, Code::WrongState],
    },
    handler: |cx| Box::pin(handle(cx)),
};

async fn handle(cx: &mut Context) -> Result<Answer, Problem> {
    let id: EndpointId = cx.named("id")?;
    let changed: ChangedEndpoint = cx.body()?;
    let (endpoint, changes) = cx.webhooks()?.change_endpoint(&owner(cx), &id, changed).await?;
    cx.changes.extend(changes);
    cx.audit(Action::WebhookChanged, id.as_str());
    Answer::ok(&endpoint)
}
