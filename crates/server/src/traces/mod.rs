//! OpenTelemetry traces: a span for each call and step, sent by OTLP/HTTP.
//!
//! Spans pass the same fence as lines of the log, so that nothing personal can
//! stand in their attributes; they have no events and no status text.

mod layer;
mod send;

use std::time::Duration;

use axum::http::{HeaderMap, StatusCode, Uri};
use bonafide_context::{Answered, CallId};
use bonafide_outbound::Client;
use opentelemetry::trace::TracerProvider;
use opentelemetry_otlp::{Protocol, SpanExporter, WithExportConfig, WithHttpConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::{Sampler, SdkTracerProvider};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tokio::runtime::Handle;
use tracing::Span;
use tracing::field::Empty;

use crate::Seconds;
pub(crate) use layer::Spans;
use send::Outbound;

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
pub struct Traces {
    provider: SdkTracerProvider,
    share: f64,
}

impl Traces {
    /// Traces that are sent through `client`, or `None` when no endpoint is set.
    /// To be called within a tokio runtime, on which they are sent.
    ///
    /// # Errors
    /// When the settings make no sense.
    pub fn new(settings: &TraceSettings, client: Client) -> Result<Option<Self>, TraceError> {
        let share = settings.share;
        if !(0.0..=1.0).contains(&share) {
            return Err(TraceError::Share);
        }
        let Some(endpoint) = &settings.endpoint else { return Ok(None) };
        let url: Uri = endpoint.parse().map_err(|_| TraceError::Endpoint)?;
        if !matches!(url.scheme_str(), Some("http" | "https")) || url.host().is_none() {
            return Err(TraceError::Endpoint);
        }
        let timeout = Duration::from(settings.timeout);
        let exporter = SpanExporter::builder()
            .with_http()
            .with_http_client(Outbound::new(client, Handle::current(), timeout))
            .with_protocol(Protocol::HttpBinary)
            .with_endpoint(endpoint)
            .with_timeout(timeout)
            .build()
            .map_err(|_| TraceError::Endpoint)?;
        let provider = SdkTracerProvider::builder()
            .with_batch_exporter(exporter)
            .with_sampler(Sampler::ParentBased(Box::new(Sampler::TraceIdRatioBased(share))))
            // Nothing of the machine: no host name, no process id.
            .with_resource(Resource::builder_empty().with_service_name("bonafide").build())
            .build();
        Ok(Some(Self { provider, share }))
    }

    /// Sends what is left; later spans are not recorded.
    pub async fn end(self) {
        // It waits for its own thread, which waits for the network.
        let ended = tokio::task::spawn_blocking(move || self.provider.shutdown()).await;
        if !matches!(ended, Ok(Ok(()))) {
            tracing::warn!(name: "traces_lost", "the last traces could not be sent");
        }
    }

    pub(crate) fn layer(&self) -> Spans {
        Spans::new(self.provider.tracer("bonafide"), self.share)
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

/// The span of one request, within the client's trace if it names one.
pub(crate) fn call_span(headers: &HeaderMap, call: CallId, method: &'static str) -> Span {
    let parent = headers.get("traceparent").and_then(|value| value.to_str().ok());
    tracing::info_span!(
        "call",
        call_id = %call,
        method,
        traceparent = parent.unwrap_or_default(),
        interface = Empty,
        outcome = Empty,
        code = Empty,
        status = Empty,
    )
}

/// Says how the request of `span` ended.
pub(crate) fn end_call(span: &Span, answered: &Answered, status: StatusCode, seconds: f64) {
    let Answered { interface, outcome, code, .. } = *answered;
    span.record("interface", interface);
    span.record("outcome", outcome);
    span.record("code", code);
    span.record("status", status.as_u16());
    let _entered = span.enter();
    let (status, duration_ms) = (status.as_u16(), (seconds * 1e6).round() / 1e3);
    tracing::debug!(name: "answered", interface, outcome, code, status, duration_ms);
}
