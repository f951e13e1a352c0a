//! `POST /v1/verifications/{id}/consent/withdraw`.

use axum::http::{Method, StatusCode};
use bonafide_verify::consent::{Withdrawal, Withdrawn, withdraw_consent};
use bonafide_verify::interface;
use bonafide_verify::verification::VerificationId;

use crate::answer::Answer;
use crate::frame::Context;
use crate::openapi::schema_of;
use crate::problem::{Code, Problem};
use crate::route::{Doc, Replay, Route, Takes, Who};

pub(crate) const ROUTE: Route = Route {
    method: Method::POST,
    path: "/v1/verifications/{id}/consent/withdraw",
    interface: &interface::VERIFICATIONS_CONSENT_WITHDRAW,
    who: Who::KeyOrToken,
    takes: Takes::Nothing,
    // Withdrawing twice withdraws nothing more.
    replay: Replay::Reads,
    doc: Doc {
        id: "withdrawConsentToVerification",
        tag: super::TAG,
        summary: "Withdraw consent to a verification",
        description: "Withdraws every receipt that was given for this verification: it ends, \
                      and its data is destroyed. May be repeated.",
        query: None,
        request: None,
        example: "",
        answer: (StatusCode::OK, "What was withdrawn.", Some(schema_of::<Withdrawn>)),
        problems: &[Code::WrongState],
    },
    handler: |cx| Box::pin(handle(cx)),
};

async fn handle(cx: &mut Context) -> Result<Answer, Problem> {
    let id: VerificationId = cx.named("id")?;
    let done = withdraw_consent(&cx.app(), &mut cx.call, Withdrawal::Verification(id)).await?;
    Answer::ok(&cx.done(done))
}
