//! A call's steps between its answer and the search index: one row a call.

use bonafide_context::{CallId, Environment, TenantId};
use bonafide_vault::records::{RecordsError, Row};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::call::Trace;
use crate::tables::JOURNAL;
use crate::{ApplicationId, Facts, LogEntry, Outcome};

/// What the `body` of a row holds as JSON, borrowed when it is written and
/// owned when it is read.
#[derive(Serialize, Deserialize)]
struct Body<Text, Said> {
    interface: Text,
    region: Text,
    steps: Vec<Line<Text, Said>>,
}

/// One step in a body.
#[derive(Serialize, Deserialize)]
struct Line<Text, Said> {
    step: Text,
    outcome: Text,
    /// Microseconds since the call was opened, when it ended.
    at_us: u64,
    took_us: u64,
    facts: Said,
}

/// The row that holds a call's steps. The last step is always `answer`, so that
/// even a call that did nothing has one.
pub(crate) fn row(trace: &Trace, outcome: Outcome) -> Row {
    let mut last = Facts::new().code("fault", outcome.fault.as_str());
    if trace.left_out > 0 {
        last = last.count("steps_left_out", trace.left_out);
    }
    let took = trace.ended.saturating_sub(trace.opened);
    let lines = trace.steps.iter().map(|step| Line {
        step: step.name,
        outcome: step.outcome,
        at_us: micros(step.at),
        took_us: micros(step.took),
        facts: &step.facts,
    });
    let answer = Line {
        step: "answer",
        outcome: outcome.code,
        at_us: micros(took),
        took_us: micros(took),
        facts: &last,
    };
    let body = Body {
        interface: trace.interface.name,
        region: trace.caller.region.as_str(),
        steps: lines.chain([answer]).collect(),
    };
    // Codes, numbers and flags always have a JSON form.
    let body = serde_json::to_string(&body).unwrap_or_default();
    Row::new(&JOURNAL)
        .with("call_id", trace.id.to_string())
        .with("app_id", trace.caller.tenant.0)
        .with("application", trace.caller.application.as_str())
        .with("environment", trace.caller.environment.as_str())
        .with("started_at", trace.started)
        .with("body", body)
}

/// The entries of a row, in order of their steps.
pub(crate) fn entries(row: &Row) -> Result<Vec<LogEntry>, RecordsError> {
    let shape = || RecordsError::Shape { table: JOURNAL.name };
    let body: Body<String, Map<String, Value>> =
        serde_json::from_str(row.text("body")?).map_err(|_| shape())?;
    let call_id: CallId = row.parsed("call_id")?;
    let app_id: TenantId = TenantId(u64::try_from(row.integer("app_id")?).map_err(|_| shape())?);
    let application: ApplicationId = row.parsed("application")?;
    let environment: Environment = row.parsed("environment")?;
    let region: bonafide_context::Region = body.region.parse().map_err(|_| shape())?;
    let started_at = row.moment("started_at")?.0;
    let entries = (1..).zip(body.steps).map(|(number, line)| LogEntry {
        id: LogEntry::id_of(call_id, number),
        call_id,
        number,
        app_id,
        application: application.clone(),
        environment,
        region: region.clone(),
        interface: body.interface.clone(),
        started_at,
        at: started_at.saturating_add(line.at_us / 1_000),
        took_us: line.took_us,
        step: line.step,
        outcome: line.outcome,
        facts: line.facts,
    });
    Ok(entries.collect())
}

fn micros(duration: std::time::Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}
