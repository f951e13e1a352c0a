//! `GET /v1/liveness/challenges/{id}/best-frame`.

use axum::http::{Method, StatusCode};
use bonafide_verify::interface;
use bonafide_verify::liveness::{ChallengeId, open_best_frame};

use crate::answer::Answer;
use crate::frame::Context;
use crate::problem::{Code, Problem};
use crate::route::{Doc, Replay, Route, Takes, Who};

pub(crate) const ROUTE: Route = Route {
    method: Method::GET,
    path: "/v1/liveness/challenges/{id}/best-frame",
    interface: &interface::CHALLENGES_BEST_FRAME,
    who: Who::Key,
    takes: Takes::Nothing,
    replay: Replay::Reads,
    doc: Doc {
        id: "openBestFrame",
        tag: super::TAG,
        summary: "Open the best frame of a recording",
        description: "Of a recording that was accepted and belongs to no verification; otherwise it is the \
                      verification's selfie.",
        query: None,
        request: None,
        example: "",
        answer: (StatusCode::OK, "The picture.", None),
        problems: &[Code::PolicyForbids],
    },
    handler: |cx| Box::pin(handle(cx)),
};

async fn handle(cx: &mut Context) -> Result<Answer, Problem> {
    let id: ChallengeId = cx.named("id")?;
    let done = open_best_frame(&cx.app(), &mut cx.call, &id).await?;
    let media = cx.done(done);
    Ok(Answer::file(media.media_type, media.bytes.into_exposed()))
}
