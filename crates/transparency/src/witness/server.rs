//! The witness's side.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use bonafide_context::Clock;

use super::AddCheckpoint;
use crate::Hash;
use crate::checkpoint::{Head, Origin};
use crate::note::{Algorithm, KeyError, Keyring, SigningKey, VerifierKey};
use crate::storage::{StorageError, Swap, Violation};
use crate::tree::verify_consistency;

/// What a witness remembers: for each log, the one head it has cosigned last.
/// Losing it is losing the power to notice; a backup that is restored makes it
/// forget, so it is kept like a key.
#[async_trait]
pub trait WitnessStorage: Send + Sync {
    /// The head cosigned last.
    async fn latest(&self, origin: &Origin) -> Result<Option<Head>, StorageError>;

    /// Writes a head if the log's is still `from`; atomic, durable on return.
    async fn advance(
        &self,
        origin: &Origin,
        from: Option<Head>,
        to: Head,
    ) -> Result<Swap, StorageError>;
}

/// Cosigns the checkpoints of the logs it knows.
pub struct Witness {
    key: SigningKey,
    logs: Vec<(Origin, Keyring)>,
    storage: Arc<dyn WitnessStorage>,
    clock: Arc<dyn Clock>,
}

/// What a witness answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// 200: cosignature lines.
    Cosigned(String),
    /// 400: not a request.
    BadRequest,
    /// 403: no known key of the log has signed.
    Forbidden,
    /// 404: not a log it knows.
    UnknownLog,
    /// 409: it has cosigned this size last.
    Conflict {
        /// The size.
        size: u64,
        /// The same size with another root, signed by the log: proof that it
        /// shows two histories. To be kept and told.
        split_view: bool,
    },
    /// 422: the tree it has seen is not the beginning of this one. Signed by the
    /// log, and so to be kept and told as well.
    Inconsistent,
    /// 503: its store does not answer.
    Unavailable,
}

impl Answer {
    /// The status of HTTP.
    pub const fn status(&self) -> u16 {
        match self {
            Self::Cosigned(_) => 200,
            Self::BadRequest => 400,
            Self::Forbidden => 403,
            Self::UnknownLog => 404,
            Self::Conflict { .. } => 409,
            Self::Inconsistent => 422,
            Self::Unavailable => 503,
        }
    }

    /// The `Content-Type`.
    pub const fn content_type(&self) -> &'static str {
        match self {
            Self::Conflict { .. } => "text/x.tlog.size",
            _ => "text/plain; charset=utf-8",
        }
    }

    /// The body.
    pub fn body(&self) -> String {
        match self {
            Self::Cosigned(lines) => lines.clone(),
            Self::Conflict { size, .. } => format!("{size}\n"),
            _ => String::new(),
        }
    }
}

impl Witness {
    /// A witness with a cosignature key of its own, for logs by their keys; a
    /// key's name is its log's.
    pub fn new(
        key: SigningKey,
        logs: impl IntoIterator<Item = VerifierKey>,
        storage: Arc<dyn WitnessStorage>,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, KeyError> {
        if key.verifier().algorithm() != Algorithm::Cosignature {
            return Err(KeyError::Algorithm(key.verifier().algorithm().byte()));
        }
        let mut by_origin: BTreeMap<Origin, Vec<VerifierKey>> = BTreeMap::new();
        for log in logs {
            if log.algorithm() != Algorithm::Ed25519 {
                return Err(KeyError::Algorithm(log.algorithm().byte()));
            }
            by_origin.entry(Origin::from(log.name())).or_default().push(log);
        }
        let logs = by_origin.into_iter().map(|(origin, keys)| Ok((origin, Keyring::new(keys)?)));
        Ok(Self { key, logs: logs.collect::<Result<_, _>>()?, storage, clock })
    }

    /// The key that its cosignatures are verified with.
    pub fn verifier(&self) -> &VerifierKey {
        self.key.verifier()
    }

    /// Answers the body of `POST …/add-checkpoint`.
    pub async fn add_checkpoint(&self, body: &[u8]) -> Answer {
        let Ok(request) = AddCheckpoint::parse(body) else { return Answer::BadRequest };
        let checkpoint = request.checkpoint.checkpoint();
        let known = self.logs.iter().find(|(origin, _)| *origin == checkpoint.origin);
        let Some((origin, keys)) = known else { return Answer::UnknownLog };
        if request.checkpoint.verify(origin, keys).is_err() {
            return Answer::Forbidden;
        }
        let Ok(latest) = self.storage.latest(origin).await else { return Answer::Unavailable };
        if let Err(refusal) = judge(latest, &request) {
            return refusal;
        }
        // Remembered before it is said; whoever came first in between wins.
        match self.storage.advance(origin, latest, checkpoint.head).await {
            Ok(Swap::Swapped) => {
                let text = request.checkpoint.note().text();
                Answer::Cosigned(self.key.sign(text, self.clock.now()).to_line())
            }
            Ok(Swap::Conflict) => match self.storage.latest(origin).await {
                Ok(Some(latest)) => Answer::Conflict { size: latest.size, split_view: false },
                _ => Answer::Unavailable,
            },
            Err(_) => Answer::Unavailable,
        }
    }
}

/// Whether a checkpoint, signed by its log, may follow the head that was
/// cosigned last.
fn judge(latest: Option<Head>, request: &AddCheckpoint) -> Result<(), Answer> {
    let new = request.checkpoint.head();
    if request.old > new.size {
        return Err(Answer::BadRequest);
    }
    let latest = latest.unwrap_or_else(Head::empty);
    if latest.size != request.old {
        return Err(Answer::Conflict { size: latest.size, split_view: false });
    }
    if latest.size == new.size && latest.root != new.root {
        return Err(Answer::Conflict { size: latest.size, split_view: true });
    }
    verify_consistency((latest.size, latest.root), (new.size, new.root), &request.proof)
        .map_err(|_| Answer::Inconsistent)
}

/// What every witness's memory must do: run it against an empty one.
pub async fn conformance(store: &dyn WitnessStorage) -> Result<(), Violation> {
    let rule = |holds: bool, text| if holds { Ok(()) } else { Err(Violation::Rule(text)) };
    let name = |text: &str| {
        text.parse::<Origin>().map_err(|_| Violation::Rule("the suite names logs that can exist"))
    };
    let (one, other) = (name("log.example/one")?, name("log.example/other")?);
    let head = |size: u64| Head { size, root: Hash::sha256(&size.to_be_bytes()) };
    rule(store.latest(&one).await?.is_none(), "a log that was never seen has no head")?;
    let early = store.advance(&one, Some(head(1)), head(2)).await?;
    rule(early == Swap::Conflict, "a log that was never seen has no head to go on from")?;
    rule(store.advance(&one, None, head(1)).await? == Swap::Swapped, "the first head is kept")?;
    let again = store.advance(&one, None, head(2)).await?;
    rule(again == Swap::Conflict, "a log is new once")?;
    let root = Head { root: head(9).root, ..head(1) };
    let forked = store.advance(&one, Some(root), head(2)).await?;
    rule(forked == Swap::Conflict, "the root counts, not the size alone")?;
    rule(store.latest(&one).await? == Some(head(1)), "a conflict changes nothing")?;
    let on = store.advance(&one, Some(head(1)), head(2)).await?;
    rule(on == Swap::Swapped, "a head follows the one before")?;
    rule(store.latest(&one).await? == Some(head(2)), "what was written is read")?;
    rule(store.latest(&other).await?.is_none(), "logs do not know of each other")
}

/// A witness's memory that ends with the process: for tests.
#[derive(Debug, Default)]
pub struct MemoryWitness {
    heads: Mutex<BTreeMap<Origin, Head>>,
}

impl MemoryWitness {
    /// An empty memory.
    pub fn new() -> Self {
        Self::default()
    }
}

#[async_trait]
impl WitnessStorage for MemoryWitness {
    async fn latest(&self, origin: &Origin) -> Result<Option<Head>, StorageError> {
        let heads = self.heads.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(heads.get(origin).copied())
    }

    async fn advance(
        &self,
        origin: &Origin,
        from: Option<Head>,
        to: Head,
    ) -> Result<Swap, StorageError> {
        let mut heads = self.heads.lock().unwrap_or_else(PoisonError::into_inner);
        if heads.get(origin).copied() != from {
            return Ok(Swap::Conflict);
        }
        heads.insert(origin.clone(), to);
        Ok(Swap::Swapped)
    }
}
