//! `/review`: what waits for a person.

use std::sync::Arc;

use askama::Template;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{Response, StatusCode};
use bonafide_verify::troubleshoot::review_queue;
use bonafide_verify::verification::Verification;

use super::{Bar, NAME, Outside, enter};
use crate::page::{page, see};
use crate::trouble::Trouble;
use crate::{Console, words};

/// `GET /review`
pub(crate) async fn show(State(console): State<Arc<Console>>, request: Request) -> Response<Body> {
    let shown = async move {
        let visitor = enter(&console, request.headers()).await?;
        let bar = Bar::of(&visitor, "queue");
        if !bar.reviews {
            return Err(Outside::Go("/review/requests"));
        }
        let waiting = review_queue(&console.app, &visitor.session).await.map_err(Trouble::from)?;
        let now = console.app.clock().now();
        let cases = waiting.iter().map(|one| Case::of(one, now)).collect();
        Ok(QueuePage { bar, cases })
    };
    match shown.await {
        Ok(shown) => page(NAME, StatusCode::OK, &shown),
        Err(Outside::Go(path)) => see(NAME, path),
        Err(outside) => outside.answer(),
    }
}

struct Case {
    id: String,
    reason: String,
    more: usize,
    left: String,
    created: String,
}

impl Case {
    fn of(one: &Verification, now: bonafide_context::Timestamp) -> Self {
        let first = one.reasons.first().map_or("A person has to look", |r| words::reason(*r));
        Self {
            id: one.id.to_string(),
            reason: first.to_owned(),
            more: one.reasons.len().saturating_sub(1),
            left: one.expires_at.map_or_else(String::new, |until| words::left(now, until)),
            created: words::moment(one.created_at),
        }
    }
}

#[derive(Template)]
#[template(path = "review/queue.html")]
struct QueuePage {
    bar: Bar,
    cases: Vec<Case>,
}
