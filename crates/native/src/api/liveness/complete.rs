//! `POST /v1/liveness/challenges/{id}/complete`.

use axum::http::{Method, StatusCode};
use bonafide_verify::interface;
use bonafide_verify::liveness::{ChallengeId, Judged, complete_challenge};

use crate::answer::Answer;
use crate::frame::Context;
use crate::openapi::schema_of;
use crate::problem::Problem;
use crate::route::{Doc, Replay, Route, Takes, Who};

pub(crate) const ROUTE: Route = Route {
    method: Method::POST,
    path: "/v1/liveness/challenges/{id}/complete",
    interface: &interface::CHALLENGES_COMPLETE,
    who: Who::KeyOrToken,
    takes: Takes::Nothing,
    // A challenge is judged once; asked again it answers the same.
    replay: Replay::Reads,
    doc: Doc {
        id: "completeChallenge",
        tag: super::TAG,
        summary: "Have the recording judged",
        description: "Once the last part has been taken. The person's token learns how it ended and what to do \
                      better; a key also learns why. Asked again it answers the same.",
        query: None,
        request: None,
        example: "",
        answer: (StatusCode::OK, "How it ended.", Some(schema_of::<Judged>)),
        problems: super::PROBLEMS,
    },
    handler: |cx| Box::pin(handle(cx)),
};

async fn handle(cx: &mut Context) -> Result<Answer, Problem> {
    let id: ChallengeId = cx.named("id")?;
    let done = complete_challenge(&cx.app(), &mut cx.call, &id).await?;
    Answer::ok(&cx.done(done))
}
