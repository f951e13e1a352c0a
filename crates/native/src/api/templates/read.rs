//! `GET /v1/templates/{id}`.

use axum::http::{Method, StatusCode};
use bonafide_accounts::Actor;

use super::{ShownTemplate, named};

use crate::answer::Answer;
use crate::api::interface;
use crate::frame::Context;
use crate::openapi::schema_of;
use crate::problem::Problem;
use crate::route::{Doc, Replay, Route, Takes, Who};

pub(crate) const ROUTE: Route = Route {
    method: Method::GET,
    path: "/v1/templates/{id}",
    interface: &interface::TEMPLATES_READ,
    who: Who::Key,
    takes: Takes::Nothing,
    replay: Replay::Reads,
    doc: Doc {
        id: "readTemplate",
        tag: super::TAG,
        summary: "Read a template",
        description: "The newest version of a template.",
        query: None,
        request: None,
        example: "",
        answer: (StatusCode::OK, "The template.", Some(schema_of::<ShownTemplate>)),
        problems: &[],
    },
    handler: |cx| Box::pin(handle(cx)),
};

async fn handle(cx: &mut Context) -> Result<Answer, Problem> {
    let id = named(cx)?;
    let (actor, realm) = (Actor::caller(&cx.caller), cx.caller.realm());
    let template = cx.app().accounts().template(&actor, &realm, &id, None).await?;
    Answer::ok(&ShownTemplate::from(template))
}
