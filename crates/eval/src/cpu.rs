//! CPU time: figures that other work on the machine disturbs least.

use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};
use serde::Serialize;

/// A stopwatch of CPU time.
#[derive(Clone, Copy, Debug)]
pub struct CpuClock {
    clock: ClockId,
    start: Duration,
}

impl CpuClock {
    /// Counts what this thread uses: right for work that starts no threads.
    pub fn thread() -> Self {
        Self::start(ClockId::ThreadCPUTime)
    }

    /// Counts what the whole process uses.
    pub fn process() -> Self {
        Self::start(ClockId::ProcessCPUTime)
    }

    /// CPU time used since the start. A stopwatch of [`CpuClock::thread`] is
    /// to be read on the thread that started it.
    pub fn elapsed(self) -> Duration {
        now(self.clock).saturating_sub(self.start)
    }

    fn start(clock: ClockId) -> Self {
        Self { clock, start: now(clock) }
    }
}

fn now(clock: ClockId) -> Duration {
    let time = clock_gettime(clock);
    let seconds = u64::try_from(time.tv_sec).unwrap_or(0);
    let nanos = u32::try_from(time.tv_nsec).unwrap_or(0);
    Duration::new(seconds, nanos)
}

/// Median and 90th percentile of some measurements, in the unit they came in.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Spread {
    /// Half of the measurements are at most this (lower median).
    pub median: f64,
    /// Nine in ten of the measurements are at most this (nearest rank).
    pub p90: f64,
}

impl Spread {
    /// Of measurements in any order; `None` if there are none.
    pub fn of(measurements: impl IntoIterator<Item = f64>) -> Option<Self> {
        let mut sorted: Vec<f64> = measurements.into_iter().collect();
        sorted.sort_unstable_by(f64::total_cmp);
        let rank = |share: f64| {
            let rank = (share * sorted.len() as f64).ceil() as usize;
            sorted.get(rank.saturating_sub(1)).copied()
        };
        Some(Self { median: rank(0.5)?, p90: rank(0.9)? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nearest_ranks() {
        let s = Spread::of([5.0, 1.0, 4.0, 2.0, 3.0, 6.0, 7.0, 8.0, 9.0, 10.0]).unwrap();
        assert_eq!((s.median, s.p90), (5.0, 9.0));
        assert_eq!(Spread::of([2.5]).unwrap().p90, 2.5);
        assert_eq!(Spread::of([]), None);
    }

    #[test]
    fn cpu_time_moves_with_work() {
        let (thread, process) = (CpuClock::thread(), CpuClock::process());
        let mut sum = 0_u64;
        // Ends only if both move.
        while thread.elapsed().is_zero() || process.elapsed().is_zero() {
            sum = std::hint::black_box(sum.wrapping_mul(31).wrapping_add(7));
        }
    }
}
