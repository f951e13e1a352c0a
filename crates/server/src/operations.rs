//! What the door answers itself: health and figures. Nothing here waits, and
//! nothing here counts against the bound on requests in flight.

use std::net::IpAddr;

use axum::body::Body;
use axum::http::header::{ALLOW, CONTENT_TYPE};
use axum::http::{HeaderValue, Method, Request, Response, StatusCode};
use bonafide_context::{Answered, CallId};

use crate::door::{Door, Entrance, Outcome};
use crate::handle::Phase;
use crate::problem::Problem;
use crate::{address, dress, metrics};

/// The answer, when the request is one that the door answers itself.
pub(crate) fn answer<B>(
    door: &Door,
    request: &Request<B>,
    peer: IpAddr,
    entrance: Entrance,
    call: CallId,
) -> Option<Outcome> {
    let path = request.uri().path();
    if path == "*" && request.method() == Method::OPTIONS {
        return Some(dress::options(None));
    }
    let (interface, tell): (_, fn(&Door) -> Response<Body>) = match path {
        "/health/live" => ("health", live),
        "/health" | "/health/ready" => ("health", ready),
        "/metrics" if sees_figures(request, peer, entrance) => ("metrics", figures),
        _ if entrance == Entrance::Operations => {
            return Some(Outcome::refused(Problem::NOT_FOUND, call));
        }
        _ => return None,
    };
    if ![Method::GET, Method::HEAD].contains(request.method()) {
        let mut refused = Outcome::refused(Problem::METHOD, call);
        refused.response.headers_mut().insert(ALLOW, HeaderValue::from_static("GET, HEAD"));
        refused.answered.interface = interface;
        return Some(refused);
    }
    let answered = Answered { call: None, interface, outcome: "ok", code: "" };
    Some(Outcome { response: tell(door), answered })
}

/// Whether who asks is on this machine, or at the address for figures. A
/// request that was passed on came from elsewhere, whoever passed it on.
fn sees_figures<B>(request: &Request<B>, peer: IpAddr, entrance: Entrance) -> bool {
    let local = peer.to_canonical().is_loopback() && !address::is_forwarded(request.headers());
    entrance == Entrance::Operations || local
}

fn live(_door: &Door) -> Response<Body> {
    with_type("application/json", r#"{"status":"live"}"#.into())
}

fn ready(door: &Door) -> Response<Body> {
    let report = door.board.report(*door.phase().borrow() > Phase::Serving);
    let text = serde_json::to_vec(&report).unwrap_or_default();
    let mut response = with_type("application/json", text.into());
    if !report.ready {
        *response.status_mut() = StatusCode::SERVICE_UNAVAILABLE;
    }
    response
}

fn figures(door: &Door) -> Response<Body> {
    door.metrics.connections.set(door.peers.open() as f64);
    door.metrics.in_flight.set(door.requests.open() as f64);
    match door.metrics.text() {
        Ok(text) => with_type(metrics::MEDIA_TYPE, text.into()),
        Err(_) => {
            let mut response = Response::new(Body::empty());
            *response.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
            response
        }
    }
}

fn with_type(form: &'static str, body: Body) -> Response<Body> {
    let mut response = Response::new(body);
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(form));
    response
}
