//! `POST /v1/consents/{id}/withdraw`.

use axum::http::{Method, StatusCode};
use bonafide_verify::consent::{ConsentId, Withdrawal, Withdrawn, withdraw_consent};
use bonafide_verify::interface;

use crate::answer::Answer;
use crate::frame::Context;
use crate::openapi::schema_of;
use crate::problem::{Code, Problem};
use crate::route::{Doc, Replay, Route, Takes, Who};

pub(crate) const ROUTE: Route = Route {
    method: Method::POST,
    path: "/v1/consents/{id}/withdraw",
    interface: &interface::CONSENTS_WITHDRAW,
    who: Who::Key,
    takes: Takes::Nothing,
    // Withdrawing twice withdraws nothing more.
    replay: Replay::Reads,
    doc: Doc {
        id: "withdrawConsent",
        tag: super::TAG,
        summary: "Withdraw consent",
        description: "Withdraws a receipt, and every other receipt of this person that covers \
                      the same. From this moment on nothing new begins; verifications that \
                      rest on it end, and their data is destroyed. May be repeated.",
        query: None,
        request: None,
        example: "",
        answer: (StatusCode::OK, "What was withdrawn.", Some(schema_of::<Withdrawn>)),
        problems: &[Code::WrongState],
    },
    handler: |cx| Box::pin(handle(cx)),
};

async fn handle(cx: &mut Context) -> Result<Answer, Problem> {
    let id: ConsentId = cx.named("id")?;
    let done = withdraw_consent(&cx.app(), &mut cx.call, Withdrawal::Receipt(id)).await?;
    Answer::ok(&cx.done(done))
}
