//! What time does to consents.

use bonafide_ledger::consent::{CONSENTS, ConsentRow};
use bonafide_vault::records::{Condition, Direction, Operator, Select};

use super::{Withdrawn, withdraw};
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
    let over = app.records().select(over).await?;
    let rows = over.iter().map(ConsentRow::read).collect::<Result<Vec<_>, _>>()?;
    if !rows.is_empty() {
        app.records().commit(rows.iter().map(ConsentRow::removed).collect()).await?;
    }
    Ok(done + rows.len() as u64)
}
