//! `POST /v1/applications`.

use axum::http::{Method, StatusCode};
use bonafide_accounts::{Actor, NewApplication};
use bonafide_context::{Environment, Region, TenantId};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{EnvironmentName, ShownApplication};

use crate::answer::Answer;
use crate::api::interface;
use crate::frame::Context;
use crate::openapi::schema_of;
use crate::problem::{Code, Problem};
use crate::route::{Doc, Replay, Route, Takes, Who};

pub(crate) const ROUTE: Route = Route {
    method: Method::POST,
    path: "/v1/applications",
    interface: &interface::ACCOUNTS_WRITE,
    who: Who::Key,
    takes: Takes::Json,
    replay: Replay::Sealed,
    doc: Doc {
        id: "createApplication",
        tag: super::TAG,
        summary: "Create an application",
        description: "In one environment and one region, for good. A tenant's own key makes \
                      applications in its own environment and region; the operator's names the \
                      tenant.",
        query: None,
        request: Some(schema_of::<Request>),
        example: r#"{"name":"Mobile app"}"#,
        answer: (StatusCode::CREATED, "The application.", Some(schema_of::<ShownApplication>)),
        problems: &[Code::NotFound],
    },
    handler: |cx| Box::pin(handle(cx)),
};

/// An application to be made.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = CreateApplicationRequest)]
struct Request {
    /// The tenant's AppID; left out, the one of the key.
    #[serde(default)]
    #[schema(value_type = Option<u64>, nullable = false)]
    app_id: Option<TenantId>,
    /// As you call it.
    #[schema(min_length = 1, max_length = 100, example = "Mobile app")]
    name: String,
    /// In which world; left out, that of the key.
    #[serde(default)]
    #[schema(value_type = Option<EnvironmentName>, nullable = false)]
    environment: Option<Environment>,
    /// Where its data rests; left out, where that of the key's application does.
    #[serde(default)]
    #[schema(value_type = Option<String>, nullable = false, min_length = 1, max_length = 32, pattern = "^[a-z0-9]([a-z0-9-]*[a-z0-9])?$")]
    region: Option<Region>,
}

async fn handle(cx: &mut Context) -> Result<Answer, Problem> {
    let Request { app_id, name, environment, region } = cx.body()?;
    let own = cx.caller.realm();
    let new = NewApplication {
        tenant: app_id.unwrap_or(own.tenant),
        name,
        environment: environment.unwrap_or(own.environment),
        region: region.unwrap_or(own.region),
    };
    let actor = Actor::caller(&cx.caller);
    let planned = cx.app().accounts().create_application(&actor, new).await?;
    let made = cx.planned(planned);
    let id = made.id.to_string();
    Ok(Answer::created(&ShownApplication::from(made))?.about(id, None))
}
