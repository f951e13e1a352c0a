//! `POST /v1/verifications/{id}/device`.

use axum::http::{Method, StatusCode};
use bonafide_verify::device::{AttachedFacts, attach_device};
use bonafide_verify::interface;
use bonafide_verify::verification::VerificationId;
use serde::Deserialize;
use serde_json::{Map, Value};
use utoipa::openapi::{RefOr, Schema};

use super::super::device_facts::facts;
use crate::answer::Answer;
use crate::frame::Context;
use crate::openapi::schema_of;
use crate::problem::{Code, Problem};
use crate::route::{Doc, Replay, Route, Takes, Who};

pub(crate) const ROUTE: Route = Route {
    method: Method::POST,
    path: "/v1/verifications/{id}/device",
    interface: &interface::VERIFICATIONS_DEVICE,
    who: Who::KeyOrToken,
    takes: Takes::Json,
    replay: Replay::Sealed,
    doc: Doc {
        id: "attachDevice",
        tag: super::TAG,
        summary: "Tell what device the person uses",
        description: "Keeps facts of a closed list, sealed; whatever else is sent is dropped and \
                      counted. The address of the name server is kept for tenants that have \
                      switched it on, the list of installed applications only if the person has \
                      agreed to it besides. What was told before is replaced.",
        query: None,
        request: Some(schema_of::<Request>),
        example: r#"{"device":{"model":"Example One","os":"Android"},"network":{"type":"wifi"}}"#,
        answer: (StatusCode::OK, "What became of it.", Some(schema_of::<AttachedFacts>)),
        problems: &[Code::Gone, Code::ConsentWanted, Code::ConsentWithdrawn],
    },
    handler: |cx| Box::pin(handle(cx)),
};

/// Facts of a device; what is not of the list is not refused but dropped.
#[derive(Deserialize)]
struct Request(Map<String, Value>);

impl utoipa::PartialSchema for Request {
    fn schema() -> RefOr<Schema> {
        facts()
    }
}

impl utoipa::ToSchema for Request {
    fn name() -> std::borrow::Cow<'static, str> {
        "DeviceRequest".into()
    }
}

async fn handle(cx: &mut Context) -> Result<Answer, Problem> {
    let id: VerificationId = cx.named("id")?;
    let Request(sent) = cx.body()?;
    let done = attach_device(&cx.app(), &mut cx.call, &id, sent).await?;
    let answer = cx.done(done);
    Ok(Answer::ok(&answer)?.about(id.as_str(), None))
}
