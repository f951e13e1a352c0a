//! `/review`: where people decide what a machine could not, and answer who
//! writes. Behind login name, password and second factor.

pub(crate) mod case;
pub(crate) mod factor;
pub(crate) mod grants;
mod life;
pub(crate) mod login;
pub(crate) mod people;
pub(crate) mod queue;
pub(crate) mod requests;

use askama::Template;
use aws_lc_rs::{constant_time, hmac};
use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderMap, Response, StatusCode};
use bonafide_accounts::{Role, Session};
use bonafide_context::Realm;

use crate::form::Form;
use crate::page::{page, see};
use crate::trouble::Trouble;
use crate::{Console, cookie};

/// What the pages are counted as.
pub(crate) const NAME: &str = "review";

/// A user who logged in.
pub(crate) struct Visitor {
    pub(crate) session: Session,
    /// What every form of this session carries and no other page knows.
    pub(crate) csrf: String,
}

/// Why there is no visitor.
pub(crate) enum Outside {
    /// To be sent elsewhere first.
    Go(&'static str),
    /// Something is wrong.
    Trouble(Trouble),
}

impl From<Trouble> for Outside {
    fn from(trouble: Trouble) -> Self {
        Self::Trouble(trouble)
    }
}

impl Outside {
    pub(crate) fn answer(self) -> Response<Body> {
        match self {
            Self::Go(path) => see(NAME, path),
            Self::Trouble(trouble) => trouble.page(NAME),
        }
    }
}

/// What came of a request at the desk, or why nothing did.
pub(crate) fn answer(made: Result<Response<Body>, Outside>) -> Response<Body> {
    made.unwrap_or_else(Outside::answer)
}

/// The same of a page that is shown.
pub(crate) fn show_page(made: Result<impl Template, Outside>) -> Response<Body> {
    answer(made.map(|shown| page(NAME, StatusCode::OK, &shown)))
}

/// Who asks: somebody whose session holds, whatever factor was given.
pub(crate) async fn known(console: &Console, headers: &HeaderMap) -> Result<Visitor, Outside> {
    let Some(token) = cookie::token(headers) else { return Err(Outside::Go("/review/login")) };
    let session = console.app.accounts().session(token).await.map_err(Trouble::from)?;
    let Some(session) = session else { return Err(Outside::Go("/review/login")) };
    let key = console.app.vault().service_key("console forms").await;
    let key = key.map_err(|_| Trouble::Ours)?;
    let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key.as_slice()), token.as_bytes());
    let csrf = tag.as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
    Ok(Visitor { session, csrf })
}

/// Who asks, with both factors given.
pub(crate) async fn enter(console: &Console, headers: &HeaderMap) -> Result<Visitor, Outside> {
    let visitor = known(console, headers).await?;
    if !visitor.session.second_factor {
        return Err(Outside::Go("/review/second-factor"));
    }
    Ok(visitor)
}

/// A form of this session.
pub(crate) async fn form_of(visitor: &Visitor, request: Request) -> Result<Form, Trouble> {
    let form = Form::read(request).await?;
    let (given, own) = (form.text("csrf").as_bytes(), visitor.csrf.as_bytes());
    match constant_time::verify_slices_are_equal(given, own) {
        Ok(()) => Ok(form),
        Err(_) => Err(Trouble::Foreign),
    }
}

/// The realm that a form names by its three parts.
pub(crate) fn realm_of(form: &Form) -> Option<Realm> {
    Some(Realm {
        tenant: form.text("tenant").trim().parse().ok()?,
        environment: form.text("environment").parse().ok()?,
        region: form.text("region").trim().parse().ok()?,
    })
}

/// What the bar at the top of the desk's pages shows.
pub(crate) struct Bar {
    pub(crate) csrf: String,
    pub(crate) here: &'static str,
    pub(crate) reviews: bool,
    pub(crate) answers: bool,
}

impl Bar {
    pub(crate) fn of(visitor: &Visitor, here: &'static str) -> Self {
        let role = visitor.session.role;
        Self {
            csrf: visitor.csrf.clone(),
            here,
            reviews: matches!(role, Role::Owner | Role::Reviewer),
            answers: !matches!(role, Role::Reviewer),
        }
    }
}
