//! What time does to consents.

use bonafide_ledger::consent::{CONSENTS, ConsentRow};
use bonafide_vault::records::{Condition, Direction, Operator, Select};

use super::{Withdrawn, withdraw};
use crate::reading::removed_reads;
use crate::subject::is_held;
use crate::verification::holding::removed_of;
use crate::{App, UseCaseError};

/// Finishes withdrawals that a process did not live to finish, and removes rows
/// whose time is over, at most `limit` of each; how many it was. To be called
/// every few seconds, by every node: doing it twice does no harm.
pub async fn tick(app: &App, limit: u32) -> Result<u64, UseCaseError> {
    let unsettled = Select::from(&CONSENTS)
        .and(Condition::Null("settled"))
        .and(Condition::NotNull("withdrawn"))
        .limit(limit);
    let mut done = 0;
    for row in app.records().select(unsettled).await? {
        withdraw::settle(app, &ConsentRow::read(&row)?, &mut Withdrawn::default()).await?;
        done += 1;
    }
    let over = Select::from(&CONSENTS)
        .and(Condition::Compare("remove", Operator::AtMost, app.clock().now().into()))
        .order("remove", Direction::Ascending)
        .limit(limit);
    let mut rows = Vec::new();
    for row in app.records().select(over).await? {
        let row = ConsentRow::read(&row)?;
        // Nobody goes by it any more; what is known of it goes with the hold.
        if !is_held(app, &row.realm, &row.subject).await? {
            rows.push(row);
        }
    }
    if !rows.is_empty() {
        let mut changes: Vec<_> = rows.iter().map(ConsentRow::removed).collect();
        let ids = || rows.iter().map(|row| row.id.to_string());
        changes.push(removed_of(ids().collect()));
        changes.extend(ids().map(|id| removed_reads(&id)));
        app.records().commit(changes).await?;
    }
    Ok(done + rows.len() as u64)
}
