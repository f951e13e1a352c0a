//! `GET /v1/consents/{id}`.

use axum::http::{Method, StatusCode};
use bonafide_verify::consent::{Consent, ConsentId, read_consent};
use bonafide_verify::interface;

use crate::answer::Answer;
use crate::frame::Context;
use crate::openapi::schema_of;
use crate::problem::Problem;
use crate::route::{Doc, Replay, Route, Takes, Who};

pub(crate) const ROUTE: Route = Route {
    method: Method::GET,
    path: "/v1/consents/{id}",
    interface: &interface::CONSENTS_READ,
    who: Who::Key,
    takes: Takes::Nothing,
    replay: Replay::Reads,
    doc: Doc {
        id: "readConsent",
        tag: super::TAG,
        summary: "Read a consent receipt",
        description: "To what a person agreed, told by which notice, when and how, and whether it \
                      was withdrawn.",
        query: None,
        request: None,
        example: "",
        answer: (StatusCode::OK, "The receipt.", Some(schema_of::<Consent>)),
        problems: &[],
    },
    handler: |cx| Box::pin(handle(cx)),
};

async fn handle(cx: &mut Context) -> Result<Answer, Problem> {
    let id: ConsentId = cx.named("id")?;
    let done = read_consent(&cx.app(), &mut cx.call, &id).await?;
    Answer::ok(&cx.done(done))
}
