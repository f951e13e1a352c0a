//! When deliveries have to go: by the policy that their tenant is under, fixed when
//! they are written.

use std::sync::Arc;
use std::time::Duration;

use bonafide_accounts::Accounts;
use bonafide_context::{TenantId, Timestamp};
use bonafide_policy::{Category, Family, Period, Retention};
use bonafide_vault::records::{
    Change, Condition, Direction, Expect, Operator, Records, RecordsError, Row, Select,
};

use super::Webhooks;
use super::tables::DELIVERIES;
use crate::app::later;

/// Rows looked at at a time.
const PAGE: u32 = 500;

impl Webhooks {
    /// From now on, the policies of tenants are asked. Said once, by the app.
    pub(crate) fn ask(&self, accounts: &Arc<Accounts>) {
        // Whoever said it before said the same.
        let _ = self.accounts.set(Arc::clone(accounts));
    }

    /// When a delivery of a tenant has to go that is written now; `None` where none may
    /// be kept at all. Where nobody knows policies it is the strict one's.
    pub(super) async fn due(&self, tenant: TenantId) -> Result<Option<Timestamp>, RecordsError> {
        let now = self.clock.now();
        let period = match self.accounts.get() {
            Some(accounts) => {
                let policy = accounts.policy_of(tenant).await;
                let policy = policy
                    .map_err(|error| RecordsError::Unavailable { reason: error.to_string() })?;
                policy.at_rest(Family::Management, Category::Deliveries)
            }
            None => Retention.period(Category::Deliveries),
        };
        Ok(match period {
            Period::NONE => None,
            Period::For(period) => Some(later(now, period)),
            Period::UntilClosed => Some(Timestamp(i64::MAX.unsigned_abs())),
        })
    }

    /// Removes deliveries whose time is over, whatever became of them; those that do
    /// not say when go after `keep`. Idle, it costs two looks and no write.
    pub async fn reap(&self, keep: Duration) -> Result<(), RecordsError> {
        let now = self.clock.now();
        let keep = u64::try_from(keep.as_millis()).unwrap_or(u64::MAX);
        let before = Timestamp(now.0.saturating_sub(keep));
        let due = vec![Condition::Compare("remove", Operator::AtMost, now.into())];
        let old = vec![Condition::Null("remove"), Condition::less("created_at", before)];
        for conditions in [due, old] {
            let select = Select { conditions: conditions.clone(), ..Select::from(&DELIVERIES) };
            if self.records.select(select.limit(1)).await?.is_empty() {
                continue;
            }
            let gone = Change::Delete { table: &DELIVERIES, conditions, expect: Expect::Any };
            self.records.commit(vec![gone]).await?;
        }
        Ok(())
    }
}

/// Whether a delivery's time is over.
pub(super) fn is_over(row: &Row, now: Timestamp) -> Result<bool, RecordsError> {
    match row.optional_integer("remove")? {
        Some(_) => Ok(row.moment("remove")? <= now),
        None => Ok(false),
    }
}

/// Moves the ends of a tenant's deliveries to what `until` says of when they were
/// written, where that is earlier; `None` is at once.
pub(crate) async fn tighten(
    records: &dyn Records,
    tenant: TenantId,
    until: impl Fn(Timestamp) -> Option<Timestamp>,
) -> Result<(), RecordsError> {
    let mut after = String::new();
    loop {
        let select = Select::from(&DELIVERIES)
            .and(Condition::is("app_id", tenant.0))
            .and(Condition::After(vec![("id", after.as_str().into())]))
            .order("id", Direction::Ascending)
            .limit(PAGE);
        let rows = records.select(select).await?;
        let Some(last) = rows.last() else { return Ok(()) };
        last.text("id")?.clone_into(&mut after);
        let mut changes = Vec::new();
        for row in &rows {
            let until = until(row.moment("created_at")?).unwrap_or(Timestamp(0));
            let later = match row.optional_integer("remove")? {
                Some(_) => until < row.moment("remove")?,
                None => true,
            };
            if later {
                changes.push(Change::Update {
                    table: &DELIVERIES,
                    set: vec![("remove", until.min(Timestamp(i64::MAX.unsigned_abs())).into())],
                    conditions: vec![Condition::is("id", row.text("id")?)],
                    expect: Expect::Any,
                });
            }
        }
        if !changes.is_empty() {
            records.commit(changes).await?;
        }
    }
}
