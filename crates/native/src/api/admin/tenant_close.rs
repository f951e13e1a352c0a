//! `POST /v1/tenants/{app_id}/close`.

use axum::http::{Method, StatusCode};
use bonafide_accounts::Actor;
use bonafide_context::TenantId;

use crate::answer::Answer;
use crate::api::interface;
use crate::frame::Context;
use crate::problem::Problem;
use crate::route::{Doc, Replay, Route, Takes, Who};

pub(crate) const ROUTE: Route = Route {
    method: Method::POST,
    path: "/v1/tenants/{app_id}/close",
    interface: &interface::ACCOUNTS_WRITE,
    who: Who::Operator,
    takes: Takes::Nothing,
    replay: Replay::Sealed,
    doc: Doc {
        id: "closeTenant",
        tag: super::TAG,
        summary: "Close a tenant",
        description: "Closes its applications and revokes its keys; what is closed stays closed. \
                      For the operator's own key only.",
        query: None,
        request: None,
        example: "",
        answer: (StatusCode::NO_CONTENT, "Closed.", None),
        problems: &[],
    },
    handler: |cx| Box::pin(handle(cx)),
};

async fn handle(cx: &mut Context) -> Result<Answer, Problem> {
    let id: TenantId = cx.named("app_id")?;
    let closed = cx.app().accounts().close_tenant(&Actor::caller(&cx.caller), id).await?;
    cx.planned(closed);
    Ok(Answer::nothing())
}
