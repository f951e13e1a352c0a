//! `GET /v1/verifications`.

use axum::http::{Method, StatusCode};
use bonafide_context::Sensitive;
use bonafide_verify::interface;
use bonafide_verify::verification::{ListVerifications, State, Verification, list_verifications};
use serde::Serialize;
use utoipa::ToSchema;

use crate::answer::Answer;
use crate::api::page::{Listing, listing_query};
use crate::frame::Context;
use crate::openapi::{query_of, schema_of};
use crate::problem::{Code, Problem};
use crate::route::{Doc, Replay, Route, Takes, Who};

pub(crate) const ROUTE: Route = Route {
    method: Method::GET,
    path: "/v1/verifications",
    interface: &interface::VERIFICATIONS_LIST,
    who: Who::Key,
    takes: Takes::Nothing,
    replay: Replay::Reads,
    doc: Doc {
        id: "listVerifications",
        tag: super::TAG,
        summary: "List verifications",
        description: "The verifications of the application, the newest first, without their \
                      results.",
        query: Some(query_of::<Query>),
        request: None,
        example: "",
        answer: (StatusCode::OK, "A page of the list.", Some(schema_of::<Page>)),
        problems: &[Code::InvalidCursor],
    },
    handler: |cx| Box::pin(handle(cx)),
};

listing_query! {
    Query {
        /// In this state only.
        #[serde(default)]
        #[param(nullable = false)]
        state: Option<State>,
        /// About this person only, as you call him.
        #[serde(default)]
        #[param(nullable = false, min_length = 1, max_length = 200)]
        reference: Option<String>,
    }
}

/// A page of verifications.
#[derive(Serialize, ToSchema)]
#[schema(as = VerificationPage)]
struct Page {
    /// The verifications, the newest first.
    verifications: Vec<Verification>,
    /// What to ask the next page with; `null` if this was the last.
    next: Option<String>,
}

async fn handle(cx: &mut Context) -> Result<Answer, Problem> {
    let mut query: Query = cx.query()?;
    let page = query.page();
    let Query { state, reference, .. } = query;
    let state_name = state.map_or("", State::name);
    let whom = reference.as_deref().unwrap_or("");
    let name = format!("verifications\n{state_name}\n{whom}");
    let listing = Listing::asked(cx, page, name).await?;
    let after = listing.place()?;
    let (reference, limit) = (reference.map(Sensitive::new), listing.limit);
    let request = ListVerifications { state, reference, after, limit };
    let done = list_verifications(&cx.app(), &mut cx.call, request).await?;
    let page = cx.done(done);
    let last = page.verifications.last().filter(|_| page.more);
    let place = last.map(|last| (last.created_at, &last.id));
    let next = listing.next_after(cx, place).await?;
    Answer::ok(&Page { verifications: page.verifications, next })
}
