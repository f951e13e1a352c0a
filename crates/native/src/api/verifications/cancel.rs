//! `POST /v1/verifications/{id}/cancel`.

use axum::http::{Method, StatusCode};
use bonafide_verify::interface;
use bonafide_verify::verification::{Verification, VerificationId, cancel_verification};

use crate::answer::Answer;
use crate::frame::Context;
use crate::openapi::schema_of;
use crate::problem::{Code, Problem};
use crate::route::{Doc, Replay, Route, Takes, Who};

pub(crate) const ROUTE: Route = Route {
    method: Method::POST,
    path: "/v1/verifications/{id}/cancel",
    interface: &interface::VERIFICATIONS_CANCEL,
    who: Who::KeyOrToken,
    takes: Takes::Nothing,
    replay: Replay::Sealed,
    doc: Doc {
        id: "cancelVerification",
        tag: super::TAG,
        summary: "Give up a verification",
        description: "Ends a verification that has not ended.",
        query: None,
        request: None,
        example: "",
        answer: (StatusCode::OK, "The verification.", Some(schema_of::<Verification>)),
        problems: &[Code::Gone],
    },
    handler: |cx| Box::pin(handle(cx)),
};

async fn handle(cx: &mut Context) -> Result<Answer, Problem> {
    let id: VerificationId = cx.named("id")?;
    let done = cancel_verification(&cx.app(), &mut cx.call, &id).await?;
    super::shown(&cx.done(done))
}
