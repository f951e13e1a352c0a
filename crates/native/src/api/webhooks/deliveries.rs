//! `GET /v1/webhooks/{id}/deliveries`.

use axum::http::{Method, StatusCode};
use bonafide_verify::webhooks::{Delivery, DeliveryQuery, DeliveryState, EndpointId};
use serde::Serialize;
use utoipa::ToSchema;

use super::owner;
use crate::api::page::{Listing, listing_query};

use crate::answer::Answer;
use crate::api::interface;
use crate::frame::Context;
use crate::openapi::{query_of, schema_of};
use crate::problem::{Code, Problem};
use crate::route::{Doc, Replay, Route, Takes, Who};

pub(crate) const ROUTE: Route = Route {
    method: Method::GET,
    path: "/v1/webhooks/{id}/deliveries",
    interface: &interface::WEBHOOKS_READ,
    who: Who::Key,
    takes: Takes::Nothing,
    replay: Replay::Reads,
    doc: Doc {
        id: "listDeliveries",
        tag: super::TAG,
        summary: "List deliveries",
        description: "What was and is to be posted to the endpoint, the newest first.",
        query: Some(query_of::<Query>),
        request: None,
        example: "",
        answer: (StatusCode::OK, "A page of the log.", Some(schema_of::<Page>)),
        problems: &[Code::NotPossible, Code::InvalidCursor],
    },
    handler: |cx| Box::pin(handle(cx)),
};

listing_query! {
    Query {
        /// In this state only.
        #[serde(default)]
        #[param(nullable = false)]
        state: Option<DeliveryState>,
    }
}

/// A page of deliveries.
#[derive(Serialize, ToSchema)]
#[schema(as = DeliveryPage)]
struct Page {
    /// The deliveries, the newest first.
    deliveries: Vec<Delivery>,
    /// What to ask the next page with; `null` if this was the last.
    next: Option<String>,
}

async fn handle(cx: &mut Context) -> Result<Answer, Problem> {
    let id: EndpointId = cx.named("id")?;
    let mut query: Query = cx.query()?;
    let (page, state) = (query.page(), query.state);
    let webhooks = cx.webhooks()?;
    // One that is not there has no log, not an empty one.
    webhooks.read_endpoint(&owner(cx), &id).await?;
    let listing = Listing::asked(cx, page, format!("deliveries\n{id}\n{state:?}")).await?;
    let (cursor, limit) = (listing.after.clone(), Some(listing.limit));
    let query = DeliveryQuery { endpoint: Some(id), state, cursor, limit };
    let page = webhooks.list_deliveries(&owner(cx), &query).await?;
    let next = listing.next(cx, page.next).await?;
    Answer::ok(&Page { deliveries: page.items, next })
}
