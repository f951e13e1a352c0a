//! `GET /v1/tenants`.

use axum::http::{Method, StatusCode};
use bonafide_accounts::Actor;
use serde::Serialize;
use utoipa::ToSchema;

use super::ShownTenant;
use crate::api::page::{Listing, PageQuery};

use crate::answer::Answer;
use crate::api::interface;
use crate::frame::Context;
use crate::openapi::{query_of, schema_of};
use crate::problem::{Code, Problem};
use crate::route::{Doc, Replay, Route, Takes, Who};

pub(crate) const ROUTE: Route = Route {
    method: Method::GET,
    path: "/v1/tenants",
    interface: &interface::ACCOUNTS_READ,
    who: Who::Key,
    takes: Takes::Nothing,
    replay: Replay::Reads,
    doc: Doc {
        id: "listTenants",
        tag: super::TAG,
        summary: "List tenants",
        description: "Those within reach of the key: the operator's sees all, a tenant's its own.",
        query: Some(query_of::<PageQuery>),
        request: None,
        example: "",
        answer: (StatusCode::OK, "A page of the list.", Some(schema_of::<Tenants>)),
        problems: &[Code::InvalidCursor],
    },
    handler: |cx| Box::pin(handle(cx)),
};

/// A page of tenants.
#[derive(Serialize, ToSchema)]
#[schema(as = TenantPage)]
struct Tenants {
    /// The tenants, by AppID.
    tenants: Vec<ShownTenant>,
    /// What to ask the next page with; `null` if this was the last.
    next: Option<String>,
}

async fn handle(cx: &mut Context) -> Result<Answer, Problem> {
    let query: PageQuery = cx.query()?;
    let listing = Listing::asked(cx, query, "tenants".to_owned()).await?;
    let (actor, page) = (Actor::caller(&cx.caller), listing.one_more());
    let mut found = cx.app().accounts().tenants(&actor, &page).await?;
    let place = listing.cut(&mut found, |last| last.app_id.to_string());
    let next = listing.next(cx, place).await?;
    Answer::ok(&Tenants { tenants: found.into_iter().map(ShownTenant::from).collect(), next })
}
