//! One call from its first byte to its trace.

use std::sync::Arc;
use std::time::Duration;

use bonafide_context::{CallId, Timestamp};
use bonafide_vault::Opener;

use crate::facts::checked;
use crate::ledger::Shared;
use crate::{Caller, Facts, Interface};

/// A call that is being answered. It ends in [`crate::Ledger::close`]; one that
/// is dropped on the way (its client went away) is written down as `abandoned`
/// by [`crate::Ledger::settle`], so that every call leaves its row.
#[derive(Debug)]
pub struct Call {
    pub(crate) trace: Trace,
    pub(crate) shared: Arc<Shared>,
    /// When the last step ended, since the start of the clock.
    mark: Duration,
    /// Whether the trace is written, or stands among those that are late.
    pub(crate) settled: bool,
}

/// What is known of a call, to be written down.
#[derive(Clone, Debug)]
pub(crate) struct Trace {
    pub(crate) id: CallId,
    pub(crate) caller: Caller,
    pub(crate) interface: &'static Interface,
    pub(crate) started: Timestamp,
    /// The same moment since the start of the clock.
    pub(crate) opened: Duration,
    /// When it ended, likewise; set when it is written down.
    pub(crate) ended: Duration,
    pub(crate) steps: Vec<Step>,
    pub(crate) left_out: u64,
    /// In whose name items are opened for it.
    pub(crate) opener: Opener,
}

/// One step of a call, as it will stand in the operation log.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// What was done: `request`, `decode`, `mrz.read` …
    pub name: &'static str,
    /// How it ended: `ok` or a code.
    pub outcome: &'static str,
    /// When it ended, since the call was opened.
    pub at: Duration,
    /// How long it took.
    pub took: Duration,
    /// What else there is to say.
    pub facts: Facts,
}

/// More steps than this are counted and left out.
const MOST_STEPS: usize = 64;

impl Call {
    pub(crate) fn open(
        id: CallId,
        caller: Caller,
        interface: &'static Interface,
        started: Timestamp,
        shared: Arc<Shared>,
    ) -> Self {
        let opened = shared.clock.elapsed();
        let steps = Vec::with_capacity(8);
        let trace = Trace {
            id,
            caller,
            interface,
            started,
            opened,
            ended: opened,
            steps,
            left_out: 0,
            opener: Opener::call(id),
        };
        Self { trace, shared, mark: opened, settled: false }
    }

    /// The name that every answer carries.
    pub fn id(&self) -> CallId {
        self.trace.id
    }

    /// Who calls.
    pub fn caller(&self) -> &Caller {
        &self.trace.caller
    }

    /// What is called.
    pub fn interface(&self) -> &'static Interface {
        self.trace.interface
    }

    /// When it was opened.
    pub fn started(&self) -> Timestamp {
        self.trace.started
    }

    /// In whose name items are opened for it.
    pub fn opener(&self) -> &Opener {
        &self.trace.opener
    }

    /// The steps so far.
    pub fn steps(&self) -> &[Step] {
        &self.trace.steps
    }

    /// Adds a step that took the time since the step before it.
    pub fn step(&mut self, name: &'static str, outcome: &'static str, facts: Facts) {
        let took = self.shared.clock.elapsed().saturating_sub(self.mark);
        self.step_took(name, outcome, took, facts);
    }

    /// Adds a step that was measured elsewhere, as in the compute pool.
    pub fn step_took(
        &mut self,
        name: &'static str,
        outcome: &'static str,
        took: Duration,
        facts: Facts,
    ) {
        self.mark = self.shared.clock.elapsed();
        let (name, outcome) = (checked(name), checked(outcome));
        // A span within the call's own, told of when the step is over: whoever
        // records spans takes its start from the duration.
        let duration_ms = took.as_secs_f64() * 1e3;
        drop(tracing::info_span!("step", step = name, outcome, duration_ms));
        if self.trace.steps.len() >= MOST_STEPS {
            self.trace.left_out += 1;
            return;
        }
        let at = self.mark.saturating_sub(self.trace.opened);
        self.trace.steps.push(Step { name, outcome, at, took, facts });
    }
}

impl Trace {
    /// The last step, where anything was opened for the call: how many items of which
    /// category (row P10). Beyond the number of steps, since it is about all of them.
    pub(crate) fn end(&mut self, ended: Duration) {
        self.ended = ended;
        let opened = self.opener.opened();
        if opened.is_empty() || self.steps.iter().any(|step| step.name == OPENED) {
            return;
        }
        let facts = Facts::new()
            .codes("categories", opened.keys().map(|category| category.as_str()))
            .count("items", opened.values().sum());
        let (at, took) = (ended.saturating_sub(self.opened), Duration::ZERO);
        self.steps.push(Step { name: OPENED, outcome: "ok", at, took, facts });
    }
}

/// The step that tells what was opened for a call.
const OPENED: &str = "vault.opened";

impl Drop for Call {
    fn drop(&mut self) {
        if !self.settled {
            self.shared.abandon(&mut self.trace);
        }
    }
}

/// How a call ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// `ok`, or the code that the answer carries: the result in the monitoring
    /// row, in prices and usage. Dialects map it to their own names.
    pub code: &'static str,
    /// Whose fault it was.
    pub fault: Fault,
}

impl Outcome {
    /// The call did what was asked.
    pub const OK: Self = Self::new("ok", Fault::None);
    /// The call was answered with what an earlier one had found out; it is free,
    /// whatever prices say of every other result.
    pub const REPLAYED: Self = Self::new("replayed", Fault::None);

    /// An outcome.
    pub const fn new(code: &'static str, fault: Fault) -> Self {
        Self { code, fault }
    }

    /// The call failed for something that the caller can mend.
    pub const fn caller(code: &'static str) -> Self {
        Self::new(code, Fault::Caller)
    }

    /// A rate or a quota of the caller's was reached, and nothing was done; it
    /// is free.
    pub const fn limited(code: &'static str) -> Self {
        Self::new(code, Fault::Limit)
    }

    /// The call failed for something that the caller cannot mend; it is free.
    pub const fn ours(code: &'static str) -> Self {
        Self::new(code, Fault::Ours)
    }
}

/// Whose fault a failure is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Fault {
    /// Nobody's: there was none.
    None,
    /// The caller's: he can mend it.
    Caller,
    /// The caller's, who asks too much: he can wait.
    Limit,
    /// The server's, or something that it relies on.
    Ours,
}

impl Fault {
    /// The name in the operation log.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Caller => "caller",
            Self::Limit => "limit",
            Self::Ours => "ours",
        }
    }
}
