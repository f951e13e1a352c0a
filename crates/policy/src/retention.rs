//! For how long.

use std::time::Duration;

use crate::Category;

/// How long data of a category rests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Period {
    /// This long from the first stored byte.
    For(Duration),
    /// Until its owner ends: an account, an application, a template.
    UntilClosed,
}

const HOUR: u64 = 3_600;
const DAY: u64 = 24 * HOUR;

/// The clocks that data is under. The default is the strict one: the shortest
/// period that any of the founding texts states for a category.
#[derive(Clone, Copy, Debug, Default)]
pub struct Retention;

impl Retention {
    /// How long data of `category` rests.
    pub const fn period(self, category: Category) -> Period {
        let seconds = match category {
            Category::FaceMedia
            | Category::DocumentMedia
            | Category::Identification
            | Category::Results => 2 * HOUR,
            Category::Idempotency => DAY,
            Category::Device
            | Category::ClientEvents
            | Category::SubjectReference
            | Category::Deliveries => 30 * DAY,
            Category::SecurityLog => 90 * DAY,
            Category::Monitoring
            | Category::OperationLog
            | Category::Consent
            | Category::Contact => 730 * DAY,
            Category::Account | Category::Configuration => return Period::UntilClosed,
        };
        Period::For(Duration::from_secs(seconds))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn media_rest_two_hours_and_the_log_two_years() {
        let of = |category| Retention.period(category);
        assert_eq!(of(Category::FaceMedia), Period::For(Duration::from_secs(7_200)));
        assert_eq!(of(Category::DocumentMedia), Period::For(Duration::from_secs(7_200)));
        assert_eq!(of(Category::Monitoring), Period::For(Duration::from_secs(63_072_000)));
        assert_eq!(of(Category::Account), Period::UntilClosed);
    }
}
