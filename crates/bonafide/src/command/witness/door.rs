//! `POST /add-checkpoint`.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use async_trait::async_trait;
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderValue, Response, StatusCode};
use axum::routing::post;
use bonafide_context::Answered;
use bonafide_server::{Component, Figure, Figures, Health, Kind, State as Condition};
use bonafide_transparency::note::Signature;
use bonafide_transparency::witness::{AddCheckpoint, Answer, Witness};

use super::say;
use super::store::FileWitness;

/// Bytes of a request that are read: one more than any that is a request.
const MOST: usize = 1_010_000;

/// The witness behind its door.
pub(super) struct Door {
    witness: Witness,
    store: Arc<FileWitness>,
    cosigned: AtomicU64,
    refused: AtomicU64,
    /// Requests that show that a log has two histories.
    histories: AtomicU64,
}

impl Door {
    pub(super) fn new(witness: Witness, store: Arc<FileWitness>) -> Self {
        let none = AtomicU64::default;
        Self { witness, store, cosigned: none(), refused: none(), histories: none() }
    }

    async fn answer(&self, body: &[u8]) -> Answer {
        let answer = self.witness.add_checkpoint(body).await;
        match &answer {
            Answer::Cosigned(lines) => {
                self.cosigned.fetch_add(1, Ordering::Relaxed);
                self.keep_signed(body, lines);
            }
            Answer::Conflict { split_view: true, .. } | Answer::Inconsistent => {
                self.refused.fetch_add(1, Ordering::Relaxed);
                self.histories.fetch_add(1, Ordering::Relaxed);
                say("a log shows another history than the one that was signed: see `refused`");
                if let Err(error) = self.store.keep_refused(body) {
                    say(&format!("what shows it cannot be kept: {error}"));
                }
            }
            _ => {
                self.refused.fetch_add(1, Ordering::Relaxed);
            }
        }
        answer
    }

    /// The checkpoint with the signature, for whoever asks the operator for it. What
    /// counts is remembered already.
    fn keep_signed(&self, body: &[u8], lines: &str) {
        let Ok(AddCheckpoint { mut checkpoint, .. }) = AddCheckpoint::parse(body) else { return };
        for line in Signature::parse_lines(lines).unwrap_or_default() {
            if checkpoint.add(line).is_err() {
                return;
            }
        }
        let origin = checkpoint.checkpoint().origin.clone();
        if let Err(error) = self.store.keep_signed(&origin, &checkpoint.to_text()) {
            say(&format!("the newest checkpoint cannot be kept: {error}"));
        }
    }
}

pub(super) fn routes(door: Arc<Door>) -> Router {
    Router::new().route("/add-checkpoint", post(add_checkpoint)).with_state(door)
}

async fn add_checkpoint(State(door): State<Arc<Door>>, request: Request) -> Response<Body> {
    let answer = match to_bytes(request.into_body(), MOST).await {
        Ok(body) => door.answer(&body).await,
        Err(_) => Answer::BadRequest,
    };
    let status = StatusCode::from_u16(answer.status());
    let status = status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = Response::new(Body::from(answer.body()));
    *response.status_mut() = status;
    let kind = HeaderValue::from_static(answer.content_type());
    response.headers_mut().insert(CONTENT_TYPE, kind);
    let (outcome, code) = match answer {
        Answer::Cosigned(_) => ("ok", ""),
        Answer::BadRequest => ("refused", "bad_request"),
        Answer::Forbidden => ("refused", "key_unknown"),
        Answer::UnknownLog => ("refused", "log_unknown"),
        Answer::Conflict { split_view: false, .. } => ("refused", "another_size"),
        Answer::Conflict { split_view: true, .. } => ("refused", "split_view"),
        Answer::Inconsistent => ("refused", "inconsistent"),
        Answer::Unavailable => ("failed", "store_unavailable"),
    };
    let answered = Answered { call: None, interface: "add-checkpoint", outcome, code };
    response.extensions_mut().insert(answered);
    response
}

#[async_trait]
impl Health for Door {
    async fn check(&self) -> Vec<Component> {
        let (state, code) = match self.store.works() {
            true => (Condition::Ok, "ok"),
            false => (Condition::Down, "no_answer"),
        };
        vec![Component { name: "store", state, code, needed: true }]
    }
}

impl Figures for Door {
    fn read(&self) -> Vec<Figure> {
        let figure = |name, help, value: &AtomicU64| Figure {
            name,
            help,
            kind: Kind::Counter,
            value: value.load(Ordering::Relaxed) as f64,
        };
        vec![
            figure("witness_cosigned_total", "Checkpoints signed.", &self.cosigned),
            figure("witness_refused_total", "Checkpoints refused.", &self.refused),
            figure(
                "witness_histories_total",
                "Checkpoints that show another history of a log than was signed.",
                &self.histories,
            ),
        ]
    }
}
