//! `POST /v1/subjects/{ref}/object`.

use axum::http::{Method, StatusCode};
use bonafide_verify::interface;
use bonafide_verify::subject::{RestrictedSubject, object_subject};

use super::whom;
use crate::answer::Answer;
use crate::frame::Context;
use crate::openapi::schema_of;
use crate::problem::{Code, Problem};
use crate::route::{Doc, Replay, Route, Takes, Who};

pub(crate) const ROUTE: Route = Route {
    method: Method::POST,
    path: "/v1/subjects/{ref}/object",
    interface: &interface::SUBJECTS_OBJECT,
    who: Who::Key,
    takes: Takes::Nothing,
    replay: Replay::Sealed,
    doc: Doc {
        id: "objectSubject",
        tag: super::TAG,
        summary: "Take down an objection",
        description: "The person objects to processing. It is frozen at once, and you decide until the \
                      request's `answer_by`: delete, or end the restriction if there are grounds \
                      that override the objection.",
        query: None,
        request: None,
        example: "",
        answer: (
            StatusCode::OK,
            "The restriction, and the open request.",
            Some(schema_of::<RestrictedSubject>),
        ),
        problems: &[Code::PolicyForbids],
    },
    handler: |cx| Box::pin(handle(cx)),
};

async fn handle(cx: &mut Context) -> Result<Answer, Problem> {
    let whom = whom(cx)?;
    let done = object_subject(&cx.app(), &mut cx.call, whom).await?;
    Answer::ok(&cx.done(done))
}
