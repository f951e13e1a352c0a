//! `GET /v1/consents/{id}/proof`.

use axum::http::{Method, StatusCode};
use bonafide_verify::consent::{ConsentId, ConsentProof, prove_consent};
use bonafide_verify::interface;

use crate::answer::Answer;
use crate::frame::Context;
use crate::openapi::schema_of;
use crate::problem::Problem;
use crate::route::{Doc, Replay, Route, Takes, Who};

pub(crate) const ROUTE: Route = Route {
    method: Method::GET,
    path: "/v1/consents/{id}/proof",
    interface: &interface::CONSENTS_PROVE,
    who: Who::Key,
    takes: Takes::Nothing,
    replay: Replay::Reads,
    doc: Doc {
        id: "proveConsent",
        tag: super::TAG,
        summary: "Prove that a person consented",
        description: "The receipt with the proof that the transparency log holds it, and its \
                      withdrawal if there was one. `bonafide consent verify` checks it offline; \
                      with one character changed it does not hold.",
        query: None,
        request: None,
        example: "",
        answer: (StatusCode::OK, "The receipt and its proof.", Some(schema_of::<ConsentProof>)),
        problems: &[],
    },
    handler: |cx| Box::pin(handle(cx)),
};

async fn handle(cx: &mut Context) -> Result<Answer, Problem> {
    let id: ConsentId = cx.named("id")?;
    let done = prove_consent(&cx.app(), &mut cx.call, &id).await?;
    Answer::ok(&cx.done(done))
}
