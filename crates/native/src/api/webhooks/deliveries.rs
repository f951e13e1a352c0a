//! `GET /v1/webhooks/{id}/deliveries`.

use axum::http::{Method, StatusCode};
use bonafide_verify::webhooks::{Delivery, DeliveryQuery, DeliveryState, EndpointId};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::owner;
use crate::api::page;

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

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
struct Query {
    /// In this state only.
    #[serde(default)]
    #[param(nullable = false)]
    state: Option<DeliveryState>,
    /// `next` of the page before.
    #[serde(default)]
    #[param(nullable = false, max_length = 1024)]
    cursor: Option<String>,
    /// At most so many; 50 if left out.
    #[serde(default)]
    #[param(nullable = false, minimum = 1, maximum = 200)]
    limit: Option<u32>,
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
    let Query { state, cursor, limit } = cx.query()?;
    let limit = Some(page::limit(limit)?);
    let webhooks = cx.webhooks()?;
    // One that is not there has no log, not an empty one.
    webhooks.read_endpoint(&owner(cx), &id).await?;
    let listing = format!("deliveries\n{id}\n{state:?}");
    let cursor = match cursor {
        None => None,
        Some(cursor) => Some(cx.cursors(&listing).open(&cursor).await?),
    };
    let query = DeliveryQuery { endpoint: Some(id), state, cursor, limit };
    let page = webhooks.list_deliveries(&owner(cx), &query).await?;
    let next = match page.next {
        None => None,
        Some(place) => Some(cx.cursors(&listing).make(&place).await?),
    };
    Answer::ok(&Page { deliveries: page.items, next })
}
