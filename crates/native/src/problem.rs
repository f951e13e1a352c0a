//! What a refused request is answered with: `application/problem+json`
//! (RFC 9457) with a stable code, what to do, and the call id.

use std::borrow::Cow;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::http::{HeaderName, HeaderValue, Response, StatusCode, header};
use bonafide_context::CallId;
use bonafide_ledger::Outcome;
use serde::Serialize;
use utoipa::openapi::schema::Type;
use utoipa::openapi::{ObjectBuilder, RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

/// Where every answer names its call.
pub const CALL_ID: HeaderName = HeaderName::from_static("x-call-id");

macro_rules! codes {
    ($($(#[$meta:meta])* $variant:ident = $name:literal, $status:ident, $title:literal;)+) => {
        /// Why a request is refused, for programs: stable names.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
        pub enum Code {
            $($(#[$meta])* #[serde(rename = $name)] $variant,)+
        }

        impl Code {
            /// Every code.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The name in answers.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $name,)+ }
            }

            /// The status it is sent with.
            pub const fn status(self) -> StatusCode {
                match self { $(Self::$variant => StatusCode::$status,)+ }
            }

            /// What it means, in a few words that are the same every time.
            pub const fn title(self) -> &'static str {
                match self { $(Self::$variant => $title,)+ }
            }
        }
    };
}

codes! {
    /// Not JSON, not multipart, or cut off.
    MalformedBody = "malformed_body", BAD_REQUEST, "The body cannot be read";
    /// Readable, but a member is missing, unknown or not as described.
    InvalidRequest = "invalid_request", BAD_REQUEST, "The request is not as described";
    /// The query string is not as described.
    InvalidQuery = "invalid_query", BAD_REQUEST, "The query is not as described";
    /// Not a cursor of this list.
    InvalidCursor = "invalid_cursor", BAD_REQUEST, "The cursor is not one of this list";
    /// Not an idempotency key.
    InvalidIdempotencyKey = "invalid_idempotency_key", BAD_REQUEST, "The idempotency key cannot be used";
    /// No `Authorization: Bearer`.
    Unauthenticated = "unauthenticated", UNAUTHORIZED, "A key is needed";
    /// A key or token that does not exist, is revoked or has expired.
    KeyNotValid = "key_not_valid", UNAUTHORIZED, "The key is not valid";
    /// The key lacks the scope.
    ScopeMissing = "scope_missing", FORBIDDEN, "The key lacks the scope";
    /// The key may not be used from this address.
    NetworkRefused = "network_refused", FORBIDDEN, "The key may not be used from here";
    /// The token of an end user does not open this.
    TokenRefused = "token_refused", FORBIDDEN, "The token does not open this";
    /// The tenant's policy does not let this be done with data.
    PolicyForbids = "policy_forbids", FORBIDDEN, "The tenant's policy forbids it";
    /// The policy wants the person's consent, and there is none.
    ConsentWanted = "consent_wanted", FORBIDDEN, "The person has not consented";
    /// The person took consent back.
    ConsentWithdrawn = "consent_withdrawn", FORBIDDEN, "The person has withdrawn consent";
    /// The person has not yet said where he is and how old.
    StatementWanted = "statement_wanted", FORBIDDEN, "The person has not been asked yet";
    /// The service is not for the place where the person is.
    JurisdictionNotAllowed = "jurisdiction_not_allowed", FORBIDDEN, "The service is not for this place";
    /// The person is under age, and no guardian has consented.
    UnderAge = "under_age", FORBIDDEN, "The person is under age";
    /// There is no such thing, or it belongs to someone else.
    NotFound = "not_found", NOT_FOUND, "There is no such thing";
    /// The path has no such method.
    MethodNotAllowed = "method_not_allowed", METHOD_NOT_ALLOWED, "The path has no such method";
    /// The body did not come in time.
    TooSlow = "too_slow", REQUEST_TIMEOUT, "The body did not come in time";
    /// Not possible in the state that the thing is in.
    WrongState = "wrong_state", CONFLICT, "Not possible now";
    /// The same request is being worked on.
    InProgress = "in_progress", CONFLICT, "The same request is being worked on";
    /// What the first answer held is gone by its retention.
    AnswerGone = "answer_gone", GONE, "The first answer is no longer kept";
    /// The thing's time is over, or its data was erased.
    Gone = "gone", GONE, "The data is no longer kept";
    /// A longer path and query than the server takes.
    TargetTooLong = "target_too_long", URI_TOO_LONG, "The path is too long";
    /// More or longer headers than the server takes.
    HeadersTooLarge = "headers_too_large", REQUEST_HEADER_FIELDS_TOO_LARGE, "The headers are too large";
    /// More bytes or parts than are taken.
    TooLarge = "too_large", PAYLOAD_TOO_LARGE, "The body is too large";
    /// A content type that this path does not take.
    ContentType = "content_type", UNSUPPORTED_MEDIA_TYPE, "The content type is not taken";
    /// The data belongs to a region that this server does not keep.
    WrongRegion = "wrong_region", MISDIRECTED_REQUEST, "The data is kept in another region";
    /// The idempotency key came with another request before.
    IdempotencyKeyReused = "idempotency_key_reused", UNPROCESSABLE_ENTITY, "The idempotency key belongs to another request";
    /// A picture that cannot be decoded.
    PictureUnreadable = "picture_unreadable", UNPROCESSABLE_ENTITY, "The picture cannot be read";
    /// A part of a recording, or all of it, that is not as it has to be: `reason` says
    /// what.
    RecordingRefused = "recording_refused", UNPROCESSABLE_ENTITY, "The recording is not taken";
    /// Not possible with what this server holds: a network is not installed,
    /// or a setting forbids it.
    NotPossible = "not_possible", UNPROCESSABLE_ENTITY, "Not possible on this server";
    /// Too many requests from this key or address.
    RateLimited = "rate_limited", TOO_MANY_REQUESTS, "Too many requests";
    /// The tenant's quota is used up.
    QuotaExceeded = "quota_exceeded", TOO_MANY_REQUESTS, "The quota is used up";
    /// Our fault.
    Internal = "internal", INTERNAL_SERVER_ERROR, "The server failed";
    /// A method that no path has.
    UnknownMethod = "unknown_method", METHOD_NOT_ALLOWED, "No path has this method";
    /// The work took longer than anyone waits; it goes on and is recorded.
    AnswerTooLate = "answer_too_late", SERVICE_UNAVAILABLE, "The answer took too long";
    /// As much is being worked on as the server can.
    Busy = "busy", SERVICE_UNAVAILABLE, "The server is busy";
    /// A store does not answer.
    StoreUnavailable = "store_unavailable", SERVICE_UNAVAILABLE, "A store does not answer";
}

impl Code {
    /// What the HTTP door refuses with by itself, before this room sees the
    /// request or in its place: one list of codes for whoever answers. That it
    /// is the door's is tested where the two meet.
    pub const OF_THE_DOOR: &'static [Self] = &[
        Self::MalformedBody,
        Self::InvalidRequest,
        Self::NotFound,
        Self::MethodNotAllowed,
        Self::TooSlow,
        Self::TargetTooLong,
        Self::HeadersTooLarge,
        Self::TooLarge,
        Self::Internal,
        Self::UnknownMethod,
        Self::AnswerTooLate,
        Self::Busy,
    ];
}

/// Written by hand: the derive does not see names that a macro gives.
impl PartialSchema for Code {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .enum_values(Some(Self::ALL.iter().map(|code| code.as_str())))
            .description(Some("Why a request is refused, for programs: stable names."))
            .build()
            .into()
    }
}

impl ToSchema for Code {}

/// A refusal. Its text is made of words of this server and numbers, never of
/// what was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    code: Code,
    detail: Cow<'static, str>,
    retry_after: Option<Duration>,
    allow: Option<Box<str>>,
    /// What exactly, where the code alone does not say.
    reason: Option<&'static str>,
    /// For the operator's log, not for the answer.
    cause: Option<Arc<str>>,
    /// How the ledger names it, where a use case says so: every dialect writes
    /// the same.
    outcome: Option<Outcome>,
}

impl Problem {
    /// A refusal with what to do about it.
    pub fn new(code: Code, detail: impl Into<Cow<'static, str>>) -> Self {
        let retry_after = match code.status() {
            StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE => {
                Some(Duration::from_secs(1))
            }
            _ => None,
        };
        let detail = detail.into();
        Self { code, detail, retry_after, allow: None, reason: None, cause: None, outcome: None }
    }

    /// There is no such thing for this caller.
    pub fn not_found() -> Self {
        Self::new(
            Code::NotFound,
            "nothing by this name belongs to the application of this key: check the path and the id",
        )
    }

    /// Our fault; nothing more is said.
    pub fn internal() -> Self {
        Self::new(
            Code::Internal,
            "try again; if it stays, tell the operator the call id, the log knows more",
        )
    }

    /// When to come back.
    #[must_use]
    pub fn retry_after(mut self, after: Duration) -> Self {
        self.retry_after = Some(after);
        self
    }

    /// What exactly is wrong, for programs.
    #[must_use]
    pub(crate) fn reason(mut self, reason: &'static str) -> Self {
        self.reason = Some(reason);
        self
    }

    /// Which methods the path has.
    #[must_use]
    pub fn allow(mut self, methods: impl Into<Box<str>>) -> Self {
        self.allow = Some(methods.into());
        self
    }

    /// What the operator's log says beside the code: an error of a room below,
    /// which carries nothing of a person.
    #[must_use]
    pub fn because(mut self, error: &dyn std::error::Error) -> Self {
        let chain = std::iter::successors(Some(error), |error| error.source());
        self.cause = Some(chain.map(ToString::to_string).collect::<Vec<_>>().join(": ").into());
        self
    }

    /// How the ledger names it.
    #[must_use]
    pub(crate) fn outcome(mut self, outcome: Outcome) -> Self {
        self.outcome = Some(outcome);
        self
    }

    /// For the ledger.
    pub(crate) fn as_outcome(&self) -> Outcome {
        self.outcome.unwrap_or_else(|| {
            if self.code.status().is_server_error() {
                Outcome::ours(self.code.as_str())
            } else {
                Outcome::caller(self.code.as_str())
            }
        })
    }

    /// What the operator's log says beside the code.
    pub fn cause(&self) -> Option<&str> {
        self.cause.as_deref()
    }

    /// The same, under another code.
    #[must_use]
    pub(crate) fn under(mut self, code: Code) -> Self {
        self.code = code;
        self
    }

    /// Why.
    pub fn code(&self) -> Code {
        self.code
    }

    /// The answer, naming the call.
    pub fn answer(&self, call: CallId) -> Response<Body> {
        let body = ProblemBody {
            kind: format!("urn:bonafide:problem:{}", self.code.as_str()),
            title: self.code.title(),
            status: self.code.status().as_u16(),
            code: self.code,
            detail: &self.detail,
            reason: self.reason,
            call_id: call.to_string(),
        };
        let mut response = Response::new(Body::from(serde_json::to_vec(&body).unwrap_or_default()));
        *response.status_mut() = self.code.status();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if self.code.status() == StatusCode::UNAUTHORIZED {
            headers.insert(
                header::WWW_AUTHENTICATE,
                HeaderValue::from_static(r#"Bearer realm="bonafide""#),
            );
        }
        if let Some(after) = self.retry_after {
            // Whole seconds, never 0: "at once" would be a busy loop.
            let seconds = after.as_millis().div_ceil(1_000).max(1);
            if let Ok(value) = HeaderValue::from_str(&seconds.to_string()) {
                headers.insert(header::RETRY_AFTER, value);
            }
        }
        if let Some(methods) = self.allow.as_deref().and_then(|m| HeaderValue::from_str(m).ok()) {
            headers.insert(header::ALLOW, methods);
        }
        name_call(headers, call);
        response
    }
}

/// Puts the call's name into the headers of an answer.
pub(crate) fn name_call(headers: &mut axum::http::HeaderMap, call: CallId) {
    if let Ok(value) = HeaderValue::from_str(&call.to_string()) {
        headers.insert(CALL_ID, value);
    }
}

/// What a refused request is answered with (RFC 9457).
#[derive(Serialize, ToSchema)]
#[schema(as = Problem, example = json!({
    "type": "urn:bonafide:problem:scope_missing",
    "title": "The key lacks the scope",
    "status": 403,
    "code": "scope_missing",
    "detail": "use a key with the scope `document`",
    "call_id": "0193508c-9d3e-7a4b-8f21-5a6b7c8d9e0f"
}))]
pub(crate) struct ProblemBody<'a> {
    /// The kind of problem as a URN that ends in the code.
    #[serde(rename = "type")]
    kind: String,
    /// What the code means, in a few words.
    title: &'a str,
    /// The status of the answer.
    status: u16,
    /// Why, for programs: a closed list.
    code: Code,
    /// What is wrong and what to do, for people. Not stable.
    detail: &'a str,
    /// What exactly, where a code is wide: a stable name.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    reason: Option<&'a str>,
    /// The call, to be named when asking about it.
    call_id: String,
}

#[cfg(test)]
mod tests {
    use super::*;
    use bonafide_context::{Seeded, Timestamp};

    fn call() -> CallId {
        CallId::new(Timestamp(1_795_000_000_000), &mut Seeded::new(1))
    }

    #[test]
    fn names_are_unique_and_statuses_are_refusals() {
        let names: std::collections::BTreeSet<_> = Code::ALL.iter().map(|c| c.as_str()).collect();
        assert_eq!(names.len(), Code::ALL.len());
        for code in Code::ALL {
            assert!(code.status().is_client_error() || code.status().is_server_error());
            assert_eq!(serde_json::to_value(code).unwrap(), code.as_str());
        }
    }

    #[tokio::test]
    async fn the_answer_names_the_call_and_says_when_to_come_back() {
        let problem =
            Problem::new(Code::RateLimited, "wait").retry_after(Duration::from_millis(1_200));
        let response = problem.answer(call());
        assert_eq!(response.status(), 429);
        assert_eq!(response.headers()["retry-after"], "2");
        assert_eq!(response.headers()["content-type"], "application/problem+json");
        assert_eq!(response.headers()["x-call-id"], call().to_string().as_str());
        let body = axum::body::to_bytes(response.into_body(), 4_096).await.unwrap();
        insta::assert_snapshot!(String::from_utf8(body.to_vec()).unwrap(), @r#"{"type":"urn:bonafide:problem:rate_limited","title":"Too many requests","status":429,"code":"rate_limited","detail":"wait","call_id":"01a1ee56-5e00-7118-b0d3-641a68f94a69"}"#);
    }

    #[test]
    fn a_challenge_comes_with_401_only() {
        for &code in Code::ALL {
            let response = Problem::new(code, "x").answer(call());
            let challenged = response.headers().contains_key("www-authenticate");
            assert_eq!(challenged, code.status() == 401, "{code:?}");
            let retry = response.headers().contains_key("retry-after");
            assert_eq!(retry, [429, 503].contains(&code.status().as_u16()), "{code:?}");
        }
    }
}
