//! `POST /v1/faces/detect`: one call, one answer.

use axum::http::{Method, StatusCode};
use bonafide_context::CallId;
use bonafide_verify::consent::ConsentId;
use bonafide_verify::{DetectFaces, FaceField, FacesAnswer, Selection, detect_faces, interface};
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
    path: "/v1/faces/detect",
    interface: &interface::FACES_DETECT,
    who: Who::Key,
    takes: Takes::Pictures(1),
    replay: Replay::Sealed,
    doc: Doc {
        id: "detectFaces",
        tag: "One call",
        summary: "Find the faces in a picture",
        description: "Finds every face, the most prominent first, with its landmarks and how fit it is for \
                      comparison. Nothing of it is kept.",
        query: None,
        request: Some(schema_of::<Request>),
        example: r#"{"image":"/9j/4AAQ"}"#,
        answer: (StatusCode::OK, "The faces.", Some(schema_of::<Found>)),
        problems: &[crate::problem::Code::ConsentWanted, crate::problem::Code::ConsentWithdrawn],
    },
    handler: |cx| Box::pin(handle(cx)),
};

/// A picture.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = DetectFacesRequest)]
struct Request {
    /// The picture.
    image: SentPicture,
    /// The receipt of the person's consent, where your policy wants one.
    #[serde(default)]
    #[schema(nullable = false, value_type = Option<String>, pattern = "^cns_[a-z2-7]{26}$")]
    consent: Option<ConsentId>,
    #[serde(default)]
    #[schema(schema_with = super::fields::face, required = false)]
    fields: Selection<FaceField>,
}

/// The faces of a picture.
#[derive(Serialize, ToSchema)]
#[schema(as = DetectFacesAnswer)]
struct Found {
    #[schema(value_type = String)]
    call_id: CallId,
    #[serde(flatten)]
    faces: FacesAnswer,
}

async fn handle(cx: &mut Context) -> Result<Answer, Problem> {
    let Request { image, consent, fields } = cx.body()?;
    let request = DetectFaces { image: cx.picture("image", image)?, consent, fields };
    let done = detect_faces(&cx.app(), &mut cx.call, request).await?;
    Answer::ok(&Found { call_id: cx.call.id(), faces: cx.done(done) })
}
