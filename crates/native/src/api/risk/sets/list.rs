//! `GET /v1/risk/sets`.

use axum::http::{Method, StatusCode};
use bonafide_verify::risk::{SetFacts, list_sets};
use serde::Serialize;
use utoipa::ToSchema;

use super::super::TAG;
use crate::answer::Answer;
use crate::api::interface;
use crate::frame::Context;
use crate::openapi::schema_of;
use crate::problem::Problem;
use crate::route::{Doc, Replay, Route, Takes, Who};

pub(crate) const ROUTE: Route = Route {
    method: Method::GET,
    path: "/v1/risk/sets",
    interface: &interface::RISK_SETS_READ,
    who: Who::Key,
    takes: Takes::Nothing,
    replay: Replay::Reads,
    doc: Doc {
        id: "listRiskSets",
        tag: TAG,
        summary: "List your sets of identifiers",
        description: "Names the sets that are loaded for the tenant, environment and region of \
                      the key, and how many identifiers each holds. None can be read out.",
        query: None,
        request: None,
        example: "",
        answer: (StatusCode::OK, "The sets, by name.", Some(schema_of::<Listed>)),
        problems: &[],
    },
    handler: |cx| Box::pin(handle(cx)),
};

/// The sets that are loaded.
#[derive(Serialize, ToSchema)]
#[schema(as = RiskSets)]
struct Listed {
    sets: Vec<SetFacts>,
}

async fn handle(cx: &mut Context) -> Result<Answer, Problem> {
    let sets = list_sets(&**cx.app().records(), &cx.caller.realm()).await?;
    Answer::ok(&Listed { sets })
}
