//! When a delivery is tried again.

use std::time::Duration;

use bonafide_context::Random;

const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;

/// Longest waits after the first, second … failed attempt, in seconds: 5 s,
/// 5 min, 30 min, 2 h, 5 h, 10 h, 14 h, 20 h, 20 h. With the first attempt, ten
/// within 71 hours and 36 minutes.
pub const WAITS: [u64; 9] =
    [5, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 5 * HOUR, 10 * HOUR, 14 * HOUR, 20 * HOUR, 20 * HOUR];

/// How long to wait after `failed` attempts; `None`: give up. Up to a tenth
/// less than the longest wait, so that what failed together does not come back
/// together.
pub fn wait(failed: u32, random: &mut dyn Random) -> Option<Duration> {
    let place = usize::try_from(failed.checked_sub(1)?).ok()?;
    let longest = Duration::from_secs(*WAITS.get(place)?);
    Some(longest.mul_f64(random.between(0.9, 1.0)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use bonafide_context::Seeded;

    #[test]
    fn ten_attempts_fit_into_three_days() {
        let whole: u64 = WAITS.iter().sum();
        assert!(whole <= 3 * 24 * HOUR, "{whole}");
        assert!(whole > 2 * 24 * HOUR, "{whole}");
        let mut random = Seeded::new(4);
        assert_eq!(wait(0, &mut random), None);
        assert_eq!(wait(10, &mut random), None);
        for (failed, longest) in (1..).zip(WAITS) {
            let longest = Duration::from_secs(longest);
            let drawn: Vec<_> = (0..50).filter_map(|_| wait(failed, &mut random)).collect();
            assert!(drawn.iter().all(|w| *w <= longest && *w >= longest.mul_f64(0.9)));
            assert!(drawn.iter().any(|w| *w != drawn[0]));
        }
    }
}
