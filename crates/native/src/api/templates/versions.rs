//! `POST /v1/templates/{id}/versions`.

use axum::http::{Method, StatusCode};
use bonafide_accounts::{Actor, VerificationSettings};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{ShownTemplate, named};

use crate::answer::Answer;
use crate::api::interface;
use crate::frame::Context;
use crate::openapi::schema_of;
use crate::problem::Problem;
use crate::route::{Doc, Replay, Route, Takes, Who};

pub(crate) const ROUTE: Route = Route {
    method: Method::POST,
    path: "/v1/templates/{id}/versions",
    interface: &interface::TEMPLATES_WRITE,
    who: Who::Key,
    takes: Takes::Json,
    replay: Replay::Sealed,
    doc: Doc {
        id: "addTemplateVersion",
        tag: super::TAG,
        summary: "Add a version to a template",
        description: "Verifications that begin from now on take the new version; those that run \
                      keep theirs.",
        query: None,
        request: Some(schema_of::<Request>),
        example: r#"{"after":1,"settings":{"mode":"full"}}"#,
        answer: (StatusCode::CREATED, "The new version.", Some(schema_of::<ShownTemplate>)),
        problems: &[],
    },
    handler: |cx| Box::pin(handle(cx)),
};

/// A new version.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = AddTemplateVersionRequest)]
struct Request {
    /// The version that was read before: if another came since, this one is
    /// refused.
    #[schema(minimum = 1)]
    after: u32,
    /// What the new version says.
    settings: VerificationSettings,
}

async fn handle(cx: &mut Context) -> Result<Answer, Problem> {
    let id = named(cx)?;
    let Request { after, settings } = cx.body()?;
    let (actor, realm) = (Actor::caller(&cx.caller), cx.caller.realm());
    let app = cx.app();
    let planned = app.accounts().add_template_version(&actor, &realm, &id, after, settings).await?;
    let added = cx.planned(planned);
    Ok(Answer::created(&ShownTemplate::from(added))?.about(id.to_string(), None))
}
