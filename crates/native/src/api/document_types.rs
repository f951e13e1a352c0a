//! `GET /v1/document-types`.

use axum::http::{Method, StatusCode};
use bonafide_verify::document_types::{DocumentTypeList, list};

use super::interface;
use crate::answer::Answer;
use crate::frame::Context;
use crate::openapi::schema_of;
use crate::problem::Problem;
use crate::route::{Doc, Replay, Route, Takes, Who};

pub(crate) const ROUTE: Route = Route {
    method: Method::GET,
    path: "/v1/document-types",
    interface: &interface::DOCUMENT_TYPES_READ,
    who: Who::Key,
    takes: Takes::Nothing,
    replay: Replay::Reads,
    doc: Doc {
        id: "listDocumentTypes",
        tag: "One call",
        summary: "List the documents that are read",
        description: "Every document type of this version: what is read from each side, in \
                      which scripts, what its number is checked by, and on what the reading was \
                      measured. A type that was measured only on specimens which this project \
                      renders says so: rendered pictures are easier than life.",
        query: None,
        request: None,
        example: "",
        answer: (StatusCode::OK, "The types.", Some(schema_of::<DocumentTypeList>)),
        problems: &[],
    },
    handler: |cx| Box::pin(handle(cx)),
};

async fn handle(cx: &mut Context) -> Result<Answer, Problem> {
    let list = list()?;
    cx.call.step("document_types.read", "ok", bonafide_ledger::Facts::new());
    Answer::ok(&list)
}
