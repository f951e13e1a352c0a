//! `POST /v1/documents/read`: one call, one answer.

use axum::http::{Method, StatusCode};
use bonafide_context::CallId;
use bonafide_verify::consent::ConsentId;
use bonafide_verify::{
    DocumentAnswer, DocumentField, ReadDocument, Selection, interface, read_document,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::answer::Answer;
use crate::frame::Context;
use crate::input::SentPictures;
use crate::openapi::schema_of;
use crate::problem::Problem;
use crate::route::{Doc, Replay, Route, Takes, Who};

pub(crate) const ROUTE: Route = Route {
    method: Method::POST,
    path: "/v1/documents/read",
    interface: &interface::DOCUMENTS_READ,
    who: Who::Key,
    takes: Takes::Pictures(2),
    replay: Replay::Sealed,
    doc: Doc {
        id: "readDocument",
        tag: "One call",
        summary: "Read an identity document",
        description: "Reads the machine-readable and the visual zone of a document, compares them, \
                      and says what stands in the way of trusting it. Each side is up to \
                      five photos or a short video, of which the sharpest pictures are read. Nothing of it is kept.",
        query: None,
        request: Some(schema_of::<Request>),
        example: r#"{"front":"/9j/4AAQ","fields":["type","surname"]}"#,
        answer: (StatusCode::OK, "What was read.", Some(schema_of::<Read>)),
        problems: &[crate::problem::Code::ConsentWanted, crate::problem::Code::ConsentWithdrawn],
    },
    handler: |cx| Box::pin(handle(cx)),
};

/// Pictures of a document.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ReadDocumentRequest)]
struct Request {
    /// The front, or the data page.
    front: SentPictures,
    /// The back, where it has one.
    #[serde(default)]
    back: Option<SentPictures>,
    /// The receipt of the person's consent, where your policy wants one.
    #[serde(default)]
    #[schema(nullable = false, value_type = Option<String>, pattern = "^cns_[a-z2-7]{26}$")]
    consent: Option<ConsentId>,
    #[serde(default)]
    #[schema(schema_with = super::fields::document, required = false)]
    fields: Selection<DocumentField>,
}

/// What was read from a document.
#[derive(Serialize, ToSchema)]
#[schema(as = ReadDocumentAnswer)]
struct Read {
    #[schema(value_type = String)]
    call_id: CallId,
    #[serde(flatten)]
    document: DocumentAnswer,
}

async fn handle(cx: &mut Context) -> Result<Answer, Problem> {
    let Request { front, back, consent, fields } = cx.body()?;
    let front = cx.pictures("front", front)?;
    let back = back.map(|back| cx.pictures("back", back)).transpose()?;
    let request = ReadDocument { front, back, consent, fields };
    let done = read_document(&cx.app(), &mut cx.call, request).await?;
    Answer::ok(&Read { call_id: cx.call.id(), document: cx.done(done) })
}
