//! `POST /v1/liveness/challenges/{id}/position`.

use axum::http::{Method, StatusCode};
use bonafide_verify::interface;
use bonafide_verify::liveness::{ChallengeId, Position, check_position};

use crate::answer::Answer;
use crate::frame::Context;
use crate::openapi::schema_of;
use crate::problem::{Code, Problem};
use crate::route::{Doc, FileKind, Replay, Route, Takes, Who};

pub(crate) const ROUTE: Route = Route {
    method: Method::POST,
    path: "/v1/liveness/challenges/{id}/position",
    interface: &interface::CHALLENGES_POSITION,
    who: Who::KeyOrToken,
    takes: Takes::File(FileKind::SmallPicture),
    replay: Replay::Reads,
    doc: Doc {
        id: "checkPosition",
        tag: super::TAG,
        summary: "Ask where the face is",
        description: "Says where the face is in a small picture, and what the person may do about it, before \
                      the recording begins. Nothing of it is kept.",
        query: None,
        request: None,
        example: "",
        answer: (StatusCode::OK, "The position.", Some(schema_of::<Position>)),
        problems: &[
            Code::PictureUnreadable,
            Code::RecordingRefused,
            Code::WrongState,
            Code::InProgress,
            Code::Gone,
            Code::StatementWanted,
            Code::ConsentWanted,
            Code::ConsentWithdrawn,
        ],
    },
    handler: |cx| Box::pin(handle(cx)),
};

async fn handle(cx: &mut Context) -> Result<Answer, Problem> {
    let id: ChallengeId = cx.named("id")?;
    let image = cx.file();
    let done = check_position(&cx.app(), &mut cx.call, &id, image).await?;
    Answer::ok(&cx.done(done))
}
