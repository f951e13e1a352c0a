//! For how long the traces of a tenant's calls rest: by the policy that it was under
//! when they were written, or by a shorter one that it came under since.
//!
//! Monitoring rows hold what they promise and nothing else (row D1), so that no moment
//! stands in them: a row says since when which clock holds for a tenant's calls, and a
//! call rests as long as the shortest of those that held from its start on.

use std::time::Duration;

use bonafide_context::{TenantId, Timestamp};
use bonafide_policy::{Category, Period, Retention};
use bonafide_vault::records::{Change, Condition, Direction, Records, RecordsError, Row, Select};

use crate::tables::CLOCKS;
use crate::when::{earliest, rest_ms, since};

/// For how long the traces of a tenant's calls rest, from their start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rests {
    /// Monitoring rows and usage.
    pub monitoring: Period,
    /// The operation log.
    pub operation_log: Period,
    /// Both, of calls of the risk interface: the shorter of its two clocks (row R9).
    pub risk: Period,
}

impl Rests {
    const fn of(self, category: Category) -> Period {
        match category {
            Category::OperationLog => self.operation_log,
            _ => self.monitoring,
        }
    }
}

/// The changes that let these clocks hold for a tenant's calls from a moment on.
pub fn set_clocks(tenant: TenantId, from: Timestamp, rests: Rests) -> Vec<Change> {
    let row = Row::new(&CLOCKS)
        .with("tenant", tenant.0)
        .with("since", from)
        .with("monitoring", milliseconds(rests.monitoring))
        .with("operation_log", milliseconds(rests.operation_log))
        .with("risk", milliseconds(rests.risk));
    // Nodes that find the same change at the same moment write the same.
    vec![Change::InsertIfAbsent(row)]
}

/// By this the names of the risk interface begin.
const RISK_NAMES: &str = "risk.";

/// For how long what the risk interface left rests where no clock says otherwise: as
/// the strict policy has it.
pub const RISK_RESTS: Period = Period::For(Duration::from_secs(90 * 86_400));

/// Whether a call was one of the risk interface.
fn is_risk(interface: &str) -> bool {
    interface.starts_with(RISK_NAMES)
}

/// Rows of calls of the risk interface.
pub(crate) fn of_risk() -> [Condition; 2] {
    // Whatever begins by these letters lies before the sign that follows their last.
    [Condition::at_least("interface", RISK_NAMES), Condition::less("interface", "risk/")]
}

/// The clocks that held for tenants, each in order of time.
pub(crate) struct Clocks(Vec<Clock>);

struct Clock {
    tenant: TenantId,
    since: Timestamp,
    rests: Rests,
}

impl Clocks {
    /// Those of a tenant; of all tenants without one.
    pub(crate) async fn read(
        records: &dyn Records,
        tenant: Option<TenantId>,
    ) -> Result<Self, RecordsError> {
        let mut select = Select::from(&CLOCKS)
            .order("tenant", Direction::Ascending)
            .order("since", Direction::Ascending);
        if let Some(tenant) = tenant {
            select = select.and(Condition::is("tenant", tenant.0));
        }
        let rows = records.select(select).await?;
        let clock = |row: &Row| {
            let period = |column| Ok::<_, RecordsError>(period(row.integer(column)?));
            Ok(Clock {
                tenant: TenantId(row.moment("tenant")?.0),
                since: row.moment("since")?,
                rests: Rests {
                    monitoring: period("monitoring")?,
                    operation_log: period("operation_log")?,
                    risk: match row.optional_integer("risk")? {
                        Some(risk) => self::period(risk),
                        None => RISK_RESTS,
                    },
                },
            })
        };
        Ok(Self(rows.iter().map(clock).collect::<Result<_, RecordsError>>()?))
    }

    /// The tenants that have clocks of their own.
    pub(crate) fn tenants(&self) -> Vec<TenantId> {
        let mut all: Vec<TenantId> = self.0.iter().map(|clock| clock.tenant).collect();
        all.dedup();
        all
    }

    /// The start of the earliest calls of a tenant whose traces can still be read at
    /// `now`; without a clock of its own it is the strict policy's.
    pub(crate) fn earliest(
        &self,
        tenant: TenantId,
        category: Category,
        now: Timestamp,
    ) -> Timestamp {
        self.earliest_by(tenant, earliest(category, now), now, |rests| rests.of(category))
    }

    /// The same of calls of an interface: those about risk may have a shorter clock.
    pub(crate) fn earliest_of(
        &self,
        tenant: TenantId,
        category: Category,
        interface: &str,
        now: Timestamp,
    ) -> Timestamp {
        let all = self.earliest(tenant, category, now);
        if !is_risk(interface) {
            return all;
        }
        let strict = since(as_ms(RISK_RESTS), now);
        all.max(self.earliest_by(tenant, strict, now, |rests| rests.risk))
    }

    /// By one of the clocks; `strict` is what holds where there is none.
    fn earliest_by(
        &self,
        tenant: TenantId,
        strict: Timestamp,
        now: Timestamp,
        period: impl Fn(Rests) -> Period,
    ) -> Timestamp {
        let own: Vec<&Clock> = self.0.iter().filter(|clock| clock.tenant == tenant).collect();
        if own.is_empty() {
            return strict;
        }
        // From the last to the first: of two clocks the shorter holds for what began
        // under the earlier of them.
        let (mut shortest, mut found) = (u64::MAX, Timestamp(u64::MAX));
        for clock in own.iter().rev() {
            shortest = shortest.min(as_ms(period(clock.rests)));
            let readable = since(shortest, now).max(clock.since);
            found = found.min(readable);
            if readable > clock.since {
                // What began before this is over.
                return found;
            }
        }
        // Calls from before the first of them are from before there were clocks.
        found.min(strict.max(since(shortest, now)))
    }
}

/// When the traces of calls end, for whoever takes them elsewhere.
pub struct TraceEnds(Clocks);

impl TraceEnds {
    /// As the clocks of all tenants stand now.
    pub async fn read(records: &dyn Records) -> Result<Self, RecordsError> {
        Ok(Self(Clocks::read(records, None).await?))
    }

    /// When a trace of a tenant's call ends that started at `start`, by the shortest
    /// of the clocks that held from then on.
    pub fn of(&self, tenant: TenantId, category: Category, start: Timestamp) -> Timestamp {
        self.by(tenant, start, rest_ms(category), |rests| rests.of(category))
    }

    /// The same of a call of an interface: those about risk may have a shorter clock.
    pub fn of_interface(
        &self,
        tenant: TenantId,
        category: Category,
        interface: &str,
        start: Timestamp,
    ) -> Timestamp {
        let all = self.of(tenant, category, start);
        if !is_risk(interface) {
            return all;
        }
        all.min(self.by(tenant, start, as_ms(RISK_RESTS), |rests| rests.risk))
    }

    /// By one of the clocks; `strict` is what holds where there is none.
    fn by(
        &self,
        tenant: TenantId,
        start: Timestamp,
        strict: u64,
        period: impl Fn(Rests) -> Period,
    ) -> Timestamp {
        let own: Vec<&Clock> = self.0.0.iter().filter(|clock| clock.tenant == tenant).collect();
        let held = own.iter().rposition(|clock| clock.since <= start);
        let from = own.get(held.unwrap_or(0)..).unwrap_or_default();
        let shortest = from.iter().map(|clock| as_ms(period(clock.rests))).min();
        // Before there were clocks of its own the strict policy's held.
        let strict = if held.is_none() { strict } else { u64::MAX };
        let rests = shortest.map_or(strict, |shortest| shortest.min(strict));
        Timestamp(start.0.saturating_add(rests))
    }
}

fn as_ms(period: Period) -> u64 {
    match period {
        Period::For(period) => u64::try_from(period.as_millis()).unwrap_or(u64::MAX),
        Period::UntilClosed => u64::MAX,
    }
}

fn milliseconds(period: Period) -> u64 {
    as_ms(period).min(i64::MAX.unsigned_abs())
}

fn period(milliseconds: i64) -> Period {
    match u64::try_from(milliseconds) {
        Ok(ms) if ms < i64::MAX.unsigned_abs() => Period::For(Duration::from_millis(ms)),
        // What cannot be read rests as long as it would without.
        _ => Retention.period(Category::Monitoring),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const DAY: u64 = 86_400_000;
    const NOW: Timestamp = Timestamp(1_000 * DAY);
    const BANK: TenantId = TenantId(1_300_000_001);

    fn clocks(of: &[(u64, u64)]) -> Clocks {
        let rests = |days: u64| {
            let period = Period::For(Duration::from_millis(days * DAY));
            let operation_log = Retention.period(Category::OperationLog);
            let risk = Period::For(Duration::from_millis(days.min(90) * DAY));
            Rests { monitoring: period, operation_log, risk }
        };
        let clock = |&(since, days): &(u64, u64)| Clock {
            tenant: BANK,
            since: Timestamp(since * DAY),
            rests: rests(days),
        };
        Clocks(of.iter().map(clock).collect())
    }

    /// How many days ago the earliest call began that can be read.
    fn ago(of: &[(u64, u64)], now: u64) -> u64 {
        let now = Timestamp(now * DAY);
        let earliest = clocks(of).earliest(BANK, Category::Monitoring, now);
        (now.0 + 1 - earliest.0) / DAY
    }

    #[test]
    fn r1_a_call_rests_by_the_shortest_clock_since_it_began() {
        assert_eq!(ago(&[], 1_000), 730, "the strict policy's");
        assert_eq!(ago(&[(0, 730)], 1_000), 730);
        // Thirty days from the thousandth on: also of what began before.
        assert_eq!(ago(&[(0, 730), (1_000, 30)], 1_000), 30);
        assert_eq!(ago(&[(0, 730), (1_000, 30)], 1_500), 30);
        // A longer clock afterwards is for what begins under it.
        let longer = [(0, 730), (1_000, 30), (1_100, 200)];
        assert_eq!(ago(&longer, 1_101), 30);
        assert_eq!(ago(&longer, 1_129), 30);
        assert_eq!(ago(&longer, 1_140), 40);
        assert_eq!(ago(&longer, 2_000), 200);
        let other = clocks(&[(0, 30)]).earliest(TenantId(7), Category::Monitoring, NOW);
        assert_eq!(other, earliest(Category::Monitoring, NOW), "of another tenant");
        let log = clocks(&[(0, 30)]).earliest(BANK, Category::OperationLog, NOW);
        assert_eq!(log, earliest(Category::OperationLog, NOW), "the log has its own");
    }

    #[test]
    fn r9_a_call_about_risk_has_the_shorter_of_two_clocks() {
        let start = |of: &[(u64, u64)], interface: &str| {
            let first = clocks(of).earliest_of(BANK, Category::Monitoring, interface, NOW);
            (NOW.0 + 1 - first.0) / DAY
        };
        assert_eq!(start(&[], "risk.phone"), 90, "the strict policy's");
        assert_eq!(start(&[(0, 730)], "risk.assess"), 90);
        assert_eq!(start(&[(0, 40)], "risk.device"), 40);
        for other in ["risk", "risks.list", "documents.read"] {
            assert_eq!(start(&[(0, 730)], other), 730, "{other}");
        }
        let ends = |of: &[(u64, u64)], interface: &str| {
            let ends = TraceEnds(clocks(of));
            ends.of_interface(BANK, Category::Monitoring, interface, NOW).0 / DAY - 1_000
        };
        assert_eq!(ends(&[], "risk.phone"), 90);
        assert_eq!(ends(&[(0, 40)], "risk.phone"), 40);
        assert_eq!(ends(&[(0, 730)], "documents.read"), 730);
    }

    proptest! {
        #[test]
        fn r1_no_call_rests_longer_than_any_clock_since_it_began(
            mut of in proptest::collection::vec((0u64..900, 1u64..730), 1..6),
            start in 0u64..1_000,
            now in 1_000u64..2_000,
        ) {
            of.sort_unstable();
            of.dedup_by_key(|(since, _)| *since);
            let held = of.iter().rposition(|(since, _)| *since <= start);
            let from = held.unwrap_or(0);
            let shortest = of[from..].iter().map(|(_, days)| *days).min().unwrap();
            let wanted = (now - start < shortest) && (held.is_some() || now - start < 730);
            let earliest = clocks(&of).earliest(BANK, Category::Monitoring, Timestamp(now * DAY));
            prop_assert_eq!(Timestamp(start * DAY) >= earliest, wanted, "{:?}", of);
            // A backup says the same.
            let ends = TraceEnds(clocks(&of));
            let ends = ends.of(BANK, Category::Monitoring, Timestamp(start * DAY));
            prop_assert_eq!(Timestamp(now * DAY) < ends, wanted, "{:?}", of);
        }
    }
}
