//! Until when data may rest, by the policy that its tenant is under.

use std::sync::Arc;

use bonafide_context::{TenantId, Timestamp};
use bonafide_ledger::Interface;
use bonafide_policy::{Category, Effective, Family, Period};

use super::{App, later};
use crate::UseCaseError;

/// The clocks of one tenant's data that is reached through one family of
/// interfaces.
#[derive(Clone, Debug)]
pub struct Clocks {
    pub(super) policy: Arc<Effective>,
    pub(super) family: Family,
}

impl Clocks {
    /// Until when data of a category may rest that begins to rest at `from`;
    /// `None` where it may not rest at all.
    pub fn deadline(&self, category: Category, from: Timestamp) -> Option<Timestamp> {
        match self.policy.at_rest(self.family, category) {
            Period::NONE => None,
            Period::For(period) => Some(later(from, period)),
            Period::UntilClosed => Some(Timestamp(u64::MAX)),
        }
    }

    /// Under which policy.
    pub fn policy(&self) -> &Effective {
        &self.policy
    }
}

impl App {
    /// The clocks of a tenant's data.
    pub async fn clocks(&self, tenant: TenantId, family: Family) -> Result<Clocks, UseCaseError> {
        Ok(Clocks { policy: self.accounts().policy_of(tenant).await?, family })
    }
}

/// The family of an interface of this room, by its own.
pub fn family_of(interface: &Interface) -> Family {
    match interface.family {
        "document" => Family::Document,
        "face" | "liveness" => Family::Liveness,
        "verification" => Family::Verification,
        "risk" => Family::Risk,
        _ => Family::Management,
    }
}

#[cfg(test)]
mod tests {
    use bonafide_policy::{Library, Source};

    use super::*;

    const START: Timestamp = Timestamp(1_800_000_000_000);

    fn under(text: &str) -> Clocks {
        let own = Source { path: "own.toml".to_owned(), text: text.to_owned() };
        let library = Library::bundled_with(&[own]).unwrap();
        let policy = Arc::new(library.effective("own").unwrap());
        Clocks { policy, family: Family::Verification }
    }

    #[test]
    fn a_deadline_is_that_of_the_policy_the_tenant_is_under() {
        let clocks = under(
            "name = 'own'\ntitle = 'Own'\nkind = 'overlay'\nversion = 1\n\
             effective_from = '2026-11-22'\nextends = ['strict']\n\
             [categories.face_media.purposes.service]\nkeep = '15m'\n\
             [categories.face_media.purposes.troubleshooting]\nkeep = '15m'\n",
        );
        let after = |category| clocks.deadline(category, START).map(|at| at.0 - START.0);
        assert_eq!(after(Category::FaceMedia), Some(15 * 60_000));
        assert_eq!(after(Category::DocumentMedia), Some(2 * 3_600_000));
        assert_eq!(after(Category::FaceFeatures), None, "lives for the call only");
        assert_eq!(clocks.policy().name(), "own");
    }

    #[test]
    fn every_interface_is_of_the_family_that_policies_speak_of() {
        let families: Vec<Family> =
            crate::interface::ALL.iter().map(|interface| family_of(interface)).collect();
        assert!(!families.contains(&Family::Management), "{families:?}");
    }
}
