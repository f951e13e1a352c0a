//! `POST /v1/verifications`.

use axum::http::{Method, StatusCode};
use bonafide_accounts::{TemplateId, VerificationSettings};
use bonafide_context::Sensitive;
use bonafide_verify::consent::ConsentId;
use bonafide_verify::verification::{
    CreateVerification, CreatedVerification, Stated, VerificationField, create_verification,
};
use bonafide_verify::{Selection, interface};
use serde::Deserialize;
use utoipa::ToSchema;

use super::statement::StatementRequest;
use crate::answer::Answer;
use crate::frame::Context;
use crate::openapi::schema_of;
use crate::problem::{Code, Problem};
use crate::route::{Doc, Replay, Route, Takes, Who};

pub(crate) const ROUTE: Route = Route {
    method: Method::POST,
    path: "/v1/verifications",
    interface: &interface::VERIFICATIONS_CREATE,
    who: Who::Key,
    takes: Takes::Json,
    replay: Replay::Sealed,
    doc: Doc {
        id: "createVerification",
        tag: super::TAG,
        summary: "Create a verification",
        description: "Begins a verification and gives a token and an address for the person's \
                      browser. What `settings` says goes before the template, the template before \
                      the standard; a running verification keeps the version it began with.",
        query: None,
        request: Some(schema_of::<Request>),
        example: r#"{"settings":{"mode":"full","minimum_age":18},"reference":"customer-4711"}"#,
        answer: (
            StatusCode::CREATED,
            "The verification, with the token for the person's browser.",
            Some(schema_of::<CreatedVerification>),
        ),
        problems: &[
            Code::NotFound,
            Code::PolicyForbids,
            Code::ConsentWithdrawn,
            Code::JurisdictionNotAllowed,
            Code::UnderAge,
        ],
    },
    handler: |cx| Box::pin(handle(cx)),
};

/// What is wanted of a new verification.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = CreateVerificationRequest)]
struct Request {
    /// The template it begins with; left out, the standard.
    #[serde(default)]
    #[schema(nullable = false, pattern = "^tpl_[a-z2-7]{26}$")]
    template: Option<String>,
    /// Of which version; left out, the newest.
    #[serde(default)]
    #[schema(nullable = false, minimum = 1)]
    template_version: Option<u32>,
    /// What it does otherwise than the template.
    #[serde(default)]
    #[schema(required = false)]
    settings: VerificationSettings,
    /// Whom it is about, as you call him: kept as a keyed hash only. Give a
    /// name that says nothing to others, not an address or a number of his.
    #[serde(default)]
    #[schema(nullable = false, min_length = 1, max_length = 200, example = "customer-4711")]
    reference: Option<String>,
    /// Where the person is and how old, if he was asked already: a place that the
    /// service is not for, and an age below the one of consent there, are refused.
    #[serde(default)]
    #[schema(nullable = false)]
    stated: Option<StatementRequest>,
    /// The receipt of the person's consent, if there is one already.
    #[serde(default)]
    #[schema(nullable = false, value_type = Option<String>, pattern = "^cns_[a-z2-7]{26}$")]
    consent: Option<ConsentId>,
    #[serde(default)]
    #[schema(schema_with = super::super::fields::verification, required = false)]
    fields: Selection<VerificationField>,
}

async fn handle(cx: &mut Context) -> Result<Answer, Problem> {
    let request: Request = cx.body()?;
    let template = request
        .template
        .map(|id| id.parse::<TemplateId>().map_err(|_| Problem::not_found()))
        .transpose()?;
    let request = CreateVerification {
        template,
        template_version: request.template_version,
        settings: request.settings,
        reference: request.reference.map(Sensitive::new),
        stated: request.stated.map(Stated::try_from).transpose()?,
        consent: request.consent,
        fields: request.fields,
    };
    let done = create_verification(&cx.app(), &mut cx.call, request).await?;
    let created = cx.done(done);
    // No copy of the token outlives the token.
    let expires = created.token_expires_at.0;
    Ok(Answer::created(&created)?.about(created.verification.id.as_str(), Some(expires)))
}
