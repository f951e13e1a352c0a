//! What a person's device says of itself: a closed list of facts with a purpose
//! each, and nothing beyond it.

mod attach;
mod facts;
mod key;
mod risk;

pub use attach::{AttachedFacts, attach_device};
pub use bonafide_risk::device::{FactKey, FactKind, FactPurpose, Group, KEYS};
pub(crate) use bonafide_risk::device::{INSTALLED, OptIn};
pub use facts::{DeviceFacts, Fact, Parsed};
pub use key::DeviceKey;
pub(crate) use key::{DEVICE_KEYS, removed_key};
pub use risk::DeviceRisk;
pub(crate) use risk::{RISK as DEVICE_RISK, told};
