//! `GET /v1/calls/{id}`.

use axum::http::{Method, StatusCode};
use bonafide_context::CallId;
use bonafide_ledger::View;
use bonafide_policy::Category;
use serde::Serialize;
use utoipa::ToSchema;

use super::{Row, Step};
use crate::answer::Answer;
use crate::api::interface;
use crate::frame::Context;
use crate::openapi::schema_of;
use crate::problem::{Code, Problem};
use crate::route::{Doc, Replay, Route, Takes, Who};

pub(crate) const ROUTE: Route = Route {
    method: Method::GET,
    path: "/v1/calls/{id}",
    interface: &interface::CALLS_READ,
    who: Who::Key,
    takes: Takes::Nothing,
    replay: Replay::Reads,
    doc: Doc {
        id: "readCall",
        tag: "Usage and log",
        summary: "Read what happened in a call",
        description: "The call's monitoring row, and the steps of the operation log.",
        query: None,
        request: None,
        example: "",
        answer: (StatusCode::OK, "The call.", Some(schema_of::<Traced>)),
        problems: &[Code::PolicyForbids],
    },
    handler: |cx| Box::pin(handle(cx)),
};

/// Everything about one call.
#[derive(Serialize, ToSchema)]
#[schema(as = CallTrace)]
struct Traced {
    /// Its monitoring row.
    call: Row,
    /// Its steps in order; `null` if the index that has them does not answer.
    steps: Option<Vec<Step>>,
}

async fn handle(cx: &mut Context) -> Result<Answer, Problem> {
    let id: CallId = cx.named("id")?;
    for category in [Category::Monitoring, Category::OperationLog] {
        cx.app().may_read_traces(&mut cx.call, category).await?;
    }
    let trace = cx.app().ledger().trace(&View::of(&cx.caller), id).await?;
    let trace = trace.ok_or_else(Problem::not_found)?;
    let steps = trace.steps.map(|steps| steps.into_iter().map(Step::from).collect());
    Answer::ok(&Traced { call: trace.call.into(), steps })
}
