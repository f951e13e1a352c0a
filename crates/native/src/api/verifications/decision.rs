//! `POST /v1/verifications/{id}/decision`.

use axum::http::{Method, StatusCode};
use bonafide_verify::interface;
use bonafide_verify::verification::{
    ManualDecision, Verification, VerificationId, decide_verification,
};

use crate::answer::Answer;
use crate::frame::Context;
use crate::openapi::schema_of;
use crate::problem::Problem;
use crate::route::{Doc, Replay, Route, Takes, Who};

pub(crate) const ROUTE: Route = Route {
    method: Method::POST,
    path: "/v1/verifications/{id}/decision",
    interface: &interface::VERIFICATIONS_DECIDE,
    who: Who::Key,
    takes: Takes::Json,
    replay: Replay::Sealed,
    doc: Doc {
        id: "decideVerification",
        tag: super::TAG,
        summary: "Decide a verification in review",
        description: "A person who has looked decides, with a reason from a closed list. Media \
                      under review keep their deadline; when it passes first, the review expires.",
        query: None,
        request: Some(schema_of::<ManualDecision>),
        example: r#"{"decision":"approved","reason":"document_readable"}"#,
        answer: (StatusCode::OK, "The verification.", Some(schema_of::<Verification>)),
        problems: &[crate::problem::Code::Gone],
    },
    handler: |cx| Box::pin(handle(cx)),
};

async fn handle(cx: &mut Context) -> Result<Answer, Problem> {
    let id: VerificationId = cx.named("id")?;
    let decision: ManualDecision = cx.body()?;
    let done = decide_verification(&cx.app(), &mut cx.call, &id, decision).await?;
    super::shown(&cx.done(done))
}
