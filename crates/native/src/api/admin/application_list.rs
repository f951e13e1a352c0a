//! `GET /v1/applications`.

use axum::http::{Method, StatusCode};
use bonafide_accounts::{Actor, Page};
use bonafide_context::TenantId;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::ShownApplication;
use crate::api::page::{self, PageQuery};

use crate::answer::Answer;
use crate::api::interface;
use crate::frame::Context;
use crate::openapi::{query_of, schema_of};
use crate::problem::{Code, Problem};
use crate::route::{Doc, Replay, Route, Takes, Who};

pub(crate) const ROUTE: Route = Route {
    method: Method::GET,
    path: "/v1/applications",
    interface: &interface::ACCOUNTS_READ,
    who: Who::Key,
    takes: Takes::Nothing,
    replay: Replay::Reads,
    doc: Doc {
        id: "listApplications",
        tag: super::TAG,
        summary: "List applications",
        description: "The applications of a tenant that are within reach of the key, by id.",
        query: Some(query_of::<Query>),
        request: None,
        example: "",
        answer: (StatusCode::OK, "A page of the list.", Some(schema_of::<Applications>)),
        problems: &[Code::InvalidCursor, Code::NotFound],
    },
    handler: |cx| Box::pin(handle(cx)),
};

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
struct Query {
    /// The tenant's AppID; left out, the one of the key.
    #[serde(default)]
    #[param(value_type = Option<u64>, nullable = false)]
    app_id: Option<TenantId>,
    /// `next` of the page before.
    #[serde(default)]
    #[param(nullable = false, max_length = 1024)]
    cursor: Option<String>,
    /// At most so many; 50 if left out.
    #[serde(default)]
    #[param(nullable = false, minimum = 1, maximum = 200)]
    limit: Option<u32>,
}

/// A page of applications.
#[derive(Serialize, ToSchema)]
#[schema(as = ApplicationPage)]
struct Applications {
    /// The applications, by id.
    applications: Vec<ShownApplication>,
    /// What to ask the next page with; `null` if this was the last.
    next: Option<String>,
}

async fn handle(cx: &mut Context) -> Result<Answer, Problem> {
    let Query { app_id, cursor, limit } = cx.query()?;
    let tenant = app_id.unwrap_or(cx.caller.tenant);
    let listing = format!("applications\n{tenant}");
    let (limit, after) = page::asked(cx, PageQuery { cursor, limit }, &listing).await?;
    let page = Page { after, limit: Some(limit + 1) };
    let actor = Actor::caller(&cx.caller);
    let mut found = cx.app().accounts().applications(&actor, tenant, &page).await?;
    let next = page::next(cx, &listing, &mut found, limit, |last| last.id.to_string()).await?;
    let applications = found.into_iter().map(ShownApplication::from).collect();
    Answer::ok(&Applications { applications, next })
}
