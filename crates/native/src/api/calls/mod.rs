//! `/v1/calls`: monitoring rows, and what happened in a call.

pub(crate) mod list;
pub(crate) mod read;

use bonafide_context::Timestamp;
use bonafide_ledger::{ApplicationId, CallRow, LogEntry, View};
use bonafide_verify::Moment;
use serde::Serialize;
use utoipa::ToSchema;

use crate::frame::Context;
use crate::problem::Problem;

/// What of the ledger the caller sees; an application that is not his is not
/// there.
pub(super) fn view(cx: &Context, application: Option<ApplicationId>) -> Result<View, Problem> {
    let view = View::of(&cx.caller);
    match application {
        None => Ok(view),
        Some(application) => view.only(application).ok_or_else(Problem::not_found),
    }
}

/// One row a call: who called what, when, with which result and fee.
#[derive(Serialize, ToSchema)]
#[schema(as = Call)]
pub(super) struct Row {
    /// The tenant's AppID.
    app_id: u64,
    /// Which application.
    application: String,
    /// In which world.
    environment: String,
    /// In which region.
    region: String,
    /// Which interface.
    interface: String,
    /// `ok` or a code.
    result: String,
    /// The call's id.
    call_id: String,
    /// When it started.
    started_at: Moment,
    /// When it ended.
    ended_at: Moment,
    /// What it cost, in millionths of the currency.
    fee: u64,
}

impl From<CallRow> for Row {
    fn from(row: CallRow) -> Self {
        Self {
            app_id: row.app_id.0,
            application: row.application.to_string(),
            environment: row.environment.to_string(),
            region: row.region.to_string(),
            interface: row.interface,
            result: row.result,
            call_id: row.call_id.to_string(),
            started_at: Timestamp(row.started_at).into(),
            ended_at: Timestamp(row.ended_at).into(),
            fee: row.fee,
        }
    }
}

/// One step of a call, desensitised.
#[derive(Serialize, ToSchema)]
#[schema(as = Operation)]
pub(super) struct Step {
    /// The call's id and the step's number.
    id: String,
    /// Of which call.
    call_id: String,
    /// Of which application.
    application: String,
    /// Which interface was called.
    interface: String,
    /// Which step of the call, from 1.
    number: u32,
    /// When it ended.
    at: Moment,
    /// How long it took, in microseconds.
    took_us: u64,
    /// What was done.
    step: String,
    /// How it ended: `ok` or a code.
    outcome: String,
    /// What else there is to say: codes, numbers and flags.
    facts: serde_json::Map<String, serde_json::Value>,
}

impl From<LogEntry> for Step {
    fn from(entry: LogEntry) -> Self {
        Self {
            id: entry.id,
            call_id: entry.call_id.to_string(),
            application: entry.application.to_string(),
            interface: entry.interface,
            number: entry.number,
            at: Timestamp(entry.at).into(),
            took_us: entry.took_us,
            step: entry.step,
            outcome: entry.outcome,
            facts: entry.facts,
        }
    }
}
