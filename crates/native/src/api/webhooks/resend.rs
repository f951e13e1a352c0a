//! `POST /v1/webhooks/{id}/deliveries/{delivery}/resend`.

use axum::http::{Method, StatusCode};
use bonafide_verify::webhooks::{DeliveryId, EndpointId};

use super::owner;

use crate::answer::Answer;
use crate::api::interface;
use crate::frame::Context;
use crate::problem::{Code, Problem};
use crate::route::{Doc, Replay, Route, Takes, Who};

pub(crate) const ROUTE: Route = Route {
    method: Method::POST,
    path: "/v1/webhooks/{id}/deliveries/{delivery}/resend",
    interface: &interface::WEBHOOKS_WRITE,
    who: Who::Key,
    takes: Takes::Nothing,
    replay: Replay::Sealed,
    doc: Doc {
        id: "resendDelivery",
        tag: super::TAG,
        summary: "Send a delivery again",
        description: "One that was delivered or given up is tried again, with the same event id.",
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
    let delivery: DeliveryId = cx.named("delivery")?;
    let webhooks = cx.webhooks()?;
    if webhooks.read_delivery(&owner(cx), &delivery).await?.endpoint != id {
        return Err(Problem::not_found());
    }
    let changes = webhooks.resend(&owner(cx), &delivery).await?;
    cx.changes.extend(changes);
    Ok(Answer::accepted())
}
