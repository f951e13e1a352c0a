//! Randomness as a parameter.

use rand_chacha::ChaCha12Rng;
use rand_core::{Rng, SeedableRng, TryRng};

/// Where a room takes random bytes from.
pub trait Random: Send {
    /// Fills `bytes` with random data.
    fn fill(&mut self, bytes: &mut [u8]);

    /// A uniform 64-bit number.
    fn u64(&mut self) -> u64 {
        let mut bytes = [0; 8];
        self.fill(&mut bytes);
        u64::from_le_bytes(bytes)
    }

    /// Uniform in `[0, 1)`, with 53 random bits.
    fn unit(&mut self) -> f64 {
        (self.u64() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// Uniform in `[low, high)`; `low` if the interval is empty.
    fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low).max(0.0) * self.unit()
    }

    /// Uniform in `0..bound` without bias; 0 if `bound` is 0.
    fn below(&mut self, bound: u64) -> u64 {
        if bound == 0 {
            return 0;
        }
        let unbiased = u64::MAX - u64::MAX % bound;
        loop {
            let drawn = self.u64();
            if drawn < unbiased {
                return drawn % bound;
            }
        }
    }

    /// Standard normal deviate (Box-Muller, one of the pair).
    fn normal(&mut self) -> f64 {
        let radius = (-2.0 * (1.0 - self.unit()).ln()).sqrt();
        radius * (std::f64::consts::TAU * self.unit()).cos()
    }
}

/// The same stream for the same seed, on every machine: ChaCha12.
#[derive(Clone, Debug)]
pub struct Seeded(ChaCha12Rng);

impl Seeded {
    /// The stream of `seed`.
    pub fn new(seed: u64) -> Self {
        Self(ChaCha12Rng::seed_from_u64(seed))
    }
}

impl Random for Seeded {
    fn fill(&mut self, bytes: &mut [u8]) {
        self.0.fill_bytes(bytes);
    }
}

/// The operating system's generator.
#[derive(Clone, Copy, Debug, Default)]
pub struct OsRandom;

impl Random for OsRandom {
    #[expect(
        clippy::expect_used,
        reason = "without randomness from the system nothing may go on: no nonce, no key"
    )]
    fn fill(&mut self, bytes: &mut [u8]) {
        getrandom::SysRng.try_fill_bytes(bytes).expect("the system gives random bytes");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_fixes_the_stream() {
        let draw = |seed| {
            let mut random = Seeded::new(seed);
            (0..4).map(|_| random.u64()).collect::<Vec<_>>()
        };
        assert_eq!(draw(7), draw(7));
        assert_ne!(draw(7), draw(8));
    }

    #[test]
    fn normal_has_mean_zero_and_variance_one() {
        let mut random = Seeded::new(1);
        let draws: Vec<f64> = (0..20_000).map(|_| random.normal()).collect();
        let mean = draws.iter().sum::<f64>() / draws.len() as f64;
        let variance = draws.iter().map(|d| (d - mean).powi(2)).sum::<f64>() / draws.len() as f64;
        assert!(mean.abs() < 0.03, "{mean}");
        assert!((variance - 1.0).abs() < 0.05, "{variance}");
    }

    #[test]
    fn below_stays_below() {
        let mut random = Seeded::new(3);
        assert!((0..1_000).all(|_| random.below(7) < 7));
        assert_eq!(random.below(0), 0);
    }
}
