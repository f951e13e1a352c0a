//! `POST /v1/verifications/{id}/redact`.

use axum::http::{Method, StatusCode};
use bonafide_verify::interface;
use bonafide_verify::verification::{RedactScope, Redacted, VerificationId, redact_verification};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::answer::Answer;
use crate::frame::Context;
use crate::openapi::schema_of;
use crate::problem::Problem;
use crate::route::{Doc, Replay, Route, Takes, Who};

pub(crate) const ROUTE: Route = Route {
    method: Method::POST,
    path: "/v1/verifications/{id}/redact",
    interface: &interface::VERIFICATIONS_REDACT,
    who: Who::Key,
    takes: Takes::Json,
    // Deleting twice deletes nothing more, and no copy of the answer is wanted.
    replay: Replay::Reads,
    doc: Doc {
        id: "redactVerification",
        tag: super::TAG,
        summary: "Delete what is kept of a verification",
        description: "Destroys the keys of its media, or of all that is personal: unreadable here \
                      when this has answered, and in a backup made before at the data's own \
                      deadline. May be repeated.",
        query: None,
        request: Some(schema_of::<Request>),
        example: r#"{"scope":"media"}"#,
        answer: (StatusCode::OK, "What was deleted.", Some(schema_of::<Redacted>)),
        problems: &[crate::problem::Code::WrongState],
    },
    handler: |cx| Box::pin(handle(cx)),
};

/// What is to be deleted.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = RedactRequest)]
struct Request {
    /// Media, or all that is personal.
    scope: RedactScope,
}

async fn handle(cx: &mut Context) -> Result<Answer, Problem> {
    let id: VerificationId = cx.named("id")?;
    let Request { scope } = cx.body()?;
    let done = redact_verification(&cx.app(), &mut cx.call, &id, scope).await?;
    Answer::ok(&cx.done(done))
}
