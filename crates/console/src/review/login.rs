//! `/review/login`, `/review/logout`.

use std::sync::Arc;

use askama::Template;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{Response, StatusCode};
use bonafide_accounts::LoginError;
use bonafide_context::ClientAddress;

use super::{NAME, Outside, form_of, known};
use crate::form::Form;
use crate::page::{answered, page, see, with_cookie};
use crate::trouble::Trouble;
use crate::{Console, cookie};

/// `GET /review/login`
pub(crate) async fn form(State(console): State<Arc<Console>>, request: Request) -> Response<Body> {
    match known(&console, request.headers()).await {
        Ok(_) => see(NAME, "/review"),
        Err(Outside::Go(_)) => page(NAME, StatusCode::OK, &LoginPage { wrong: None }),
        Err(outside) => outside.answer(),
    }
}

/// `POST /review/login`
pub(crate) async fn enter(State(console): State<Arc<Console>>, request: Request) -> Response<Body> {
    let Some(ClientAddress(address)) = request.extensions().get::<ClientAddress>().copied() else {
        return Trouble::Ours.page(NAME);
    };
    let form = match Form::read(request).await {
        Ok(form) => form,
        Err(trouble) => return trouble.page(NAME),
    };
    let code: String = form.text("code").chars().filter(|c| !c.is_whitespace()).collect();
    let code = (!code.is_empty()).then_some(code);
    let (login, password) = (form.secret("login"), form.secret("password"));
    let accounts = console.app.accounts();
    let attempt = accounts.log_in(&login, &password, code.as_deref(), address).await;
    let wrong = match attempt {
        Ok(begun) => return with_cookie(see(NAME, "/review"), cookie::begun(&begun.token)),
        Err(LoginError::Refused) => "Login name, password or code is wrong.",
        Err(LoginError::CodeNeeded) => "Give the six digits that your authenticator shows now.",
        Err(other) => return Trouble::from(other).page(NAME),
    };
    // What was typed is not sent back: the page is typed anew.
    let wrong = LoginPage { wrong: Some(wrong) };
    let mut response = page(NAME, StatusCode::UNAUTHORIZED, &wrong);
    answered(&mut response, NAME, "login_refused");
    response
}

/// `POST /review/logout`
pub(crate) async fn leave(State(console): State<Arc<Console>>, request: Request) -> Response<Body> {
    let visitor = match known(&console, request.headers()).await {
        Ok(visitor) => visitor,
        Err(outside) => return outside.answer(),
    };
    if let Err(trouble) = form_of(&visitor, request).await {
        return trouble.page(NAME);
    }
    match console.app.accounts().log_out(&visitor.session).await {
        Ok(()) => with_cookie(see(NAME, "/review/login"), cookie::ended()),
        Err(error) => Trouble::from(error).page(NAME),
    }
}

#[derive(Template)]
#[template(path = "review/login.html")]
struct LoginPage {
    wrong: Option<&'static str>,
}
