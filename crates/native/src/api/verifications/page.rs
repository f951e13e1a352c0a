//! `GET /v1/verifications/{id}/page`.

use axum::http::{Method, StatusCode};
use bonafide_verify::interface;
use bonafide_verify::verification::{PageSettings, VerificationId, page_settings};

use crate::answer::Answer;
use crate::frame::Context;
use crate::openapi::schema_of;
use crate::problem::{Code, Problem};
use crate::route::{Doc, Replay, Route, Takes, Who};

pub(crate) const ROUTE: Route = Route {
    method: Method::GET,
    path: "/v1/verifications/{id}/page",
    interface: &interface::VERIFICATIONS_PAGE,
    who: Who::KeyOrToken,
    takes: Takes::Nothing,
    replay: Replay::Reads,
    doc: Doc {
        id: "readPageSettings",
        tag: super::TAG,
        summary: "Read how the person's pages are to be",
        description: "Languages, colours and the way back, as the verification began with them: \
                      what the hosted pages ask for, or your own.",
        query: None,
        request: None,
        example: "",
        answer: (StatusCode::OK, "The settings.", Some(schema_of::<PageSettings>)),
        problems: &[Code::WrongState],
    },
    handler: |cx| Box::pin(handle(cx)),
};

async fn handle(cx: &mut Context) -> Result<Answer, Problem> {
    let id: VerificationId = cx.named("id")?;
    let done = page_settings(&cx.app(), &mut cx.call, &id).await?;
    Answer::ok(&cx.done(done))
}
