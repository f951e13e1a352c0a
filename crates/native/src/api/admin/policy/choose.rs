//! `PUT /v1/tenants/{app_id}/policy`.

use axum::http::{Method, StatusCode};
use bonafide_accounts::Actor;
use bonafide_context::TenantId;
use bonafide_verify::tenancy::{Rooms, choose_policy};
use serde::Deserialize;
use utoipa::ToSchema;

use super::ShownPolicy;
use crate::answer::Answer;
use crate::api::interface;
use crate::frame::Context;
use crate::openapi::schema_of;
use crate::problem::{Code, Problem};
use crate::route::{Doc, Replay, Route, Takes, Who};

pub(crate) const ROUTE: Route = Route {
    method: Method::PUT,
    path: "/v1/tenants/{app_id}/policy",
    interface: &interface::ACCOUNTS_WRITE,
    who: Who::Operator,
    takes: Takes::Json,
    // Chosen again, it is as it was.
    replay: Replay::Reads,
    doc: Doc {
        id: "chooseTenantPolicy",
        tag: crate::api::admin::TAG,
        summary: "Put a tenant under another policy",
        description: "Another policy or overlay of this installation, which may only tighten what \
                      holds: an answer `not_possible` names the first cell that would be looser. \
                      Within seconds everything that is kept for the tenant goes by the shorter \
                      clocks, and what may not be kept any more goes at once; records that a law \
                      wanted too, where the policy names that law no more. That cannot be undone. \
                      For the operator's own key only; it stands in the audit log and in the \
                      transparency log.",
        query: None,
        request: Some(schema_of::<Request>),
        example: r#"{"policy":"strict"}"#,
        answer: (StatusCode::OK, "The policy that holds now.", Some(schema_of::<ShownPolicy>)),
        problems: &[Code::NotPossible, Code::WrongState],
    },
    handler: |cx| Box::pin(handle(cx)),
};

/// Under which policy the tenant is to be.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ChooseTenantPolicyRequest)]
struct Request {
    /// Name of a policy or overlay of this installation.
    #[schema(example = "strict")]
    policy: String,
}

async fn handle(cx: &mut Context) -> Result<Answer, Problem> {
    let id: TenantId = cx.named("app_id")?;
    let Request { policy } = cx.body()?;
    let (app, actor) = (cx.app(), Actor::caller(&cx.caller));
    let planned = choose_policy(Rooms::from(&*app), &actor, id, &policy).await?;
    let made = cx.planned(planned);
    Answer::ok(&ShownPolicy::of(id.0, made.tenant.policy, &made.policy))
}
