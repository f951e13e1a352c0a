//! OpenTelemetry traces: a span for each call and step, sent by OTLP/HTTP.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::Seconds;

/// Where traces are sent. Nothing is sent until `endpoint` is set.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct TraceSettings {
    /// URL of an OTLP/HTTP receiver, such as `http://127.0.0.1:4318/v1/traces`.
    pub endpoint: Option<String>,
    /// The share of calls that are traced, 0 to 1.
    #[schemars(range(min = 0.0, max = 1.0))]
    pub share: f64,
    /// Time for the receiver to take what it is sent.
    pub timeout: Seconds,
}

impl Default for TraceSettings {
    fn default() -> Self {
        Self { endpoint: None, share: 1.0, timeout: Seconds::new(10.0) }
    }
}

/// The traces of this process; what is still unsent is sent by [`Traces::end`].
pub struct Traces {}

impl Traces {
    /// Traces that are sent through `client`, or `None` when no endpoint is set.
    /// To be called within a tokio runtime, on which they are sent.
    ///
    /// # Errors
    /// When the settings make no sense.
    pub fn new(
        _settings: &TraceSettings,
        _client: bonafide_outbound::Client,
    ) -> Result<Option<Self>, TraceError> {
        todo!()
    }

    /// Sends what is left; later spans are not recorded.
    pub async fn end(self) {
        todo!()
    }
}

/// Why traces cannot be sent.
#[derive(Debug, thiserror::Error)]
pub enum TraceError {
    /// The share is out of range.
    #[error("`traces.share` is 0 to 1")]
    Share,
    /// No exporter could be made for the endpoint.
    #[error("`traces.endpoint` cannot be used: it is the http or https URL of an OTLP receiver")]
    Endpoint,
}

/// x
pub(crate) fn call_span(
    _headers: &axum::http::HeaderMap,
    _call: bonafide_context::CallId,
    _method: &'static str,
) -> tracing::Span {
    tracing::Span::none()
}
/// x
pub(crate) fn end_call(
    _span: &tracing::Span,
    _answered: &bonafide_context::Answered,
    _status: axum::http::StatusCode,
) {
}
