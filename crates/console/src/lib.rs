//! The pages outside the capture flow, rendered here: the privacy notice and the
//! processing terms, the contact and rights form, and the reviewer's desk.
//!
//! Plain HTML and forms: no script, nothing from elsewhere, no cookie but the
//! session of a user who logged in (row O22). Every page says so to the browser,
//! too: its content security policy lets nothing else in.
//!
//! What the pages show is decided below: the notice is written from the policy
//! that holds for a tenant, a letter is sealed before it rests, the desk works
//! through the same use cases as the interface and leaves the same traces.

mod cookie;
mod form;
mod page;
mod privacy;
mod review;
mod rights;
mod spoken;
mod style;
mod trouble;
mod words;

#[cfg(test)]
mod tests;

use std::sync::Arc;

use axum::Router;
use axum::routing::{get, post};
use bonafide_context::Region;
use bonafide_verify::App;

pub use cookie::SESSION as SESSION_COOKIE;

/// What the operator has a say in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Where letters rest that come by the form.
    pub region: Region,
}

/// What every page needs.
pub(crate) struct Console {
    pub(crate) app: Arc<App>,
    pub(crate) settings: Settings,
}

/// The pages. Every request needs a `ClientAddress` in its extensions; one that
/// also has a call id there is worked on under that name.
pub fn routes(app: Arc<App>, settings: Settings) -> Router {
    Router::new()
        .route("/privacy", get(privacy::notice))
        .route("/privacy/terms", get(privacy::terms))
        .route("/rights", get(rights::form).post(rights::send))
        .route("/review", get(review::queue::show))
        .route("/review/login", get(review::login::form).post(review::login::enter))
        .route("/review/logout", post(review::login::leave))
        .route("/review/second-factor", get(review::factor::form).post(review::factor::confirm))
        .route("/review/verifications/{id}", get(review::case::show))
        .route("/review/verifications/{id}/media/{name}", get(review::case::media))
        .route("/review/verifications/{id}/decision", post(review::case::decide))
        .route("/review/requests", get(review::requests::list))
        .route("/review/requests/{id}", get(review::requests::show))
        .route("/review/requests/{id}/answered", post(review::requests::answered))
        .route("/review/people", get(review::people::form).post(review::people::show))
        .route("/review/grants", get(review::grants::list).post(review::grants::request))
        .route("/review/grants/{id}", post(review::grants::decide))
        .with_state(Arc::new(Console { app, settings }))
        .merge(style::routes())
}
