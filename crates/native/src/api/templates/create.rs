//! `POST /v1/templates`.

use axum::http::{Method, StatusCode};
use bonafide_accounts::{Actor, VerificationSettings};
use serde::Deserialize;
use utoipa::ToSchema;

use super::ShownTemplate;
use crate::answer::Answer;
use crate::api::interface;
use crate::frame::Context;
use crate::openapi::schema_of;
use crate::problem::Problem;
use crate::route::{Doc, Replay, Route, Takes, Who};

pub(crate) const ROUTE: Route = Route {
    method: Method::POST,
    path: "/v1/templates",
    interface: &interface::TEMPLATES_WRITE,
    who: Who::Key,
    takes: Takes::Json,
    replay: Replay::Sealed,
    doc: Doc {
        id: "createTemplate",
        tag: super::TAG,
        summary: "Create a template",
        description: "Gives settings of verifications a name, as version 1.",
        query: None,
        request: Some(schema_of::<Request>),
        example: r#"{"name":"onboarding","settings":{"mode":"document_only"}}"#,
        answer: (StatusCode::CREATED, "The template.", Some(schema_of::<ShownTemplate>)),
        problems: &[],
    },
    handler: |cx| Box::pin(handle(cx)),
};

/// A template to be made.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = CreateTemplateRequest)]
struct Request {
    /// Its name, unique in the environment and region.
    #[schema(min_length = 1, max_length = 100, example = "onboarding")]
    name: String,
    /// What it says.
    settings: VerificationSettings,
}

async fn handle(cx: &mut Context) -> Result<Answer, Problem> {
    let Request { name, settings } = cx.body()?;
    let (actor, realm) = (Actor::caller(&cx.caller), cx.caller.realm());
    let planned = cx.app().accounts().create_template(&actor, &realm, &name, settings).await?;
    let template = cx.planned(planned);
    let id = template.id.to_string();
    Ok(Answer::created(&ShownTemplate::from(template))?.about(id, None))
}
