//! `GET /v1/subprocessors`.

use axum::http::{Method, StatusCode};
use bonafide_verify::subprocessors::Subprocessors;

use super::interface;
use crate::answer::Answer;
use crate::frame::Context;
use crate::openapi::schema_of;
use crate::problem::Problem;
use crate::route::{Doc, Replay, Route, Takes, Who};

pub(crate) const ROUTE: Route = Route {
    method: Method::GET,
    path: "/v1/subprocessors",
    interface: &interface::SUBPROCESSORS_READ,
    who: Who::Key,
    takes: Takes::Nothing,
    replay: Replay::Reads,
    doc: Doc {
        id: "readSubprocessors",
        tag: "Policy",
        summary: "Read who else gets data",
        description: "The subprocessors that the policy of the caller names, as they are now: \
                      who they are, what they do, where, what they get, who vetted them and \
                      when. There are none unless the policy says so, and the server calls no \
                      other.",
        query: None,
        request: None,
        example: "",
        answer: (StatusCode::OK, "The subprocessors.", Some(schema_of::<Subprocessors>)),
        problems: &[],
    },
    handler: |cx| Box::pin(handle(cx)),
};

async fn handle(cx: &mut Context) -> Result<Answer, Problem> {
    let policy = cx.app().accounts().policy_of(cx.caller.tenant).await?;
    cx.call.step("subprocessors.read", "ok", bonafide_ledger::Facts::new());
    Answer::ok(&Subprocessors::of(&policy))
}
