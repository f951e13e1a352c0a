//! The way of a request through this room: is it ours, whose is it, what does he want, do
//! it, write it down, answer.
//!
//! The signature covers the body, so that the body is read before anybody knows who sent
//! it: within its limits and its time, and only once the head is one of this interface. A
//! call begins as soon as it is known who calls, and from then on leaves its one
//! monitoring row whatever comes of it. What is refused before that is nobody's call, as
//! at the other doors.

use std::net::IpAddr;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::Request;
use axum::http::request::Parts;
use axum::http::{HeaderName, Method, Response, StatusCode};
use bonafide_accounts::AuthError;
use bonafide_context::{Answered, CallId, ClientAddress, Keeper};
use bonafide_ledger::{Caller, Facts, Interface, KeyId, Outcome};
use bytes::Bytes;
use serde_json::{Map, Value};

use crate::action::{Action, Support};
use crate::actions::OTHER;
use crate::code::Code;
use crate::context::{Context, Dialect};
use crate::envelope;
use crate::fault::Fault;
use crate::input::{self, Pairs, Parameters};
use crate::nonce;
use crate::signature::{self, ACTION, Tc3, V1, Way};

const VERSION: HeaderName = HeaderName::from_static("x-tc-version");

/// Answers a request.
pub(crate) async fn serve(dialect: Arc<Dialect>, request: Request) -> Response<Body> {
    let (asked, body) = request.into_parts();
    let given = asked.extensions.get::<CallId>().copied();
    let id = given.unwrap_or_else(|| dialect.app.new_call_id());
    let way = Way::of(&asked);
    if way == Way::Other {
        return elsewhere();
    }
    let sent = match receive(&dialect, &asked, way, body).await {
        Ok(Some(sent)) => sent,
        Ok(None) => return elsewhere(),
        Err(fault) => return refused("none", None, id, &fault),
    };
    let caller = match enter(&dialect, &asked, &sent).await {
        Ok(caller) => caller,
        Err(fault) => return refused("none", None, id, &fault),
    };
    let action = sent.action(&asked);
    let interface = match &action {
        Ok(Action { support: Support::Works { interface, .. }, .. }) => interface,
        _ => &OTHER,
    };
    let call = dialect.app.open(id, caller, interface);
    let cx = Context { dialect, call, changes: Vec::new() };
    match work(cx, action, interface, sent).await {
        Ok(members) => {
            let mut response = envelope::success(members, id);
            let name = interface.name;
            response.extensions_mut().insert(Answered {
                call: Some(id),
                interface: name,
                outcome: "ok",
                code: "ok",
            });
            response
        }
        Err(fault) => refused(interface.name, Some(id), id, &fault),
    }
}

/// Nothing of this interface: as if this room were not there.
fn elsewhere() -> Response<Body> {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::NOT_FOUND;
    response
}

/// What was sent, whole.
struct Sent {
    body: Bytes,
    /// The parameters of a query or a form, where they are there.
    pairs: Option<Pairs>,
    way: Way,
}

impl Sent {
    /// The action that it names.
    fn action(&self, asked: &Parts) -> Result<&'static Action, Fault> {
        let named = |header: &HeaderName, parameter: &'static str| {
            let text = match (self.way, &self.pairs) {
                (Way::Query | Way::Form, Some(pairs)) => pairs.get(parameter),
                _ => asked.headers.get(header).and_then(|value| value.to_str().ok()),
            };
            let missing = || {
                Fault::new(
                    Code::MissingParameter,
                    format!("`{parameter}` of the request is missing"),
                )
            };
            text.filter(|text| !text.is_empty()).ok_or_else(missing)
        };
        Action::named(named(&ACTION, "Action")?, named(&VERSION, "Version")?)
    }
}

/// Reads a request whole; `None` if it turns out not to be of this interface.
async fn receive(
    dialect: &Dialect,
    asked: &Parts,
    way: Way,
    body: Body,
) -> Result<Option<Sent>, Fault> {
    // Without it networks and limits would not hold: a fault of the wiring.
    let address = address(asked)?;
    dialect.app.accounts().admit_address(address)?;
    if !matches!(asked.method, Method::GET | Method::POST) {
        return Err(Fault::new(Code::UnsupportedProtocol, "use GET or POST"));
    }
    let is_get = asked.method == Method::GET;
    if way == Way::Header && !is_get {
        let kind = input::content_type(&asked.headers);
        if kind.as_deref() != Some("application/json") {
            let say = "send `content-type: application/json`";
            return Err(Fault::new(Code::InvalidRequest, say));
        }
    }
    let body = input::read(body, &dialect.settings).await?;
    let pairs = match (way, is_get) {
        (Way::Form, _) => Some(Pairs::read(&body)),
        (_, true) => Some(Pairs::read(asked.uri.query().unwrap_or_default().as_bytes())),
        _ => None,
    };
    if way == Way::Form && !pairs.as_ref().is_some_and(signature::is_signed_form) {
        return Ok(None);
    }
    if is_get && !body.is_empty() {
        return Err(Fault::new(Code::InvalidRequest, "send no body with GET"));
    }
    Ok(Some(Sent { body, pairs, way }))
}

#[derive(Debug, thiserror::Error)]
#[error("the request has no client address: let the server set it")]
struct NoAddress;

fn address(asked: &Parts) -> Result<IpAddr, Fault> {
    let address = asked.extensions.get::<ClientAddress>();
    address.map(|address| address.0).ok_or_else(|| Fault::internal().because(&NoAddress))
}

/// Makes out who asks, by the signature over what was received.
async fn enter(dialect: &Dialect, asked: &Parts, sent: &Sent) -> Result<Caller, Fault> {
    let address = address(asked)?;
    let host = signature::host_text(asked)?;
    let now = dialect.app.clock().now();
    match (sent.way, &sent.pairs) {
        (Way::Query | Way::Form, Some(pairs)) => {
            let signed = V1::read(&asked.method, host, pairs)?;
            let seconds = signed.signed_at(now)?;
            let by = |secret: &[u8]| signed.is_by(secret);
            let caller = authenticate(dialect, signed.secret_id(), address, by).await?;
            signature::no_token(asked, Some(pairs))?;
            let records = dialect.app.records();
            nonce::take(&**records, signed.secret_id(), signed.signature(), seconds).await?;
            Ok(caller)
        }
        _ => {
            let signed = Tc3::read(asked, host)?;
            signed.signed_at(now)?;
            let by = |secret: &[u8]| signed.is_by(secret, &sent.body);
            let caller = authenticate(dialect, signed.secret_id(), address, by).await?;
            signature::no_token(asked, None)?;
            Ok(caller)
        }
    }
}

async fn authenticate(
    dialect: &Dialect,
    secret_id: &str,
    address: IpAddr,
    is_by: impl FnOnce(&[u8]) -> bool + Send,
) -> Result<Caller, Fault> {
    let key: KeyId = secret_id.parse().map_err(|_| Fault::from(AuthError::Malformed))?;
    let mut looked = false;
    let verify = |secret: &[u8]| {
        looked = true;
        is_by(secret)
    };
    let found = dialect.app.accounts().authenticate_signed(&key, address, verify).await;
    match found {
        Ok(caller) => Ok(caller),
        Err(AuthError::Unknown) if looked => Err(Fault::new(
            Code::SignatureFailure,
            "the signature is not that of this request: check the SecretKey and the host",
        )),
        Err(error) => Err(error.into()),
    }
}

/// Does what was asked, and writes it down whatever came out.
async fn work(
    mut cx: Context,
    action: Result<&'static Action, Fault>,
    interface: &'static Interface,
    sent: Sent,
) -> Result<Map<String, Value>, Fault> {
    let result = match admit(&mut cx, interface).await {
        Ok(()) => attempt(&mut cx, action, sent).await,
        Err(fault) => Err(fault),
    };
    let Context { dialect, call, changes, .. } = cx;
    let id = call.id();
    let (outcome, changes) = match &result {
        Ok(_) => (Outcome::OK, changes),
        Err(fault) => {
            tell(id, fault);
            (fault.as_outcome(), Vec::new())
        }
    };
    match dialect.app.ledger().close(call, outcome, changes).await {
        Ok(_) => result,
        Err(error) => {
            // Who was served must not leave with what is not written down.
            let fault = Fault::from(error);
            tell(id, &fault);
            Err(fault)
        }
    }
}

/// Whether this caller may ask so often, and may ask this at all.
async fn admit(cx: &mut Context, interface: &'static Interface) -> Result<(), Fault> {
    let app = cx.app();
    let caller = cx.call.caller().clone();
    let mut refuse = |step, fault: Fault| {
        cx.call.step(step, fault.code.as_str(), Facts::new());
        Err(fault)
    };
    if let Err(error) = app.accounts().admit(&caller, interface.name).await {
        return refuse("admit", error.into());
    }
    if !caller.may(interface) && Keeper::Scopes.works() {
        let scope = interface.scope.map_or("any", bonafide_ledger::Scope::as_str);
        let say = format!("use a key with the scope `{scope}`");
        return refuse("authorise", Fault::new(Code::Unauthorized, say));
    }
    match app.ready_for(interface) {
        Ok(()) => Ok(()),
        Err(error) => refuse("vault", error.into()),
    }
}

async fn attempt(
    cx: &mut Context,
    action: Result<&'static Action, Fault>,
    sent: Sent,
) -> Result<Map<String, Value>, Fault> {
    let action = action?;
    let size = Facts::new().size("bytes", sent.body.len());
    let parameters = action.shape().map(|shape| match &sent.pairs {
        Some(pairs) => Parameters::of_pairs(pairs, shape),
        None => Parameters::of_json(&sent.body, shape),
    });
    // What was read is held once.
    drop(sent);
    let parameters = parameters.transpose();
    let said = parameters.as_ref().map_or_else(|fault| fault.code.as_str(), |_| "ok");
    cx.call.step("parameters", said, size);
    let (Support::Works { handler, .. }, Some(parameters)) = (action.support, parameters?) else {
        return Err(nothing(action.support));
    };
    let members = handler(cx, parameters).await?;
    let members = Value::Object(members);
    let amiss = action.shape().and_then(|shape| shape.amiss(&members));
    match (members, amiss) {
        (Value::Object(members), None) => Ok(members),
        (_, path) => Err(Fault::internal().because(&NotOfTheSurface(path.unwrap_or_default()))),
    }
}

#[derive(Debug, thiserror::Error)]
#[error("the answer has what the interface has not: {0}")]
struct NotOfTheSurface(String);

/// What an action answers behind which nothing stands.
fn nothing(support: Support) -> Fault {
    match support {
        Support::Provider => Fault::new(
            Code::CompareLibServiceUnavailable,
            "this asks an authority outside, and no provider is registered for it here",
        ),
        Support::Works { .. } | Support::Nothing => Fault::new(
            Code::UnsupportedOperation,
            "this server does not do this: docs/tencent.md lists what it does",
        ),
    }
}

/// Tells the operator of what is ours to mend.
fn tell(call: CallId, fault: &Fault) {
    if fault.is_ours() {
        let cause = fault.cause.as_deref().unwrap_or("");
        tracing::error!(%call, code = fault.code.as_str(), cause, "a call failed");
    }
}

fn refused(
    interface: &'static str,
    opened: Option<CallId>,
    call: CallId,
    fault: &Fault,
) -> Response<Body> {
    let mut response = envelope::failure(fault, call);
    let outcome = if fault.is_ours() { "failed" } else { "refused" };
    let code = fault.code.as_str();
    response.extensions_mut().insert(Answered { call: opened, interface, outcome, code });
    if opened.is_none() {
        tell(call, fault);
    }
    response
}
