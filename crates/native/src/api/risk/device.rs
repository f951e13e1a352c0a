//! `POST /v1/risk/device`.

use axum::http::{Method, StatusCode};
use bonafide_risk::{Device, Request};
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
    path: "/v1/risk/device",
    interface: &interface::RISK_DEVICE,
    who: Who::Key,
    takes: Takes::Batch,
    replay: Replay::Reads,
    doc: Doc {
        id: "assessDevice",
        tag: TAG,
        summary: "Assess a device",
        description: about!(
            "Says whether what a device tells of itself fits together, with a score. Facts are of a closed list; whatever else is sent is dropped and counted."
        ),
        query: None,
        request: Some(schema_of::<Batch<Sent>>),
        example: r#"{"device":{"device":{"os":"Android"},"browser":{"webdriver":false}}}"#,
        answer: (StatusCode::OK, "What was found out.", Some(schema_of::<Assessed>)),
        problems: &[Code::ConsentWanted, Code::ConsentWithdrawn],
    },
    handler: |cx| Box::pin(handle(cx)),
};

/// A device.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = RiskDevice)]
struct Sent {
    /// Facts that the device tells, by group; what is not of the list is dropped and
    /// counted.
    #[schema(schema_with = facts)]
    device: Device,
    /// The receipt of the person's consent, where your policy wants one.
    #[serde(default)]
    #[schema(nullable = false, value_type = Option<String>, pattern = "^cns_[a-z2-7]{26}$")]
    consent: Option<ConsentId>,
}

async fn handle(cx: &mut Context) -> Result<Answer, Problem> {
    let Batch(sent) = cx.body::<Batch<Sent>>()?;
    let request = |device| Request { device: Some(device), ..Request::default() };
    let items = sent
        .into_iter()
        .map(|Sent { device, consent }| RiskItem { request: request(device), consent });
    assess_all(cx, items.collect()).await
}
