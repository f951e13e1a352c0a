//! `POST /v1/subjects/{ref}/rectify`.

use std::collections::BTreeMap;

use axum::http::{Method, StatusCode};
use bonafide_context::Sensitive;
use bonafide_verify::interface;
use bonafide_verify::subject::{FieldName, Rectified, RectifySubject, rectify_subject};
use bonafide_verify::verification::VerificationId;
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
    path: "/v1/subjects/{ref}/rectify",
    interface: &interface::SUBJECTS_RECTIFY,
    who: Who::Key,
    takes: Takes::Json,
    replay: Replay::Sealed,
    doc: Doc {
        id: "rectifySubject",
        tag: super::TAG,
        summary: "Put right what was read wrongly of a person",
        description: "Replaces fields of a result. The former values are destroyed with their \
                      keys, and so are the machine-readable zone, which repeats them, and the \
                      sealed copies of answers. What was decided stays as it was.",
        query: None,
        request: Some(schema_of::<Request>),
        example: r#"{"verification":"ver_aaaaaaaaaaaaaaaaaaaaaaaaaa","fields":{"surname":"ERIKSSON"}}"#,
        answer: (StatusCode::OK, "What was put right.", Some(schema_of::<Rectified>)),
        problems: &[Code::PolicyForbids],
    },
    handler: |cx| Box::pin(handle(cx)),
};

/// What is to be put right.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = RectifySubjectRequest)]
struct Request {
    /// In which verification's result.
    #[schema(value_type = String, pattern = "^ver_[a-z2-7]{26}$")]
    verification: VerificationId,
    /// The right values, written as results have them.
    fields: BTreeMap<FieldName, String>,
}

async fn handle(cx: &mut Context) -> Result<Answer, Problem> {
    let whom = whom(cx)?;
    let Request { verification, fields } = cx.body()?;
    let fields = fields.into_iter().map(|(name, value)| (name, Sensitive::new(value))).collect();
    let wanted = RectifySubject { verification, fields };
    let done = rectify_subject(&cx.app(), &mut cx.call, whom, wanted).await?;
    Answer::ok(&cx.done(done))
}
