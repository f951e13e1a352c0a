//! Until when data may rest, by the policy that its tenant is under.

use std::sync::Arc;

use bonafide_context::Timestamp;
use bonafide_policy::{Category, Effective, Family, Period};

use super::later;

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

/// The family of an interface of this room, by its own.
pub fn family_of(interface: &bonafide_ledger::Interface) -> Family {
    match interface.family {
        "document" => Family::Document,
        "face" | "liveness" => Family::Liveness,
        "verification" => Family::Verification,
        _ => Family::Management,
    }
}
