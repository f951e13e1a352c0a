//! `GET /v1/operations`: search of the operation log.

use axum::http::{Method, StatusCode};
use bonafide_context::CallId;
use bonafide_ledger::{ApplicationId, LogQuery};
use bonafide_policy::Category;
use bonafide_verify::Moment;
use serde::Serialize;
use utoipa::ToSchema;

use super::calls::{Step, view};
use super::interface;
use super::page::{Listing, listing_query};
use crate::answer::Answer;
use crate::frame::Context;
use crate::input::query;
use crate::openapi::{query_of, schema_of};
use crate::problem::{Code, Problem};
use crate::route::{Doc, Replay, Route, Takes, Who};

pub(crate) const ROUTE: Route = Route {
    method: Method::GET,
    path: "/v1/operations",
    interface: &interface::OPERATIONS_SEARCH,
    who: Who::Key,
    takes: Takes::Nothing,
    replay: Replay::Reads,
    doc: Doc {
        id: "searchOperations",
        tag: "Usage and log",
        summary: "Search the operation log",
        description: "Steps of calls, the newest call first: everything given must hold. The log \
                      holds codes, numbers and flags of the program, nothing that was sent. What \
                      was answered in the last moments may not be there yet.",
        query: Some(query_of::<Query>),
        request: None,
        example: "",
        answer: (StatusCode::OK, "A page of steps.", Some(schema_of::<Page>)),
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
        /// Of this call only.
        #[serde(default, deserialize_with = "query::parsed_optional")]
        #[param(value_type = Option<String>, nullable = false, required = false)]
        call: Option<CallId>,
        /// Of this interface only, such as `documents.read`.
        #[serde(default)]
        #[param(nullable = false, max_length = 64)]
        interface: Option<String>,
        /// This step only, such as `decode`.
        #[serde(default)]
        #[param(nullable = false, max_length = 64)]
        step: Option<String>,
        /// With this outcome only: `ok` or a code.
        #[serde(default)]
        #[param(nullable = false, max_length = 64)]
        outcome: Option<String>,
        /// Where this is the step, its outcome or a code among its facts.
        #[serde(default)]
        #[param(nullable = false, max_length = 64)]
        code: Option<String>,
        /// Words that must all occur in names and codes.
        #[serde(default)]
        #[param(nullable = false, max_length = 200)]
        words: Option<String>,
        /// Of calls that started at this moment or later.
        #[serde(default, deserialize_with = "query::parsed_optional")]
        #[param(value_type = Option<String>, nullable = false, required = false, format = DateTime)]
        from: Option<Moment>,
        /// Of calls that started before this moment.
        #[serde(default, deserialize_with = "query::parsed_optional")]
        #[param(value_type = Option<String>, nullable = false, required = false, format = DateTime)]
        until: Option<Moment>,
    }
}

/// A page of steps.
#[derive(Serialize, ToSchema)]
#[schema(as = OperationPage)]
struct Page {
    /// The steps, the newest call first.
    operations: Vec<Step>,
    /// What to ask the next page with; `null` if this was the last.
    next: Option<String>,
}

async fn handle(cx: &mut Context) -> Result<Answer, Problem> {
    let mut query: Query = cx.query()?;
    let page = query.page();
    cx.app().may_read_traces(&mut cx.call, Category::OperationLog).await?;
    let view = view(cx, query.application.clone())?;
    let mut asked = LogQuery {
        application: query.application,
        call: query.call,
        interface: query.interface,
        step: query.step,
        outcome: query.outcome,
        code: query.code,
        words: query.words,
        from: query.from.map(|moment| moment.0),
        until: query.until.map(|moment| moment.0),
        cursor: None,
        limit: 0,
    };
    let listing = Listing::asked(cx, page, format!("operations\n{asked:?}")).await?;
    asked.limit = listing.limit;
    asked.cursor.clone_from(&listing.after);
    let page = cx.app().ledger().search(&view, &asked).await?;
    let next = listing.next(cx, page.next).await?;
    Answer::ok(&Page { operations: page.items.into_iter().map(Step::from).collect(), next })
}
