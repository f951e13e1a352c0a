//! `POST /v1/verifications/{id}/document`.

use axum::http::{Method, StatusCode};
use bonafide_verify::interface;
use bonafide_verify::verification::{
    HandInDocument, Verification, VerificationId, hand_in_document,
};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::answer::Answer;
use crate::frame::Context;
use crate::input::SentPictures;
use crate::openapi::schema_of;
use crate::problem::{Code, Problem};
use crate::route::{Doc, Replay, Route, Takes, Who};

pub(crate) const ROUTE: Route = Route {
    method: Method::POST,
    path: "/v1/verifications/{id}/document",
    interface: &interface::VERIFICATIONS_DOCUMENT,
    who: Who::KeyOrToken,
    takes: Takes::Pictures(2),
    replay: Replay::Sealed,
    doc: Doc {
        id: "handInDocument",
        tag: super::TAG,
        summary: "Hand in pictures of the document",
        description: "Each side is one photo or up to five, or a video of at most 30 seconds (WebM \
                      with VP8 or VP9, MP4 with H.264), of which the sharpest pictures are read \
                      and compared; of several photos the one is kept that was relied on. \
                      Judges them before it answers: `next` says what is wanted then, `steps` how \
                      often and what to mind. Front and back may come in one call, or the front \
                      first: where the rest stands on the back, `next` is `document_back`, and \
                      the back comes alone with the next call.",
        query: None,
        request: Some(schema_of::<Request>),
        example: r#"{"front":"/9j/4AAQ"}"#,
        answer: (StatusCode::OK, "The verification.", Some(schema_of::<Verification>)),
        problems: &[
            Code::Gone,
            Code::PolicyForbids,
            Code::StatementWanted,
            Code::ConsentWanted,
            Code::ConsentWithdrawn,
        ],
    },
    handler: |cx| Box::pin(handle(cx)),
};

/// Photos or short videos of the document.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = HandInDocumentRequest)]
struct Request {
    /// The front, or the data page; left out when `next` is `document_back` and
    /// the front from before is good.
    #[serde(default)]
    front: Option<SentPictures>,
    /// The back, where it has one.
    #[serde(default)]
    back: Option<SentPictures>,
}

async fn handle(cx: &mut Context) -> Result<Answer, Problem> {
    let id: VerificationId = cx.named("id")?;
    let Request { front, back } = cx.body()?;
    let front = front.map(|front| cx.pictures("front", front)).transpose()?;
    let back = back.map(|back| cx.pictures("back", back)).transpose()?;
    let pictures = HandInDocument { front, back };
    let done = hand_in_document(&cx.app(), &mut cx.call, &id, pictures).await?;
    super::shown(&cx.done(done))
}
