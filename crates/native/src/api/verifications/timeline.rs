//! `GET /v1/verifications/{id}/timeline`.

use axum::http::{Method, StatusCode};
use bonafide_verify::interface;
use bonafide_verify::verification::{Timeline, VerificationId, read_timeline};

use crate::answer::Answer;
use crate::frame::Context;
use crate::openapi::schema_of;
use crate::problem::{Code, Problem};
use crate::route::{Doc, Replay, Route, Takes, Who};

pub(crate) const ROUTE: Route = Route {
    method: Method::GET,
    path: "/v1/verifications/{id}/timeline",
    interface: &interface::VERIFICATIONS_TIMELINE,
    who: Who::Key,
    takes: Takes::Nothing,
    replay: Replay::Reads,
    doc: Doc {
        id: "readTimeline",
        tag: super::TAG,
        summary: "Read what happened, in order",
        description: "Where the person stopped, and why.",
        query: None,
        request: None,
        example: "",
        answer: (StatusCode::OK, "The timeline.", Some(schema_of::<Timeline>)),
        problems: &[Code::WrongState],
    },
    handler: |cx| Box::pin(handle(cx)),
};

async fn handle(cx: &mut Context) -> Result<Answer, Problem> {
    let id: VerificationId = cx.named("id")?;
    let done = read_timeline(&cx.app(), &mut cx.call, &id).await?;
    Answer::ok(&cx.done(done))
}
