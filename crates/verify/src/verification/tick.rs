//! What time does to verifications.

use bonafide_context::Keeper;
use bonafide_vault::records::{
    Change, Condition, Direction, Expect, Operator, RecordsError, Select,
};

use super::event::moved;
use super::held::resting_result;
use super::holding;
use super::record::Record;
use super::tables::{EVENTS, VERIFICATIONS};
use crate::device::removed_key;
use crate::reading::removed_reads;
use crate::subject::{copied, sweep};
use crate::{App, UseCaseError};

/// What one round did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ticked {
    /// Verifications whose time was over.
    pub expired: u64,
    /// Rows whose time to rest was over.
    pub removed: u64,
    /// More is due than the limit allowed: call again at once.
    pub more: bool,
}

/// Expires what is due, at most `limit` verifications. To be called every
/// second or so, by every node: each change is made once.
pub async fn tick(app: &App, limit: u32) -> Result<Ticked, UseCaseError> {
    sweep(app).await?;
    if let Err(error) = copied(app).await {
        // It stays owed, and holds up no deadline.
        tracing::error!(%error, "a record that a law wants could not be made yet");
    }
    let now = app.clock().now();
    let select = Select::from(&VERIFICATIONS)
        .and(Condition::Compare("due", Operator::AtMost, now.into()))
        .order("due", Direction::Ascending)
        .limit(limit);
    let rows = app.records().select(select).await?;
    let full = rows.len() >= limit as usize;
    let mut ticked = Ticked::default();
    for row in rows {
        let record = match Record::read(&row) {
            Ok(record) => record,
            Err(error) => {
                // One row that cannot be read holds up no other.
                tracing::error!(%error, "a verification's row cannot be read");
                continue;
            }
        };
        let removes = now >= record.remove;
        if !Keeper::ShutWhenIdle.works() {
            // As whoever wants to see once more what was collected would do it.
            let _ = resting_result(app, &bonafide_vault::Opener::desk("nobody"), &record).await;
        }
        let changes = if removes {
            removed(&record)
        } else {
            let progress = record.progress.expired();
            moved(app, &Record { progress, ..record }).await?
        };
        match app.records().commit(changes).await {
            Ok(()) if removes => ticked.removed += 1,
            Ok(()) => ticked.expired += 1,
            // Another node, or a call, was faster.
            Err(RecordsError::Conflict) => {}
            Err(error) => return Err(error.into()),
        }
    }
    for settled in
        [crate::consent::tick(app, limit).await?, crate::liveness::tick(app, limit).await?]
    {
        ticked.more |= settled >= u64::from(limit);
    }
    // Without progress another round at once would find the same rows again.
    ticked.more |= full && ticked.expired + ticked.removed > 0;
    Ok(ticked)
}

/// The changes that remove a row whose time to rest is over. What it kept in
/// the vault went long before.
fn removed(record: &Record) -> Vec<Change> {
    vec![
        Change::Delete {
            table: &VERIFICATIONS,
            conditions: vec![
                Condition::is("id", record.id.as_str()),
                Condition::is("version", record.version),
            ],
            expect: Expect::One,
        },
        Change::Delete {
            table: &EVENTS,
            conditions: vec![Condition::is("verification", record.id.as_str())],
            expect: Expect::Any,
        },
        holding::removed(record),
        removed_key(vec![record.id.to_string()]),
        removed_reads(record.id.as_str()),
    ]
}
