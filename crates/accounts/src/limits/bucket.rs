//! Token buckets, many and bounded.

use std::collections::HashMap;
use std::hash::{BuildHasher, Hash, RandomState};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::Rate;

/// How many shards, so that cores seldom wait for each other.
const SHARDS: usize = 64;
/// How many buckets a shard holds.
const BUCKETS: usize = 2_048;
/// How many strangers share the spare bucket of a full shard: its rate is that
/// of so many.
const SPARE_SHARE: f64 = 16.0;
/// A full shard is swept at most so often: sweeping for every request would
/// itself be what an attacker asks for.
const SWEPT_EVERY: Duration = Duration::from_secs(1);

/// A bucket for every key that has been seen of late.
///
/// A bucket is one number: the moment at which it is full again (the
/// theoretical arrival time of the generic cell rate algorithm, which admits
/// exactly what a token bucket does). One whose moment has passed is the same
/// as none, so it can be dropped without giving anyone a fresh one. If a shard
/// is full of buckets that are not, newcomers share a spare one: memory is
/// bounded, and no flood of keys drops the bucket of one that is being limited.
pub(super) struct Buckets<K> {
    shards: Vec<Mutex<Shard<K>>>,
    shard_of: RandomState,
    capacity: usize,
}

struct Shard<K> {
    full_at: HashMap<K, Duration>,
    spare: Duration,
    swept: Duration,
}

impl<K: Hash + Eq + Clone> Default for Buckets<K> {
    fn default() -> Self {
        Self::with_capacity(BUCKETS)
    }
}

impl<K: Hash + Eq + Clone> Buckets<K> {
    fn with_capacity(capacity: usize) -> Self {
        let shard =
            || Shard { full_at: HashMap::new(), spare: Duration::ZERO, swept: Duration::ZERO };
        Self {
            shards: (0..SHARDS).map(|_| Mutex::new(shard())).collect(),
            shard_of: RandomState::new(),
            capacity,
        }
    }

    /// Takes one from the bucket of `key`; if there is none, says for how long
    /// not, and takes nothing.
    pub(super) fn take(&self, key: &K, rate: Rate, now: Duration) -> Result<(), Duration> {
        let mut shard = self.shard(key);
        if let Some(full_at) = shard.full_at.get_mut(key) {
            return take(full_at, rate, now);
        }
        if shard.full_at.len() >= self.capacity && now.saturating_sub(shard.swept) >= SWEPT_EVERY {
            shard.full_at.retain(|_, full_at| *full_at > now);
            shard.swept = now;
        }
        if shard.full_at.len() >= self.capacity {
            let shared = Rate { per_second: rate.per_second * SPARE_SHARE, burst: rate.burst };
            return take(&mut shard.spare, shared, now);
        }
        let mut full_at = now;
        let taken = take(&mut full_at, rate, now);
        shard.full_at.insert(key.clone(), full_at);
        taken
    }

    /// Puts back one that was taken for nothing.
    pub(super) fn put_back(&self, key: &K, rate: Rate) {
        let mut shard = self.shard(key);
        if let Some(full_at) = shard.full_at.get_mut(key) {
            *full_at = full_at.saturating_sub(interval(rate));
        }
    }

    fn shard(&self, key: &K) -> MutexGuard<'_, Shard<K>> {
        let at = usize::try_from(self.shard_of.hash_one(key) % SHARDS as u64).unwrap_or(0);
        self.shards[at].lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn take(full_at: &mut Duration, rate: Rate, now: Duration) -> Result<(), Duration> {
    let interval = interval(rate);
    let next = (*full_at).max(now) + interval;
    // The bucket holds `burst`: it may be so far from full, and no farther.
    let allowed = now + interval.saturating_mul(rate.burst);
    if next > allowed {
        return Err(next - allowed);
    }
    *full_at = next;
    Ok(())
}

/// From one token to the next. A rate that cannot be meant is taken as the
/// slowest one.
fn interval(rate: Rate) -> Duration {
    const SLOWEST: Duration = Duration::from_secs(1_000);
    Duration::try_from_secs_f64(1.0 / rate.per_second).map_or(SLOWEST, |i| i.min(SLOWEST))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const RATE: Rate = Rate::new(2.0, 3);

    fn ms(ms: u64) -> Duration {
        Duration::from_millis(ms)
    }

    #[test]
    fn a_burst_then_the_rate() {
        let buckets = Buckets::default();
        let at = |now| buckets.take(&"a", RATE, ms(now));
        assert_eq!([at(0), at(0), at(0)], [Ok(()); 3]);
        assert_eq!(at(0), Err(ms(500)));
        assert_eq!(at(499), Err(ms(1)));
        assert_eq!(at(500), Ok(()));
        assert_eq!(at(500), Err(ms(500)));
        // Another key has a bucket of its own.
        assert_eq!(buckets.take(&"b", RATE, ms(500)), Ok(()));
        // After a pause it is full, and not fuller.
        assert_eq!([at(99_000), at(99_000), at(99_000)], [Ok(()); 3]);
        assert!(at(99_000).is_err());
    }

    #[test]
    fn what_is_put_back_can_be_taken_again() {
        let buckets = Buckets::default();
        for _ in 0..3 {
            buckets.take(&"a", RATE, ms(0)).unwrap();
        }
        buckets.put_back(&"a", RATE);
        assert_eq!(buckets.take(&"a", RATE, ms(0)), Ok(()));
        assert!(buckets.take(&"a", RATE, ms(0)).is_err());
        // Putting back what was not taken gives nothing.
        for _ in 0..9 {
            buckets.put_back(&"b", RATE);
        }
        assert_eq!((0..9).filter(|_| buckets.take(&"b", RATE, ms(0)).is_ok()).count(), 3);
    }

    #[test]
    fn a_flood_of_keys_neither_grows_the_memory_nor_resets_a_bucket() {
        let buckets = Buckets::with_capacity(4);
        for _ in 0..3 {
            buckets.take(&0u64, RATE, ms(0)).unwrap();
        }
        assert!(buckets.take(&0, RATE, ms(0)).is_err());
        let mut let_in = 0;
        for key in 1..100_000u64 {
            let_in += usize::from(buckets.take(&key, RATE, ms(1)).is_ok());
        }
        assert!(buckets.take(&0, RATE, ms(1)).is_err(), "the limited one is limited still");
        let held: usize = buckets.shards.iter().map(|s| s.lock().unwrap().full_at.len()).sum();
        assert!(held <= 4 * SHARDS, "{held}");
        // Each of those who found room, and the burst of the spare ones.
        assert!(let_in <= SHARDS * (4 + 3), "{let_in}");
        // When they have filled again they make room.
        assert_eq!(buckets.take(&100_001, RATE, ms(3_000)), Ok(()));
    }

    proptest! {
        #[test]
        fn never_more_than_burst_and_rate(
            per_second in 0.1f64..1_000.0,
            burst in 1u32..50,
            steps in proptest::collection::vec(0u64..50, 1..400),
        ) {
            let rate = Rate::new(per_second, burst);
            let buckets = Buckets::default();
            let mut now = 0;
            let mut taken = 0u32;
            for step in steps {
                now += step;
                match buckets.take(&(), rate, ms(now)) {
                    Ok(()) => taken += 1,
                    // What was said about when holds.
                    Err(wait) => {
                        let then = buckets.take(&(), rate, ms(now) + wait);
                        prop_assert_eq!(then, Ok(()));
                        buckets.put_back(&(), rate);
                    }
                }
            }
            let most = f64::from(burst) + per_second * (now as f64 / 1_000.0);
            prop_assert!(f64::from(taken) <= most + 1.0, "{taken} of {most}");
        }

        #[test]
        fn no_rate_breaks_it(per_second in any::<f64>(), burst in any::<u32>(), now in any::<u32>()) {
            let buckets = Buckets::default();
            let _ = buckets.take(&(), Rate::new(per_second, burst), ms(u64::from(now)));
            buckets.put_back(&(), Rate::new(per_second, burst));
        }
    }
}
