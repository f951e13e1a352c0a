//! `GET /v1/liveness/challenges/{id}`.

use axum::http::{Method, StatusCode};
use bonafide_verify::interface;
use bonafide_verify::liveness::{ChallengeId, ChallengeView, read_challenge};

use crate::answer::Answer;
use crate::frame::Context;
use crate::openapi::schema_of;
use crate::problem::{Code, Problem};
use crate::route::{Doc, Replay, Route, Takes, Who};

pub(crate) const ROUTE: Route = Route {
    method: Method::GET,
    path: "/v1/liveness/challenges/{id}",
    interface: &interface::CHALLENGES_READ,
    who: Who::Key,
    takes: Takes::Nothing,
    replay: Replay::Reads,
    doc: Doc {
        id: "readChallenge",
        tag: super::TAG,
        summary: "Read a challenge",
        description: "How it stands, how it was judged and why, where the best frame is, and every figure, as \
                      long as each of it is kept.",
        query: None,
        request: None,
        example: "",
        answer: (StatusCode::OK, "The challenge.", Some(schema_of::<ChallengeView>)),
        problems: &[Code::PolicyForbids],
    },
    handler: |cx| Box::pin(handle(cx)),
};

async fn handle(cx: &mut Context) -> Result<Answer, Problem> {
    let id: ChallengeId = cx.named("id")?;
    let done = read_challenge(&cx.app(), &mut cx.call, &id).await?;
    Answer::ok(&cx.done(done))
}
