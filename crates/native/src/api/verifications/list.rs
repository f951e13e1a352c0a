//! `GET /v1/verifications`.

use axum::http::{Method, StatusCode};
use bonafide_context::{Sensitive, Timestamp};
use bonafide_verify::interface;
use bonafide_verify::verification::{
    ListVerifications, State, Verification, VerificationId, list_verifications,
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::answer::Answer;
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

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
struct Query {
    /// In this state only.
    #[serde(default)]
    #[param(nullable = false)]
    state: Option<State>,
    /// About this person only, as you call him.
    #[serde(default)]
    #[param(nullable = false, min_length = 1, max_length = 200)]
    reference: Option<String>,
    /// `next` of the page before.
    #[serde(default)]
    #[param(nullable = false, max_length = 1024)]
    cursor: Option<String>,
    /// At most so many; 50 if left out.
    #[serde(default)]
    #[param(nullable = false, minimum = 1, maximum = 200)]
    limit: Option<u32>,
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
    let Query { state, reference, cursor, limit } = cx.query()?;
    let limit = crate::api::page::limit(limit)?;
    let state_name = state.map_or("", State::name);
    let whom = reference.as_deref().unwrap_or("");
    let listing = format!("verifications\n{state_name}\n{whom}");
    let after = match cursor {
        None => None,
        Some(cursor) => Some(place(&cx.cursors(&listing).open(&cursor).await?)?),
    };
    let request =
        ListVerifications { state, reference: reference.map(Sensitive::new), after, limit };
    let done = list_verifications(&cx.app(), &mut cx.call, request).await?;
    let page = cx.done(done);
    let next = match page.verifications.last() {
        Some(last) if page.more => {
            let place = format!("{} {}", last.created_at.0.0, last.id);
            Some(cx.cursors(&listing).make(&place).await?)
        }
        _ => None,
    };
    Answer::ok(&Page { verifications: page.verifications, next })
}

/// Where the page before ended. It is authenticated, so what does not read is
/// from another version of this server.
fn place(text: &str) -> Result<(Timestamp, VerificationId), Problem> {
    let read = || {
        let (created, id) = text.split_once(' ')?;
        Some((Timestamp(created.parse().ok()?), id.parse().ok()?))
    };
    read().ok_or_else(|| Problem::new(Code::InvalidCursor, "begin with the first page again"))
}
