//! `/review/grants`: who may look at a person's data to find an error: asked for
//! by one person, given by another (rows P7 and P12).

use std::sync::Arc;

use askama::Template;
use axum::body::Body;
use axum::extract::{Path, Request, State};
use axum::http::Response;
use bonafide_accounts::{Grant, GrantId, GrantOf, GrantReason, GrantState, NewGrant, Role, UserId};
use bonafide_context::Timestamp;
use bonafide_verify::Moment;
use bonafide_verify::troubleshoot::{end_grant, give_grant, refuse_grant, request_grant};

use super::{Bar, NAME, Outside, Visitor, answer, enter, form_of, realm_of, show_page};
use crate::form::Form;
use crate::page::see;
use crate::trouble::Trouble;
use crate::{Console, words};

/// `GET /review/grants`
pub(crate) async fn list(State(console): State<Arc<Console>>, request: Request) -> Response<Body> {
    let shown = async move {
        let visitor = enter(&console, request.headers()).await?;
        let grants = console.app.accounts().grants(&visitor.session).await;
        let now = console.app.clock().now();
        let grants = grants.map_err(Trouble::from)?;
        let grants = grants.iter().map(|grant| Line::of(grant, &visitor, now)).collect();
        let tenant = visitor.session.tenant.map(|tenant| tenant.to_string());
        Ok::<_, Outside>(GrantsPage {
            bar: Bar::of(&visitor, "grants"),
            grants,
            tenant: tenant.unwrap_or_default(),
            region: console.settings.region.to_string(),
            reasons: GrantReason::ALL.iter().map(|r| (r.as_str(), words::code(r))).collect(),
        })
    };
    show_page(shown.await)
}

/// `POST /review/grants`
pub(crate) async fn request(
    State(console): State<Arc<Console>>,
    request: Request,
) -> Response<Body> {
    let asked = async move {
        let visitor = enter(&console, request.headers()).await?;
        let form = form_of(&visitor, request).await?;
        let new = new_grant(&form).ok_or(Trouble::Unreadable)?;
        let made = request_grant(&console.app, &visitor.session, new).await;
        made.map_err(Trouble::from)?;
        Ok::<_, Outside>(see(NAME, "/review/grants"))
    };
    answer(asked.await)
}

/// `POST /review/grants/{id}`: gives, refuses or ends it.
pub(crate) async fn decide(
    State(console): State<Arc<Console>>,
    Path(id): Path<String>,
    request: Request,
) -> Response<Body> {
    let decided = async move {
        let visitor = enter(&console, request.headers()).await?;
        let form = form_of(&visitor, request).await?;
        let id: GrantId = id.parse().map_err(|_| Trouble::NotFound)?;
        let (app, session) = (&console.app, &visitor.session);
        let done = match form.text("what") {
            "give" => give_grant(app, session, &id).await,
            "refuse" => refuse_grant(app, session, &id).await,
            "end" => end_grant(app, session, &id).await,
            _ => return Err(Trouble::Unreadable.into()),
        };
        done.map_err(Trouble::from)?;
        Ok::<_, Outside>(see(NAME, "/review/grants"))
    };
    answer(decided.await)
}

fn new_grant(form: &Form) -> Option<NewGrant> {
    let target = form.text("target").trim();
    let of = match form.text("kind") {
        "verification" => GrantOf::Verification(target.to_owned()),
        "subject" => GrantOf::Subject(target.to_owned()),
        "call" => GrantOf::Call(target.parse().ok()?),
        _ => return None,
    };
    let reason = GrantReason::ALL.into_iter().find(|one| one.as_str() == form.text("reason"))?;
    Some(NewGrant {
        realm: realm_of(form)?,
        of,
        reason,
        minutes: form.text("minutes").trim().parse().ok()?,
    })
}

struct Line {
    id: String,
    what: String,
    link: Option<String>,
    /// Whom it opens, and in which realm, where it opens all of a person.
    person: Option<(String, String)>,
    reason: String,
    state: String,
    asked: String,
    by: String,
    own: bool,
    may_decide: bool,
    may_end: bool,
}

impl Line {
    fn of(grant: &Grant, visitor: &Visitor, now: Timestamp) -> Self {
        let gives = matches!(visitor.session.role, Role::Owner | Role::PrivacyOfficer);
        let own = grant.requested_by == visitor.session.user;
        let live = grant.is_live(now);
        let lapsed = grant.state == GrantState::Requested && grant.expires <= now;
        let state = match grant.state {
            GrantState::Requested if lapsed => "Lapsed".to_owned(),
            GrantState::Requested => {
                format!("Asked for {} minutes, and waits for another person", grant.minutes)
            }
            GrantState::Given if live => {
                format!("Open for {}", words::left(now, Moment(grant.expires)))
            }
            GrantState::Given => "Over".to_owned(),
            GrantState::Refused => "Refused".to_owned(),
            GrantState::Ended => "Ended before its time".to_owned(),
        };
        let opens = match &grant.of {
            GrantOf::Verification(id) if live && own => Some(format!("/review/verifications/{id}")),
            _ => None,
        };
        let whom = match &grant.of {
            // By the name that may stand in pages, and that a form may send.
            GrantOf::Subject(hash) => Some(format!("sub_{hash}")),
            _ => None,
        };
        let kind = words::capital(grant.of.kind());
        Self {
            id: grant.id.to_string(),
            what: format!("{kind} {}", whom.clone().unwrap_or_else(|| grant.of.target())),
            link: opens,
            person: whom.filter(|_| live && own).map(|whom| (whom, grant.realm.to_string())),
            reason: words::code(&grant.reason),
            state,
            asked: words::moment(Moment(grant.requested_at)),
            by: who(&grant.requested_by, own),
            own,
            may_decide: gives && !own && !lapsed && grant.state == GrantState::Requested,
            may_end: live && (own || gives),
        }
    }
}

fn who(user: &UserId, own: bool) -> String {
    if own { "you".to_owned() } else { user.to_string() }
}

#[derive(Template)]
#[template(path = "review/grants.html")]
struct GrantsPage {
    bar: Bar,
    grants: Vec<Line>,
    tenant: String,
    region: String,
    reasons: Vec<(&'static str, String)>,
}
