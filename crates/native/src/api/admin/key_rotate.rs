//! `POST /v1/keys/{key}/rotate`.

use axum::http::{Method, StatusCode};
use std::time::Duration;

use bonafide_accounts::Actor;
use bonafide_ledger::KeyId;
use serde::Deserialize;
use utoipa::ToSchema;

use super::NewlyMadeKey;

use crate::answer::Answer;
use crate::api::interface;
use crate::frame::Context;
use crate::openapi::schema_of;
use crate::problem::{Code, Problem};
use crate::route::{Doc, Replay, Route, Takes, Who};

pub(crate) const ROUTE: Route = Route {
    method: Method::POST,
    path: "/v1/keys/{key}/rotate",
    interface: &interface::ACCOUNTS_WRITE,
    who: Who::Key,
    takes: Takes::Json,
    replay: Replay::Once,
    doc: Doc {
        id: "rotateKey",
        tag: super::TAG,
        summary: "Replace a key",
        description: "Makes a key with the same scopes, networks and lifetime; the old one works \
                      on for the overlap. The secret is shown in this answer and never again.",
        query: None,
        request: Some(schema_of::<Request>),
        example: r#"{"overlap_seconds":3600}"#,
        answer: (
            StatusCode::CREATED,
            "The new key with its secret.",
            Some(schema_of::<NewlyMadeKey>),
        ),
        problems: &[],
    },
    handler: |cx| Box::pin(handle(cx)),
};

/// How a key is to be replaced.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = RotateKeyRequest)]
struct Request {
    /// How long the old key works on, in seconds.
    #[schema(maximum = 2_592_000)]
    overlap_seconds: u64,
}

/// Thirty days: who needs longer has two keys.
const LONGEST_OVERLAP: u64 = 30 * 86_400;

async fn handle(cx: &mut Context) -> Result<Answer, Problem> {
    let id: KeyId = cx.named("key")?;
    let Request { overlap_seconds } = cx.body()?;
    if overlap_seconds > LONGEST_OVERLAP {
        let say = format!("`overlap_seconds` is at most {LONGEST_OVERLAP}");
        return Err(Problem::new(Code::InvalidRequest, say));
    }
    let overlap = Duration::from_secs(overlap_seconds);
    let actor = Actor::caller(&cx.caller);
    let planned = cx.app().accounts().rotate_key(&actor, &id, overlap).await?;
    let made = cx.planned(planned);
    Answer::created(&NewlyMadeKey::of(made, cx.app().clock().now()))
}
