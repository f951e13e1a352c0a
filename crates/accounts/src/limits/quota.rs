//! Quotas a day, shared by all nodes.
//!
//! The store holds how many calls of a day's quota were handed out. A node
//! takes them in batches, by a change that counts on and goes through only if
//! the quota is not exceeded by it, and spends a batch from memory: the hot
//! path asks nobody, and what all nodes together let through never exceeds the
//! quota. That another node was faster does not matter as long as there is
//! enough left for both. What it can fall short by is what a node took and did
//! not spend before it died: at most a twentieth of what was left, and never
//! more than [`BATCH_MAX`] calls a node.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bonafide_context::{TenantId, Timestamp};
use bonafide_vault::Records;
use bonafide_vault::records::{Change, Condition, Expect, Operator, RecordsError, Row, Select};

use super::{AdmitError, LimitKind, Limited, seconds};
use crate::tables::QUOTAS;

/// The most calls that a node takes at once.
const BATCH_MAX: u64 = 1_000;
/// A node takes this part of what is left.
const BATCH_PART: u64 = 20;
/// How often it is tried again when others took so much meanwhile that a batch
/// does not fit any more. Each time at most a twentieth is left of what there
/// was, so that of the greatest number nothing is left before this.
const TRIES: u32 = 16;
/// After the quota was found used up, it is looked at again so often: another
/// node may have given back, or the quota may have been raised.
const LOOKED_AGAIN_MS: u64 = 10_000;
const DAY_MS: u64 = 86_400_000;
/// Counters of days so long past are removed.
const KEPT_DAYS: u64 = 7;

type Name = (TenantId, &'static str);

/// What this node holds of quotas.
pub(super) struct Quotas {
    held: Mutex<HashMap<Name, Batch>>,
    /// One at a time goes for a new batch.
    going: tokio::sync::Mutex<()>,
}

/// Calls that this node may let through.
#[derive(Clone, Copy)]
struct Batch {
    day: u64,
    left: u64,
    /// Not to be looked at again before, in milliseconds since 1970; 0 if there
    /// may be more.
    used_up_until: u64,
}

impl Default for Quotas {
    fn default() -> Self {
        Self { held: Mutex::default(), going: tokio::sync::Mutex::new(()) }
    }
}

impl Quotas {
    /// Takes one call from the quota of a tenant for an interface.
    pub(super) async fn take(
        &self,
        records: &dyn Records,
        name: Name,
        per_day: u64,
        now: Timestamp,
    ) -> Result<(), AdmitError> {
        let day = now.0 / DAY_MS;
        if let Some(answer) = self.spend(name, day, now) {
            return answer;
        }
        let _going = self.going.lock().await;
        if let Some(answer) = self.spend(name, day, now) {
            return answer;
        }
        let unavailable =
            |error: RecordsError| AdmitError::Unavailable { reason: error.to_string() };
        let batch = match grant(records, name, day, per_day).await.map_err(unavailable)? {
            0 => Batch { day, left: 0, used_up_until: now.0.saturating_add(LOOKED_AGAIN_MS) },
            left => Batch { day, left: left - 1, used_up_until: 0 },
        };
        let answer = if batch.used_up_until == 0 { Ok(()) } else { Err(used_up(now)) };
        self.held().insert(name, batch);
        answer
    }

    /// Spends one from memory; `None` if a batch has to be fetched.
    fn spend(&self, name: Name, day: u64, now: Timestamp) -> Option<Result<(), AdmitError>> {
        let mut held = self.held();
        let batch = held.get_mut(&name).filter(|batch| batch.day == day)?;
        if batch.left > 0 {
            batch.left -= 1;
            return Some(Ok(()));
        }
        (batch.used_up_until > now.0).then(|| Err(used_up(now)))
    }

    /// Gives back what is held of today's.
    pub(super) async fn give_back(
        &self,
        records: &dyn Records,
        now: Timestamp,
    ) -> Result<(), RecordsError> {
        let day = now.0 / DAY_MS;
        let all: Vec<(Name, Batch)> = self.held().drain().collect();
        let back = all
            .into_iter()
            .filter(|(_, batch)| batch.day == day && batch.left > 0)
            .map(|(name, batch)| Change::Add {
                row: counter(name, day),
                by: vec![("granted", -i64::try_from(batch.left).unwrap_or(0))],
            })
            .collect::<Vec<_>>();
        if back.is_empty() { Ok(()) } else { records.commit(back).await }
    }

    /// What was found used up is looked at anew: the quotas have changed.
    pub(super) fn look_again(&self) {
        self.held().retain(|_, batch| batch.left > 0);
    }

    fn held(&self) -> MutexGuard<'_, HashMap<Name, Batch>> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Removes the counters of days long past.
pub(super) fn clean(now: Timestamp) -> Change {
    Change::Delete {
        table: &QUOTAS,
        conditions: vec![Condition::less("day", (now.0 / DAY_MS).saturating_sub(KEPT_DAYS))],
        expect: Expect::Any,
    }
}

/// Takes a batch from the store: how many, 0 if the quota is used up.
async fn grant(
    records: &dyn Records,
    name: Name,
    day: u64,
    per_day: u64,
) -> Result<u64, RecordsError> {
    let is_it = || {
        vec![
            Condition::is("tenant", name.0.0),
            Condition::is("interface", name.1),
            Condition::is("day", day),
        ]
    };
    for _ in 0..TRIES {
        let select = is_it().into_iter().fold(Select::from(&QUOTAS), Select::and);
        let rows = records.select(select.limit(1)).await?;
        let granted = rows.first().map_or(Ok(0), |row| row.integer("granted"))?;
        let left = per_day.saturating_sub(u64::try_from(granted).unwrap_or(0));
        if left == 0 {
            return Ok(0);
        }
        let batch = (left / BATCH_PART).clamp(1, BATCH_MAX);
        let count = Change::Add {
            row: counter(name, day),
            by: vec![("granted", i64::try_from(batch).unwrap_or(1))],
        };
        let mut conditions = is_it();
        conditions.push(Condition::Compare("granted", Operator::AtMost, per_day.into()));
        let within = Change::Update {
            table: &QUOTAS,
            set: vec![("quota", per_day.into())],
            conditions,
            expect: Expect::One,
        };
        match records.commit(vec![count, within]).await {
            Ok(()) => return Ok(batch),
            Err(RecordsError::Conflict) => {}
            Err(other) => return Err(other),
        }
    }
    Err(RecordsError::Conflict)
}

fn counter(name: Name, day: u64) -> Row {
    Row::new(&QUOTAS)
        .with("tenant", name.0.0)
        .with("interface", name.1)
        .with("day", day)
        .with("granted", 0_u64)
}

fn used_up(now: Timestamp) -> AdmitError {
    let to_midnight = Duration::from_millis(DAY_MS - now.0 % DAY_MS);
    AdmitError::Limited(Limited { kind: LimitKind::Day, retry_after_seconds: seconds(to_midnight) })
}
