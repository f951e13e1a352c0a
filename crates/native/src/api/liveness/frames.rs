//! `POST /v1/liveness/challenges/{id}/frames`.

use axum::http::{Method, StatusCode};
use bonafide_verify::interface;
use bonafide_verify::liveness::{ChallengeId, TakenPart, take_part};

use crate::answer::Answer;
use crate::frame::Context;
use crate::openapi::schema_of;
use crate::problem::Problem;
use crate::route::{Doc, FileKind, Replay, Route, Takes, Who};

pub(crate) const ROUTE: Route = Route {
    method: Method::POST,
    path: "/v1/liveness/challenges/{id}/frames",
    interface: &interface::CHALLENGES_PART,
    who: Who::KeyOrToken,
    takes: Takes::File(FileKind::CapturePart),
    // A part that is sent again is known by its seal, and answered as before.
    replay: Replay::Reads,
    doc: Doc {
        id: "takePart",
        tag: super::TAG,
        summary: "Hand in a part of the recording",
        description: "One part of the capture package, in order. The answer reveals what comes next on the \
                      screen. A part whose answer got lost is sent again byte for byte, and answered \
                      as it was; whatever else is not as it has to be is refused with a `reason`.",
        query: None,
        request: None,
        example: "",
        answer: (StatusCode::OK, "What comes next.", Some(schema_of::<TakenPart>)),
        problems: super::PROBLEMS,
    },
    handler: |cx| Box::pin(handle(cx)),
};

async fn handle(cx: &mut Context) -> Result<Answer, Problem> {
    let id: ChallengeId = cx.named("id")?;
    let part = cx.file();
    let done = take_part(&cx.app(), &mut cx.call, &id, part).await?;
    Answer::ok(&cx.done(done))
}
