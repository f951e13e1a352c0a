//! `POST /v1/liveness/passive`: one call, one answer.

use axum::http::{Method, StatusCode};
use bonafide_context::CallId;
use bonafide_verify::consent::ConsentId;
use bonafide_verify::{
    CheckLiveness, LivenessAnswer, LivenessField, Selection, check_liveness, interface,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::answer::Answer;
use crate::frame::Context;
use crate::input::SentPicture;
use crate::openapi::schema_of;
use crate::problem::Problem;
use crate::route::{Doc, Replay, Route, Takes, Who};

pub(crate) const ROUTE: Route = Route {
    method: Method::POST,
    path: "/v1/liveness/passive",
    interface: &interface::LIVENESS_PASSIVE,
    who: Who::Key,
    takes: Takes::Pictures(1),
    replay: Replay::Sealed,
    doc: Doc {
        id: "checkLiveness",
        tag: "One call",
        summary: "Judge liveness from one picture",
        description: "Says whether a print, a screen or the like was shown to the camera. One still is a weak \
                      signal: what cannot be judged is `unavailable`, never live. Nothing of it is kept.",
        query: None,
        request: Some(schema_of::<Request>),
        example: r#"{"image":"/9j/4AAQ"}"#,
        answer: (StatusCode::OK, "The verdict.", Some(schema_of::<Found>)),
        problems: &[crate::problem::Code::ConsentWanted, crate::problem::Code::ConsentWithdrawn],
    },
    handler: |cx| Box::pin(handle(cx)),
};

/// A picture with a face.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = CheckLivenessRequest)]
struct Request {
    /// The picture.
    image: SentPicture,
    /// The receipt of the person's consent, where your policy wants one.
    #[serde(default)]
    #[schema(nullable = false, value_type = Option<String>, pattern = "^cns_[a-z2-7]{26}$")]
    consent: Option<ConsentId>,
    #[serde(default)]
    #[schema(schema_with = super::fields::liveness, required = false)]
    fields: Selection<LivenessField>,
}

/// Whether a living person was before the camera.
#[derive(Serialize, ToSchema)]
#[schema(as = CheckLivenessAnswer)]
struct Found {
    #[schema(value_type = String)]
    call_id: CallId,
    #[serde(flatten)]
    liveness: LivenessAnswer,
}

async fn handle(cx: &mut Context) -> Result<Answer, Problem> {
    let Request { image, consent, fields } = cx.body()?;
    let request = CheckLiveness { image: cx.picture("image", image)?, consent, fields };
    let done = check_liveness(&cx.app(), &mut cx.call, request).await?;
    Answer::ok(&Found { call_id: cx.call.id(), liveness: cx.done(done) })
}
