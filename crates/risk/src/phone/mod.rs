//! Phone numbers: what their numbering plan and their digits tell.

mod patterns;
mod plan;
mod written;

pub use plan::PhoneError;
pub(crate) use plan::{PHONE_METADATA, PhonePlan};
