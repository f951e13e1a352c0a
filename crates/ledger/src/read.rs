//! What a tenant can ask of the ledger.

use bonafide_context::{CallId, Date, Environment, Region, TenantId, Timestamp};
use serde::Serialize;

use crate::{ApplicationId, Caller, IndexError, Ledger, LogEntry, Scope};

/// What part of the ledger a reader sees; everything else is not there for him.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct View {
    /// Of which tenant.
    pub tenant: TenantId,
    /// In which world.
    pub environment: Environment,
    /// Only of this application; `None` for all of the tenant's.
    pub application: Option<ApplicationId>,
}

impl View {
    /// A caller sees his own application; with the scope `admin`, the tenant's
    /// applications in the same environment.
    pub fn of(caller: &Caller) -> Self {
        let own = (!caller.scopes.has(Scope::Admin)).then(|| caller.application.clone());
        Self { tenant: caller.tenant, environment: caller.environment, application: own }
    }

    /// The same view of one application only.
    #[must_use]
    pub fn only(mut self, application: ApplicationId) -> Option<Self> {
        if self.application.as_ref().is_some_and(|own| *own != application) {
            return None;
        }
        self.application = Some(application);
        Some(self)
    }
}

/// Which calls to count.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UsageQuery {
    /// From this day, in UTC.
    pub from: Date,
    /// To this day, included.
    pub to: Date,
    /// Only of this application of the view.
    pub application: Option<ApplicationId>,
    /// Only of this interface.
    pub interface: Option<String>,
}

/// Calls and fees.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Usage {
    /// The currency of the fees, three letters; empty if everything is free.
    pub currency: String,
    /// All calls of the lines.
    pub calls: u64,
    /// All fees of the lines, in millionths of the currency.
    pub fees: u64,
    /// By day and interface, in this order.
    pub lines: Vec<UsageLine>,
}

/// Calls and fees of one interface on one day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct UsageLine {
    /// The day, in UTC, on which the calls started.
    pub day: Date,
    /// The interface.
    pub interface: String,
    /// How many calls.
    pub calls: u64,
    /// What they cost, in millionths of the currency.
    pub fees: u64,
    /// How many calls by result.
    pub results: std::collections::BTreeMap<String, u64>,
}

/// A monitoring row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CallRow {
    /// The tenant's AppID.
    pub app_id: TenantId,
    /// Which application.
    pub application: ApplicationId,
    /// In which world.
    pub environment: Environment,
    /// Which interface.
    pub interface: String,
    /// `ok` or a code.
    pub result: String,
    /// The call's id.
    pub call_id: CallId,
    /// When it started, in milliseconds since 1970.
    pub started_at: u64,
    /// When it ended, in milliseconds since 1970.
    pub ended_at: u64,
    /// In which region.
    pub region: Region,
    /// What it cost, in millionths of the currency.
    pub fee: u64,
}

/// Which monitoring rows to list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CallQuery {
    /// Only of this application of the view.
    pub application: Option<ApplicationId>,
    /// Only of this interface.
    pub interface: Option<String>,
    /// Only with this result.
    pub result: Option<String>,
    /// Only calls that started at this moment or later.
    pub from: Option<Timestamp>,
    /// Only calls that started before this moment.
    pub until: Option<Timestamp>,
    /// Where the page before ended.
    pub cursor: Option<String>,
    /// At most so many, 1 to 1000; 0 for 100.
    pub limit: u32,
}

/// What to look for in the operation log.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LogQuery {
    /// Only of this application of the view.
    pub application: Option<ApplicationId>,
    /// Only of this call.
    pub call: Option<CallId>,
    /// Only of this interface.
    pub interface: Option<String>,
    /// Only this step.
    pub step: Option<String>,
    /// Only with this outcome.
    pub outcome: Option<String>,
    /// Only where this is the step, its outcome or a code among its facts.
    pub code: Option<String>,
    /// Free words: all of them must occur in names and codes.
    pub words: Option<String>,
    /// Only of calls that started at this moment or later.
    pub from: Option<Timestamp>,
    /// Only of calls that started before this moment.
    pub until: Option<Timestamp>,
    /// Where the page before ended.
    pub cursor: Option<String>,
    /// At most so many, 1 to 1000; 0 for 100.
    pub limit: u32,
}

/// A page of a listing, the newest first.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Page<T> {
    /// What is on it.
    pub items: Vec<T>,
    /// What to ask the next page with; `None` if this was the last.
    pub next: Option<String>,
}

/// Everything about one call.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Trace {
    /// Its monitoring row.
    pub call: CallRow,
    /// Its steps in order; `None` if the index that has them does not answer.
    pub steps: Option<Vec<LogEntry>>,
}

/// Why nothing can be told.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// The record store does not answer.
    #[error("the ledger does not answer: try again in a moment")]
    Unavailable,
    /// The cursor is not one that a page ended with.
    #[error("take the cursor from the page before, as it is")]
    Cursor,
    /// The index does not answer.
    #[error(transparent)]
    Index(#[from] IndexError),
}

impl Ledger {
    /// Calls and fees by day and interface, from the counters.
    pub async fn usage(&self, _view: &View, _query: &UsageQuery) -> Result<Usage, ReadError> {
        todo!()
    }

    /// Monitoring rows, the newest call first.
    pub async fn calls(
        &self,
        _view: &View,
        _query: &CallQuery,
    ) -> Result<Page<CallRow>, ReadError> {
        todo!()
    }

    /// One call with its steps; `None` for one that is not there, has expired
    /// or is not in the view. A call can be seen as soon as it was answered.
    pub async fn trace(&self, _view: &View, _id: CallId) -> Result<Option<Trace>, ReadError> {
        todo!()
    }

    /// Steps of the operation log, the newest call first. What was answered in
    /// the last moments may not be in the index yet ([`Ledger::lag`]).
    pub async fn search(
        &self,
        _view: &View,
        _query: &LogQuery,
    ) -> Result<Page<LogEntry>, ReadError> {
        todo!()
    }
}
