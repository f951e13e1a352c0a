//! `/privacy` and `/privacy/terms`: what the running policy says, for the person
//! whose data it is and for the customer.

use std::sync::Arc;

use askama::Template;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{Response, StatusCode, Uri};
use bonafide_accounts::OPERATOR_TENANT;
use bonafide_context::{TenantId, Timestamp};
use bonafide_policy::render::{DocumentKind, render_from};
use bonafide_policy::{Effective, Language};
use bonafide_verify::notice::{NoticeVersion, history};

use crate::page::page;
use crate::trouble::Trouble;
use crate::{Console, words};

/// What the pages are counted as.
const NAME: &str = "privacy";

/// `GET /privacy`
pub(crate) async fn notice(
    State(console): State<Arc<Console>>,
    request: Request,
) -> Response<Body> {
    answer(&console, request.uri(), DocumentKind::PrivacyNotice).await
}

/// `GET /privacy/terms`
pub(crate) async fn terms(State(console): State<Arc<Console>>, request: Request) -> Response<Body> {
    answer(&console, request.uri(), DocumentKind::ProcessingTerms).await
}

async fn answer(console: &Console, uri: &Uri, kind: DocumentKind) -> Response<Body> {
    match document(console, uri, kind).await {
        Ok(found) => page(NAME, StatusCode::OK, &found),
        Err(trouble) => trouble.page(NAME),
    }
}

async fn document(console: &Console, uri: &Uri, kind: DocumentKind) -> Result<Document, Trouble> {
    let asked = Asked::read(uri)?;
    let now = console.app.clock().now();
    let holding = policy_of(console, asked.tenant).await?;
    let versions = history(&**console.app.records(), holding.name()).await;
    let versions: Vec<NoticeVersion> = versions
        .map_err(|_| Trouble::Ours)?
        .into_iter()
        .filter(|one| one.holds.is_some())
        .collect();
    let policy = match asked.version {
        None => holding.clone(),
        Some(asked) if asked == holding.version() => holding.clone(),
        Some(asked) => {
            let found = versions.iter().find(|one| one.policy.version() == asked);
            found.ok_or(Trouble::NotFound)?.policy.clone()
        }
    };
    let before = versions.iter().rev().find(|one| one.policy.version() < policy.version());
    // Whoever comes by a link from pages in another language reads it in its first one.
    let language = asked.language.filter(|asked| policy.languages().contains(asked));
    let language = language.or_else(|| policy.languages().first().copied());
    let language = language.unwrap_or(Language::English);
    // The day that was announced, where it is another than the file's own.
    let shown = versions.iter().find(|one| one.policy.version() == policy.version());
    let announced = shown.and_then(|one| one.holds).map(Timestamp::date);
    let from = policy.effective_from();
    let from = announced.map_or(from, |announced| announced.max(from));
    let before = before.map(|one| &*one.policy);
    let document = render_from(kind, &policy, before, language, from);
    let others_than = |shown: u32| {
        let line = move |one: &NoticeVersion| {
            let holds = one.holds.filter(|holds| *holds > Timestamp(0));
            let day = match holds {
                Some(holds) => words::day(holds.into()),
                None => words::date(one.policy.effective_from()),
            };
            (one.policy.version(), day)
        };
        versions.iter().filter(move |one| one.policy.version() != shown).map(line).collect()
    };
    let next = versions.iter().find(|one| one.holds.is_some_and(|holds| holds > now));
    let next = next.filter(|next| next.policy.version() != policy.version());
    let others = policy.languages().iter().filter(|other| **other != language);
    Ok(Document {
        lang: language.as_str(),
        title: document.title.clone(),
        is_notice: kind == DocumentKind::PrivacyNotice,
        operator: operator(&policy),
        query: asked.query(),
        link: if asked.tenant.is_some() { "&" } else { "?" },
        languages: others.map(|other| other.as_str()).collect(),
        next: next.and_then(|next| Some((next.policy.version(), words::day(next.holds?.into())))),
        not_holding: (policy.version() != holding.version()).then_some(holding.version()),
        versions: others_than(policy.version()),
        body: document.main_html(),
    })
}

/// The policy that a page speaks of: a tenant's, or that of whoever runs the
/// server.
pub(crate) async fn policy_of(
    console: &Console,
    tenant: Option<TenantId>,
) -> Result<Arc<Effective>, Trouble> {
    Ok(console.app.accounts().policy_of(tenant.unwrap_or(OPERATOR_TENANT)).await?)
}

/// What whoever runs the server is called.
pub(crate) fn operator(policy: &Effective) -> String {
    policy.file().contact.operator.clone().unwrap_or_else(|| "Bonafide".to_owned())
}

/// What an address asks for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Asked {
    /// Whose policy.
    pub(crate) tenant: Option<TenantId>,
    language: Option<Language>,
    version: Option<u32>,
}

impl Asked {
    pub(crate) fn read(uri: &Uri) -> Result<Self, Trouble> {
        let mut asked = Self::default();
        for (name, value) in url::form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes())
        {
            match &*name {
                "tenant" => asked.tenant = Some(value.parse().map_err(|_| Trouble::NotFound)?),
                "version" => asked.version = Some(value.parse().map_err(|_| Trouble::NotFound)?),
                "language" => asked.language = Some(value.parse().map_err(|_| Trouble::NotFound)?),
                _ => {}
            }
        }
        Ok(asked)
    }

    /// What keeps the tenant when a link is followed.
    pub(crate) fn query(&self) -> String {
        self.tenant.map_or_else(String::new, |tenant| format!("?tenant={tenant}"))
    }
}

#[derive(Template)]
#[template(path = "document.html")]
struct Document {
    lang: &'static str,
    title: String,
    is_notice: bool,
    operator: String,
    query: String,
    /// What joins another question to `query`.
    link: &'static str,
    languages: Vec<&'static str>,
    /// A version that was announced and does not hold yet, and its day.
    next: Option<(u32, String)>,
    /// The version that holds, where another is shown.
    not_holding: Option<u32>,
    /// The other versions, each with its day.
    versions: Vec<(u32, String)>,
    /// Written and escaped by the policy's own renderer.
    body: String,
}
