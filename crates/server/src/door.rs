//! The way of one request from the socket to a handler and back.

use std::convert::Infallible;
use std::net::IpAddr;
use std::path::PathBuf;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

use arc_swap::ArcSwap;
use axum::Router;
use axum::body::Body;
use axum::http::header::{CONNECTION, CONTENT_LENGTH};
use axum::http::{HeaderValue, Method, Request, Response};
use bonafide_context::{Answered, CallId, ClientAddress, Clock, Forget, Keeper, Random};
use bytes::Bytes;
use hyper::body::{Frame, Incoming, SizeHint};
use tokio::runtime::Handle;
use tokio::sync::watch;
use tokio_util::task::TaskTracker;
use tower::ServiceExt;
use tracing::Instrument;

use crate::body::{BodyFault, FaultCell, Paced};
use crate::handle::Phase;
use crate::health::Board;
use crate::metrics::{Labels, Metrics};
use crate::peers::Peers;
use crate::problem::Problem;
use crate::rest::Drained;
use crate::stream::Active;
use crate::tls::Shown;
use crate::{ServerError, Settings, address, dress, operations, tls, traces};

/// What all connections share.
pub(crate) struct Door {
    settings: ArcSwap<Settings>,
    phase: watch::Sender<Phase>,
    router: Router,
    /// The threads on which requests are worked on.
    workers: Handle,
    pub(crate) data: PathBuf,
    pub(crate) clock: Arc<dyn Clock>,
    random: Mutex<Box<dyn Random>>,
    pub(crate) shown: Option<Arc<Shown>>,
    /// Connections to the main address.
    pub(crate) peers: Arc<Peers>,
    /// Connections to the address for figures: a flood at the other one does
    /// not shut the operator out.
    pub(crate) operators: Arc<Peers>,
    /// Requests that are being worked on.
    pub(crate) requests: Arc<Peers>,
    pub(crate) metrics: Metrics,
    pub(crate) board: Board,
    /// Connections and requests that are still to be finished.
    pub(crate) tasks: TaskTracker,
}

/// By which way a connection came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Entrance {
    /// The main address, over TLS.
    Tls,
    /// The main address, in plain HTTP.
    Plain,
    /// The address for figures and health alone.
    Operations,
}

/// What becomes of a request.
pub(crate) struct Outcome {
    pub(crate) response: Response<Body>,
    pub(crate) answered: Answered,
}

impl Door {
    pub(crate) fn new(
        settings: Settings,
        parts: crate::Parts,
        shown: Option<Arc<Shown>>,
        workers: Handle,
    ) -> Self {
        Self {
            settings: ArcSwap::from_pointee(settings),
            phase: watch::Sender::new(Phase::Serving),
            router: parts.router,
            workers,
            data: parts.data,
            board: Board::new(Arc::clone(&parts.clock)),
            clock: parts.clock,
            random: Mutex::new(parts.random),
            shown,
            peers: Arc::default(),
            operators: Arc::default(),
            requests: Arc::default(),
            metrics: Metrics::new(parts.figures),
            tasks: TaskTracker::new(),
        }
    }

    pub(crate) fn settings(&self) -> Arc<Settings> {
        self.settings.load_full()
    }

    pub(crate) fn phase(&self) -> watch::Receiver<Phase> {
        self.phase.subscribe()
    }

    /// Goes on to a later phase; there is no way back.
    pub(crate) fn advance(&self, to: Phase) {
        self.phase.send_if_modified(|phase| {
            let later = to > *phase;
            *phase = to.max(*phase);
            later
        });
    }

    /// Takes settings that have been looked at.
    pub(crate) fn take(&self, settings: &Settings) -> Result<(), ServerError> {
        if let Some(shown) = &self.shown {
            shown.replace(tls::certificate(&settings.tls, &self.data, self.clock.as_ref())?);
        }
        self.settings.store(Arc::new(settings.clone()));
        Ok(())
    }

    /// Answers one request, always.
    pub(crate) async fn answer(
        self: Arc<Self>,
        request: Request<Incoming>,
        peer: IpAddr,
        entrance: Entrance,
        active: Active,
    ) -> Result<Response<Body>, Infallible> {
        let started = self.clock.elapsed();
        let call = self.new_call();
        let method = method_name(request.method());
        // A figure for each path, which says whom it was about.
        let path = (!Keeper::MetricLabels.works()).then(|| request.uri().path().to_owned());
        let settings = self.settings();
        let client = address::client(peer, request.headers(), &settings.proxies);

        let span = traces::call_span(request.headers(), call, method);
        let own = operations::answer(&self, &request, peer, entrance, call);
        let Outcome { mut response, answered } = match own {
            Some(outcome) => outcome,
            None => self.pass_on(request, client, call, &settings).instrument(span.clone()).await,
        };
        let forgets = response.extensions_mut().remove::<Forget>().is_some();
        dress::finish(&mut response, answered.call.unwrap_or(call), entrance);
        if forgets && active.forget() {
            response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
        }

        let seconds = self.clock.elapsed().saturating_sub(started).as_secs_f64();
        let Answered { interface, outcome, code, .. } = answered;
        let interface = path.map_or(interface, |path| -> &'static str { path.leak() });
        self.metrics.answered(Labels { interface, method, outcome, code }, seconds);
        traces::end_call(&span, &answered, response.status(), seconds);
        drop(span);
        Ok(response.map(|body| Body::new(Held { body, _active: active })))
    }

    /// Hands a request to its handler, if it is one that a handler may see.
    async fn pass_on(
        self: &Arc<Self>,
        request: Request<Incoming>,
        client: IpAddr,
        call: CallId,
        settings: &Settings,
    ) -> Outcome {
        // Whoever refuses it, from here on.
        let mut request = request.map(Drained::new);
        let refuse = |problem: Problem| {
            self.metrics.refused(problem.code);
            Outcome::refused(problem, call)
        };
        if let Some(problem) = unacceptable(&request, settings) {
            return refuse(problem);
        }
        let limits = &settings.limits;
        let (most, most_of_one) = (limits.requests_in_flight, limits.requests_per_address);
        let Ok(slot) = self.requests.enter(Some(client), most, most_of_one) else {
            return refuse(Problem::OVERLOADED);
        };
        let method = request.method().clone();
        request.extensions_mut().insert(call);
        request.extensions_mut().insert(ClientAddress(client));
        let fault = FaultCell::default();
        let request = request.map(|body| Body::new(Paced::new(body, limits, fault.clone())));

        // A task of its own: a client that leaves does not take the call with
        // it, which is finished and recorded; and a panic is one answer.
        let router = self.router.clone();
        let work = async move {
            let answer = router.oneshot(request).await;
            drop(slot);
            answer
        };
        let task = self.workers.spawn(self.tasks.track_future(work.in_current_span()));
        let response = match tokio::time::timeout(limits.answer.into(), task).await {
            Ok(Ok(Ok(response))) => response,
            Ok(Ok(Err(never))) => match never {},
            Ok(Err(_panic)) => {
                tracing::error!(name: "handler_failed", call_id = %call);
                return Outcome::refused(Problem::INTERNAL, call).forgetting();
            }
            Err(_late) => return refuse(Problem::LATE).forgetting(),
        };
        let answered = response.extensions().get::<Answered>().copied();
        let forgets = response.extensions().get::<Forget>().is_some();
        match fault.get() {
            // The handler knows only that reading failed; the door knows why.
            Some(fault) if response.status().is_client_error() => {
                let problem = match fault {
                    BodyFault::TooSlow => Problem::SLOW_BODY,
                    BodyFault::TooLarge => Problem::BODY,
                    BodyFault::Broken => Problem::BROKEN_BODY,
                };
                let call = answered.and_then(|answered| answered.call).unwrap_or(call);
                self.metrics.refused(problem.code);
                let outcome = Outcome::refused(problem, call);
                if forgets { outcome.forgetting() } else { outcome }
            }
            _ => dress::complete(response, answered, &method, call),
        }
    }

    fn new_call(&self) -> CallId {
        let mut random = self.random.lock().unwrap_or_else(PoisonError::into_inner);
        CallId::new(self.clock.now(), random.as_mut())
    }
}

impl Outcome {
    /// An answer of the door itself.
    pub(crate) fn refused(problem: Problem, call: CallId) -> Self {
        let outcome = if problem.status.is_server_error() { "failed" } else { "refused" };
        Self {
            response: problem.answer(call),
            answered: Answered { call: None, interface: "none", outcome, code: problem.code },
        }
    }

    /// What was sent is to be nowhere: whoever had it in hand cannot say whether it
    /// was of that kind.
    fn forgetting(mut self) -> Self {
        self.response.extensions_mut().insert(Forget);
        self
    }
}

/// Why no handler may see a request.
fn unacceptable(request: &Request<Drained>, settings: &Settings) -> Option<Problem> {
    let limits = &settings.limits;
    let headers = request.headers();
    let header_bytes: usize =
        headers.iter().map(|(name, value)| name.as_str().len() + value.len()).sum();
    let target = request.uri().path_and_query().map_or(0, |target| target.as_str().len());
    let announced =
        headers.get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse().ok());
    if method_name(request.method()) == "other" {
        Some(Problem::UNKNOWN_METHOD)
    } else if target > limits.target_bytes {
        Some(Problem::TARGET)
    } else if header_bytes > limits.header_bytes || headers.len() > limits.headers {
        Some(Problem::HEADERS)
    } else if announced.is_some_and(|bytes: u64| bytes > limits.body_bytes as u64) {
        Some(Problem::BODY)
    } else {
        None
    }
}

/// A method's name from a closed list.
fn method_name(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}

/// An answer's body; the request counts as active until it is sent or given up.
struct Held {
    body: Body,
    _active: Active,
}

impl hyper::body::Body for Held {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.body).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
