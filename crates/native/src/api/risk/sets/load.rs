//! `POST /v1/risk/sets`.

use axum::http::{Method, StatusCode};
use bonafide_accounts::Action;
use bonafide_risk::{Kind, Meaning};
use bonafide_verify::risk::{NewSet, SetFacts, plan_load};
use serde::Deserialize;
use utoipa::IntoParams;

use super::super::TAG;
use crate::answer::Answer;
use crate::api::interface;
use crate::frame::Context;
use crate::openapi::{query_of, schema_of};
use crate::problem::{Code, Problem};
use crate::route::{Doc, FileKind, Replay, Route, Takes, Who};

pub(crate) const ROUTE: Route = Route {
    method: Method::POST,
    path: "/v1/risk/sets",
    interface: &interface::RISK_SETS_WRITE,
    who: Who::Key,
    takes: Takes::File(FileKind::RiskSet),
    replay: Replay::Reads,
    doc: Doc {
        id: "loadRiskSet",
        tag: TAG,
        summary: "Load a set of identifiers",
        description: "Takes the file of a set as `bonafide risk set build` writes it: hashes under \
                      the key of your tenant and environment, of up to four million identifiers; \
                      larger ones are loaded from the server's shell. It takes the place of one of \
                      its name. A file that is cut short, made without a key or with another's is \
                      refused.",
        query: Some(query_of::<Query>),
        request: None,
        example: "",
        answer: (StatusCode::OK, "The set.", Some(schema_of::<SetFacts>)),
        problems: &[Code::WrongState],
    },
    handler: |cx| Box::pin(handle(cx)),
};

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
struct Query {
    /// As answers will name it, behind `tenant:`.
    #[param(pattern = "^[a-z0-9_-]{1,40}$")]
    name: String,
    /// What its identifiers are.
    #[param(inline)]
    kind: Kind,
    /// What it means that it knows one.
    #[param(inline)]
    meaning: Meaning,
}

async fn handle(cx: &mut Context) -> Result<Answer, Problem> {
    let Query { name, kind, meaning } = cx.query()?;
    let (app, realm, file) = (cx.app(), cx.caller.realm(), cx.file());
    let policy = app.accounts().policy_of(realm.tenant).await?;
    let set = NewSet { name: &name, kind, meaning };
    let (vault, records) = (app.vault(), &**app.records());
    let (facts, changes) = plan_load(vault, records, &realm, &policy, set, file.expose()).await?;
    cx.changes.extend(changes);
    cx.audit(Action::RiskSetLoaded, facts.source.as_str());
    app.risk_sets_changed(&realm);
    Answer::ok(&facts)
}
