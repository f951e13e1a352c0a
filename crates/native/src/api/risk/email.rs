//! `POST /v1/risk/email`.

use axum::http::{Method, StatusCode};
use bonafide_risk::{Email, Request};
use bonafide_verify::interface;
use bonafide_verify::risk::RiskItem;

use super::batch::Batch;
use super::{Assessed, TAG, about, assess_all};
use crate::answer::Answer;
use crate::frame::Context;
use crate::openapi::schema_of;
use crate::problem::Problem;
use crate::route::{Doc, Replay, Route, Takes, Who};

pub(crate) const ROUTE: Route = Route {
    method: Method::POST,
    path: "/v1/risk/email",
    interface: &interface::RISK_EMAIL,
    who: Who::Key,
    takes: Takes::Batch,
    replay: Replay::Reads,
    doc: Doc {
        id: "assessEmail",
        tag: TAG,
        summary: "Assess an e-mail address",
        description: about!(
            "Says of an e-mail address what its form and its domain tell and what your sources know, with a score."
        ),
        query: None,
        request: Some(schema_of::<Batch<Email>>),
        example: r#"{"address":"kestrel@example.org"}"#,
        answer: (StatusCode::OK, "What was found out.", Some(schema_of::<Assessed>)),
        problems: &[],
    },
    handler: |cx| Box::pin(handle(cx)),
};

async fn handle(cx: &mut Context) -> Result<Answer, Problem> {
    let Batch(sent) = cx.body::<Batch<Email>>()?;
    let request = |email| Request { email: Some(email), ..Request::default() };
    let items = sent.into_iter().map(|one| RiskItem { request: request(one), consent: None });
    assess_all(cx, items.collect()).await
}
