//! `POST /v1/risk/phone`.

use axum::http::{Method, StatusCode};
use bonafide_risk::{Phone, Request};
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
    path: "/v1/risk/phone",
    interface: &interface::RISK_PHONE,
    who: Who::Key,
    takes: Takes::Batch,
    replay: Replay::Reads,
    doc: Doc {
        id: "assessPhone",
        tag: TAG,
        summary: "Assess a phone number",
        description: about!(
            "Says of a phone number what its plan tells and what your sources know, with a score."
        ),
        query: None,
        request: Some(schema_of::<Batch<Phone>>),
        example: r#"{"number":"+44 20 7946 0000"}"#,
        answer: (StatusCode::OK, "What was found out.", Some(schema_of::<Assessed>)),
        problems: &[],
    },
    handler: |cx| Box::pin(handle(cx)),
};

async fn handle(cx: &mut Context) -> Result<Answer, Problem> {
    let Batch(sent) = cx.body::<Batch<Phone>>()?;
    let request = |phone| Request { phone: Some(phone), ..Request::default() };
    let items = sent.into_iter().map(|one| RiskItem { request: request(one), consent: None });
    assess_all(cx, items.collect()).await
}
