//! Opening and closing calls.

use std::fmt;
use std::sync::Arc;

use bonafide_context::{CallId, Clock, Random, Timestamp};
use bonafide_vault::records::{Change, Records, RecordsError};

use crate::call::Trace;
use crate::{Call, Caller, Interface, LogIndex, Outcome, Prices};

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
    /// again later" (503), whatever it had found out.
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
    /// Calls that were dropped without being closed.
    pub abandoned: u64,
    /// Traces of failed or abandoned calls that wait to be written.
    pub late: u64,
    /// Traces that could not be kept any longer: more waited than is kept.
    pub lost: u64,
}

impl Ledger {
    /// A ledger over stores that are migrated ([`crate::MIGRATIONS`]).
    pub fn new(
        records: Arc<dyn Records>,
        index: Arc<dyn LogIndex>,
        prices: Prices,
        clock: Arc<dyn Clock>,
        random: Box<dyn Random>,
    ) -> Self {
        let _ = (records, index, prices, random);
        Self { shared: Arc::new(Shared { clock }) }
    }

    /// Opens a call. Nothing is written yet.
    pub fn open_call(&self, caller: Caller, interface: &'static Interface) -> Call {
        let _ = (caller, interface);
        todo!()
    }

    /// Ends a call: one commit holds the business changes `with`, the
    /// monitoring row, the steps and the usage counter. The answer may leave
    /// when, and only when, this returned.
    pub async fn close(
        &self,
        call: Call,
        outcome: Outcome,
        with: Vec<Change>,
    ) -> Result<Closed, LedgerError> {
        let _ = (call, outcome, with);
        todo!()
    }

    /// Writes the traces of calls that were abandoned or could not be written
    /// when they ended. To be called every second or so.
    pub async fn settle(&self) -> Result<u64, LedgerError> {
        todo!()
    }

    /// From now on, these prices.
    pub fn set_prices(&self, prices: Prices) {
        let _ = prices;
        todo!()
    }

    /// What the ledger counts of itself.
    pub fn figures(&self) -> Figures {
        todo!()
    }
}

/// What a node's calls share.
pub(crate) struct Shared {
    pub(crate) clock: Arc<dyn Clock>,
}

impl Shared {
    pub(crate) fn abandon(&self, trace: &Trace) {
        let _ = trace;
    }
}

impl fmt::Debug for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ledger").finish_non_exhaustive()
    }
}
