//! `POST /v1/verifications/{id}/device`.

use axum::http::{Method, StatusCode};
use bonafide_verify::device::{AttachedFacts, FactKind, Group, KEYS, attach_device};
use bonafide_verify::interface;
use bonafide_verify::verification::VerificationId;
use serde::Deserialize;
use serde_json::{Map, Value};
use utoipa::openapi::schema::{AdditionalProperties, ArrayBuilder, Type};
use utoipa::openapi::{ObjectBuilder, RefOr, Schema};

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
        let free = || Some(AdditionalProperties::FreeForm(true));
        let mut whole = ObjectBuilder::new().additional_properties(free());
        for group in Group::ALL {
            let mut members = ObjectBuilder::new().additional_properties(free());
            for key in KEYS.iter().filter(|key| key.group == *group) {
                let value = ObjectBuilder::new();
                let value = match key.kind {
                    FactKind::Text => value.schema_type(Type::String).max_length(Some(512)),
                    FactKind::Number => value.schema_type(Type::Number),
                    FactKind::Flag => value.schema_type(Type::Boolean),
                    FactKind::OneOf(list) => {
                        value.schema_type(Type::String).enum_values(Some(list.iter().copied()))
                    }
                };
                members = members.property(key.name, value);
            }
            whole = whole.property(group.as_str(), members);
        }
        let name = ObjectBuilder::new().schema_type(Type::String).max_length(Some(200));
        let names = ArrayBuilder::new().items(name.build()).max_items(Some(500));
        whole
            .property("installed_applications", names)
            .description(Some("Facts of a device: a closed list, with a purpose each."))
            .build()
            .into()
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
