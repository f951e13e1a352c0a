//! `GET /v1/tenants/{app_id}/policy`.

use axum::http::{Method, StatusCode};
use bonafide_accounts::Actor;
use bonafide_context::TenantId;

use super::ShownPolicy;
use crate::answer::Answer;
use crate::api::interface;
use crate::frame::Context;
use crate::openapi::schema_of;
use crate::problem::Problem;
use crate::route::{Doc, Replay, Route, Takes, Who};

pub(crate) const ROUTE: Route = Route {
    method: Method::GET,
    path: "/v1/tenants/{app_id}/policy",
    interface: &interface::ACCOUNTS_READ,
    who: Who::Operator,
    takes: Takes::Nothing,
    replay: Replay::Reads,
    doc: Doc {
        id: "readTenantPolicy",
        tag: crate::api::admin::TAG,
        summary: "Read the policy of a tenant",
        description: "Which policy holds for the tenant's data now. For the operator's own key \
                      only; a tenant reads the name of its policy in the list of tenants.",
        query: None,
        request: None,
        example: "",
        answer: (StatusCode::OK, "The policy.", Some(schema_of::<ShownPolicy>)),
        problems: &[],
    },
    handler: |cx| Box::pin(handle(cx)),
};

async fn handle(cx: &mut Context) -> Result<Answer, Problem> {
    let id: TenantId = cx.named("app_id")?;
    let (app, actor) = (cx.app(), Actor::caller(&cx.caller));
    let tenant = app.accounts().tenant(&actor, id).await?;
    let policy = app.accounts().policy_of(id).await?;
    Answer::ok(&ShownPolicy::of(id.0, tenant.policy, &policy))
}
