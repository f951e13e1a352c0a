//! `GET /v1/subjects/{ref}`.

use axum::http::{Method, StatusCode};
use bonafide_verify::interface;
use bonafide_verify::subject::{SubjectLife, read_subject};

use super::whom;
use crate::answer::Answer;
use crate::frame::Context;
use crate::openapi::schema_of;
use crate::problem::{Code, Problem};
use crate::route::{Doc, Replay, Route, Takes, Who};

pub(crate) const ROUTE: Route = Route {
    method: Method::GET,
    path: "/v1/subjects/{ref}",
    interface: &interface::SUBJECTS_READ,
    who: Who::Key,
    takes: Takes::Nothing,
    replay: Replay::Reads,
    doc: Doc {
        id: "readSubject",
        tag: super::TAG,
        summary: "Read a person's whole life in the system",
        description: "What is held of the person whom you call so, in every application of tenant, \
                      environment and region: why, until when, who read it, what was destroyed, \
                      what was asked for; or a signed statement that nothing is held. Proxies log \
                      addresses: to keep the reference out of them, send it to `POST \
                      /v1/subjects` and use the `sub_…` of that answer from then on.",
        query: None,
        request: None,
        example: "",
        answer: (StatusCode::OK, "What is held, signed.", Some(schema_of::<SubjectLife>)),
        problems: &[Code::PolicyForbids],
    },
    handler: |cx| Box::pin(handle(cx)),
};

async fn handle(cx: &mut Context) -> Result<Answer, Problem> {
    let whom = whom(cx)?;
    let done = read_subject(&cx.app(), &mut cx.call, whom).await?;
    Answer::ok(&cx.done(done))
}
