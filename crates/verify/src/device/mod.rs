//! What a person's device says of itself: a closed list of facts with a purpose
//! each, and nothing beyond it.

mod attach;
mod facts;
mod keys;

pub use attach::{AttachedFacts, attach_device};
pub use facts::{DeviceFacts, Fact, Parsed};
pub use keys::{FactKey, FactKind, FactPurpose, Group, KEYS};
