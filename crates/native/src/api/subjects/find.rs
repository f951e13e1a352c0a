//! `POST /v1/subjects`.

use axum::http::{Method, StatusCode};
use bonafide_context::Sensitive;
use bonafide_verify::interface;
use bonafide_verify::subject::{SubjectLife, read_subject};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::answer::Answer;
use crate::frame::Context;
use crate::openapi::schema_of;
use crate::problem::{Code, Problem};
use crate::route::{Doc, Replay, Route, Takes, Who};

pub(crate) const ROUTE: Route = Route {
    method: Method::POST,
    path: "/v1/subjects",
    interface: &interface::SUBJECTS_READ,
    who: Who::Key,
    takes: Takes::Json,
    // A question, which is simply asked again.
    replay: Replay::Reads,
    doc: Doc {
        id: "findSubject",
        tag: super::TAG,
        summary: "Find a person without the reference in an address",
        description: "The same as reading a person, with the reference in the body, where no proxy \
                      logs it. `subject` of the answer names the person in addresses.",
        query: None,
        request: Some(schema_of::<Request>),
        example: r#"{"reference":"customer-1"}"#,
        answer: (StatusCode::OK, "What is held, signed.", Some(schema_of::<SubjectLife>)),
        problems: &[Code::PolicyForbids],
    },
    handler: |cx| Box::pin(handle(cx)),
};

/// Whom to find.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = FindSubjectRequest)]
struct Request {
    /// The person, as you call him.
    #[schema(min_length = 1, max_length = 200)]
    reference: String,
}

async fn handle(cx: &mut Context) -> Result<Answer, Problem> {
    let Request { reference } = cx.body()?;
    let done = read_subject(&cx.app(), &mut cx.call, Sensitive::new(reference)).await?;
    Answer::ok(&cx.done(done))
}
