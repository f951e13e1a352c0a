//! `GET /v1/consents`.

use axum::http::{Method, StatusCode};
use bonafide_context::Sensitive;
use bonafide_verify::consent::{Consent, ListConsents, list_consents};
use bonafide_verify::interface;
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
    path: "/v1/consents",
    interface: &interface::CONSENTS_LIST,
    who: Who::Key,
    takes: Takes::Nothing,
    replay: Replay::Reads,
    doc: Doc {
        id: "listConsents",
        tag: super::TAG,
        summary: "List consent receipts",
        description: "The receipts of the application or of a person, the newest first, \
                      withdrawn ones too.",
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
        /// Of this person only, as you call him.
        #[serde(default)]
        #[param(nullable = false, min_length = 1, max_length = 200)]
        reference: Option<String>,
    }
}

/// A page of receipts.
#[derive(Serialize, ToSchema)]
#[schema(as = ConsentPage)]
struct Page {
    /// The receipts, the newest first.
    consents: Vec<Consent>,
    /// What to ask the next page with; `null` if this was the last.
    next: Option<String>,
}

async fn handle(cx: &mut Context) -> Result<Answer, Problem> {
    let mut query: Query = cx.query()?;
    let page = query.page();
    let whom = query.reference.as_deref().unwrap_or_default();
    let listing = Listing::asked(cx, page, format!("consents\n{whom}")).await?;
    let after = listing.place()?;
    let reference = query.reference.map(Sensitive::new);
    let request = ListConsents { reference, after, limit: listing.limit };
    let done = list_consents(&cx.app(), &mut cx.call, request).await?;
    let page = cx.done(done);
    let last = page.consents.last().filter(|_| page.more);
    let place = last.map(|last| (last.given_at, &last.id));
    let next = listing.next_after(cx, place).await?;
    Answer::ok(&Page { consents: page.consents, next })
}
