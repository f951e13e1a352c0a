//! `POST /v1/subjects/{ref}/hold`.

use axum::http::{Method, StatusCode};
use bonafide_verify::subject::{HeldSubject, HoldBasis, hold_subject};
use bonafide_verify::{Moment, interface};
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
    path: "/v1/subjects/{ref}/hold",
    interface: &interface::SUBJECTS_HOLD,
    who: Who::Key,
    takes: Takes::Json,
    // A hold that is in force is not placed again.
    replay: Replay::Reads,
    doc: Doc {
        id: "holdSubject",
        tag: super::TAG,
        summary: "Place a legal hold",
        description: "What is held of the person now outlives its deadline until the moment given \
                      or until the hold is lifted, and no request deletes it. From its own \
                      deadline on it is read for the person's rights only. The tenant's policy has \
                      to allow holds; pictures are not held unless its purpose `kyc-record` names \
                      them. The transparency log says that a hold was placed.",
        query: None,
        request: Some(schema_of::<Request>),
        example: r#"{"basis":"legal_claim","until":"2027-11-22T00:00:00.000Z"}"#,
        answer: (StatusCode::OK, "The hold.", Some(schema_of::<HeldSubject>)),
        problems: &[Code::PolicyForbids, Code::NotPossible, Code::WrongState],
    },
    handler: |cx| Box::pin(handle(cx)),
};

/// Why, and for how long.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = HoldSubjectRequest)]
struct Request {
    /// On which ground.
    basis: HoldBasis,
    /// When it ends by itself: within the next ten years.
    until: Moment,
}

async fn handle(cx: &mut Context) -> Result<Answer, Problem> {
    let whom = whom(cx)?;
    let Request { basis, until } = cx.body()?;
    let done = hold_subject(&cx.app(), &mut cx.call, whom, basis, until.0).await?;
    Answer::ok(&cx.done(done))
}
