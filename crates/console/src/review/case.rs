//! `/review/verifications/{id}`: one verification with its pictures, and the
//! decision about it. Reading it leaves its trace below.

use std::sync::Arc;

use askama::Template;
use axum::body::Body;
use axum::extract::{Path, Request, State};
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderValue, Response};
use bonafide_verify::troubleshoot::{decide_in_review, look_at_media, look_at_verification};
use bonafide_verify::verification::{
    ManualDecision, MediaName, ReviewOutcome, ReviewReason, State as Standing, Verification,
    VerificationId,
};

use super::{Bar, NAME, Outside, Visitor, answer, enter, form_of, show_page};
use crate::page::{answered, guard, see};
use crate::trouble::Trouble;
use crate::{Console, words};

/// `GET /review/verifications/{id}`
pub(crate) async fn show(
    State(console): State<Arc<Console>>,
    Path(id): Path<String>,
    request: Request,
) -> Response<Body> {
    let shown = async move {
        let visitor = enter(&console, request.headers()).await?;
        let id = named(&id)?;
        let told = look_at_verification(&console.app, &visitor.session, &id).await;
        Ok::<_, Outside>(CasePage::of(&console, &visitor, &told.map_err(Trouble::from)?))
    };
    show_page(shown.await)
}

/// `GET /review/verifications/{id}/media/{name}`
pub(crate) async fn media(
    State(console): State<Arc<Console>>,
    Path((id, name)): Path<(String, String)>,
    request: Request,
) -> Response<Body> {
    let opened = async move {
        let visitor = enter(&console, request.headers()).await?;
        let known = MediaName::ALL.into_iter().find(|one| one.name() == name);
        let (id, name) = (named(&id)?, known.ok_or(Trouble::NotFound)?);
        let opened = look_at_media(&console.app, &visitor.session, &id, name).await;
        let opened = opened.map_err(Trouble::from)?;
        let mut response = Response::new(Body::from(opened.bytes.into_exposed()));
        guard(&mut response);
        if let Ok(kind) = HeaderValue::from_str(&opened.media_type) {
            response.headers_mut().insert(CONTENT_TYPE, kind);
        }
        answered(&mut response, NAME, "");
        Ok::<_, Outside>(response)
    };
    answer(opened.await)
}

/// `POST /review/verifications/{id}/decision`
pub(crate) async fn decide(
    State(console): State<Arc<Console>>,
    Path(id): Path<String>,
    request: Request,
) -> Response<Body> {
    let decided = async move {
        let visitor = enter(&console, request.headers()).await?;
        let form = form_of(&visitor, request).await?;
        let reason = reasons().find(|one| words::code_of(one) == form.text("reason"));
        let (id, reason) = (named(&id)?, reason.ok_or(Trouble::Unreadable)?);
        let decision = ManualDecision { decision: reason.goes_with(), reason };
        let decided = decide_in_review(&console.app, &visitor.session, &id, decision).await;
        decided.map_err(Trouble::from)?;
        Ok::<_, Outside>(see(NAME, "/review"))
    };
    answer(decided.await)
}

fn named(id: &str) -> Result<VerificationId, Trouble> {
    id.parse().map_err(|_| Trouble::NotFound)
}

fn reasons() -> impl Iterator<Item = ReviewReason> {
    [
        ReviewReason::DocumentReadable,
        ReviewReason::SamePerson,
        ReviewReason::PersonLive,
        ReviewReason::ConfirmedElsewhere,
        ReviewReason::DocumentUnreadable,
        ReviewReason::DocumentForged,
        ReviewReason::DocumentContradictory,
        ReviewReason::DocumentNotAccepted,
        ReviewReason::DocumentExpired,
        ReviewReason::DifferentPerson,
        ReviewReason::NotLive,
        ReviewReason::UnderAge,
    ]
    .into_iter()
}

#[derive(Template)]
#[template(path = "review/case.html")]
struct CasePage {
    bar: Bar,
    id: String,
    state: String,
    created: String,
    left: Option<String>,
    reasons: Vec<&'static str>,
    gates: Vec<(&'static str, String)>,
    fields: Vec<(String, String, String)>,
    measured: Vec<(&'static str, String)>,
    pictures: Vec<(String, String)>,
    open: bool,
    approve: Vec<(String, &'static str)>,
    decline: Vec<(String, &'static str)>,
}

impl CasePage {
    fn of(console: &Console, visitor: &Visitor, told: &Verification) -> Self {
        let now = console.app.clock().now();
        let listed = |outcome| {
            let fits = move |one: &ReviewReason| one.goes_with() == outcome;
            let line = |one: ReviewReason| (words::code_of(&one), words::review_reason(one));
            reasons().filter(fits).map(line).collect()
        };
        let mut measured = Vec::new();
        let mut fields = Vec::new();
        if let Some(result) = &told.result {
            if let Some(document) = &result.document {
                measured.extend(document.kind.map(|kind| ("Document", words::code(&kind))));
                measured
                    .extend(document.issuer.clone().flatten().map(|issuer| ("Issued by", issuer)));
                for (name, value) in document.fields.iter().flatten() {
                    let note = match value.agrees {
                        Some(true) => "zone and print agree",
                        Some(false) => "zone and print differ",
                        None => "",
                    };
                    fields.push((words::code(name), value.value.clone(), note.to_owned()));
                }
            }
            if let Some(comparison) = &result.comparison {
                measured
                    .extend(comparison.decision.map(|decision| ("Faces", words::code(&decision))));
                measured.extend(
                    comparison.similarity.flatten().map(|s| ("Similarity", words::code(&s))),
                );
            }
            if let Some(liveness) = &result.liveness {
                measured
                    .extend(liveness.decision.map(|decision| ("Liveness", words::code(&decision))));
            }
        }
        let picture = |name: &String| (words::item(name), name.clone());
        Self {
            bar: Bar::of(visitor, "queue"),
            id: told.id.clone(),
            state: words::code(&told.state),
            created: words::moment(told.created_at),
            left: told.expires_at.map(|until| words::left(now, until)),
            reasons: told.reasons.iter().map(|one| words::reason(*one)).collect(),
            gates: told
                .gates
                .iter()
                .map(|view| (words::gate(view.gate), words::gate_state(view.state)))
                .collect(),
            fields,
            measured,
            pictures: told.media.iter().map(picture).collect(),
            open: told.state == Standing::Review,
            approve: listed(ReviewOutcome::Approved),
            decline: listed(ReviewOutcome::Declined),
        }
    }
}
