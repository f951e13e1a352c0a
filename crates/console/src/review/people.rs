//! `/review/people`: a person's whole life in the system: what is held, why and until
//! when, who read it, and what was destroyed (rows O7, O8, P7).
//!
//! Whom it is about is sent by POST, so that no reference stands in an address, a
//! browser's history or a proxy's log. That somebody looked is written down first.

use std::sync::Arc;

use askama::Template;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::Response;
use bonafide_context::{CallId, Realm, Timestamp};
use bonafide_verify::subject::{LookedFor, SubjectLife, look_at_subject};

use super::life::{Lines, lines_of};
use super::{Bar, Outside, Visitor, enter, form_of, show_page};
use crate::form::Form;
use crate::trouble::Trouble;
use crate::{Console, words};

/// `GET /review/people`
pub(crate) async fn form(State(console): State<Arc<Console>>, request: Request) -> Response<Body> {
    let shown = async move {
        let visitor = enter(&console, request.headers()).await?;
        let realms = match visitor.session.tenant {
            Some(tenant) => {
                console.app.accounts().realms_of(tenant).await.map_err(Trouble::from)?
            }
            None => Vec::new(),
        };
        let named = |realm: &Realm| {
            (
                realm.to_string(),
                format!("{} · {}", words::capital(realm.environment.as_str()), realm.region),
            )
        };
        Ok::<_, Outside>(AskPage {
            bar: Bar::of(&visitor, "people"),
            everywhere: visitor.session.tenant.is_none(),
            realms: realms.iter().map(named).collect(),
            region: console.settings.region.to_string(),
        })
    };
    show_page(shown.await)
}

/// `POST /review/people`
pub(crate) async fn show(State(console): State<Arc<Console>>, request: Request) -> Response<Body> {
    let shown = async move {
        let visitor = enter(&console, request.headers()).await?;
        let call = request.extensions().get::<CallId>().copied();
        let form = form_of(&visitor, request).await?;
        let realm = realm(&form).ok_or(Trouble::Unreadable)?;
        let wanted = LookedFor { realm: realm.clone(), whom: form.secret("whom") };
        let call = call.unwrap_or_else(|| console.app.new_call_id());
        let life = look_at_subject(&console.app, &visitor.session, call, wanted).await;
        let now = console.app.clock().now();
        Ok::<_, Outside>(LifePage::of(&visitor, &realm, &life.map_err(Trouble::from)?, now))
    };
    show_page(shown.await)
}

/// One of the realms that were offered, or the one that was written.
fn realm(form: &Form) -> Option<Realm> {
    match form.text("realm") {
        "" => super::realm_of(form),
        realm => realm.parse().ok(),
    }
}

#[derive(Template)]
#[template(path = "review/people.html")]
struct AskPage {
    bar: Bar,
    /// Whether any customer may be named: by the operator's own people.
    everywhere: bool,
    realms: Vec<(String, String)>,
    region: String,
}

#[derive(Template)]
#[template(path = "review/life.html")]
struct LifePage {
    bar: Bar,
    subject: String,
    policy: String,
    realm: String,
    nothing: bool,
    notes: Vec<String>,
    held: Lines,
    sections: Vec<(&'static str, Lines)>,
    /// What there is none of: `consents, grants or requests`.
    none: String,
    statement: String,
    opening: String,
    key: String,
}

impl LifePage {
    fn of(visitor: &Visitor, realm: &Realm, life: &SubjectLife, now: Timestamp) -> Self {
        let told = lines_of(life, now);
        let (sections, without): (Vec<_>, Vec<_>) =
            told.sections.into_iter().partition(|section| !section.lines.is_empty());
        let none: Vec<&str> = without.iter().map(|section| section.none).collect();
        Self {
            bar: Bar::of(visitor, "people"),
            subject: life.subject.clone(),
            policy: life.policy.clone(),
            realm: format!("AppID {} · {} · {}", realm.tenant, realm.environment, realm.region),
            nothing: life.is_empty() && told.held.is_empty(),
            notes: told.notes,
            held: told.held,
            sections: sections.into_iter().map(|one| (one.title, one.lines)).collect(),
            none: words::one_of(&none),
            statement: life.statement.clone(),
            opening: life.opening.clone(),
            key: life.log_key.clone(),
        }
    }
}
