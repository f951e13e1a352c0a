//! `GET /v1/verifications/{id}/media/{name}`.

use axum::http::{Method, StatusCode};
use bonafide_verify::interface;
use bonafide_verify::verification::{MediaName, VerificationId, open_media};
use serde::Deserialize;
use serde::de::IntoDeserializer;
use serde::de::value::{Error, StrDeserializer};

use crate::answer::Answer;
use crate::frame::Context;
use crate::problem::{Code, Problem};
use crate::route::{Doc, Replay, Route, Takes, Who};

pub(crate) const ROUTE: Route = Route {
    method: Method::GET,
    path: "/v1/verifications/{id}/media/{name}",
    interface: &interface::VERIFICATIONS_MEDIA,
    who: Who::Key,
    takes: Takes::Nothing,
    replay: Replay::Reads,
    doc: Doc {
        id: "openMedia",
        tag: super::TAG,
        summary: "Open a picture of a verification",
        description: "For review, and for delivery once the verification has ended, as long as the \
                      picture is kept.",
        query: None,
        request: None,
        example: "",
        answer: (StatusCode::OK, "The picture.", None),
        problems: &[Code::WrongState, Code::Gone, Code::PolicyForbids],
    },
    handler: |cx| Box::pin(handle(cx)),
};

async fn handle(cx: &mut Context) -> Result<Answer, Problem> {
    let id: VerificationId = cx.named("id")?;
    let name = cx.parameter("name").unwrap_or_default();
    let name: StrDeserializer<'_, Error> = name.into_deserializer();
    let name = MediaName::deserialize(name).map_err(|_| Problem::not_found())?;
    let done = open_media(&cx.app(), &mut cx.call, &id, name).await?;
    let media = cx.done(done);
    Ok(Answer::file(media.media_type, media.bytes.into_exposed()))
}
