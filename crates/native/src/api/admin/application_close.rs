//! `POST /v1/applications/{application}/close`.

use axum::http::{Method, StatusCode};
use bonafide_accounts::Actor;
use bonafide_ledger::ApplicationId;

use crate::answer::Answer;
use crate::api::interface;
use crate::frame::Context;
use crate::problem::Problem;
use crate::route::{Doc, Replay, Route, Takes, Who};

pub(crate) const ROUTE: Route = Route {
    method: Method::POST,
    path: "/v1/applications/{application}/close",
    interface: &interface::ACCOUNTS_WRITE,
    who: Who::Key,
    takes: Takes::Nothing,
    replay: Replay::Sealed,
    doc: Doc {
        id: "closeApplication",
        tag: super::TAG,
        summary: "Close an application",
        description: "Closes an application and revokes its keys.",
        query: None,
        request: None,
        example: "",
        answer: (StatusCode::NO_CONTENT, "Closed.", None),
        problems: &[],
    },
    handler: |cx| Box::pin(handle(cx)),
};

async fn handle(cx: &mut Context) -> Result<Answer, Problem> {
    let id: ApplicationId = cx.named("application")?;
    let actor = Actor::caller(&cx.caller);
    let closed = cx.app().accounts().close_application(&actor, &id).await?;
    cx.planned(closed);
    Ok(Answer::nothing())
}
