//! Signals and scores of phone numbers, e-mail addresses and devices, for one call.
//!
//! Nothing of what is asked about is kept: no step of the call tells of it, no store
//! is written to, and what the call held is overwritten when it ends (rows R8, O20).

mod answer;
mod assess;
mod desk;
mod names;
mod provider;
mod sets;

pub use answer::{RiskAnswer, RiskRegistrations, RiskSignalsAnswer};
pub use assess::{MOST, RiskItem, assess_risk};
pub use desk::{DeskError, RiskDesk};
pub use provider::{Provider, ProviderForm, RangeHash};
pub use sets::{
    MIGRATIONS, NewSet, SetFacts, SetsError, TABLES, end_sets, list_sets, plan_drop, plan_load,
    set_key,
};

pub(crate) use answer::RiskReason;
pub(crate) use assess::assess_device;
pub(crate) use sets::HeldSets;
