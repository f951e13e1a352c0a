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

use crate::Console;
use crate::page::page;
use crate::spoken::{Other, Spoken, in_language};
use crate::trouble::Trouble;

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
    let say = asked.spoken(&policy);
    let language = say.language;
    // The day that was announced, where it is another than the file's own.
    let shown = versions.iter().find(|one| one.policy.version() == policy.version());
    let announced = shown.and_then(|one| one.holds).map(Timestamp::date);
    let from = policy.effective_from();
    let from = announced.map_or(from, |announced| announced.max(from));
    let before = before.map(|one| &*one.policy);
    let document = render_from(kind, &policy, before, language, from);
    let at = |version: u32, said: String| (asked.at(version).query(), said);
    let line = |one: &NoticeVersion| {
        let holds = one.holds.filter(|holds| *holds > Timestamp(0));
        let day = holds.map_or_else(|| one.policy.effective_from(), Timestamp::date);
        at(one.policy.version(), say.version(one.policy.version(), day))
    };
    let others = versions.iter().filter(|one| one.policy.version() != policy.version());
    let next = others.clone().find_map(|one| {
        let holds = one.holds.filter(|holds| *holds > now)?;
        let version = one.policy.version();
        Some(at(version, say.next_version(version, holds.date())))
    });
    let not_holding = policy.version() != holding.version();
    Ok(Document {
        say,
        lang: language.as_str(),
        title: document.title.clone(),
        is_notice: kind == DocumentKind::PrivacyNotice,
        operator: operator(&policy),
        query: Asked { version: None, ..asked }.query(),
        languages: asked.other_languages(&policy),
        next,
        not_holding: not_holding.then(|| say.holding(holding.version())),
        versions: others.map(line).collect(),
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

    /// The same of another version.
    fn at(self, version: u32) -> Self {
        Self { version: Some(version), ..self }
    }

    /// What keeps tenant and language when a link is followed, and the version of
    /// whoever asks for one.
    pub(crate) fn query(&self) -> String {
        let asked = [
            self.tenant.map(|tenant| format!("tenant={tenant}")),
            self.language.map(|language| format!("language={}", language.as_str())),
            self.version.map(|version| format!("version={version}")),
        ];
        let asked: Vec<String> = asked.into_iter().flatten().collect();
        if asked.is_empty() { String::new() } else { format!("?{}", asked.join("&")) }
    }

    /// In which language the page speaks: whoever comes by a link from pages in another
    /// one than the policy is written in reads its first.
    pub(crate) fn spoken(&self, policy: &Effective) -> &'static Spoken {
        let asked = self.language.filter(|asked| policy.languages().contains(asked));
        let language = asked.or_else(|| policy.languages().first().copied());
        in_language(language.unwrap_or(Language::English))
    }

    /// The same page in the other languages of the policy.
    pub(crate) fn other_languages(&self, policy: &Effective) -> Vec<Other> {
        let spoken = self.spoken(policy).language;
        let others = policy.languages().iter().copied().filter(|other| *other != spoken);
        let query = |language| Self { language: Some(language), ..*self }.query();
        others.map(|other| Other::new(other, query(other))).collect()
    }
}

#[derive(Template)]
#[template(path = "document.html")]
struct Document {
    say: &'static Spoken,
    lang: &'static str,
    title: String,
    is_notice: bool,
    operator: String,
    query: String,
    languages: Vec<Other>,
    /// The query of a version that was announced and does not hold yet, and what is
    /// said of it.
    next: Option<(String, String)>,
    /// What is said of the version that holds, where another is shown.
    not_holding: Option<String>,
    /// The other versions: query, and what is said of each.
    versions: Vec<(String, String)>,
    /// Written and escaped by the policy's own renderer.
    body: String,
}
