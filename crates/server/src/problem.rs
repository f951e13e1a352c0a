//! Answers of the door itself: `application/problem+json` (RFC 9457).

use axum::body::Body;
use axum::http::header::{ALLOW, CONTENT_TYPE, RETRY_AFTER};
use axum::http::{HeaderValue, Response, StatusCode};
use bonafide_context::CallId;
use serde::Serialize;

/// What the door refuses with, in the form and, where it has one for the same
/// thing, with the code of the dialects. Clients branch on the code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Problem {
    pub(crate) status: StatusCode,
    pub(crate) code: &'static str,
    title: &'static str,
    detail: &'static str,
    /// Seconds after which trying again makes sense.
    retry_after: Option<u64>,
}

/// The methods that the server knows.
pub(crate) const METHODS: HeaderValue =
    HeaderValue::from_static("GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS");

/// The codes that the door itself may refuse a request with, each with its
/// status: what a dialect that publishes its codes has to know of.
pub fn problem_codes() -> impl Iterator<Item = (&'static str, StatusCode)> {
    Problem::ALL.iter().map(|problem| (problem.code, problem.status))
}

impl Problem {
    pub(crate) const NOT_FOUND: Self = Self::new(
        StatusCode::NOT_FOUND,
        "not_found",
        "There is no such thing",
        "there is no such path",
    );
    pub(crate) const METHOD: Self = Self::new(
        StatusCode::METHOD_NOT_ALLOWED,
        "method_not_allowed",
        "The path has no such method",
        "see `allow` for those it has",
    );
    pub(crate) const UNKNOWN_METHOD: Self = Self::new(
        StatusCode::METHOD_NOT_ALLOWED,
        "unknown_method",
        "No path has this method",
        "use a method of HTTP that the documentation names",
    );
    pub(crate) const TARGET: Self = Self::new(
        StatusCode::URI_TOO_LONG,
        "target_too_long",
        "The path is too long",
        "shorten the path and the query",
    );
    pub(crate) const HEADERS: Self = Self::new(
        StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
        "headers_too_large",
        "The headers are too large",
        "send fewer or shorter headers",
    );
    pub(crate) const BODY: Self = Self::new(
        StatusCode::PAYLOAD_TOO_LARGE,
        "too_large",
        "The body is too large",
        "send fewer bytes",
    );
    pub(crate) const SLOW_BODY: Self = Self::new(
        StatusCode::REQUEST_TIMEOUT,
        "too_slow",
        "The body did not come in time",
        "send it again, faster",
    );
    pub(crate) const BROKEN_BODY: Self = Self::new(
        StatusCode::BAD_REQUEST,
        "malformed_body",
        "The body cannot be read",
        "it ended before its end: send it again",
    );
    pub(crate) const UNREADABLE: Self = Self::new(
        StatusCode::BAD_REQUEST,
        "invalid_request",
        "The request is not as described",
        "compare it with the documentation of the path",
    );
    pub(crate) const OVERLOADED: Self = Self::new(
        StatusCode::SERVICE_UNAVAILABLE,
        "busy",
        "The server is busy",
        "try again a little later",
    )
    .retrying(1);
    pub(crate) const LATE: Self = Self::new(
        StatusCode::SERVICE_UNAVAILABLE,
        "answer_too_late",
        "The answer took too long",
        "the call is finished and recorded all the same: look for its id before trying again",
    )
    .retrying(5);
    pub(crate) const INTERNAL: Self = Self::new(
        StatusCode::INTERNAL_SERVER_ERROR,
        "internal",
        "The server failed",
        "name the call id when you report it",
    );

    /// Every one of them.
    const ALL: &[Self] = &[
        Self::NOT_FOUND,
        Self::METHOD,
        Self::UNKNOWN_METHOD,
        Self::TARGET,
        Self::HEADERS,
        Self::BODY,
        Self::SLOW_BODY,
        Self::BROKEN_BODY,
        Self::UNREADABLE,
        Self::OVERLOADED,
        Self::LATE,
        Self::INTERNAL,
    ];

    const fn new(
        status: StatusCode,
        code: &'static str,
        title: &'static str,
        detail: &'static str,
    ) -> Self {
        Self { status, code, title, detail, retry_after: None }
    }

    const fn retrying(mut self, seconds: u64) -> Self {
        self.retry_after = Some(seconds);
        self
    }

    /// What stands for an answer that has a status and says nothing more.
    pub(crate) fn of(status: StatusCode) -> Self {
        match status {
            StatusCode::NOT_FOUND => Self::NOT_FOUND,
            StatusCode::METHOD_NOT_ALLOWED => Self::METHOD,
            StatusCode::PAYLOAD_TOO_LARGE => Self::BODY,
            status if status.is_server_error() => Self { status, ..Self::INTERNAL },
            status => Self { status, ..Self::UNREADABLE },
        }
    }

    /// The answer.
    pub(crate) fn answer(self, call: CallId) -> Response<Body> {
        #[derive(Serialize)]
        struct Document {
            r#type: String,
            title: &'static str,
            status: u16,
            code: &'static str,
            detail: &'static str,
            call_id: String,
        }
        let document = Document {
            r#type: format!("urn:bonafide:problem:{}", self.code),
            title: self.title,
            status: self.status.as_u16(),
            code: self.code,
            detail: self.detail,
            call_id: call.to_string(),
        };
        let text = serde_json::to_vec(&document).unwrap_or_default();
        let mut answer = Response::new(Body::from(text));
        *answer.status_mut() = self.status;
        let headers = answer.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if let Some(seconds) = self.retry_after {
            headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        if self.status == StatusCode::METHOD_NOT_ALLOWED {
            headers.insert(ALLOW, METHODS);
        }
        answer
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_of_codes_is_whole_and_has_each_once() {
        let consts = include_str!("problem.rs").matches("pub(crate) const").count();
        // One constant there is not a problem, and this line is not one.
        assert_eq!(Problem::ALL.len(), consts - 2);
        let names: std::collections::BTreeSet<_> = problem_codes().map(|(code, _)| code).collect();
        assert_eq!(names.len(), Problem::ALL.len());
    }

    #[test]
    fn what_a_router_says_is_told_with_a_code_of_the_list() {
        for status in (400..600).filter_map(|status| StatusCode::from_u16(status).ok()) {
            let problem = Problem::of(status);
            assert_eq!(problem.status, status);
            assert!(problem_codes().any(|(code, _)| code == problem.code));
        }
    }
}
