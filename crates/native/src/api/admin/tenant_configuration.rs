//! `GET /v1/tenants/{app_id}/configuration`.

use std::collections::BTreeSet;

use axum::http::{Method, StatusCode};
use bonafide_accounts::{Actor, Application, Key, Page, Switch, Template};
use bonafide_context::TenantId;
use bonafide_verify::Moment;
use bonafide_verify::webhooks::{Endpoint, Owner};
use serde::Serialize;
use utoipa::ToSchema;

use super::{ShownApplication, ShownKey, ShownTenant};
use crate::answer::Answer;
use crate::api::interface;
use crate::api::templates::ShownTemplate;
use crate::frame::Context;
use crate::openapi::schema_of;
use crate::problem::Problem;
use crate::route::{Doc, Replay, Route, Takes, Who};

pub(crate) const ROUTE: Route = Route {
    method: Method::GET,
    path: "/v1/tenants/{app_id}/configuration",
    interface: &interface::ACCOUNTS_READ,
    who: Who::Key,
    takes: Takes::Nothing,
    replay: Replay::Reads,
    doc: Doc {
        id: "exportConfiguration",
        tag: super::TAG,
        summary: "Export a tenant's configuration",
        description: "Everything that was set up for a tenant, in one document: its applications \
                      with their keys, warranties and webhook endpoints, its templates, what it \
                      has switched on. No secrets, and nothing of a person. A tenant's own key \
                      sees its environment and region, the operator's sees all of it.",
        query: None,
        request: None,
        example: "",
        answer: (StatusCode::OK, "The configuration.", Some(schema_of::<Configuration>)),
        problems: &[],
    },
    handler: |cx| Box::pin(handle(cx)),
};

/// What was set up for a tenant.
#[derive(Serialize, ToSchema)]
#[schema(as = TenantConfiguration)]
struct Configuration {
    /// When it was like this.
    exported_at: Moment,
    /// The tenant.
    tenant: ShownTenant,
    /// What is switched on; everything else is off.
    on: BTreeSet<Switch>,
    /// The applications, by id.
    applications: Vec<ApplicationConfiguration>,
    /// The newest version of each template.
    templates: Vec<ShownTemplate>,
}

/// What was set up for an application.
#[derive(Serialize, ToSchema)]
struct ApplicationConfiguration {
    /// The application.
    #[serde(flatten)]
    application: ShownApplication,
    /// Its keys, without their secrets.
    keys: Vec<ShownKey>,
    /// Its warranties; who signed stands in the list of warranties.
    warranties: Vec<SignedText>,
    /// Where events are posted; without the secrets that sign them.
    webhooks: Vec<Endpoint>,
}

/// Which text was signed as a warranty, and when.
#[derive(Serialize, ToSchema)]
struct SignedText {
    /// 1, 2, 3 … within the application.
    number: u32,
    /// Which version of the text was signed.
    text_version: String,
    /// Since when it holds.
    signed_at: Moment,
    /// Until when it held.
    ended_at: Option<Moment>,
}

async fn handle(cx: &mut Context) -> Result<Answer, Problem> {
    let id: TenantId = cx.named("app_id")?;
    let (app, actor) = (cx.app(), Actor::caller(&cx.caller));
    let accounts = app.accounts();
    let tenant = accounts.tenant(&actor, id).await?;
    let (mut found, mut page) = (Vec::new(), PAGE);
    while add(&mut found, accounts.applications(&actor, id, &page).await?) {
        page.after = found.last().map(|last: &Application| last.id.to_string());
    }
    let mut templates = Vec::new();
    let realms: BTreeSet<_> = found.iter().map(Application::realm).collect();
    for realm in &realms {
        let (mut newest, mut page) = (Vec::new(), PAGE);
        while add(&mut newest, accounts.templates(&actor, realm, &page).await?) {
            page.after = newest.last().map(|last: &Template| last.name.clone());
        }
        templates.extend(newest.into_iter().map(ShownTemplate::from));
    }
    let now = app.clock().now();
    let mut applications = Vec::new();
    for application in found {
        let id = application.id.clone();
        let (mut keys, mut page) = (Vec::new(), PAGE);
        while add(&mut keys, accounts.keys(&actor, &id, &page).await?) {
            page.after = keys.last().map(|last: &Key| last.id.to_string());
        }
        let keys = keys.into_iter().map(|key| ShownKey::of(key, now)).collect();
        let warranties = accounts.warranties(&actor, &id).await?;
        let signed = warranties.into_iter().map(|warranty| SignedText {
            number: warranty.number,
            text_version: warranty.text_version.clone(),
            signed_at: warranty.signed.into(),
            ended_at: warranty.ended.map(Moment::from),
        });
        let owner = Owner { tenant: application.tenant, application: id.clone() };
        let webhooks = match app.webhooks() {
            Some(webhooks) => webhooks.list_endpoints(&owner).await?,
            None => Vec::new(),
        };
        applications.push(ApplicationConfiguration {
            application: application.into(),
            keys,
            warranties: signed.collect(),
            webhooks,
        });
    }
    let on = accounts.switches(id).await?;
    let tenant = tenant.into();
    Answer::ok(&Configuration { exported_at: now.into(), tenant, on, applications, templates })
}

/// The first part of a list that is read to its end.
const PAGE: Page = Page { after: None, limit: Some(Page::MAX) };

/// Adds a part of a list to the whole; `false` if that was its end.
fn add<T>(whole: &mut Vec<T>, part: Vec<T>) -> bool {
    let more = !part.is_empty();
    whole.extend(part);
    more
}
