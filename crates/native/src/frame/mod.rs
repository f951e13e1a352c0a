//! The way of a request through this room: who is it, may he, what did he send,
//! do it, write it down, answer.
//!
//! A call begins as soon as it is known who calls, and from then on leaves its
//! one monitoring row whatever comes of it: refused by a rate, a quota or a
//! scope, unreadable, turned away by a full compute pool, failed. What is
//! refused before that (too many requests from one address, no key, a key that
//! is not valid or not good for this address, more connections than the server
//! takes) is nobody's call: there is no tenant, application or environment to
//! write it down for, and a stranger could fill the ledger with it. It is
//! answered under its id and counted in the metrics, no more; who could write
//! nothing but refusals is held by the rate of the address.

mod context;
mod idempotency;

pub(crate) use context::Context;
pub use idempotency::{MIGRATIONS, TABLES, held, reap};

use std::net::IpAddr;
use std::sync::Arc;

use axum::RequestExt;
use axum::body::Body;
use axum::extract::{RawPathParams, Request};
use axum::http::{HeaderMap, Method, Response, header};
use bonafide_accounts::Actor;
use bonafide_context::{CallId, ClientAddress, Forget, Keeper, leaving_no_trace};
use bonafide_ledger::{Caller, Facts, Outcome};
use bonafide_verify::App;

use crate::Settings;
use crate::answer::Answer;
use crate::door::Answered;
use crate::input::{self, Input};
use crate::problem::{Code, Problem};
use crate::route::{Replay, Route, Who};

/// What every request of this room needs.
pub(crate) struct Native {
    pub(crate) app: Arc<App>,
    pub(crate) settings: Settings,
}

/// Answers a request, and has the door and this room's threads forget what was sent
/// where it is to be nowhere.
pub(crate) async fn serve(
    native: Arc<Native>,
    route: &'static Route,
    request: Request,
) -> Response<Body> {
    if !route.forgets() {
        return answer(native, route, request).await;
    }
    let mut response = leaving_no_trace(answer(native, route, request)).await;
    response.extensions_mut().insert(Forget);
    response
}

async fn answer(
    native: Arc<Native>,
    route: &'static Route,
    mut request: Request,
) -> Response<Body> {
    let address = request.extensions().get::<ClientAddress>().copied();
    let id = native.call_id(&request);
    let parameters = request.extract_parts::<RawPathParams>().await;
    let caller = match enter(&native, address, request.headers()).await {
        Ok(caller) => caller,
        Err(problem) => {
            return refused(route.interface.name, None, id, &problem);
        }
    };
    let call = native.app.open(id, caller.clone(), route.interface);
    // A path that is no text names nothing.
    let parameters = parameters
        .ok()
        .map(|all| all.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect());
    let cx = Context::new(native.clone(), call, caller, parameters, request.uri().clone());
    match work(cx, route, request).await {
        Ok(answer) => {
            let outcome = if answer.replayed { "replayed" } else { "ok" };
            let mut response = answer.into_response(id);
            response.extensions_mut().insert(Answered {
                call: Some(id),
                interface: route.interface.name,
                outcome: "ok",
                code: outcome,
            });
            response
        }
        Err(problem) => refused(route.interface.name, Some(id), id, &problem),
    }
}

/// Makes out who asks.
async fn enter(
    native: &Native,
    address: Option<ClientAddress>,
    headers: &HeaderMap,
) -> Result<Caller, Problem> {
    let Some(ClientAddress(address)) = address else {
        // Without it networks and limits would not hold: a fault of the wiring.
        return Err(Problem::internal().because(&NoAddress));
    };
    native.app.accounts().admit_address(address)?;
    authenticate(native, headers, address).await
}

#[derive(Debug, thiserror::Error)]
#[error("the request has no client address: let the server set it")]
struct NoAddress;

async fn authenticate(
    native: &Native,
    headers: &HeaderMap,
    address: IpAddr,
) -> Result<Caller, Problem> {
    let missing = || {
        Problem::new(
            Code::Unauthenticated,
            "send the header `Authorization: Bearer` with the token of a key",
        )
    };
    let mut all = headers.get_all(header::AUTHORIZATION).iter();
    let (Some(value), None) = (all.next(), all.next()) else { return Err(missing()) };
    let text = value.to_str().map_err(|_| missing())?;
    let (scheme, token) = text.split_once(' ').ok_or_else(missing)?;
    if !scheme.eq_ignore_ascii_case("bearer") {
        return Err(missing());
    }
    Ok(native.app.accounts().authenticate(token.trim(), address).await?)
}

/// Does what was asked, and writes it down whatever came out.
async fn work(mut cx: Context, route: &Route, request: Request) -> Result<Answer, Problem> {
    let result = attempt(&mut cx, route, request).await;
    let (call, changes, claim, keys) = (cx.call, cx.changes, cx.claim, cx.keys);
    let (outcome, changes, result) = match result {
        Ok(answer) => {
            let outcome = if answer.replayed { Outcome::REPLAYED } else { Outcome::OK };
            (outcome, changes, Ok(answer))
        }
        Err(problem) => {
            let release = claim.as_ref().map(idempotency::Claim::release);
            (problem.as_outcome(), release.into_iter().collect(), Err(problem))
        }
    };
    if let Err(problem) = &result {
        tell(call.id(), problem);
    }
    let id = call.id();
    let closed = cx.native.app.ledger().close(call, outcome, changes).await;
    // Also when nobody knows whether they were changed: looking again does no harm.
    cx.native.app.accounts().changed(&keys);
    match closed {
        Ok(_) => result,
        Err(error) => {
            if let Some(claim) = &claim {
                // Best effort: what is not given back now ends with its lease.
                let _ = cx.native.app.records().commit(vec![claim.release()]).await;
            }
            let problem = Problem::from(error);
            tell(id, &problem);
            // Who was refused anyway learns why; who was served must not leave
            // with what is not written down.
            Err(problem)
        }
    }
}

async fn attempt(cx: &mut Context, route: &Route, request: Request) -> Result<Answer, Problem> {
    admit(cx, route).await?;
    authorise(cx, route)?;
    ready(cx, route)?;
    let idempotent = request.headers().clone();
    let input = input::read(request, route.takes, &cx.native.settings).await;
    // How long it was tells of what was asked.
    let facts = |input: &Input| match route.forgets() {
        true => Facts::new(),
        false => Facts::new().size("bytes", input.size()),
    };
    match &input {
        Ok(Input::Empty) => {}
        Ok(input) => cx.call.step("body", "ok", facts(input)),
        Err(problem) => cx.call.step("body", problem.code().as_str(), Facts::new()),
    }
    let input = input?;
    if route.replay != Replay::Reads
        && let Some(key) = idempotency::key(&idempotent)?
    {
        match idempotency::claim(cx, route, key, &input).await? {
            idempotency::Turn::First(claim) => cx.claim = Some(claim),
            idempotency::Turn::Again(answer) => return Ok(answer),
        }
    }
    cx.input = input;
    let answer = (route.handler)(cx).await?;
    if let Some(claim) = &cx.claim {
        let kept = idempotency::keep(cx, route, claim, &answer).await?;
        cx.changes.extend(kept);
    }
    Ok(answer)
}

/// Whether the caller may ask so often. Who may not has his row without his
/// body being read or anything else being asked for him.
async fn admit(cx: &mut Context, route: &Route) -> Result<(), Problem> {
    let app = cx.app();
    let admitted = app.accounts().admit(&cx.caller, route.interface.name).await;
    admitted.map_err(|error| {
        let problem = Problem::from(error);
        cx.call.step("admit", problem.code().as_str(), Facts::new());
        problem
    })
}

/// Whether this caller may use the route at all; of whose things it may see
/// which, the rooms below decide by realm and application.
fn authorise(cx: &mut Context, route: &Route) -> Result<(), Problem> {
    let refusal = refuse(&cx.caller, cx.parameter("id"), route);
    if let Some(problem) = &refusal {
        cx.call.step("authorise", problem.code().as_str(), Facts::new());
    }
    refusal.map_or(Ok(()), Err)
}

/// Whether personal data may be opened and taken in at all.
fn ready(cx: &mut Context, route: &Route) -> Result<(), Problem> {
    cx.app().ready_for(route.interface).map_err(|error| {
        let problem = Problem::from(error);
        cx.call.step("vault", problem.code().as_str(), Facts::new());
        problem
    })
}

fn refuse(caller: &Caller, named: Option<&str>, route: &Route) -> Option<Problem> {
    if let Some(own) = caller.bound_to.as_deref() {
        return match route.who {
            Who::Key | Who::Operator => Some(Problem::new(
                Code::TokenRefused,
                "this takes the key of an application, not the token of an end user",
            )),
            // Whose it is then the rooms below see to: a verification's own.
            Who::KeyOrPerson => None,
            Who::KeyOrToken if named == Some(own) => None,
            // Another verification is nobody's business, not even that it is there.
            Who::KeyOrToken => Some(Problem::not_found()),
        };
    }
    if route.who == Who::Operator && !Actor::caller(caller).is_operator() {
        return Some(Problem::new(Code::ScopeMissing, "this takes the operator's own key"));
    }
    if caller.may(route.interface) || !Keeper::Scopes.works() {
        return None;
    }
    let scope = route.interface.scope.map_or("any", bonafide_ledger::Scope::as_str);
    Some(Problem::new(Code::ScopeMissing, format!("use a key with the scope `{scope}`")))
}

/// Tells the operator of what is ours to mend.
fn tell(call: CallId, problem: &Problem) {
    if problem.code().status().is_server_error() && problem.code() != Code::Busy {
        let cause = problem.cause().unwrap_or("");
        tracing::error!(%call, code = problem.code().as_str(), cause, "a call failed");
    }
}

fn refused(
    interface: &'static str,
    opened: Option<CallId>,
    call: CallId,
    problem: &Problem,
) -> Response<Body> {
    let mut response = problem.answer(call);
    let outcome = if problem.code().status().is_server_error() { "failed" } else { "refused" };
    let code = problem.code().as_str();
    response.extensions_mut().insert(Answered { call: opened, interface, outcome, code });
    if opened.is_none() {
        tell(call, problem);
    }
    response
}

/// An answer to a request that no route takes.
pub(crate) fn nowhere(native: &Native, request: &Request, problem: &Problem) -> Response<Body> {
    let mut response = refused("none", None, native.call_id(request), problem);
    // What was sent may have been meant for a path whose bodies are forgotten.
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        response.extensions_mut().insert(Forget);
    }
    response
}

impl Native {
    /// The name that the door gave a request: answer, problem and ledger have
    /// this one. Without a door it gets one here.
    fn call_id(&self, request: &Request) -> CallId {
        let given = request.extensions().get::<CallId>().copied();
        given.unwrap_or_else(|| self.app.new_call_id())
    }
}
