//! `GET /v1/verifications/{id}/receipts`.

use axum::http::{Method, StatusCode};
use bonafide_verify::interface;
use bonafide_verify::verification::{DeletionReceipts, VerificationId, deletion_receipts};

use crate::answer::Answer;
use crate::frame::Context;
use crate::openapi::schema_of;
use crate::problem::Problem;
use crate::route::{Doc, Replay, Route, Takes, Who};

pub(crate) const ROUTE: Route = Route {
    method: Method::GET,
    path: "/v1/verifications/{id}/receipts",
    interface: &interface::VERIFICATIONS_RECEIPTS,
    who: Who::Key,
    takes: Takes::Nothing,
    replay: Replay::Reads,
    doc: Doc {
        id: "readReceipts",
        tag: super::TAG,
        summary: "Read the receipts of what was deleted",
        description: "What was destroyed of a verification because its time was over or because \
                      it was asked for, when and how much, each with a signed proof that this \
                      stands in the transparency log. `bonafide receipt verify` checks a proof \
                      offline.",
        query: None,
        request: None,
        example: "",
        answer: (StatusCode::OK, "The receipts.", Some(schema_of::<DeletionReceipts>)),
        problems: &[],
    },
    handler: |cx| Box::pin(handle(cx)),
};

async fn handle(cx: &mut Context) -> Result<Answer, Problem> {
    let id: VerificationId = cx.named("id")?;
    let done = deletion_receipts(&cx.app(), &mut cx.call, &id).await?;
    Answer::ok(&cx.done(done))
}
