//! `DELETE /v1/risk/sets`.

use axum::http::{Method, StatusCode};
use bonafide_accounts::Action;
use bonafide_verify::risk::plan_drop;
use serde::Deserialize;
use utoipa::IntoParams;

use super::super::TAG;
use crate::answer::Answer;
use crate::api::interface;
use crate::frame::Context;
use crate::openapi::query_of;
use crate::problem::Problem;
use crate::route::{Doc, Replay, Route, Takes, Who};

pub(crate) const ROUTE: Route = Route {
    method: Method::DELETE,
    path: "/v1/risk/sets",
    interface: &interface::RISK_SETS_WRITE,
    who: Who::Key,
    takes: Takes::Nothing,
    replay: Replay::Reads,
    doc: Doc {
        id: "dropRiskSet",
        tag: TAG,
        summary: "Drop a set of identifiers",
        description: "Destroys the key of what rests of a set at once; no answer names it from \
                      then on, on other nodes after five seconds at most.",
        query: Some(query_of::<Query>),
        request: None,
        example: "",
        answer: (StatusCode::NO_CONTENT, "Dropped.", None),
        problems: &[],
    },
    handler: |cx| Box::pin(handle(cx)),
};

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
struct Query {
    /// Its name, without `tenant:`.
    #[param(pattern = "^[a-z0-9_-]{1,40}$")]
    name: String,
}

async fn handle(cx: &mut Context) -> Result<Answer, Problem> {
    let Query { name } = cx.query()?;
    let (app, realm) = (cx.app(), cx.caller.realm());
    let changes = plan_drop(app.vault(), &**app.records(), &realm, &name).await?;
    cx.changes.extend(changes);
    cx.audit(Action::RiskSetDropped, &name);
    app.risk_sets_changed(&realm);
    Ok(Answer::nothing())
}
