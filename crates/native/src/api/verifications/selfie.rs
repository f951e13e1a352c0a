//! `POST /v1/verifications/{id}/selfie`.

use axum::http::{Method, StatusCode};
use bonafide_verify::interface;
use bonafide_verify::verification::{Verification, VerificationId, hand_in_selfie};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::answer::Answer;
use crate::frame::Context;
use crate::input::SentPicture;
use crate::openapi::schema_of;
use crate::problem::{Code, Problem};
use crate::route::{Doc, Replay, Route, Takes, Who};

pub(crate) const ROUTE: Route = Route {
    method: Method::POST,
    path: "/v1/verifications/{id}/selfie",
    interface: &interface::VERIFICATIONS_SELFIE,
    who: Who::KeyOrToken,
    takes: Takes::Pictures(1),
    replay: Replay::Sealed,
    doc: Doc {
        id: "handInSelfie",
        tag: super::TAG,
        summary: "Hand in the selfie",
        description: "Judges it before it answers: `steps` says whether it may be taken again and \
                      what to mind then.",
        query: None,
        request: Some(schema_of::<Request>),
        example: r#"{"image":"/9j/4AAQ"}"#,
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

/// A picture of the person.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = HandInSelfieRequest)]
struct Request {
    /// The picture.
    image: SentPicture,
}

async fn handle(cx: &mut Context) -> Result<Answer, Problem> {
    let id: VerificationId = cx.named("id")?;
    let Request { image } = cx.body()?;
    let image = cx.picture("image", image)?;
    let done = hand_in_selfie(&cx.app(), &mut cx.call, &id, image).await?;
    super::shown(&cx.done(done))
}
