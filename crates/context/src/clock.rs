//! The clock as a parameter.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use crate::Date;

/// A moment, as milliseconds since 1970-01-01T00:00:00Z without leap seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(pub u64);

impl Timestamp {
    /// The calendar day in UTC on which this moment lies.
    pub fn date(self) -> Date {
        Date::from_days((self.0 / 86_400_000).try_into().unwrap_or(i32::MAX))
    }
}

/// Where a room reads the time from.
pub trait Clock: Send + Sync {
    /// Wall-clock time, for what is written down (expiry, age, retention).
    fn now(&self) -> Timestamp;

    /// Time since some fixed start, never running backwards, for durations.
    fn elapsed(&self) -> Duration;

    /// Today in UTC.
    fn today(&self) -> Date {
        self.now().date()
    }
}

/// The machine's own clock.
#[derive(Clone, Copy, Debug)]
pub struct SystemClock {
    start: std::time::Instant,
}

impl SystemClock {
    /// Starts counting [`Clock::elapsed`] from here.
    #[expect(clippy::disallowed_methods, reason = "the one door to the ambient monotonic clock")]
    pub fn start() -> Self {
        Self { start: std::time::Instant::now() }
    }
}

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "the one door to the ambient wall clock")]
    fn now(&self) -> Timestamp {
        let since = std::time::SystemTime::now()
            .duration_since(std::time::UNIX_EPOCH)
            .unwrap_or(Duration::ZERO);
        Timestamp(since.as_millis().try_into().unwrap_or(u64::MAX))
    }

    fn elapsed(&self) -> Duration {
        self.start.elapsed()
    }
}

/// A clock that stands still until it is told to move: for tests, and for
/// evaluations that must give the same figures next year.
#[derive(Debug)]
pub struct FixedClock {
    start_ms: u64,
    now_ms: AtomicU64,
}

impl FixedClock {
    /// A clock that shows `at`.
    pub fn at(at: Timestamp) -> Self {
        Self { start_ms: at.0, now_ms: AtomicU64::new(at.0) }
    }

    /// A clock that shows midnight UTC at the start of `date`.
    pub fn on(date: Date) -> Self {
        let days = u64::try_from(date.days()).unwrap_or(0);
        Self::at(Timestamp(days * 86_400_000))
    }

    /// Moves the clock on.
    pub fn advance(&self, by: Duration) {
        let by_ms = u64::try_from(by.as_millis()).unwrap_or(u64::MAX);
        self.now_ms.fetch_add(by_ms, Ordering::SeqCst);
    }
}

impl Clock for FixedClock {
    fn now(&self) -> Timestamp {
        Timestamp(self.now_ms.load(Ordering::SeqCst))
    }

    fn elapsed(&self) -> Duration {
        Duration::from_millis(self.now().0.saturating_sub(self.start_ms))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fixed_clock_moves_only_when_told() {
        let clock = FixedClock::on(Date::new(2026, 2, 28).unwrap());
        assert_eq!(clock.today().to_string(), "2026-02-28");
        assert_eq!(clock.elapsed(), Duration::ZERO);
        clock.advance(Duration::from_secs(86_400));
        assert_eq!(clock.today().to_string(), "2026-03-01");
        assert_eq!(clock.elapsed(), Duration::from_secs(86_400));
    }
}
