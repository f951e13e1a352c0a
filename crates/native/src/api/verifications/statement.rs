//! `POST /v1/verifications/{id}/statement`.

use axum::http::{Method, StatusCode};
use bonafide_verify::interface;
use bonafide_verify::verification::{Stated, Verification, VerificationId, state};
use serde::Deserialize;
use utoipa::ToSchema;

use super::shown;
use crate::answer::Answer;
use crate::frame::Context;
use crate::openapi::schema_of;
use crate::problem::{Code, Problem};
use crate::route::{Doc, Replay, Route, Takes, Who};

pub(crate) const ROUTE: Route = Route {
    method: Method::POST,
    path: "/v1/verifications/{id}/statement",
    interface: &interface::VERIFICATIONS_STATEMENT,
    who: Who::KeyOrToken,
    takes: Takes::Json,
    replay: Replay::Sealed,
    doc: Doc {
        id: "stateAboutPerson",
        tag: super::TAG,
        summary: "Say where the person is and how old",
        description: "Before anything is taken. If the service is not for that place, or the \
                      person is below the age of consent there and no guardian has consented, \
                      the verification ends; `ended_by` says why. The age is not kept; the place \
                      is, until the document is read.",
        query: None,
        request: Some(schema_of::<StatementRequest>),
        example: r#"{"location":"SG","age":34}"#,
        answer: (StatusCode::OK, "The verification.", Some(schema_of::<Verification>)),
        problems: &[Code::Gone, Code::ConsentWithdrawn],
    },
    handler: |cx| Box::pin(handle(cx)),
};

/// Where a person is and how old.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = StatementRequest)]
pub(crate) struct StatementRequest {
    /// The country or territory, by ISO 3166-1 alpha-2.
    #[schema(pattern = "^[A-Z]{2}$", example = "SG")]
    location: String,
    /// In whole years.
    #[serde(default)]
    #[schema(nullable = false, minimum = 0, maximum = 150)]
    age: Option<u32>,
}

impl TryFrom<StatementRequest> for Stated {
    type Error = Problem;

    fn try_from(said: StatementRequest) -> Result<Self, Problem> {
        let place = said.location.parse().map_err(|error: bonafide_policy::PlaceError| {
            Problem::new(Code::InvalidRequest, format!("`location`: {error}"))
        });
        Ok(Self { location: place?, age: said.age })
    }
}

async fn handle(cx: &mut Context) -> Result<Answer, Problem> {
    let id: VerificationId = cx.named("id")?;
    let stated = cx.body::<StatementRequest>()?.try_into()?;
    let done = state(&cx.app(), &mut cx.call, &id, stated).await?;
    shown(&cx.done(done))
}
