//! `DELETE /v1/subjects/{ref}/hold`.

use axum::http::{Method, StatusCode};
use bonafide_verify::interface;
use bonafide_verify::subject::{HeldSubject, release_subject};

use super::whom;
use crate::answer::Answer;
use crate::frame::Context;
use crate::openapi::schema_of;
use crate::problem::{Code, Problem};
use crate::route::{Doc, Replay, Route, Takes, Who};

pub(crate) const ROUTE: Route = Route {
    method: Method::DELETE,
    path: "/v1/subjects/{ref}/hold",
    interface: &interface::SUBJECTS_RELEASE,
    who: Who::Key,
    takes: Takes::Nothing,
    // Lifting twice lifts nothing more.
    replay: Replay::Reads,
    doc: Doc {
        id: "releaseSubject",
        tag: super::TAG,
        summary: "Lift a legal hold",
        description: "What is past its own deadline is destroyed at once, with a receipt; the rest \
                      goes at its own. May be repeated.",
        query: None,
        request: None,
        example: "",
        answer: (StatusCode::OK, "How the person stands.", Some(schema_of::<HeldSubject>)),
        problems: &[Code::PolicyForbids, Code::WrongState],
    },
    handler: |cx| Box::pin(handle(cx)),
};

async fn handle(cx: &mut Context) -> Result<Answer, Problem> {
    let whom = whom(cx)?;
    let done = release_subject(&cx.app(), &mut cx.call, whom).await?;
    Answer::ok(&cx.done(done))
}
