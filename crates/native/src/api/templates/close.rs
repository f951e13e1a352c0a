//! `POST /v1/templates/{id}/close`.

use axum::http::{Method, StatusCode};
use bonafide_accounts::Actor;

use super::named;

use crate::answer::Answer;
use crate::api::interface;
use crate::frame::Context;
use crate::problem::Problem;
use crate::route::{Doc, Replay, Route, Takes, Who};

pub(crate) const ROUTE: Route = Route {
    method: Method::POST,
    path: "/v1/templates/{id}/close",
    interface: &interface::TEMPLATES_WRITE,
    who: Who::Key,
    takes: Takes::Nothing,
    replay: Replay::Sealed,
    doc: Doc {
        id: "closeTemplate",
        tag: super::TAG,
        summary: "Close a template",
        description: "No verification begins with it any more; those that run go on.",
        query: None,
        request: None,
        example: "",
        answer: (StatusCode::NO_CONTENT, "Closed.", None),
        problems: &[],
    },
    handler: |cx| Box::pin(handle(cx)),
};

async fn handle(cx: &mut Context) -> Result<Answer, Problem> {
    let id = named(cx)?;
    let (actor, realm) = (Actor::caller(&cx.caller), cx.caller.realm());
    let closed = cx.app().accounts().close_template(&actor, &realm, &id).await?;
    cx.planned(closed);
    Ok(Answer::nothing())
}
