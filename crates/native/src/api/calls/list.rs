//! `GET /v1/calls`.

use axum::http::{Method, StatusCode};
use bonafide_ledger::{ApplicationId, CallQuery};
use bonafide_policy::Category;
use bonafide_verify::Moment;
use serde::Serialize;
use utoipa::ToSchema;

use super::{Row, view};
use crate::answer::Answer;
use crate::api::interface;
use crate::api::page::{Listing, listing_query};
use crate::frame::Context;
use crate::input::query;
use crate::openapi::{query_of, schema_of};
use crate::problem::{Code, Problem};
use crate::route::{Doc, Replay, Route, Takes, Who};

pub(crate) const ROUTE: Route = Route {
    method: Method::GET,
    path: "/v1/calls",
    interface: &interface::CALLS_READ,
    who: Who::Key,
    takes: Takes::Nothing,
    replay: Replay::Reads,
    doc: Doc {
        id: "listCalls",
        tag: "Usage and log",
        summary: "List calls",
        description: "Monitoring rows, the newest call first. A key sees its own application, a \
                      key with the scope `admin` those of its tenant in the same environment.",
        query: Some(query_of::<Query>),
        request: None,
        example: "",
        answer: (StatusCode::OK, "A page of the list.", Some(schema_of::<Page>)),
        problems: &[Code::InvalidCursor, Code::NotFound, Code::PolicyForbids],
    },
    handler: |cx| Box::pin(handle(cx)),
};

listing_query! {
    Query {
        /// Of this application only.
        #[serde(default, deserialize_with = "query::parsed_optional")]
        #[param(value_type = Option<String>, nullable = false, required = false, pattern = "^app_[a-z2-7]{26}$")]
        application: Option<ApplicationId>,
        /// Of this interface only, such as `documents.read`.
        #[serde(default)]
        #[param(nullable = false, max_length = 64)]
        interface: Option<String>,
        /// With this result only: `ok` or a code.
        #[serde(default)]
        #[param(nullable = false, max_length = 64)]
        result: Option<String>,
        /// Calls that started at this moment or later.
        #[serde(default, deserialize_with = "query::parsed_optional")]
        #[param(value_type = Option<String>, nullable = false, required = false, format = DateTime)]
        from: Option<Moment>,
        /// Calls that started before this moment.
        #[serde(default, deserialize_with = "query::parsed_optional")]
        #[param(value_type = Option<String>, nullable = false, required = false, format = DateTime)]
        until: Option<Moment>,
    }
}

/// A page of calls.
#[derive(Serialize, ToSchema)]
#[schema(as = CallPage)]
struct Page {
    /// The calls, the newest first.
    calls: Vec<Row>,
    /// What to ask the next page with; `null` if this was the last.
    next: Option<String>,
}

async fn handle(cx: &mut Context) -> Result<Answer, Problem> {
    let mut query: Query = cx.query()?;
    let page = query.page();
    let Query { application, interface, result, from, until, .. } = query;
    cx.app().may_read_traces(&mut cx.call, Category::Monitoring).await?;
    let view = view(cx, application.clone())?;
    let name = format!("calls\n{application:?}\n{interface:?}\n{result:?}\n{from:?}\n{until:?}");
    let listing = Listing::asked(cx, page, name).await?;
    let query = CallQuery {
        application,
        interface,
        result,
        from: from.map(|moment| moment.0),
        until: until.map(|moment| moment.0),
        cursor: listing.after.clone(),
        limit: listing.limit,
    };
    let page = cx.app().ledger().calls(&view, &query).await?;
    let next = listing.next(cx, page.next).await?;
    Answer::ok(&Page { calls: page.items.into_iter().map(Row::from).collect(), next })
}
