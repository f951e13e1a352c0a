//! `GET /v1/applications/{application}/keys`.

use axum::http::{Method, StatusCode};
use bonafide_accounts::Actor;
use bonafide_ledger::ApplicationId;
use serde::Serialize;
use utoipa::ToSchema;

use super::ShownKey;
use crate::api::page::{Listing, PageQuery};

use crate::answer::Answer;
use crate::api::interface;
use crate::frame::Context;
use crate::openapi::{query_of, schema_of};
use crate::problem::{Code, Problem};
use crate::route::{Doc, Replay, Route, Takes, Who};

pub(crate) const ROUTE: Route = Route {
    method: Method::GET,
    path: "/v1/applications/{application}/keys",
    interface: &interface::ACCOUNTS_READ,
    who: Who::Key,
    takes: Takes::Nothing,
    replay: Replay::Reads,
    doc: Doc {
        id: "listKeys",
        tag: super::TAG,
        summary: "List keys",
        description: "The keys of an application, by id, with when they were last used; never \
                      their secrets.",
        query: Some(query_of::<PageQuery>),
        request: None,
        example: "",
        answer: (StatusCode::OK, "A page of the list.", Some(schema_of::<Keys>)),
        problems: &[Code::InvalidCursor],
    },
    handler: |cx| Box::pin(handle(cx)),
};

/// A page of keys.
#[derive(Serialize, ToSchema)]
#[schema(as = KeyPage)]
struct Keys {
    /// The keys, by id.
    keys: Vec<ShownKey>,
    /// What to ask the next page with; `null` if this was the last.
    next: Option<String>,
}

async fn handle(cx: &mut Context) -> Result<Answer, Problem> {
    let application: ApplicationId = cx.named("application")?;
    let query: PageQuery = cx.query()?;
    let listing = Listing::asked(cx, query, format!("keys\n{application}")).await?;
    let app = cx.app();
    let (actor, page) = (Actor::caller(&cx.caller), listing.one_more());
    let mut found = app.accounts().keys(&actor, &application, &page).await?;
    let place = listing.cut(&mut found, |last| last.id.to_string());
    let next = listing.next(cx, place).await?;
    let now = app.clock().now();
    Answer::ok(&Keys { keys: found.into_iter().map(|key| ShownKey::of(key, now)).collect(), next })
}
