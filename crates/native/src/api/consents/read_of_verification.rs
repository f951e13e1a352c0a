//! `GET /v1/verifications/{id}/consent`.

use axum::http::{Method, StatusCode};
use bonafide_verify::consent::{GivenConsents, read_consents_of};
use bonafide_verify::interface;
use bonafide_verify::verification::VerificationId;

use crate::answer::Answer;
use crate::frame::Context;
use crate::openapi::schema_of;
use crate::problem::Problem;
use crate::route::{Doc, Replay, Route, Takes, Who};

pub(crate) const ROUTE: Route = Route {
    method: Method::GET,
    path: "/v1/verifications/{id}/consent",
    interface: &interface::VERIFICATIONS_CONSENT_READ,
    who: Who::KeyOrToken,
    takes: Takes::Nothing,
    replay: Replay::Reads,
    doc: Doc {
        id: "readConsentToVerification",
        tag: super::TAG,
        summary: "See what was agreed to",
        description: "The receipts that were given for this verification, the newest first, \
                      withdrawn ones too: for you, and for the person in the browser.",
        query: None,
        request: None,
        example: "",
        answer: (StatusCode::OK, "The receipts.", Some(schema_of::<GivenConsents>)),
        problems: &[],
    },
    handler: |cx| Box::pin(handle(cx)),
};

async fn handle(cx: &mut Context) -> Result<Answer, Problem> {
    let id: VerificationId = cx.named("id")?;
    let done = read_consents_of(&cx.app(), &mut cx.call, &id).await?;
    Answer::ok(&cx.done(done))
}
