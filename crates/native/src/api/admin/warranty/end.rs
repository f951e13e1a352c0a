//! `POST /v1/applications/{application}/warranties/end`.

use axum::http::{Method, StatusCode};
use bonafide_accounts::Actor;
use bonafide_ledger::ApplicationId;

use crate::answer::Answer;
use crate::api::interface;
use crate::frame::Context;
use crate::problem::Problem;
use crate::route::{Doc, Replay, Route, Takes, Who};

pub(crate) const ROUTE: Route = Route {
    method: Method::POST,
    path: "/v1/applications/{application}/warranties/end",
    interface: &interface::ACCOUNTS_WRITE,
    who: Who::Key,
    takes: Takes::Nothing,
    replay: Replay::Sealed,
    doc: Doc {
        id: "endWarranty",
        tag: crate::api::admin::TAG,
        summary: "End the customer's warranty",
        description: "From now on only receipts count. The history is kept.",
        query: None,
        request: None,
        example: "",
        answer: (StatusCode::NO_CONTENT, "Ended.", None),
        problems: &[],
    },
    handler: |cx| Box::pin(handle(cx)),
};

async fn handle(cx: &mut Context) -> Result<Answer, Problem> {
    let id: ApplicationId = cx.named("application")?;
    let ended = cx.app().accounts().end_warranty(&Actor::caller(&cx.caller), &id).await?;
    cx.planned(ended);
    Ok(Answer::nothing())
}
