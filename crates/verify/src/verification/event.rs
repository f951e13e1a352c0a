//! What happens to a verification is written down, and told to whom it concerns.

use bonafide_vault::records::{Change, Row};

use super::EventSource;
use super::record::Record;
use super::tables::EVENTS;
use crate::{App, UseCaseError};

/// The changes that write down what the server did with a verification.
pub(crate) fn happened(
    app: &App,
    record: &Record,
    event: &'static str,
    reasons: &[&'static str],
) -> Result<Vec<Change>, UseCaseError> {
    Ok(vec![entry(app, record, EventSource::Server, event, reasons)?])
}

/// An entry of the timeline.
pub(crate) fn entry(
    app: &App,
    record: &Record,
    source: EventSource,
    event: &'static str,
    reasons: &[&'static str],
) -> Result<Change, UseCaseError> {
    let reasons = serde_json::to_string(reasons)
        .map_err(|error| UseCaseError::internal("row_unwritable", error))?;
    Ok(Change::Insert(
        Row::new(&EVENTS)
            .with("verification", record.id.as_str())
            .with("id", app.draw(|random| bonafide_ledger::id_text("", random)))
            .with("at", app.clock().now())
            .with("source", source.name())
            .with("event", event)
            .with("reasons", reasons),
    ))
}

/// The changes that write a verification that has moved on, with what happened:
/// its state, and why.
pub(crate) fn moved(app: &App, record: &Record) -> Result<Vec<Change>, UseCaseError> {
    let reasons: Vec<&'static str> =
        record.progress.reasons().into_iter().map(Reason::name).collect();
    let mut changes = vec![record.updated()?];
    changes.extend(happened(app, record, record.progress.state.name(), &reasons)?);
    Ok(changes)
}
