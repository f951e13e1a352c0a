//! When a trace expires, and where a moment lies among call ids.

use bonafide_context::{CallId, Keeper, Timestamp};
use bonafide_policy::{Category, Period, Retention};

pub(crate) const DAY_MS: u64 = 86_400_000;

/// How long monitoring rows and log entries rest, in milliseconds from the
/// call's start, which is their first byte.
pub(crate) fn rest_ms(category: Category) -> u64 {
    match Retention.period(category) {
        Period::For(period) => u64::try_from(period.as_millis()).unwrap_or(u64::MAX),
        Period::UntilClosed => u64::MAX,
    }
}

/// The start of the earliest calls whose trace can still be read at `now`: one
/// that started before has reached its second of expiry.
pub(crate) fn earliest(category: Category, now: Timestamp) -> Timestamp {
    since(rest_ms(category), now)
}

/// The same of what rests for so many milliseconds.
pub(crate) fn since(rest_ms: u64, now: Timestamp) -> Timestamp {
    if !Keeper::Deadline.works() {
        return Timestamp(0);
    }
    match now.0.checked_sub(rest_ms) {
        Some(due) => Timestamp(due + 1),
        None => Timestamp(0),
    }
}

/// The smallest text that any id of a call that starts at `at` or later is
/// greater than: the moment is the first 48 bits of the id.
pub(crate) fn floor(at: Timestamp) -> String {
    let at = at.0.min((1 << 48) - 1);
    format!("{:08x}-{:04x}", at >> 16, at & 0xffff)
}

/// When the call of this id started.
pub(crate) fn start_of(id: CallId) -> Timestamp {
    let text = id.to_string();
    let digits = text.bytes().filter(|b| *b != b'-').take(12);
    let at = digits.fold(0, |at, digit| {
        let value = char::from(digit).to_digit(16).unwrap_or(0);
        at << 4 | u64::from(value)
    });
    Timestamp(at)
}

#[cfg(test)]
mod tests {
    use super::*;
    use bonafide_context::Seeded;
    use proptest::prelude::*;

    const TWO_YEARS: u64 = 730 * DAY_MS;

    #[test]
    fn a_trace_expires_at_its_second_two_years_after_the_start() {
        let start = 1_764_000_000_000;
        let readable = |now| earliest(Category::Monitoring, Timestamp(now)) <= Timestamp(start);
        assert!(readable(start + TWO_YEARS - 1));
        assert!(!readable(start + TWO_YEARS));
    }

    proptest! {
        #[test]
        fn a_moment_parts_the_ids_before_it_from_those_after(
            a in 0u64..1 << 48, b in 0u64..1 << 48, seed: u64,
        ) {
            let id = CallId::new(Timestamp(a), &mut Seeded::new(seed));
            prop_assert_eq!(start_of(id), Timestamp(a));
            prop_assert_eq!(id.to_string() >= floor(Timestamp(b)), a >= b);
        }
    }
}
