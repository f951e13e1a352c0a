//! `POST /v1/subjects/{ref}/restrict`.

use axum::http::{Method, StatusCode};
use bonafide_verify::interface;
use bonafide_verify::subject::{RestrictedSubject, RestrictionGround, restrict_subject};
use serde::Deserialize;
use utoipa::ToSchema;

use super::whom;
use crate::answer::Answer;
use crate::frame::Context;
use crate::openapi::schema_of;
use crate::problem::{Code, Problem};
use crate::route::{Doc, Replay, Route, Takes, Who};

pub(crate) const ROUTE: Route = Route {
    method: Method::POST,
    path: "/v1/subjects/{ref}/restrict",
    interface: &interface::SUBJECTS_RESTRICT,
    who: Who::Key,
    takes: Takes::Json,
    replay: Replay::Sealed,
    doc: Doc {
        id: "restrictSubject",
        tag: super::TAG,
        summary: "Freeze what is held of a person",
        description: "From now on nothing of the person is processed or read: verifications take \
                      nothing, results and pictures are not opened, new verifications with the \
                      reference are refused. Nothing is deleted by it, and deadlines go on. \
                      Export, rectification and deletion stay possible.",
        query: None,
        request: Some(schema_of::<Request>),
        example: r#"{"ground":"accuracy_contested"}"#,
        answer: (StatusCode::OK, "The restriction.", Some(schema_of::<RestrictedSubject>)),
        problems: &[Code::PolicyForbids],
    },
    handler: |cx| Box::pin(handle(cx)),
};

/// Why.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = RestrictSubjectRequest)]
struct Request {
    /// Which case of article 18(1) GDPR it is.
    ground: RestrictionGround,
}

async fn handle(cx: &mut Context) -> Result<Answer, Problem> {
    let whom = whom(cx)?;
    let Request { ground } = cx.body()?;
    let done = restrict_subject(&cx.app(), &mut cx.call, whom, ground).await?;
    Answer::ok(&cx.done(done))
}
