//! `/review/requests`: what people wrote by the form, for those who answer.

use std::sync::Arc;

use askama::Template;
use axum::body::Body;
use axum::extract::{Path, Request, State};
use axum::http::Response;
use bonafide_context::Timestamp;
use bonafide_policy::Language;
use bonafide_verify::requests::{
    Letter, RequestId, RequestView, answer_request, list_requests, open_request,
};

use super::{Bar, NAME, Outside, answer, enter, form_of, show_page};
use crate::page::see;
use crate::spoken::in_language;
use crate::trouble::Trouble;
use crate::{Console, words};

/// `GET /review/requests`
pub(crate) async fn list(State(console): State<Arc<Console>>, request: Request) -> Response<Body> {
    let shown = async move {
        let visitor = enter(&console, request.headers()).await?;
        let inbox = list_requests(&console.app, &visitor.session).await.map_err(Trouble::from)?;
        let now = console.app.clock().now();
        let requests = inbox.requests.iter().map(|one| Line::of(one, now)).collect();
        Ok::<_, Outside>(InboxPage { bar: Bar::of(&visitor, "requests"), requests })
    };
    show_page(shown.await)
}

/// `GET /review/requests/{id}`
pub(crate) async fn show(
    State(console): State<Arc<Console>>,
    Path(id): Path<String>,
    request: Request,
) -> Response<Body> {
    let shown = async move {
        let visitor = enter(&console, request.headers()).await?;
        let id: RequestId = id.parse().map_err(|_| Trouble::NotFound)?;
        let opened = open_request(&console.app, &visitor.session, &id).await;
        let (request, letter) = opened.map_err(Trouble::from)?;
        let now = console.app.clock().now();
        let line = Line::of(&request, now);
        let gone = words::day(request.remove);
        Ok::<_, Outside>(LetterPage { bar: Bar::of(&visitor, "requests"), line, letter, gone })
    };
    show_page(shown.await)
}

/// `POST /review/requests/{id}/answered`
pub(crate) async fn answered(
    State(console): State<Arc<Console>>,
    Path(id): Path<String>,
    request: Request,
) -> Response<Body> {
    let done = async move {
        let visitor = enter(&console, request.headers()).await?;
        form_of(&visitor, request).await?;
        let id: RequestId = id.parse().map_err(|_| Trouble::NotFound)?;
        answer_request(&console.app, &visitor.session, &id).await.map_err(Trouble::from)?;
        Ok::<_, Outside>(see(NAME, "/review/requests"))
    };
    answer(done.await)
}

struct Line {
    id: String,
    topic: &'static str,
    received: String,
    answer_by: String,
    answered: Option<String>,
    late: bool,
    tenant: String,
}

impl Line {
    fn of(one: &RequestView, now: Timestamp) -> Self {
        Self {
            id: one.id.to_string(),
            topic: in_language(Language::English).topic_of(one.topic),
            received: words::day(one.received),
            answer_by: words::day(one.answer_by),
            answered: one.answered.map(words::day),
            late: one.is_late(now),
            tenant: one.tenant.to_string(),
        }
    }
}

#[derive(Template)]
#[template(path = "review/requests.html")]
struct InboxPage {
    bar: Bar,
    requests: Vec<Line>,
}

#[derive(Template)]
#[template(path = "review/request.html")]
struct LetterPage {
    bar: Bar,
    line: Line,
    letter: Letter,
    gone: String,
}
