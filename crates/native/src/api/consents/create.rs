//! `POST /v1/consents`.

use axum::http::{Method, StatusCode};
use bonafide_context::Sensitive;
use bonafide_verify::consent::{Consent, Whose, give_consent};
use bonafide_verify::interface;

use super::{consent_request, created};
use crate::answer::Answer;
use crate::frame::Context;
use crate::openapi::schema_of;
use crate::problem::{Code, Problem};
use crate::route::{Doc, Replay, Route, Takes, Who};

pub(crate) const ROUTE: Route = Route {
    method: Method::POST,
    path: "/v1/consents",
    interface: &interface::CONSENTS_GIVE,
    who: Who::Key,
    takes: Takes::Json,
    replay: Replay::Sealed,
    doc: Doc {
        id: "giveConsent",
        tag: super::TAG,
        summary: "Hand over a person's consent",
        description: "Keeps a receipt that a person agreed, as you collected it: good for all that \
                      your application does about this reference, until it is withdrawn. What \
                      the person is called rests as a keyed hash only.",
        query: None,
        request: Some(schema_of::<Request>),
        example: r#"{"reference":"customer-4711","purposes":["service"],"notice":{"name":"privacy-notice","version":3},"language":"en","way":"web_page"}"#,
        answer: (StatusCode::CREATED, "The receipt.", Some(schema_of::<Consent>)),
        problems: &[Code::PolicyForbids],
    },
    handler: |cx| Box::pin(handle(cx)),
};

consent_request! {
    /// That a person agreed.
    GiveConsentRequest {
        /// Whom it is of, as you call him.
        #[schema(min_length = 1, max_length = 200, example = "customer-4711")]
        reference: String,
    }
}

async fn handle(cx: &mut Context) -> Result<Answer, Problem> {
    let mut request: Request = cx.body()?;
    let reference = std::mem::take(&mut request.reference);
    let given = request.of(Whose::Reference(Sensitive::new(reference)));
    let done = give_consent(&cx.app(), &mut cx.call, given).await?;
    created(&cx.done(done))
}
