//! `POST /v1/applications/{application}/warranties`.

use axum::http::{Method, StatusCode};
use bonafide_accounts::{Actor, NewWarranty};
use bonafide_context::Sensitive;
use bonafide_ledger::ApplicationId;
use serde::Deserialize;
use utoipa::ToSchema;

use super::ShownWarranty;
use crate::answer::Answer;
use crate::api::interface;
use crate::frame::Context;
use crate::openapi::schema_of;
use crate::problem::Problem;
use crate::route::{Doc, Replay, Route, Takes, Who};

pub(crate) const ROUTE: Route = Route {
    method: Method::POST,
    path: "/v1/applications/{application}/warranties",
    interface: &interface::ACCOUNTS_WRITE,
    who: Who::Key,
    takes: Takes::Json,
    replay: Replay::Sealed,
    doc: Doc {
        id: "signWarranty",
        tag: crate::api::admin::TAG,
        summary: "Record the customer's warranty",
        description: "Records that the customer has signed that he has the consent of those whom \
                      this application sends: it stands in for receipts where the policy lets \
                      it. One that held before ends.",
        query: None,
        request: Some(schema_of::<Request>),
        example: r#"{"text_version":"2026-11","signatory":"A. Example, Head of Compliance"}"#,
        answer: (StatusCode::CREATED, "The warranty.", Some(schema_of::<ShownWarranty>)),
        problems: &[],
    },
    handler: |cx| Box::pin(handle(cx)),
};

/// A warranty to be recorded.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = SignWarrantyRequest)]
struct Request {
    /// Which version of the text was signed.
    #[schema(min_length = 1, max_length = 48, pattern = "^[A-Za-z0-9._-]+$", example = "2026-11")]
    text_version: String,
    /// Who signed for the customer. Rests sealed.
    #[schema(min_length = 1, max_length = 100)]
    signatory: String,
}

async fn handle(cx: &mut Context) -> Result<Answer, Problem> {
    let id: ApplicationId = cx.named("application")?;
    let Request { text_version, signatory } = cx.body()?;
    let new = NewWarranty { text_version, signatory: Sensitive::new(signatory) };
    let actor = Actor::caller(&cx.caller);
    let planned = cx.app().accounts().sign_warranty(&actor, &id, new).await?;
    let made = cx.planned(planned);
    Answer::created(&ShownWarranty::from(made))
}
