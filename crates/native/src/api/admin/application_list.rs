//! `GET /v1/applications`.

use axum::http::{Method, StatusCode};
use bonafide_accounts::Actor;
use bonafide_context::TenantId;
use serde::Serialize;
use utoipa::ToSchema;

use super::ShownApplication;
use crate::api::page::{Listing, listing_query};

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

listing_query! {
    Query {
        /// The tenant's AppID; left out, the one of the key.
        #[serde(default)]
        #[param(value_type = Option<u64>, nullable = false)]
        app_id: Option<TenantId>,
    }
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
    let mut query: Query = cx.query()?;
    let tenant = query.app_id.unwrap_or(cx.caller.tenant);
    let listing = Listing::asked(cx, query.page(), format!("applications\n{tenant}")).await?;
    let (actor, page) = (Actor::caller(&cx.caller), listing.one_more());
    let mut found = cx.app().accounts().applications(&actor, tenant, &page).await?;
    let place = listing.cut(&mut found, |last| last.id.to_string());
    let next = listing.next(cx, place).await?;
    let applications = found.into_iter().map(ShownApplication::from).collect();
    Answer::ok(&Applications { applications, next })
}
