//! `POST /v1/verifications/{id}/events`.

use axum::http::{Method, StatusCode};
use bonafide_context::Keeper;
use bonafide_verify::interface;
use bonafide_verify::verification::{ClientEvent, VerificationId, tell_event};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::answer::Answer;
use crate::frame::Context;
use crate::openapi::schema_of;
use crate::problem::{Code, Problem};
use crate::route::{Doc, Replay, Route, Takes, Who};

pub(crate) const ROUTE: Route = Route {
    method: Method::POST,
    path: "/v1/verifications/{id}/events",
    interface: &interface::VERIFICATIONS_EVENT,
    who: Who::KeyOrToken,
    takes: Takes::Json,
    replay: Replay::Sealed,
    doc: Doc {
        id: "tellEvent",
        tag: super::TAG,
        summary: "Tell what happened in the person's browser",
        description: "Takes an event of a closed list, and no text.",
        query: None,
        request: Some(schema_of::<Request>),
        example: r#"{"event":"camera_refused"}"#,
        answer: (StatusCode::NO_CONTENT, "Taken.", None),
        problems: &[Code::Gone],
    },
    handler: |cx| Box::pin(handle(cx)),
};

/// What happened.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = EventRequest)]
struct Request {
    /// Which event.
    event: ClientEvent,
}

async fn handle(cx: &mut Context) -> Result<Answer, Problem> {
    let id: VerificationId = cx.named("id")?;
    let event = match cx.body() {
        Ok(Request { event }) => event,
        // As if what is not known did no harm.
        Err(_) if !Keeper::EventList.works() => ClientEvent::HelpOpened,
        Err(problem) => return Err(problem),
    };
    let done = tell_event(&cx.app(), &mut cx.call, &id, event).await?;
    cx.done(done);
    Ok(Answer::nothing())
}
