//! The form of every answer, good or bad.

use axum::body::Body;
use axum::http::{HeaderValue, Response, header};
use bonafide_context::CallId;
use serde_json::{Map, Value, json};

use crate::fault::Fault;

/// What an action answered.
pub(crate) fn success(mut members: Map<String, Value>, call: CallId) -> Response<Body> {
    members.insert("RequestId".to_owned(), Value::String(call.to_string()));
    envelope(&json!({ "Response": members }))
}

/// Why there is no answer.
pub(crate) fn failure(fault: &Fault, call: CallId) -> Response<Body> {
    let error = json!({ "Code": fault.code.as_str(), "Message": fault.message });
    envelope(&json!({ "Response": { "Error": error, "RequestId": call.to_string() } }))
}

/// Status 200 for errors too, and the type bare: of any other status the SDKs tell the
/// status alone, and with a character set one of them takes an error for an empty answer.
fn envelope(body: &Value) -> Response<Body> {
    let mut response = Response::new(Body::from(body.to_string()));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
