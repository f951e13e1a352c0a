//! `GET /v1/applications/{application}/warranties`.

use axum::http::{Method, StatusCode};
use bonafide_accounts::Actor;
use bonafide_ledger::ApplicationId;
use serde::Serialize;
use utoipa::ToSchema;

use super::ShownWarranty;
use crate::answer::Answer;
use crate::api::interface;
use crate::frame::Context;
use crate::openapi::schema_of;
use crate::problem::Problem;
use crate::route::{Doc, Replay, Route, Takes, Who};

pub(crate) const ROUTE: Route = Route {
    method: Method::GET,
    path: "/v1/applications/{application}/warranties",
    interface: &interface::ACCOUNTS_READ,
    who: Who::Key,
    takes: Takes::Nothing,
    replay: Replay::Reads,
    doc: Doc {
        id: "listWarranties",
        tag: crate::api::admin::TAG,
        summary: "List the customer's warranties",
        description: "Every warranty that was recorded for an application, with who signed, when, \
                      and which version of the text.",
        query: None,
        request: None,
        example: "",
        answer: (StatusCode::OK, "The warranties, the first first.", Some(schema_of::<Warranties>)),
        problems: &[],
    },
    handler: |cx| Box::pin(handle(cx)),
};

/// The warranties of an application.
#[derive(Serialize, ToSchema)]
struct Warranties {
    /// The first first; only the last can hold.
    warranties: Vec<ShownWarranty>,
}

async fn handle(cx: &mut Context) -> Result<Answer, Problem> {
    let id: ApplicationId = cx.named("application")?;
    let actor = Actor::caller(&cx.caller);
    let found = cx.app().accounts().warranties(&actor, &id).await?;
    let warranties = found.into_iter().map(ShownWarranty::from).collect();
    Answer::ok(&Warranties { warranties })
}
