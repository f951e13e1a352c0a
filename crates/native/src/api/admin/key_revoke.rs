//! `POST /v1/keys/{key}/revoke`.

use axum::http::{Method, StatusCode};
use bonafide_accounts::Actor;
use bonafide_ledger::KeyId;

use crate::answer::Answer;
use crate::api::interface;
use crate::frame::Context;
use crate::problem::Problem;
use crate::route::{Doc, Replay, Route, Takes, Who};

pub(crate) const ROUTE: Route = Route {
    method: Method::POST,
    path: "/v1/keys/{key}/revoke",
    interface: &interface::ACCOUNTS_WRITE,
    who: Who::Key,
    takes: Takes::Nothing,
    replay: Replay::Sealed,
    doc: Doc {
        id: "revokeKey",
        tag: super::TAG,
        summary: "Revoke a key",
        description: "Ends a key; ending it twice is no error.",
        query: None,
        request: None,
        example: "",
        answer: (StatusCode::NO_CONTENT, "Revoked.", None),
        problems: &[],
    },
    handler: |cx| Box::pin(handle(cx)),
};

async fn handle(cx: &mut Context) -> Result<Answer, Problem> {
    let id: KeyId = cx.named("key")?;
    let revoked = cx.app().accounts().revoke_key(&Actor::caller(&cx.caller), &id).await?;
    cx.planned(revoked);
    Ok(Answer::nothing())
}
