//! Who agreed to what: consent receipts as they rest.
//!
//! A receipt is sealed in the vault; its row holds what a gate asks for and
//! nothing that names anybody: whom it is of stands there as a keyed hash. Who
//! may give and withdraw consent, and what follows from it, is the business of
//! the use cases.

mod receipt;
mod row;

pub use receipt::{ConsentPurpose, ConsentReceipt, ConsentWay, Guardian, GuardianRelation, Notice};
pub(crate) use row::{BY_SUBJECT, CONSENTS_1};
pub use row::{CONSENTS, ConsentRow};

crate::prefixed_id!(
    /// A consent receipt.
    ConsentId,
    "cns_"
);

/// Under which name the receipt rests in the vault; its owner is its id.
pub const RECEIPT: &str = "receipt";

/// Under which name the guardian's own data rests beside it.
pub const GUARDIAN: &str = "guardian";
