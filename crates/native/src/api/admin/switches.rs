//! `PATCH /v1/tenants/{app_id}/switches`.

use axum::http::{Method, StatusCode};
use bonafide_accounts::{Actor, Switch};
use bonafide_context::TenantId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::answer::Answer;
use crate::api::interface;
use crate::frame::Context;
use crate::openapi::schema_of;
use crate::problem::Problem;
use crate::route::{Doc, Replay, Route, Takes, Who};

pub(crate) const ROUTE: Route = Route {
    method: Method::PATCH,
    path: "/v1/tenants/{app_id}/switches",
    interface: &interface::ACCOUNTS_WRITE,
    who: Who::Operator,
    takes: Takes::Json,
    replay: Replay::Reads,
    doc: Doc {
        id: "setSwitch",
        tag: super::TAG,
        summary: "Switch something on or off for a tenant",
        description: "What is off by default and only done for tenants that asked for it. For the \
                      operator's own key only; each change stands in the audit log.",
        query: None,
        request: Some(schema_of::<Request>),
        example: r#"{"switch":"dns_address","on":false}"#,
        answer: (StatusCode::OK, "What is on now.", Some(schema_of::<Switches>)),
        problems: &[crate::problem::Code::WrongState],
    },
    handler: |cx| Box::pin(handle(cx)),
};

/// A switch to be set.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = SetSwitchRequest)]
struct Request {
    /// Which.
    switch: Switch,
    /// Whether it is to be on.
    on: bool,
}

/// What a tenant has switched on.
#[derive(Serialize, ToSchema)]
struct Switches {
    /// What is on; everything else is off.
    on: Vec<Switch>,
}

async fn handle(cx: &mut Context) -> Result<Answer, Problem> {
    let tenant: TenantId = cx.named("app_id")?;
    let Request { switch, on } = cx.body()?;
    let (app, actor) = (cx.app(), Actor::caller(&cx.caller));
    let planned = app.accounts().switch(&actor, tenant, switch, on).await?;
    cx.planned(planned);
    let mut all = app.accounts().switches(tenant).await?;
    match on {
        true => all.insert(switch),
        false => all.remove(&switch),
    };
    Answer::ok(&Switches { on: all.into_iter().collect() })
}
