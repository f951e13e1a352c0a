//! `POST /v1/subjects/{ref}/unrestrict`.

use axum::http::{Method, StatusCode};
use bonafide_verify::interface;
use bonafide_verify::subject::{RestrictedSubject, unrestrict_subject};

use super::whom;
use crate::answer::Answer;
use crate::frame::Context;
use crate::openapi::schema_of;
use crate::problem::{Code, Problem};
use crate::route::{Doc, Replay, Route, Takes, Who};

pub(crate) const ROUTE: Route = Route {
    method: Method::POST,
    path: "/v1/subjects/{ref}/unrestrict",
    interface: &interface::SUBJECTS_UNRESTRICT,
    who: Who::Key,
    takes: Takes::Nothing,
    replay: Replay::Sealed,
    doc: Doc {
        id: "unrestrictSubject",
        tag: super::TAG,
        summary: "End a restriction",
        description: "What is held of the person may be processed and read again. An objection that \
                      was open is answered with it: there are grounds that override it.",
        query: None,
        request: None,
        example: "",
        answer: (StatusCode::OK, "How the person stands.", Some(schema_of::<RestrictedSubject>)),
        problems: &[Code::PolicyForbids],
    },
    handler: |cx| Box::pin(handle(cx)),
};

async fn handle(cx: &mut Context) -> Result<Answer, Problem> {
    let whom = whom(cx)?;
    let done = unrestrict_subject(&cx.app(), &mut cx.call, whom).await?;
    Answer::ok(&cx.done(done))
}
