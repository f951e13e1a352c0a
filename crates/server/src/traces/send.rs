//! Traces leave through the only HTTP client, like everything else.

use std::fmt;
use std::time::Duration;

use async_trait::async_trait;
use bonafide_outbound::{Client, Recipient, Request};
use bonafide_policy::Category;
use opentelemetry_http::{Bytes, HttpClient, HttpError};
use tokio::runtime::Handle;

/// The only HTTP client, as the exporter wants to see one. The exporter calls
/// it on a thread of its own, outside the runtime that the client needs.
pub(super) struct Outbound {
    client: Client,
    runtime: Handle,
    timeout: Duration,
}

impl Outbound {
    pub(super) fn new(client: Client, runtime: Handle, timeout: Duration) -> Self {
        Self { client, runtime, timeout }
    }
}

impl fmt::Debug for Outbound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Outbound")
    }
}

#[async_trait]
impl HttpClient for Outbound {
    async fn send_bytes(
        &self,
        request: axum::http::Request<Bytes>,
    ) -> Result<axum::http::Response<Bytes>, HttpError> {
        let (head, body) = request.into_parts();
        let to = Recipient::Service(Category::Diagnostics);
        let mut sent = Request::new(to, head.method, head.uri.to_string());
        sent.headers = head.headers;
        sent.body = body;
        sent.timeout = self.timeout;
        let client = self.client.clone();
        let sending = self.runtime.spawn(async move { client.send(sent).await });
        let answer = sending.await?.inspect_err(|failure| {
            tracing::warn!(name: "traces_not_sent", error = %failure, "traces are not taken");
        })?;
        let mut response = axum::http::Response::new(answer.body);
        *response.status_mut() = answer.status.try_into()?;
        *response.headers_mut() = answer.headers;
        Ok(response)
    }
}
