//! Facts of a device: which are taken, and what their contradictions tell.

mod agent;
mod coherence;
mod facts;
mod keys;
mod marks;

pub(crate) use coherence::signals;
pub use facts::{Device, Fact, Taking};
pub use keys::{FactKey, FactKind, FactPurpose, Group, INSTALLED, KEYS, OptIn};

#[cfg(test)]
mod tests;
