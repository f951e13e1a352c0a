//! What happens to a verification is written down, and told to whom it concerns.

use bonafide_vault::records::{Change, Row};

use super::EventSource;
use super::record::Record;
use super::tables::EVENTS;
use crate::subject::owed;
use crate::webhooks::{Event, Owner};
use crate::{App, Reason, UseCaseError};

/// The changes that write down what the server did with a verification, and
/// tell it to the customer's endpoints.
pub(crate) async fn happened(
    app: &App,
    record: &Record,
    what: Happened,
    reasons: &[&'static str],
) -> Result<Vec<Change>, UseCaseError> {
    let mut changes = vec![entry(app, record, EventSource::Server, what.name(record), reasons)?];
    if let Some(webhooks) = app.webhooks() {
        let owner = Owner { tenant: record.realm.tenant, application: record.application.clone() };
        let id = record.id.clone();
        let event = match what {
            Happened::Moved => Event::Verification { id, state: record.progress.state },
            Happened::MediaRedacted | Happened::Redacted => Event::Redacted { id },
        };
        changes.extend(webhooks.emit(&owner, &event).await?);
    }
    Ok(changes)
}

/// Something that the server did with a verification.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Happened {
    /// It is in its state now.
    Moved,
    /// Its pictures were deleted.
    MediaRedacted,
    /// All that is personal was deleted.
    Redacted,
}

impl Happened {
    /// The name in the timeline.
    pub(crate) const fn name(self, record: &Record) -> &'static str {
        match self {
            Self::Moved => record.progress.state.name(),
            Self::MediaRedacted => "media_redacted",
            Self::Redacted => "redacted",
        }
    }
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
pub(crate) async fn moved(app: &App, record: &Record) -> Result<Vec<Change>, UseCaseError> {
    let reasons: Vec<&'static str> =
        record.progress.reasons().into_iter().map(Reason::name).collect();
    let mut changes = vec![record.updated()?];
    let policy = app.accounts().policy_of(record.realm.tenant).await?;
    changes.extend(owed(&policy, record, app.clock().now()));
    changes.extend(happened(app, record, Happened::Moved, &reasons).await?);
    Ok(changes)
}
