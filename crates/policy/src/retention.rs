//! For how long, by default.

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

impl Period {
    /// Of what may not rest at all: due with its first byte, so that the vault
    /// refuses it.
    pub const NONE: Self = Self::For(Duration::ZERO);

    /// Whether anything may rest under it.
    pub fn rests(self) -> bool {
        self != Self::NONE
    }
}

const HOUR: u64 = 3_600;
const DAY: u64 = 24 * HOUR;

/// The clocks that data is under where no policy was chosen: those of
/// `policies/strict.toml`, as constants, so that a default can be had without
/// reading anything. A test holds both together.
#[derive(Clone, Copy, Debug, Default)]
pub struct Retention;

impl Retention {
    /// How long data of `category` rests.
    pub const fn period(self, category: Category) -> Period {
        let seconds = match category {
            Category::FaceFeatures | Category::Identifiers | Category::DeviceKey => {
                return Period::NONE;
            }
            Category::LivenessChallenge => HOUR,
            Category::FaceMedia
            | Category::LivenessRecording
            | Category::DocumentMedia
            | Category::Identification
            | Category::Guardian
            | Category::Results => 2 * HOUR,
            Category::Idempotency => DAY,
            Category::Device
            | Category::LivenessAudit
            | Category::ClientEvents
            | Category::SubjectReference
            | Category::Deliveries => 30 * DAY,
            Category::SecurityLog | Category::Diagnostics => 90 * DAY,
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
    use crate::tests::strict;
    use crate::{Family, Library};

    #[test]
    fn media_rest_two_hours_and_the_log_two_years() {
        let of = |category| Retention.period(category);
        assert_eq!(of(Category::FaceMedia), Period::For(Duration::from_secs(7_200)));
        assert_eq!(of(Category::DocumentMedia), Period::For(Duration::from_secs(7_200)));
        assert_eq!(of(Category::Monitoring), Period::For(Duration::from_secs(63_072_000)));
        assert_eq!(of(Category::Account), Period::UntilClosed);
        assert!(!of(Category::Identifiers).rests());
    }

    #[test]
    fn the_constants_are_those_of_the_strict_policy() {
        let strict = strict();
        for &category in Category::ALL {
            assert_eq!(
                strict.at_rest(Family::Verification, category),
                Retention.period(category),
                "{category}"
            );
        }
    }

    #[test]
    fn no_founding_text_has_a_shorter_clock_than_the_strict_policy() {
        let library = Library::bundled().unwrap();
        let strict = strict();
        for name in library.names() {
            let other = library.effective(name).unwrap();
            for &family in Family::ALL {
                for &category in Category::ALL {
                    let mine = strict.keep_at_rest(family, category).unwrap();
                    let theirs = other.keep_at_rest(family, category).unwrap();
                    assert!(mine.within(theirs), "{name} {family} {category}");
                }
            }
        }
    }
}
