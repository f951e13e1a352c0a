//! `POST /v1/verifications/{id}/assist`.

use axum::http::{Method, StatusCode};
use bonafide_verify::interface;
use bonafide_verify::verification::{Channel, Verification, VerificationId, assist_verification};
use serde::Deserialize;
use utoipa::ToSchema;

use super::shown;
use crate::answer::Answer;
use crate::frame::Context;
use crate::openapi::schema_of;
use crate::problem::{Code, Problem};
use crate::route::{Doc, Replay, Route, Takes, Who};

pub(crate) const ROUTE: Route = Route {
    method: Method::POST,
    path: "/v1/verifications/{id}/assist",
    interface: &interface::VERIFICATIONS_ASSIST,
    who: Who::KeyOrToken,
    takes: Takes::Json,
    replay: Replay::Sealed,
    doc: Doc {
        id: "assistVerification",
        tag: super::TAG,
        summary: "Take the way without biometrics",
        description: "For whoever does not want his face looked at by a machine: what was \
                      collected of it is deleted, and a person decides by the document, or by what \
                      comes by telephone, by post or in person. This alone never leads to \
                      `declined`.",
        query: None,
        request: Some(schema_of::<Request>),
        example: r#"{"channel":"upload"}"#,
        answer: (StatusCode::OK, "The verification.", Some(schema_of::<Verification>)),
        problems: &[Code::Gone, Code::NotPossible],
    },
    handler: |cx| Box::pin(handle(cx)),
};

/// By which way.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = AssistRequest)]
struct Request {
    /// The way.
    channel: Channel,
}

async fn handle(cx: &mut Context) -> Result<Answer, Problem> {
    let id: VerificationId = cx.named("id")?;
    let Request { channel } = cx.body()?;
    let done = assist_verification(&cx.app(), &mut cx.call, &id, channel).await?;
    shown(&cx.done(done))
}
