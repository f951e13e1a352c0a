//! `POST /v1/webhooks/{id}/test`.

use axum::http::{Method, StatusCode};
use bonafide_verify::webhooks::EndpointId;

use super::owner;

use crate::answer::Answer;
use crate::api::interface;
use crate::frame::Context;
use crate::problem::{Code, Problem};
use crate::route::{Doc, Replay, Route, Takes, Who};

pub(crate) const ROUTE: Route = Route {
    method: Method::POST,
    path: "/v1/webhooks/{id}/test",
    interface: &interface::WEBHOOKS_WRITE,
    who: Who::Key,
    takes: Takes::Nothing,
    replay: Replay::Sealed,
    doc: Doc {
        id: "testWebhook",
        tag: super::TAG,
        summary: "Send a test event",
        description: "Posts an event of the type `test` to the endpoint; its delivery stands in \
                      the log.",
        query: None,
        request: None,
        example: "",
        answer: (StatusCode::ACCEPTED, "On its way.", None),
        problems: &[Code::NotPossible],
    },
    handler: |cx| Box::pin(handle(cx)),
};

async fn handle(cx: &mut Context) -> Result<Answer, Problem> {
    let id: EndpointId = cx.named("id")?;
    let changes = cx.webhooks()?.send_test(&owner(cx), &id).await?;
    cx.changes.extend(changes);
    Ok(Answer::accepted())
}
