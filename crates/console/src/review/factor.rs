//! `/review/second-factor`: nobody comes further without one.

use std::sync::Arc;

use askama::Template;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{Response, StatusCode};
use bonafide_accounts::AccountsError;

use super::{NAME, Visitor, form_of, known};
use crate::Console;
use crate::page::{page, see};
use crate::trouble::Trouble;

/// `GET /review/second-factor`: says what is to be done. The seed is drawn by
/// POST, because each drawing makes the one before worthless.
pub(crate) async fn form(State(console): State<Arc<Console>>, request: Request) -> Response<Body> {
    match known(&console, request.headers()).await {
        Ok(visitor) if visitor.session.second_factor => see(NAME, "/review"),
        Ok(visitor) => page(NAME, StatusCode::OK, &FactorPage::explain(&visitor)),
        Err(outside) => outside.answer(),
    }
}

/// `POST /review/second-factor`: draws a seed, or confirms it by its first code.
pub(crate) async fn confirm(
    State(console): State<Arc<Console>>,
    request: Request,
) -> Response<Body> {
    let visitor = match known(&console, request.headers()).await {
        Ok(visitor) if visitor.session.second_factor => return see(NAME, "/review"),
        Ok(visitor) => visitor,
        Err(outside) => return outside.answer(),
    };
    match step(&console, &visitor, request).await {
        Ok(response) => response,
        Err(trouble) => trouble.page(NAME),
    }
}

async fn step(
    console: &Console,
    visitor: &Visitor,
    request: Request,
) -> Result<Response<Body>, Trouble> {
    let form = form_of(visitor, request).await?;
    let accounts = console.app.accounts();
    let code: String = form.text("code").chars().filter(|c| !c.is_whitespace()).collect();
    if !code.is_empty() {
        match accounts.confirm_totp(&visitor.session, &code).await {
            Ok(()) => return Ok(see(NAME, "/review")),
            Err(AccountsError::Invalid { .. }) => {
                let again = FactorPage { wrong: true, ..FactorPage::explain(visitor) };
                return Ok(page(NAME, StatusCode::UNPROCESSABLE_ENTITY, &again));
            }
            Err(error) => return Err(error.into()),
        }
    }
    let drawn = accounts.begin_totp(&visitor.session).await?;
    let seed: Vec<String> = drawn
        .seed
        .expose()
        .as_bytes()
        .chunks(4)
        .map(|four| String::from_utf8_lossy(four).into_owned())
        .collect();
    let drawn = FactorPage {
        seed: Some(seed.join(" ")),
        url: drawn.url.expose().clone(),
        ..FactorPage::explain(visitor)
    };
    Ok(page(NAME, StatusCode::OK, &drawn))
}

#[derive(Template)]
#[template(path = "review/factor.html")]
struct FactorPage {
    csrf: String,
    seed: Option<String>,
    url: String,
    wrong: bool,
}

impl FactorPage {
    fn explain(visitor: &Visitor) -> Self {
        Self { csrf: visitor.csrf.clone(), seed: None, url: String::new(), wrong: false }
    }
}
