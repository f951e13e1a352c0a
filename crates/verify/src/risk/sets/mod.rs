//! Sets of identifiers that a tenant has loaded, as keyed hashes: the file rests
//! sealed in the vault, and in memory while the tenant asks.

mod end;
mod held;
mod plan;
mod row;

pub use end::end_sets;
pub use plan::{NewSet, SetsError, list_sets, plan_drop, plan_load, set_key};
pub use row::{MIGRATIONS, SetFacts, TABLES};

pub(crate) use held::{HeldSets, Sets};
