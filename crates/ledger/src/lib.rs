//! One trace a call: monitoring row, operation log, fee, usage.
//!
//! A dialect opens a [`Call`] for a [`Caller`], the use case adds steps, and
//! [`Ledger::close`] commits everything that the call did in one transaction:
//! the business changes, the monitoring row, the steps and the usage counter.
//! No answer leaves before it returned.
//!
//! The steps rest in a journal in the record store until [`Ledger::ship`] has
//! moved them to the [`LogIndex`], at least once and by id; an index that is
//! down never fails a call.
//!
//! Nothing personal gets in by type: a step has a name, an outcome and
//! [`Facts`], which hold codes of the program, numbers and flags only.

mod call;
mod caller;
mod clocks;
pub mod consent;
mod facts;
mod id;
pub mod index;
mod interface;
mod journal;
mod ledger;
mod prices;
mod read;
mod reap;
mod ship;
mod tables;
mod when;

#[cfg(test)]
mod tests;

pub use call::{Call, Fault, Outcome, Step};
pub use caller::{ApplicationId, Caller, KeyId, Scope, Scopes, UnknownScope};
pub use clocks::{RISK_RESTS, Rests, TraceEnds, set_clocks};
pub use facts::Facts;
pub use id::{IdError, id_text, is_id};
pub use index::{IndexError, LogEntry, LogIndex};
pub use interface::Interface;
pub use ledger::{Closed, Figures, Ledger, LedgerError};
pub use prices::{Prices, PricesError};
pub use read::{
    CallQuery, CallRow, LogQuery, Page, ReadError, Trace, Usage, UsageLine, UsageQuery, View,
};
pub use reap::Reaped;
pub use ship::{Lag, Shipped};
pub use tables::{MIGRATIONS, TABLES, TRACES};
