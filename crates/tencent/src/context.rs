//! What an action has at hand.

use std::sync::Arc;

use bonafide_ledger::Call;
use bonafide_vault::records::Change;
use bonafide_verify::{App, Done};

use crate::Settings;

/// What every request of this room needs.
pub(crate) struct Dialect {
    pub(crate) app: Arc<App>,
    pub(crate) settings: Settings,
}

/// A request that has been let in, and what it has led to so far.
pub(crate) struct Context {
    pub(crate) dialect: Arc<Dialect>,
    /// The call that it is.
    pub(crate) call: Call,
    /// To be committed together with the call's trace.
    pub(crate) changes: Vec<Change>,
}

impl Context {
    /// The rooms below.
    pub(crate) fn app(&self) -> Arc<App> {
        self.dialect.app.clone()
    }

    /// The operator's limits.
    pub(crate) fn settings(&self) -> &Settings {
        &self.dialect.settings
    }

    /// What a use case gave: its changes are noted, its answer is returned.
    pub(crate) fn done<A>(&mut self, done: Done<A>) -> A {
        self.changes.extend(done.changes);
        done.answer
    }
}
