//! Opening and closing calls.

use std::collections::{BTreeMap, VecDeque};
use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use bonafide_context::{CallId, Clock, Date, Keeper, Random, TenantId, Timestamp};
use bonafide_vault::records::lease::Lease;
use bonafide_vault::records::{Change, Condition, Records, RecordsError, Row};

use crate::call::Trace;
use crate::facts::checked;
use crate::tables::{CALLS, USAGE};
use crate::when::{DAY_MS, start_of};
use crate::{Call, Caller, Interface, LogIndex, Outcome, Prices, journal};

/// The ledger of a node. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Ledger {
    pub(crate) shared: Arc<Shared>,
}

/// A call whose trace is durable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Closed {
    /// Its id, for the answer.
    pub call_id: CallId,
    /// When it ended.
    pub ended: Timestamp,
    /// What it costs, in millionths of the currency.
    pub fee: u64,
}

/// Why a call did not end as it should.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LedgerError {
    /// Nothing was written, or nobody knows: the call must fail with "try
    /// again later" (503), whatever it had found out. Its trace is written by
    /// [`Ledger::settle`] when the store is back.
    #[error("the ledger cannot write: try again in a moment")]
    Unavailable,
    /// The business changes met another state than they expected, so that none
    /// of them was made. The trace is written, with the outcome `conflict`.
    #[error("another change came first: read again and repeat")]
    Conflict(Closed),
    /// The record store refuses the business changes for what they are: an
    /// error of the program. The trace is written, with the outcome `internal`.
    #[error("the changes of this call cannot be stored")]
    Refused(Closed, #[source] RecordsError),
}

/// What the ledger counts of itself, for metrics.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    /// Calls that were dropped without being closed, since the start.
    pub abandoned: u64,
    /// Traces of failed or abandoned calls that wait to be written.
    pub late: u64,
    /// Traces that were given up because too many waited, since the start.
    pub lost: u64,
}

/// More late traces than this are given up, the oldest first.
const MOST_LATE: usize = 10_000;

/// Over so many rows the counting of one application is spread.
const SHARDS: u64 = 8;

impl Ledger {
    /// A ledger over stores that are migrated ([`crate::MIGRATIONS`]). `random`
    /// draws the name of this node.
    pub fn new(
        records: Arc<dyn Records>,
        index: Arc<dyn LogIndex>,
        prices: Prices,
        clock: Arc<dyn Clock>,
        random: &mut dyn Random,
    ) -> Self {
        let node = format!("{:016x}", random.u64());
        Self {
            shared: Arc::new(Shared {
                records,
                index,
                clock,
                node,
                prices: RwLock::new(Arc::new(prices)),
                late: Mutex::new(VecDeque::new()),
                abandoned: AtomicU64::new(0),
                lost: AtomicU64::new(0),
                shipping: tokio::sync::Mutex::new(None),
                partitions_reaped: Mutex::new(None),
                tenants_reaped: Mutex::default(),
            }),
        }
    }

    /// Opens a call under the name that it got where it came in: answer, trace
    /// and logs have one name for it. It began when that was drawn, and no other
    /// call was ever given it. Nothing is written yet.
    pub fn open_call(&self, id: CallId, caller: Caller, interface: &'static Interface) -> Call {
        Call::open(id, caller, interface, start_of(id), self.shared.clone())
    }

    /// Ends a call: one commit holds the business changes `with`, the
    /// monitoring row, the steps and the usage counter. The answer may leave
    /// when, and only when, this returned.
    pub async fn close(
        &self,
        mut call: Call,
        outcome: Outcome,
        with: Vec<Change>,
    ) -> Result<Closed, LedgerError> {
        let outcome = Outcome { code: checked(outcome.code), ..outcome };
        call.trace.end(self.shared.clock.elapsed());
        let (written, closed) = self.shared.write(&call.trace, outcome, &with).await;
        let refused = match written {
            Written::Yes => {
                call.settled = true;
                return Ok(closed);
            }
            Written::Conflict if !with.is_empty() => None,
            Written::Refused(error) if !with.is_empty() => Some(error),
            // Without changes of the caller's there is nothing to leave out.
            Written::Conflict | Written::Refused(_) | Written::Down => {
                return Err(self.late(call));
            }
        };
        let second = match refused {
            None => Outcome::caller("conflict"),
            Some(_) => Outcome::ours("internal"),
        };
        let (Written::Yes, closed) = self.shared.write(&call.trace, second, &[]).await else {
            return Err(self.late(call));
        };
        call.settled = true;
        Err(match refused {
            None => LedgerError::Conflict(closed),
            Some(error) => LedgerError::Refused(closed, error),
        })
    }

    /// Writes the traces of calls that were abandoned or could not be written
    /// when they ended; gives how many. To be called every second or so.
    pub async fn settle(&self) -> Result<u64, LedgerError> {
        let mut settled = 0;
        loop {
            let next = lock(&self.shared.late).pop_front();
            let Some(late) = next else { return Ok(settled) };
            let (written, _) = self.shared.write(&late.trace, late.outcome, &[]).await;
            if written != Written::Yes {
                lock(&self.shared.late).push_front(late);
                return Err(LedgerError::Unavailable);
            }
            settled += 1;
        }
    }

    /// From now on, these prices.
    pub fn set_prices(&self, prices: Prices) {
        *self.shared.prices.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(prices);
    }

    /// What the ledger counts of itself.
    pub fn figures(&self) -> Figures {
        Figures {
            abandoned: self.shared.abandoned.load(Ordering::Relaxed),
            late: u64::try_from(lock(&self.shared.late).len()).unwrap_or(u64::MAX),
            lost: self.shared.lost.load(Ordering::Relaxed),
        }
    }

    /// The call fails now; its trace is written when the store is back.
    fn late(&self, mut call: Call) -> LedgerError {
        call.settled = true;
        self.shared.keep_late(call.trace.clone(), Outcome::ours("ledger_unavailable"));
        LedgerError::Unavailable
    }
}

/// What a node's calls share.
pub(crate) struct Shared {
    pub(crate) records: Arc<dyn Records>,
    pub(crate) index: Arc<dyn LogIndex>,
    pub(crate) clock: Arc<dyn Clock>,
    /// Who this node is among those that share the stores.
    pub(crate) node: String,
    prices: RwLock<Arc<Prices>>,
    late: Mutex<VecDeque<Late>>,
    abandoned: AtomicU64,
    lost: AtomicU64,
    /// Held by who ships, with this node's lease.
    pub(crate) shipping: tokio::sync::Mutex<Option<Lease>>,
    /// The first day that is kept, when partitions were last looked at.
    pub(crate) partitions_reaped: Mutex<Option<Date>>,
    /// The same of tenants with clocks of their own.
    pub(crate) tenants_reaped: Mutex<BTreeMap<TenantId, Date>>,
}

/// A trace that has to be written yet.
struct Late {
    trace: Trace,
    outcome: Outcome,
}

/// What became of an attempt to write.
#[derive(PartialEq)]
enum Written {
    Yes,
    /// The changes met another state than they expect.
    Conflict,
    /// The store refuses the changes for what they are.
    Refused(RecordsError),
    Down,
}

impl Shared {
    pub(crate) fn prices(&self) -> Arc<Prices> {
        self.prices.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// A call was dropped before it was closed: its client went away, or its
    /// handler failed. It is free: nobody got an answer.
    pub(crate) fn abandon(&self, trace: &mut Trace) {
        self.abandoned.fetch_add(1, Ordering::Relaxed);
        tracing::debug!(call_id = %trace.id, interface = trace.interface.name, "call abandoned");
        trace.end(self.clock.elapsed());
        self.keep_late(trace.clone(), Outcome::ours("abandoned"));
    }

    fn keep_late(&self, trace: Trace, outcome: Outcome) {
        let mut late = lock(&self.late);
        if late.len() >= MOST_LATE {
            late.pop_front();
            self.lost.fetch_add(1, Ordering::Relaxed);
        }
        late.push_back(Late { trace, outcome });
    }

    /// Writes a trace together with the changes. The monitoring row's key
    /// makes sure that nothing is written twice: when nobody knows whether a
    /// commit happened, the call id is looked up and the same is tried again.
    async fn write(&self, trace: &Trace, outcome: Outcome, with: &[Change]) -> (Written, Closed) {
        let fee = self.prices().fee(trace.interface, outcome);
        let lasted = u64::try_from(trace.ended.saturating_sub(trace.opened).as_millis());
        let ended = Timestamp(trace.started.0.saturating_add(lasted.unwrap_or(u64::MAX)));
        let closed = Closed { call_id: trace.id, ended, fee };
        for _ in 0..2 {
            let mut changes = Vec::with_capacity(with.len() + 3);
            changes.extend_from_slice(with);
            changes.extend(trace_changes(trace, outcome, &closed));
            let failed = match self.records.commit(changes).await {
                Ok(()) => return (Written::Yes, closed),
                Err(error) => error,
            };
            if matches!(failed, RecordsError::Unavailable { .. }) {
                return (Written::Down, closed);
            }
            match self.is_written(trace.id).await {
                Ok(true) => return (Written::Yes, closed),
                Ok(false) if failed == RecordsError::Unknown => {}
                Ok(false) if failed == RecordsError::Conflict => {
                    return (Written::Conflict, closed);
                }
                Ok(false) => return (Written::Refused(failed), closed),
                Err(_) => return (Written::Down, closed),
            }
        }
        (Written::Down, closed)
    }

    async fn is_written(&self, id: CallId) -> Result<bool, RecordsError> {
        let by_id = vec![Condition::is("call_id", id.to_string())];
        Ok(self.records.count(&CALLS, by_id).await? > 0)
    }
}

/// Monitoring row, steps and counter of a call. The counter comes last, so that
/// a store with row locks holds it as short as can be.
fn trace_changes(trace: &Trace, outcome: Outcome, closed: &Closed) -> [Change; 3] {
    let caller = &trace.caller;
    let call = Row::new(&CALLS)
        .with("app_id", caller.tenant.0)
        .with("application", caller.application.as_str())
        .with("environment", caller.environment.as_str())
        .with("interface", trace.interface.name)
        .with("result", outcome.code)
        .with("call_id", trace.id.to_string())
        .with("started_at", trace.started)
        .with("ended_at", closed.ended)
        .with("region", caller.region.as_str())
        .with("fee", closed.fee);
    let usage = Row::new(&USAGE)
        .with("app_id", caller.tenant.0)
        .with("application", caller.application.as_str())
        .with("environment", caller.environment.as_str())
        .with("region", caller.region.as_str())
        .with("interface", trace.interface.name)
        .with("day", trace.started.0 / DAY_MS)
        .with("result", outcome.code)
        .with("shard", shard(trace.id))
        .with("calls", 0_u64)
        .with("fees", 0_u64);
    let counted = i64::from(Keeper::UsageCounter.works());
    let fee = i64::try_from(closed.fee).unwrap_or(i64::MAX);
    [
        Change::Insert(call),
        Change::Insert(journal::row(trace, outcome)),
        Change::Add { row: usage, by: vec![("calls", counted), ("fees", fee)] },
    ]
}

/// Where a call is counted: by the chance in its id.
fn shard(id: CallId) -> u64 {
    let last = id.to_string().bytes().last().unwrap_or(0);
    u64::from(last) % SHARDS
}

pub(crate) fn lock<T: ?Sized>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // What these hold stays sound if a holder panicked.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl fmt::Debug for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shared").field("node", &self.node).finish_non_exhaustive()
    }
}
