//! Facts of a device: which are taken, and what their contradictions tell.

mod coherence;
mod facts;
mod keys;

pub(crate) use coherence::signals;
pub use facts::{Device, Fact, Taking};
pub use keys::{FactKey, FactKind, FactPurpose, Group, INSTALLED, KEYS, OptIn};
