//! `POST /v1/liveness/challenges`.

use axum::http::{Method, StatusCode};
use bonafide_context::Sensitive;
use bonafide_verify::consent::ConsentId;
use bonafide_verify::interface;
use bonafide_verify::liveness::{
    IssueChallenge, IssuedChallenge, LivenessLevel, LivenessMethod, RecordingForm, issue_challenge,
};
use bonafide_verify::verification::VerificationId;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::answer::Answer;
use crate::frame::Context;
use crate::openapi::schema_of;
use crate::problem::{Code, Problem};
use crate::route::{Doc, Replay, Route, Takes, Who};

pub(crate) const ROUTE: Route = Route {
    method: Method::POST,
    path: "/v1/liveness/challenges",
    interface: &interface::CHALLENGES_ISSUE,
    who: Who::KeyOrPerson,
    takes: Takes::Json,
    replay: Replay::Once,
    doc: Doc {
        id: "issueChallenge",
        tag: super::TAG,
        summary: "Issue a liveness challenge",
        description: "Draws a random, single-use challenge: colours that the person's screen is to show while \
                      the camera films, or movements. All of the answer is for the person's \
                      browser; what comes later in the sequence is revealed as the recording \
                      arrives. With the person's own token it belongs to his verification.",
        query: None,
        request: Some(schema_of::<Request>),
        example: r#"{"method":"reflective","level":"standard"}"#,
        answer: (StatusCode::CREATED, "The challenge.", Some(schema_of::<IssuedChallenge>)),
        problems: &[
            Code::NotFound,
            Code::NotPossible,
            Code::Gone,
            Code::PolicyForbids,
            Code::StatementWanted,
            Code::ConsentWanted,
            Code::ConsentWithdrawn,
        ],
    },
    handler: |cx| Box::pin(handle(cx)),
};

/// What challenge is wanted.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = IssueChallengeRequest)]
struct Request {
    /// By the light of the screen or by movements; left out, what the verification or
    /// this server has it.
    #[serde(default)]
    #[schema(nullable = false)]
    method: Option<LivenessMethod>,
    /// How long a sequence: `high` is harder to guess and takes longer.
    #[serde(default)]
    #[schema(required = false)]
    level: LivenessLevel,
    /// In what form the recording comes: `video` for your own key only, not for a
    /// person's token; all of the sequence is then told at once.
    #[serde(default)]
    #[schema(required = false)]
    recording: RecordingForm,
    /// For which verification: the best frame becomes its selfie.
    #[serde(default)]
    #[schema(nullable = false, value_type = Option<String>, pattern = "^ver_[a-z2-7]{26}$")]
    verification: Option<VerificationId>,
    /// Whom it is about, as you call him, where no verification is named: kept as a keyed
    /// hash only, by which the recording is found and deleted with him.
    #[serde(default)]
    #[schema(nullable = false, min_length = 1, max_length = 200, example = "customer-4711")]
    reference: Option<String>,
    /// The receipt of the person's consent, where your policy wants one and no
    /// verification is named.
    #[serde(default)]
    #[schema(nullable = false, value_type = Option<String>, pattern = "^cns_[a-z2-7]{26}$")]
    consent: Option<ConsentId>,
}

async fn handle(cx: &mut Context) -> Result<Answer, Problem> {
    let Request { method, level, recording, verification, reference, consent } = cx.body()?;
    let reference = reference.map(Sensitive::new);
    let request =
        IssueChallenge { method, level, form: recording, verification, reference, consent };
    let done = issue_challenge(&cx.app(), &mut cx.call, request).await?;
    let issued = cx.done(done);
    let expires = issued.expires_at.0;
    Ok(Answer::created(&issued)?.about(issued.id.as_str(), Some(expires)))
}
