//! `POST /v1/risk/assess`.

use axum::http::{Method, StatusCode};
use bonafide_risk::{Device, Email, Phone, Request};
use bonafide_verify::consent::ConsentId;
use bonafide_verify::interface;
use bonafide_verify::risk::RiskItem;
use serde::Deserialize;
use utoipa::ToSchema;

use super::super::device_facts::facts;
use super::batch::Batch;
use super::{Assessed, TAG, about, assess_all};
use crate::answer::Answer;
use crate::frame::Context;
use crate::openapi::schema_of;
use crate::problem::{Code, Problem};
use crate::route::{Doc, Replay, Route, Takes, Who};

pub(crate) const ROUTE: Route = Route {
    method: Method::POST,
    path: "/v1/risk/assess",
    interface: &interface::RISK_ASSESS,
    who: Who::Key,
    takes: Takes::Batch,
    replay: Replay::Reads,
    doc: Doc {
        id: "assessRisk",
        tag: TAG,
        summary: "Assess several things together",
        description: about!(
            "Says of a phone number, an e-mail address and a device of one person, or any of them, what they tell, with one score."
        ),
        query: None,
        request: Some(schema_of::<Batch<Sent>>),
        example: r#"{"phone":{"number":"+44 20 7946 0000"},"email":{"address":"kestrel@example.org"}}"#,
        answer: (StatusCode::OK, "What was found out.", Some(schema_of::<Assessed>)),
        problems: &[Code::ConsentWanted, Code::ConsentWithdrawn],
    },
    handler: |cx| Box::pin(handle(cx)),
};

/// Any of them together.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = RiskRequest)]
struct Sent {
    /// A phone number.
    #[serde(default)]
    #[schema(nullable = false)]
    phone: Option<Phone>,
    /// An e-mail address.
    #[serde(default)]
    #[schema(nullable = false)]
    email: Option<Email>,
    /// Facts that a device tells, by group.
    #[serde(default)]
    #[schema(schema_with = facts, required = false)]
    device: Option<Device>,
    /// The receipt of the person's consent to looking at the device, where your policy
    /// wants one.
    #[serde(default)]
    #[schema(nullable = false, value_type = Option<String>, pattern = "^cns_[a-z2-7]{26}$")]
    consent: Option<ConsentId>,
}

async fn handle(cx: &mut Context) -> Result<Answer, Problem> {
    let Batch(sent) = cx.body::<Batch<Sent>>()?;
    let items = sent.into_iter().map(|Sent { phone, email, device, consent }| RiskItem {
        request: Request { phone, email, device },
        consent,
    });
    assess_all(cx, items.collect()).await
}
