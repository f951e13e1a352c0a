//! What time does to challenges.

use bonafide_vault::records::{Change, Condition, Direction, Expect, Operator, Select};

use super::tables::{CHALLENGES, SEEN};
use crate::reading::removed_reads;
use crate::verification::holding::removed_of;
use crate::{App, UseCaseError};

/// Removes rows whose time is over, at most `limit` of each kind; how many it was. What
/// they kept in the vault goes by its own clocks.
pub(crate) async fn tick(app: &App, limit: u32) -> Result<u64, UseCaseError> {
    let now = app.clock().now();
    let over = Select::from(&CHALLENGES)
        .and(Condition::Compare("remove", Operator::AtMost, now.into()))
        .order("remove", Direction::Ascending)
        .limit(limit);
    let mut ids = Vec::new();
    for row in app.records().select(over).await? {
        ids.push(row.text("id")?.to_owned());
    }
    let seen = Change::Delete {
        table: &SEEN,
        conditions: vec![Condition::Compare("remove", Operator::AtMost, now.into())],
        expect: Expect::Any,
    };
    let count = ids.len() as u64;
    let mut changes = vec![seen];
    if !ids.is_empty() {
        changes.push(removed_of(ids.clone()));
        changes.extend(ids.iter().map(|id| removed_reads(id)));
        changes.push(Change::Delete {
            table: &CHALLENGES,
            conditions: vec![Condition::In("id", ids.into_iter().map(Into::into).collect())],
            expect: Expect::Any,
        });
    }
    app.records().commit(changes).await?;
    Ok(count)
}
