//! `POST /v1/webhooks/{id}/rotate`.

use axum::http::{Method, StatusCode};
use bonafide_accounts::Action;
use bonafide_verify::Moment;
use bonafide_verify::webhooks::EndpointId;
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
    path: "/v1/webhooks/{id}/rotate",
    interface: &interface::WEBHOOKS_WRITE,
    who: Who::Key,
    takes: Takes::Nothing,
    replay: Replay::Once,
    doc: Doc {
        id: "rotateWebhookSecret",
        tag: super::TAG,
        summary: "Give an endpoint a new secret",
        description: "The one before signs too for a day. The secret is shown in this answer and \
                      never again.",
        query: None,
        request: None,
        example: "",
        answer: (StatusCode::OK, "The new secret.", Some(schema_of::<Rotated>)),
        problems: &[Code::NotPossible],
    },
    handler: |cx| Box::pin(handle(cx)),
};

/// A new secret.
#[derive(Serialize, ToSchema)]
#[schema(as = RotatedWebhookSecret)]
struct Rotated {
    /// Signs what is posted: `whsec_` and base64.
    secret: String,
    /// Until when the one before signs too.
    old_secret_until: Moment,
}

async fn handle(cx: &mut Context) -> Result<Answer, Problem> {
    let id: EndpointId = cx.named("id")?;
    let rotated = cx.webhooks()?.rotate_secret(&owner(cx), &id).await?;
    cx.changes.extend(rotated.changes);
    cx.audit(Action::WebhookSecretRotated, id.as_str());
    let (secret, old_secret_until) = (rotated.secret.to_string(), rotated.old_until);
    Answer::ok(&Rotated { secret, old_secret_until })
}
