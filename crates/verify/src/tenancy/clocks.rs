//! Until when what is kept may be kept under a policy, by what it is.

use bonafide_context::Timestamp;
use bonafide_ledger::Rests;
use bonafide_policy::{Category, Effective, Family, Period, Purpose};
use bonafide_vault::ItemFacts;

use crate::app::later;

/// The clocks of a policy, asked about what rests already.
pub(super) struct Rule<'p> {
    policy: &'p Effective,
}

/// The families of this server's own interfaces: an item that is of no verification
/// does not say which of them it came by, and goes by the shortest.
const FAMILIES: [Family; 4] =
    [Family::Document, Family::Liveness, Family::Verification, Family::Management];
/// What shares one deadline within a verification: the earliest of theirs.
const DATA: [Category; 3] = [Category::FaceMedia, Category::DocumentMedia, Category::Results];

/// Whether data shares the one deadline of a verification.
pub(super) fn is_data(category: Category) -> bool {
    DATA.contains(&category)
}

impl<'p> Rule<'p> {
    pub(super) const fn of(policy: &'p Effective) -> Self {
        Self { policy }
    }

    /// When an item has to go whose owner's first was kept at `first`; `None` where it
    /// may not be kept at all.
    pub(super) fn deadline(
        &self,
        owner: &str,
        facts: &ItemFacts,
        first: Timestamp,
    ) -> Option<Timestamp> {
        let from = if copied_for(owner).is_none() && DATA.contains(&facts.category) {
            first
        } else {
            facts.created
        };
        self.until(owner, facts.category, from)
    }

    /// The same where nobody knows when the owner's first was kept: data of a
    /// verification is left to whoever knows ([`super::rows`]).
    pub(super) fn alone(&self, owner: &str, facts: &ItemFacts) -> Option<Timestamp> {
        let answer = facts.name.starts_with("answer-");
        if owner.starts_with("ver_") && is_data(facts.category) && !answer {
            return Some(Timestamp(u64::MAX));
        }
        self.deadline(owner, facts, facts.created)
    }

    /// The same, of what began to rest at `from`.
    pub(super) fn until(
        &self,
        owner: &str,
        category: Category,
        from: Timestamp,
    ) -> Option<Timestamp> {
        let period = match copied_for(owner) {
            Some(Purpose::KycRecord) => {
                self.policy.wants_kyc_record(category).unwrap_or(Period::NONE)
            }
            Some(purpose) => self.policy.retention(Family::Verification, category, purpose),
            None if owner.starts_with("ver_") => return self.verification(category, from),
            None => return earliest(FAMILIES.map(|family| self.at_rest(family, category, from))),
        };
        ended(period, from)
    }

    /// When data of a verification has to go that began to rest at `from`.
    pub(super) fn verification(&self, category: Category, from: Timestamp) -> Option<Timestamp> {
        if DATA.contains(&category) {
            return earliest(DATA.map(|one| self.at_rest(Family::Verification, one, from)));
        }
        self.at_rest(Family::Verification, category, from)
    }

    /// When what is kept for a family's sake has to go.
    pub(super) fn at_rest(
        &self,
        family: Family,
        category: Category,
        from: Timestamp,
    ) -> Option<Timestamp> {
        ended(self.policy.at_rest(family, category), from)
    }
}

/// For how long the traces of calls rest: a monitoring row does not say of which
/// family its interface is, and goes by the shortest.
pub(super) fn rests(policy: &Effective) -> Rests {
    const TRACES: [Category; 2] = [Category::Monitoring, Category::OperationLog];
    let length = |period: &Period| match period {
        Period::For(period) => *period,
        Period::UntilClosed => std::time::Duration::MAX,
    };
    let shortest = |category| {
        let all = FAMILIES.map(|family| policy.at_rest(family, category));
        all.into_iter().min_by_key(length).unwrap_or(Period::NONE)
    };
    Rests {
        monitoring: shortest(Category::Monitoring),
        operation_log: shortest(Category::OperationLog),
        risk: TRACES
            .map(|category| policy.at_rest(Family::Risk, category))
            .into_iter()
            .min_by_key(length)
            .unwrap_or(Period::NONE),
    }
}

fn ended(period: Period, from: Timestamp) -> Option<Timestamp> {
    match period {
        Period::NONE => None,
        Period::For(period) => Some(later(from, period)),
        Period::UntilClosed => Some(Timestamp(u64::MAX)),
    }
}

/// The earliest; `None` where one of them lets nothing rest.
fn earliest<const N: usize>(all: [Option<Timestamp>; N]) -> Option<Timestamp> {
    all.into_iter().collect::<Option<Vec<_>>>()?.into_iter().min()
}

/// What a copy apart from the service is kept for, by whose it is called.
fn copied_for(owner: &str) -> Option<Purpose> {
    let purpose: Purpose = owner.split_once('/')?.0.parse().ok()?;
    purpose.is_separate_copy().then_some(purpose)
}

#[cfg(test)]
mod tests {
    use bonafide_policy::{Library, Source};

    use super::*;

    #[test]
    fn r9_the_ledger_holds_calls_about_risk_to_what_the_strict_policy_says() {
        let library = Library::bundled_with(&[]).unwrap();
        let strict = library.effective(bonafide_policy::DEFAULT_POLICY).unwrap();
        assert_eq!(rests(&strict).risk, bonafide_ledger::RISK_RESTS);
    }

    const START: Timestamp = Timestamp(1_800_000_000_000);
    const MINUTE: u64 = 60_000;

    fn facts(category: Category, created: Timestamp) -> ItemFacts {
        ItemFacts {
            name: "x".to_owned(),
            category,
            media_type: "x/y".to_owned(),
            size: 1,
            created,
            expires: Timestamp(u64::MAX),
        }
    }

    #[test]
    fn r11_what_rests_goes_by_the_clock_of_what_it_is() {
        let own = "name = 'own'\ntitle = 'Own'\nkind = 'overlay'\nversion = 1\n\
                   effective_from = '2026-11-22'\nextends = ['strict']\n\
                   [kyc_record]\nenabled = true\nlaw = 'an act'\nkeep = '365d'\n\
                   categories = ['results']\nreaders = ['privacy-officer']\n\
                   [categories.results.purposes.service]\nkeep = '15m'\n\
                   [categories.results.purposes.troubleshooting]\nkeep = '15m'\n";
        let own = Source { path: "own.toml".to_owned(), text: own.to_owned() };
        let policy = Library::bundled_with(&[own]).unwrap().effective("own").unwrap();
        let rule = Rule::of(&policy);
        let at = Timestamp(START.0 + MINUTE);
        let after = |owner: &str, category| {
            let until = rule.deadline(owner, &facts(category, at), START);
            until.map(|until| (until.0 - START.0) / MINUTE)
        };
        let hours = |hours: u64| hours * 60;
        // Media go with the results: one deadline, from the first byte.
        assert_eq!(after("ver_a", Category::FaceMedia), Some(15));
        assert_eq!(after("ver_a", Category::Results), Some(15));
        assert_eq!(after("ver_a", Category::Device), Some(hours(30 * 24) + 1));
        assert_eq!(after("call", Category::Results), Some(15));
        assert_eq!(after("con_a", Category::Consent), Some(hours(730 * 24) + 1));
        assert_eq!(after("improvement/ver_a", Category::FaceMedia), None, "it trains nothing");
        assert_eq!(after("kyc-record/ver_a", Category::Results), Some(hours(365 * 24) + 1));
        assert_eq!(after("kyc-record/ver_a", Category::FaceMedia), None);
    }
}
