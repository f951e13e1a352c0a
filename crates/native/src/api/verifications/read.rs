//! `GET /v1/verifications/{id}`.

use axum::http::{Method, StatusCode};
use bonafide_verify::verification::{
    Verification, VerificationField, VerificationId, read_verification,
};
use bonafide_verify::{Selection, interface};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::answer::Answer;
use crate::frame::Context;
use crate::input::query;
use crate::openapi::{query_of, schema_of};
use crate::problem::{Code, Problem};
use crate::route::{Doc, Replay, Route, Takes, Who};

pub(crate) const ROUTE: Route = Route {
    method: Method::GET,
    path: "/v1/verifications/{id}",
    interface: &interface::VERIFICATIONS_READ,
    who: Who::KeyOrToken,
    takes: Takes::Nothing,
    replay: Replay::Reads,
    doc: Doc {
        id: "readVerification",
        tag: super::TAG,
        summary: "Read a verification",
        description: "Where a verification stands, and what was found out as long as that is kept. \
                      The token of an end user sees where it stands, not the result.",
        query: Some(query_of::<Query>),
        request: None,
        example: "",
        answer: (StatusCode::OK, "The verification.", Some(schema_of::<Verification>)),
        problems: &[Code::WrongState],
    },
    handler: |cx| Box::pin(handle(cx)),
};

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
struct Query {
    /// What of the result is wanted, names with commas between them; never more
    /// than was asked for when it was created.
    #[serde(default, deserialize_with = "query::parsed")]
    #[param(value_type = Option<String>, nullable = false, required = false, example = "type,surname")]
    fields: Selection<VerificationField>,
}

async fn handle(cx: &mut Context) -> Result<Answer, Problem> {
    let id: VerificationId = cx.named("id")?;
    let Query { fields } = cx.query()?;
    let done = read_verification(&cx.app(), &mut cx.call, &id, &fields).await?;
    Answer::ok(&cx.done(done))
}
