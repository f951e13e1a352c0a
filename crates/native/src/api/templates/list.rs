//! `GET /v1/templates`.

use axum::http::{Method, StatusCode};
use bonafide_accounts::Actor;
use serde::Serialize;
use utoipa::ToSchema;

use super::ShownTemplate;
use crate::answer::Answer;
use crate::api::interface;
use crate::api::page::{Listing, PageQuery};
use crate::frame::Context;
use crate::openapi::{query_of, schema_of};
use crate::problem::{Code, Problem};
use crate::route::{Doc, Replay, Route, Takes, Who};

pub(crate) const ROUTE: Route = Route {
    method: Method::GET,
    path: "/v1/templates",
    interface: &interface::TEMPLATES_READ,
    who: Who::Key,
    takes: Takes::Nothing,
    replay: Replay::Reads,
    doc: Doc {
        id: "listTemplates",
        tag: super::TAG,
        summary: "List templates",
        description: "The newest version of each template, by name.",
        query: Some(query_of::<PageQuery>),
        request: None,
        example: "",
        answer: (StatusCode::OK, "A page of the list.", Some(schema_of::<Templates>)),
        problems: &[Code::InvalidCursor],
    },
    handler: |cx| Box::pin(handle(cx)),
};

/// A page of templates.
#[derive(Serialize, ToSchema)]
#[schema(as = TemplatePage)]
struct Templates {
    /// The templates, by name.
    templates: Vec<ShownTemplate>,
    /// What to ask the next page with; `null` if this was the last.
    next: Option<String>,
}

async fn handle(cx: &mut Context) -> Result<Answer, Problem> {
    let query: PageQuery = cx.query()?;
    let listing = Listing::asked(cx, query, "templates".to_owned()).await?;
    let (actor, realm) = (Actor::caller(&cx.caller), cx.caller.realm());
    let mut found = cx.app().accounts().templates(&actor, &realm, &listing.one_more()).await?;
    let place = listing.cut(&mut found, |last| last.name.clone());
    let next = listing.next(cx, place).await?;
    Answer::ok(&Templates { templates: found.into_iter().map(ShownTemplate::from).collect(), next })
}
