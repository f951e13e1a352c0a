//! `DELETE /v1/webhooks/{id}`.

use axum::http::{Method, StatusCode};
use bonafide_accounts::Action;
use bonafide_verify::webhooks::EndpointId;

use super::owner;

use crate::answer::Answer;
use crate::api::interface;
use crate::frame::Context;
use crate::problem::{Code, Problem};
use crate::route::{Doc, Replay, Route, Takes, Who};

pub(crate) const ROUTE: Route = Route {
    method: Method::DELETE,
    path: "/v1/webhooks/{id}",
    interface: &interface::WEBHOOKS_WRITE,
    who: Who::Key,
    takes: Takes::Nothing,
    replay: Replay::Reads,
    doc: Doc {
        id: "deleteWebhook",
        tag: super::TAG,
        summary: "Delete an endpoint for webhooks",
        description: "What was still to be delivered there is given up; the log of deliveries \
                      stays for its time.",
        query: None,
        request: None,
        example: "",
        answer: (StatusCode::NO_CONTENT, "Deleted.", None),
        problems: &[Code::NotPossible, Code::WrongState],
    },
    handler: |cx| Box::pin(handle(cx)),
};

async fn handle(cx: &mut Context) -> Result<Answer, Problem> {
    let id: EndpointId = cx.named("id")?;
    let changes = cx.webhooks()?.delete_endpoint(&owner(cx), &id).await?;
    cx.changes.extend(changes);
    cx.audit(Action::WebhookRemoved, id.as_str());
    Ok(Answer::nothing())
}
