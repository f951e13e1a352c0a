//! `POST /v1/applications/{application}/keys`.

use axum::http::{Method, StatusCode};
use std::time::Duration;

use bonafide_accounts::{Actor, Network, NewKeyRequest};
use bonafide_ledger::{ApplicationId, Scopes};
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
    path: "/v1/applications/{application}/keys",
    interface: &interface::ACCOUNTS_WRITE,
    who: Who::Key,
    takes: Takes::Json,
    replay: Replay::Once,
    doc: Doc {
        id: "createKey",
        tag: super::TAG,
        summary: "Create a key",
        description: "Its secret is shown in this answer and never again.",
        query: None,
        request: Some(schema_of::<Request>),
        example: r#"{"scopes":["document","face"]}"#,
        answer: (StatusCode::CREATED, "The key with its secret.", Some(schema_of::<NewlyMadeKey>)),
        problems: &[],
    },
    handler: |cx| Box::pin(handle(cx)),
};

/// A key to be made.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = CreateKeyRequest)]
struct Request {
    /// What it opens.
    #[schema(schema_with = super::scopes)]
    scopes: Scopes,
    /// From where it may be used: networks in CIDR notation; left out, from
    /// anywhere.
    #[serde(default)]
    #[schema(required = false, max_items = 64, example = json!(["192.0.2.0/24"]))]
    networks: Vec<String>,
    /// For how many seconds; left out, until it is revoked.
    #[serde(default)]
    #[schema(nullable = false, minimum = 1, maximum = 3_153_600_000u64)]
    lifetime_seconds: Option<u64>,
    /// Whether it is to verify signatures of the signed dialects too.
    #[serde(default)]
    #[schema(required = false)]
    signing: bool,
}

async fn handle(cx: &mut Context) -> Result<Answer, Problem> {
    let application: ApplicationId = cx.named("application")?;
    let request: Request = cx.body()?;
    let networks = request.networks.iter().map(|text| text.parse::<Network>());
    let networks = networks.collect::<Result<Vec<_>, _>>();
    let networks = networks
        .map_err(|error| Problem::new(Code::InvalidRequest, format!("`networks`: {error}")))?;
    let new = NewKeyRequest {
        application,
        scopes: request.scopes,
        networks,
        lifetime: request.lifetime_seconds.map(Duration::from_secs),
        signing: request.signing,
    };
    let planned = cx.app().accounts().create_key(&Actor::caller(&cx.caller), new).await?;
    let made = cx.planned(planned);
    Answer::created(&NewlyMadeKey::of(made, cx.app().clock().now()))
}
