//! `POST /v1/subjects/{ref}/delete`.

use axum::http::{Method, StatusCode};
use bonafide_verify::interface;
use bonafide_verify::subject::{DeletedSubject, delete_subject};

use super::whom;
use crate::answer::Answer;
use crate::frame::Context;
use crate::openapi::schema_of;
use crate::problem::{Code, Problem};
use crate::route::{Doc, Replay, Route, Takes, Who};

pub(crate) const ROUTE: Route = Route {
    method: Method::POST,
    path: "/v1/subjects/{ref}/delete",
    interface: &interface::SUBJECTS_DELETE,
    who: Who::Key,
    takes: Takes::Nothing,
    // Deleting twice deletes nothing more, and no copy of the answer is wanted.
    replay: Replay::Reads,
    doc: Doc {
        id: "deleteSubject",
        tag: super::TAG,
        summary: "Delete everything that is held of a person",
        description: "Destroys the keys of pictures and results of all verifications of the person, and \
                      removes timelines and the reference: unreadable when this has answered. The \
                      receipts stand under the person as soon as the transparency log has them. \
                      May be repeated.",
        query: None,
        request: None,
        example: "",
        answer: (StatusCode::OK, "What was deleted.", Some(schema_of::<DeletedSubject>)),
        problems: &[Code::PolicyForbids, Code::WrongState],
    },
    handler: |cx| Box::pin(handle(cx)),
};

async fn handle(cx: &mut Context) -> Result<Answer, Problem> {
    let whom = whom(cx)?;
    let done = delete_subject(&cx.app(), &mut cx.call, whom).await?;
    Answer::ok(&cx.done(done))
}
