//! What a call that did its work is answered with.

use std::borrow::Cow;

use axum::body::Body;
use axum::http::{HeaderName, HeaderValue, Response, StatusCode, header};
use bonafide_context::{CallId, Timestamp};
use bytes::Bytes;
use serde::Serialize;

use crate::problem::{Problem, name_call};

/// Says that the answer is that of an earlier request with the same key.
pub(crate) const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");

const JSON: Cow<'static, str> = Cow::Borrowed("application/json");

/// A status and a body.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) body: Bytes,
    /// Of the body.
    pub(crate) media_type: Cow<'static, str>,
    /// The thing that the answer speaks of (`ver_…`): with its data the copy
    /// for a replay goes. `None` if it speaks of nothing but the call.
    pub(crate) owner: Option<String>,
    /// When that thing's data ends, if before the clock of results.
    pub(crate) expires: Option<Timestamp>,
    /// Whether it was given before.
    pub(crate) replayed: bool,
}

impl Answer {
    /// 200 with a body.
    pub(crate) fn ok<T: Serialize>(body: &T) -> Result<Self, Problem> {
        Self::with(StatusCode::OK, body)
    }

    /// 201 with a body.
    pub(crate) fn created<T: Serialize>(body: &T) -> Result<Self, Problem> {
        Self::with(StatusCode::CREATED, body)
    }

    /// 200 with a file.
    pub(crate) fn file(media_type: String, body: Bytes) -> Self {
        Self { body, media_type: media_type.into(), status: StatusCode::OK, ..Self::nothing() }
    }

    /// 204.
    pub(crate) fn nothing() -> Self {
        Self {
            status: StatusCode::NO_CONTENT,
            body: Bytes::new(),
            media_type: JSON,
            owner: None,
            expires: None,
            replayed: false,
        }
    }

    /// 202: it is on its way.
    pub(crate) fn accepted() -> Self {
        Self { status: StatusCode::ACCEPTED, ..Self::nothing() }
    }

    /// The thing that it speaks of, and when that thing's data ends.
    #[must_use]
    pub(crate) fn about(mut self, owner: impl Into<String>, expires: Option<Timestamp>) -> Self {
        self.owner = Some(owner.into());
        self.expires = expires;
        self
    }

    fn with<T: Serialize>(status: StatusCode, body: &T) -> Result<Self, Problem> {
        let body = serde_json::to_vec(body).map_err(|_| Problem::internal())?;
        let body = body.into();
        Ok(Self { status, body, media_type: JSON, owner: None, expires: None, replayed: false })
    }

    /// On its way out, naming the call.
    pub(crate) fn into_response(self, call: CallId) -> Response<Body> {
        let typed = !self.body.is_empty();
        let mut response = Response::new(Body::from(self.body));
        *response.status_mut() = self.status;
        let headers = response.headers_mut();
        if typed && let Ok(kind) = HeaderValue::from_str(&self.media_type) {
            headers.insert(header::CONTENT_TYPE, kind);
            headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        }
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if self.replayed {
            headers.insert(REPLAYED, HeaderValue::from_static("true"));
        }
        name_call(headers, call);
        response
    }
}
