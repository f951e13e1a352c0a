//! `POST /v1/verifications/{id}/consent`.

use axum::http::{Method, StatusCode};
use bonafide_verify::consent::{Consent, Whose, give_consent};
use bonafide_verify::interface;
use bonafide_verify::verification::VerificationId;

use super::{consent_request, created};
use crate::answer::Answer;
use crate::frame::Context;
use crate::openapi::schema_of;
use crate::problem::{Code, Problem};
use crate::route::{Doc, Replay, Route, Takes, Who};

pub(crate) const ROUTE: Route = Route {
    method: Method::POST,
    path: "/v1/verifications/{id}/consent",
    interface: &interface::VERIFICATIONS_CONSENT,
    who: Who::KeyOrToken,
    takes: Takes::Json,
    replay: Replay::Sealed,
    doc: Doc {
        id: "consentToVerification",
        tag: super::TAG,
        summary: "Agree to a verification",
        description: "Keeps a receipt that the person agreed to this one verification: from the \
                      person's browser, or handed over by you.",
        query: None,
        request: Some(schema_of::<Request>),
        example: r#"{"purposes":["service"],"notice":{"name":"privacy-notice","version":3},"language":"en","way":"app"}"#,
        answer: (StatusCode::CREATED, "The receipt.", Some(schema_of::<Consent>)),
        problems: &[Code::PolicyForbids],
    },
    handler: |cx| Box::pin(handle(cx)),
};

consent_request! {
    /// That the person of a verification agreed.
    ConsentToVerificationRequest {}
}

async fn handle(cx: &mut Context) -> Result<Answer, Problem> {
    let id: VerificationId = cx.named("id")?;
    let request: Request = cx.body()?;
    let given = request.of(Whose::Verification(id));
    let done = give_consent(&cx.app(), &mut cx.call, given).await?;
    created(&cx.done(done))
}
