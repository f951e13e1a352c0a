//! `POST /v1/faces/compare`: one call, one answer.

use axum::http::{Method, StatusCode};
use bonafide_context::CallId;
use bonafide_face::Fmr;
use bonafide_verify::consent::ConsentId;
use bonafide_verify::{
    CompareFaces, ComparisonAnswer, ComparisonField, Selection, compare_faces, interface,
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
    path: "/v1/faces/compare",
    interface: &interface::FACES_COMPARE,
    who: Who::Key,
    takes: Takes::Pictures(2),
    replay: Replay::Sealed,
    doc: Doc {
        id: "compareFaces",
        tag: "One call",
        summary: "Compare two faces",
        description: "Says whether the most prominent faces of two pictures are the same person's, \
                      with the threshold and the false match rate it was calibrated to. What cannot \
                      be compared is `unavailable`, never a match. Nothing of it is kept.",
        query: None,
        request: Some(schema_of::<Request>),
        example: r#"{"a":"/9j/4AAQ","b":"/9j/4AAQ","fmr":0.0001}"#,
        answer: (StatusCode::OK, "The verdict.", Some(schema_of::<Compared>)),
        problems: &[crate::problem::Code::ConsentWanted, crate::problem::Code::ConsentWithdrawn],
    },
    handler: |cx| Box::pin(handle(cx)),
};

/// Two pictures with a face each.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = CompareFacesRequest)]
struct Request {
    /// The first.
    a: SentPicture,
    /// The second.
    b: SentPicture,
    /// The false match rate that the verdict is held to; 1e-4 if left out.
    #[serde(default)]
    #[schema(schema_with = rates, required = false)]
    fmr: Option<Fmr>,
    /// The receipt of the person's consent, where your policy wants one.
    #[serde(default)]
    #[schema(nullable = false, value_type = Option<String>, pattern = "^cns_[a-z2-7]{26}$")]
    consent: Option<ConsentId>,
    #[serde(default)]
    #[schema(schema_with = super::fields::comparison, required = false)]
    fields: Selection<ComparisonField>,
}

fn rates() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
    utoipa::openapi::ObjectBuilder::new()
        .schema_type(utoipa::openapi::schema::Type::Number)
        .enum_values(Some(Fmr::ALL.map(Fmr::rate)))
        .description(Some("The false match rate that the verdict is held to; 1e-4 if left out."))
        .build()
        .into()
}

/// Whether two faces are the same person's.
#[derive(Serialize, ToSchema)]
#[schema(as = CompareFacesAnswer)]
struct Compared {
    #[schema(value_type = String)]
    call_id: CallId,
    #[serde(flatten)]
    comparison: ComparisonAnswer,
}

async fn handle(cx: &mut Context) -> Result<Answer, Problem> {
    let Request { a, b, fmr, consent, fields } = cx.body()?;
    let (a, b) = (cx.picture("a", a)?, cx.picture("b", b)?);
    let request = CompareFaces { a, b, fmr: fmr.unwrap_or_default(), consent, fields };
    let done = compare_faces(&cx.app(), &mut cx.call, request).await?;
    Answer::ok(&Compared { call_id: cx.call.id(), comparison: cx.done(done) })
}
