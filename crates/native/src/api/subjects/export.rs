//! `POST /v1/subjects/{ref}/export`.

use axum::http::{Method, StatusCode};
use bonafide_verify::interface;
use bonafide_verify::subject::{ExportSubject, export_subject};
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
    path: "/v1/subjects/{ref}/export",
    interface: &interface::SUBJECTS_EXPORT,
    who: Who::Key,
    takes: Takes::Json,
    // It is read again, and no copy of the answer is wanted.
    replay: Replay::Reads,
    doc: Doc {
        id: "exportSubject",
        tag: super::TAG,
        summary: "Export what is held of a person",
        description: "A tar archive: `subject.json` with everything that the server knows of the \
                      person and the results in full, the pictures under `media/`, and \
                      `statement.txt`, a signed list of these files with their SHA-256. `bonafide \
                      statement verify` checks an archive offline.",
        query: None,
        request: Some(schema_of::<Request>),
        example: "{}",
        answer: (StatusCode::OK, "The archive (`application/x-tar`).", None),
        problems: &[Code::PolicyForbids, Code::WrongState],
    },
    handler: |cx| Box::pin(handle(cx)),
};

/// What is to be exported.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ExportSubjectRequest)]
struct Request {
    /// Of this verification only; of all of them if left out.
    #[serde(default)]
    #[schema(value_type = Option<String>, nullable = false, pattern = "^ver_[a-z2-7]{26}$")]
    verification: Option<VerificationId>,
}

async fn handle(cx: &mut Context) -> Result<Answer, Problem> {
    let whom = whom(cx)?;
    let Request { verification } = cx.body()?;
    let wanted = ExportSubject { verification };
    let done = export_subject(&cx.app(), &mut cx.call, whom, wanted).await?;
    let export = cx.done(done);
    Ok(Answer::file("application/x-tar".to_owned(), export.archive.into_exposed()))
}
